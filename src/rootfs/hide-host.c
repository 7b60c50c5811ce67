/*
 * hide-host.c - with no_pivot: the host's /proc and /sys must go
 *
 * The kernel lets a process mount a new procfs or sysfs as long as its mount
 * namespace has one somewhere with nothing mounted over parts of it.  The
 * host's own are such, and would make all masks of the container void.
 */
#include <string.h>
#include <sys/mount.h>

#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountinfo.h"

static bool is_whole(const struct mount_entry *entry)
{
	return strcmp(entry->root, "/") == 0 && (strcmp(entry->type, "proc") == 0 || strcmp(entry->type, "sysfs") == 0);
}

/* Unmount all layers at PLACE, and cover what remains: a mount that an outer user namespace has locked stays, but once
 * covered it no longer counts as whole. */
static int hide(const char *place, struct error *err)
{
	while (umount2(place, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	/* rootfs_attach() has ended propagation, so the host's own mounts stay.  ENOENT: it is gone with the mount that
	 * it lay on. */
	if (errno == ENOENT)
		return 0;
	if (errno != EINVAL && errno != EPERM)
		return fail(err, errno, "unmount the host's %s", place);
	if (mount("tmpfs", place, "tmpfs", MS_RDONLY, NULL) < 0 && errno != ENOENT)
		return fail(err, errno, "cover the host's %s", place);
	return 0;
}

int host_hide(int root, struct error *err)
{
	struct mountinfo mounts;
	uint64_t id;
	int result;

	if (!mount_id(root, &id))
		return fail(err, errno, "tell the mounts of the rootfs from the host's");
	result = mountinfo_read("/proc/self", &mounts, err);
	for (size_t i = mounts.n; i-- > 0 && result == 0;)
		if (is_whole(&mounts.entries[i]) && !mountinfo_below(&mounts, &mounts.entries[i], id))
			result = hide(mounts.entries[i].place, err);
	mountinfo_free(&mounts);
	return result;
}
