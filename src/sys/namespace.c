/* namespace.c - see namespace.h */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "libocispec/ocispec.h"
#include "sys/namespace.h"

#define ROW(kind) [OCI_NAMESPACE_TYPE_##kind - 1]

const struct namespace_kind namespace_kinds[N_NAMESPACES] = {
	ROW(PID)     = { "pid",     "pid",    CLONE_NEWPID },
	ROW(NETWORK) = { "network", "net",    CLONE_NEWNET },
	ROW(MOUNT)   = { "mount",   "mnt",    CLONE_NEWNS },
	ROW(IPC)     = { "ipc",     "ipc",    CLONE_NEWIPC },
	ROW(UTS)     = { "uts",     "uts",    CLONE_NEWUTS },
	ROW(USER)    = { "user",    "user",   CLONE_NEWUSER },
	ROW(CGROUP)  = { "cgroup",  "cgroup", CLONE_NEWCGROUP },
	ROW(TIME)    = { "time",    "time",   CLONE_NEWTIME },
};

const struct namespace_kind *namespace_by_flag(int flag)
{
	for (unsigned i = 0; i < N_NAMESPACES; i++)
		if (namespace_kinds[i].flag == flag)
			return &namespace_kinds[i];
	return NULL;
}

static const char *name_of(int flag)
{
	const struct namespace_kind *kind = namespace_by_flag(flag);

	return kind ? kind->name : "unknown";
}

int namespace_open(const char *path, int flag, struct error *err)
{
	/* A FIFO or a terminal in its place must neither stop nor adopt us. */
	auto_fd fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int kind;

	if (fd < 0)
		return fail(err, errno, "open the %s namespace %s", name_of(flag), path);
	kind = ioctl(fd, NS_GET_NSTYPE);
	if (kind < 0)
		return fail(err, EINVAL, "%s is not a namespace", path);
	if (kind != flag)
		return fail(err, EINVAL, "%s is a %s namespace, not a %s namespace", path, name_of(kind),
			    name_of(flag));
	return take_fd(fd);
}

int namespace_open_of(pid_t pid, int flag, struct error *err)
{
	char path[40];

	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int) pid, namespace_by_flag(flag)->proc);
	return namespace_open(path, flag, err);
}

/* True if PATH leads to the namespace FD. */
static bool leads_to(const char *path, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

bool namespace_is_of(pid_t pid, int fd, int flag)
{
	char path[40];

	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int) pid, namespace_by_flag(flag)->proc);
	return leads_to(path, fd);
}

bool namespace_is_ours(int fd, int flag)
{
	char path[40];

	snprintf(path, sizeof path, "/proc/self/ns/%s", namespace_by_flag(flag)->proc);
	return leads_to(path, fd);
}

int namespaces_shared(pid_t pid)
{
	int shared = 0;

	for (unsigned i = 0; i < N_NAMESPACES; i++) {
		char mine[64], its[64];
		struct stat a, b;

		snprintf(mine, sizeof mine, "/proc/self/ns/%s", namespace_kinds[i].proc);
		snprintf(its, sizeof its, "/proc/%d/ns/%s", (int) pid, namespace_kinds[i].proc);
		if (stat(mine, &a) == 0 && stat(its, &b) == 0 && a.st_ino == b.st_ino)
			shared |= namespace_kinds[i].flag;
	}
	return shared;
}

int namespace_enter(int fd, int flag, struct error *err)
{
	const char *why = "";
	int number;

	if (!setns(fd, flag))
		return 0;
	number = errno;
	if (number == EPERM && namespace_is_ours(fd, flag))
		return 0;
	if (number == EPERM)
		why = " (needs CAP_SYS_ADMIN in the user namespace that owns it)";
	else if (number == EINVAL && flag == CLONE_NEWUSER)
		why = " (it is the one we are in already, or has no parent here)";
	else if (number == EUSERS && flag == CLONE_NEWTIME)
		why = " (more than one thread)";
	return fail(err, number, "enter the %s namespace%s", name_of(flag), why);
}
