/*
 * suggest.c - see suggest.h
 *
 * The distance is the number of letters to add, drop, change or swap with their
 * neighbour.  About a third of a word may be wrong; a prefix of at least two
 * letters is close enough, too.
 */
#include <string.h>

#include "cli/suggest.h"

#define LONGEST 32

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned d[LONGEST + 1][LONGEST + 1];

	for (size_t i = 0; i <= n; i++)
		d[i][0] = (unsigned) i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = (unsigned) j;
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[n][m];
}

void suggestion_try(struct suggestion *best, const char *typed, size_t length, const char *word)
{
	size_t n = strlen(word);
	unsigned far;

	if (length < 2 || length > LONGEST || n > LONGEST)
		return;
	far = distance(typed, length, word, n);
	if (length < n && !strncmp(word, typed, length))
		far = 1;
	if (far > (n < 5 ? 1 : n / 3))
		return;
	if (!best->word || far < best->distance)
		*best = (struct suggestion) { word, far };
}
