/* number.c - see number.h */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/names.h"
#include "base/number.h"

bool number_parse(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (!isdigit((unsigned char) *s) || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t) (*s - '0'), &n))
			return false;
	}
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

bool number_take(const char **s, uint64_t *out)
{
	const char *p = *s + strspn(*s, " \t");
	uint64_t n = 0;

	if (!isdigit((unsigned char) *p))
		return false;
	for (; isdigit((unsigned char) *p); p++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, (uint64_t) (*p - '0'), &n))
			return false;
	*s = p;
	*out = n;
	return true;
}

bool number_take_range(const char **s, uint64_t *first, uint64_t *last)
{
	static const char between[] = ", \t\n";
	const char *p = *s += strspn(*s, between);

	if (!number_take(&p, first))
		return false;
	*last = *first;
	if (*p == '-' && (!isdigit((unsigned char) *++p) || !number_take(&p, last) || *last < *first))
		return false;
	if (*p && !strchr(between, *p))
		return false;
	*s = p;
	return true;
}

bool number_parse_signed(const char *s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = *s == '-';
	uint64_t n;
	int64_t value;

	if (!number_parse(s + negative, 0, (uint64_t) INT64_MAX + negative, &n))
		return false;
	value = negative ? (int64_t) (0 - n) : (int64_t) n;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

/* The multiplier that a unit stands for; 0: no such unit.  "kb" and "KiB" are what people write for the same thing. */
static uint64_t unit_size(const char *unit)
{
	static const char units[] = "bkmgtp";
	const char *found = *unit ? strchr(units, tolower((unsigned char) *unit)) : units;

	if (!found ||
	    (*unit && unit[1] &&
	     (found == units || (!name_same(unit + 1, "b", SIZE_MAX) && !name_same(unit + 1, "ib", SIZE_MAX)))))
		return 0;
	return 1ull << (10 * (found - units));
}

/* What the N digits at S, behind a decimal point, are of UNIT.  From the last one backwards, so that only fractions of
 * 1 are lost. */
static uint64_t fraction(const char *s, size_t n, uint64_t unit)
{
	uint64_t sum = 0;

	while (n > 0)
		sum = (sum + (uint64_t) (s[--n] - '0') * unit) / 10;
	return sum;
}

bool number_parse_size(const char *s, int64_t *out)
{
	char digits[24];
	size_t whole = strspn(s, "0123456789"), part = 0;
	const char *point = s + whole;
	uint64_t value, size;

	if (!strcmp(s, "-1")) {
		*out = -1;
		return true;
	}
	if (*point == '.')
		part = strspn(point + 1, "0123456789");
	if (whole + part == 0 || whole >= sizeof digits)
		return false;
	memcpy(digits, s, whole);
	digits[whole] = '\0';
	s = point + (*point == '.') + part;
	size = unit_size(s + (*s == ' ' && s[1]));
	if (size == 0 || (whole && !number_parse(digits, 0, INT64_MAX, &value)))
		return false;
	if (!whole)
		value = 0;
	if (__builtin_mul_overflow(value, size, &value) ||
	    __builtin_add_overflow(value, fraction(point + 1, part, size), &value) || value > INT64_MAX)
		return false;
	*out = (int64_t) value;
	return true;
}

/* Take one number with its unit off *S, and add it to *SUM in nanoseconds. */
static bool duration_part(const char **s, uint64_t *sum)
{
	static const struct { const char *name; uint64_t ns; } units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "\xc2\xb5s", 1000 }, { "ms", 1000000 },
		{ "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 },
	};
	uint64_t whole = 0, ns;
	const char *p = *s, *point;
	size_t part = 0;

	if (!isdigit((unsigned char) *p) && !(*p == '.' && isdigit((unsigned char) p[1])))
		return false;
	if (isdigit((unsigned char) *p) && !number_take(&p, &whole))
		return false;
	point = p;
	if (*p == '.')
		part = strspn(p + 1, "0123456789");
	p += (*p == '.') + part;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i].name);
		/* "m" must not match the beginning of "ms". */
		if (strncmp(p, units[i].name, n) || isalpha((unsigned char) p[n]))
			continue;
		if (__builtin_mul_overflow(whole, units[i].ns, &ns) ||
		    __builtin_add_overflow(ns, fraction(point + 1, part, units[i].ns), &ns) ||
		    __builtin_add_overflow(*sum, ns, sum) || *sum > INT64_MAX)
			return false;
		*s = p + n;
		return true;
	}
	return false;
}

bool number_parse_duration(const char *s, int64_t *out)
{
	uint64_t sum = 0;

	if (!strcmp(s, "0")) {
		*out = 0;
		return true;
	}
	if (!*s)
		return false;
	while (*s)
		if (!duration_part(&s, &sum))
			return false;
	*out = (int64_t) sum;
	return true;
}
