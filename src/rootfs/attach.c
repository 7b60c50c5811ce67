/*
 * attach.c - the root becomes a mount of the container's mount namespace
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/workshop.h"

/* The whole namespace becomes a slave of the host's mounts: nothing that is mounted or unmounted here reaches them, and
 * what the host unmounts does not stay busy because of us.  This holds for every rootfsPropagation: what the container
 * is to share with the host was copied beforehand, and the copies stay peers (source_propagation()); the rest of the
 * tree is left behind.  It also gives pivot_root(2) and MS_MOVE the parent that they need, one that is not shared. */
static int end_propagation(struct error *err)
{
	return mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0
		       ? fail(err, errno, "cut the new mount namespace off from the host's")
		       : 0;
}

/* Make the copy that the runtime could not. */
static int copy_root(const struct plan *plan, struct rootfs_sources *sources, struct error *err)
{
	auto_fd seen = take_fd(sources->root);
	auto_fd here = root_find(plan, sources, seen);

	if (here < 0)
		return fail(err, errno ? errno : ENOENT, "find %s in the new mount namespace", plan->rootfs.path);
	auto_fd copy = mount_clone(here, "", true, false, err);

	if (copy < 0)
		return wrap(err, "copy the mount of %s", plan->rootfs.path);
	if (root_cut_off(plan, copy, err) < 0)
		return -1;
	sources->root = take_fd(copy);
	return 0;
}

/* With a workshop, all that the runtime would have copied is copied now, before anything is covered. */
static int copy_all(const struct plan *plan, struct rootfs_sources *sources, struct error *err)
{
	const bool peers = !source_propagation(plan);

	if ((!peers && end_propagation(err) < 0) || mount_workshop_open(peers, err) < 0)
		return -1;
	if (copy_root(plan, sources, err) < 0 || sources_copy(plan, sources, err) < 0)
		return -1;
	return peers ? mount_workshop_keep_peers(err) : 0;
}

static int attach(const struct plan *plan, struct rootfs_sources *sources, struct rootfs *rootfs, struct error *err)
{
	if (!sources->detached && copy_root(plan, sources, err) < 0)
		return -1;
	auto_fd root = take_fd(sources->root);
	auto_fd target = root_find(plan, sources, root);

	/* We may lack rights on the way there (user namespace), or this path is something else in a joined mount
	 * namespace.  On top of "/" it disturbs nobody: absolute look-ups start below it. */
	if (target < 0) {
		rootfs->at_top = true;
		target = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (target < 0)
			return fail(err, errno, "open /");
	}
	if (mount_attach(root, target, err) < 0)
		return wrap(err, "attach the rootfs at %s", rootfs->at_top ? "/" : plan->rootfs.path);
	rootfs->root = take_fd(root);
	return 0;
}

static struct mount_stock take_stock(struct mount_stock *stock)
{
	struct mount_stock taken = *stock;

	*stock = (struct mount_stock) { .fd = -1 };
	return taken;
}

int rootfs_attach(const struct plan *plan, struct rootfs_sources *sources, struct rootfs *rootfs, struct error *err)
{
	*rootfs = (struct rootfs) {
		.plan = plan, .root = -1, .console = -1, .empty.fd = -1, .null = take_stock(&sources->null),
		.own_mounts = namespace_is_own(&plan->ns, CLONE_NEWNS), .may_mount = true,
		.kept = descriptors_new(plan->rootfs.n_steps),
	};
	if (!rootfs->own_mounts && plan->rootfs.on_host)
		return root_attach_on_host(plan, sources, rootfs, err);
	if (!rootfs->own_mounts) {
		rootfs->may_mount = false;
		rootfs->root = take_fd(sources->root);
		return 0;
	}
	if ((mount_needs_workshop() ? copy_all(plan, sources, err) : end_propagation(err)) < 0 ||
	    attach(plan, sources, rootfs, err) < 0)
		return -1;
	return 0;
}
