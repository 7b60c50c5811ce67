/* path.c - see path.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "sys/disable.h"
#include "sys/path-walk.h"
#include "sys/path.h"

#define IN_ROOT (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)

/* A rename or mount anywhere on the machine can make a look-up of ".." uncertain (EAGAIN).  Without malice that does
 * not happen 128 times in a row. */
#define MAX_TRIES 128

/* The most dangling links on the way to what is to be made; the kernel's bound for other links is the same. */
#define MAX_LINKS 40

static int open_once(int dirfd, const char *path, const struct open_how *how)
{
	int fd;

	if (disabled("openat2"))
		return path_walk(dirfd, path, how->flags, how->mode, how->resolve);
	fd = (int) syscall(SYS_openat2, dirfd, path, how, sizeof *how);
	/* EPERM is the answer of seccomp filters from before 5.6.  If it came from the file, it comes again. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return path_walk(dirfd, path, how->flags, how->mode, how->resolve);
	return fd;
}

int path_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve };
	int fd = -1;

	for (int i = 0; i < MAX_TRIES; i++) {
		fd = open_once(dirfd, path, &how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

/* openat2() gives ELOOP both for a magic link and for too many links.  Without NO_MAGICLINKS it gives EXDEV for the
 * former (and goes no further, as long as IN_ROOT is set). */
static bool magic_link_on(int root, const char *path, uint64_t flags)
{
	auto_fd fd = path_openat2(root, path, flags | O_PATH, 0, RESOLVE_IN_ROOT);

	return fd < 0 && errno == EXDEV;
}

static int explain_open(int root, const char *path, uint64_t flags, int number, struct error *err)
{
	if (number == ELOOP && magic_link_on(root, path, flags & (O_NOFOLLOW | O_DIRECTORY)))
		number = EXDEV;
	if (number == EXDEV)
		fail(err, number, "open %s in the container: it leads out through a magic link of /proc", path);
	else if (number == EAGAIN)
		fail(err, number, "open %s in the container: its folders keep being renamed", path);
	else
		fail(err, number, "open %s in the container", path);
	errno = number;
	return -1;
}

static int open_in_root(int root, const char *path, int flags)
{
	uint64_t all = (uint64_t) (unsigned) flags;

	/* openat2() refuses flags that make no sense with O_PATH. */
	if (!(flags & O_PATH))
		all |= O_NOCTTY;
	return path_openat2(root, *path ? path : ".", all, 0, IN_ROOT);
}

int path_open(int root, const char *path, int flags, struct error *err)
{
	int fd = open_in_root(root, path, flags);

	return fd < 0 ? explain_open(root, path, (uint64_t) (unsigned) flags, errno, err) : fd;
}

int path_open_beneath(int dirfd, const char *path, int flags, struct error *err)
{
	uint64_t all = (uint64_t) (unsigned) flags | (flags & O_PATH ? 0 : O_NOCTTY);
	int number, fd = path_openat2(dirfd, path, all, 0,
				      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);

	if (fd >= 0)
		return fd;
	number = errno;
	if (number == EXDEV)
		fail(err, number, "open %s: another mount lies over it, or it leads out", path);
	else if (number == ELOOP)
		fail(err, number, "open %s: a symbolic link is on the way", path);
	else
		fail(err, number, "open %s", path);
	errno = number;
	return -1;
}

void path_clean(const char *path, char *out)
{
	char *end = out;

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (end > out && *--end != '/')
				;
		} else if (n > 0 && !(n == 1 && *path == '.')) {
			*end++ = '/';
			memcpy(end, path, n);
			end += n;
		}
		path += n;
		path += strspn(path, "/");
	}
	if (end == out)
		*end++ = '/';
	*end = '\0';
}

static bool has_dot_dot(const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.')
			return true;
		path += n;
		path += strspn(path, "/");
	}
	return false;
}

static int fail_errno(struct error *err, int number, const char *action, const char *path)
{
	fail(err, number, "%s %s in the container", action, path);
	errno = number;
	return -1;
}

/* Paths of a config may lack the first slash; in messages there is one, and only one.  The caller frees. */
static char *from_root(const char *path)
{
	return xasprintf("/%s", path + strspn(path, "/"));
}

/* The last folder on the way to PATH that exists, O_PATH; *REST is what follows it.  PATH begins with "/". */
static int open_existing(int root, const char *path, const char **rest, struct error *err)
{
	auto_free char *head = xstrdup(path);
	size_t n = strlen(path);

	for (;;) {
		int fd;

		while (n > 1 && path[n - 1] != '/')
			n--;
		while (n > 1 && path[n - 1] == '/')
			n--;
		head[n] = '\0';
		fd = open_in_root(root, head, O_PATH | O_DIRECTORY);
		if (fd >= 0) {
			*rest = path + n + strspn(path + n, "/");
			return fd;
		}
		if (errno != ENOENT || n == 1)
			return explain_open(root, head, O_DIRECTORY, errno, err);
	}
}

/* mkdirat(2) with exactly MODE. */
static int make_exactly(int at, const char *name, mode_t mode)
{
	mode_t old = umask(0);
	int result = mkdirat(at, name, mode);

	umask(old);
	return result;
}

