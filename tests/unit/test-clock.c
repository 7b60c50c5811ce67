/* test-clock.c - the calendar, compared with glibc's */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"

static void the_calendar_is_glibcs(void **state)
{
	(void) state;
	srand(1);
	for (int i = 0; i < 200000; i++) {
		struct timespec t = { .tv_sec = (time_t) ((double) rand() / RAND_MAX * 8e9) - 2000000000 };
		char ours[CLOCK_TEXT], theirs[CLOCK_TEXT];
		struct tm tm;
		clock_print(&t, 0, ours);
		gmtime_r(&t.tv_sec, &tm);
		strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", &tm);
		assert_string_equal(ours, theirs);
	}
}

static void the_fraction_has_as_many_digits_as_asked_for(void **state)
{
	struct timespec t = { 951782400, 5000 };	/* a leap day */
	char s[CLOCK_TEXT];

	(void) state;
	clock_print(&t, 9, s);
	assert_string_equal(s, "2000-02-29T00:00:00.000005000Z");
	clock_print(&t, 6, s);
	assert_string_equal(s, "2000-02-29T00:00:00.000005Z");
	clock_print(&t, 0, s);
	assert_string_equal(s, "2000-02-29T00:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_calendar_is_glibcs),
		cmocka_unit_test(the_fraction_has_as_many_digits_as_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
