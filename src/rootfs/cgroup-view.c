/*
 * cgroup-view.c - what the container sees at /sys/fs/cgroup
 *
 *	v2, own cgroup namespace	a cgroup2 of its own, whose root is the container's cgroup
 *	v2, the host's namespace	the host's tree, bound: mounting cgroup2 in the initial namespace waits for an
 *					RCU grace period, ~10 ms
 *	v1, hybrid			a tmpfs with the container's own folder of each hierarchy bound into it, and the
 *					links of hierarchies with several names
 *	none				an empty folder
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "rootfs/steps.h"
#include "sys/fd.h"
#include "sys/mountfd.h"

#define HOST_CGROUPS "/sys/fs/cgroup"

/* ---- the runtime's half --------------------------------------------------- */

static int clone_folder(const struct step *step, int folder, const char *path, uint64_t propagation, struct error *err)
{
	const uint64_t set = step->set | step->set_all, clear = step->clear | step->clear_all;
	auto_fd mount = mount_clone(folder, path, false, false, err);

	if (mount < 0 || mount_change(mount, set, clear, propagation, false, err) < 0)
		return -1;
	return take_fd(mount);
}

/* The path by which init, in a copy of our mount namespace, reaches FOLDER. */
static char *path_of(int folder)
{
	char path[PATH_MAX];

	return fd_path(folder, path) ? xstrdup(path) : NULL;
}

static int add_source(const struct plan *plan, size_t i, const char *name, int folder, const char *path,
		      struct rootfs_sources *sources, struct error *err)
{
	const struct step *step = &plan->rootfs.steps[i];
	auto_fd mount = -1;

	if (sources->detached) {
		mount = clone_folder(step, folder, path, source_propagation(plan), err);
		if (mount < 0) {
			wrap(err, "open the cgroup folder \"%s\" for the container's view", name);
			return blame(err, step->pointer);
		}
	}
	struct cgroup_source *source = xgrow(&sources->cgroups, sources->n_cgroups++, sizeof *source);

	source->step = i;
	/* Only if init has to find it again. */
	source->path = mount >= 0 ? NULL : *path ? xstrdup(path) : path_of(folder);
	source->mount = take_fd(mount);
	snprintf(source->name, sizeof source->name, "%s", name);
	return 0;
}

int cgroup_view_open(const struct plan *plan, const struct cgroup_view *view, size_t i, struct rootfs_sources *sources,
		     struct error *err)
{
	if (view->layout == CGROUP_V2 && !namespace_is_own(&plan->ns, CLONE_NEWCGROUP))
		return add_source(plan, i, "", AT_FDCWD, HOST_CGROUPS, sources, err);
	/* A cgroup2 can be refused only in a user namespace: then the container's own folder is bound, which looks the
	 * same. */
	if (view->layout == CGROUP_V2 && !plan->ns.user)
		return 0;
	for (size_t j = 0; j < view->n_hierarchies; j++)
		if (view->hierarchies[j].folder >= 0 &&
		    add_source(plan, i, view->hierarchies[j].name, view->hierarchies[j].folder, "", sources, err) < 0)
			return -1;
	return 0;
}

/* ---- in the container ----------------------------------------------------- */

/* The mount of SOURCE, which the caller then owns; made here if the runtime was not allowed to. */
static int take_source(struct build *b, struct cgroup_source *source, struct error *err)
{
	if (source->mount >= 0)
		return take_fd(source->mount);
	if (!source->path)
		return fail(err, ENOENT, "find the cgroup folder \"%s\"", source->name);
	return clone_folder(&b->plan->rootfs.steps[source->step], AT_FDCWD, source->path, MS_PRIVATE, err);
}

static int attach_and_propagate(int mount, int target, const struct step *step, struct error *err)
{
	return mount_attach(mount, target, err) < 0 ? -1 : target_propagate(mount, step, err);
}

