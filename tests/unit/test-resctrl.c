/*
 * test-resctrl.c - groups of resctrl: the comparison of schemata, and what is done to folders
 *
 * No kernel with resctrl is involved: an ordinary folder stands in for its
 * root, so the tests prove which names are looked at, in which order, what is
 * written there and what is removed again - not what a processor makes of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "libocispec/arena.h"
#include "plan/plan.h"
#include "tune/resctrl.h"
#include "tune/resctrl-stats.h"
#include "folder.h"

static struct error err;

static int set_up(void **state)
{
	memset(&err, 0, sizeof err);
	return folder_make(state);
}

static void put(const char *path, const char *text)
{
	auto_fd fd = openat(folder_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void holds(const char *path, const char *text)
{
	char found[200];
	auto_fd fd = openat(folder_fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, found, sizeof found - 1);

	assert_true(n >= 0);
	found[n] = '\0';
	assert_string_equal(found, text);
}

static bool exists(const char *path)
{
	return faccessat(folder_fd, path, F_OK, 0) == 0;
}

/* A group as the kernel makes it. */
static void put_group(const char *name, const char *schemata)
{
	char path[100];

	assert_int_equal(mkdirat(folder_fd, name, 0755), 0);
	snprintf(path, sizeof path, "%s/schemata", name);
	put(path, schemata);
	snprintf(path, sizeof path, "%s/tasks", name);
	put(path, "");
	snprintf(path, sizeof path, "%s/mon_groups", name);
	assert_int_equal(mkdirat(folder_fd, path, 0755), 0);
}

static void schemata_are_compared_by_what_they_say(void **state)
{
	static const char there[] = "    MB:0=100;1= 70\n    L3:0=7ff;1=0f\nL3CODE:0=1\n";
	static const char *const alike[] = {
		"L3:0=7ff;1=f", "L3:1=f", "  L3:0=07FF", "L3: 0 = 7ff ; 1 = 00f", "MB:0=100;1=70", "MB:1=70;", "L3CODE:0=01",
	};
	static const char *const other[] = {
		"L3:0=7f", "L3:0=7ff;1=e", "L3:2=f", "L2:0=7ff", "MB:0=10", "MB:0=1000", "L3", "L3:", "L3:0", "L3:0=", "L3:=7ff", "", ":", "L3:x=7ff",
		"L3:0=7ff;x", "L3C:0=1", "CODE:0=1", "L3:0=7ff,1=f", "L3:99999999999999999999=f",
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(alike); i++)
		if (!resctrl_matches(there, alike[i]))
			FAIL("refused: %s", alike[i]);
	for (size_t i = 0; i < ARRAY_SIZE(other); i++)
		if (resctrl_matches(there, other[i]))
			FAIL("taken: %s", other[i]);
	assert_false(resctrl_matches("", "L3:0=f"));
	assert_false(resctrl_matches("L3:0=f", "L3:1=f"));
	assert_true(resctrl_matches("L3:0=f", "L3:0=f"));
}

static void a_group_of_its_own_comes_and_goes(void **state)
{
	struct rdt_plan plan = { .group = "web", .temporary = true };
	struct resctrl r = { .root = folder_fd };

	(void) state;
	assert_int_equal(resctrl_look(&plan, &r, &err), 0);
	assert_true(r.made_group && !r.made_monitor && r.temporary);
	assert_false(exists("web"));
	assert_int_equal(resctrl_make(&plan, &r, &err), 0);
	assert_true(exists("web"));
	assert_int_equal(resctrl_remove(&r, false, &err), 0);
	assert_false(exists("web"));
	assert_int_equal(resctrl_remove(&r, false, &err), 0);
}

