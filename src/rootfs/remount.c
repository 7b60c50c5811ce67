/*
 * remount.c - the steps that change an existing mount
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/path.h"

/* The mount that the step changes. */
static int open_mount(struct build *b, const struct step *step, struct error *err)
{
	auto_fd mount = path_open(b->rootfs->root, step->target, O_PATH, err);

	return mount < 0 || target_check(b, step, mount, err) < 0 ? -1 : take_fd(mount);
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
