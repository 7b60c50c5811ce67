/* launch-namespaces.c - see launch-namespaces.h */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "base/error.h"
#include "container/launch-namespaces.h"
#include "container/launch.h"
#include "sys/fd.h"
#include "sys/namespace.h"

/* Once we are in a user namespace, namespaces that do not belong to it can no longer be joined.  Returns which were
 * joined before. */
static int join_with_all_rights(const struct launch *launch)
{
	const struct namespace_plan *ns = &launch->plan.ns;
	struct error ignored;
	int joined = 0;

	if (!launch->host.privileged || !ns->n_join || ns->join[0].flag != CLONE_NEWUSER)
		return 0;
	for (size_t i = 1; i < ns->n_join; i++)
		if (ns->join[i].flag != CLONE_NEWPID &&
		    namespace_enter(launch->join[i], ns->join[i].flag, &ignored) == 0)
			joined |= ns->join[i].flag;
	return joined;
}

int launch_join(const struct launch *launch, struct error *err)
{
	const struct namespace_plan *ns = &launch->plan.ns;
	int joined = join_with_all_rights(launch);

	for (size_t i = 0; i < ns->n_join; i++) {
		if (ns->join[i].flag == CLONE_NEWPID || joined & ns->join[i].flag)
			continue;
		if (namespace_enter(launch->join[i], ns->join[i].flag, err) < 0)
			return blame(err, ns->join[i].pointer);
	}
	return 0;
}

int launch_pidns(const struct launch *launch)
{
	const struct namespace_plan *ns = &launch->plan.ns;
	const struct namespace_join *join = namespace_joined(ns, CLONE_NEWPID);

	return join ? launch->join[join - ns->join] : -1;
}

int launch_set_pid_namespace(const struct launch *launch, struct error *err)
{
	const int pidns = launch_pidns(launch);

	return pidns < 0 ? 0 : namespace_enter(pidns, CLONE_NEWPID, err);
}

int launch_make_time(const struct namespace_plan *ns, struct error *err)
{
	if (unshare(CLONE_NEWTIME) < 0)
		return fail(err, errno, "make a time namespace%s",
			    errno == EINVAL ? " (they came with Linux 5.6)" : "");
	/* The offsets are fixed as soon as a process is in it. */
	if (ns->time_offsets && file_put(AT_FDCWD, "/proc/self/timens_offsets", ns->time_offsets, err) < 0)
		return blame(err, "/linux/timeOffsets");
	return 0;
}
