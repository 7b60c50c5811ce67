/*
 * test-limits-fixture.h - cgroups of plain files
 *
 * Folders of a temporary file system with the kernel's file names in them:
 * what is written can be read back, and every controller exists.
 */
#pragma once
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/limit.h"
#include "libocispec/arena.h"
#include "libocispec/json.h"
#include "sys/fd.h"

static struct error err;
static char top[64];

/* ---- cgroups made of plain files ---- */

static const char *const v1_files[] = {
	"memory/memory.limit_in_bytes",
	"memory/memory.memsw.limit_in_bytes",
	"memory/memory.soft_limit_in_bytes",
	"memory/memory.swappiness",
	"memory/memory.oom_control",
	"memory/memory.kmem.tcp.limit_in_bytes",
	"cpu,cpuacct/cpu.shares",
	"cpu,cpuacct/cpu.cfs_quota_us",
	"cpu,cpuacct/cpu.cfs_period_us",
	"cpu,cpuacct/cpu.cfs_burst_us",
	"cpu,cpuacct/cpu.rt_runtime_us",
	"cpu,cpuacct/cpu.rt_period_us",
	"cpu,cpuacct/cpu.idle",
	"cpuset/cpuset.cpus",
	"cpuset/cpuset.mems",
	"pids/pids.max",
	"blkio/blkio.weight",
	"blkio/blkio.bfq.weight_device",
	"blkio/blkio.leaf_weight",
	"blkio/blkio.throttle.read_bps_device",
	"blkio/blkio.throttle.write_iops_device",
	"hugetlb/hugetlb.2MB.limit_in_bytes",
	"hugetlb/hugetlb.2MB.rsvd.limit_in_bytes",
	"hugetlb/hugetlb.1GB.limit_in_bytes",
	"net_cls,net_prio/net_cls.classid",
	"net_cls,net_prio/net_prio.ifpriomap",
	"rdma/rdma.max",
};

static const char *const v2_files[] = {
	"memory.max",		"memory.swap.max", "memory.low",	 "memory.high", "memory.current",
	"cpu.weight",		"cpu.max",	   "cpu.max.burst",	 "cpu.idle",	"cpuset.cpus",
	"cpuset.mems",		"pids.max",	   "io.weight",		 "io.max",	"hugetlb.2MB.max",
	"hugetlb.2MB.rsvd.max", "rdma.max",	   "cgroup.controllers",
};

static void make_file(const char *path, const char *text)
{
	auto_free char *full = xasprintf("%s/%s", top, path);
	auto_fd fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t) strlen(text));
}

static void add_folder(struct cgroup *cgroup, const char *hierarchy, bool v2)
{
	auto_free char *path = xasprintf("%s/%s", top, hierarchy);
	struct cgroup_folder *folder = xgrow(&cgroup->folders, cgroup->n_folders++, sizeof *cgroup->folders);

	mkdir(path, 0700);
	snprintf(folder->hierarchy, sizeof folder->hierarchy, "%s", hierarchy);
	folder->v2 = v2;
	folder->path = xstrdup("/x");
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder->join = -1;
	assert_true(folder->fd >= 0);
}

static struct cgroup make_v1(void)
{
	static const char *const hierarchies[] = {
		"memory", "cpu,cpuacct", "cpuset", "pids", "blkio", "hugetlb", "net_cls,net_prio", "rdma",
	};
	struct cgroup cgroup = { .layout = CGROUP_V1 };

	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++)
		add_folder(&cgroup, hierarchies[i], false);
	for (size_t i = 0; i < ARRAY_SIZE(v1_files); i++)
		make_file(v1_files[i], "");
	return cgroup;
}

static struct cgroup make_v2(const char *controllers)
{
	struct cgroup cgroup = { .layout = CGROUP_V2 };

	add_folder(&cgroup, "", true);
	for (size_t i = 0; i < ARRAY_SIZE(v2_files); i++)
		make_file(v2_files[i], "");
	make_file("cgroup.controllers", controllers);
	return cgroup;
}

#define ALL "cpuset cpu io memory hugetlb pids rdma\n"

static int set_up(void **state)
{
	(void) state;
	snprintf(top, sizeof top, "/tmp/test-cgroup-limits.XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void) st;
	(void) type;
	(void) ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void) state;
	return nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The first line: a plain file keeps what a shorter value leaves of the longer one. */
static void assert_file(const char *path, const char *text)
{
	auto_free char *full = xasprintf("%s/%s", top, path);
	auto_free char *found = file_get(AT_FDCWD, full, &err);

	assert_non_null(found);
	found[strcspn(found, "\n")] = '\0';
	assert_string_equal(found, text);
}

/* JSON with single quotes, in ARENA. */
static struct oci_resources *resources_of(struct arena *arena, const char *json)
{
	auto_free char *text = xstrdup(json);
	struct json_faults faults = { .arena = arena };
	struct oci_resources *resources;

	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	resources = json_read(arena, &oci_resources_type, text, strlen(text), &faults);
	assert_int_equal(faults.n, 0);
	return resources;
}
