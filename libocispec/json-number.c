/*
 * json-number.c - a JSON number as an integer, exactly
 *
 * JSON has one kind of number, so 1.0 and 1e3 are as good as 1 and 1000, and
 * a client whose language has only floating point writes them.  Going through
 * a double would lose the low bits of a 64-bit seccomp mask: the digits are
 * shifted by the exponent as text instead.
 */
#include <ctype.h>
#include <string.h>

#include "libocispec/json-inner.h"

#define MANY 1000000	/* larger exponents make no difference */

struct decimal {
	const char *digits;	/* with at most one dot among them */
	size_t n;
	long exponent;		/* of the last digit */
};

static struct decimal split(const char *s, size_t n)
{
	struct decimal d = { .digits = s };
	bool negative = false, fraction = false;
	size_t i;

	for (i = 0; i < n && (isdigit((unsigned char) s[i]) || s[i] == '.'); i++) {
		d.exponent -= fraction;
		fraction |= s[i] == '.';
	}
	d.n = i;
	if (i < n) {	/* "e" */
		long e = 0;
		i++;
		if (i < n && (s[i] == '+' || s[i] == '-'))
			negative = s[i++] == '-';
		for (; i < n; i++)
			if (e < MANY)
				e = e * 10 + (s[i] - '0');
		d.exponent += negative ? -e : e;
	}
	return d;
}

enum json_number json_number(const char *s, size_t n, bool *negative, uint64_t *value)
{
	uint64_t v = 0;
	struct decimal d;

	*negative = n && *s == '-';
	d = split(s + *negative, n - *negative);

	/* Trailing zeros go into the exponent, so that 10.0 and 1e1 look the same: 1, exponent 1. */
	while (d.n && (d.digits[d.n - 1] == '0' || d.digits[d.n - 1] == '.'))
		if (d.digits[--d.n] == '0')
			d.exponent++;
	for (size_t i = 0; i < d.n; i++) {
		if (d.digits[i] == '.')
			continue;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t) (d.digits[i] - '0'), &v))
			return d.exponent < 0 ? NUMBER_FRACTION : NUMBER_TOO_BIG;
	}
	if (v && d.exponent < 0)
		return NUMBER_FRACTION;
	for (; v && d.exponent > 0; d.exponent--)
		if (__builtin_mul_overflow(v, 10, &v))
			return NUMBER_TOO_BIG;
	*negative = *negative && v;	/* -0 is 0 */
	*value = v;
	return NUMBER_WHOLE;
}
