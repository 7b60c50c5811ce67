/* Signal names, and a fresh start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/signals.h"

static void names_and_numbers(void **state)
{
	static const struct { const char *text; int number; } rows[] = {
		{ "9", 9 }, { "KILL", 9 }, { "SIGKILL", 9 }, { "kill", 9 }, { "sigkill", 9 }, { "SigKill", 9 },
		{ "0", 0 }, { "TERM", 15 }, { "HUP", 1 }, { "USR1", SIGUSR1 }, { "WINCH", SIGWINCH },
		{ "SIGPWR", SIGPWR }, { "SYS", SIGSYS }, { "IOT", SIGABRT }, { "ABRT", SIGABRT },
		{ "SIGPOLL", SIGIO }, { "IO", SIGIO }, { "CLD", SIGCHLD }, { "UNUSED", SIGSYS }, { "64", 64 },
		{ "37", 37 }, { "RTMIN", 34 }, { "SIGRTMIN+3", 37 }, { "rtmin+3", 37 }, { "RTMIN+30", 64 },
		{ "RTMAX", 64 }, { "SIGRTMAX-1", 63 }, { "RTMAX-30", 34 }, { "RTMIN+0", 34 },
		/* no signals */
		{ "", -1 }, { "65", -1 }, { "-1", -1 }, { "+9", -1 }, { " 9", -1 }, { "9 ", -1 }, { "0x9", -1 },
		{ "SIG", -1 }, { "SIG9", -1 }, { "SIGSIGKILL", -1 }, { "KILL2", -1 }, { "RTMIN+31", -1 },
		{ "RTMAX-31", -1 }, { "RTMIN-1", -1 }, { "RTMAX+1", -1 }, { "RTMIN+", -1 }, { "RTMIN3", -1 },
		{ "RTMIN+-1", -1 }, { "99999999999999999999", -1 }, { "4294967305", -1 },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (signal_parse(rows[i].text) != rows[i].number)
			print_error("%s\n", rows[i].text);
		assert_int_equal(signal_parse(rows[i].text), rows[i].number);
	}
}

static void every_number_has_a_name_that_leads_back(void **state)
{
	(void) state;
	for (int sig = 1; sig <= 64; sig++) {
		if (sig == 32 || sig == 33)
			continue;
		assert_int_equal(strncmp(signal_name(sig), "SIG", 3), 0);
		assert_int_equal(signal_parse(signal_name(sig)), sig);
	}
	assert_string_equal(signal_name(SIGKILL), "SIGKILL");
	assert_string_equal(signal_name(SIGABRT), "SIGABRT");
	assert_string_equal(signal_name(SIGIO), "SIGIO");
	assert_string_equal(signal_name(37), "SIGRTMIN+3");
	assert_string_equal(signal_name(32), "signal 32");
	assert_string_equal(signal_name(0), "signal 0");
	assert_string_equal(signal_name(99), "signal 99");
}

static void reset_leaves_nothing_ignored_or_blocked(void **state)
{
	pid_t child = fork();
	int status;

	(void) state;
	if (child == 0) {
		sigset_t mask;

		sigfillset(&mask);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		signal(SIGPIPE, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		signal(SIGRTMAX, SIG_IGN);
		signal(SIGTERM, _exit);
		signal_reset();
		execl("/bin/sh", "sh", "-c",
		      "set -- $(grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status); "
		      "[ \"$2 $4\" = '0000000000000000 0000000000000000' ]", NULL);
		_exit(1);
	}
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers),
		cmocka_unit_test(every_number_has_a_name_that_leads_back),
		cmocka_unit_test(reset_leaves_nothing_ignored_or_blocked),
	};

	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
