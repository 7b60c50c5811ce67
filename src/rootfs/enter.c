/*
 * enter.c - the root becomes the process's root
 */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"

/* cwd is the new root.  pivot_root(".", ".") puts the old root on top of the new one, where umount2(".") finds it: it
 * needs no folder of its own. */
static int pivot(struct error *err)
{
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return fail(err, errno, "pivot_root%s", errno == EINVAL ?
			    " (on an initramfs there is no root that could be left: use --no-pivot)" : "");
	/* The old root and all below it became slaves in rootfs_attach(): the host keeps its mounts. */
	if (umount2(".", MNT_DETACH) < 0)
		return fail(err, errno, "unmount the old root");
	return 0;
}

static int change_root(struct error *err)
{
	return chroot(".") < 0 ? fail(err, errno, "chroot") : 0;
}

/* Without pivot_root(2) the host's tree stays mounted, below the root, where no path reaches it. */
static int move(const struct rootfs *rootfs, struct error *err)
{
	if (!rootfs->at_top) {
		auto_fd top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (top < 0)
			return fail(err, errno, "open /");
		if (mount_attach(rootfs->root, top, err) < 0)
			return wrap(err, "move the rootfs to /");
	}
	/* By paths, which lead into the host's tree until we change the root. */
	return host_hide(rootfs->root, err) < 0 ? -1 : change_root(err);
}

static void close_all(struct rootfs *rootfs)
{
	cleanup_close(&rootfs->root);
	cleanup_close(&rootfs->console);
	stock_close(&rootfs->null);
	stock_close(&rootfs->empty);
	descriptors_close(rootfs->kept, rootfs->plan->rootfs.n_steps);
	*rootfs = (struct rootfs) { .root = -1, .console = -1, .null.fd = -1, .empty.fd = -1 };
}

int rootfs_enter(struct rootfs *rootfs, struct error *err)
{
	const struct rootfs_plan *plan = &rootfs->plan->rootfs;
	const uint64_t final = plan->final_propagation;

	if (fchdir(rootfs->root) < 0)
		return fail(err, errno, "enter the rootfs");
	if ((!rootfs->own_mounts ? change_root(err) : plan->no_pivot ? move(rootfs, err) : pivot(err)) < 0)
		return -1;
	/* By path: every kernel can do that, and "/" is what we have just entered. */
	if (rootfs->may_mount && final && mount(NULL, "/", NULL, (unsigned long) final, NULL) < 0) {
		fail(err, errno, "set the propagation of /");
		return blame(err, "/linux/rootfsPropagation");
	}
	if (chdir("/") < 0)
		return fail(err, errno, "change to the new root");
	close_all(rootfs);
	return 0;
}
