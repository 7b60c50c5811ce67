/* update-process.c - see update-process.h */
#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "container/update-process.h"
#include "sys/process.h"
#include "tune/tune.h"

#define BIRTH_MS 20	/* how long until a process being born is visible */

struct held {
	pid_t pid;
	int fd;
};

static bool has_ended(const struct error *err)
{
	return err->number == ESRCH || err->number == ENOENT;
}

/* ---- one of them ---- */

/* True if we changed HELD earlier in this step: a new value is then its own choice. */
static bool is_done(const struct processes *p, const struct held *held, const struct rlimit_plan *limit)
{
	struct process_stat stat;

	for (size_t i = p->step; p->n_rounds > 0 && i < p->n_before; i++)
		if (p->before[i].pid == held->pid && p->before[i].limit == limit)
			return process_stat(held->pid, &stat) == 0 && stat.start_time == p->before[i].start_time;
	return false;
}

/* Note what HELD had.  Called before the change, which fails unless the process still lives: so this is its start
 * time. */
static int note(struct processes *p, const struct held *held, const struct process_before *had, struct error *err)
{
	struct process_before *before;
	struct process_stat stat;

	if (process_stat(held->pid, &stat) < 0)
		return fail(err, process_gone(errno) ? ESRCH : errno, "look at process %d", (int) held->pid);
	before = xgrow(&p->before, p->n_before, sizeof *before);
	*before = *had;
	before->pid = held->pid;
	before->start_time = stat.start_time;
	p->n_before++;
	return 0;
}

/* RAISE: only the hard limit, and only if it must go up; the rest comes later. */
static int set_limit(struct processes *p, bool raise, const struct held *held, const struct rlimit_plan *limit,
		     struct error *err)
{
	struct process_before had = { .limit = limit };
	struct rlimit value = limit->value;

	if (rlimit_get(held->pid, limit, &had.value, err) < 0)
		return -1;
	if (raise)
		value.rlim_cur = had.value.rlim_cur;
	if (raise && value.rlim_max < had.value.rlim_max)
		value.rlim_max = had.value.rlim_max;
	if ((value.rlim_cur == had.value.rlim_cur && value.rlim_max == had.value.rlim_max) || is_done(p, held, limit))
		return 0;
	if (note(p, held, &had, err) < 0)
		return -1;
	if (rlimit_set(held->pid, held->fd, limit, &value, err) == 0)
		return 1;
	p->n_before--;
	return -1;
}

static int set_score(struct processes *p, const struct held *held, struct error *err)
{
	const struct process_before had = { .limit = NULL };
	int now, result;

	if (!p->has_score)
		return 0;
	if (oom_score_adj_get(held->pid, &now, err) < 0)
		return -1;
	if (now == p->score || is_done(p, held, NULL))
		return 0;
	if (note(p, held, &had, err) < 0)
		return -1;
	result = oom_score_adj_change(held->pid, held->fd, p->score, &p->before[p->n_before - 1].score, err);
	if (result <= 0)
		p->n_before--;
	return result;
}

/* Change the process PID, held by PROCESS, unless it has just ended; 1 if there was something to change, else 0. */
static int change_one(struct processes *p, bool raise, pid_t pid, int process, struct error *err)
{
	const struct held held = { pid, process };
	int changed = set_score(p, &held, err);

	for (size_t i = 0; changed >= 0 && i < p->n_limits; i++) {
		int result = set_limit(p, raise, &held, &p->limits[i], err);

		changed = result < 0 ? -1 : changed | result;
	}
	return changed < 0 && has_ended(err) ? 0 : changed;
}

/* ---- all of them ---- */

/* Without a cgroup the first process is the only one that we know of. */
static int change_init(struct processes *p, bool raise, struct error *err)
{
	auto_fd process = process_open(p->init, p->init_start_time);

	if (process < 0)
		return errno == ESRCH ? 0 : fail(err, errno, "hold process %d", (int) p->init);
	return change_one(p, raise, p->init, process, err);
}

