/*
 * names.h - tables of names and values
 *
 * Capabilities, signals, rlimits, mount options: all are tables of these.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct name_value {
	const char *name;	/* NULL ends a table */
	uint64_t value;
};

/* The row called NAME, or NULL. */
const struct name_value *name_find(const struct name_value *table, const char *name);

/* The first row of VALUE, or NULL. */
const struct name_value *value_find(const struct name_value *table, uint64_t value);
