/*
 * signal.c - signals to all processes of a cgroup, freezing
 *
 * A pid read from cgroup.procs may be another process's by the time it is
 * used.  So pidfds are opened first and then the list is read again: a pid that
 * is still listed either belongs to the process of our pidfd, or that process
 * is dead and the signal goes nowhere.  A stranger is never hit.
 *
 * Killing races with fork.  cgroup.kill (cgroup2, 5.14) cannot lose.  In v1 we
 * kill what is listed until nothing is; a bomb that forks faster is frozen
 * first.  In v1 frozen processes take SIGKILL only after they are thawed.
 */
#include <string.h>
#include <signal.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/disable.h"
#include "sys/fd.h"
#include "sys/process.h"

/* ---- freezing ---- */

static int freeze_v1(const struct cgroup_folder *folder, unsigned us, struct error *err)
{
	struct patience patience = patience_start(us);
	char state[32] = "";
	struct error ignored;

	do {
		/* Only the next write catches a process forked meanwhile. */
		if (file_put(folder->fd, "freezer.state", "FROZEN", err) < 0)
			return -1;
		if (!folder_peek(folder->fd, "freezer.state", state, sizeof state))
			return fail(err, errno, "read freezer.state");
		if (strcmp(state, "FROZEN") == 0)
			return 0;
	} while (patience_wait(&patience, -1));
	file_put(folder->fd, "freezer.state", "THAWED", &ignored);
	return fail_code(err, ERROR_TIMEOUT, "freezer.state stays %s", state);
}

static int freeze_v2(const struct cgroup_folder *folder, unsigned us, struct error *err)
{
	struct patience patience = patience_start(us);
	unsigned long long frozen;
	struct error ignored;

	if (file_put(folder->fd, "cgroup.freeze", "1", err) < 0)
		return -1;
	do {
		if (!keyed_read(folder->fd, "cgroup.events", "frozen", &frozen))
			return fail(err, ENODEV, "read cgroup.events");
		if (frozen)
			return 0;
	} while (patience_wait(&patience, folder->fd));
	file_put(folder->fd, "cgroup.freeze", "0", &ignored);
	return fail_code(err, ERROR_TIMEOUT, "a process does not freeze");
}

static int freeze(const struct cgroup *cgroup, bool on, unsigned us, struct error *err)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "freezer"), *v2 = cgroup_v2(cgroup);

	if (!v1 && !v2)
		return fail_code(err, ERROR_UNSUPPORTED, "there is no freezer in this container's cgroup");
	if (!on)
		return v1 ? file_put(v1->fd, "freezer.state", "THAWED", err)
			  : file_put(v2->fd, "cgroup.freeze", "0", err);
	return v1 ? freeze_v1(v1, us, err) : freeze_v2(v2, us, err);
}

int cgroup_freeze(const struct cgroup *cgroup, bool on, struct error *err)
{
	if (freeze(cgroup, on, CGROUP_PATIENCE, err) == 0)
		return 0;
	return wrap(err, on ? "freeze the cgroup" : "thaw the cgroup");
}

static int thaw_one(int dir, const char *name, void *context, struct error *err)
{
	char state[32];

	(void) name, (void) context;
	if (!folder_peek(dir, "freezer.state", state, sizeof state) || !strcmp(state, "THAWED"))
		return 0;
	return file_put(dir, "freezer.state", "THAWED", err) == 0 || folder_gone(err->number) ? 0 : -1;
}

int cgroup_thaw_all(const struct cgroup *cgroup, struct error *err)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "freezer");

	if (v1)
		return cgroup_walk(v1->fd, thaw_one, NULL, NULL, err) < 0 ? wrap(err, "thaw the cgroup") : 0;
	/* In v2 even a frozen process dies of it. */
	return cgroup_frozen(cgroup) ? cgroup_freeze(cgroup, false, err) : 0;
}

bool cgroup_frozen(const struct cgroup *cgroup)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "freezer"), *v2 = cgroup_v2(cgroup);
	unsigned long long frozen = 0;
	char state[32];

	if (v1)
		return folder_peek(v1->fd, "freezer.state", state, sizeof state) && strcmp(state, "THAWED") != 0;
	return v2 && keyed_read(v2->fd, "cgroup.events", "frozen", &frozen) && frozen;
}

char *cgroup_freezer_path(const struct cgroup *cgroup)
{
	const struct cgroup_folder *folder = cgroup_v1(cgroup, "freezer");

	if (!folder)
		folder = cgroup_v2(cgroup);
	return folder ? folder_name(folder) : NULL;
}

/* ---- signals ---- */

#define SPARE 8		/* descriptors needed to read the cgroup while others are held */

