/*
 * number.h - numbers from foreign text, strictly
 *
 * The whole text must be the number: no blank, no plus, no hex, nothing after
 * it.  (CVE-2026-30892 was `exec -u 1` read as 0:0 by a lax parser.)
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* True, and *OUT set, if S is a decimal number from MIN to MAX. */
bool number_parse(const char *s, uint64_t min, uint64_t max, uint64_t *out);
bool number_parse_signed(const char *s, int64_t min, int64_t max, int64_t *out);

/* Read the decimal number at *S, skipping blanks before it, and move *S past it; false if there is none or it does not
 * fit.  For the kernel's lines of fields: sscanf(3) costs a static program 120 kB. */
bool number_take(const char **s, uint64_t *out);

/* Take the next range off *S, a list such as "0-3,8" with commas, blanks or newlines in between: *FIRST to *LAST, the
 * same for a single number.  False at the end of the list, and before what is no range: then *S is not "". */
bool number_take_range(const char **s, uint64_t *first, uint64_t *last);

/* A size with a unit, as runc's options take it (RAMInBytes of go-units): "512", "64k", "1.5g", "2 GiB"; "-1" gives -1.
 * Units are powers of 1024; fractions of a byte are dropped. */
bool number_parse_size(const char *s, int64_t *out);

/* A Go duration ("5s", "1m30s", "250ms", "1.5h") in nanoseconds. */
bool number_parse_duration(const char *s, int64_t *out);
