/*
 * remount.c - the steps that change an existing mount
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/path.h"

/* True if an earlier step has mounted something on STEP's target, wherever links of the image have led that. */
static bool is_mounted(const struct build *b, const struct step *step)
{
	for (const struct step *s = b->plan->rootfs.steps; s < step; s++)
		if ((s->action == STEP_BIND || s->action == STEP_MOUNT || s->action == STEP_CGROUP) &&
		    !s->copy_symlink && strcmp(s->target, step->target) == 0)
			return true;
	return false;
}

/* The mount that the step changes.  A symlink, of the image or put there by a running container, could lead to any
 * other, and make writable what the host shares read-only. */
static int open_mount(struct build *b, const struct step *step, struct error *err)
{
	const bool live = b->rootfs->keep_all;
	int mount;

	if (!live && is_mounted(b, step))
		return path_open(b->rootfs->root, step->target, O_PATH, err);
	mount = path_openat2(b->rootfs->root, step->target, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	if (mount < 0 && errno == ELOOP)
		return fail_code(err, ERROR_CONFIG, "a symlink of the container leads from %s to somewhere else",
				 step->target);
	return mount < 0 ? fail(err, errno, "open %s in the container", step->target) : mount;
}

int step_propagate(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	auto_fd mount = open_mount(b, step, err);

	return mount < 0 ? -1 : target_propagate(mount, step, err);
}

/* Only what the step names is changed: mount_setattr(2) keeps the other attributes, while mount(2) would need all of
 * them again and drop those not given. */
int step_remount(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	auto_fd mount = open_mount(b, step, err);

	if (mount < 0)
		return -1;
	if ((step->data || step->super) && mount_reconfigure(mount, step->data, step->super, err) < 0)
		return -1;
	if ((step->set_all || step->clear_all) && mount_change(mount, step->set_all, step->clear_all, 0, true, err) < 0)
		return -1;
	if (mount_change(mount, step->set, step->clear, 0, false, err) < 0)
		return -1;
	return target_propagate(mount, step, err);
}