/* Hold PIDS: FDS gets a pidfd for each, -1 for one that is gone.  Returns for how many of the N, fewer if descriptors
 * run out; 0 with ERR. */
static size_t hold_listed(const pid_t *pids, size_t n, int *fds, struct error *err)
{
	size_t held = 0, keep;

	while (held < n && ((fds[held] = process_hold(pids[held])) >= 0 || errno == ESRCH))
		held++;
	if (held == n)
		return n;
	fail(err, errno, "hold process %d", (int) pids[held]);
	for (keep = held > SPARE ? held - SPARE : 0; held > keep; held--)
		cleanup_close(&fds[held - 1]);
	return held;
}

int cgroup_hold(const struct cgroup *cgroup, const pid_t *pids, size_t *n, int fds[CGROUP_HELD], struct error *err)
{
	auto_free pid_t *still = NULL;
	size_t n_still = 0;
	int result;

	*n = hold_listed(pids, *n < CGROUP_HELD ? *n : CGROUP_HELD, fds, err);
	if (*n == 0)
		return -1;
	result = cgroup_pids(cgroup, &still, &n_still, err);
	for (size_t i = 0; i < *n; i++)
		if (result < 0 || !pids_have(still, n_still, pids[i]))
			cleanup_close(&fds[i]);
	return result;
}

/* Send SIG to the first of PIDS that are still in CGROUP; *N: how many there are; set to how many were tried. */
static int signal_batch(const struct cgroup *cgroup, const pid_t *pids, size_t *n, int sig, struct error *err)
{
	int pidfds[CGROUP_HELD], result = cgroup_hold(cgroup, pids, n, pidfds, err);

	for (size_t i = 0; i < *n; i++) {
		auto_fd process = pidfds[i];

		if (process >= 0 && process_signal(process, sig) < 0 && errno != ESRCH)
			result = fail(err, errno, "send signal %d to process %d", sig, (int) pids[i]);
	}
	return result;
}

/* Send SIG once to what is listed now; *N is how many that were. */
static int signal_once(const struct cgroup *cgroup, int sig, size_t *n, struct error *err)
{
	auto_free pid_t *pids = NULL;

	*n = 0;
	if (cgroup_pids(cgroup, &pids, n, err) < 0)
		return -1;
	for (size_t at = 0, looked; at < *n; at += looked) {
		looked = *n - at;
		if (signal_batch(cgroup, pids + at, &looked, sig, err) < 0)
			return -1;
	}
	return 0;
}

/* True if cgroup.kill has killed everything: there is no hierarchy but cgroup2. */
static bool kill_v2(const struct cgroup *cgroup)
{
	bool all = cgroup->n_folders > 0;
	struct error ignored;

	if (disabled("cgroup.kill"))
		return false;
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		const struct cgroup_folder *folder = &cgroup->folders[i];

		if (folder->fd < 0)
			continue;
		if (!folder->v2 || file_put(folder->fd, "cgroup.kill", "1", &ignored) < 0)
			all = false;
	}
	return all;
}

static bool populated(const struct cgroup *cgroup)
{
	const struct cgroup_folder *v2 = cgroup_v2(cgroup);
	unsigned long long value = 0;

	return v2 && keyed_read(v2->fd, "cgroup.events", "populated", &value) && value;
}

static int kill_all(const struct cgroup *cgroup, struct error *err)
{
	const struct cgroup_folder *v2 = cgroup_v2(cgroup);
	struct patience patience = patience_start(CGROUP_PATIENCE);
	struct error ignored;
	size_t left = 0;
	int result = 0;

	for (unsigned round = 0;; round++) {
		bool done = kill_v2(cgroup), frozen;

		/* To freeze, every process has to be scheduled: only if the first rounds left some.  What was frozen
		 * before must thaw too: in v1 it would not die, and a cgroup that is not ours would stay frozen. */
		frozen = (!done && round > 3 && freeze(cgroup, true, 100000, &ignored) == 0) || cgroup_frozen(cgroup);
		if (!done)
			result = signal_once(cgroup, SIGKILL, &left, err);
		/* Those left may be frozen in a cgroup below. */
		if (frozen || (left > 0 && round > 0))
			cgroup_thaw_all(cgroup, &ignored);
		if (result < 0)
			return -1;
		if (left == 0 && !populated(cgroup))
			return 0;
		if (!patience_wait(&patience, done && v2 ? v2->fd : -1))
			return fail_code(err, ERROR_TIMEOUT,
					 "processes of the cgroup are still there 10 s after SIGKILL");
	}
}

int cgroup_signal_all(const struct cgroup *cgroup, int sig, struct error *err)
{
	size_t n;

	return sig == SIGKILL ? kill_all(cgroup, err) : signal_once(cgroup, sig, &n, err);
}
