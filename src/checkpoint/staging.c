/* staging.c - see staging.h */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "checkpoint/external.h"
#include "checkpoint/staging.h"
#include "libocispec/arena.h"
#include "sys/fd.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"
#include "sys/path.h"

/* True if the source is a mount; one that copy-symlink found to be a link is not. */
static bool is_source(const struct rootfs_sources *sources, size_t i)
{
	struct stat st;

	return sources->step[i] >= 0 && fstat(sources->step[i], &st) == 0 && !S_ISLNK(st.st_mode);
}

int staging_open(struct staging *staging, size_t n_below, struct arena *arena, struct error *err)
{
	const struct rootfs_plan *rootfs = &staging->plan->rootfs;
	struct mountinfo mounts;
	char within[PATH_MAX];
	int result = mountinfo_read("/proc/self", &mounts, err);

	staging->mount = xmalloc(rootfs->n_steps * sizeof *staging->mount + 1);
	memset(staging->mount, 0xff, rootfs->n_steps * sizeof *staging->mount);
	staging->within = arena_alloc(arena, (rootfs->n_steps + 1) * sizeof *staging->within);
	for (size_t i = 0; i < rootfs->n_steps && result == 0; i++) {
		const struct step *step = &rootfs->steps[i];
		if (!is_source(staging->sources, i))
			continue;
		staging->mount[i] =
			rootfs_open_whole(staging->plan, step, step->recursive && n_below, &mounts, within, err);
		staging->within[i] = arena_strdup(arena, within);
		if (staging->mount[i] < 0) {
			wrap(err, "open the source of %s for criu", step->target);
			result = blame(err, step->pointer);
		}
	}
	mountinfo_free(&mounts);
	return result;
}

void staging_close(struct staging *staging)
{
	for (size_t i = 0; staging->mount && i < staging->plan->rootfs.n_steps; i++)
		cleanup_close(&staging->mount[i]);
	free(staging->mount);
	staging->mount = NULL;
}

/* ---- names -------------------------------------------------------------------- */

/* TARGET as resolved in the rootfs (/var/run is /run in most), which is runc's name in images; NULL if it is the
 * same. */
static char *resolved(const struct rootfs_sources *sources, const char *target, struct arena *arena)
{
	struct error ignored;
	char path[PATH_MAX];
	auto_fd fd = path_open(sources->root, target, O_PATH, &ignored);

	/* The root is a detached mount: the path begins there. */
	if (fd < 0 || !sources->detached || !fd_path(fd, path))
		return NULL;
	return strcmp(path, target) ? arena_strdup(arena, path) : NULL;
}

static void add(const struct rootfs_sources *sources, const char *target, const char *path, struct arena *arena,
		struct wire_list *mounts)
{
	char *name = external_name(arena, target), *other = resolved(sources, name, arena);

	criu_add_pair(mounts, name, path);
	if (other)
		criu_add_pair(mounts, other, path);
}

/* The path of the source of step I. */
static char *source_path(const struct staging *staging, size_t i, struct arena *arena)
{
	return arena_printf(arena, "%s/%zu%s", staging->folder, i, staging->within[i]);
}

/* A mount NAME below bind mounts is looked for below the source of the closest, which has the longest target. */
static void add_below(const struct staging *staging, const char *name, struct arena *arena, struct wire_list *mounts)
{
	size_t best = 0, longest = 0;

	for (size_t i = 0; i < staging->plan->rootfs.n_steps; i++) {
		const struct step *step = &staging->plan->rootfs.steps[i];
		if (step->action != STEP_BIND || !step->recursive || staging->mount[i] < 0)
			continue;
		const char *target = external_name(arena, step->target);
		size_t n = strlen(target);
		if (n >= longest && !strncmp(name, target, n) && name[n] == '/') {
			longest = n;
			best = i;
		}
	}
	/* The name comes from an untrusted file: ".." would lead out of the source. */
	if (longest && !strstr(name + longest, "/.."))
		criu_add_pair(mounts, name,
			      arena_printf(arena, "%s%s", source_path(staging, best, arena), name + longest));
}

static bool is_named(const struct wire_list *mounts, const char *name)
{
	const struct criu_pair *pairs = mounts->items;

	for (size_t i = 0; i < mounts->n; i++)
		if (!strcmp(pairs[i].key, name))
			return true;
	return false;
}

