/*
 * self.c - keep the container away from the runtime
 *
 * Theory.  A process of ours inside a container can be seen there: its program
 * file can be opened through /proc/PID/exe, and once the process has exec'd,
 * the file can be written to through that descriptor, which gives the container
 * control of every later run (CVE-2019-5736).  `#!/proc/self/exe` as the
 * container's program does the same without any other process.  So before we
 * enter a container we exec ourselves again from something that cannot be
 * written to:
 *
 *   - a detached, read-only copy of the mount on which the program lies, whose
 *     root is the program file itself.  It belongs to no mount namespace, so
 *     nobody can find it or make it writable, and opening it for writing fails
 *     with EROFS for everybody.  This costs 0.15 ms when done before libc starts
 *     (early.c), 0.35 ms here.
 *   - where that is refused (not root, before Linux 5.12, a filter around us)
 *     a copy in a sealed memfd, 1 ms.
 *
 * An attempt to write is refused, but has an effect: the kernel counts a writer
 * of the file before it looks at the mount, and for that moment nobody can exec
 * the file ("text file busy").  A container that keeps trying stops the whole
 * host from starting containers.  So a process that it can see from birth, with
 * CAP_SYS_PTRACE over us, must not run from the file's own inode:
 *
 *   - exec runs from a read-only overlay over the program's folder, which has
 *     inodes of its own; the kernel refuses a writer by its superblock.
 *     early.c makes it, for 0.1 ms more than the mount.
 *   - what joins a pid namespace, and exec if the overlay is refused, run from
 *     memory.
 *
 * A program on a read-only file system is not safe enough: that may be writable
 * again tomorrow, and the container has time.  So the proof is that
 * /proc/self/exe reads "/", which is so only for a file that is the root of a
 * mount without a parent, and that this mount is read-only; or the seals.  A
 * caller could fake the first, but it runs as the user whom we protect.
 *
 * PR_SET_DUMPABLE 0 hides /proc/PID from processes without CAP_SYS_PTRACE and
 * is set as well; it ends at exec, so it is not enough alone.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "secure/secure.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U	/* 6.3 */
#endif

#define EXE "/proc/self/exe"
#define COPY "ctr-run"
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

int self_hide(struct error *err)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(err, errno, "make this process non-dumpable");
	return 0;
}

bool self_is_hidden(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 1;
}

int self_show(struct error *err)
{
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return fail(err, errno, "make this process dumpable");
	return 0;
}

void self_forget_environment(void)
{
	for (char **word = environ; *word; word++)
		explicit_bzero(*word, strlen(*word));
}

/* LINK is what /proc/self/exe reads. */
static bool on_private_mount(const char *link)
{
	struct statfs fs;

	if (strcmp(link, "/") && strcmp(link, "/ (deleted)"))	/* the latter: upgraded meanwhile */
		return false;
	return statfs(EXE, &fs) == 0 && fs.f_flags & ST_RDONLY;
}

static bool in_sealed_memory(const char *link)
{
	auto_fd fd = -1;

	if (strncmp(link, "/memfd:", 7) || (fd = open(EXE, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	return (fcntl(fd, F_GET_SEALS) & SEALS) == SEALS;
}

/* An exec through a descriptor names the program after its number. */
static bool by_descriptor(void)
{
	const char *name = (const char *) getauxval(AT_EXECFN);

	return name && !strncmp(name, "/dev/fd/", 8);
}

/* The overlay of early.c, with the program at its top.  A root file system that is an overlay can look the same, so how
 * we were exec'd counts too. */
static bool on_overlay(const char *link)
{
	struct statfs fs;

	return by_descriptor() && link[0] == '/' && link[1] && !strchr(link + 1, '/') && statfs(EXE, &fs) == 0 &&
	       fs.f_type == OVERLAYFS_SUPER_MAGIC && fs.f_flags & ST_RDONLY;
}

/* Exec the program behind FD as ourselves; returns only when that is refused. */
static void again(int fd, char **argv)
{
	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

static void from_mount(char **argv)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };
	auto_fd fd = (int) syscall(SYS_open_tree, AT_FDCWD, EXE, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (fd >= 0 && syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0)
		again(fd, argv);
	log_debug("no private mount for our own program: %s", errno_text(errno));
}

static int memory(struct error *err)
{
	int fd = memfd_create(COPY, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)	/* before 6.3 every memfd is executable */
		fd = memfd_create(COPY, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		fail(err, errno, "make a memfd for a copy of this program%s", errno == EACCES ?
		     " (the sysctl vm.memfd_noexec forbids it)" : "");
	return fd;
}

/* A page that the kernel is just inspecting or moving counts as one that somebody may write to: it waits 0.2 s and
 * gives EBUSY (memfd_wait_for_pins() in mm/memfd.c).  Nobody else has the file. */
static int seal(int fd)
{
	int result = -1;

	for (int tries = 20; tries > 0 && (result = fcntl(fd, F_ADD_SEALS, SEALS)) < 0 && errno == EBUSY; tries--)
		;
	return result;
}

static int from_memory(char **argv, struct error *err)
{
	auto_fd source = open(EXE, O_RDONLY | O_CLOEXEC);
	auto_fd copy = -1;
	struct stat st;
	ssize_t n;

	if (source < 0 || fstat(source, &st) < 0)
		return fail(err, errno, "open %s (is /proc mounted?)", EXE);
	if ((copy = memory(err)) < 0)
		return -1;
	for (off_t at = 0; at < st.st_size;) {
		if ((n = sendfile(copy, source, &at, (size_t) (st.st_size - at))) < 0 && errno != EINTR)
			return fail(err, errno, "copy this program into memory");
		if (n == 0)
			return fail(err, EIO, "copy this program into memory");
	}
	if (fchmod(copy, 0555) < 0 || seal(copy) < 0)
		return fail(err, errno, "seal the copy of this program");
	again(copy, argv);
	return fail(err, errno, "run the sealed copy of this program");
}

static char **arguments;	/* main()'s */

/* *LINK is what /proc/self/exe reads. */
static int read_link(char link[PATH_MAX], struct error *err)
{
	ssize_t n = readlink(EXE, link, PATH_MAX - 1);

	if (n < 0)
		return fail(err, errno, "read %s (is /proc mounted?)", EXE);
	link[n] = '\0';
	return 0;
}

/* What was tried without giving proof is not tried again: no endless chain of execs. */
static int into_memory(const char *link, struct error *err)
{
	if (!strncmp(link, "/memfd:" COPY, sizeof "/memfd:" COPY - 1))
		return fail(err, 0, "this program runs from a copy in memory that is not sealed");
	return from_memory(arguments, err) < 0 ? wrap(err, "protect this program from the container") : 0;
}

int self_protect(char **argv, struct error *err)
{
	char link[PATH_MAX];

	arguments = argv;
	if (read_link(link, err) < 0)
		return -1;
	if (on_private_mount(link) || on_overlay(link) || in_sealed_memory(link)) {
		/* An exec through a descriptor named us after its number. */
		prctl(PR_SET_NAME, COPY);
		return 0;
	}
	if (!by_descriptor())
		from_mount(argv);
	return into_memory(link, err);
}

int self_protect_seen(struct error *err)
{
	char link[PATH_MAX];

	if (read_link(link, err) < 0)
		return -1;
	return on_overlay(link) || in_sealed_memory(link) ? 0 : into_memory(link, err);
}
