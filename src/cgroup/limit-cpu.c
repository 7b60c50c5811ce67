/*
 * limit-cpu.c - processor time; which processors and memory nodes; how many processes
 */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/limit.h"
#include "plan/weights.h"

#define POINTER "/linux/resources/cpu"

static const struct controller cpu_controller = { "cpu", "cpu" };

/* ---- processor time ---- */

static int shares(struct limits *limits, const struct cgroup_folder *folder, const struct oci_cpu *cpu,
		  struct error *err)
{
	/* While idle is set the kernel refuses shares. */
	if (!cpu->shares || (cpu->has_idle && cpu->idle == 1))
		return 0;
	if (folder->v2) {
		limits_add(limits, folder, POINTER "/shares", "cpu.weight",
			   xasprintf("%u", cpu_weight_of_shares(cpu->shares)));
		return 0;
	}
	/* The kernel would clamp it without a word. */
	if (cpu->shares < 2)
		return fail_at(err, POINTER "/shares", "the minimum allowed cpu-shares is 2");
	if (cpu->shares > 262144)
		return fail_at(err, POINTER "/shares", "the maximum allowed cpu-shares is 262144");
	limits_add(limits, folder, POINTER "/shares", "cpu.shares", limit_text(cpu->shares));
	return 0;
}

static void add_burst(struct limits *limits, const struct cgroup_folder *folder, const struct oci_cpu *cpu)
{
	struct limit_write *w;

	if (!cpu->has_burst)
		return;
	w = limits_add(limits, folder, POINTER "/burst", folder->v2 ? "cpu.max.burst" : "cpu.cfs_burst_us",
		       limit_text(cpu->burst));
	w->optional = cpu->burst == 0;
	w->missing = "this kernel has no cpu burst (5.14)";
}

static void bandwidth_v1(struct limits *limits, const struct cgroup_folder *folder, const struct oci_cpu *cpu)
{
	static const char no_groups[] = "this kernel schedules no real-time groups";
	struct limit_write *w;

	if (cpu->period)
		limits_add(limits, folder, POINTER "/period", "cpu.cfs_period_us", limit_text(cpu->period));
	if (cpu->quota)
		limits_add(limits, folder, POINTER "/quota", "cpu.cfs_quota_us", limit_or(cpu->quota, "-1"));
	add_burst(limits, folder, cpu);
	if (cpu->realtime_period) {
		w = limits_add(limits, folder, POINTER "/realtimePeriod", "cpu.rt_period_us",
			       limit_text(cpu->realtime_period));
		w->missing = no_groups;
	}
	if (cpu->realtime_runtime) {
		w = limits_add(limits, folder, POINTER "/realtimeRuntime", "cpu.rt_runtime_us",
			       limit_or(cpu->realtime_runtime, "-1"));
		w->missing = no_groups;
	}
}

static int bandwidth_v2(struct limits *limits, const struct cgroup_folder *folder, const struct oci_cpu *cpu,
			struct error *err)
{
	auto_free char *quota = cpu->quota ? limit_or(cpu->quota, "max") : NULL;
	char now[64] = "max";

	if (cpu->realtime_period || cpu->realtime_runtime)
		return fail_at(err, cpu->realtime_period ? POINTER "/realtimePeriod" : POINTER "/realtimeRuntime",
			       "cgroup v2 cannot do this, only v1 has real-time groups");
	/* The period is the file's second word: if no quota is given the present one stays. */
	if (!quota && cpu->period && folder_peek(folder->fd, "cpu.max", now, sizeof now))
		now[strcspn(now, " ")] = '\0';
	if (cpu->period)
		limits_add(limits, folder, quota ? POINTER "/quota" : POINTER "/period", "cpu.max",
			   xasprintf("%s %llu", quota ? quota : now, (unsigned long long) cpu->period));
	else if (quota)
		limits_add(limits, folder, POINTER "/quota", "cpu.max", take(quota));
	add_burst(limits, folder, cpu);
	return 0;
}

int limits_cpu(struct limits *limits, const struct oci_cpu *cpu, struct error *err)
{
	const struct cgroup_folder *folder;
	const char *first = cpu->shares		    ? POINTER "/shares"
			    : cpu->quota	    ? POINTER "/quota"
			    : cpu->period	    ? POINTER "/period"
			    : cpu->burst	    ? POINTER "/burst"
			    : cpu->realtime_period  ? POINTER "/realtimePeriod"
			    : cpu->realtime_runtime ? POINTER "/realtimeRuntime"
			    : cpu->idle		    ? POINTER "/idle"
			    : cpu->has_burst	    ? POINTER "/burst"
			    : cpu->has_idle	    ? POINTER "/idle"
						    : NULL;

	if (!first)
		return 0;
	folder = limits_folder(limits, &cpu_controller, first, err);
	/* Without a controller there is no burst and no idle, as asked for. */
	if (!folder)
		return cpu->shares || cpu->quota || cpu->period || cpu->burst || cpu->realtime_period ||
		       cpu->realtime_runtime || cpu->idle ? -1 : 0;
	if (cpu->has_idle) {
		struct limit_write *w =
			limits_add(limits, folder, POINTER "/idle", "cpu.idle", xasprintf("%d", (int) cpu->idle));

		w->optional = cpu->idle == 0;
		w->missing = "this kernel has no cpu.idle (5.15)";
	}
	if (shares(limits, folder, cpu, err) < 0)
		return -1;
	if (folder->v2)
		return bandwidth_v2(limits, folder, cpu, err);
	bandwidth_v1(limits, folder, cpu);
	return 0;
}

/* ---- where ---- */

int limits_cpuset(struct limits *limits, const struct oci_cpu *cpu, struct error *err)
{
	static const struct controller controller = { "cpuset", "cpuset" };
	const struct { const char *value, *pointer, *file, *short_file; } sets[] = {
		{ cpu->cpus, POINTER "/cpus", "cpuset.cpus", "cpus" },
		{ cpu->mems, POINTER "/mems", "cpuset.mems", "mems" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const struct cgroup_folder *folder;
		struct limit_write *w;

		if (!sets[i].value || !sets[i].value[0])
			continue;
		folder = limits_folder(limits, &controller, sets[i].pointer, err);
		if (!folder)
			return -1;
		w = limits_add(limits, folder, sets[i].pointer, sets[i].file, xstrdup(sets[i].value));
		/* v1, mounted with noprefix. */
		w->other_file = sets[i].short_file;
		w->other_value = xstrdup(sets[i].value);
	}
	return 0;
}

/* ---- how many ---- */

int limits_pids(struct limits *limits, const struct oci_pids *pids, struct error *err)
{
	static const struct controller controller = { "pids", "pids" };
	const char *pointer = "/linux/resources/pids/limit";
	const struct cgroup_folder *folder;

	if (!pids->has_limit)
		return 0;
	folder = limits_folder(limits, &controller, pointer, err);
	if (!folder)
		return pids->limit < 0 ? 0 : -1;
	limits_add(limits, folder, pointer, "pids.max", limit_or(pids_max_of_limit(pids->limit), "max"));
	return 0;
}
