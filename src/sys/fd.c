/* fd.c - see fd.h */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "sys/disable.h"
#include "sys/fd.h"

static ssize_t read_some(int fd, void *bytes, size_t n)
{
	ssize_t got;

	do
		got = read(fd, bytes, n);
	while (got < 0 && errno == EINTR);
	return got;
}

char *fd_read_all(int fd, size_t max, size_t *n, struct error *err)
{
	size_t room = 4096, used = 0;
	auto_free char *text = NULL;

	/* fstat(2) knows no size for files in /proc: read until the end. */
	for (;;) {
		ssize_t got;

		text = xrealloc(text, room);
		got = read_some(fd, text + used, room - used - 1);
		if (got < 0) {
			fail(err, errno, "read");
			return NULL;
		}
		if (got == 0)
			break;
		used += (size_t) got;
		if (used > max) {
			fail(err, EFBIG, "read more than %zu bytes", max);
			return NULL;
		}
		if (used == room - 1)
			room *= 2;
	}
	text[used] = '\0';
	if (n)
		*n = used;
	return take(text);
}

int fd_write_all(int fd, const void *bytes, size_t n, const char *name, struct error *err)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fail(err, errno, "write %s", name);
		p += put;
		n -= (size_t) put;
	}
	return 0;
}

int fd_put(int fd, const char *text, const char *name, struct error *err)
{
	size_t n = strlen(text), shown = strcspn(text, "\n");
	ssize_t put;

	do
		put = write(fd, text, n);
	while (put < 0 && errno == EINTR);
	if (put == (ssize_t) n)
		return 0;
	/* The reader needs to know the value; the first line of a list will do. */
	return fail(err, put < 0 ? errno : EIO, "write \"%.*s%s\" to %s", shown > 80 ? 80 : (int) shown, text,
		    shown > 80 || (text[shown] && text[shown + 1]) ? "..." : "", name);
}

