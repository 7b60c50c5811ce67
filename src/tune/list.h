/* list.h - "0-3,7" as a bit mask, for CPUs and memory nodes (private to src/tune) */
#pragma once
#include <stdbool.h>

#define LIST_MAX 8192	/* more CPUs than any kernel has (CONFIG_NR_CPUS) */
#define LIST_WORDS (LIST_MAX / (8 * sizeof(unsigned long)))

/* Set the bits of LIST (number_take_range()) in MASK.  False if it is no such list, is empty, or has a number that is
 * not below LIMIT (at most LIST_MAX).  *HIGHEST gets the highest bit. */
bool list_parse(const char *list, unsigned limit, unsigned long mask[LIST_WORDS], unsigned *highest);
