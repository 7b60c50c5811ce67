/* list.c - see list.h */
#include <string.h>

#include "base/number.h"
#include "tune/list.h"

bool list_parse(const char *list, unsigned limit, unsigned long mask[LIST_WORDS], unsigned *highest)
{
	const unsigned bits = 8 * sizeof *mask;
	uint64_t first, last;
	bool any = false;

	memset(mask, 0, LIST_WORDS * sizeof *mask);
	*highest = 0;
	while (number_take_range(&list, &first, &last)) {
		if (last >= limit)
			return false;
		for (uint64_t i = first; i <= last; i++)
			mask[i / bits] |= 1ul << i % bits;
		if (last > *highest)
			*highest = (unsigned) last;
		any = true;
	}
	return any && !*list;
}
