/* clock.c - see clock.h */
#include <stdio.h>

#include "base/clock.h"

/* in nanoseconds */
#define MILLISECOND 1000000
#define SECOND	    INT64_C(1000000000)

int64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t) t.tv_sec * SECOND + t.tv_nsec;
}

int64_t clock_ms(void)
{
	return clock_now() / MILLISECOND;
}

void clock_sleep(unsigned ms)
{
	nanosleep(&(struct timespec) { .tv_sec = ms / 1000, .tv_nsec = (long) (ms % 1000) * MILLISECOND }, NULL);
}

void clock_print(const struct timespec *t, int digits, char out[CLOCK_TEXT])
{
	long long days = t->tv_sec / 86400, rest = t->tv_sec % 86400;
	char fraction[16] = "";

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	/* Days since 0000-03-01 of the proleptic Gregorian calendar, in eras of 400 years: a year that begins in March
	 * has its leap day at the end. */
	days += 719468;
	long long era = (days >= 0 ? days : days - 146096) / 146097;
	unsigned day_of_era = (unsigned) (days - era * 146097);
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month = (5 * day_of_year + 2) / 153;	/* 0 is March */
	unsigned day = day_of_year - (153 * month + 2) / 5 + 1;
	unsigned hour = (unsigned) (rest / 3600), minute = (unsigned) (rest / 60 % 60), second = (unsigned) (rest % 60);
	long long year = era * 400 + year_of_era + (month >= 10);

	if (digits > 0)
		snprintf(fraction, sizeof fraction, ".%09ld", t->tv_nsec);
	snprintf(out, CLOCK_TEXT, "%04lld-%02u-%02uT%02u:%02u:%02u%.*sZ", year, month < 10 ? month + 3 : month - 9, day,
		 hour, minute, second, digits + 1, fraction);
}
