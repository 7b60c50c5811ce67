/* number.c - see number.h */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

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

bool number_parse_size(const char *s, int64_t *out)
{
	static const char units[] = "bkmgtp";
	char digits[24];
	size_t n = strspn(s, "0123456789");
	uint64_t value;
	const char *unit;

	if (!strcmp(s, "-1")) {
		*out = -1;
		return true;
	}
	if (n == 0 || n >= sizeof digits)
		return false;
	memcpy(digits, s, n);
	digits[n] = '\0';
	s += n;
	if (!number_parse(digits, 0, INT64_MAX, &value))
		return false;
	if (*s) {
		if (!(unit = strchr(units, tolower((unsigned char) *s))))
			return false;
		/* "kb", "KiB": what people write for the same thing. */
		if (s[1] && *unit != 'b' && strcmp(s + 1, "b") && strcmp(s + 1, "B") && strcmp(s + 1, "iB"))
			return false;
		if (s[1] && *unit == 'b')
			return false;
		if (__builtin_mul_overflow(value, 1ull << (10 * (unit - units)), &value) || value > INT64_MAX)
			return false;
	}
	*out = (int64_t) value;
	return true;
}

/* One number with its unit off *S, in nanoseconds. */
static bool duration_part(const char **s, uint64_t *sum)
{
	static const struct { const char *name; uint64_t ns; } units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "\xc2\xb5s", 1000 }, { "ms", 1000000 },
		{ "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 },
	};
	uint64_t whole = 0, part = 0, scale = 1, ns;
	const char *p = *s;

	if (!isdigit((unsigned char) *p) && !(*p == '.' && isdigit((unsigned char) p[1])))
		return false;
	for (; isdigit((unsigned char) *p); p++)
		if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, (uint64_t) (*p - '0'), &whole))
			return false;
	if (*p == '.')
		for (p++; isdigit((unsigned char) *p); p++)
			if (scale < 100000000) {
				part = part * 10 + (uint64_t) (*p - '0');
				scale *= 10;
			}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i].name);
		/* "m" must not swallow the head of "ms". */
		if (strncmp(p, units[i].name, n) || isalpha((unsigned char) p[n]))
			continue;
		if (__builtin_mul_overflow(whole, units[i].ns, &ns) || __builtin_add_overflow(ns, part * units[i].ns / scale, &ns) ||
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