void staging_names(const struct staging *staging, char **below, size_t n_below, struct arena *arena, const char **root,
		   struct wire_list *mounts)
{
	const struct rootfs_sources *sources = staging->sources;
	const struct step *steps = staging->plan->rootfs.steps;
	const char *null = arena_printf(arena, "%s/null", staging->folder);

	*root = arena_printf(arena, "%s/root", staging->folder);
	for (size_t i = 0; i < staging->plan->rootfs.n_steps; i++) {
		if (steps[i].action == STEP_MASK)
			add(sources, steps[i].target, null, arena, mounts);
		else if (staging->mount[i] >= 0)
			add(sources, steps[i].target, source_path(staging, i, arena), arena, mounts);
	}
	for (size_t i = 0; i < sources->n_cgroups; i++) {
		const struct cgroup_source *source = &sources->cgroups[i];
		if (source->mount >= 0 && source->name[0])
			add(sources, arena_printf(arena, "%s/%s", steps[source->step].target, source->name),
			    arena_printf(arena, "%s/c%zu", staging->folder, i), arena, mounts);
	}
	for (size_t i = 0; i < n_below; i++)
		if (below[i])
			add_below(staging, below[i], arena, mounts);
	/* runc's name for everything masked, unless a bind mount has it, as devices in a user namespace do. */
	if (!is_named(mounts, "/dev/null"))
		criu_add_pair(mounts, "/dev/null", null);
}

/* ---- mounts ------------------------------------------------------------------- */

/* Attach MOUNT to a new NAME in FOLDER, a folder or a file as needed. */
static int stage(int folder, const char *name, int mount, struct error *err)
{
	struct stat st;

	if (fstat(mount, &st) < 0)
		return fail(err, errno, "look at a mount source");
	if (S_ISDIR(st.st_mode) ? mkdirat(folder, name, 0700) < 0 : mknodat(folder, name, S_IFREG | 0600, 0) < 0)
		return fail(err, errno, "make %s for criu", name);
	auto_fd target = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0)
		return fail(err, errno, "open %s for criu", name);
	return mount_attach(mount, target, err);
}

/* The same for a mount source, made shared: if the mount was a slave, CRIU refuses a source that is private, as it
 * would be on a host without shared mounts. */
static int stage_source(int folder, const char *name, int mount, struct error *err)
{
	return mount_change(mount, 0, 0, MS_SHARED, true, err) < 0 ? -1 : stage(folder, name, mount, err);
}

static int stage_all(const struct staging *staging, int folder, struct error *err)
{
	const struct rootfs_sources *sources = staging->sources;
	const struct rootfs_plan *rootfs = &staging->plan->rootfs;
	char name[32];

	if (stage(folder, "root", sources->root, err) < 0)
		return wrap(err, "show the root file system to criu");
	if (sources->null.fd >= 0 && stage(folder, "null", sources->null.fd, err) < 0)
		return wrap(err, "show /dev/null to criu");
	for (size_t i = 0; i < rootfs->n_steps; i++) {
		snprintf(name, sizeof name, "%zu", i);
		if (staging->mount[i] >= 0 && stage_source(folder, name, staging->mount[i], err) < 0) {
			wrap(err, "show the source of %s to criu", rootfs->steps[i].target);
			return blame(err, rootfs->steps[i].pointer);
		}
	}
	for (size_t i = 0; i < sources->n_cgroups; i++) {
		snprintf(name, sizeof name, "c%zu", i);
		if (sources->cgroups[i].mount >= 0 && stage_source(folder, name, sources->cgroups[i].mount, err) < 0)
			return wrap(err, "show the cgroup %s to criu", sources->cgroups[i].name);
	}
	return 0;
}

/* True if a file system of the config is at or above the target of STEP: its contents come from the images. */
static bool is_restored(const struct plan *plan, const struct step *step)
{
	for (const struct step *s = plan->rootfs.steps; s < step; s++) {
		size_t n = strlen(s->target ? s->target : "");
		if ((s->action == STEP_MOUNT || s->action == STEP_CGROUP) && !strncmp(step->target, s->target, n) &&
		    step->target[n] == '/')
			return true;
	}
	return false;
}

/* Make the mount point of STEP and, if it is a bind mount, attach its source for now: others may have their mount
 * points in it. */
