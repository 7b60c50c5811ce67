/* check-process.c - the process of a container, or one that is to join it */
#include <stdio.h>
#include <sys/resource.h>

#include "config/capability-names.h"
#include "config/check.h"
#include "config/config.h"
#include "config/rlimit-names.h"

/* What is being looked at: "/process" of a config, or the whole of a process file. */
struct subject {
	const struct oci_process *process;
	const char *pointer;
	struct json_faults *faults;
};

static void check_command(const struct subject *s)
{
	const struct oci_process *p = s->process;

	if (!p->n_args)
		check_fault(s->faults, AT("%s/args", s->pointer), "args must not be empty");
	if (p->cwd && !p->cwd[0])
		check_fault(s->faults, AT("%s/cwd", s->pointer), "Cwd property must not be empty");
	else
		check_path(s->faults, AT("%s/cwd", s->pointer), p->cwd, "Cwd");
	check_environment(s->faults, AT("%s/env", s->pointer), p->env, p->n_env);
}

/* setresuid(2) takes 2^32-1 for "leave it": the process would keep our id (akin to CVE-2024-40635). */
static void check_id(const struct subject *s, const char *member, uint32_t id)
{
	if (id == UINT32_MAX)
		check_fault(s->faults, AT("%s/user/%s", s->pointer, member),
			    "%u is not an id (expected 0 to 4294967294)", id);
}

static void check_user(const struct subject *s)
{
	const struct oci_user *user = s->process->user;

	if (!user)
		return;
	check_id(s, "uid", user->uid);
	check_id(s, "gid", user->gid);
	for (size_t i = 0; i < user->n_additional_gids; i++)
		check_id(s, AT("additionalGids/%zu", i), user->additional_gids[i]);
	if (user->umask > 0777)
		check_fault(s->faults, AT("%s/user/umask", s->pointer),
			    "%u is out of range (expected 0 to 511, which is octal 0777: JSON numbers are decimal)",
			    user->umask);
}

static void check_capability_set(const struct subject *s, const char *set, char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char with_prefix[80];
		const char *hint = "";
		if (!names[i] || name_find(capability_names, names[i]))
			continue;
		snprintf(with_prefix, sizeof with_prefix, "CAP_%s", names[i]);
		if (name_find(capability_names, with_prefix))
			hint = " (names begin with CAP_)";
		check_fault(s->faults, AT("%s/capabilities/%s/%zu", s->pointer, set, i), "unknown capability %s%s",
			    QUOTED(names[i]), hint);
	}
}

static void check_capabilities(const struct subject *s)
{
	const struct oci_capabilities *caps = s->process->capabilities;

	if (!caps)
		return;
	check_capability_set(s, "bounding", caps->bounding, caps->n_bounding);
	check_capability_set(s, "permitted", caps->permitted, caps->n_permitted);
	check_capability_set(s, "effective", caps->effective, caps->n_effective);
	check_capability_set(s, "inheritable", caps->inheritable, caps->n_inheritable);
	check_capability_set(s, "ambient", caps->ambient, caps->n_ambient);
}

static void check_rlimits(const struct subject *s)
{
	const struct oci_rlimit *list = s->process->rlimits;
	size_t first[RLIM_NLIMITS] = { 0 };	/* by resource: its entry, counted from 1 */

	for (size_t i = 0; i < s->process->n_rlimits; i++) {
		const struct name_value *known = list[i].type ? name_find(rlimit_names, list[i].type) : NULL;
		if (list[i].type && !known)
			check_fault(s->faults, AT("%s/rlimits/%zu/type", s->pointer, i),
				    "invalid rlimit type %s (expected one like RLIMIT_NOFILE)", QUOTED(list[i].type));
		if (known && first[known->value])
			check_fault(s->faults, AT("%s/rlimits/%zu/type", s->pointer, i),
				    "%s is given twice, first in entry %zu", QUOTED(list[i].type),
				    first[known->value] - 1);
		else if (known)
			first[known->value] = i + 1;
		if (list[i].soft > list[i].hard)
			check_fault(s->faults, AT("%s/rlimits/%zu", s->pointer, i), "soft (%llu) is above hard (%llu)",
				    (unsigned long long) list[i].soft, (unsigned long long) list[i].hard);
	}
}

