/*
 * table.h - columns as runc lays them out with Go's text/tabwriter
 *
 * A column is as wide as its widest cell plus 3 blanks, but at least 12; the
 * last one is not padded.
 */
#pragma once
#include <stddef.h>

struct text;

/* Add ROWS rows of COLUMNS cells to T.  Bytes that would move a terminal's cursor become '?'. */
void table_add(struct text *t, const char *const *cells, size_t rows, size_t columns);
