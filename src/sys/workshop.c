/* workshop.c - see workshop.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "sys/disable.h"
#include "sys/fd.h"
#include "sys/workshop.h"

/* Every procfs has this folder, nobody needs it for a while, and a mount on it does not make procfs less visible. */
#define PLACE "/proc/fs"

static int workshop = -1;
static unsigned places;

/* RESULT is that of a nonsensical call, which a kernel that has it refuses as such (EINVAL); a filter answers ENOSYS,
 * or EPERM if it is older than that custom. */
static bool is_missing(long result)
{
	return result < 0 && (errno == ENOSYS || errno == EPERM);
}

bool mount_needs_workshop(void)
{
	static enum { UNKNOWN, NO, YES } needs;

	if (needs == UNKNOWN)
		needs = disabled("mount") || is_missing(mount_setattr(-1, "", 0, NULL, 0)) ||
					is_missing(open_tree(-1, "", ~0u))
				? YES
				: NO;
	return needs == YES;
}

int mount_workshop_open(bool peers, struct error *err)
{
	if (!mount_needs_workshop() || workshop >= 0)
		return 0;
	if (peers && mount(NULL, "/proc", NULL, MS_PRIVATE | MS_REC, NULL) < 0)
		return fail(err, errno, "cut /proc off from the host's mounts");
	if (mount("tmpfs", PLACE, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700") < 0)
		return fail(err, errno, "make a place to prepare mounts in (" PLACE ")");
	workshop = open(PLACE, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (workshop < 0)
		return fail(err, errno, "open the place to prepare mounts in");
	places = 0;
	return 0;
}

/* MS_SLAVE | MS_REC on "/" would also affect what lies in the workshop.  So the two change places: while the workshop
 * is the namespace's root, the host's tree is a folder in it; then all is put back. */
int mount_workshop_keep_peers(struct error *err)
{
	if (mkdirat(workshop, "host", 0700) < 0 || fchdir(workshop) < 0)
		return fail(err, errno, "prepare to cut the new mount namespace off from the host's");
	if (syscall(SYS_pivot_root, ".", "host") < 0)
		return fail(err, errno, "take the host's mounts aside (pivot_root)");
	if (mount(NULL, "host", NULL, MS_SLAVE | MS_REC, NULL) < 0)
		return fail(err, errno, "cut the new mount namespace off from the host's");
	if (syscall(SYS_pivot_root, "host", "host" PLACE) < 0 || chdir("/") < 0)
		return fail(err, errno, "put the host's mounts back (pivot_root)");
	return 0;
}

int mount_workshop_close(struct error *err)
{
	char name[FD_NAME];
	int result = 0;

	if (workshop < 0)
		return 0;
	if (umount2(fd_name(workshop, name), MNT_DETACH) < 0)
		result = fail(err, errno, "leave the place where mounts were prepared");
	close(workshop);
	workshop = -1;
	return result;
}

int mount_workshop_place(bool folder, char name[16], struct error *err)
{
	int error, fd;

	if (workshop < 0) {
		fail(err, ENOSYS,
		     "make a mount outside of the container (needs Linux 5.12, or a filter that lets its calls pass)");
		errno = ENOSYS;
		return -1;
	}
	snprintf(name, 16, "%u", places++);
	error = folder ? mkdirat(workshop, name, 0700) : mknodat(workshop, name, S_IFREG | 0600, 0);
	if (error < 0)
		return fail(err, errno, "make a place to prepare a mount in");
	fd = openat(workshop, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? fail(err, errno, "open a place to prepare a mount in") : fd;
}

int mount_workshop_taken(const char *name, struct error *err)
{
	int fd = openat(workshop, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(err, errno, "open the new mount") : fd;
}
