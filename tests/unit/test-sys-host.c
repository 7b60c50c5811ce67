/* What is found out about the machine, compared with what slower ways say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/disable.h"
#include "sys/host.h"

static struct host host;
static struct error err;

static uint64_t from_status(const char *key)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	uint64_t value = 0;

	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (!strncmp(line, key, strlen(key)))
			sscanf(line + strlen(key), ":\t%" SCNx64, &value);
	fclose(f);
	return value;
}

static void capabilities(void **state)
{
	(void) state;
	assert_int_equal(host.caps_bounding, from_status("CapBnd"));
	assert_int_equal(host.caps_permitted, from_status("CapPrm"));
	assert_in_range(host.last_cap, 40, 63);
}

static void ids(void **state)
{
	(void) state;
	assert_int_equal(host.euid, geteuid());
	assert_int_equal(host.egid, getegid());
	assert_true(host.initial_userns || !host.privileged);
}

static void cgroups(void **state)
{
	(void) state;
	if (host.layout == CGROUP_NONE)
		skip();
	assert_in_range(host.n_hierarchies, 1, HOST_MAX_HIERARCHIES);
	for (size_t i = 0; i < host.n_hierarchies; i++) {
		const struct cgroup_hierarchy *h = &host.hierarchies[i];
		auto_free char *line = NULL;
		char want[1024];
		size_t room = 0;
		bool found = false;
		FILE *f = fopen("/proc/self/cgroup", "re");

		assert_int_equal(h->own[0], '/');
		assert_true(h->v2 == (host.layout == CGROUP_V2 || !strcmp(h->name, "unified")));
		snprintf(want, sizeof want, "%s%s:%s\n", !h->v2 && !strcmp(h->name, "systemd") ? "name=" : "",
			 h->v2 ? "" : h->name, h->own);
		while (getline(&line, &room, f) > 0)
			found |= !strcmp(strchr(line, ':') + 1, want);
		fclose(f);
		assert_true(found);
	}
	for (size_t i = 0; i < host.n_links; i++)
		assert_true(host.links[i].name[0] && host.links[i].target[0]);
}

static void a_list_of_what_to_do_without(void **state)
{
	(void) state;
	assert_true(disabled("openat2"));
	assert_true(disabled("last"));
	assert_false(disabled("openat"));
	assert_false(disabled("openat22"));
	assert_false(disabled(""));
	assert_false(disabled("la"));
}

static void programs(void **state)
{
	auto_free char *path = getenv("PATH") ? strdup(getenv("PATH")) : NULL, *sh = NULL;

	(void) state;
	/* An empty entry is the current folder, not the root. */
	setenv("PATH", ":bin::/nowhere", 1);
	assert_null(host_find_program("bin/sh"));
	sh = host_find_program("sh");
	assert_non_null(sh);
	assert_int_equal(sh[0], '/');
	setenv("PATH", path ? path : "", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities),
		cmocka_unit_test(ids),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(programs),
		cmocka_unit_test(a_list_of_what_to_do_without),
	};

	setenv("CTR_RUN_DISABLE", ",openat2,,clone3,last", 1);
	if (host_probe(&host, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
