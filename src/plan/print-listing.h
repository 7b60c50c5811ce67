/*
 * print-listing.h - text in aligned columns
 *
 *	struct listing t = { .arena = &arena };
 *	listing_row(&t, "/proc", "proc", "/mounts/0");
 *	listing_print(&t, out);
 */
#pragma once
#include <stddef.h>

struct arena;
struct text;

#define LISTING_COLUMNS 8

struct listing {
	struct arena *arena;
	const char *(*rows)[LISTING_COLUMNS];
	size_t n;
};

/* A row of up to LISTING_COLUMNS texts, which must live as long as T. */
#define listing_row(t, ...) listing_add(t, (const char *const[LISTING_COLUMNS]) { __VA_ARGS__ })
void listing_add(struct listing *t, const char *const cells[LISTING_COLUMNS]);

/* Print each row indented by two blanks, each column as wide as its longest cell; a column without text takes no
 * room. */
void listing_print(const struct listing *t, struct text *out);

/* S as it is if it can be shown and read back, else as a JSON string: no file name can tamper with a terminal. */
const char *shown(struct arena *arena, const char *s);
