/* idmap.c - see idmap.h */
#include <errno.h>
#include <sched.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "sys/idmap.h"
#include "sys/namespace.h"
#include "sys/process.h"
#include "sys/procfs.h"

/* Write to the kernel's own file, whatever may be mounted over parts of /proc. */
static int put(pid_t pid, const char *name, const char *text, struct error *err)
{
	auto_fd proc = procfs_open_visible(err);
	char path[40];

	snprintf(path, sizeof path, "%d/%s", pid, name);
	return proc < 0 ? -1 : procfs_put(proc, path, text, err);
}

static int write_map(pid_t pid, const char *name, const struct oci_id_mapping *map, size_t n, struct error *err)
{
	auto_text text = { 0 };
	const char *why = "";

	if (n > IDMAP_MAX_LINES)
		return fail(err, EINVAL, "write /proc/%d/%s: %zu mappings, the kernel takes %d", pid, name, n,
			    IDMAP_MAX_LINES);
	for (size_t i = 0; i < n; i++)
		text_addf(&text, "%u %u %u\n", map[i].container_id, map[i].host_id, map[i].size);
	if (!n)
		return 0;
	/* It takes a single write, which must be shorter than a page. */
	if (text.n >= (size_t) sysconf(_SC_PAGESIZE))
		return fail(err, EINVAL, "write /proc/%d/%s: its %zu lines are more than the kernel takes (one page)",
			    pid, name, n);
	if (!put(pid, name, text.s, err))
		return 0;
	if (err->number == EPERM)
		why = " (each must be mapped in the parent namespace; without CAP_SETUID and CAP_SETGID there, only "
		      "one's own id can be, and setgroups must be denied)";
	else if (err->number == EINVAL)
		why = " (two ranges overlap, or one is empty or too large)";
	return wrap(err, "map the ids of a new user namespace%s", why);
}

int idmap_write_uids(pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err)
{
	return write_map(pid, "uid_map", map, n, err);
}

int idmap_write_gids(pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err)
{
	return write_map(pid, "gid_map", map, n, err);
}

int idmap_deny_setgroups(pid_t pid, struct error *err)
{
	return put(pid, "setgroups", "deny", err);
}

/* A process in a new user namespace, which ends when the other end of *HOLD is closed. */
static pid_t start_holder(int *hold, struct error *err)
{
	int ends[2];
	pid_t pid;
	char byte;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(err, errno, "make a pipe");
	pid = process_clone(CLONE_NEWUSER, -1, false, NULL, err);
	if (pid == 0) {
		close(ends[1]);
		while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
			;
		_exit(0);
	}
	close(ends[0]);
	*hold = ends[1];
	return pid;
}

int idmap_namespace(const struct oci_id_mapping *uids, size_t n_uids, const struct oci_id_mapping *gids, size_t n_gids,
		    struct error *err)
{
	auto_fd fd = -1, hold = -1;
	pid_t pid = start_holder(&hold, err);

	if (pid < 0)
		return wrap(err, "make a user namespace for an idmapped mount");
	if (!idmap_write_gids(pid, gids, n_gids, err) && !idmap_write_uids(pid, uids, n_uids, err))
		fd = namespace_open_of(pid, CLONE_NEWUSER, err);
	cleanup_close(&hold);
	process_reap(pid);
	return fd < 0 ? wrap(err, "make a user namespace for an idmapped mount") : take_fd(fd);
}

bool idmap_to_host(const struct oci_id_mapping *map, size_t n, unsigned id, unsigned *out)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t host;

		if (id < map[i].container_id || id - map[i].container_id >= map[i].size)
			continue;
		host = (uint64_t) map[i].host_id + (id - map[i].container_id);
		/* 2^32 - 1 is no id: to chown(2) and setuid(2) it means "leave as it is". */
		if (host >= UINT32_MAX)
			return false;
		*out = (unsigned) host;
		return true;
	}
	return false;
}
