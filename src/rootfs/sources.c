/*
 * sources.c - the runtime's half: what init could not open from inside
 *
 * In its user namespace init may not be able to walk to a source, and a mount
 * with mapped ids can only be made with the host's privileges.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/workshop.h"

/* The rootfs itself, which must be a folder, not a link to one. */
static int open_folder(const char *path, struct error *err)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const int number = errno;
	struct stat st;

	if (fd >= 0)
		return fd;
	if (path[0] != '/' || (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)))
		return fail_at(err, "/root/path", "invalid rootfs: not an absolute path, or a symlink: %s", path);
	fail(err, number, "invalid rootfs: %s", path);
	return blame(err, "/root/path");
}

int root_cut_off(const struct plan *plan, int root, struct error *err)
{
	const uint64_t propagation = source_propagation(plan);

	if (propagation && mount_change(root, 0, 0, propagation, true, err) < 0)
		return wrap(err, "cut the rootfs off from the host's mounts");
	/* pivot_root(2) refuses a shared root.  Nor is it a slave, since what the host mounts below the rootfs later is
	 * not for the container - unless the config says so (config-linux.md, "slave"). */
	if (plan->rootfs.final_propagation & MS_SLAVE)
		return 0;
	if (propagation != MS_PRIVATE && mount_change(root, 0, 0, MS_PRIVATE, false, err) < 0)
		return wrap(err, "make the rootfs private");
	return 0;
}

