/*
 * path-walk.c - see path-walk.h
 *
 * Invariants:
 *  1. `at` was reached from the start by steps that each opened one name with
 *     O_NOFOLLOW in a folder held by descriptor.  So it is inside.
 *  2. `done` is the path of `at`, free of symlinks and dots.
 *
 * ".." is never given to the kernel: a folder that somebody moves out of the
 * root at that moment would have a parent outside.  Instead `done`, less its
 * last name, is walked again from the start.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/mountinfo.h"
#include "sys/path-walk.h"

#define MAX_LINKS 40	/* the kernel's own bound */

struct walk {
	int start, at;
	uint64_t resolve;
	unsigned links;
	char done[PATH_MAX];	/* "a/b" */
	char rest[2 * PATH_MAX];
};

static int refuse(int number)
{
	errno = number;
	return -1;
}

static int check_mount(const struct walk *w, int fd)
{
	uint64_t here, there;

	if (!(w->resolve & RESOLVE_NO_XDEV))
		return 0;
	if (!mount_id(w->start, &here) || !mount_id(fd, &there))
		return refuse(ENOSYS);
	return here == there ? 0 : refuse(EXDEV);
}

/* Hold FD in place of `at`. */
static void move_to(struct walk *w, int fd)
{
	if (w->at != w->start)
		close(w->at);
	w->at = fd;
}

/* One name down from `at`, not followed. */
static int step(const struct walk *w, const char *name)
{
	auto_fd fd = openat(w->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || check_mount(w, fd) < 0)
		return -1;
	return take_fd(fd);
}

static int walk_up(struct walk *w)
{
	char names[PATH_MAX], *name, *save = NULL;
	char *last = strrchr(w->done, '/');

	if (!*w->done)
		return w->resolve & RESOLVE_BENEATH ? refuse(EXDEV) : 0;
	*(last ? last : w->done) = '\0';
	memcpy(names, w->done, sizeof names);
	move_to(w, w->start);
	for (name = strtok_r(names, "/", &save); name; name = strtok_r(NULL, "/", &save)) {
		struct stat st;
		int fd = step(w, name);

		if (fd < 0)
			return -1;
		move_to(w, fd);
		/* It was a folder a moment ago.  The caller tries again. */
		if (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))
			return refuse(EAGAIN);
	}
	return 0;
}

/* A link that the kernel does not resolve by its text (/proc/1/root, /proc/self/fd/3).  In procfs all ordinary links
 * are in its root folder (self, mounts, net). */
static bool is_magic(const struct walk *w, int link)
{
	struct statfs fs;
	struct stat st;

	return !fstatfs(link, &fs) && fs.f_type == PROC_SUPER_MAGIC && !(!fstat(w->at, &st) && st.st_ino == 1);
}

/* Put the text of LINK before the rest. */
static int follow(struct walk *w, int link)
{
	char text[PATH_MAX], rest[sizeof w->rest];
	ssize_t n;

	if (w->resolve & RESOLVE_NO_SYMLINKS || ++w->links > MAX_LINKS)
		return refuse(ELOOP);
	if (is_magic(w, link))
		return refuse(w->resolve & RESOLVE_NO_MAGICLINKS ? ELOOP : EXDEV);
	n = readlinkat(link, "", text, sizeof text - 1);
	if (n < 0)
		return -1;
	if (n == 0)
		return refuse(ENOENT);
	text[n] = '\0';
	if (*text == '/') {
		if (!(w->resolve & RESOLVE_IN_ROOT))
			return refuse(EXDEV);
		move_to(w, w->start);
		*w->done = '\0';
	}
	if ((size_t) snprintf(rest, sizeof rest, "%s%s%s", text, *w->rest ? "/" : "", w->rest) >= sizeof rest)
		return refuse(ENAMETOOLONG);
	memcpy(w->rest, rest, sizeof rest);
	return 0;
}

