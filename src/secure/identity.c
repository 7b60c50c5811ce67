/*
 * identity.c - groups, gid and uid, for good
 *
 * Everything that is set is read back: a process that believes it is an
 * ordinary user and is not is worse than one that does not start.
 */
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "secure/secure.h"

static int by_value(const void *a, const void *b)
{
	gid_t x = *(const gid_t *) a, y = *(const gid_t *) b;

	return (x > y) - (x < y);
}

/* The kernel keeps them in an order of its own. */
static bool groups_are(const gid_t *wanted, size_t n)
{
	auto_free gid_t *now = xcalloc(n + 1, sizeof *now);
	auto_free gid_t *sorted = xcalloc(n + 1, sizeof *sorted);

	if (getgroups(0, NULL) != (int) n || getgroups((int) n, now) != (int) n)
		return false;
	if (n)
		memcpy(sorted, wanted, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_value);
	qsort(now, n, sizeof *now, by_value);
	return !memcmp(now, sorted, n * sizeof *now);
}

/* EINVAL means that an id is not mapped. */
static const char *hint(void)
{
	return errno == EINVAL ? " (the container's user namespace does not map it)" : "";
}

/* With CAP_SETGID only a user namespace that denies setgroups(2) to all can refuse it.  The config does not say whether
 * a joined one does; the groups that stay are our caller's, who asked for no others. */
static bool groups_denied(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	return syscall(SYS_capget, &head, data) == 0 && data[0].effective >> CAP_SETGID & 1;
}

static int groups_set(const struct process_plan *process, struct error *err)
{
	if (process->keep_groups || !process->set_groups)
		return 0;
	if (setgroups(process->n_groups, process->groups) < 0) {
		if (errno == EPERM && !process->n_groups && groups_denied())
			return 0;
		if (errno == EINVAL)
			return fail(err, EINVAL, "set %zu additional groups (the container's user namespace does not "
				    "map one of them)", process->n_groups);
		if (errno == EPERM)
			return fail(err, EPERM, "set %zu additional groups (needs CAP_SETGID, and setgroups not denied "
				    "in the user namespace)", process->n_groups);
		return fail(err, errno, "set %zu additional groups", process->n_groups);
	}
	if (!groups_are(process->groups, process->n_groups))
		return fail(err, 0, "the additional groups are not what was set");
	return 0;
}

int identity_become_root(uid_t uid, gid_t gid, struct error *err)
{
	const uid_t uids[] = { 0, getuid(), uid };
	const gid_t gids[] = { 0, getgid(), gid };

	/* EINVAL: it is not mapped. */
	for (int i = 0; i < 3 && setresgid(gids[i], gids[i], gids[i]) < 0; i++)
		if (errno != EINVAL)
			return fail(err, errno, "become the root group of the user namespace");
	for (int i = 0; i < 3 && setresuid(uids[i], uids[i], uids[i]) < 0; i++)
		if (errno != EINVAL)
			return fail(err, errno, "become root of the user namespace");
	return 0;
}

int identity_set(const struct process_plan *process, struct error *err)
{
	uid_t uid[3];
	gid_t gid[3];

	if (groups_set(process, err) < 0)
		return -1;
	if (setresgid(process->gid, process->gid, process->gid) < 0)
		return fail(err, errno, "set group id %u%s", process->gid, hint());

	/* Leaving uid 0 would clear the permitted set, from which capability_set() still has to choose. */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return fail(err, errno, "keep capabilities across the change of user");
	if (setresuid(process->uid, process->uid, process->uid) < 0)
		return fail(err, errno, "set user id %u%s", process->uid, hint());
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return fail(err, errno, "stop keeping capabilities");

	if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 || getresgid(&gid[0], &gid[1], &gid[2]) < 0)
		return fail(err, errno, "read back own ids");
	for (int i = 0; i < 3; i++)
		if (uid[i] != process->uid || gid[i] != process->gid)
			return fail(err, 0, "the ids are %u:%u although %u:%u were set", uid[i], gid[i], process->uid,
				    process->gid);
	return 0;
}

int no_new_privs_set(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(err, errno, "set no_new_privs");
	return 0;
}
