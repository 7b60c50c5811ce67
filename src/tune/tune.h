/*
 * tune.h - how a process runs, beyond what it may do
 */
#pragma once
#include <sys/types.h>

#include "plan/plan.h"

struct error;

/* The runtime's side: raise hard limits of PID that it could not raise itself inside a user namespace. */
int rlimits_raise(pid_t pid, const struct process_plan *process, struct error *err);

/* The process's own side, while it has all its rights: set each limit exactly, except RLIMIT_NOFILE, of which only the
 * hard limit is raised. */
int rlimits_apply(const struct process_plan *process, struct error *err);

/* Set RLIMIT_NOFILE, once nothing more will be opened. */
int rlimits_apply_nofile(const struct process_plan *process, struct error *err);

/* Refuse a LIMIT that this kernel grants nobody (RLIMIT_NOFILE above /proc/sys/fs/nr_open). */
int rlimit_check(const struct rlimit_plan *limit, struct error *err);

/*
 * For a process that runs.  Its PID is enough to read what it has; to change
 * that it is held by PROCESS (sys/process.h), which the caller has verified.
 * ERR->number is ESRCH if it has ended.
 *
 *	rlimit_get()		what LIMIT's resource is limited to now
 *	rlimit_set()		limit it to VALUE, a step towards LIMIT, which messages name
 *	oom_score_adj_change()	*BEFORE gets what it was; 1 if that was another value, else 0
 */
int rlimit_get(pid_t pid, const struct rlimit_plan *limit, struct rlimit *now, struct error *err);
int rlimit_set(pid_t pid, int process, const struct rlimit_plan *limit, const struct rlimit *value, struct error *err);
int oom_score_adj_get(pid_t pid, int *value, struct error *err);
int oom_score_adj_change(pid_t pid, int process, int value, int *before, struct error *err);

/* /proc/PID/oom_score_adj, of ourselves or our child. */
int oom_score_adj_set(pid_t pid, int value, struct error *err);

/* sched_setattr(2) for PID, 0: ourselves. */
int scheduler_apply(pid_t pid, const struct oci_scheduler *scheduler, struct error *err);

int io_priority_apply(const struct oci_io_priority *priority, struct error *err);	/* ioprio_set(2), the group */
int personality_apply(const struct oci_personality *personality, struct error *err);
int memory_policy_apply(const struct oci_memory_policy *policy, struct error *err);	/* set_mempolicy(2) */

/* execCPUAffinity (of exec'd processes): LIST is "0-3,7". */
int affinity_apply(const char *list, struct error *err);

/* Run on all CPUs that the cgroup has, once we are in it: since Linux 6.2 a mask set on our caller (CPUAffinity= of a
 * systemd unit, taskset) would stay, and hide CPUs of a cpuset.  runc and crun do so too. */
void affinity_reset(void);

/* Sysctls of the container's namespaces, through a private procfs. */
int sysctls_apply(const struct plan *plan, struct error *err);

/* Bring up `lo` in a new network namespace. */
int loopback_up(struct error *err);
