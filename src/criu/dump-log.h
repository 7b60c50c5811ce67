/*
 * dump-log.h - what went wrong, in CRIU's own words
 *
 * CRIU's answer to a failure is an errno at best; its log tells, in thousands
 * of lines.  The first errors in it are the cause, what follows is the
 * unwinding.
 */
#pragma once
#include <stddef.h>

/* Put the first errors of the N bytes of a log into OUT, joined by "; "; "" if there are none.  Bytes that would move a
 * terminal's cursor become '?'. */
void criu_log_errors(const char *log, size_t n, char *out, size_t size);

/* The same for the file NAME of the folder DIR (the last megabyte of it).  "" if it cannot be read. */
void criu_log_quote(int dir, const char *name, char *out, size_t size);
