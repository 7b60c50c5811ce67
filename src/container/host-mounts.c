/* host-mounts.c - see host-mounts.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "container/host-mounts.h"
#include "container/record.h"
#include "libocispec/arena.h"
#include "plan/plan.h"
#include "rootfs/rootfs.h"
#include "sys/process.h"

int host_mounts_note(struct arena *arena, const struct plan *plan, struct record_state *record, struct error *err)
{
	char real[PATH_MAX];

	record->host_mounts = !namespace_is_own(&plan->ns, CLONE_NEWNS);
	record->has_mount_below = plan->rootfs.on_host;
	if (!plan->rootfs.on_host)
		return 0;
	if (rootfs_below(plan->rootfs.path, &record->mount_below, real, err) < 0)
		return -1;
	/* The kernel names the mount by its real path, and a link on the way there may be gone by then. */
	record->rootfs = arena_strdup(arena, real);
	return 0;
}

int host_mounts_remove(const struct record_state *record, struct error *err)
{
	char boot[40];

	if (!record->has_mount_below)
		return 0;
	if (process_boot_id(boot, err) < 0)
		return -1;
	return strcmp(boot, record->boot_id) ? 0 : rootfs_unmount(record->rootfs, record->mount_below, err);
}

int host_mounts_root(const struct record_state *record, int pidfd, struct error *err)
{
	char path[40];

	snprintf(path, sizeof path, "/proc/%d/root", record->pid);
	auto_fd root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const int number = errno;

	/* As long as it lives its pid is not reused. */
	if (process_wait_end(pidfd, 0) != 0)
		return fail_code(err, ERROR_STATE, "container not running");
	return root < 0 ? fail(err, number, "open the root of process %d", record->pid) : take_fd(root);
}

int host_mounts_enter(int root, struct error *err)
{
	return fchdir(root) < 0 || chroot(".") < 0 ? fail(err, errno, "enter the container's root") : 0;
}
