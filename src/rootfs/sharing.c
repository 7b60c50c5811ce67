/*
 * sharing.c - what the runtime covers stays visible on the host
 *
 * With rootfsPropagation shared, a bind mount that is to be shared is a peer of
 * the host's mount: what is attached in it would be attached there too, and
 * would still be there when the container has gone.  For the config's own
 * mounts that is what it asks for; but masks, read-only paths and the console
 * are the container's.
 *
 * So the mount they lie on is a slave while they are attached, and shared
 * again afterwards: the host's mounts still come in, but what the container
 * mounts in it reaches the host no more.  Nobody can have both: the kernel
 * makes a mount a peer again (MOVE_MOUNT_SET_GROUP, 5.15) only of one in the
 * same namespace, and all that we have there are slaves (attach.c).
 */
#include <errno.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"

/* *WHOLE: the root of the mount that TARGET lies on, if that is shared. */
static int find_shared(int target, const struct mountinfo *mounts, int *whole, struct error *err)
{
	const struct mount_entry *entry = NULL;
	auto_fd around = mount_around(target, mounts, &entry);

	if (entry && !entry->shared)
		return 0;
	if (around < 0)
		return fail(err, EINVAL, "find the mount that it lies on");
	*whole = take_fd(around);
	return 0;
}

int sharing_pause(const struct plan *plan, int target, int *paused, struct error *err)
{
	struct mountinfo mounts;
	int result;

	*paused = -1;
	if (source_propagation(plan))
		return 0;
	result = mountinfo_read("/proc/self", &mounts, err);
	if (result == 0)
		result = find_shared(target, &mounts, paused, err);
	mountinfo_free(&mounts);
	if (result == 0 && *paused >= 0 && mount_change(*paused, 0, 0, MS_SLAVE, false, err) < 0) {
		cleanup_close(paused);
		result = -1;
	}
	return result < 0 ? wrap(err, "keep it from the host") : 0;
}

int sharing_resume(int *paused, struct error *err)
{
	const int result = *paused < 0 ? 0 : mount_change(*paused, 0, 0, MS_SHARED, false, err);

	cleanup_close(paused);
	return result;
}
