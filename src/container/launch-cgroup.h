/*
 * launch-cgroup.h - the cgroup of a container that is being made: on record, limited, its user's
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct cgroup;
struct cgroup_view;
struct error;
struct host;
struct launch;

/* Make LAUNCH's cgroup with its limits, by systemd where it is asked for, noted in the journal beforehand.  After a
 * failure launch_remove() removes what was made. */
int launch_make_cgroup(struct launch *launch, struct error *err);

/* The host uid of the container's user, whom cgroups may be given to; false if nobody knows it or we may not. */
bool launch_cgroup_owner(const struct launch *launch, uid_t *uid);

/* What the rootfs room has to know of CGROUP, which must stay open as long as VIEW is used. */
void launch_view_cgroup(const struct cgroup *cgroup, const struct host *host, struct cgroup_view *view);
