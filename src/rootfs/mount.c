/*
 * mount.c - the steps that mount something new: binds and file systems
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "rootfs/steps.h"
#include "sys/fd.h"
#include "sys/mountfd.h"

bool step_sealed(const struct plan *plan, size_t i)
{
	for (size_t j = plan->rootfs.n_early; j < plan->rootfs.n_steps; j++)
		if (plan->rootfs.steps[j].action == STEP_SEAL && plan->rootfs.steps[j].of == (int) i)
			return true;
	return false;
}

void step_keep(struct build *b, size_t i, int *mount)
{
	if (b->rootfs->keep_all || step_sealed(b->plan, i))
		b->rootfs->kept[i] = take_fd(*mount);
}

/* MOUNT covers the root, and is the root from now on.  The old one stays behind; pivot_root(2) needs it not to be
 * shared, and so the host does not see what covers it. */
static int replace_root(struct build *b, int mount, const struct step *step, struct error *err)
{
	if (mount_change(b->rootfs->root, 0, 0, MS_PRIVATE, false, err) < 0 ||
	    target_attach(mount, b->rootfs->root, step, err) < 0)
		return -1;
	const int root = fcntl(mount, F_DUPFD_CLOEXEC, 3);

	if (root < 0)
		return fail(err, errno, "keep the new root");
	cleanup_close(&b->rootfs->root);
	b->rootfs->root = root;
	b->root.st_mode = 0;
	return 0;
}

static int attach_and_keep(struct build *b, size_t i, int target, int *mount, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];

	target_forget(b);
	if ((plan_makes_root(step) ? replace_root(b, *mount, step, err) :
				     target_attach(*mount, target, step, err)) < 0 ||
	    target_propagate(*mount, step, err) < 0)
		return -1;
	step_keep(b, i, mount);
	return 0;
}

/* ---- bind --------------------------------------------------------------- */

/* The source is a symlink, held by LINK: make one with the same text in the container. */
static int copy_link(struct build *b, const struct step *step, int link, struct error *err)
{
	char text[PATH_MAX], name[NAME_MAX + 1];
	const ssize_t n = readlinkat(link, "", text, sizeof text - 1);

	if (n < 0)
		return fail(err, errno, "read the link %s", step->source);
	text[n] = '\0';
	const int parent = target_parent(b, step->target, name, err);

	if (parent < 0)
		return -1;
	if (symlinkat(text, parent, name) == 0)
		return 0;
	char there[PATH_MAX];
	const int number = errno;
	const ssize_t m = number == EEXIST ? readlinkat(parent, name, there, sizeof there) : -1;

	if (m == n && memcmp(there, text, (size_t) n) == 0)
		return 0;
	return fail(err, number, "make the link to %s", text);
}

int step_bind(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	auto_fd mount = source_take(b, i, err);
	struct stat st;

	if (mount < 0)
		return -1;
	if (fstat(mount, &st) < 0)
		return fail(err, errno, "look at the source %s", step->source);
	if (step->copy_symlink && S_ISLNK(st.st_mode))
		return copy_link(b, step, mount, err);
	auto_fd target = target_open(b, step, S_ISDIR(st.st_mode), NULL, err);

	return target < 0 ? -1 : attach_and_keep(b, i, target, &mount, err);
}

/* ---- new file systems --------------------------------------------------- */

/* A new sysfs belongs to a network namespace; the kernel refuses it in a user namespace that does not own the current
 * one.  Then the host's own tree serves, read-only all the way down. */
static int host_sysfs(const struct step *step, struct error *err)
{
	const uint64_t set = step->set | step->set_all | MOUNT_ATTR_RDONLY;
	auto_fd mount = mount_clone(AT_FDCWD, "/sys", true, false, err);

	if (mount < 0 || mount_change(mount, set, 0, MS_PRIVATE, true, err) < 0)
		return wrap(err, "bind the host's /sys instead");
	return take_fd(mount);
}