/* Change all that are listed now; 1 if any had to be changed. */
static int change_once(struct processes *p, bool raise, struct error *err)
{
	auto_free pid_t *pids = NULL;
	size_t n = 0;
	int changed = 0, fds[CGROUP_HELD];

	if (!p->cgroup->n_folders)
		return change_init(p, raise, err);
	if (cgroup_pids(p->cgroup, &pids, &n, err) < 0)
		return -1;
	for (size_t at = 0, held; at < n && changed >= 0; at += held) {
		held = n - at;
		if (cgroup_hold(p->cgroup, pids + at, &held, fds, err) < 0)
			changed = -1;
		for (size_t i = 0; i < held; i++) {
			auto_fd process = fds[i];
			int result = process < 0 || changed < 0 ? 0 : change_one(p, raise, pids[at + i], process, err);

			changed = result < 0 ? -1 : changed | result;
		}
	}
	return changed;
}

/* Repeat until no process needs a change, nor any that is just being born: but for those there is time when all else is
 * done. */
static int change_all(struct processes *p, bool raise, struct error *err)
{
	const int64_t begin = clock_ms();

	if (!p->n_limits && !p->has_score)
		return 0;
	p->step = p->n_before;
	for (p->n_rounds = 0;; p->n_rounds++) {
		int changed = change_once(p, raise, err);

		if (changed < 0)
			return -1;
		if (changed == 0 && raise)
			return 0;
		if (changed == 0) {
			clock_sleep(BIRTH_MS);
			changed = change_once(p, raise, err);
			if (changed <= 0)
				return changed;
		}
		if ((clock_ms() - begin) / 1000 > p->patience)
			return fail_code(err, ERROR_TIMEOUT,
					 "after %d s there are still processes with the old limits: "
					 "the container makes new ones too fast; pause it", p->patience);
	}
}

/* ---- the steps ---- */

static int check_one(const struct processes *p, pid_t pid, struct error *err)
{
	struct rlimit now;

	for (size_t i = 0; i < p->n_limits; i++)
		if (rlimit_get(pid, &p->limits[i], &now, err) < 0 && !has_ended(err))
			return -1;
	return 0;
}

int processes_check(const struct processes *p, struct error *err)
{
	auto_free pid_t *pids = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->n_limits; i++)
		if (rlimit_check(&p->limits[i], err) < 0)
			return -1;
	if (!p->cgroup->n_folders)
		return check_one(p, p->init, err);
	if (p->n_limits && cgroup_pids(p->cgroup, &pids, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (check_one(p, pids[i], err) < 0)
			return -1;
	return 0;
}

int processes_raise(struct processes *p, struct error *err)
{
	return change_all(p, true, err);
}

int processes_set(struct processes *p, struct error *err)
{
	return change_all(p, false, err);
}

static int set_back(const struct process_before *before, struct error *err)
{
	auto_fd process = process_open(before->pid, before->start_time);
	struct rlimit_plan limit;
	int ignored;

	if (process < 0)
		return fail(err, errno, "hold process %d", (int) before->pid);
	if (!before->limit)
		return oom_score_adj_change(before->pid, process, before->score, &ignored, err);
	limit = *before->limit;
	limit.value = before->value;
	return rlimit_set(before->pid, process, &limit, &limit.value, err);
}

void processes_undo(struct processes *p)
{
	struct error err, first = { 0 };
	size_t left = 0;

	while (p->n_before > 0)
		if (set_back(&p->before[--p->n_before], &err) < 0 && !has_ended(&err) && left++ == 0)
			first = err;
	if (left > 0)
		log_warn("%zu limits of single processes could not be set back: %s", left, first.message);
}

void processes_free(struct processes *p)
{
	free(p->before);
	p->before = NULL;
	p->n_before = 0;
}
