/*
 * source.c - copies of the host's mounts, ready to be attached
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "rootfs/steps.h"
#include "sys/fd.h"
#include "sys/idmap.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"
#include "sys/namespace.h"
#include "sys/path.h"
#include "sys/workshop.h"

uint64_t source_propagation(const struct plan *plan)
{
	const uint64_t asked = plan->rootfs.propagation;

	/* Only the finished tree is unbindable: while it is built, parts of it are bound. */
	if (asked & (MS_PRIVATE | MS_UNBINDABLE))
		return MS_PRIVATE;
	/* The kernel never makes mounts of different user namespaces peers, so that root of one cannot mount things in
	 * the other.  These copies are made outside, with the host's rights, so we have to see to it. */
	return asked & MS_SHARED && !plan->ns.user ? 0 : MS_SLAVE;
}

static int set_attributes(int mount, const struct step *step, uint64_t propagation, struct error *err)
{
	/* A single mount needs one call, a tree two. */
	if (!step->recursive)
		return mount_change(mount, step->set | step->set_all, step->clear | step->clear_all, propagation, false,
				    err);
	if ((step->set_all || step->clear_all || propagation) &&
	    mount_change(mount, step->set_all, step->clear_all, propagation, true, err) < 0)
		return -1;
	if ((step->set || step->clear) && mount_change(mount, step->set, step->clear, 0, false, err) < 0)
		return -1;
	return 0;
}

/* 0:0 is no device: rootless configs that leave the numbers to the host's node have it. */
static bool is_device(int node, const struct step *step)
{
	struct stat st;

	return fstat(node, &st) == 0 && (step->mode & S_IFMT) == (st.st_mode & S_IFMT) &&
	       ((!step->major && !step->minor) ||
		(major(st.st_rdev) == step->major && minor(st.st_rdev) == step->minor));
}

/* The host's node by the name that the kernel has for it (sysfs, "uevent"), or -1. */
static int open_device_by_number(const struct step *step)
{
	struct error ignored;
	auto_free char *uevent = xasprintf("/sys/dev/%s/%u:%u/uevent", S_ISBLK(step->mode) ? "block" : "char",
					   step->major, step->minor);
	auto_free char *text = file_get(AT_FDCWD, uevent, &ignored);
	const char *name = text ? strstr(text, "DEVNAME=") : NULL;

	if (!name)
		return -1;
	name += strlen("DEVNAME=");
	auto_free char *path = xasprintf("/dev/%.*s", (int) strcspn(name, "\n"), name);
	auto_fd node = open(path, O_PATH | O_CLOEXEC);
	return node >= 0 && is_device(node, step) ? take_fd(node) : -1;
}

static int fail_device(int node, const struct step *step, const char *source, struct error *err)
{
	struct stat st;

	if (fstat(node, &st) < 0)
		return fail(err, errno, "look at the host's %s", source);
	if ((step->mode & S_IFMT) != (st.st_mode & S_IFMT))
		return fail(err, 0, "the host's %s is not the kind of device that is asked for", source);
	return fail(err, 0, "the host's %s is device %u:%u, not %u:%u", source, major(st.st_rdev), minor(st.st_rdev),
		    step->major, step->minor);
}

/* The host's node of the device that is asked for: at the same path, or wherever else it is. */
static int find_device(const struct step *step, struct error *err)
{
	const char *source = step->source ? step->source : step->target;
	auto_fd node = open(source, O_PATH | O_CLOEXEC);
	const int error = errno;

	if (node >= 0 && is_device(node, step))
		return take_fd(node);
	const int other = open_device_by_number(step);
	if (other >= 0)
		return other;
	return node < 0 ? fail(err, error, "open the host's %s", source) : fail_device(node, step, source, err);
}

/* The open(2) flag for a source that may be a symlink. */
static int link_flag(const struct step *step)
{
	return step->no_follow_source || step->copy_symlink ? O_NOFOLLOW : 0;
}

