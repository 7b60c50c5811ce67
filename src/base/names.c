/* names.c - see names.h */
#include <string.h>

#include "base/names.h"

const struct name_value *name_find(const struct name_value *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}

const struct name_value *value_find(const struct name_value *table, uint64_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table;
	return NULL;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

bool name_same(const char *a, const char *b, size_t n)
{
	for (; n; a++, b++, n--) {
		if (lower(*a) != lower(*b))
			return false;
		if (!*a)
			return true;
	}
	return true;
}
