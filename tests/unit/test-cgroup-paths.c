/* Where a container's cgroup is, and what the kernel says about it: the parts that need no kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"

static struct error err;

/* ---- components ---- */

static void components(void **state)
{
	char name[NAME_MAX + 1];
	const char *at = "/a/bc//d";
	auto_free char *none = component_prefix("/a/b/c", 0), *two = component_prefix("/a/b/c", 2),
		       *all = component_prefix("/a/b/c", 9);

	(void) state;
	assert_true(component_next(&at, name));
	assert_string_equal(name, "a");
	assert_true(component_next(&at, name));
	assert_string_equal(name, "bc");
	assert_true(component_next(&at, name));
	assert_string_equal(name, "d");
	assert_false(component_next(&at, name));
	assert_int_equal(component_count("/"), 0);
	assert_int_equal(component_count("/a/b/c"), 3);
	assert_string_equal(none, "/");
	assert_string_equal(two, "/a/b");
	assert_string_equal(all, "/a/b/c");
}

static void plain_paths(void **state)
{
	static const char *const good[] = { "/", "/a", "/a/b", "/..a/b..", "/...", "/a.slice/b c", "/.hidden" };
	static const char *const bad[] = { "",	 "a",	"a/b",	 "//",	  "/a/",    "/a//b",
					   "/.", "/..", "/a/..", "/../a", "/a/./b", "/a/../../b" };
	char longest[NAME_MAX + 3] = "/";

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(component_plain(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(component_plain(bad[i]));
	memset(longest + 1, 'x', NAME_MAX);
	assert_true(component_plain(longest));
	longest[NAME_MAX + 1] = 'x';
	assert_false(component_plain(longest));
}

/* ---- cgroup_paths ---- */

static struct host v1_host(void)
{
	struct host host = {
		.initial_userns = true,
		.layout = CGROUP_HYBRID,
		.n_hierarchies = 3,
		.hierarchies = { { "memory", false, "/system.slice/me" },
				 { "cpu,cpuacct", false, "/" },
				 { "unified", true, "/user/me" } },
	};

	return host;
}

static struct host v2_host(const char *own)
{
	struct host host = {
		.initial_userns = true, .layout = CGROUP_V2, .n_hierarchies = 1, .hierarchies = { { "", true, "" } }
	};

	snprintf(host.hierarchies[0].own, sizeof host.hierarchies[0].own, "%s", own);
	return host;
}

static void assert_v2_path(const char *own, const char *path, bool relative, const char *expected)
{
	struct host host = v2_host(own);
	struct cgroup_plan plan = { .path = path, .relative = relative, .required = true };
	struct cgroup cgroup;

	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), 0);
	assert_int_equal(cgroup.n_folders, 1);
	assert_string_equal(cgroup.folders[0].path, expected);
	assert_int_equal(cgroup.folders[0].fd, -1);
	assert_int_equal(cgroup.folders[0].join, -1);
	cgroup_close(&cgroup);
}

static void v2_paths(void **state)
{
	(void) state;
	assert_v2_path("/a/b", "/x/y", false, "/x/y");
	/* Beside us: where we are there are processes. */
	assert_v2_path("/a/b", "/x", true, "/a/x");
	assert_v2_path("/a", "/x", true, "/x");
	assert_v2_path("/", "/x", true, "/x");
	/* We are outside our cgroup namespace. */
	assert_v2_path("/../other", "/x", true, "/x");
	assert_v2_path("/..", "/x", true, "/x");
	assert_v2_path("", "/x", true, "/x");
}

/* A user may own no more than the cgroup he is in. */
static void v2_paths_of_users(void **state)
{
	struct host host = v2_host("/a/b");
	struct cgroup_plan plan = { .path = "/x", .relative = true };
	struct cgroup cgroup;

	(void) state;
	host.euid = 0;
	host.initial_userns = true;
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), 0);
	assert_null(cgroup.folders[0].instead);
	cgroup_close(&cgroup);
	host.euid = 1000;
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), 0);
	assert_string_equal(cgroup.folders[0].path, "/a/x");
	assert_string_equal(cgroup.folders[0].instead, "/a/b/x");
	cgroup_close(&cgroup);
	plan.relative = false;
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), 0);
	assert_null(cgroup.folders[0].instead);
	cgroup_close(&cgroup);
}