static void check_scheduler_values(const struct subject *s)
{
	const struct oci_scheduler *sched = s->process->scheduler;
	bool real_time = sched->policy == OCI_SCHED_POLICY_SCHED_FIFO || sched->policy == OCI_SCHED_POLICY_SCHED_RR;
	const char *name = oci_sched_policy_names.names[sched->policy];

	if (sched->nice < -20 || sched->nice > 19)
		check_fault(s->faults, AT("%s/scheduler/nice", s->pointer), "%d is out of range (expected -20 to 19)",
			    sched->nice);
	if (!name)
		return;
	if (real_time && (sched->priority < 1 || sched->priority > 99))
		check_fault(s->faults, AT("%s/scheduler/priority", s->pointer), "%d is out of range (%s takes 1 to 99)",
			    sched->priority, name);
	if (!real_time && sched->priority)
		check_fault(s->faults, AT("%s/scheduler/priority", s->pointer),
			    "%s takes no priority, SCHED_FIFO and SCHED_RR do", name);
	if (sched->policy != OCI_SCHED_POLICY_SCHED_DEADLINE) {
		if (sched->runtime || sched->deadline || sched->period)
			check_fault(s->faults, AT("%s/scheduler", s->pointer),
				    "%s takes no runtime, deadline or period, SCHED_DEADLINE does", name);
	/* sched(7); a period of 0 means the deadline, a run time is at least 1024 ns; nothing has the highest bit. */
	} else if (sched->runtime < 1024 || sched->runtime > sched->deadline || sched->deadline > INT64_MAX ||
		   sched->period > INT64_MAX || (sched->period && sched->deadline > sched->period)) {
		check_fault(s->faults, AT("%s/scheduler", s->pointer),
			    "SCHED_DEADLINE needs 1024 <= runtime <= deadline <= period < 2^63");
	}
}

static void check_scheduling(const struct subject *s)
{
	static const char *const flags[] = {
		"SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY",
		"SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX", NULL,
	};
	const struct oci_process *p = s->process;

	if (p->scheduler) {
		check_scheduler_values(s);
		check_words(s->faults, AT("%s/scheduler/flags", s->pointer), p->scheduler->flags, p->scheduler->n_flags,
			    flags);
	}
	if (p->io_priority && (p->io_priority->priority < 0 || p->io_priority->priority > 7))
		check_fault(s->faults, AT("%s/ioPriority/priority", s->pointer), "%d is out of range (expected 0 to 7)",
			    p->io_priority->priority);
}

static void check_affinity(const struct subject *s)
{
	const struct oci_cpu_affinity *affinity = s->process->exec_cpu_affinity;
	static const char message[] = "%s is not a list of processors (expected one like 0-3,8)";

	if (!affinity)
		return;
	if (affinity->initial && !check_list_of_numbers(affinity->initial, NULL))
		check_fault(s->faults, AT("%s/execCPUAffinity/initial", s->pointer), message,
			    QUOTED(affinity->initial));
	if (affinity->final && !check_list_of_numbers(affinity->final, NULL))
		check_fault(s->faults, AT("%s/execCPUAffinity/final", s->pointer), message, QUOTED(affinity->final));
}

/* struct winsize has 16 bits for each. */
static void check_size(const struct subject *s, const char *member, uint64_t n)
{
	if (n > UINT16_MAX)
		check_fault(s->faults, AT("%s/consoleSize/%s", s->pointer, member),
			    "%llu is out of range (expected 0 to 65535)", (unsigned long long) n);
}

void config_check_process(const struct oci_process *process, const char *pointer, struct json_faults *faults)
{
	const struct subject s = { process, pointer, faults };

	check_command(&s);
	check_user(&s);
	check_capabilities(&s);
	check_rlimits(&s);
	check_scheduling(&s);
	check_affinity(&s);
	if (process->oom_score_adj < -1000 || process->oom_score_adj > 1000)
		check_fault(faults, AT("%s/oomScoreAdj", pointer), "%d is out of range (expected -1000 to 1000)",
			    process->oom_score_adj);
	if (process->terminal && process->console_size) {
		check_size(&s, "height", process->console_size->height);
		check_size(&s, "width", process->console_size->width);
	}
}
