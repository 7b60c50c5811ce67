/* mount-refused.c - see mount-refused.h */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "sys/mount-refused.h"

/* What the file system itself had to say: one line per read(2), "e text" for errors, "w text" for warnings. */
static void read_log(int fs, struct text *log)
{
	char line[512];
	ssize_t n;

	while ((n = read(fs, line, sizeof line - 1)) > 0) {
		while (n > 0 && line[n - 1] == '\n')
			n--;
		line[n] = '\0';
		if (n > 2 && (line[0] == 'e' || line[0] == 'w') && line[1] == ' ')
			text_addf(log, "%s%s", log->n ? "; " : "", line + 2);
	}
}

/* What a user namespace must have of its own before these can be mounted in it. */
static const struct { const char *type, *needs; } in_userns[] = {
	{ "proc", "a new pid namespace" },
	{ "sysfs", "a new network namespace" },
	{ "mqueue", "a new ipc namespace" },
	{ "cgroup", "a new cgroup namespace" },
	{ "cgroup2", "a new cgroup namespace" },
};

/* Why the kernel refuses TYPE, where the number alone does not tell. */
static void explain(const char *type, int number, char *why, size_t size)
{
	const char *needs = NULL;

	*why = '\0';
	if (number == ENODEV)
		snprintf(why, size, " (%s)", !strcmp(type, "mqueue") ? "the kernel is built without CONFIG_POSIX_MQUEUE"
								     : "this kernel does not know that file system");
	if (number != EPERM)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(in_userns); i++)
		if (!strcmp(type, in_userns[i].type))
			needs = in_userns[i].needs;
	if (needs)
		snprintf(why, size, " (a user namespace needs %s)", needs);
	else
		snprintf(why, size, " (needs CAP_SYS_ADMIN; in a user namespace only some file systems can be had)");
}

const char *mount_deed(const char *type)
{
	return *type ? "mount a new " : "reconfigure a file system";
}

int mount_refused(int fs, const char *type, const char *what, struct error *err)
{
	auto_text log = { 0 };
	int number = errno;
	char why[160];

	explain(type, number, why, sizeof why);
	if (fs >= 0)
		read_log(fs, &log);
	fail(err, number, "%s%s%s%s%s%s", mount_deed(type), type, what, why, log.n ? ": the kernel says: " : "",
	     log.n ? log.s : "");
	errno = number;
	return -1;
}

int mount_clone_refused(const char *path, bool recursive, struct error *err)
{
	const char *why = "";

	if (errno == EINVAL)
		why = recursive ? " (it is unbindable, or lies in another mount namespace)"
				: " (it is unbindable, lies in another mount namespace, or has mounts below it that "
				  "must stay in place: rbind)";
	return fail(err, errno, "clone the mount of %s%s", *path ? path : "an open file", why);
}
