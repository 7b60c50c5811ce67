/*
 * dump-log.h - what went wrong, in CRIU's own words
 *
 * CRIU's answer to a failure is at best an errno; the reason is somewhere in
 * thousands of lines of log.  The first errors there are the cause, the rest is
 * unwinding.
 */
#pragma once
#include <stddef.h>

/* Copy the first errors of LOG, of N bytes, to OUT, joined by "; "; "" if there are none.  Bytes that would move a
 * terminal's cursor become '?'. */
void criu_log_errors(const char *log, size_t n, char *out, size_t size);

/* The same for the last megabyte of the file NAME in the folder DIR.  "" if it cannot be read. */
void criu_log_quote(int dir, const char *name, char *out, size_t size);
