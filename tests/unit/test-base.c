/* The ground floor: errors, text, numbers, names, memory, the log. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/base64.h"
#include "base/error.h"
#include "base/log.h"
#include "base/names.h"
#include "base/number.h"
#include "base/text.h"

/* ---- errors --------------------------------------------------------------- */

static void fail_adds_the_text_of_errno(void **state)
{
	struct error err = { .line = 7, .pointer = "/old", .file = "old" };

	(void) state;
	assert_int_equal(fail(&err, ENOENT, "open %s", "x"), -1);
	assert_string_equal(err.message, "open x: no such file or directory");
	assert_int_equal(err.number, ENOENT);
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_int_equal(err.line, 0);
	assert_string_equal(err.pointer, "");
	assert_string_equal(err.file, "");
	fail(&err, 0, "plain");
	assert_string_equal(err.message, "plain");
}

static void contexts_are_put_before(void **state)
{
	struct error err;
	char *much = xmalloc(5000);

	(void) state;
	fail(&err, EPERM, "mount");
	assert_int_equal(wrap(&err, "set up %s", "proc"), -1);
	assert_int_equal(wrap(&err, "create web"), -1);
	assert_string_equal(err.message, "create web: set up proc: mount: operation not permitted");
	/* However long they are: the message stays a string, and the outermost context stays whole. */
	memset(much, 'x', 4999);
	much[4999] = '\0';
	for (int i = 0; i < 10; i++)
		wrap(&err, "%s", much);
	wrap(&err, "outermost");
	assert_true(strlen(err.message) < sizeof err.message);
	assert_memory_equal(err.message, "outermost: xxx", 14);
	fail(&err, EIO, "%s", much);
	assert_true(strlen(err.message) < sizeof err.message);
	free(much);
}

static void blame_keeps_the_first_pointer(void **state)
{
	struct error err;

	(void) state;
	fail(&err, EIO, "x");
	blame(&err, NULL);
	assert_string_equal(err.pointer, "");
	blame(&err, "/mounts/0");
	blame(&err, "/mounts/1");
	assert_string_equal(err.pointer, "/mounts/0");
	fail_at(&err, "/process/cwd", "is %s", "bad");
	assert_int_equal(err.code, ERROR_CONFIG);
	assert_string_equal(err.pointer, "/process/cwd");
	fail_code(&err, ERROR_EXISTS, "taken");
	assert_string_equal(error_code_name(err.code), "exists");
	assert_string_equal(error_code_name(4711), "system");
}

static void errno_is_told_as_clients_know_it(void **state)
{
	(void) state;
	assert_string_equal(errno_text(EACCES), "permission denied");
	assert_string_equal(errno_text(ESRCH), "no such process");
	assert_string_equal(errno_text(EDOTDOT), "RFS specific error");
	assert_string_equal(errno_text(EIO), "input/output error");
}

static void errors_are_printed_with_their_place(void **state)
{
	struct error err;
	char out[400];

	(void) state;
	fail_at(&err, "/a/b", "is bad");
	error_print(&err, out, sizeof out);
	assert_string_equal(out, "/a/b: is bad");
	snprintf(err.file, sizeof err.file, "config.json");
	error_print(&err, out, sizeof out);
	assert_string_equal(out, "config.json: /a/b: is bad");
	err.line = 3;
	err.column = 14;
	error_print(&err, out, sizeof out);
	assert_string_equal(out, "config.json:3:14: /a/b: is bad");
	err.pointer[0] = '\0';
	error_print(&err, out, sizeof out);
	assert_string_equal(out, "config.json:3:14: is bad");
	fail(&err, 0, "x");
	error_print(&err, out, sizeof out);
	assert_string_equal(out, "x");
	error_print(&err, out, 2);
	assert_string_equal(out, "x");
}

/* ---- text ----------------------------------------------------------------- */

static void paths_lie_below_others(void **state)
{
	(void) state;
	assert_true(text_lies_below("/a/b", "/a"));
	assert_true(text_lies_below("/a", "/a"));
	assert_true(text_lies_below("/a", "/"));
	assert_true(text_lies_below("/", "/"));
	assert_false(text_lies_below("/ab", "/a"));
	assert_false(text_lies_below("/", "/a"));
	assert_false(text_lies_below("(unreachable)/a", "/"));
}

