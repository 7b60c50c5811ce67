/*
 * scheduler.c - CPU scheduling and I/O priority
 *
 * glibc has sched_setattr(2) only since 2.41, and no ioprio_set(2) at all:
 * both are called by number, with a structure of our own.
 */
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "base/names.h"
#include "tune/tune.h"

/* The first version of the kernel's struct sched_attr (3.14), which every kernel accepts. */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static const struct name_value flag_names[] = {
	{ "SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK },
	{ "SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM },
	{ "SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN },
	{ "SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY },
	{ "SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS },
	{ "SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX },
	{ NULL, 0 }
};

#define SCHED_RESERVED_ISO 4	/* has a number, and was never implemented */

static const struct { const char *name; uint32_t value; } policies[] = {
	[OCI_SCHED_POLICY_UNSET] = { "SCHED_OTHER", SCHED_NORMAL },
	[OCI_SCHED_POLICY_SCHED_OTHER] = { "SCHED_OTHER", SCHED_NORMAL },
	[OCI_SCHED_POLICY_SCHED_FIFO] = { "SCHED_FIFO", SCHED_FIFO },
	[OCI_SCHED_POLICY_SCHED_RR] = { "SCHED_RR", SCHED_RR },
	[OCI_SCHED_POLICY_SCHED_BATCH] = { "SCHED_BATCH", SCHED_BATCH },
	[OCI_SCHED_POLICY_SCHED_ISO] = { "SCHED_ISO", SCHED_RESERVED_ISO },
	[OCI_SCHED_POLICY_SCHED_IDLE] = { "SCHED_IDLE", SCHED_IDLE },
	[OCI_SCHED_POLICY_SCHED_DEADLINE] = { "SCHED_DEADLINE", SCHED_DEADLINE },
};

static const char *scheduler_hint(const struct attributes *a, int number)
{
	uint32_t policy = a->policy;

	if (number == EINVAL && a->flags & (SCHED_FLAG_UTIL_CLAMP_MIN | SCHED_FLAG_UTIL_CLAMP_MAX))
		return " (the spec has no values for SCHED_FLAG_UTIL_CLAMP_*)";
	if (number == EINVAL && policy == SCHED_RESERVED_ISO)
		return " (no kernel has it)";
	if (number != EPERM && number != EBUSY)
		return "";
	if (policy == SCHED_DEADLINE)
		return " (needs CAP_SYS_NICE and free deadline bandwidth; this process scheduler can't be used "
		       "together with AllowedCPUs, a cpuset that narrows the CPUs)";
	if (policy == SCHED_FIFO || policy == SCHED_RR)
		return " (needs CAP_SYS_NICE or RLIMIT_RTPRIO, and with cgroup v1 a cpu.rt_runtime_us above 0)";
	return " (needs CAP_SYS_NICE or RLIMIT_NICE)";
}

int scheduler_apply(pid_t pid, const struct oci_scheduler *scheduler, struct error *err)
{
	struct attributes attributes = {
		.size = sizeof attributes,
		.policy = policies[scheduler->policy].value,
		.nice = scheduler->nice,
		.priority = (uint32_t) scheduler->priority,
		.runtime = scheduler->runtime,
		.deadline = scheduler->deadline,
		.period = scheduler->period,
	};

	for (size_t i = 0; i < scheduler->n_flags; i++) {
		const struct name_value *flag = name_find(flag_names, scheduler->flags[i]);

		if (!flag)
			return fail_at(err, "/process/scheduler/flags", "unknown flag %s", scheduler->flags[i]);
		attributes.flags |= flag->value;
	}
	if (syscall(SYS_sched_setattr, pid, &attributes, 0) < 0) {
		fail(err, errno, "set the scheduling policy %s%s", policies[scheduler->policy].name,
		     scheduler_hint(&attributes, errno));
		return blame(err, "/process/scheduler");
	}
	return 0;
}

int io_priority_apply(const struct oci_io_priority *priority, struct error *err)
{
	static const int classes[] = {
		[OCI_IOPRIO_CLASS_UNSET] = IOPRIO_CLASS_NONE,
		[OCI_IOPRIO_CLASS_IOPRIO_CLASS_RT] = IOPRIO_CLASS_RT,
		[OCI_IOPRIO_CLASS_IOPRIO_CLASS_BE] = IOPRIO_CLASS_BE,
		[OCI_IOPRIO_CLASS_IOPRIO_CLASS_IDLE] = IOPRIO_CLASS_IDLE,
	};
	int value = classes[priority->class] << IOPRIO_CLASS_SHIFT | priority->priority;
	/* The spec wants the process group.  A process that does not lead one is in its caller's, which we must not
	 * change. */
	int who = getpgrp() == getpid() ? IOPRIO_WHO_PGRP : IOPRIO_WHO_PROCESS;

	if (syscall(SYS_ioprio_set, who, 0, value) < 0) {
		fail(err, errno, "set the I/O priority to class %d, level %d%s", classes[priority->class],
		     priority->priority,
		     errno == EPERM ? " (the real-time class needs CAP_SYS_ADMIN or CAP_SYS_NICE)" : "");
		return blame(err, "/process/ioPriority");
	}
	return 0;
}
