/*
 * update-process.h - per-process limits of a running container
 *
 *	processes_check()	do we have the right?  Nothing is changed
 *	processes_raise()	what the kernel may still refuse: the OOM score, and raised hard limits
 *	processes_set()		the rest, exactly
 *	processes_undo()	put all of it back; what cannot be is logged
 *
 * A raised limit can be taken back without any privilege; a hard limit that was
 * lowered needs CAP_SYS_RESOURCE to go up again.  So everything else that may
 * be refused is done between the two steps.
 *
 * A process that forks meanwhile passes on the limits it has at that moment.
 * So the list is read again until nobody in it needs a change: then their
 * children are right, too.  But a child just being born may have its parent's
 * old limits and be in no list yet: for those we look once more after a
 * moment.  Only a freezer would make that certain, and it would leave the
 * container frozen if we were killed then.  A process that forks and ends
 * faster than we read is never caught.  If every look finds new ones with the
 * old limits, we give up.  One that was born after the change, and before it
 * was undone, keeps the change.
 *
 * Processes are held while they are changed (cgroup_hold()).  For undoing, one
 * is identified by pid and start time: there may be more of them than we may
 * have descriptors.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/plan.h"

struct cgroup;
struct error;

/* What one process had. */
struct process_before {
	pid_t pid;
	uint64_t start_time;
	const struct rlimit_plan *limit;	/* NULL: the OOM score */
	struct rlimit value;
	int score;
};

struct processes {
	const struct cgroup *cgroup;
	pid_t init;			/* without a cgroup, the only process that we know of */
	uint64_t init_start_time;
	const struct rlimit_plan *limits;
	size_t n_limits;
	bool has_score;
	int score;			/* oom_score_adj */
	struct process_before *before;	/* in order of change */
	size_t n_before;
	int patience;			/* seconds to chase a container that keeps forking */
	size_t n_rounds;		/* rounds done in the current step, and where in `before` the step began */
	size_t step;
};

/* As above; P->before grows with each change until processes_free() frees it. */
int processes_check(const struct processes *p, struct error *err);
int processes_raise(struct processes *p, struct error *err);
int processes_set(struct processes *p, struct error *err);
void processes_undo(struct processes *p);
void processes_free(struct processes *p);