static void v1_paths(void **state)
{
	struct host host = v1_host();
	struct cgroup_plan plan = { .path = "/x", .relative = true };
	struct cgroup cgroup;

	(void) state;
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), 0);
	assert_int_equal(cgroup.n_folders, 3);
	assert_string_equal(cgroup.folders[0].path, "/system.slice/me/x");
	assert_false(cgroup.folders[0].v2);
	assert_string_equal(cgroup.folders[1].path, "/x");
	assert_string_equal(cgroup.folders[2].path, "/user/x");
	assert_true(cgroup.folders[2].v2);
	assert_true(folder_has(&cgroup.folders[1], "cpu"));
	assert_true(folder_has(&cgroup.folders[1], "cpuacct"));
	assert_false(folder_has(&cgroup.folders[1], "cpua"));
	assert_false(folder_has(&cgroup.folders[1], "cpuset"));
	assert_false(folder_has(&cgroup.folders[2], "unified"));
	cgroup_close(&cgroup);
}

static void no_folders(void **state)
{
	struct host host = v1_host();
	struct cgroup_plan plan = { .disabled = true };
	struct cgroup cgroup;

	(void) state;
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), 0);
	assert_int_equal(cgroup.n_folders, 0);
	cgroup_close(&cgroup);
	plan = (struct cgroup_plan) { .path = "/x" };
	host = (struct host) { .layout = CGROUP_NONE };
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), 0);
	assert_int_equal(cgroup.n_folders, 0);
	cgroup_close(&cgroup);
	plan.required = true;
	plan.pointer = "/linux/resources";
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), -1);
	assert_int_equal(err.code, ERROR_UNSUPPORTED);
	assert_string_equal(err.pointer, "/linux/resources");
	cgroup_close(&cgroup);
}

static void paths_that_leave_are_refused(void **state)
{
	struct host host = v1_host();
	struct cgroup_plan plan = { .path = "/x/../../y", .pointer = "/linux/cgroupsPath" };
	struct cgroup cgroup;

	(void) state;
	assert_int_equal(cgroup_paths(&plan, &host, &cgroup, &err), -1);
	assert_string_equal(err.pointer, "/linux/cgroupsPath");
	cgroup_close(&cgroup);
}

/* ---- what the kernel writes ---- */

static void assert_procs(const char *text, size_t lines, size_t n, const pid_t *expected)
{
	auto_free pid_t *pids = NULL;
	size_t found = 0;

	assert_int_equal(procs_parse(text, strlen(text), &pids, &found), lines);
	found = procs_sort(pids, found);
	assert_int_equal(found, n);
	if (n > 0)
		assert_memory_equal(pids, expected, n * sizeof *pids);
}

static void lists_of_processes(void **state)
{
	(void) state;
	assert_procs("", 0, 0, NULL);
	assert_procs("1\n", 1, 1, (const pid_t[]) { 1 });
	assert_procs("30\n4\n30\n17", 4, 3, (const pid_t[]) { 4, 17, 30 });
	/* 0 is somebody whom we cannot see. */
	assert_procs("0\n7\n0\n", 3, 1, (const pid_t[]) { 7 });
	assert_procs("-5\nx\n 6\n7 8\n99999999999\n2147483648\n2147483647\n\n\n", 1, 1, (const pid_t[]) { INT_MAX });
}

static void keyed_numbers(void **state)
{
	static const char events[] =
		"populated 1\nfrozen 0\nbig 18446744073709551615\nhuge 18446744073709551616\nbad x\nfrozen_too 3";
	unsigned long long value = 9;

	(void) state;
	assert_true(keyed_find(events, "populated", &value));
	assert_int_equal(value, 1);
	assert_true(keyed_find(events, "frozen", &value));
	assert_int_equal(value, 0);
	assert_true(keyed_find(events, "frozen_too", &value));
	assert_int_equal(value, 3);
	assert_true(keyed_find(events, "big", &value));
	assert_true(value == ULLONG_MAX);
	assert_false(keyed_find(events, "huge", &value));
	assert_false(keyed_find(events, "bad", &value));
	assert_false(keyed_find(events, "froze", &value));
	assert_false(keyed_find(events, "opulated", &value));
	assert_false(keyed_find("", "x", &value));
	assert_false(keyed_find("x", "x", &value));
}