static int make_mount_point(const struct rootfs_sources *sources, const struct step *step, int source,
			    struct error *err)
{
	struct stat st = { .st_mode = S_IFDIR };

	if (source >= 0 && fstat(source, &st) < 0)
		return fail(err, errno, "look at the source of %s", step->target);
	auto_fd target = S_ISDIR(st.st_mode) ? path_make_dir(sources->root, step->target, 0755, NULL, err) :
					       path_make_file(sources->root, step->target, 0755, err);
	if (target < 0)
		return -1;
	/* Private: if the config asks for a shared mount, anything mounted in it would appear on the host. */
	if (source >= 0 && mount_change(source, 0, 0, MS_PRIVATE, true, err) < 0)
		return -1;
	return source < 0 ? 0 : mount_attach(source, target, err);
}

/* If it is read-only and has mount points of others, its writable copy. */
static int for_now(const struct rootfs_sources *sources, size_t i)
{
	return sources->fill[i] >= 0 ? sources->fill[i] : sources->step[i];
}

static int make_mount_points(const struct staging *staging, struct error *err)
{
	const struct rootfs_plan *rootfs = &staging->plan->rootfs;
	const struct rootfs_sources *sources = staging->sources;
	int result = 0;

	for (size_t i = 0; i < rootfs->n_early && result == 0; i++) {
		const struct step *step = &rootfs->steps[i];
		bool makes = step->action == STEP_BIND || step->action == STEP_DEVICE ? is_source(sources, i)
										      : step->action == STEP_MOUNT;
		if (makes && !is_restored(staging->plan, step) &&
		    make_mount_point(sources, step, for_now(sources, i), err) < 0) {
			wrap(err, "make the mount point %s", step->target);
			result = blame(err, step->pointer);
		}
	}
	/* CRIU mounts them itself. */
	for (size_t i = rootfs->n_early; i-- > 0; ) {
		char name[FD_NAME];
		if (is_source(sources, i))
			umount2(fd_name(for_now(sources, i), name), MNT_DETACH);
	}
	return result;
}

static bool is_sealed(const struct plan *plan)
{
	for (size_t i = 0; i < plan->rootfs.n_steps; i++)
		if (plan->rootfs.steps[i].action == STEP_SEAL && plan->rootfs.steps[i].of < 0)
			return true;
	return false;
}

int staging_enter(const struct staging *staging, struct error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return fail(err, errno, "make a mount namespace for criu");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return fail(err, errno, "cut criu's mounts off from the host's");
	/* Open it again by its path: an older descriptor would refer to the host's mount namespace. */
	auto_fd target = open(staging->folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0)
		return fail(err, errno, "open the folder for criu");
	auto_fd folder = mount_new("tmpfs", "criu", "mode=711", 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, err);
	if (folder < 0 || mount_attach(folder, target, err) < 0 || stage_all(staging, folder, err) < 0)
		return -1;
	if (mount_change(staging->sources->root, 0, 0, MS_PRIVATE, true, err) < 0)
		return wrap(err, "make the root file system private");
	if (make_mount_points(staging, err) < 0)
		return -1;
	/* Shared like the sources: runc's root is a slave. */
	if (mount_change(staging->sources->root, 0, 0, MS_SHARED, false, err) < 0)
		return wrap(err, "make the root file system shared for criu");
	/* CRIU 4.1 restores a read-only root writable. */
	if (is_sealed(staging->plan) && mount_change(staging->sources->root, MOUNT_ATTR_RDONLY, 0, 0, false, err) < 0)
		return wrap(err, "make the root file system read-only");
	return 0;
}

int staging_reopen(int fd, struct error *err)
{
	char path[PATH_MAX];
	struct stat before, now;

	if (!fd_path(fd, path))
		return fail(err, errno, "find the path of criu's folder");
	auto_fd folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return fail(err, errno, "open criu's folder %s", path);
	if (fstat(fd, &before) < 0 || fstat(folder, &now) < 0)
		return fail(err, errno, "look at criu's folder %s", path);
	if (before.st_dev != now.st_dev || before.st_ino != now.st_ino)
		return fail_code(err, ERROR_SYSTEM, "criu's folder %s is another one by now", path);
	return take_fd(folder);
}
