/*
 * names.h - tables of names and values
 *
 * Capabilities, signals, rlimits, mount options: all are tables of these.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct name_value {
	const char *name;	/* NULL ends a table */
	uint64_t value;
};

/* The row called NAME, or NULL. */
const struct name_value *name_find(const struct name_value *table, const char *name);

/* True if the first N bytes of A and B, or all up to their common end, differ at most in the case of ASCII letters.
 * strncasecmp(3) asks the locale, and brings six versions for six kinds of processor (39 kB). */
bool name_same(const char *a, const char *b, size_t n);

/* The first row with VALUE, or NULL. */
const struct name_value *value_find(const struct name_value *table, uint64_t value);
