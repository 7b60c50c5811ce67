/* table.c - see table.h */
#include <stdbool.h>

#include "base/text.h"
#include "cli/table.h"

#define MIN_WIDTH 12
#define PADDING 3

static void add_cell(struct text *t, const char *s)
{
	size_t start = t->n;

	text_add_visible(t, s);
	/* Newlines and tabs, too, would move the cursor. */
	for (size_t i = start; i < t->n; i++)
		if (t->s[i] == '\n' || t->s[i] == '\t')
			t->s[i] = '?';
}

void table_add(struct text *t, const char *const *cells, size_t rows, size_t columns)
{
	size_t widths[16] = { 0 };

	for (size_t i = 0; i < rows * columns; i++) {
		size_t n = text_width(cells[i]) + PADDING, *width = &widths[i % columns];
		if (*width < n)
			*width = n < MIN_WIDTH ? MIN_WIDTH : n;
	}
	for (size_t i = 0; i < rows * columns; i++) {
		bool last = i % columns == columns - 1;
		add_cell(t, cells[i]);
		for (size_t n = text_width(cells[i]); !last && n < widths[i % columns]; n++)
			text_add(t, " ");
		text_add(t, last ? "\n" : "");
	}
}
