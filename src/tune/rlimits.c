/*
 * rlimits.c - resource limits, exactly as asked for
 *
 * Only CAP_SYS_RESOURCE in the initial user namespace can raise a hard limit.
 * Inside a user namespace init has none, so the runtime raises it from outside,
 * and init sets the final values, once it needs no more descriptors.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "tune/tune.h"

/* "unlimited" or digits, in one of two buffers, for messages. */
static const char *show(rlim_t value, char out[32])
{
	if (value == RLIM_INFINITY)
		snprintf(out, 32, "unlimited");
	else
		snprintf(out, 32, "%llu", (unsigned long long) value);
	return out;
}

static int refused(const struct rlimit_plan *limit, const struct rlimit *old, int number, struct error *err)
{
	char soft[32], hard[32], from[32];

	show(limit->value.rlim_cur, soft);
	show(limit->value.rlim_max, hard);
	show(old->rlim_max, from);
	if (number == EPERM && limit->value.rlim_max > old->rlim_max)
		return fail(err, number, "set %s to %s:%s: the hard limit is %s now, and raising it needs "
			    "CAP_SYS_RESOURCE%s", limit->name, soft, hard, from,
			    limit->resource == RLIMIT_NOFILE ? " and at most /proc/sys/fs/nr_open" : "");
	return fail(err, number, "set %s to %s:%s (hard limit now %s)", limit->name, soft, hard, from);
}

static int blame_rlimit(struct error *err, size_t i)
{
	char pointer[64];

	snprintf(pointer, sizeof pointer, "/process/rlimits/%zu", i);
	return blame(err, pointer);
}

int rlimits_raise(pid_t pid, const struct process_plan *process, struct error *err)
{
	for (size_t i = 0; i < process->n_rlimits; i++) {
		const struct rlimit_plan *limit = &process->rlimits[i];
		struct rlimit old, raised;

		if (prlimit(pid, limit->resource, NULL, &old) < 0) {
			fail(err, errno, "read %s of process %d", limit->name, pid);
			return blame_rlimit(err, i);
		}
		if (limit->value.rlim_max <= old.rlim_max)
			continue;
		/* Only what the process cannot do itself: it keeps its soft limit until it has set up the rest. */
		raised = (struct rlimit) { .rlim_cur = old.rlim_cur, .rlim_max = limit->value.rlim_max };
		if (prlimit(pid, limit->resource, &raised, NULL) < 0) {
			refused(limit, &old, errno, err);
			return blame_rlimit(err, i);
		}
	}
	return 0;
}

static int apply(const struct process_plan *process, size_t i, struct error *err)
{
	const struct rlimit_plan *limit = &process->rlimits[i];
	struct rlimit old = { 0 };
	int number;

	if (prlimit(0, limit->resource, &limit->value, NULL) == 0)
		return 0;
	number = errno;
	prlimit(0, limit->resource, NULL, &old);
	refused(limit, &old, number, err);
	return blame_rlimit(err, i);
}

int rlimits_apply(const struct process_plan *process, struct error *err)
{
	/* While we still have the right to, so that the last step cannot fail. */
	if (rlimits_raise(0, process, err) < 0)
		return -1;
	for (size_t i = 0; i < process->n_rlimits; i++)
		if (process->rlimits[i].resource != RLIMIT_NOFILE && apply(process, i, err) < 0)
			return -1;
	return 0;
}

int rlimits_apply_nofile(const struct process_plan *process, struct error *err)
{
	for (size_t i = 0; i < process->n_rlimits; i++)
		if (process->rlimits[i].resource == RLIMIT_NOFILE && apply(process, i, err) < 0)
			return -1;
	return 0;
}

int rlimit_check(const struct rlimit_plan *limit, struct error *err)
{
	auto_free char *text = NULL;
	char soft[32], hard[32];

	if (limit->resource == RLIMIT_NOFILE)
		text = file_get(AT_FDCWD, "/proc/sys/fs/nr_open", err);
	/* The kernel refuses it even below the present limit, which may date from before nr_open was lowered. */
	if (!text || limit->value.rlim_max <= strtoull(text, NULL, 10))
		return 0;
	return fail(err, EPERM, "set %s to %s:%s: /proc/sys/fs/nr_open allows no more than %.*s", limit->name,
		    show(limit->value.rlim_cur, soft), show(limit->value.rlim_max, hard), (int) strcspn(text, "\n"),
		    text);
}

/* The kernel demands the same rights for reading and for setting another process's limit. */
int rlimit_get(pid_t pid, const struct rlimit_plan *limit, struct rlimit *now, struct error *err)
{
	if (prlimit(pid, limit->resource, NULL, now) == 0)
		return 0;
	return fail(err, errno, "read %s of process %d", limit->name, (int) pid);
}

int rlimit_set(pid_t pid, int process, const struct rlimit_plan *limit, const struct rlimit *value, struct error *err)
{
	struct rlimit old = { 0 };
	int number;

	/*
	 * prlimit(2) takes no descriptor.  For another process to have the number by then, this one would have to end
	 * and be reaped, and all other pids be used once, between these two calls.
	 */
	if (process_wait_end(process, 0) != 0)
		return fail(err, ESRCH, "process %d has ended", (int) pid);
	if (prlimit(pid, limit->resource, value, NULL) == 0)
		return 0;
	number = errno;
	prlimit(pid, limit->resource, NULL, &old);
	return refused(limit, &old, number, err);
}
