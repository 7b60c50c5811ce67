/*
 * live.c - mounts in a running container
 *
 * Its processes may change every path meanwhile, and its /proc may be anything.
 * A target is resolved once, inside the root, and mounted on or unmounted by
 * descriptor: umount2(2) takes no descriptor, but it takes a relative path, and
 * while the current folder is the runtime's own /proc/self/fd, "7" is one.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "rootfs/steps.h"
#include "sys/path.h"

/* Unmount what is on top of the mount with the root MOUNT. */
static int unmount(int fds, int mount)
{
	char name[16];

	snprintf(name, sizeof name, "%d", mount);
	return fchdir(fds) < 0 ? -1 : umount2(name, MNT_DETACH);
}

/* The container's root as a place to work in. */
static int open_container(const struct plan *plan, struct rootfs *rootfs, struct error *err)
{
	*rootfs = (struct rootfs) {
		.plan = plan, .root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), .console = -1, .empty.fd = -1,
		.null.fd = -1, .own_mounts = true, .may_mount = true, .keep_all = true,
		.kept = descriptors_new(plan->rootfs.n_steps),
	};
	return rootfs->root < 0 ? fail(err, errno, "open the container's root") : 0;
}

int rootfs_add_live(const struct plan *plan, struct rootfs_sources *sources, int fds, struct error *err)
{
	const size_t n = plan->rootfs.n_steps;
	struct rootfs rootfs;
	int result = open_container(plan, &rootfs, err);

	if (result == 0 && (rootfs_build(&rootfs, sources, err) < 0 || rootfs_finish(&rootfs, err) < 0)) {
		for (size_t i = n; i-- > 0;)
			if (rootfs.kept[i] >= 0)
				unmount(fds, rootfs.kept[i]);
		result = -1;
	}
	cleanup_close(&rootfs.root);
	descriptors_close(rootfs.kept, n);
	return result;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What PATHS cover may be elsewhere by now, behind a link of the image or in a folder that the container has renamed.
 * Only its last name stays: the kernel lets nobody rename what is mounted on. */
static bool is_listed(char *const *paths, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(last_name(paths[i]), last_name(path)) == 0)
			return true;
	return false;
}

/* True if what is mounted at REAL, a path in the container to which a link of it has led, may protect the host. */
static bool protects(const struct plan *plan, const char *real)
{
	const struct oci_linux *linux = plan->config->linux;

	return strcmp(real, "/") == 0 || text_lies_below(real, "/proc") || text_lies_below(real, "/sys") ||
	       (linux && (is_listed(linux->masked_paths, linux->n_masked_paths, real) ||
			  is_listed(linux->readonly_paths, linux->n_readonly_paths, real)));
}

/* The container may have put a symlink in the way: then MOUNT is not what was meant. */
static int refuse_protecting(const struct plan *plan, const struct step *step, int fds, int mount, struct error *err)
{
	char name[16], real[PATH_MAX];

	snprintf(name, sizeof name, "%d", mount);
	const ssize_t n = readlinkat(fds, name, real, sizeof real - 1);

	if (n < 0)
		return fail(err, errno, "find the real path of %s in the container", step->target);
	real[n] = '\0';
	if (strcmp(real, step->target) == 0 || !protects(plan, real))
		return 0;
	return fail(err, EXDEV, "%s leads to %s by a symlink of the container", step->target, real);
}

/* The mount on the target of STEP. */
static int find_mount(const struct plan *plan, int root, int fds, const struct step *step, struct error *err)
{
	auto_fd mount = path_open(root, step->target, O_PATH, err);
	struct statx stx;

	if (mount < 0)
		return -1;
	if (statx(mount, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) < 0)
		return fail(err, errno, "look at %s in the container", step->target);
	if (stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT && !(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return fail(err, EINVAL, "nothing is mounted on %s in the container", step->target);
	return refuse_protecting(plan, step, fds, mount, err) < 0 ? -1 : take_fd(mount);
}

static int remove_one(const struct plan *plan, int root, int fds, const struct step *step, struct error *err)
{
	auto_fd mount = find_mount(plan, root, fds, step, err);

	if (mount < 0)
		return -1;
	if (unmount(fds, mount) == 0)
		return 0;
	return fail(err, errno, "unmount %s%s", step->target,
		    errno == EINVAL ? " (it is no mount of its own, or locked in the container's user namespace)" : "");
}

int rootfs_remove_live(const struct plan *plan, int fds, struct error *err)
{
	const struct step *steps = plan->rootfs.steps;
	const size_t n = plan->rootfs.n_steps;
	auto_fd root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return fail(err, errno, "open the container's root");
	for (size_t i = 0; i < n; i++) {
		auto_fd mount = find_mount(plan, root, fds, &steps[i], err);

		if (mount < 0)
			return blame(err, steps[i].pointer);
	}
	/* Looked up again each time: the same target may occur twice. */
	for (size_t i = n; i-- > 0;)
		if (remove_one(plan, root, fds, &steps[i], err) < 0)
			return blame(err, steps[i].pointer);
	return 0;
}