static void words(void **state)
{
	(void) state;
	assert_true(words_have("cpuset cpu io", "cpu"));
	assert_true(words_have("cpu", "cpu"));
	assert_true(words_have("io cpu\n", "cpu"));
	assert_false(words_have("cpuset acpu", "cpu"));
	assert_false(words_have("", "cpu"));
}

static void places_below(void **state)
{
	(void) state;
	assert_true(cgroup_below_plain(""));
	assert_true(cgroup_below_plain("/"));
	assert_true(cgroup_below_plain("a/b"));
	assert_true(cgroup_below_plain("/a/./b//"));
	assert_true(cgroup_below_plain("..a/b.."));
	assert_false(cgroup_below_plain(".."));
	assert_false(cgroup_below_plain("/.."));
	assert_false(cgroup_below_plain("a/../b"));
	assert_false(cgroup_below_plain("a/.."));
}

#define KILL(fields) "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=web.scope,mems_allowed=0," fields "\n"
#define OURS "oom_memcg=/s/web.scope,task_memcg=/s/web.scope,task=tail,pid=123,uid=0"

/* What the kernel's log says about a kill, and what others may want it to look like. */
static void kills_in_the_log(void **state)
{
	static const struct {
		const char *log;
		bool ours;
	} rows[] = {
		{ "", false },
		{ "<6>[   12.345678] " KILL(OURS), true },
		{ "<4>[    1.0] web.scope invoked oom-killer\n<6>[    1.5][  T123] " KILL(OURS) "<6>[    1.6] oom_reaper\n", true },
		{ "<6>" KILL(OURS), true },
		{ "<6>[ 1.5] " KILL("global_oom,task_memcg=/s/web.scope,task=tail,pid=123,uid=0"), true },
		{ "<6>[ 1.5] " KILL("oom_memcg=/s,task_memcg=/s/web.scope/init.scope,task=a,pid=9,uid=1,pid=123,uid=0"), true },
		/* Another's. */
		{ "<6>[ 1.5] " KILL("oom_memcg=/s,task_memcg=/s/web.scope,task=tail,pid=1234,uid=0"), false },
		{ "<6>[ 1.5] " KILL("oom_memcg=/s,task_memcg=/s/web.scope2,task=tail,pid=123,uid=0"), false },
		{ "<6>[ 1.5] " KILL("oom_memcg=/s/web.scope,task_memcg=/s,task=tail,pid=123,uid=0"), false },
		{ "<6>[ 1.5] " KILL("oom_memcg=/s,task_memcg=/s/web.scope,x,task=tail,pid=123,uid=0"), false },
		/* A program wrote it to /dev/kmsg. */
		{ "<14>[ 1.5] " KILL(OURS), false },
		{ "<8>[ 1.5] " KILL(OURS), false },
		/* A cgroup, or a process, with such a name. */
		{ "<6>[ 1.5] " KILL("oom_memcg=/b/x,task_memcg=/s/web.scope,task=a,pid=123,uid=0,task_memcg=/b,task=x,pid=5,uid=0"), false },
		{ "<6>[ 1.5] " KILL("oom_memcg=/s,task_memcg=/s/web.scope,task=a,pid=123,uid=0,pid=5,uid=0"), false },
		{ "<6>[ 1.5] x: " KILL(OURS), false },
		/* Cut off. */
		{ "<6>[ 1.5", false },
		{ "<6>[ 1.5] oom-kill:constraint=CONSTRAINT_MEMCG,task_memcg=", false },
		{ "<6>[ 1.5] oom-kill:constraint=CONSTRAINT_MEMCG,task_memcg=/s/web.scope", false },
		{ "<6>[ 1.5] oom-kill:constraint=CONSTRAINT_MEMCG,task_memcg=/s/web.scope,task=a,pid=123", false },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (cgroup_oom_logged(rows[i].log, "/s/web.scope", 123) != rows[i].ours) {
			print_error("%s\n", rows[i].log);
			assert_true(false);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(components),
		cmocka_unit_test(plain_paths),
		cmocka_unit_test(v2_paths), cmocka_unit_test(v2_paths_of_users),
		cmocka_unit_test(v1_paths),
		cmocka_unit_test(no_folders),
		cmocka_unit_test(paths_that_leave_are_refused),
		cmocka_unit_test(lists_of_processes),
		cmocka_unit_test(keyed_numbers),
		cmocka_unit_test(words),
		cmocka_unit_test(places_below),
		cmocka_unit_test(kills_in_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
