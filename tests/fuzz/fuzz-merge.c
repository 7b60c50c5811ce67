/*
 * fuzz-merge.c - limits that change limits
 *
 * The first line is the linux.resources in force, the rest one that is to
 * change it (update --resources).  The result can be written and read again,
 * does not change if the same is asked for once more, and each value that can
 * be written to a cgroup is refused or turned into lines of text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/limit.h"
#include "config/config.h"
#include "libocispec/arena.h"
#include "libocispec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool fine)
{
	if (!fine)
		abort();
}

static struct oci_resources *parse(struct arena *arena, const char *text, size_t n)
{
	struct json_faults faults = { .arena = arena };
	struct oci_resources *r = json_read(arena, &oci_resources_type, text, n, &faults);

	return faults.n ? NULL : r;
}

static bool fine(struct arena *arena, const struct oci_resources *r)
{
	struct json_faults faults = { .arena = arena };

	config_check_change(r, "", &faults);
	return faults.n == 0;
}

static void try_merge(struct arena *arena, const struct cgroup *cgroup, const struct oci_resources *now,
		      const struct oci_resources *want)
{
	struct cgroup_change once = { .now = now, .want = want }, twice;
	struct limits limits = { .cgroup = cgroup, .v2 = cgroup_v2(cgroup), .v2_controllers = "cpu memory pids io hugetlb rdma cpuset misc" };
	auto_free char *first = NULL, *second = NULL;
	struct error err;
	size_t n;

	cgroup_merge(cgroup, arena, &once);
	first = json_write(&oci_resources_type, &once.all, false, &n);
	check(parse(arena, first, n) != NULL);
	twice = (struct cgroup_change) { .now = &once.all, .want = want };
	cgroup_merge(cgroup, arena, &twice);
	second = json_write(&oci_resources_type, &twice.all, false, &n);
	check(strcmp(first, second) == 0);
	if (fine(arena, &once.all) && limits_collect(&limits, &once.all, &err) == 0)
		for (size_t i = 0; i < limits.n; i++)
			check(limits.writes[i].value && limits.writes[i].pointer && !strchr(limits.writes[i].file, '/'));
	limits_free(&limits);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static char path[] = "/x";
	const char *text = (const char *) bytes, *line = memchr(text, '\n', n);
	size_t first = line ? (size_t) (line - text) : 0;
	struct cgroup_folder memory = { .hierarchy = "memory", .path = path, .fd = 1000, .join = -1 },
			     unified = { .hierarchy = "", .v2 = true, .path = path, .fd = 1000, .join = -1 };
	struct cgroup v1 = { .layout = CGROUP_V1, .folders = &memory, .n_folders = 1 },
		      v2 = { .layout = CGROUP_V2, .folders = &unified, .n_folders = 1 };
	struct arena arena = { 0 };
	struct oci_resources *now, *want;

	if (!line)
		return 0;
	now = parse(&arena, text, first);
	want = parse(&arena, line + 1, n - first - 1);
	if (now && want && fine(&arena, now) && fine(&arena, want)) {
		try_merge(&arena, &v1, now, want);
		try_merge(&arena, &v2, now, want);
	}
	arena_free(&arena);
	return 0;
}
