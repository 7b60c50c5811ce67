/* stats.c - the texts of cgroup files, see stats.h */
#include "cgroup/stats.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "libocispec/arena.h"

#define RDMA_NO_LIMIT UINT32_MAX

/* ---- words ---- */

/* Step over the next word of the line at *AT and return it, its length in *N; NULL at the end of the line. */
static const char *word(const char **at, size_t *n)
{
	const char *begin = *at + strspn(*at, " \t");

	*n = strcspn(begin, " \t\n");
	*at = begin + *n;
	return *n ? begin : NULL;
}

static const char *next_line(const char *at)
{
	at += strcspn(at, "\n");
	return at + (*at == '\n');
}

/* Read the digits at S, at most N, as a number (the largest one if it is too large); returns how many they are. */
static size_t digits(const char *s, size_t n, stats_count *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < n && isdigit((unsigned char) s[i]); i++) {
		stats_count digit = (stats_count) (s[i] - '0');

		*value = *value > (ULLONG_MAX - digit) / 10 ? ULLONG_MAX : *value * 10 + digit;
	}
	return i;
}

/* True if the N bytes at S are a number. */
static bool whole(const char *s, size_t n, stats_count *value)
{
	return n && digits(s, n, value) == n;
}

/* "8:0". */
static bool device(const char *s, size_t n, struct stats_io *io)
{
	size_t used = digits(s, n, &io->major);

	return used && used < n && s[used] == ':' && whole(s + used + 1, n - used - 1, &io->minor);
}

/* "key=value": the value, if the N bytes at S begin with KEY. */
static const char *assigned(const char *s, size_t n, const char *key, size_t *rest)
{
	size_t length = strlen(key);

	if (n <= length || strncmp(s, key, length) != 0 || s[length] != '=')
		return NULL;
	*rest = n - length - 1;
	return s + length + 1;
}

static void add_number(struct arena *arena, struct stats_numbers *numbers, stats_count value)
{
	*(stats_count *) arena_push(arena, &numbers->list, numbers->n, sizeof *numbers->list) = value;
	numbers->n++;
}

static void add_io(struct arena *arena, struct stats_ios *ios, struct stats_io io, const char *op, size_t n)
{
	snprintf(io.op, sizeof io.op, "%.*s", (int) n, op);
	*(struct stats_io *) arena_push(arena, &ios->list, ios->n, sizeof *ios->list) = io;
	ios->n++;
}

/* ---- whole files ---- */

bool stats_parse_number(const char *text, stats_count *value)
{
	size_t n = strcspn(text, "\n");

	if (n == 3 && memcmp(text, "max", n) == 0) {
		*value = ULLONG_MAX;
		return true;
	}
	if (n > 1 && text[0] == '-' && whole(text + 1, n - 1, value)) {
		*value = 0;
		return true;
	}
	return whole(text, n, value);
}

static int by_key(const void *a, const void *b)
{
	const struct stats_value *x = a, *y = b;

	return strcmp(x->key, y->key);
}

void stats_parse_values(struct arena *arena, const char *text, struct stats_value **list, size_t *n)
{
	for (*n = 0; *text; text = next_line(text)) {
		const char *at = text, *key, *number;
		size_t key_length, length;
		stats_count value;

		key = word(&at, &key_length);
		number = key ? word(&at, &length) : NULL;
		if (!number || !whole(number, length, &value))
			continue;
		*(struct stats_value *) arena_push(arena, list, *n, sizeof **list) = (struct stats_value) {
			arena_printf(arena, "%.*s", (int) key_length, key), value,
		};
		++*n;
	}
	if (*n)
		qsort(*list, *n, sizeof **list, by_key);
}

stats_count stats_value(const struct stats_value *list, size_t n, const char *key)
{
	struct stats_value wanted = { .key = (char *) key };
	const struct stats_value *found = n ? bsearch(&wanted, list, n, sizeof *list, by_key) : NULL;

	return found ? found->value : 0;
}

void stats_parse_numbers(struct arena *arena, const char *text, struct stats_numbers *numbers)
{
	const char *at = text, *s;
	size_t n;
	stats_count value;

	while ((s = word(&at, &n)))
		if (whole(s, n, &value))
			add_number(arena, numbers, value);
}

void stats_parse_ranges(struct arena *arena, const char *text, struct stats_numbers *numbers)
{
	uint64_t first, last;

	while (number_take_range(&text, &first, &last))
		/* Linux cannot have more CPUs or nodes than this (NR_CPUS is 8192). */
		for (; first <= last && first <= UINT16_MAX && numbers->n <= UINT16_MAX; first++)
			add_number(arena, numbers, first);
}