static void paths_are_seen_from_a_folder(void **state)
{
	auto_free char *below = text_path("/a", "b/c"), *absolute = text_path("/a", "/b");

	(void) state;
	assert_string_equal(below, "/a/b/c");
	assert_string_equal(absolute, "/b");
}

static void texts_have_a_width(void **state)
{
	(void) state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("\xc3\xa4\xe2\x82\xac"), 2);
}

static void text_grows(void **state)
{
	auto_text t = { 0 };
	auto_free char *s = NULL;

	(void) state;
	s = text_take(&t);
	assert_string_equal(s, "");
	for (int i = 0; i < 1000; i++)
		text_addf(&t, "%d,", i);
	assert_int_equal(t.n, strlen(t.s));
	assert_memory_equal(t.s, "0,1,2,", 6);
	text_add_bytes(&t, "", 0);
	text_add(&t, "");
	assert_string_equal(t.s + t.n - 4, "999,");
}

static void strings_are_quoted_for_json(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "", "\"\"" }, { "a/b", "\"a/b\"" }, { "\"\\", "\"\\\"\\\\\"" }, { "\n\t\r\b\f", "\"\\n\\t\\r\\b\\f\"" },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" }, { "\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
		/* What is not UTF-8 must not break a client's log. */
		{ "a\xff" "b", "\"a\xef\xbf\xbd" "b\"" }, { "\xc3", "\"\xef\xbf\xbd\"" }, { "\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, { "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xc2\x80\xc2\x9b" "31m\xc2\xa0", "\"\\u0080\\u009b31m\xc2\xa0\"" },
		{ "\xf5\x80\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_text t = { 0 };
		text_add_json(&t, cases[i].in);
		assert_string_equal(t.s, cases[i].out);
	}
}

/* ---- numbers -------------------------------------------------------------- */

static void texts_for_a_terminal_only_print(void **state)
{
	auto_text t = { 0 };

	(void) state;
	text_add_visible(&t, "a\tb\n\x1b[31mc\x07\x7f \xc2\x9b\xc2\xa0\xc3\xa4\xff");
	assert_string_equal(t.s, "a\tb\n?[31mc?? ?\xc2\xa0\xc3\xa4\xff");
}

static void numbers_are_whole_texts(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x1", "1a", "1.0", "1e1", "4294967296", "18446744073709551616",
					   "99999999999999999999999", "\xd9\xa1" };
	uint64_t n = 5;
	int64_t i = 5;

	(void) state;
	for (size_t k = 0; k < ARRAY_SIZE(bad); k++)
		assert_false(number_parse(bad[k], 0, UINT32_MAX, &n));
	assert_int_equal(n, 5);
	assert_true(number_parse("4294967295", 0, UINT32_MAX, &n));
	assert_true(n == UINT32_MAX);
	assert_true(number_parse("18446744073709551615", 0, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_true(number_parse("007", 7, 7, &n));
	assert_false(number_parse("6", 7, 9, &n));

	assert_true(number_parse_signed("-9223372036854775808", INT64_MIN, INT64_MAX, &i));
	assert_true(i == INT64_MIN);
	assert_true(number_parse_signed("9223372036854775807", INT64_MIN, INT64_MAX, &i));
	assert_true(i == INT64_MAX);
	assert_false(number_parse_signed("9223372036854775808", INT64_MIN, INT64_MAX, &i));
	assert_false(number_parse_signed("-9223372036854775809", INT64_MIN, INT64_MAX, &i));
	assert_false(number_parse_signed("-", INT64_MIN, INT64_MAX, &i));
	assert_false(number_parse_signed("--1", INT64_MIN, INT64_MAX, &i));
	assert_false(number_parse_signed("-1", 0, 5, &i));
}

static void ranges_are_taken_off_a_list(void **state)
{
	static const char *const bad[] = { "x", "-1", "1-", "1 - 2", "3-1", "1x", "1;2", "18446744073709551616" };
	const char *list = " 0-3,,8\n5 ", *start;
	uint64_t first, last;

	(void) state;
	assert_true(number_take_range(&list, &first, &last) && first == 0 && last == 3);
	assert_true(number_take_range(&list, &first, &last) && first == 8 && last == 8);
	assert_true(number_take_range(&list, &first, &last) && first == 5 && last == 5);
	assert_false(number_take_range(&list, &first, &last));
	assert_string_equal(list, "");
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		start = bad[k];
		while (number_take_range(&start, &first, &last))
			;
		assert_true(*start);
	}
}

