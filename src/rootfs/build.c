/*
 * build.c - carries out the steps, one after the other
 */
#include <errno.h>
#include <linux/magic.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/path.h"
#include "sys/workshop.h"

static const struct {
	step_fn *run;
	bool mounts;		/* needs a root that is a mount of its own */
	const char *about;
} actions[] = {
	[STEP_BIND]	 = { step_bind,      true,  "mount" },
	[STEP_MOUNT]	 = { step_mount,     true,  "mount" },
	[STEP_CGROUP]	 = { step_cgroup,    true,  "mount the cgroup view on" },
	[STEP_PROPAGATE] = { step_propagate, true,  "change the propagation of" },
	[STEP_REMOUNT]	 = { step_remount,   true,  "remount" },
	[STEP_DEVICE]	 = { step_device,    false, "make the device" },
	[STEP_SYMLINK]	 = { step_symlink,   false, "make the symlink" },
	[STEP_CONSOLE]	 = { step_console,   true,  "prepare" },
	[STEP_SEAL]	 = { step_seal,      true,  "make read-only" },
	[STEP_READONLY]	 = { step_readonly,  true,  "make read-only" },
	[STEP_MASK]	 = { step_mask,      true,  "mask" },
};

/* Put in front of ERR which step failed, and note which part of the config asked for it. */
static int explain(const struct step *step, struct error *err)
{
	const char *about = actions[step->action].about, *target = step->target ? step->target : "/";

	if (step->action == STEP_BIND || step->action == STEP_MOUNT)
		wrap(err, "%s %s on %s", about, step->action == STEP_BIND ? step->source : step->type, target);
	else
		wrap(err, "%s %s", about, target);
	return blame(err, step->pointer);
}

static int run(struct build *b, size_t from, size_t to, struct error *err)
{
	for (size_t i = from; i < to; i++) {
		const struct step *step = &b->plan->rootfs.steps[i];

		b->at = i;
		if (actions[step->action].mounts && !b->rootfs->may_mount) {
			fail_code(err, ERROR_CONFIG, "this needs a mount namespace of the container's own");
			return explain(step, err);
		}
		if (actions[step->action].run(b, i, err) < 0)
			return explain(step, err);
	}
	return 0;
}

int rootfs_build(struct rootfs *rootfs, struct rootfs_sources *sources, struct error *err)
{
	struct build b = { .plan = rootfs->plan, .rootfs = rootfs, .sources = sources, .folder_fd = -1 };
	const mode_t mask = umask(0);
	const int result = run(&b, 0, rootfs->plan->rootfs.n_early, err);

	umask(mask);
	target_forget(&b);
	for (size_t i = 0; i < sources->n; i++)
		cleanup_close(&sources->fill[i]);
	return result < 0 ? -1 : mount_workshop_close(err);
}

int rootfs_finish(struct rootfs *rootfs, struct error *err)
{
	struct build b = { .plan = rootfs->plan, .rootfs = rootfs, .folder_fd = -1 };

	if (rootfs->own_mounts && mount_workshop_open(false, err) < 0)
		return -1;
	if (run(&b, rootfs->plan->rootfs.n_early, rootfs->plan->rootfs.n_steps, err) < 0)
		return -1;
	return mount_workshop_close(err);
}

int rootfs_devpts(const struct rootfs *rootfs, struct error *err)
{
	auto_fd pts = path_open(rootfs->root, "/dev/pts", O_PATH | O_DIRECTORY, err);
	struct statfs fs;

	if (pts >= 0 && fstatfs(pts, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC)
		return take_fd(pts);
	fail(err, ENOENT, "the container has no devpts on /dev/pts, which a terminal needs");
	errno = ENOENT;
	return -1;
}