int source_place(const struct step *step, struct error *err)
{
	int fd = -1;

	if (step->action == STEP_DEVICE)
		return find_device(step, err);
	/* O_DIRECTORY triggers an automount there, as open_tree(2) does. */
	if (step->filled)
		fd = open(step->source, O_PATH | O_DIRECTORY | O_CLOEXEC | link_flag(step));
	if (fd < 0)
		fd = open(step->source, O_PATH | O_CLOEXEC | link_flag(step));
	return fd < 0 ? fail(err, errno, "open %s", step->source) : fd;
}

/* The copy, by as few calls as possible. */
static int clone_source(const struct step *step, int place, struct error *err)
{
	if (place >= 0)
		return mount_clone(place, "", step->recursive, false, err);
	if (step->action != STEP_DEVICE)
		return mount_clone(AT_FDCWD, step->source, step->recursive, step->no_follow_source, err);
	auto_fd node = find_device(step, err);

	return node < 0 ? -1 : mount_clone(node, "", false, false, err);
}

/* rootfsPropagation lets mounts be peers of the host's; a mount's own options say which. */
static bool asks_to_share(const struct step *step)
{
	for (unsigned i = 0; i < step->n_propagation; i++)
		if (step->propagation[i] & MS_SHARED)
			return true;
	return false;
}

int source_open(const struct step *step, int place, uint64_t propagation, struct error *err)
{
	if (!propagation && !asks_to_share(step))
		propagation = MS_SLAVE;
	if (step->copy_symlink) {
		struct stat st;
		auto_fd link = place >= 0 ? fcntl(place, F_DUPFD_CLOEXEC, 3)
					  : open(step->source, O_PATH | O_NOFOLLOW | O_CLOEXEC);

		if (link >= 0 && fstat(link, &st) == 0 && S_ISLNK(st.st_mode))
			return take_fd(link);
	}
	auto_fd mount = clone_source(step, place, err);

	if (mount < 0)
		return -1;
	if (set_attributes(mount, step, propagation, err) < 0)
		return -1;
	return take_fd(mount);
}

int source_fill(const struct plan *plan, const struct step *step, int place, struct idmap_held *held, int *fill,
		struct error *err)
{
	struct step writable = *step;
	struct stat st;

	if (fstat(place, &st) < 0)
		return fail(err, errno, "look at %s", step->source);
	if (!S_ISDIR(st.st_mode))
		return 0;
	/* Nothing is cleared: what the source itself forbids stays forbidden. */
	writable.set &= ~(uint64_t) MOUNT_ATTR_RDONLY;
	auto_fd copy = source_open(&writable, place, MS_PRIVATE, err);

	if (copy < 0 || (step->idmap && source_idmap(plan, step, copy, held, err) < 0))
		return wrap(err, "open %s to make what is to be in it", step->source);
	*fill = take_fd(copy);
	return 0;
}

int source_take(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	auto_fd mount = take_fd(b->sources->step[i]), place = -1;
	struct idmap_held held = { .userns = -1 };
	int result = 0;

	if (mount >= 0)
		return take_fd(mount);
	if (step->within && ((place = path_open(b->rootfs->root, step->within, O_PATH | link_flag(step), err)) < 0 ||
			     target_refuse_views(b, step, step->within, place, err) < 0))
		return -1;
	if (step->filled && place < 0 && (place = source_place(step, err)) < 0)
		return -1;
	if (step->within && b->sources->map_ids)
		held.ask = b->sources;
	mount = source_open(step, place, source_propagation(b->plan), err);
	if (mount >= 0 && step->idmap)
		result = source_idmap(b->plan, step, mount, &held, err);
	if (mount >= 0 && result == 0 && step->filled)
		result = source_fill(b->plan, step, place, &held, &b->sources->fill[i], err);
	cleanup_close(&held.userns);
	return mount < 0 || result < 0 ? -1 : take_fd(mount);
}

/* The ids of the container's own user namespace. */
static int container_idmap(const struct plan *plan, struct error *err)
{
	const struct namespace_join *user = namespace_joined(&plan->ns, CLONE_NEWUSER);

	if (user)
		return namespace_open(user->path, CLONE_NEWUSER, err);
	if (!plan->ns.n_uids)
		return fail(err, 0, "there are no id mappings: neither of the mount nor of the container");
	return idmap_namespace(plan->ns.uids, plan->ns.n_uids, plan->ns.gids, plan->ns.n_gids, err);
}