/* The folder NAME in AT, made unless it exists.  PATH is for the message. */
static int make_step(int at, const char *name, mode_t mode, bool *made, const char *path, struct error *err)
{
	int fd;

	*made = !make_exactly(at, name, mode);
	if (!*made && errno != EEXIST)
		return fail_errno(err, errno, "make the folder", path);
	/* If it was swapped for a link meanwhile, that is not followed. */
	fd = openat(at, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail_errno(err, errno, "make the folder", path) : fd;
}

/* The folders REST below AT, which this closes. */
static int make_steps(int at, const char *rest, mode_t mode, bool *made, const char *path, struct error *err)
{
	auto_fd here = at;
	char name[NAME_MAX + 1];

	while (*rest) {
		size_t n = strcspn(rest, "/");
		int next;

		if (n > NAME_MAX)
			return fail_errno(err, ENAMETOOLONG, "make the folder", path);
		memcpy(name, rest, n);
		name[n] = '\0';
		next = make_step(here, name, mode, made, path, err);
		if (next < 0)
			return -1;
		close(here);
		here = next;
		rest += n;
		rest += strspn(rest, "/");
	}
	return take_fd(here);
}

/*
 * The path is HEAD, which exists and is the folder AT, plus REST.  If the first
 * name of REST is a link all the same, it dangles: then this returns the path
 * that it leads to, else NULL.  Images have such links (/etc/resolv.conf to
 * ../run/systemd/resolve/..., /var/run to a /run that is missing), and to mount
 * something there the target must be made.
 */
static char *through_dangling(int at, const char *head, size_t n_head, const char *rest)
{
	char name[NAME_MAX + 1], text[PATH_MAX];
	size_t n = strcspn(rest, "/");
	ssize_t length;

	if (n > NAME_MAX)
		return NULL;
	memcpy(name, rest, n);
	name[n] = '\0';
	length = readlinkat(at, name, text, sizeof text - 1);
	if (length <= 0)
		return NULL;
	text[length] = '\0';
	return *text == '/' ? xasprintf("%s%s", text, rest + n)
			    : xasprintf("%.*s%s%s", (int) n_head, head, text, rest + n);
}

static int make_dir(int root, const char *path, mode_t mode, bool *made, unsigned links, struct error *err)
{
	auto_free char *absolute = from_root(path), *other = NULL;
	const char *rest = "";
	int fd = open_in_root(root, absolute, O_PATH | O_DIRECTORY);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return explain_open(root, path, O_DIRECTORY, errno, err);
	fd = open_existing(root, absolute, &rest, err);
	if (fd < 0)
		return -1;
	other = through_dangling(fd, absolute, (size_t) (rest - absolute), rest);
	if (!other && has_dot_dot(rest)) {
		/* ".." after what does not exist yet can only be resolved as text. */
		other = xmalloc(strlen(path) + 2);
		path_clean(path, other);
	}
	if (other) {
		close(fd);
		return links ? make_dir(root, other, mode, made, links - 1, err)
			     : fail_errno(err, ELOOP, "make the folder", path);
	}
	other = xmalloc(strlen(rest) + 2);
	path_clean(rest, other);
	return make_steps(fd, other + 1, mode, made, path, err);
}

int path_make_dir(int root, const char *path, mode_t mode, bool *made, struct error *err)
{
	bool ignored;

	if (!made)
		made = &ignored;
	*made = false;
	return make_dir(root, path, mode, made, MAX_LINKS, err);
}

int path_open_parent(int root, const char *path, bool make, char *name, struct error *err)
{
	auto_free char *folder = from_root(path);
	size_t n = strlen(folder);
	char *last;

	while (n > 1 && folder[n - 1] == '/')
		folder[--n] = '\0';
	last = strrchr(folder, '/');
	if (!last[1] || !strcmp(last, "/.") || !strcmp(last, "/..")) {
		fail(err, 0, "%s in the container has no name of its own", path);
		err->number = errno = EINVAL;
		return -1;
	}
	if (strlen(last + 1) > NAME_MAX)
		return fail_errno(err, ENAMETOOLONG, "open", path);
	memcpy(name, last + 1, strlen(last + 1) + 1);
	last[last == folder] = '\0';
	return make ? path_make_dir(root, folder, 0755, NULL, err) : path_open(root, folder, O_PATH | O_DIRECTORY, err);
}

/* Where the last name of PATH begins. */
static const char *last_name(const char *path)
{
	size_t n = strlen(path);

	while (n > 0 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	return path + n;
}

/* mknod(2) never follows or opens what somebody else has put there. */
static int make_empty(int parent, const char *name, mode_t mode)
{
	mode_t old = umask(0);
	int result = mknodat(parent, name, S_IFREG | (mode & 07777), 0);

	umask(old);
	return result;
}

static int make_file(int root, const char *path, mode_t mode, unsigned links, struct error *err)
{
	auto_free char *other = NULL;
	auto_fd parent = -1;
	char name[NAME_MAX + 1];
	struct stat st;
	int fd = open_in_root(root, path, O_PATH);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return explain_open(root, path, 0, errno, err);
	parent = path_open_parent(root, path, true, name, err);
	if (parent < 0)
		return -1;
	if (make_empty(parent, name, mode) < 0 && errno != EEXIST)
		return fail_errno(err, errno, "make the file", path);
	fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(err, errno, "open the new file", path);
	if (!fstat(fd, &st) && !S_ISLNK(st.st_mode))
		return fd;
	close(fd);
	/* NAME is the last name of PATH, perhaps followed by slashes. */
	other = through_dangling(parent, path, (size_t) (last_name(path) - path), name);
	return other && links ? make_file(root, other, mode, links - 1, err)
			      : fail_errno(err, ELOOP, "make the file", path);
}

int path_make_file(int root, const char *path, mode_t mode, struct error *err)
{
	return make_file(root, path, mode, MAX_LINKS, err);
}

bool path_is_device(int fd, unsigned major, unsigned minor)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISCHR(st.st_mode) && st.st_rdev == makedev(major, minor);
}
