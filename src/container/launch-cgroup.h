/*
 * launch-cgroup.h - the cgroup of a container being made: recorded, limited, given to its user
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct cgroup;
struct cgroup_view;
struct error;
struct host;
struct launch;

/* Note LAUNCH's cgroup in the journal, then make it with its limits, through systemd if asked for.  After a failure
 * launch_undo() removes what was made. */
int launch_make_cgroup(struct launch *launch, struct error *err);

/* The host uid of the container's user, to whom cgroups may be given; false if it is unknown or we lack the right. */
bool launch_cgroup_owner(const struct launch *launch, uid_t *uid);

/* What the rootfs room must know about CGROUP, which must stay open as long as VIEW is used. */
void launch_view_cgroup(const struct cgroup *cgroup, const struct host *host, struct cgroup_view *view);