static bool same_map(const struct oci_id_mapping *a, size_t n_a, const struct oci_id_mapping *b, size_t n_b)
{
	return n_a == n_b && (n_a == 0 || memcmp(a, b, n_a * sizeof *a) == 0);
}

int source_idmap(const struct plan *plan, const struct step *step, int mount, struct idmap_held *held,
		 struct error *err)
{
	const struct step *last = held->step;

	if (held->ask)
		return held->ask->map_ids(held->ask->context, (size_t) (step - plan->rootfs.steps), mount, err);
	if (mount_needs_workshop())
		return mount_idmap(mount, -1, false, err);

	/* A namespace costs a process: mounts with the same map share it. */
	if (!last || !same_map(last->uids, last->n_uids, step->uids, step->n_uids) ||
	    !same_map(last->gids, last->n_gids, step->gids, step->n_gids)) {
		cleanup_close(&held->userns);
		held->step = NULL;
		held->userns = step->n_uids ? idmap_namespace(step->uids, step->n_uids, step->gids, step->n_gids, err) :
			       container_idmap(plan, err);
		if (held->userns < 0)
			return -1;
		held->step = step;
	}
	return mount_idmap(mount, held->userns, step->idmap_recursive, err);
}

int rootfs_map_ids(const struct plan *plan, size_t i, int mount, struct error *err)
{
	struct idmap_held held = { .userns = -1 };
	int result;

	if (i >= plan->rootfs.n_steps || !plan->rootfs.steps[i].idmap)
		return fail_code(err, ERROR_PROTOCOL, "init asks to map the ids of what is no mapped mount");
	result = source_idmap(plan, &plan->rootfs.steps[i], mount, &held, err);
	cleanup_close(&held.userns);
	return result < 0 ? blame(err, plan->rootfs.steps[i].pointer) : 0;
}

/* ---- whole mounts ------------------------------------------------------------ */

int mount_around(int fd, const struct mountinfo *mounts, const struct mount_entry **entry)
{
	uint64_t id, top;

	if (!mount_id(fd, &id) || !(*entry = mountinfo_find(mounts, id)))
		return -1;
	auto_fd whole = open((*entry)->place, O_PATH | O_CLOEXEC);

	return whole >= 0 && mount_id(whole, &top) && top == id ? take_fd(whole) : -1;
}

/* Open the root of the mount that SOURCE lies on, and find SOURCE's place in it; -1 if that mount is covered. */
static int open_around(int source, const struct mountinfo *mounts, char *within)
{
	char path[PATH_MAX];
	const struct mount_entry *entry;
	auto_fd whole = mount_around(source, mounts, &entry);

	if (whole < 0 || !fd_path(source, path) || !text_lies_below(path, entry->place))
		return -1;
	const size_t length = strlen(entry->place) > 1 ? strlen(entry->place) : 0;

	snprintf(within, PATH_MAX, "%s", path[length] && path[length + 1] ? path + length : "");
	return take_fd(whole);
}

int rootfs_open_whole(const struct plan *plan, const struct step *step, bool recursive, const struct mountinfo *mounts,
		      char *within, struct error *err)
{
	struct step copy = *step;
	struct idmap_held held = { .userns = -1 };
	const char *path = step->source ? step->source : step->target;
	auto_fd source = open(path, O_PATH | O_CLOEXEC | (step->no_follow_source ? O_NOFOLLOW : 0));

	*within = '\0';
	if (source < 0)
		return fail(err, errno, "open %s", path);
	copy.recursive = recursive;
	auto_fd around = open_around(source, mounts, within);
	auto_fd mount = mount_clone(around >= 0 ? around : source, "", recursive, false, err);

	if (mount < 0 || set_attributes(mount, &copy, 0, err) < 0)
		return -1;
	if (step->idmap) {
		const int result = source_idmap(plan, step, mount, &held, err);

		cleanup_close(&held.userns);
		if (result < 0)
			return -1;
	}
	return take_fd(mount);
}
