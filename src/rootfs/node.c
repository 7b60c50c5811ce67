/*
 * node.c - the steps that make a device node, a symlink, a place for the terminal
 *
 * All work by name below a pinned folder inside the root and check what they
 * made: if the /dev of a rootfs is a link to somewhere else, the nodes still
 * end up inside the rootfs (CVE-2026-41579, CVE-2026-47766).
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"
#include "sys/fd.h"
#include "sys/mountfd.h"
#include "sys/workshop.h"

static bool is_device(const struct stat *st, const struct step *step)
{
	if ((st->st_mode & S_IFMT) != (step->mode & S_IFMT))
		return false;
	return S_ISFIFO(st->st_mode) || st->st_rdev == makedev(step->major, step->minor);
}

/* Give the new node NAME its owner, and its mode, which the folder's default ACL may have changed. */
static int set_owner(int parent, const char *name, const struct step *step, struct error *err)
{
	auto_fd node = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char path[FD_NAME];
	struct stat st;

	if (node < 0 || fstat(node, &st) < 0)
		return fail(err, errno, "open the new node");
	if (!is_device(&st, step))
		return fail(err, EEXIST, "the new node was replaced meanwhile");
	if (fchownat(node, "", step->uid, step->gid, AT_EMPTY_PATH) < 0)
		return fail(err, errno, "give it to %u:%u", (unsigned) step->uid, (unsigned) step->gid);
	/* fchmod(2) refuses an O_PATH descriptor, and chown(2) clears some bits. */
	if (chmod(fd_name(node, path), step->mode & 07777) < 0)
		return fail(err, errno, "set its mode");
	return 0;
}

static int make_node(struct build *b, const struct step *step, struct error *err)
{
	char name[NAME_MAX + 1];
	struct stat st;
	const int parent = target_parent(b, step->target, name, err);

	if (parent < 0)
		return -1;
	const int number = mknodat(parent, name, step->mode, makedev(step->major, step->minor)) < 0 ? errno : 0;

	if (number && number != EEXIST)
		return fail(err, number, "mknod");
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(err, errno, "look at the node");
	/* runtime-spec, config-linux.md: if it exists but is something else that is an error; otherwise it stays. */
	if (!is_device(&st, step))
		return S_ISFIFO(step->mode) ? fail(err, EEXIST, "what is there is no FIFO") :
		       fail(err, EEXIST, "what is there is not %s device %u:%u",
			    S_ISBLK(step->mode) ? "block" : "character", step->major, step->minor);
	if (number || (st.st_uid == step->uid && st.st_gid == step->gid && st.st_mode == step->mode))
		return 0;
	return set_owner(parent, name, step, err);
}

/* Bind the host's own node, which the plan chooses where mknod(2) is refused. */
static int bind_node(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	auto_fd mount = source_take(b, i, err);

	if (mount < 0)
		return -1;
	auto_fd target = target_open(b, step, false, NULL, err);

	if (target < 0)
		return -1;
	return target_attach(mount, target, step, err);
}

int step_device(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];

	if (!step->source && !step->outside)
		return make_node(b, step, err);
	if (!b->rootfs->may_mount)
		return fail_at(err, step->pointer, "to bind a device needs a mount namespace of the container's own");
	return bind_node(b, i, err);
}

int step_symlink(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	char name[NAME_MAX + 1], text[PATH_MAX];
	const int parent = target_parent(b, step->target, name, err);

	if (parent < 0)
		return -1;
	if (symlinkat(step->source, parent, name) == 0)
		return 0;
	if (errno != EEXIST)
		return fail(err, errno, "symlink to %s", step->source);
	/* What an image brings stays, except its /dev/ptmx: that would be the host's pty driver. */
	if (strcmp(name, "ptmx") != 0)
		return 0;
	const ssize_t n = readlinkat(parent, name, text, sizeof text);

	if (n == (ssize_t) strlen(step->source) && memcmp(text, step->source, (size_t) n) == 0)
		return 0;
	/* EBUSY: the config has mounted something there itself. */
	if (unlinkat(parent, name, 0) < 0)
		return errno == EBUSY ? 0 : fail(err, errno, "replace the old one");
	if (symlinkat(step->source, parent, name) < 0)
		return fail(err, errno, "symlink to %s", step->source);
	return 0;
}

/* The place for the terminal: a file of its own, never the target of a link (CVE-2025-52565, CVE-2026-88264). */
int step_console(struct build *b, size_t i, struct error *err)
{
	const struct step *step = &b->plan->rootfs.steps[i];
	char name[NAME_MAX + 1];
	struct stat st;
	const int parent = target_parent_of_file(b, step->target, name, err);

	if (parent < 0)
		return -1;
	if (mknodat(parent, name, S_IFREG | 0620, 0) < 0 && errno != EEXIST)
		return fail(err, errno, "make the file");
	auto_fd file = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (file < 0 || fstat(file, &st) < 0)
		return fail(err, errno, "open the file");
	if (S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode))
		return fail(err, S_ISLNK(st.st_mode) ? ELOOP : EISDIR, "no terminal can be mounted there");
	b->rootfs->console = take_fd(file);
	return 0;
}

int rootfs_console(struct rootfs *rootfs, int peer, struct error *err)
{
	if (rootfs->console < 0)
		return 0;
	/* By descriptor: /dev/pts/N could be anybody's by now. */
	if (mount_workshop_open(false, err) < 0)
		return -1;
	auto_fd mount = mount_clone(peer, "", false, false, err), paused = -1;

	if (mount < 0 || sharing_pause(rootfs->plan, rootfs->console, &paused, err) < 0 ||
	    mount_attach(mount, rootfs->console, err) < 0 || sharing_resume(&paused, err) < 0 ||
	    mount_workshop_close(err) < 0)
		return wrap(err, "mount the terminal on /dev/console");
	close(rootfs->console);
	rootfs->console = -1;
	return 0;
}
