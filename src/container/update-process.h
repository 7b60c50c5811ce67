/*
 * update-process.h - limits of the single processes of a running container
 *
 *	processes_check()	may we?  Nothing is changed
 *	processes_set_score()	of all processes; can be taken back
 *	processes_set_limits()	of all processes
 *
 * A process that forks meanwhile hands its old limits on, so the list is read
 * again until nobody new is in it.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "plan/plan.h"

struct cgroup;
struct error;

struct scored {
	pid_t pid;
	int before;
};

struct processes {
	const struct cgroup *cgroup;
	pid_t init;			/* all that is known of a container without a cgroup */
	const struct rlimit_plan *limits;
	size_t n_limits;
	bool has_score;
	int score;			/* oom_score_adj */
	struct scored *scored;		/* whose score was changed: by processes_set_score() */
	size_t n_scored;
};

int processes_check(const struct processes *p, struct error *err);
int processes_set_score(struct processes *p, struct error *err);
void processes_undo_score(struct processes *p);
int processes_set_limits(const struct processes *p, struct error *err);
void processes_free(struct processes *p);
