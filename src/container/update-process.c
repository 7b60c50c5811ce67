/* update-process.c - see update-process.h */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "container/update-process.h"
#include "tune/tune.h"

typedef int visit(struct processes *p, pid_t pid, struct error *err);

static int list(const struct processes *p, pid_t **pids, size_t *n, struct error *err)
{
	if (p->cgroup->n_folders)
		return cgroup_pids(p->cgroup, pids, n, err);
	*pids = xmalloc(sizeof **pids);
	(*pids)[0] = p->init;
	*n = 1;
	return 0;
}

static bool is_in(const pid_t *pids, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

/* VISIT_ONE for every process, once.  Those that have ended are none. */
static int for_all(struct processes *p, visit *visit_one, struct error *err)
{
	auto_free pid_t *done = NULL;
	size_t n_done = 0, before;

	do {
		auto_free pid_t *pids = NULL;
		size_t n = 0;

		before = n_done;
		if (list(p, &pids, &n, err) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (is_in(done, n_done, pids[i]))
				continue;
			if (visit_one(p, pids[i], err) < 0 && err->number != ESRCH && err->number != ENOENT)
				return -1;
			*(pid_t *) xgrow(&done, n_done, sizeof *done) = pids[i];
			n_done++;
		}
	} while (n_done > before);
	return 0;
}

static int check_one(struct processes *p, pid_t pid, struct error *err)
{
	for (size_t i = 0; i < p->n_limits; i++)
		if (rlimit_check(pid, &p->limits[i], err) < 0)
			return -1;
	return 0;
}

int processes_check(const struct processes *p, struct error *err)
{
	struct processes copy = *p;

	return p->n_limits ? for_all(&copy, check_one, err) : 0;
}

static int limit_one(struct processes *p, pid_t pid, struct error *err)
{
	for (size_t i = 0; i < p->n_limits; i++)
		if (rlimit_set(pid, &p->limits[i], err) < 0)
			return -1;
	return 0;
}

int processes_set_limits(const struct processes *p, struct error *err)
{
	struct processes copy = *p;

	return p->n_limits ? for_all(&copy, limit_one, err) : 0;
}

static int score_one(struct processes *p, pid_t pid, struct error *err)
{
	int before;

	if (oom_score_adj_get(pid, &before, err) < 0 || oom_score_adj_set(pid, p->score, err) < 0)
		return -1;
	*(struct scored *) xgrow(&p->scored, p->n_scored, sizeof *p->scored) = (struct scored) { pid, before };
	p->n_scored++;
	return 0;
}

int processes_set_score(struct processes *p, struct error *err)
{
	if (!p->has_score || for_all(p, score_one, err) == 0)
		return 0;
	processes_undo_score(p);
	return -1;
}

void processes_undo_score(struct processes *p)
{
	struct error err;

	while (p->n_scored > 0) {
		const struct scored *s = &p->scored[--p->n_scored];

		if (oom_score_adj_set(s->pid, s->before, &err) < 0 && err.number != ESRCH && err.number != ENOENT)
			log_warn("%s", err.message);
	}
}

void processes_free(struct processes *p)
{
	free(p->scored);
	p->scored = NULL;
	p->n_scored = 0;
}
