/*
 * copy-up.c - a tmpfs that begins as a copy of what it covers (tmpcopyup)
 *
 * Everything is reached by name below a descriptor, never through a symlink.
 * The size is bounded by the tmpfs, the depth and the number of entries here:
 * the folder comes from an image.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rootfs/steps.h"

#define MAX_DEPTH   64
#define MAX_ENTRIES (1u << 20)

struct copying {
	unsigned depth, entries;
	struct error *err;
};

static void cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Copy those extended attributes that the tmpfs accepts: file capabilities, ACLs, labels. */
static void copy_xattrs(int from, int to)
{
	char names[8192], value[4096];
	const ssize_t n = flistxattr(from, names, sizeof names);

	for (const char *name = names; n > 0 && name < names + n; name += strlen(name) + 1) {
		const ssize_t length = fgetxattr(from, name, value, sizeof value);

		if (length >= 0)
			(void) !fsetxattr(to, name, value, (size_t) length, 0);
	}
}

/* An owner that the user namespace has no id for (EINVAL) cannot be copied: then the copy is ours.  The mode comes
 * last, since chown(2) clears bits of it. */
static int copy_attributes(int from, int to, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (fchown(to, st->st_uid, st->st_gid) < 0 && errno != EINVAL)
		return -1;
	copy_xattrs(from, to);
	if (fchmod(to, st->st_mode & 07777) < 0)
		return -1;
	return futimens(to, times);
}

static int copy_file(struct copying *c, int from_folder, int to_folder, const char *name)
{
	/* O_NONBLOCK: it could be a FIFO by now. */
	auto_fd from = openat(from_folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	auto_fd to = from < 0 ? -1 : openat(to_folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat st;
	ssize_t n;

	if (to < 0 || fstat(from, &st) < 0)
		return fail(c->err, errno, "copy the file %s", name);
	if (!S_ISREG(st.st_mode))
		return fail(c->err, 0, "copy the file %s: it was replaced meanwhile", name);
	while ((n = sendfile(to, from, NULL, 1u << 30)) != 0)
		if (n < 0 && errno != EINTR)
			return fail(c->err, errno, "copy the file %s", name);
	return copy_attributes(from, to, &st) < 0 ? fail(c->err, errno, "copy the attributes of %s", name) : 0;
}

static int copy_link(struct copying *c, int from, int to, const char *name, const struct stat *st)
{
	char text[PATH_MAX];
	const ssize_t n = readlinkat(from, name, text, sizeof text - 1);

	if (n < 0)
		return fail(c->err, errno, "read the link %s", name);
	text[n] = '\0';
	if (symlinkat(text, to, name) < 0 ||
	    (fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 && errno != EINVAL))
		return fail(c->err, errno, "copy the link %s", name);
	return 0;
}

/* Device nodes, FIFOs, sockets.  In a user namespace no device can be made: it is left out, and could not be used
 * anyway. */
static int copy_node(struct copying *c, int to, const char *name, const struct stat *st)
{
	if (mknodat(to, name, st->st_mode, st->st_rdev) < 0)
		return errno == EPERM ? 0 : fail(c->err, errno, "copy the node %s", name);
	if (fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 && errno != EINVAL)
		return fail(c->err, errno, "copy the owner of %s", name);
	return 0;
}

static int copy_entries(struct copying *c, int from, int to);

static int copy_folder(struct copying *c, int from_folder, int to_folder, const char *name, const struct stat *st)
{
	if (mkdirat(to_folder, name, 0700) < 0)
		return fail(c->err, errno, "make the folder %s", name);
	auto_fd from = openat(from_folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	auto_fd to = openat(to_folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (from < 0 || to < 0)
		return fail(c->err, errno, "open the folder %s", name);
	if (copy_entries(c, from, to) < 0)
		return wrap(c->err, "%s", name);
	return copy_attributes(from, to, st) < 0 ? fail(c->err, errno, "copy the attributes of %s", name) : 0;
}

static int copy_entry(struct copying *c, int from, int to, const char *name)
{
	struct stat st;

	if (++c->entries > MAX_ENTRIES)
		return fail(c->err, EFBIG, "there are more than %u files", MAX_ENTRIES);
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(c->err, errno, "look at %s", name);
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return copy_folder(c, from, to, name, &st);
	case S_IFREG:
		return copy_file(c, from, to, name);
	case S_IFLNK:
		return copy_link(c, from, to, name, &st);
	default:
		return copy_node(c, to, name, &st);
	}
}

static int copy_entries(struct copying *c, int from, int to)
{
	/* A stream of its own: it closes its descriptor. */
	auto_fd own = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir __attribute__((cleanup(cleanup_dir))) = own < 0 ? NULL : fdopendir(own);
	const struct dirent *entry;

	if (!dir)
		return fail(c->err, errno, "read a folder");
	own = -1;
	if (++c->depth > MAX_DEPTH)
		return fail(c->err, ELOOP, "there are more than %d folders in each other", MAX_DEPTH);
	while ((errno = 0, entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (copy_entry(c, from, to, entry->d_name) < 0)
			return -1;
	}
	if (errno)
		return fail(c->err, errno, "read a folder");
	c->depth--;
	return 0;
}

int copy_up(int from, int to, struct error *err)
{
	struct copying c = { .err = err };

	return copy_entries(&c, from, to);
}