int root_find(const struct plan *plan, struct rootfs_sources *sources, int seen)
{
	auto_fd here = sources->root_inside >= 0 ? fcntl(sources->root_inside, F_DUPFD_CLOEXEC, 3) :
		       open(plan->rootfs.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat a, b;

	if (here < 0 || fstat(here, &a) < 0 || fstat(seen, &b) < 0)
		return -1;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino ? take_fd(here) : -1;
}

static int open_root(const struct plan *plan, struct rootfs_sources *sources, struct error *err)
{
	auto_fd folder = open_folder(plan->rootfs.path, err);

	if (folder < 0)
		return -1;
	if (plan->rootfs.on_host && mount_needs_workshop())
		return fail_code(err, ERROR_UNSUPPORTED, "mounts without a mount namespace of the container's own need "
				 "open_tree(2), move_mount(2) and mount_setattr(2) (Linux 5.12)");
	if ((namespace_is_own(&plan->ns, CLONE_NEWNS) || plan->rootfs.on_host) && !mount_needs_workshop()) {
		auto_fd copy = mount_clone(folder, "", true, false, err);

		if (copy >= 0) {
			if (root_cut_off(plan, copy, err) < 0)
				return -1;
			sources->root = take_fd(copy);
			sources->detached = true;
			return 0;
		}
		if (err->number != EPERM || plan->rootfs.on_host)
			return wrap(err, "copy the mount of %s", plan->rootfs.path);
	}
	sources->root = take_fd(folder);
	return 0;
}

static int open_step(const struct plan *plan, size_t i, struct rootfs_sources *sources, struct idmap_held *held,
		     struct error *err)
{
	const struct step *step = &plan->rootfs.steps[i];
	auto_fd place = take_fd(sources->step[i]);

	/* Both copies must be of the same folder, even if its name is exchanged meanwhile. */
	if (step->filled && place < 0 && (place = source_place(step, err)) < 0)
		return wrap(err, "mount %s on %s", step->source, step->target), blame(err, step->pointer);
	auto_fd mount = step->action == STEP_MOUNT
				? mount_new(step->type, step->source, step->data, step->super,
					    mount_attributes(step), err)
				: source_open(step, place, source_propagation(plan), err);

	if (mount < 0) {
		wrap(err, "mount %s on %s",
		     step->action == STEP_MOUNT ? step->type : step->source ? step->source : step->target,
		     step->target);
		return blame(err, step->pointer);
	}
	if ((step->idmap && source_idmap(plan, step, mount, held, err) < 0) ||
	    (step->filled && source_fill(plan, step, place, held, &sources->fill[i], err) < 0))
		return blame(err, step->pointer);
	sources->step[i] = take_fd(mount);
	return 0;
}

static int open_steps(const struct plan *plan, const struct cgroup_view *view, struct rootfs_sources *sources,
		      struct error *err)
{
	struct idmap_held held = { .userns = -1 };
	int result = 0;

	for (size_t i = 0; i < plan->rootfs.n_steps && result == 0; i++) {
		const struct step *step = &plan->rootfs.steps[i];

		/* Refused once, refused always: init does the rest, in a mount namespace where it may. */
		if (sources->detached && step->outside)
			result = open_step(plan, i, sources, &held, err);
		else if (step->action == STEP_CGROUP && view)
			result = cgroup_view_open(plan, view, i, sources, err);
	}
	cleanup_close(&held.userns);
	return result;
}

int sources_copy(const struct plan *plan, struct rootfs_sources *sources, struct error *err)
{
	sources->detached = true;
	return open_steps(plan, NULL, sources, err);
}

static bool has_step(const struct plan *plan, enum step_action action)
{
	for (size_t i = 0; i < plan->rootfs.n_steps; i++)
		if (plan->rootfs.steps[i].action == action)
			return true;
	return false;
}

int *descriptors_new(size_t n)
{
	int *list = xmalloc(n * sizeof *list);

	for (size_t i = 0; i < n; i++)
		list[i] = -1;
	return list;
}

void descriptors_close(int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cleanup_close(&list[i]);
	free(list);
}

void rootfs_close_sources(struct rootfs_sources *sources)
{
	cleanup_close(&sources->root);
	cleanup_close(&sources->root_inside);
	stock_close(&sources->null);
	descriptors_close(sources->step, sources->n);
	descriptors_close(sources->fill, sources->n);
	for (size_t i = 0; i < sources->n_cgroups; i++) {
		cleanup_close(&sources->cgroups[i].mount);
		free(sources->cgroups[i].path);
	}
	free(sources->cgroups);
	*sources = (struct rootfs_sources) { .root = -1, .root_inside = -1, .null.fd = -1 };
}

static void begin(const struct plan *plan, const struct cgroup_view *view, struct rootfs_sources *sources)
{
	const size_t n = plan->rootfs.n_steps;

	*sources = (struct rootfs_sources) {
		.root = -1, .root_inside = -1, .null.fd = -1, .step = descriptors_new(n), .fill = descriptors_new(n),
		.n = n,
	};
	if (view) {
		sources->layout = view->layout;
		sources->links = view->links;
		sources->n_links = view->n_links;
	}
}

int rootfs_open_sources(const struct plan *plan, const struct cgroup_view *view, struct rootfs_sources *sources,
			struct error *err)
{
	begin(plan, view, sources);
	if (open_root(plan, sources, err) < 0 || open_steps(plan, view, sources, err) < 0)
		return -1;
	if (sources->detached && plan->ns.user && sources_lock(plan, sources, err) < 0)
		return -1;
	return sources->detached && has_step(plan, STEP_MASK) ? stock_null(&sources->null, err) : 0;
}

int rootfs_open_live(const struct plan *plan, const struct cgroup_view *view, struct rootfs_sources *sources,
		     struct error *err)
{
	begin(plan, view, sources);
	if (mount_needs_workshop())
		return fail_code(err, ERROR_UNSUPPORTED,
				 "mounts for a running container need open_tree(2), move_mount(2) and "
				 "mount_setattr(2) (Linux 5.12)");
	sources->detached = true;
	if (open_steps(plan, view, sources, err) < 0)
		return -1;
	return plan->ns.user ? sources_lock(plan, sources, err) : 0;
}

bool rootfs_open_proc(const struct plan *plan, int pidns, struct rootfs_sources *sources)
{
	struct error ignored;

	for (size_t i = 0; i < plan->rootfs.n_steps; i++) {
		const struct step *step = &plan->rootfs.steps[i];

		if (step->action != STEP_MOUNT || strcmp(step->type, "proc") != 0 || sources->step[i] >= 0)
			continue;
		sources->step[i] = mount_new_proc(pidns, step->source, step->data, step->super, mount_attributes(step),
						  &ignored);
		if (sources->step[i] < 0)
			return false;
	}
	return true;
}

bool rootfs_needs_inside(const struct plan *plan, const struct host *host)
{
	return plan->ns.user && host->admin && mount_needs_workshop();
}

int rootfs_open_inside(const struct plan *plan, int (*give)(void *context, size_t i, int fd, struct error *err),
		       void *context, struct error *err)
{
	const struct rootfs_plan *rootfs = &plan->rootfs;
	struct error ignored = { 0 };

	for (size_t i = 0; i <= rootfs->n_steps; i++) {
		auto_fd fd = -1;

		if (i == rootfs->n_steps)
			fd = open_folder(rootfs->path, &ignored);
		else if (rootfs->steps[i].outside && rootfs->steps[i].action != STEP_MOUNT)
			fd = source_place(&rootfs->steps[i], &ignored);
		if (fd >= 0 && give(context, i, fd, err) < 0)
			return -1;
	}
	return 0;
}
