/*
 * cgroup.c - entering the folders, reopening them, closing them
 */
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/process.h"

void folder_drop(struct cgroup *cgroup, size_t i)
{
	struct cgroup_folder *folder = &cgroup->folders[i];

	cleanup_close(&folder->fd);
	cleanup_close(&folder->join);
	free(folder->path);
	free(folder->instead);
	memmove(folder, folder + 1, (--cgroup->n_folders - i) * sizeof *folder);
}

/* ---- enter ---- */

bool cgroup_has(const struct cgroup *cgroup, const char *controller)
{
	for (size_t i = 0; i < cgroup->n_folders; i++)
		if (*controller ? folder_has(&cgroup->folders[i], controller) : cgroup->folders[i].v2)
			return true;
	return false;
}

int cgroup_birth_fd(const struct cgroup *cgroup)
{
	const struct cgroup_folder *folder = cgroup_v2(cgroup);

	return folder ? folder->fd : -1;
}

bool cgroup_birth_refused(const struct cgroup *cgroup, int number)
{
	/* For a user, systemd may move a process across borders that the user may not cross himself; and for a process
	 * in a user namespace we may. */
	return process_cgroup_refused(number) ||
	       ((cgroup->unit || cgroup->given) && (number == EACCES || number == EPERM));
}

/* Say what the kernel's errno means here. */
static int cannot_enter(const struct cgroup_folder *folder, int number, struct error *err)
{
	auto_free char *name = folder_name(folder);
	const char *hint = "";

	if (number == ENOSPC && folder_has(folder, "cpuset"))
		hint = " (its cpuset.cpus or cpuset.mems is empty)";
	else if (number == EINVAL && folder_has(folder, "cpu"))
		hint = " (a real-time process needs cpu.rt_runtime_us there)";
	else if (number == EBUSY && folder->v2)
		hint = " (it hands controllers to cgroups below it, and so takes no process itself)";
	else if (number == EOPNOTSUPP && folder->v2)
		hint = " (its cgroup.type does not allow it)";
	return fail(err, number, "enter the cgroup %s%s", name, hint);
}

int cgroup_join(const struct cgroup *cgroup, struct error *err)
{
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		const struct cgroup_folder *folder = &cgroup->folders[i];

		if (folder->join >= 0 && write(folder->join, "0", 1) < 0)
			return cannot_enter(folder, errno, err);
	}
	return 0;
}

/* Write PID to cgroup.procs; while a process is being forked that gives EINVAL for a moment (runc waits 5 x 30 ms). */
static int put_pid(int fd, const char *pid)
{
	for (int tries = 5;; tries--) {
		if (write(fd, pid, strlen(pid)) >= 0)
			return 0;
		if (errno != EINVAL || tries == 0)
			return -1;
		clock_sleep(30);
	}
}

int cgroup_add(const struct cgroup *cgroup, pid_t pid, bool only_v2, struct error *err)
{
	char text[16];

	snprintf(text, sizeof text, "%d", (int) pid);
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		const struct cgroup_folder *folder = &cgroup->folders[i];
		auto_fd fd = -1;

		if (folder->fd < 0 || (only_v2 && !folder->v2))
			continue;
		fd = openat(folder->fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
		if (fd < 0 || put_pid(fd, text) < 0)
			return cannot_enter(folder, errno, err);
	}
	return 0;
}

/* ---- later ---- */

static int folder_reopen(struct cgroup_folder *folder, bool join, struct error *err)
{
	auto_fd root = -1;

	if (!component_plain(folder->path))
		return fail(err, EINVAL, "cgroup %s", folder->path);
	root = folder_open_root(folder, err);
	if (root < 0)
		return -1;
	folder->fd = folder_open_path(root, folder->path, err);
	if (folder->fd < 0)
		return -1;
	if (join && !folder->v2) {
		folder->join = openat(folder->fd, "tasks", O_WRONLY | O_CLOEXEC);
		if (folder->join < 0)
			return fail(err, errno, "open tasks");
	}
	return 0;
}

int cgroup_open(struct cgroup *cgroup, bool join, struct error *err)
{
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		struct cgroup_folder *folder = &cgroup->folders[i];
		auto_free char *name = NULL;

		cleanup_close(&folder->fd);
		cleanup_close(&folder->join);
		if (folder_reopen(folder, join, err) == 0 || folder_gone(err->number))
			continue;
		name = folder_name(folder);
		return wrap(err, "open the cgroup %s", name);
	}
	return 0;
}

void cgroup_keep_made(struct cgroup *cgroup)
{
	for (size_t i = cgroup->n_folders; i-- > 0; )
		if (!cgroup->folders[i].made)
			folder_drop(cgroup, i);
}

static void unit_free(struct cgroup_unit *unit)
{
	if (!unit)
		return;
	process_kill_child(&unit->holder);
	free(unit->name);
	free(unit->path);
	free(unit->description);
	free(unit);
}

void cgroup_close(struct cgroup *cgroup)
{
	while (cgroup->n_folders > 0)
		folder_drop(cgroup, cgroup->n_folders - 1);
	free(cgroup->folders);
	cgroup->folders = NULL;
	unit_free(cgroup->unit);
	cgroup->unit = NULL;
}