static void one_that_the_config_names_stays(void **state)
{
	struct rdt_schema schema = { "L3:0=f", "/linux/intelRdt/schemata/0" };
	struct rdt_plan named = { .group = "gold", .schemata = &schema, .n_schemata = 1 };
	struct resctrl r = { .root = folder_fd };

	(void) state;
	/* Here a new folder has no schemata: the write fails, and the folder goes again. */
	assert_int_equal(resctrl_look(&named, &r, &err), 0);
	assert_true(r.made_group);
	assert_int_equal(resctrl_make(&named, &r, &err), -1);
	assert_string_equal(err.pointer, "/linux/intelRdt/schemata/0");
	assert_false(exists("gold"));
	/* One that was there fits or not, and is neither written nor removed. */
	put_group("gold", "L3:0=f\n");
	assert_int_equal(resctrl_look(&named, &r, &err), 0);
	assert_false(r.made_group);
	assert_int_equal(resctrl_make(&named, &r, &err), 0);
	holds("gold/schemata", "L3:0=f\n");
	assert_int_equal(resctrl_remove(&r, true, &err), 0);
	assert_true(exists("gold"));
	schema.line = "L3:0=e";
	memset(&err, 0, sizeof err);
	assert_int_equal(resctrl_look(&named, &r, &err), -1);
	assert_non_null(strstr(err.message, "other schemata than \"L3:0=e\""));
	assert_string_equal(err.pointer, "/linux/intelRdt/schemata/0");
	/* We made it: it stays when the container goes, but not when the create has failed. */
	r = (struct resctrl) { .root = folder_fd, .group = "silver", .made_group = true };
	assert_int_equal(mkdirat(folder_fd, "silver", 0755), 0);
	assert_int_equal(resctrl_remove(&r, false, &err), 0);
	assert_true(exists("silver"));
	assert_int_equal(resctrl_remove(&r, true, &err), 0);
	assert_false(exists("silver"));
}

static void without_a_schema_it_must_be_there(void **state)
{
	struct rdt_plan named = { .group = "gold" }, top = { .group = "" };
	struct resctrl r = { .root = folder_fd };

	(void) state;
	assert_int_equal(resctrl_look(&named, &r, &err), -1);
	assert_non_null(strstr(err.message, "there is no group \"gold\""));
	put_group("gold", "L3:0=f\n");
	assert_int_equal(resctrl_look(&named, &r, &err), 0);
	assert_int_equal(mkdirat(folder_fd, "info", 0755), 0);
	named.group = "info";
	assert_int_equal(resctrl_look(&named, &r, &err), -1);
	assert_non_null(strstr(err.message, "\"info\" is no group"));
	put("tasks", "");
	put("schemata", "L3:0=ff\n");
	assert_int_equal(resctrl_look(&top, &r, &err), 0);
	assert_int_equal(resctrl_join(&r, 4711, &err), 0);
	holds("tasks", "4711\n");
}

static void a_monitoring_group_is_in_it(void **state)
{
	struct rdt_plan plan = { .group = "gold", .monitor = "web" };
	struct resctrl r = { .root = folder_fd };

	(void) state;
	put_group("gold", "L3:0=f\n");
	assert_int_equal(resctrl_look(&plan, &r, &err), 0);
	assert_true(r.made_monitor);
	assert_int_equal(resctrl_make(&plan, &r, &err), 0);
	assert_true(exists("gold/mon_groups/web"));
	put("gold/mon_groups/web/tasks", "");
	assert_int_equal(resctrl_join(&r, 12, &err), 0);
	holds("gold/tasks", "12\n");
	holds("gold/mon_groups/web/tasks", "12\n");
	assert_int_equal(unlinkat(folder_fd, "gold/mon_groups/web/tasks", 0), 0);
	/* That of another container is not taken. */
	struct resctrl second = { .root = folder_fd };
	assert_int_equal(resctrl_look(&plan, &second, &err), 0);
	assert_int_equal(resctrl_make(&plan, &second, &err), -1);
	assert_int_equal(err.number, EEXIST);
	assert_string_equal(err.pointer, "/linux/intelRdt/enableMonitoring");
	assert_true(exists("gold/mon_groups/web"));
	assert_int_equal(resctrl_remove(&r, false, &err), 0);
	assert_false(exists("gold/mon_groups/web"));
	assert_true(exists("gold"));
}

