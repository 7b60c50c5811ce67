/*
 * update-process.h - limits of the single processes of a running container
 *
 *	processes_check()	may we?  Nothing is changed
 *	processes_raise()	what the kernel may still refuse: the OOM score, and hard limits that go up
 *	processes_set()		the rest, exactly
 *	processes_undo()	all of that back, and what cannot be had back is logged
 *
 * What goes up can be taken back without any right; a hard limit that went
 * down needs CAP_SYS_RESOURCE to come back.  So between the two steps there is
 * time for all that others may refuse.
 *
 * A process that forks meanwhile hands on what it has at that moment.  So the
 * list is read again until nobody in it has to be changed any more: then all
 * their children are as they should be.  But those that are just being born
 * have what their parents had, and are in no list yet: for them we look once
 * more after a moment.  Only a freezer would make that certain, and it would
 * leave a container standing still if we were killed then.  A process that
 * forks and ends faster than we read is never met.  Where each look finds new
 * ones with the old limits, we give up.  One that was born after the change,
 * and before it was undone, keeps it.
 *
 * A pid is used only as cgroup/signal.c tells: it is held first, then the list
 * is read once more.  To undo, a process is known by pid and start time: there
 * may be more of them than we may have descriptors.
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
	pid_t init;			/* all that is known of a container without a cgroup */
	uint64_t init_start_time;
	const struct rlimit_plan *limits;
	size_t n_limits;
	bool has_score;
	int score;			/* oom_score_adj */
	struct process_before *before;	/* in the order of the changes */
	size_t n_before;
	int patience;			/* seconds to follow a container that forks and forks */
	size_t n_rounds;		/* of the present step that are done, and where in `before` it began */
	size_t step;
};

/* As above; P->before grows with each change, and processes_free() frees it in the end. */
int processes_check(const struct processes *p, struct error *err);
int processes_raise(struct processes *p, struct error *err);
int processes_set(struct processes *p, struct error *err);
void processes_undo(struct processes *p);
void processes_free(struct processes *p);
