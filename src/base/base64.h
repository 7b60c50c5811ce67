/* base64.h - bytes as text (RFC 4648) */
#pragma once
#include <stddef.h>

/* The bytes that TEXT encodes, padded or not, with nothing in between.  The caller frees them; *N is their number.
 * NULL if it is not base64. */
unsigned char *base64_decode(const char *text, size_t *n);
