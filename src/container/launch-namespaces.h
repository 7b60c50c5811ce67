/*
 * launch-namespaces.h - the namespaces of a container being made: entered by init, or set by the runtime for its birth
 */
#pragma once
struct error;
struct launch;
struct namespace_plan;

/* Enter LAUNCH's joined namespaces except the pid namespace, which the parent must enter (namespaces(7)). */
int launch_join(const struct launch *launch, struct error *err);

/* The open pid namespace that is to be joined, or -1; set it, if there is one, for the caller's children. */
int launch_pidns(const struct launch *launch);
int launch_set_pid_namespace(const struct launch *launch, struct error *err);

/* Make a time namespace for the caller's children (time_namespaces(7), Linux 5.6) and write NS's offsets while it is
 * still empty. */
int launch_make_time(const struct namespace_plan *ns, struct error *err);
