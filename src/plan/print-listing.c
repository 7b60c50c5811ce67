/* print-listing.c - see print-listing.h */
#include <string.h>

#include "base/text.h"
#include "libocispec/arena.h"
#include "plan/print-listing.h"

void listing_add(struct listing *t, const char *const cells[LISTING_COLUMNS])
{
	const char **row = arena_push(t->arena, &t->rows, t->n, sizeof *t->rows);

	memcpy(row, cells, sizeof *t->rows);
	t->n++;
}

void listing_print(const struct listing *t, struct text *out)
{
	size_t width[LISTING_COLUMNS] = { 0 };

	for (size_t i = 0; i < t->n; i++)
		for (unsigned c = 0; c < LISTING_COLUMNS; c++)
			if (t->rows[i][c] && text_width(t->rows[i][c]) > width[c])
				width[c] = text_width(t->rows[i][c]);
	for (size_t i = 0; i < t->n; i++) {
		size_t missing = 0;	/* blanks still to be added, unless the line ends here */
		for (unsigned c = 0; c < LISTING_COLUMNS; c++) {
			const char *cell = t->rows[i][c] ? t->rows[i][c] : "";
			if (!width[c])
				continue;
			missing += 2;
			if (*cell) {
				text_addf(out, "%*s%s", (int) missing, "", cell);
				missing = 0;
			}
			missing += width[c] - text_width(cell);
		}
		text_add(out, "\n");
	}
}

const char *shown(struct arena *arena, const char *s)
{
	auto_text t = { 0 };
	const char *c = s;

	while (*c > ' ' && *c < '\x7f' && *c != '"' && *c != '\\')
		c++;
	if (c > s && !*c)
		return s;
	text_add_json(&t, s);
	return arena_strdup(arena, t.s);
}