static int append(struct walk *w, const char *name)
{
	size_t n = strlen(w->done);

	if ((size_t) snprintf(w->done + n, sizeof w->done - n, "%s%s", n ? "/" : "", name) >= sizeof w->done - n)
		return refuse(ENAMETOOLONG);
	return 0;
}

/* Open NAME, which FOUND holds, with the caller's flags. */
static int open_last(const struct walk *w, const char *name, int found, uint64_t flags, uint64_t mode)
{
	auto_fd fd = openat(w->at, name, (int) flags | O_NOFOLLOW | O_CLOEXEC, (mode_t) mode);
	struct stat a, b;

	/* It was no link when we looked. */
	if (fd < 0)
		return errno == ELOOP && !(flags & O_NOFOLLOW) ? refuse(EAGAIN) : -1;
	if (found >= 0 && (fstat(found, &a) < 0 || fstat(fd, &b) < 0 || a.st_dev != b.st_dev || a.st_ino != b.st_ino))
		return refuse(EAGAIN);
	if (check_mount(w, fd) < 0)
		return -1;
	return take_fd(fd);
}

/* Take the first name off the rest.  False if there is none.  *FOLDER: a slash came after it. */
static bool next_name(struct walk *w, char name[NAME_MAX + 2], bool *folder)
{
	char *p = w->rest + strspn(w->rest, "/");
	size_t n = strcspn(p, "/"), kept = n > NAME_MAX ? NAME_MAX + 1 : n;

	if (!n)
		return false;
	memcpy(name, p, kept);
	name[kept] = '\0';
	*folder = p[n] == '/';
	p += n;
	p += strspn(p, "/");
	memmove(w->rest, p, strlen(p) + 1);
	return true;
}

static int walk(struct walk *w, uint64_t flags, uint64_t mode)
{
	char name[NAME_MAX + 2];
	bool folder;

	while (next_name(w, name, &folder)) {
		bool last = !*w->rest;
		auto_fd fd = -1;
		struct stat st;

		if (strlen(name) > NAME_MAX)
			return refuse(ENAMETOOLONG);
		if (!strcmp(name, "."))
			continue;
		if (!strcmp(name, "..")) {
			if (walk_up(w) < 0)
				return -1;
			continue;
		}
		fd = step(w, name);
		if (fd < 0) {
			if (errno == ENOENT && last && !folder && flags & O_CREAT)
				return open_last(w, name, -1, flags, mode);
			return -1;
		}
		if (fstat(fd, &st) < 0)
			return -1;
		if (S_ISLNK(st.st_mode) && (!last || folder || !(flags & O_NOFOLLOW))) {
			if (last && flags & O_CREAT && flags & O_EXCL)
				return refuse(EEXIST);
			if (folder && last)
				memcpy(w->rest, "/", 2);
			if (follow(w, fd) < 0)
				return -1;
			continue;
		}
		if (last && !folder && !S_ISDIR(st.st_mode))
			return open_last(w, name, fd, flags, mode);
		if (!S_ISDIR(st.st_mode))
			return refuse(ENOTDIR);
		if (append(w, name) < 0)
			return -1;
		move_to(w, take_fd(fd));
	}
	/* A folder.  Duplicating its descriptor needs no right to search it; opening "." would. */
	if (flags & O_PATH && w->at != w->start)
		return fcntl(w->at, F_DUPFD_CLOEXEC, 0);
	return openat(w->at, ".", (int) flags | O_NOFOLLOW | O_CLOEXEC, (mode_t) mode);
}

int path_walk(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct walk w = { .start = dirfd, .at = dirfd, .resolve = resolve };
	int fd, number;

	if (!*path)
		return refuse(ENOENT);
	if ((size_t) snprintf(w.rest, sizeof w.rest, "%s", path) >= PATH_MAX)
		return refuse(ENAMETOOLONG);
	if (*path == '/' && !(resolve & RESOLVE_IN_ROOT))
		return refuse(EXDEV);
	fd = walk(&w, flags, mode);
	number = errno;
	move_to(&w, w.start);
	errno = number;
	return fd;
}
