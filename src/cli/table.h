/*
 * table.h - columns as Go's text/tabwriter sets them for runc
 *
 * A column is as wide as its widest cell and 3 blanks, 12 at least; the last
 * one has no filling behind it.
 */
#pragma once
#include <stddef.h>

struct text;

/* Add ROWS rows of COLUMNS cells to T.  Bytes that would move a terminal's cursor become '?'. */
void table_add(struct text *t, const char *const *cells, size_t rows, size_t columns);