void stats_parse_cpus(struct arena *arena, const char *text, struct stats_numbers *user, struct stats_numbers *kernel)
{
	for (; *text; text = next_line(text)) {
		const char *at = text, *s;
		size_t n;
		stats_count value[3];
		unsigned i = 0;

		while (i < 3 && (s = word(&at, &n)) && whole(s, n, &value[i]))
			i++;
		if (i < 3)
			continue;
		add_number(arena, user, value[1]);
		add_number(arena, kernel, value[2]);
	}
}

void stats_parse_blkio(struct arena *arena, const char *text, struct stats_ios *ios)
{
	for (; *text; text = next_line(text)) {
		const char *at = text, *first, *second, *third;
		size_t n1, n2 = 0, n3 = 0;
		struct stats_io io = { 0 };

		first = word(&at, &n1);
		second = first ? word(&at, &n2) : NULL;
		third = second ? word(&at, &n3) : NULL;
		if (!second || !device(first, n1, &io))
			continue;
		if (third && whole(third, n3, &io.value))
			add_io(arena, ios, io, second, n2);
		else if (!third && whole(second, n2, &io.value))
			add_io(arena, ios, io, "", 0);
	}
}

void stats_parse_io_stat(struct arena *arena, const char *text, struct stats_ios *bytes, struct stats_ios *serviced)
{
	const struct { const char *key, *op; struct stats_ios *ios; } rows[] = {
		{ "rbytes", "Read", bytes }, { "wbytes", "Write", bytes },
		{ "rios", "Read", serviced }, { "wios", "Write", serviced },
	};

	for (; *text; text = next_line(text)) {
		const char *at = text, *s, *value;
		struct stats_io io = { 0 };
		size_t n, rest;

		if (!(s = word(&at, &n)) || !device(s, n, &io))
			continue;
		while ((s = word(&at, &n)))
			for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
				if ((value = assigned(s, n, rows[i].key, &rest)) && whole(value, rest, &io.value))
					add_io(arena, rows[i].ios, io, rows[i].op, strlen(rows[i].op));
	}
}

/* "12.34": 1234. */
static stats_count hundredths(const char *s, size_t n)
{
	stats_count before, after = 0;
	size_t used = digits(s, n, &before), more = 0;

	if (used < n && s[used] == '.')
		more = digits(s + used + 1, n - used - 1 > 2 ? 2 : n - used - 1, &after);
	return before > 1000000 ? 0 : before * 100 + (more == 1 ? after * 10 : after);
}

void stats_parse_psi(const char *text, struct stats_psi *psi)
{
	for (; *text; text = next_line(text)) {
		const char *at = text, *s, *value;
		struct stats_pressure *p;
		size_t n, rest;

		s = word(&at, &n);
		if (!s || n != 4 || (strncmp(s, "some", 4) && strncmp(s, "full", 4)))
			continue;
		p = s[0] == 's' ? &psi->some : &psi->full;
		psi->there = true;
		while ((s = word(&at, &n)))
			if ((value = assigned(s, n, "avg10", &rest)))
				p->avg10 = hundredths(value, rest);
			else if ((value = assigned(s, n, "avg60", &rest)))
				p->avg60 = hundredths(value, rest);
			else if ((value = assigned(s, n, "avg300", &rest)))
				p->avg300 = hundredths(value, rest);
			else if ((value = assigned(s, n, "total", &rest)) && !whole(value, rest, &p->total))
				p->total = 0;
	}
}

void stats_parse_rdma(struct arena *arena, const char *text, struct stats_rdmas *rdmas)
{
	for (; *text; text = next_line(text)) {
		const char *at = text, *s, *value;
		struct stats_rdma *rdma;
		size_t n, rest;

		if (!(s = word(&at, &n)))
			continue;
		rdma = arena_push(arena, &rdmas->list, rdmas->n++, sizeof *rdmas->list);
		rdma->device = arena_printf(arena, "%.*s", (int) n, s);
		while ((s = word(&at, &n)))
			if ((value = assigned(s, n, "hca_handle", &rest)) && !whole(value, rest, &rdma->handles))
				rdma->handles = RDMA_NO_LIMIT;
			else if ((value = assigned(s, n, "hca_object", &rest)) && !whole(value, rest, &rdma->objects))
				rdma->objects = RDMA_NO_LIMIT;
	}
}
