/* procfs.c - see procfs.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/disable.h"
#include "sys/fd.h"
#include "sys/mountfd.h"
#include "sys/path.h"
#include "sys/procfs.h"

#define PROC_ROOT_INODE 1

int procfs_open_visible(struct error *err)
{
	auto_fd fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return fail(err, errno, "open /proc");
	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return fail(err, errno, "look at /proc");
	if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != PROC_ROOT_INODE)
		return fail(err, ENODEV, "/proc is not the root of a procfs");
	return take_fd(fd);
}

int procfs_open(struct error *err)
{
	int fd = -1;

	if (!disabled("procfs"))
		fd = mount_new("proc", "proc", NULL, 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, err);
	/* It is refused without CAP_SYS_ADMIN, if the visible /proc is masked, or by a nested LSM. */
	return fd >= 0 ? fd : procfs_open_visible(err);
}

/* "self" and "thread-self" are links: replace them by our numbers in this procfs.  (They may differ from getpid(2): the
 * procfs may belong to an outer pid namespace.) */
static const char *resolve_self(int proc, const char *path, char *out, size_t size)
{
	size_t n = strcspn(path, "/");
	char name[16], link[64];
	ssize_t got;

	if ((n != 4 || memcmp(path, "self", 4)) && (n != 11 || memcmp(path, "thread-self", 11)))
		return path;
	snprintf(name, sizeof name, "%.*s", (int) n, path);
	got = readlinkat(proc, name, link, sizeof link - 1);
	if (got <= 0 || link[0] < '1' || link[0] > '9')
		return NULL;
	link[got] = '\0';
	return (size_t) snprintf(out, size, "%s%s", link, path + n) < size ? out : NULL;
}

static int open_there(int proc, const char *path, int flags, struct error *err)
{
	char own[PATH_MAX];
	const char *real = resolve_self(proc, path, own, sizeof own);

	if (!real)
		return fail(err, ESRCH, "open /proc/%s: this process is not visible there", path);
	return path_open_beneath(proc, real, flags, err);
}

/* A runtime that is itself confined by AppArmor (in LXC, in a snap) has rules by path, and a detached procfs has no
 * path, or one that matches the wrong rules.  Then only the mounted /proc will do. */
static int open_by_path(const char *path, int flags, struct error *err)
{
	auto_fd proc = procfs_open_visible(err);

	return proc < 0 ? -1 : open_there(proc, path, flags, err);
}

int procfs_open_file(int proc, const char *path, int flags, struct error *err)
{
	int fd = open_there(proc, path, flags, err);
	struct error second;

	if (fd >= 0 || err->number != EACCES)
		return fd;
	/* If that is refused as well, the first error says more. */
	return open_by_path(path, flags, &second);
}

int procfs_put(int proc, const char *path, const char *text, struct error *err)
{
	auto_fd fd = procfs_open_file(proc, path, O_WRONLY, err);
	char name[PATH_MAX];

	if (fd < 0)
		return wrap(err, "write /proc/%s", path);
	snprintf(name, sizeof name, "/proc/%s", path);
	return fd_put(fd, text, name, err);
}
