/*
 * lock.c - what the host's mounts forbid stays forbidden in a user namespace
 *
 * A mount namespace of a new user namespace gets all mounts with their
 * attributes locked, and tied to what covers them (mount_namespaces(7)).
 * Copies that are made outside are not locked: the container's root could make
 * a read-only one writable, and look below what covers a part of it.  So they
 * are passed through such a namespace, and come out of it locked:
 *
 *	a child, in a mount namespace of its own, attaches them all;
 *	its child, below a user namespace, puts its copies in their place,
 *	in the table of descriptors that all three share.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/process.h"

static bool is_lockable(const struct plan *plan, const struct rootfs_sources *sources, size_t i)
{
	struct stat st;

	return plan->rootfs.steps[i].action == STEP_BIND && sources->step[i] >= 0 &&
	       fstat(sources->step[i], &st) == 0 && !S_ISLNK(st.st_mode);
}

static int take_copies(const struct plan *plan, const struct rootfs_sources *sources, struct error *err)
{
	char name[24];

	for (size_t i = 0; i < sources->n; i++) {
		if (!is_lockable(plan, sources, i))
			continue;
		snprintf(name, sizeof name, "%zu", i);
		auto_fd copy = mount_clone(AT_FDCWD, name, true, false, err);

		if (copy < 0)
			return -1;
		if (dup3(copy, sources->step[i], O_CLOEXEC) < 0)
			return fail(err, errno, "replace the copy of a mount");
	}
	return 0;
}

static int attach_one(const struct plan *plan, const struct rootfs_sources *sources, size_t i, struct error *err)
{
	char name[24];
	struct stat st;

	if (!is_lockable(plan, sources, i))
		return 0;
	snprintf(name, sizeof name, "%zu", i);
	if (fstat(sources->step[i], &st) < 0 ||
	    (S_ISDIR(st.st_mode) ? mkdir(name, 0755) : mknod(name, S_IFREG | 0644, 0)) < 0)
		return fail(err, errno, "make a place for the copy of a mount");
	auto_fd place = open(name, O_PATH | O_CLOEXEC);

	return place < 0 ? fail(err, errno, "open the place for the copy of a mount") :
			   mount_attach(sources->step[i], place, err);
}

/* Attach all mounts to a place of our own, which becomes our root. */
static int attach_all(const struct plan *plan, const struct rootfs_sources *sources, struct error *err)
{
	/* What is mounted here must not reach the host. */
	if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0)
		return fail(err, errno, "cut the new mount namespace off from the host's");
	auto_fd root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd tmpfs = mount_new("tmpfs", "tmpfs", "mode=755", 0, 0, err);

	if (root < 0 || tmpfs < 0)
		return root < 0 ? fail(err, errno, "open /") : -1;
	if (mount_attach(tmpfs, root, err) < 0)
		return -1;
	/* The kernel makes no user namespace for a process whose root is not its mount namespace's. */
	if (fchdir(tmpfs) < 0 || chroot(".") < 0)
		return fail(err, errno, "enter a new tmpfs");
	for (size_t i = 0; i < sources->n; i++)
		if (attach_one(plan, sources, i, err) < 0)
			return -1;
	return 0;
}

static int lock_in(bool inner, const struct plan *plan, const struct rootfs_sources *sources, struct error *err);

static void child_main(bool inner, int words, const struct plan *plan, const struct rootfs_sources *sources)
	__attribute__((noreturn));
static void child_main(bool inner, int words, const struct plan *plan, const struct rootfs_sources *sources)
{
	struct error err = { 0 };
	int result = inner ? take_copies(plan, sources, &err) : attach_all(plan, sources, &err);

	if (result == 0 && !inner)
		result = lock_in(true, plan, sources, &err);
	if (result < 0)
		dprintf(words, "%s", err.message);
	_exit(result < 0);
}

/* In a child, which closes only its own descriptors: the table is shared with us. */
static int lock_in(bool inner, const struct plan *plan, const struct rootfs_sources *sources, struct error *err)
{
	char text[sizeof err->message];
	int words[2], status;
	ssize_t n;

	if (pipe2(words, O_CLOEXEC | O_NONBLOCK) < 0)
		return fail(err, errno, "make a pipe");
	auto_fd out = words[0], in = words[1];
	pid_t pid = process_clone((inner ? CLONE_NEWUSER : 0) | CLONE_NEWNS | CLONE_FILES, -1, false, NULL, err);

	if (pid == 0)
		child_main(inner, in, plan, sources);
	if (pid < 0)
		return -1;
	status = process_reap(pid);
	if (status < 0)
		return fail(err, errno, "wait for a child");
	if (status == 0)
		return 0;
	n = read(out, text, sizeof text - 1);
	text[n > 0 ? n : 0] = 0;
	return fail(err, 0, "%s", n > 0 ? text : "a child was killed");
}

/* A container that may not mount in its own user namespace can do so only in a further one, whose mounts the kernel
 * locks itself. */
static bool may_mount(const struct plan *plan)
{
	const struct capability_sets *caps = &plan->process.caps;

	return !plan->has_process || (caps->bounding | caps->permitted) >> CAP_SYS_ADMIN & 1;
}

int sources_lock(const struct plan *plan, const struct rootfs_sources *sources, struct error *err)
{
	bool any = false;

	if (!may_mount(plan))
		return 0;
	for (size_t i = 0; i < sources->n; i++)
		any |= is_lockable(plan, sources, i);
	return any && lock_in(false, plan, sources, err) < 0 ? wrap(err, "lock the mounts for a user namespace") : 0;
}