int file_put(int dirfd, const char *path, const char *text, struct error *err)
{
	/* A FIFO somebody put there must not stop us. */
	auto_fd fd = openat(dirfd, path, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return fail(err, errno, "open %s for writing", path);
	return fd_put(fd, text, path, err);
}

char *file_get(int dirfd, const char *path, struct error *err)
{
	auto_fd fd = openat(dirfd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	char *text;

	if (fd < 0) {
		fail(err, errno, "open %s", path);
		return NULL;
	}
	if (!(text = fd_read_all(fd, 1 << 20, NULL, err)))
		wrap(err, "%s", path);
	return text;
}

bool file_exists(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool file_runs(const char *path)
{
	/* EPERM comes from a filter: a file gives EACCES.  By then the real ids equal the effective ones, but access(2)
	 * does not take capabilities into account. */
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 || (errno == EPERM && access(path, X_OK) == 0);
}

int folder_make_all(const char *path, struct error *err)
{
	auto_free char *copy = xstrdup(path);

	for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	for (char *p = copy; *p && (p = strchr(p + 1, '/'));) {
		*p = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return fail(err, errno, "make the folder %s", copy);
		*p = '/';
	}
	return mkdir(copy, 0700) < 0 && errno != EEXIST ? fail(err, errno, "make the folder %s", copy) : 0;
}

/* How much of NAME is the path of its folder. */
static int folder_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? (int) (slash - name) + 1 : 0;
}

/* The file first has no name: if we are killed it is gone, and nobody can be in the way.  -1 if NAME is taken, or where
 * a file cannot be made like this (some file systems, users before Linux 6.10). */
static int make_unnamed(int dirfd, const char *name, const char *text, size_t n, mode_t mode)
{
	const int length = folder_of(name);
	struct error ignored;
	char folder[PATH_MAX];
	auto_fd fd = -1;

	if ((size_t) snprintf(folder, sizeof folder, "%.*s", length ? length : 1, length ? name : ".") >= sizeof folder)
		return -1;
	fd = openat(dirfd, folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
	if (fd < 0 || fd_write_all(fd, text, n, name, &ignored) < 0)
		return -1;
	return linkat(fd, "", dirfd, name, AT_EMPTY_PATH);
}

#define MAX_TRIES 16	/* to find a name that nobody has */

/* A new file beside NAME, with a name that nobody can foresee: of two writers each has its own, and where others may
 * write to the folder (a pid file in /tmp) they cannot have put anything there. */
static int open_spare(int dirfd, const char *name, mode_t mode, char spare[PATH_MAX])
{
	int fd = -1;

	for (int i = 0; i < MAX_TRIES; i++) {
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		if (snprintf(spare, PATH_MAX, "%.*s.ctr-run-%d-%09ld", folder_of(name), name, getpid(), now.tv_nsec) >=
		    PATH_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		fd = openat(dirfd, spare, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	return fd;
}

int file_replace(int dirfd, const char *name, const char *text, size_t n, mode_t mode, struct error *err)
{
	char spare[PATH_MAX];
	auto_fd fd = -1;

	if (make_unnamed(dirfd, name, text, n, mode) == 0)
		return 0;
	fd = open_spare(dirfd, name, mode, spare);
	if (fd < 0)
		return fail(err, errno, "create a file beside %s", name);
	if (fd_write_all(fd, text, n, name, err) < 0) {
		unlinkat(dirfd, spare, 0);
		return -1;
	}
	if (renameat(dirfd, spare, dirfd, name) < 0) {
		fail(err, errno, "put a new %s in place", name);
		unlinkat(dirfd, spare, 0);
		return -1;
	}
	return 0;
}

static void shut(int fd, bool close_it)
{
	if (close_it)
		close(fd);
	else
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* The same, one by one: before 5.9 (5.11 for the close-on-exec flag), or if a seccomp filter forbids it. */
static int each_from(int first, bool close_them, struct error *err)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	struct rlimit limit;

	/* There is no /proc, or that of a pid namespace that we are not in. */
	if (!dir) {
		if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
			return fail(err, errno, "close_range(2) is missing; get the limit on descriptors");
		for (int fd = first; (rlim_t) fd < limit.rlim_cur && fd < INT_MAX; fd++)
			shut(fd, close_them);
		return 0;
	}
	while ((entry = readdir(dir))) {
		uint64_t fd;

		if (number_parse(entry->d_name, (uint64_t) first, INT_MAX, &fd) && (int) fd != dirfd(dir))
			shut((int) fd, close_them);
	}
	closedir(dir);
	return 0;
}

int fd_cloexec_from(int first, struct error *err)
{
	if (!disabled("close_range") && !syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC))
		return 0;
	return each_from(first, false, err);
}

int fd_close_from(int first, struct error *err)
{
	if (!disabled("close_range") && !syscall(SYS_close_range, first, ~0u, 0))
		return 0;
	return each_from(first, true, err);
}

const char *fd_name(int fd, char name[FD_NAME])
{
	snprintf(name, FD_NAME, "/proc/self/fd/%d", fd);
	return name;
}

bool fd_path(int fd, char *path)
{
	char name[FD_NAME];
	ssize_t n = readlink(fd_name(fd, name), path, PATH_MAX - 1);

	if (n < 0)
		return false;
	path[n] = '\0';
	return true;
}

void fd_fill_stdio(void)
{
	struct pollfd std[3] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };

	/* One call checks all three, and in nearly every run it is the only one. */
	if (poll(std, 3, 0) <= 0)
		return;
	for (int i = 0; i < 3; i++) {
		int fd;

		if (!(std[i].revents & POLLNVAL))
			continue;
		/* open(2) takes the lowest free number: this one.  No close-on-exec: it is meant to be inherited. */
		fd = open("/dev/null", O_RDWR | O_NOCTTY);
		/* There is no /dev here: use something harmless, in case it ends up in a container. */
		if (fd < 0)
			fd = memfd_create("null", 0);
		if (fd < 0)
			return;
	}
}
