/* Numbers from the command line and from JSON: what is accepted must be what was written. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "libocispec/json-inner.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

/* A decimal prints as itself, but for zeros at its beginning. */
static void check_decimals(const char *text)
{
	char printed[32];
	uint64_t u;
	int64_t i;

	if (number_parse(text, 0, UINT64_MAX, &u)) {
		snprintf(printed, sizeof printed, "%" PRIu64, u);
		must(!strcmp(printed, text + strspn(text, "0")) || (u == 0 && strspn(text, "0") == strlen(text)));
	}
	if (number_parse_signed(text, INT64_MIN, INT64_MAX, &i) && i < 0) {
		snprintf(printed, sizeof printed, "%" PRId64, i);
		must(*text == '-' && !strcmp(printed + 1, text + 1 + strspn(text + 1, "0")));
	}
}

static void check_units(const char *text)
{
	int64_t n;

	if (number_parse_size(text, &n))
		must(n >= 0 || !strcmp(text, "-1"));
	if (number_parse_duration(text, &n))
		must(n >= 0);
}

/* Is TEXT a number by the grammar of JSON?  The reader is never given anything else. */
static bool is_json_number(const char *s)
{
	s += *s == '-';
	if (*s == '0')
		s++;
	else if (*s >= '1' && *s <= '9')
		s += strspn(s, "0123456789");
	else
		return false;
	if (*s == '.') {
		size_t digits = strspn(s + 1, "0123456789");
		if (!digits)
			return false;
		s += 1 + digits;
	}
	if (*s == 'e' || *s == 'E') {
		size_t digits;
		s += 1 + (s[1] == '+' || s[1] == '-');
		if (!(digits = strspn(s, "0123456789")))
			return false;
		s += digits;
	}
	return !*s;
}

static void check_json(const char *text)
{
	bool negative;
	uint64_t value;
	long double wanted = strtold(text, NULL);

	if (is_json_number(text) && json_number(text, strlen(text), &negative, &value) == NUMBER_WHOLE) {
		/* 64 bits fit into a long double of this machine's kind. */
		must((negative ? -(long double) value : (long double) value) == wanted);
		must(!(negative && !value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1);

	if (!text)
		return 0;
	memcpy(text, bytes, n);
	text[n] = '\0';
	check_decimals(text);
	check_units(text);
	check_json(text);
	free(text);
	return 0;
}
