/*
 * label.c - the LSM label of the program that is exec'd next
 *
 * Both LSMs take it as one write to a file in /proc/self/attr.  The libraries
 * would open that file by its path in whatever is on /proc by then, so we
 * write it ourselves, through a procfs that nobody else can reach
 * (CVE-2019-16884, CVE-2025-52881); this is all that they would do for us.
 *
 * A label that cannot be set is an error: never run without one that was
 * asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "secure/secure.h"
#include "sys/disable.h"
#include "sys/fd.h"
#include "sys/procfs.h"

/* Since 5.8 AppArmor has a folder of its own; the older file belongs to whichever LSM comes first. */
static int open_apparmor(int proc, struct error *err)
{
	int fd = -1;

	err->number = ENOENT;
	if (!disabled("apparmor-attr"))
		fd = procfs_open_file(proc, "self/attr/apparmor/exec", O_WRONLY, err);
	return fd < 0 && err->number == ENOENT ? procfs_open_file(proc, "self/attr/exec", O_WRONLY, err) : fd;
}

static int apparmor_exec(int proc, const char *profile, struct error *err)
{
	auto_free char *text = xasprintf("exec %s", profile);
	auto_fd fd = open_apparmor(proc, err);

	if (fd >= 0 && fd_put(fd, text, "/proc/self/attr/exec", err) == 0)
		return 0;
	return wrap(err, "set AppArmor profile %s%s", profile, fd < 0 ? "" :
		    err->number == ENOENT ? " (is it loaded?)" :
		    err->number == EPERM || err->number == EACCES ?
		    " (the profile that we run under does not allow it)" : "");
}

int label_exec(int proc, const char *apparmor, const char *selinux, struct error *err)
{
	if (apparmor && *apparmor && apparmor_exec(proc, apparmor, err) < 0)
		return blame(err, "/process/apparmorProfile");
	if (selinux && *selinux && procfs_put(proc, "self/attr/exec", selinux, err) < 0) {
		wrap(err, "set SELinux label %s", selinux);
		return blame(err, "/process/selinuxLabel");
	}
	return 0;
}

int label_keyring(int proc, const char *selinux, struct error *err)
{
	if (selinux && *selinux && procfs_put(proc, "self/attr/keycreate", selinux, err) < 0) {
		wrap(err, "set SELinux label %s for new keys", selinux);
		return blame(err, "/process/selinuxLabel");
	}
	return 0;
}

int label_get(int proc, pid_t pid, bool apparmor, char *label, size_t size, struct error *err)
{
	static const char *const files[] = { "apparmor/current", "current" };
	auto_fd fd = -1;
	ssize_t n;

	for (size_t i = apparmor ? 0 : 1; i < ARRAY_SIZE(files) && fd < 0; i++) {
		auto_free char *path = xasprintf("%d/attr/%s", (int) pid, files[i]);

		fd = procfs_open_file(proc, path, O_RDONLY, err);
	}
	if (fd < 0)
		return -1;
	n = read(fd, label, size - 1);
	if (n < 0)
		return fail(err, errno, "read the label of process %d", (int) pid);
	label[n] = '\0';
	/* AppArmor adds the mode: "profile (enforce)". */
	label[strcspn(label, " \n")] = '\0';
	return 0;
}
