/* list.c - see list.h */
#include <string.h>

#include "tune/list.h"

static const char *blanks(const char *s)
{
	return s + strspn(s, " \t\n");
}

/* Read a number below LIMIT at *S, and move *S past it. */
static bool number(const char **s, unsigned limit, unsigned *out)
{
	const char *p = blanks(*s);
	unsigned n = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		n = 10 * n + (unsigned) (*p - '0');
		if (n >= limit)
			return false;
	}
	*out = n;
	*s = blanks(p);
	return true;
}

bool list_parse(const char *list, unsigned limit, unsigned long mask[LIST_WORDS], unsigned *highest)
{
	const unsigned bits = 8 * sizeof *mask;
	unsigned first, last;

	memset(mask, 0, LIST_WORDS * sizeof *mask);
	*highest = 0;
	for (;;) {
		if (!number(&list, limit, &first))
			return false;
		last = first;
		if (*list == '-' && (list++, !number(&list, limit, &last) || last < first))
			return false;
		for (unsigned i = first; i <= last; i++)
			mask[i / bits] |= 1ul << i % bits;
		if (last > *highest)
			*highest = last;
		if (!*list)
			return true;
		if (*list++ != ',')
			return false;
	}
}
