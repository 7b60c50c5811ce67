/*
 * parent.c - what a new folder needs from those above it
 *
 * v1: a new cpuset is empty, and an empty one takes no process (ENOSPC).  So
 * each level gets what its parent has, from the top down.  The kernel's own
 * way, cgroup.clone_children, would change a parent that is not ours.
 *
 * v2: a controller works in a cgroup only if its parent says so in
 * cgroup.subtree_control.  A parent with processes of its own cannot ("no
 * internal processes"); worse, it would accept those controllers that support
 * threads (pids, cpu), which would make everything below it threaded, where no
 * container can be.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/inner.h"
#include "sys/fd.h"

static int inherit(int parent, int child, const char *name, struct error *err)
{
	auto_free char *value = NULL;
	char own[64];

	/* A list too long for `own` still begins with a digit. */
	if (!folder_peek(child, name, own, sizeof own))
		return fail(err, errno, "read %s", name);
	if (own[0] != '\0')
		return 0;
	value = file_get(parent, name, err);
	return value ? file_put(child, name, value, err) : -1;
}

int cpuset_inherit(int parent, int child, struct error *err)
{
	/* Mounted with "noprefix" (mount -t cpuset), the files have short names. */
	bool prefixed = file_exists(child, "cpuset.cpus");

	if (inherit(parent, child, prefixed ? "cpuset.cpus" : "cpus", err) < 0)
		return -1;
	return inherit(parent, child, prefixed ? "cpuset.mems" : "mems", err);
}

/* The v2 controllers that matter here, and what needs them. */
struct wish {
	const char *name;
	bool (*wanted)(const struct oci_resources *resources);
};

/* In every container, with or without a limit: `stats` and `events` read memory, pids and io, and without cpu a
 * container of many threads would take the time of one that has few. */
static bool always(const struct oci_resources *r)
{
	(void) r;
	return true;
}

static bool by_unified(const struct oci_resources *r, const char *controller)
{
	size_t n = strlen(controller);

	for (size_t i = 0; r && i < r->unified.n; i++)
		if (strncmp(r->unified.keys[i], controller, n) == 0 && r->unified.keys[i][n] == '.')
			return true;
	return false;
}

static bool wants_cpuset(const struct oci_resources *r)
{
	const struct oci_cpu *cpu = r ? r->cpu : NULL;

	return (cpu && ((cpu->cpus && *cpu->cpus) || (cpu->mems && *cpu->mems))) || by_unified(r, "cpuset");
}

static bool wants_hugetlb(const struct oci_resources *r)
{
	return (r && r->n_hugepage_limits) || by_unified(r, "hugetlb");
}

static bool wants_rdma(const struct oci_resources *r)
{
	return (r && r->rdma.n) || by_unified(r, "rdma");
}

static const struct wish wishes[] = {
	{ "memory", always }, { "pids", always }, { "io", always }, { "cpu", always }, { "cpuset", wants_cpuset },
	{ "hugetlb", wants_hugetlb }, { "rdma", wants_rdma },
};

static bool wanted(const struct oci_resources *resources, const char *controller)
{
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++)
		if (strcmp(wishes[i].name, controller) == 0 && wishes[i].wanted(resources))
			return true;
	return by_unified(resources, controller);
}

/* Copy the next word at *AT into WORD and step over it; false at the end. */
static bool word_next(const char **at, char *word, size_t size)
{
	size_t n;

	*at += strspn(*at, " ");
	n = strcspn(*at, " ");
	if (n == 0 || n >= size)
		return false;
	memcpy(word, *at, n);
	word[n] = '\0';
	*at += n;
	return true;
}

bool controllers_barred(int dir)
{
	char text[32];

	/* The root, which may have both, has no type. */
	return folder_peek(dir, "cgroup.type", text, sizeof text) &&
	       folder_peek(dir, "cgroup.procs", text, sizeof text) && text[0] != '\0';
}

void controllers_enable(int dir, const struct oci_resources *resources)
{
	char have[256], on[256], all[2 * sizeof have] = "", name[64];
	struct error ignored;

	if (!folder_peek(dir, "cgroup.controllers", have, sizeof have) || have[0] == '\0' ||
	    !folder_peek(dir, "cgroup.subtree_control", on, sizeof on))
		return;
	for (const char *at = have; word_next(&at, name, sizeof name); )
		if (!words_have(on, name) && wanted(resources, name))
			snprintf(all + strlen(all), sizeof all - strlen(all), "+%s ", name);
	if (all[0] == '\0' || controllers_barred(dir) || file_put(dir, "cgroup.subtree_control", all, &ignored) == 0)
		return;
	/* One that is refused (cpu, while there is a real-time process) must not prevent the others. */
	for (const char *at = all; word_next(&at, name, sizeof name); )
		if (file_put(dir, "cgroup.subtree_control", name, &ignored) < 0)
			log_debug("cgroup controller %s: %s", name, ignored.message);
}

void controllers_enable_above(const struct cgroup_folder *folder, const struct oci_resources *resources)
{
	struct error ignored;
	auto_fd root = folder_open_root(folder, &ignored);

	for (unsigned n = 0; root >= 0 && n < component_count(folder->path); n++) {
		auto_free char *prefix = component_prefix(folder->path, n);
		auto_fd parent = folder_open_path(root, prefix, &ignored);

		if (parent >= 0)
			controllers_enable(parent, resources);
	}
}
