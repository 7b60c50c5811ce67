/*
 * clock.h - the time, and points in time as text
 *
 * gmtime(3) and strftime(3) read /etc/localtime even for UTC: a file of the host, opened by every command.  The
 * calendar takes twenty lines.
 */
#pragma once
#include <stdint.h>
#include <time.h>

/* Nanoseconds since some moment in the past, unaffected by changes to the wall clock (CLOCK_MONOTONIC). */
int64_t clock_now(void);

/* The same in milliseconds, as poll(2) counts. */
int64_t clock_ms(void);

/* Sleep that long, or until a signal is caught. */
void clock_sleep(unsigned ms);

#define CLOCK_TEXT 40	/* room for a text with nanoseconds */

/* T in UTC as RFC 3339, with DIGITS (0 to 9) digits of the fraction: "2026-01-02T15:04:05.000001Z". */
void clock_print(const struct timespec *t, int digits, char out[CLOCK_TEXT]);
