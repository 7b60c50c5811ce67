/*
 * print-table.h - text in aligned columns
 *
 *	struct table t = { .arena = &arena };
 *	listing_row(&t, "/proc", "proc", "/mounts/0");
 *	listing_print(&t, out);
 */
#pragma once
#include <stddef.h>

struct arena;
struct text;

#define TABLE_COLUMNS 8

struct table {
	struct arena *arena;
	const char *(*rows)[TABLE_COLUMNS];
	size_t n;
};

/* A row of up to TABLE_COLUMNS texts, which must live as long as the table. */
#define listing_row(t, ...) listing_add(t, (const char *const[TABLE_COLUMNS]) { __VA_ARGS__ })
void listing_add(struct table *t, const char *const cells[TABLE_COLUMNS]);

/* Each row indented by two blanks, each column as wide as its longest cell; a column without a text takes no room. */
void listing_print(const struct table *t, struct text *out);

/* S as it is if that can be shown and read back, else as a JSON string: no file name can play with a terminal. */
const char *shown(struct arena *arena, const char *s);
