/*
 * hide.c - the late steps: read-only and masked
 *
 * They come after the hooks, which may still write, and fail closed: a path
 * that exists and cannot be protected ends the container (CVE-2019-16884).
 * A path is looked up once; what is covered is the descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/path.h"

int step_seal(struct build *b, size_t i, struct error *err)
{
	const int of = b->plan->rootfs.steps[i].of;
	const int mount = of < 0 ? b->rootfs->root : b->rootfs->kept[of];

	if (mount < 0)
		return fail(err, EBADF, "find the mount to seal");
	return mount_change(mount, MOUNT_ATTR_RDONLY, 0, 0, false, err);
}

/* The target, or -1 with *MISSING if it does not exist and need not.  That is so for half of the paths that clients
 * list, so no message is made for it. */
static int open_existing(struct build *b, const struct step *step, bool *missing, struct error *err)
{
	const int root = b->rootfs->root;
	const int target = path_openat2(root, step->target, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);

	*missing = target < 0 && step->optional && (errno == ENOENT || errno == ENOTDIR);
	return target >= 0 || *missing ? target : path_open(root, step->target, O_PATH, err);
}

/* Mounts below keep their place, and every mount its nosuid, nodev, noexec. */
int step_readonly(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	bool missing;
	auto_fd target = open_existing(b, step, &missing, err);
	struct stat st;

	if (target < 0)
		return missing ? 0 : -1;
	if (fstat(target, &st) < 0)
		return fail(err, errno, "look at it");
	if (target_is_root(b, target, &st))
		return mount_change(b->rootfs->root, MOUNT_ATTR_RDONLY, 0, 0, false, err);
	auto_fd copy = mount_clone(target, "", true, false, err), paused = -1;

	if (copy < 0 || mount_change(copy, MOUNT_ATTR_RDONLY, 0, 0, false, err) < 0)
		return -1;
	if (sharing_pause(b->plan, target, &paused, err) < 0 || mount_attach(copy, target, err) < 0)
		return -1;
	return sharing_resume(&paused, err);
}

int step_mask(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	bool missing;
	auto_fd target = open_existing(b, step, &missing, err), paused = -1;
	struct stat st;

	if (target < 0)
		return missing ? 0 : -1;
	if (fstat(target, &st) < 0)
		return fail(err, errno, "look at it");
	if (target_is_root(b, target, &st))
		return fail_code(err, ERROR_CONFIG, "it is the root itself");
	struct mount_stock *cover = S_ISDIR(st.st_mode) ? &b->rootfs->empty : &b->rootfs->null;

	if (cover->fd < 0 && (cover == &b->rootfs->null ? stock_null(cover, err) :
			      stock_empty(cover, b->plan->rootfs.mount_label, err)) < 0)
		return -1;
	if (sharing_pause(b->plan, target, &paused, err) < 0 || stock_attach(cover, target, err) < 0)
		return -1;
	return sharing_resume(&paused, err);
}
