/*
 * arena.h - memory that lives and dies together
 *
 * Everything read from one JSON text, and everything planned from it, lies in
 * one arena.  Running out of memory ends the program.
 */
#pragma once
#include <stddef.h>

struct arena {
	struct arena_block *head;
};

/* SIZE zeroed bytes, aligned for anything; they live until arena_free(). */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Append a zeroed element to the array *LIST of N elements of SIZE bytes, and return it.
 * The array's capacity doubles at each power of two. */
void *arena_push(struct arena *a, void *list, size_t n, size_t size);

void arena_free(struct arena *a);