static int bind_v2(struct build *b, size_t i, int target, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];

	for (size_t j = 0; j < b->sources->n_cgroups; j++) {
		if (b->sources->cgroups[j].step != i)
			continue;
		auto_fd mount = take_source(b, &b->sources->cgroups[j], err);

		/* An unprivileged user may own some of the host's cgroups, which the container must not write to
		 * (CVE-2023-25809). */
		if (mount < 0 || (b->plan->ns.user && !namespace_is_own(&b->plan->ns, CLONE_NEWCGROUP) &&
				  mount_change(mount, MOUNT_ATTR_RDONLY, 0, 0, false, err) < 0))
			return -1;
		return attach_and_propagate(mount, target, step, err);
	}
	return fail(err, ENOENT, "find the container's cgroup to bind it");
}

static int mount_v2(struct build *b, size_t i, int target, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	/* A user's container without a cgroup of its own is in the user's, which it must not write to
	 * (CVE-2023-25809). */
	const uint64_t guard = b->plan->ns.user && b->sources->n_cgroups == 0 ? MOUNT_ATTR_RDONLY : 0;

	if (!namespace_is_own(&b->plan->ns, CLONE_NEWCGROUP))
		return bind_v2(b, i, target, err);
	auto_fd mount = mount_new("cgroup2", "cgroup", step->data, 0, step->set | step->set_all | guard, err);

	if (mount < 0)
		return err->number == EPERM && b->sources->n_cgroups ? bind_v2(b, i, target, err) : -1;
	return attach_and_propagate(mount, target, step, err);
}

static int add_folder(int view, const char *name, int mount, struct error *err)
{
	if (mkdirat(view, name, 0755) < 0)
		return fail(err, errno, "make the folder %s", name);
	auto_fd folder = openat(view, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return fail(err, errno, "open the folder %s", name);
	return mount_attach(mount, folder, err);
}

static int fill_v1(struct build *b, size_t i, int view, struct error *err)
{
	const struct rootfs_sources *sources = b->sources;

	for (size_t j = 0; j < sources->n_cgroups; j++) {
		struct cgroup_source *source = &sources->cgroups[j];

		if (source->step != i)
			continue;
		auto_fd mount = take_source(b, source, err);

		if (mount < 0 || add_folder(view, source->name, mount, err) < 0)
			return wrap(err, "mount %s", source->name);
	}
	for (size_t j = 0; j < sources->n_links && sources->n_cgroups; j++)
		if (symlinkat(sources->links[j].target, view, sources->links[j].name) < 0)
			return fail(err, errno, "make the link %s", sources->links[j].name);
	return 0;
}

/* The tmpfs is attached before it is filled: one can mount on a detached mount only since 6.15. */
static int mount_v1(struct build *b, size_t i, int target, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	const char *label = b->plan->rootfs.mount_label;
	uint64_t attr = step->set | step->set_all | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	auto_text data = { 0 };

	if (b->sources->n_cgroups == 0)
		attr |= MOUNT_ATTR_RDONLY;
	text_add(&data, "mode=755");
	if (label && *label)
		text_addf(&data, ",context=\"%s\"", label);
	auto_fd view = mount_new("tmpfs", "tmpfs", data.s, 0, attr & ~(uint64_t) MOUNT_ATTR_RDONLY, err);

	if (view < 0 || mount_attach(view, target, err) < 0 || fill_v1(b, i, view, err) < 0)
		return -1;
	if ((attr & MOUNT_ATTR_RDONLY) && !step_sealed(b->plan, i) &&
	    mount_change(view, MOUNT_ATTR_RDONLY, 0, 0, false, err) < 0)
		return -1;
	if (target_propagate(view, step, err) < 0)
		return -1;
	step_keep(b, i, &view);
	return 0;
}

int step_cgroup(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	auto_fd target = target_open(b, step, true, NULL, err);

	target_forget(b);
	if (target < 0)
		return -1;
	return b->sources->layout == CGROUP_V2 ? mount_v2(b, i, target, err) : mount_v1(b, i, target, err);
}