static int new_mount(struct build *b, const struct step *step, const char *data, uint64_t attr, struct error *err)
{
	const int mount = mount_new(step->type, step->source, data, step->super, attr, err);

	if (mount < 0 && err->number == EPERM && b->plan->ns.user && strcmp(step->type, "sysfs") == 0)
		return host_sysfs(step, err);
	return mount;
}

/* With copy_up, a tmpfs begins with the contents of the folder it covers and with its owner. */
static int fill_from(const struct step *step, int target, int mount, const struct stat *covered, struct error *err)
{
	if (copy_up(target, mount, err) < 0)
		return wrap(err, "copy what %s covers", step->target);
	if (step->owner_from_target && fchownat(mount, "", covered->st_uid, covered->st_gid, AT_EMPTY_PATH) < 0 &&
	    errno != EINVAL)
		return fail(err, errno, "set the owner of %s", step->target);
	return 0;
}

/* mqueue has no `context=`: its label is an attribute of the mounted root. */
static int label_mqueue(const struct plan *plan, const struct step *step, int mount, struct error *err)
{
	char path[FD_NAME];
	const char *label = plan->rootfs.mount_label;

	if (!label || !*label || strcmp(step->type, "mqueue") != 0)
		return 0;
	if (setxattr(fd_name(mount, path), "security.selinux", label, strlen(label), 0) < 0 && errno != EOPNOTSUPP)
		return fail(err, errno, "label %s with %s", step->target, label);
	return 0;
}

uint64_t mount_attributes(const struct step *step)
{
	/* A new mount has nothing below it, and no attribute to clear. */
	const uint64_t all = step->set | step->set_all;

	return step->copy_up ? all & ~(uint64_t) MOUNT_ATTR_RDONLY : all;
}

/* The mount of step I, detached.  COVERED is the folder it will cover; NULL if that is new. */
static int take_mount(struct build *b, size_t i, const struct stat *covered, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	const bool as_below = step->mode_from_target && covered;
	auto_fd mount = take_fd(b->sources->step[i]);
	auto_text data = { 0 };
	char path[FD_NAME];

	if (mount >= 0) {
		/* The runtime made it without knowing the mode.  EPERM: its root has an id that is not mapped. */
		if (as_below && chmod(fd_name(mount, path), covered->st_mode & 07777u) < 0 && errno != EPERM &&
		    errno != EOVERFLOW)
			return fail(err, errno, "set the mode of %s", step->target);
		return take_fd(mount);
	}
	if (step->data)
		text_add(&data, step->data);
	if (as_below)
		text_addf(&data, "%smode=%o", data.n ? "," : "", covered->st_mode & 07777u);
	mount = new_mount(b, step, data.s, mount_attributes(step), err);
	if (mount < 0 || !step->idmap)
		return take_fd(mount);
	struct idmap_held held = { .userns = -1 };
	const int result = source_idmap(b->plan, step, mount, &held, err);

	cleanup_close(&held.userns);
	return result < 0 ? -1 : take_fd(mount);
}

int step_mount(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	const bool pseudo = strcmp(step->type, "proc") == 0 || strcmp(step->type, "sysfs") == 0;
	struct stat covered;
	bool made = false;
	auto_fd target = pseudo ? target_open_plain_folder(b, step, &made, err) :
			 target_open(b, step, true, &made, err);

	if (target < 0)
		return -1;
	if (fstat(target, &covered) < 0)
		return fail(err, errno, "look at the folder below");
	auto_fd mount = take_mount(b, i, made ? NULL : &covered, err);

	if (mount < 0)
		return -1;
	if (step->copy_up && fill_from(step, target, mount, &covered, err) < 0)
		return -1;
	if (step->copy_up && ((step->set | step->set_all) & MOUNT_ATTR_RDONLY) &&
	    mount_change(mount, MOUNT_ATTR_RDONLY, 0, 0, false, err) < 0)
		return -1;
	if (label_mqueue(b->plan, step, mount, err) < 0)
		return -1;
	return attach_and_keep(b, i, target, &mount, err);
}
