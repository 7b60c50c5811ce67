/*
 * target.c - where a step works: looked up once, inside the root, and held
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"
#include "sys/path.h"

/* True if the config itself mounts a file system of TYPE, usually on PLACE, where PATH of STEP leads. */
static bool expects(const struct build *b, const struct step *step, const char *path, const char *type,
		    const char *place)
{
	if (text_lies_below(path, place))
		return true;
	for (const struct step *s = b->plan->rootfs.steps; s < step; s++) {
		bool mounts = s->action == STEP_MOUNT ? strcmp(s->type, type) == 0 :
			      s->action == STEP_BIND &&
			      (text_lies_below(s->source, place) || strcmp(s->source, "/") == 0);

		if (mounts && text_lies_below(path, s->target))
			return true;
	}
	return false;
}

bool target_is_root(struct build *b, int target, const struct stat *st)
{
	uint64_t id, root_id;

	if (!b->root.st_mode && fstat(b->rootfs->root, &b->root) < 0)
		return false;
	return st->st_ino == b->root.st_ino && st->st_dev == b->root.st_dev && mount_id(target, &id) &&
	       mount_id(b->rootfs->root, &root_id) && id == root_id;
}

int target_refuse_views(const struct build *b, const struct step *step, const char *path, int fd, struct error *err)
{
	static const struct { const char *type, *place; long magic; } views[] = {
		{ "proc", "/proc", PROC_SUPER_MAGIC }, { "sysfs", "/sys", SYSFS_MAGIC },
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return fail(err, errno, "look at %s in the container", path);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		if (fs.f_type == views[i].magic && !expects(b, step, path, views[i].type, views[i].place))
			return fail(err, EXDEV, "%s leads into %s by a symlink of the rootfs", path, views[i].place);
	return 0;
}

static int refuse_root(struct build *b, const struct step *step, int target, struct error *err)
{
	struct stat st;

	if (fstat(target, &st) < 0)
		return fail(err, errno, "look at %s in the container", step->target);
	if (target_is_root(b, target, &st))
		return fail(err, EXDEV, "%s leads to the root itself by a symlink of the rootfs", step->target);
	return 0;
}

/*
 * If the config puts PATH on the mount of an earlier step that is `filled`: its writable copy, and in *REST the path in
 * it.  Else -1.  What counts is the config, not where a link in the image leads: an image must not make anything there.
 */
static int fill_for(const struct build *b, const char *path, const char **rest)
{
	for (size_t i = b->at; i-- > 0 && b->sources;) {
		const struct step *s = &b->plan->rootfs.steps[i];

		if ((s->action != STEP_BIND && s->action != STEP_MOUNT && s->action != STEP_CGROUP) ||
		    !text_lies_below(path, s->target))
			continue;
		*rest = path + (s->target[1] ? strlen(s->target) : 0);
		return (*rest)[strspn(*rest, "/")] ? b->sources->fill[i] : -1;
	}
	return -1;
}

/* Make the target PATH if it lies on such a mount; *MADE (may be NULL): it is new.  What exists, even a link, is left
 * as it is. */
static int fill(const struct build *b, const char *path, bool folder, bool *made, struct error *err)
{
	char name[NAME_MAX + 1];
	const char *rest;
	const int copy = fill_for(b, path, &rest);

	if (made)
		*made = false;
	if (copy < 0)
		return 0;
	auto_fd parent = path_open_parent(copy, rest, true, name, err);

	if (parent < 0)
		return -1;
	if ((folder ? mkdirat(parent, name, 0755) : mknodat(parent, name, S_IFREG | 0755, 0)) == 0) {
		if (made)
			*made = true;
	} else if (errno != EEXIST) {
		return fail(err, errno, "make %s in the container", path);
	}
	return 0;
}

/* Open the last component itself, made if missing.  An existing link is not followed. */
static int open_no_follow(struct build *b, const struct step *step, bool folder, bool *made, struct error *err)
{
	char name[NAME_MAX + 1];
	auto_fd parent = path_open_parent(b->rootfs->root, step->target, true, name, err);

	if (parent < 0)
		return -1;
	int error = folder ? mkdirat(parent, name, 0755) : mknodat(parent, name, S_IFREG | 0755, 0);

	if (error < 0 && errno != EEXIST)
		return fail(err, errno, "make %s in the container", step->target);
	if (made)
		*made = error == 0;
	int fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(err, errno, "open %s in the container", step->target) : fd;
}

int target_open(struct build *b, const struct step *step, bool folder, bool *made, struct error *err)
{
	bool filled;

	if (plan_makes_root(step)) {
		if (made)
			*made = false;
		const int root = fcntl(b->rootfs->root, F_DUPFD_CLOEXEC, 3);
		return root < 0 ? fail(err, errno, "open the root") : root;
	}
	if (fill(b, step->target, folder, &filled, err) < 0)
		return -1;
	auto_fd target = step->no_follow_target ? open_no_follow(b, step, folder, made, err) :
			 folder ? path_make_dir(b->rootfs->root, step->target, 0755, made, err) :
			 path_make_file(b->rootfs->root, step->target, 0755, err);

	if (target < 0 || refuse_root(b, step, target, err) < 0 ||
	    target_refuse_views(b, step, step->target, target, err) < 0)
		return -1;
	if (made)
		*made |= filled;
	return take_fd(target);
}

int target_open_plain_folder(struct build *b, const struct step *step, bool *made, struct error *err)
{
	struct stat st;

	if (fill(b, step->target, true, NULL, err) < 0)
		return -1;
	auto_fd target = open_no_follow(b, step, true, made, err);

	if (target < 0)
		return -1;
	if (fstat(target, &st) < 0)
		return fail(err, errno, "look at %s in the container", step->target);
	/* CVE-2023-27561, CVE-2023-28642, CVE-2019-19921: a rootfs that redirects /proc. */
	if (!S_ISDIR(st.st_mode))
		return fail(err, ENOTDIR, "filesystem \"%s\" must be mounted on ordinary directory: %s", step->type,
			    step->target);
	return take_fd(target);
}

void target_forget(struct build *b)
{
	cleanup_close(&b->folder_fd);
	b->folder_filled = false;
}

/* COPY: the writable copy in which PATH is REST, or -1. */
static int parent_in(struct build *b, const char *path, int copy, const char *rest, char *name, struct error *err)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t) (slash - path) : sizeof b->folder;
	const char *last = slash ? slash + 1 : "";

	if (b->folder_fd >= 0 && b->folder_filled == (copy >= 0) &&
	    n == strlen(b->folder) && memcmp(b->folder, path, n) == 0 &&
	    *last && strlen(last) <= NAME_MAX && strcmp(last, ".") != 0 && strcmp(last, "..") != 0) {
		memcpy(name, last, strlen(last) + 1);
		return b->folder_fd;
	}
	target_forget(b);
	b->folder_fd = path_open_parent(copy >= 0 ? copy : b->rootfs->root, copy >= 0 ? rest : path, true, name, err);
	b->folder_filled = copy >= 0;
	/* Too long a path is not remembered: none compares equal to "?". */
	snprintf(b->folder, sizeof b->folder, "%.*s", n < sizeof b->folder ? (int) n : 1,
		 n < sizeof b->folder ? path : "?");
	return b->folder_fd;
}