static void sizes_take_units(void **state)
{
	static const struct { const char *text; int64_t value; } good[] = {
		{ "0", 0 }, { "512", 512 }, { "512b", 512 }, { "64k", 65536 }, { "64K", 65536 }, { "64kb", 65536 }, { "64KiB", 65536 },
		{ "10M", 10 << 20 }, { "1g", 1 << 30 }, { "2GB", 2ll << 30 }, { "1t", 1ll << 40 }, { "1p", 1ll << 50 }, { "-1", -1 },
		{ "9223372036854775807", INT64_MAX }, { "8191p", 8191ll << 50 }, { "1.5g", 3ll << 29 }, { "1.5", 1 }, { ".5k", 512 }, { "2.m", 2 << 20 },
		{ "0.1k", 102 }, { "1 k", 1024 }, { "1.25 GIB", 5ll << 28 }, { "8191.999999999999999999p", INT64_MAX }, { "0.0000000001p", 112589 },
	};
	static const char *const bad[] = { "", "k", "-2", "1.5.0g", ".g", ".", "1kk", "1  k", "1 ", " 1", "1bb", "1kob", "1kbb", "1 kibb", "-1.5", "8192.0p", "8192p", "9223372036854775808", "1x", "-1k", "0x10" };
	int64_t n;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(number_parse_size(good[i].text, &n));
		assert_true(n == good[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(number_parse_size(bad[i], &n));
}

static void durations_are_those_of_go(void **state)
{
	static const struct { const char *text; int64_t value; } good[] = {
		{ "0", 0 }, { "5s", 5000000000 }, { "1m30s", 90000000000 }, { "250ms", 250000000 }, { "1.5h", 5400000000000 },
		{ "100us", 100000 }, { "100\xc2\xb5s", 100000 }, { "7ns", 7 }, { ".5s", 500000000 }, { "0s", 0 }, { "1h1m1s1ms1us1ns", 3661001001001 },
		{ "0.99999999h", 3599999964000 }, { "1.23456789012345h", 4444444404444 }, { "0.123456789s", 123456789 }, { "5.s", 5000000000 },
	};
	static const char *const bad[] = { "", "5", "s", ".s", "-5s", "5S", "5 s", "1m30", "1.2.3s", "9999999h9", "99999999999999999999s",
					   "3000000h", "5sec" };
	int64_t n;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(number_parse_duration(good[i].text, &n));
		assert_true(n == good[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(number_parse_duration(bad[i], &n));
}

/* ---- names and memory ----------------------------------------------------- */

static void names_are_found_both_ways(void **state)
{
	static const struct name_value table[] = { { "a", 1 }, { "b", 2 }, { "c", 2 }, { NULL, 0 } };

	(void) state;
	assert_int_equal(name_find(table, "c")->value, 2);
	assert_null(name_find(table, "d"));
	assert_null(name_find(table, ""));
	assert_true(name_same("SigKill", "sIGkILL", SIZE_MAX));
	assert_true(name_same("SIGKILL", "sig", 3));
	assert_true(name_same("", "x", 0));
	assert_false(name_same("SI", "SIG", 3));
	assert_false(name_same("sig", "sig ", SIZE_MAX));
	assert_false(name_same("@", "`", 1));	/* 0x20 apart, as letters are */
	assert_false(name_same("\xc9", "\xe9", 1));
	assert_string_equal(value_find(table, 2)->name, "b");
	assert_null(value_find(table, 0));
}

static void arrays_grow_by_elements(void **state)
{
	int *list = NULL;

	(void) state;
	for (size_t i = 0; i < 1000; i++) {
		int *p = xgrow(&list, i, sizeof *list);
		assert_int_equal(*p, 0);
		*p = (int) i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(list[i], i);
	free(list);
}

/* ---- the log -------------------------------------------------------------- */

/* The log is one per process: each case runs in a child, and what it wrote to the log and to standard error is read. */
static void logged(void (*body)(const char *path), char *log, char *errors, size_t size)
{
	char path[] = "/tmp/test-base.XXXXXX", err_path[] = "/tmp/test-base.XXXXXX";
	auto_fd l = mkstemp(path), e = mkstemp(err_path);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		dup2(e, STDERR_FILENO);
		body(path);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	log[pread(l, log, size - 1, 0)] = '\0';
	errors[pread(e, errors, size - 1, 0)] = '\0';
	unlink(path);
	unlink(err_path);
}

/* The time and its value are cut out. */
static char *without_time(char *line)
{
	char *key = strstr(line, "time\":\""), *end;

	if (!key)
		return line;
	end = strchr(key + 7, '"');
	/* 2026-01-02T15:04:05.123456Z */
	assert_int_equal(end - key - 7, 27);
	assert_int_equal(end[-1], 'Z');
	memmove(key + 7, end, strlen(end) + 1);
	return line;
}

static void log_a_fault_in_json(const char *path)
{
	static const char *const more[] = { "config.json:4:1: /b: \"worse\"" };
	struct error err;

	log_open(path, true, false, LEVEL_ERROR, &err);
	log_warn("no %s", "swap");
	log_debug("never seen");
	fail_at(&err, "/a", "is\nbad");
	snprintf(err.file, sizeof err.file, "config.json");
	err.line = 3;
	err.column = 7;
	log_error(&err, more, 1);
}

static void an_error_is_one_json_object(void **state)
{
	char log[4096], errors[4096];

	(void) state;
	logged(log_a_fault_in_json, log, errors, sizeof log);
	assert_string_equal(without_time(log), "{\"level\":\"error\",\"msg\":\"config.json:3:7: /a: is\\nbad\",\"time\":\"\",\"code\":\"config\","
			    "\"pointer\":\"/a\",\"line\":3,\"column\":7,\"more\":[\"config.json:4:1: /b: \\\"worse\\\"\"],"
			    "\"warnings\":[\"no swap\"]}\n");
	assert_non_null(strstr(errors, "config.json:3:7: /a: is"));
	assert_non_null(strstr(errors, "\nconfig.json:4:1: /b: \"worse\"\n"));
}

static void log_a_refusal_in_text(const char *path)
{
	struct error err;

	log_open(path, false, false, LEVEL_ERROR, &err);
	log_warn("careful");
	log_debug("never seen");
	fail(&err, EPERM, "mount");
	log_error(&err, NULL, 0);
}

static void text_logs_hold_warnings_as_lines(void **state)
{
	char log[4096], errors[4096];

	(void) state;
	logged(log_a_refusal_in_text, log, errors, sizeof log);
	assert_non_null(strstr(log, "level=warning msg=\"careful\"\n"));
	assert_non_null(strstr(log, "level=error msg=\"mount: operation not permitted\"\n"));
	assert_null(strstr(log, "never seen"));
	assert_string_equal(errors, "mount: operation not permitted\n");
}

static void log_all_in_json(const char *path)
{
	struct error err;

	log_open(path, true, true, LEVEL_DEBUG, &err);
	log_debug("a \"detail\"");
	log_warn("careful");
}

static void debug_is_written_when_asked_for(void **state)
{
	char log[4096], errors[4096], *second;

	(void) state;
	logged(log_all_in_json, log, errors, sizeof log);
	second = strchr(log, '\n') + 1;
	without_time(second);
	assert_string_equal(second, "{\"level\":\"warning\",\"msg\":\"careful\",\"time\":\"\"}\n");
	assert_string_equal(errors, "");
}

static void tell_daemon(enum log_daemon daemon, const char *path)
{
	static const char *const more[] = { "config.json:4:1: /b: worse" };
	struct error err;

	log_open(NULL, false, false, LEVEL_ERROR, &err);
	log_to_daemon(daemon, open(path, O_WRONLY | O_APPEND), "pod");
	log_warn("care\nful");
	log_debug("never seen");
	fail(&err, EPERM, "mount");
	log_error(&err, more, 1);
}

static void tell_the_journal(const char *path)
{
	tell_daemon(LOG_JOURNAL, path);
}

static void the_journal_gets_fields(void **state)
{
	static const char size[8] = { 8 };	/* of "care\nful", little-endian */
	char log[4096] = { 0 }, errors[4096], *value = log + strlen("MESSAGE\n");

	(void) state;
	logged(tell_the_journal, log, errors, sizeof log);
	assert_memory_equal(log, "MESSAGE\n", 8);
	assert_memory_equal(value, size, sizeof size);
	assert_string_equal(value + sizeof size, "care\nful\nPRIORITY=4\nSYSLOG_IDENTIFIER=pod\n"
			    "MESSAGE=mount: operation not permitted\nPRIORITY=3\nSYSLOG_IDENTIFIER=pod\nERRNO=1\n"
			    "MESSAGE=config.json:4:1: /b: worse\nPRIORITY=3\nSYSLOG_IDENTIFIER=pod\n");
	assert_string_equal(errors, "mount: operation not permitted\nconfig.json:4:1: /b: worse\n");
}

static void tell_syslog(const char *path)
{
	tell_daemon(LOG_SYSLOG, path);
}

static void syslog_gets_priority_name_and_pid(void **state)
{
	char log[4096] = { 0 }, errors[4096];
	int pid, end = 0;

	(void) state;
	logged(tell_syslog, log, errors, sizeof log);
	assert_int_equal(sscanf(log, "<12>pod[%d]: care\nful<11>pod[%d]: mount: operation not permitted%n", &pid, &pid, &end), 2);
	assert_true(end > 0);
}

static char seen[64];

static void remember(void *context, int level, const char *text)
{
	snprintf(seen, sizeof seen, "%s %d %s", (char *) context, level, text);
}

static void the_log_can_be_led_elsewhere(void **state)
{
	char name[] = "me";

	(void) state;
	log_redirect(remember, name);
	log_warn("w");
	assert_string_equal(seen, "me 1 w");
	log_debug("d");		/* nobody asked for it */
	assert_string_equal(seen, "me 1 w");
	log_redirect(NULL, NULL);
}

static void a_log_that_cannot_be_opened_is_an_error(void **state)
{
	struct error err;

	(void) state;
	assert_int_equal(log_open("/nonexistent/log", false, false, LEVEL_ERROR, &err), -1);
	assert_string_equal(err.message, "open the log /nonexistent/log: no such file or directory");
}

static void base64(void **state)
{
	static const struct { const char *text, *bytes; } good[] = {
		{ "", "" }, { "Zg==", "f" }, { "Zg", "f" }, { "Zm8=", "fo" }, { "Zm9v", "foo" }, { "Zm9vYg==", "foob" }, { "/+7/", "\xff\xee\xff" },
	};
	static const char *const bad[] = { "Z", "Zg=", "Zg===", "Z===", "====", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm9v=", "Zh==", "Zm9=", "-_-_" };
	unsigned char *bytes;
	size_t n;

	(void) state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		bytes = base64_decode(good[i].text, &n);
		assert_non_null(bytes);
		assert_int_equal(n, strlen(good[i].bytes));
		assert_memory_equal(bytes, good[i].bytes, n);
		free(bytes);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if ((bytes = base64_decode(bad[i], &n)))
			assert_string_equal(bad[i], "is not taken");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64),
		cmocka_unit_test(fail_adds_the_text_of_errno), cmocka_unit_test(contexts_are_put_before),
		cmocka_unit_test(blame_keeps_the_first_pointer), cmocka_unit_test(errno_is_told_as_clients_know_it),
		cmocka_unit_test(errors_are_printed_with_their_place), cmocka_unit_test(text_grows),
		cmocka_unit_test(paths_lie_below_others), cmocka_unit_test(paths_are_seen_from_a_folder),
		cmocka_unit_test(texts_have_a_width),
		cmocka_unit_test(strings_are_quoted_for_json), cmocka_unit_test(texts_for_a_terminal_only_print),
		cmocka_unit_test(numbers_are_whole_texts), cmocka_unit_test(ranges_are_taken_off_a_list),
		cmocka_unit_test(sizes_take_units), cmocka_unit_test(durations_are_those_of_go),
		cmocka_unit_test(names_are_found_both_ways), cmocka_unit_test(arrays_grow_by_elements),
		cmocka_unit_test(an_error_is_one_json_object), cmocka_unit_test(text_logs_hold_warnings_as_lines),
		cmocka_unit_test(debug_is_written_when_asked_for), cmocka_unit_test(the_log_can_be_led_elsewhere),
		cmocka_unit_test(the_journal_gets_fields), cmocka_unit_test(syslog_gets_priority_name_and_pid),
		cmocka_unit_test(a_log_that_cannot_be_opened_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
