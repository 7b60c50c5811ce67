/* arena.c - see arena.h */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libocispec/arena.h"

#define BLOCK_SIZE 16384

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	char data[] __attribute__((aligned(16)));
};

static size_t rounded(size_t size)
{
	return (size + 15) & ~(size_t) 15;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->head;
	void *p;

	size = rounded(size);
	if (!b || b->size - b->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		if (!(b = malloc(sizeof *b + room))) {
			fputs("out of memory\n", stderr);
			exit(1);
		}
		b->next = a->head;
		b->used = 0;
		b->size = room;
		a->head = b;
	}
	p = b->data + b->used;
	b->used += size;
	/* Not the whole block at once, so that unused pages are not touched. */
	return memset(p, 0, size);
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(arena_alloc(a, n), s, n);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *s;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = arena_alloc(a, (size_t) n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t) n + 1, fmt, ap);
	va_end(ap);
	return s;
}

/* Make room for another N bytes after the N at P, if those were allocated last. */
static bool double_in_place(struct arena *a, const char *p, size_t n)
{
	struct arena_block *b = a->head;
	size_t more = rounded(2 * n) - rounded(n);

	if (!b || p + rounded(n) != b->data + b->used || b->size - b->used < more)
		return false;
	memset(b->data + b->used, 0, more);
	b->used += more;
	return true;
}

void *arena_push(struct arena *a, void *list, size_t n, size_t size)
{
	char *array;

	memcpy(&array, list, sizeof array);	/* LIST points to a pointer of any type */
	if ((n & (n - 1)) == 0 && !(n && double_in_place(a, array, n * size))) {
		char *more = arena_alloc(a, (n ? 2 * n : 1) * size);
		if (n)
			memcpy(more, array, n * size);
		memcpy(list, &more, sizeof more);
		array = more;
	}
	return array + n * size;
}

void arena_free(struct arena *a)
{
	for (struct arena_block *b = a->head, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	a->head = NULL;
}