int target_parent(struct build *b, const char *path, char *name, struct error *err)
{
	const char *rest = NULL;
	const int copy = fill_for(b, path, &rest);

	return parent_in(b, path, copy, rest, name, err);
}

int target_parent_of_file(struct build *b, const char *path, char *name, struct error *err)
{
	return fill(b, path, false, NULL, err) < 0 ? -1 : parent_in(b, path, -1, NULL, name, err);
}

int target_attach(int mount, int target, const struct step *step, struct error *err)
{
	struct stat what, where;

	if (mount_attach(mount, target, err) == 0)
		return 0;
	if (fstat(mount, &what) == 0 && fstat(target, &where) == 0 && S_ISDIR(what.st_mode) != S_ISDIR(where.st_mode))
		return fail(err, ENOTDIR, "%s is a %s, but %s in the container is %s",
			    step->source ? step->source : step->type ? step->type : "the source",
			    S_ISDIR(what.st_mode) ? "folder" : "file", step->target,
			    S_ISDIR(where.st_mode) ? "a folder" : "none");
	return -1;
}

int target_propagate(int mount, const struct step *step, struct error *err)
{
	for (unsigned i = 0; i < step->n_propagation; i++) {
		const uint64_t propagation = step->propagation[i];

		if (mount_change(mount, 0, 0, propagation & ~(uint64_t) MS_REC, propagation & MS_REC, err) < 0)
			return wrap(err, "set the propagation of %s", step->target);
	}
	return 0;
}
