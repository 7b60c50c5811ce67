/*
 * test-cgroup-fixture.h - cgroups on the running kernel, in whatever view /sys/fs/cgroup gives
 *
 * Everything is made below /ctr-run-test-PID in each hierarchy and is gone
 * afterwards.  Without the rights for that all tests are skipped.
 */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/fd.h"
#include "sys/process.h"

static struct error err;
static struct host host;
static char top[64];	/* "/ctr-run-test-PID" */

/* ---- set up ---- */

/* "/sys/fs/cgroup/memory" + PATH */
static inline char *where(size_t hierarchy, const char *path)
{
	const char *name = host.hierarchies[hierarchy].name;

	return xasprintf("/sys/fs/cgroup%s%s%s", name[0] ? "/" : "", name, path);
}

/* In all hierarchies. */
static inline void make_dirs(const char *path)
{
	for (size_t i = 0; i < host.n_hierarchies; i++) {
		auto_free char *full = where(i, path);

		assert_int_equal(mkdir(full, 0755), 0);
	}
}

static inline void remove_dirs(const char *path)
{
	for (size_t i = 0; i < host.n_hierarchies; i++) {
		auto_free char *full = where(i, path);

		assert_int_equal(rmdir(full), 0);
	}
}

static inline bool exists(const char *path)
{
	bool any = false;

	for (size_t i = 0; i < host.n_hierarchies; i++) {
		auto_free char *full = where(i, path);

		any = any || access(full, F_OK) == 0;
	}
	return any;
}

static inline char *below(const char *path)
{
	return xasprintf("%s%s", top, path);
}

static inline int set_up(void **state)
{
	(void) state;
	err = (struct error) { 0 };
	return 0;
}

/* Each test leaves nothing. */
static inline int tear_down(void **state)
{
	(void) state;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return exists(top) ? -1 : 0;
}

static inline bool usable(void)
{
	auto_free char *full = NULL;

	snprintf(top, sizeof top, "/ctr-run-test-%d", (int) getpid());
	if (host_probe(&host, &err) < 0 || host.n_hierarchies == 0)
		return false;
	for (size_t i = 0; i < host.n_hierarchies; i++) {
		free(full);
		full = where(i, top);
		if (mkdir(full, 0755) < 0 || rmdir(full) < 0)
			return false;
	}
	return true;
}

static inline void say(int result)
{
	if (result < 0)
		print_error("%s [%s]\n", err.message, err.pointer);
}

#define assert_fine(call) do { int result_ = (call); say(result_); assert_true(result_ >= 0); } while (0)

static inline struct cgroup paths_of(const char *path, bool required)
{
	struct cgroup_plan plan = { .path = path, .required = required };
	struct cgroup cgroup;

	assert_fine(cgroup_paths(&plan, &host, &cgroup, &err));
	assert_int_equal(cgroup.n_folders, host.n_hierarchies);
	return cgroup;
}

static inline struct cgroup made_at(const char *path)
{
	struct cgroup cgroup = paths_of(path, true);

	assert_fine(cgroup_make(&cgroup, &err));
	return cgroup;
}

static inline void end(struct cgroup *cgroup)
{
	assert_fine(cgroup_remove(cgroup, &err));
	cgroup_close(cgroup);
}

/* A child in CGROUP that runs WHAT and ends. */
static inline pid_t child_in(const struct cgroup *cgroup, int (*what)(void))
{
	pid_t pid = process_clone(0, cgroup_birth_fd(cgroup), false, NULL, &err);

	assert_fine(pid);
	if (pid == 0)
		_exit(cgroup_join(cgroup, &err) < 0 ? 99 : what());
	return pid;
}

static inline int wait_for(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return process_exit_code(status);
}

static inline void nap(unsigned ms)
{
	nanosleep(&(struct timespec) { ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static inline size_t count(const struct cgroup *cgroup)
{
	auto_free pid_t *pids = NULL;
	size_t n = 0;

	assert_fine(cgroup_pids(cgroup, &pids, &n, &err));
	return n;
}

static inline int sleep_long(void)
{
	alarm(60);
	while (pause() < 0)
		;
	return 0;
}

static inline int seven(void)
{
	return 7;
}
