/* base64.c - see base64.h */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The last group must have more than one digit; padding, if any, completes it and nothing follows. */
static bool ends_well(const char *text, size_t n_digits)
{
	size_t padding = strspn(text + n_digits, "=");

	return !text[n_digits + padding] && n_digits % 4 != 1 && (!padding || (n_digits + padding) % 4 == 0) &&
	       padding < 3;
}

unsigned char *base64_decode(const char *text, size_t *n)
{
	size_t n_digits = strspn(text, digits);
	unsigned char *bytes;
	unsigned bits = 0, held = 0;

	if (!ends_well(text, n_digits))
		return NULL;
	*n = 0;
	bytes = xmalloc(n_digits / 4 * 3 + 3);
	for (size_t i = 0; i < n_digits; i++) {
		bits = bits << 6 | (unsigned) (strchr(digits, text[i]) - digits);
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[(*n)++] = (unsigned char) (bits >> held);
		}
	}
	/* Leftover bits are part of no byte: they must be zero, or two texts would mean the same. */
	if (bits & ((1u << held) - 1)) {
		free(bytes);
		return NULL;
	}
	return bytes;
}
