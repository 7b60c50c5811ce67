/*
 * on-host.c - a container without a mount namespace of its own
 *
 * Its mounts are the host's.  All of them lie on one, a copy of the rootfs that
 * is attached at the rootfs's path and is nobody's peer: when it is unmounted
 * they are all gone.  It is identified by the mount that it lies on, which is
 * noted before it is made.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/fd.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"

int root_attach_on_host(const struct plan *plan, struct rootfs_sources *sources, struct rootfs *rootfs,
			struct error *err)
{
	auto_fd root = take_fd(sources->root);
	auto_fd target = root_find(plan, sources, root);

	if (target < 0)
		return fail(err, errno ? errno : ENOENT, "find %s", plan->rootfs.path);
	/* On a shared mount it becomes shared itself: end that before there is anything on it. */
	if (mount_attach(root, target, err) < 0 || mount_change(root, 0, 0, MS_PRIVATE, true, err) < 0)
		return wrap(err, "attach the rootfs at %s", plan->rootfs.path);
	rootfs->root = take_fd(root);
	return 0;
}

static int open_place(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int rootfs_below(const char *path, uint64_t *below, char *real, struct error *err)
{
	auto_fd fd = open_place(path);

	if (fd < 0) {
		fail(err, errno, "invalid rootfs: %s", path);
		return blame(err, "/root/path");
	}
	if (!mount_id(fd, below))
		return fail_code(err, ERROR_UNSUPPORTED, "which mount %s lies on cannot be told", path);
	return fd_path(fd, real) ? 0 : fail(err, errno, "find the real path of %s", path);
}

/* The mount at PATH that lies on BELOW, or NULL. */
static const struct mount_entry *find_mount(const struct mountinfo *info, const char *path, uint64_t below)
{
	for (size_t i = 0; i < info->n; i++)
		if (info->entries[i].parent == below && info->entries[i].id != below &&
		    !strcmp(info->entries[i].place, path))
			return &info->entries[i];
	return NULL;
}

/* By descriptor, so that what was compared is what is unmounted. */
static int unmount(const char *path, uint64_t id, struct error *err)
{
	auto_fd fd = open_place(path);
	char name[FD_NAME];
	uint64_t top;

	if (fd < 0 || !mount_id(fd, &top))
		return fail(err, errno, "look at the container's mounts on %s", path);
	if (top != id)
		return fail(err, EBUSY, "unmount the container's mounts on %s: something else is mounted over them",
			    path);
	if (umount2(fd_name(fd, name), MNT_DETACH) < 0)
		return fail(err, errno, "unmount the container's mounts on %s", path);
	return 0;
}

int rootfs_unmount(const char *path, uint64_t below, struct error *err)
{
	struct mountinfo info;
	int result = mountinfo_read("/proc/self", &info, err);
	const struct mount_entry *mount = result == 0 ? find_mount(&info, path, below) : NULL;

	if (mount)
		result = unmount(path, mount->id, err);
	mountinfo_free(&info);
	return result;
}