static void the_kernels_words_are_told(void **state)
{
	struct resctrl r = { .root = folder_fd, .group = "gold" };

	(void) state;
	put_group("gold", "");
	assert_int_equal(mkdirat(folder_fd, "info", 0755), 0);
	put("info/last_cmd_status", "Unknown or unsupported resource name 'L9'\n");
	assert_int_equal(unlinkat(folder_fd, "gold/schemata", 0), 0);
	assert_int_equal(symlinkat("/dev/full", folder_fd, "gold/schemata"), 0);
	/* Links are not followed: resctrl has none. */
	assert_int_equal(resctrl_write(&r, "L9:0=1", &err), -1);
	assert_int_equal(err.number, ELOOP);
	assert_int_equal(unlinkat(folder_fd, "gold/schemata", 0), 0);
	if (mknodat(folder_fd, "gold/schemata", S_IFCHR | 0600, (dev_t) (1 << 8 | 7)) < 0)
		skip();
	assert_int_equal(resctrl_write(&r, "L9:0=1", &err), -1);
	if (err.number == EACCES)
		skip();		/* mounted nodev */
	assert_non_null(strstr(err.message, "set the schema \"L9:0=1\""));
	assert_non_null(strstr(err.message, "(the kernel says: Unknown or unsupported resource name 'L9')"));
}

static void without_a_resctrl_it_is_said(void **state)
{
	(void) state;
	auto_fd fd = resctrl_open(&err);
	if (fd >= 0)
		skip();
	assert_int_equal(err.code, ERROR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "no resctrl file system is mounted"));
}

static void statistics(void **state)
{
	struct resctrl r = { .root = folder_fd, .group = "web", .monitor = "m" };
	struct resctrl_stats stats;
	struct arena arena = { 0 };
	static const char *const folders[] = { "info", "info/L3", "info/L3_MON", "web", "web/mon_groups", "web/mon_groups/m",
					       "web/mon_groups/m/mon_data", "web/mon_groups/m/mon_data/mon_L3_01",
					       "web/mon_groups/m/mon_data/mon_L3_00" };

	(void) state;
	resctrl_read_stats(&r, &arena, &stats);
	assert_false(stats.l3.there || stats.memory.there || stats.traffic || stats.occupancy || stats.n_domains);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		assert_int_equal(mkdirat(folder_fd, folders[i], 0755), 0);
	put("info/L3/cbm_mask", "fffff\n");
	put("info/L3/min_cbm_bits", "2\n");
	put("info/L3/num_closids", "16\n");
	put("info/L3_MON/mon_features", "llc_occupancy\nmbm_total_bytes\n");
	put("schemata", "    MB:0=100\n    L3:0=fffff;1=fffff\n");
	put("web/schemata", "    L3:0=3;1=fffff\n");
	put("web/mon_groups/m/mon_data/mon_L3_00/llc_occupancy", "4096\n");
	put("web/mon_groups/m/mon_data/mon_L3_00/mbm_total_bytes", "77\n");
	put("web/mon_groups/m/mon_data/mon_L3_01/llc_occupancy", "Unavailable\n");
	resctrl_read_stats(&r, &arena, &stats);
	assert_true(stats.l3.there && !stats.memory.there);
	assert_string_equal(stats.l3.cbm_mask, "fffff");
	assert_int_equal(stats.l3.min_cbm_bits, 2);
	assert_string_equal(stats.l3.schema_root, "L3:0=fffff;1=fffff");
	assert_string_equal(stats.l3.schema, "L3:0=3;1=fffff");
	assert_int_equal(stats.n_domains, 2);
	assert_int_equal(stats.domains[0].occupancy, 4096);
	assert_int_equal(stats.domains[0].total_bytes, 77);
	assert_int_equal(stats.domains[1].occupancy, 0);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, folder_remove)
		TEST(schemata_are_compared_by_what_they_say),
		TEST(a_group_of_its_own_comes_and_goes),
		TEST(one_that_the_config_names_stays),
		TEST(without_a_schema_it_must_be_there),
		TEST(a_monitoring_group_is_in_it),
		TEST(the_kernels_words_are_told),
		TEST(without_a_resctrl_it_is_said),
		TEST(statistics),
	};

	return cmocka_run_group_tests_name("resctrl", tests, NULL, NULL);
}
