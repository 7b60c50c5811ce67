/*
 * check-resources.c - limits, by cgroup controller
 *
 * For most of them 0 is "not set", as in runc, whose clients write 0 for what
 * they do not care about; -1 is "no limit".  What one cgroup version clamps
 * and the other refuses (cpu.shares above 262144) is left to the driver.
 */
#include <linux/if.h>

#include "base/cleanup.h"
#include "config/check.h"
#include "config/config.h"

struct subject {
	const struct oci_resources *resources;
	const char *pointer;
	struct json_faults *faults;
	bool part;	/* a change: what it does not give may be set already */
};

static void check_range(const struct subject *s, const char *member, bool given, int64_t value, int64_t min,
			int64_t max)
{
	if (given && (value < min || value > max))
		check_fault(s->faults, AT("%s/%s", s->pointer, member), "%lld is out of range (expected %lld to %lld)",
			    (long long) value, (long long) min, (long long) max);
}

/* -1, or a number (of bytes, say). */
static void check_limit(const struct subject *s, const char *member, bool given, int64_t value)
{
	if (given && value < -1)
		check_fault(s->faults, AT("%s/%s", s->pointer, member),
			    "%lld is out of range (expected -1 for no limit, or more)", (long long) value);
}

static void check_memory(const struct subject *s)
{
	const struct oci_memory *m = s->resources->memory;

	if (!m)
		return;
	check_limit(s, "memory/limit", m->has_limit, m->limit);
	check_limit(s, "memory/reservation", m->has_reservation, m->reservation);
	check_limit(s, "memory/swap", m->has_swap, m->swap);
	check_limit(s, "memory/kernel", m->has_kernel, m->kernel);
	check_limit(s, "memory/kernelTCP", m->has_kernel_tcp, m->kernel_tcp);
	if (m->has_swappiness && m->swappiness > 100)
		check_fault(s->faults, AT("%s/memory/swappiness", s->pointer),
			    "%llu is out of range (expected 0 to 100)", (unsigned long long) m->swappiness);
	if (s->part)
		return;
	/* swap limits memory and swap together. */
	if (m->swap > 0 && m->limit == 0)
		check_fault(s->faults, AT("%s/memory/swap", s->pointer),
			    "unable to set swap limit without memory limit");
	else if (m->swap > 0 && (m->limit == -1 || m->swap < m->limit))
		check_fault(s->faults, AT("%s/memory/swap", s->pointer),
			    "%lld is less than the memory limit (memory+swap limit should be >= memory limit)",
			    (long long) m->swap);
}

static void check_cpu_sets(const struct subject *s, const struct oci_cpu *cpu)
{
	if (cpu->cpus && !check_list_of_numbers(cpu->cpus, NULL))
		check_fault(s->faults, AT("%s/cpu/cpus", s->pointer),
			    "%s is not a list of processors (expected one like 0-3,8)", QUOTED(cpu->cpus));
	if (cpu->mems && !check_list_of_numbers(cpu->mems, NULL))
		check_fault(s->faults, AT("%s/cpu/mems", s->pointer),
			    "%s is not a list of memory nodes (expected one like 0-1)", QUOTED(cpu->mems));
}

/* kernel/sched: a period is 1 ms to 1 s, a quota at least 1 ms; any negative quota is no limit. */
static void check_cpu(const struct subject *s)
{
	const struct oci_cpu *cpu = s->resources->cpu;

	if (!cpu)
		return;
	if (cpu->period && (cpu->period < 1000 || cpu->period > 1000000))
		check_fault(s->faults, AT("%s/cpu/period", s->pointer),
			    "%llu is out of range (expected 1000 to 1000000 microseconds)",
			    (unsigned long long) cpu->period);
	if (cpu->quota > 0 && cpu->quota < 1000)
		check_fault(s->faults, AT("%s/cpu/quota", s->pointer),
			    "%lld is out of range (expected -1 for no limit, or at least 1000 microseconds)",
			    (long long) cpu->quota);
	if (!s->part && cpu->quota > 0 && cpu->burst > (uint64_t) cpu->quota)
		check_fault(s->faults, AT("%s/cpu/burst", s->pointer), "%llu is above the quota, %lld",
			    (unsigned long long) cpu->burst, (long long) cpu->quota);
	check_limit(s, "cpu/realtimeRuntime", cpu->has_realtime_runtime, cpu->realtime_runtime);
	if (!s->part && cpu->realtime_runtime > 0 && cpu->realtime_period &&
	    (uint64_t) cpu->realtime_runtime > cpu->realtime_period)
		check_fault(s->faults, AT("%s/cpu/realtimeRuntime", s->pointer), "%lld is above realtimePeriod, %llu",
			    (long long) cpu->realtime_runtime, (unsigned long long) cpu->realtime_period);
	check_range(s, "cpu/idle", cpu->has_idle, cpu->idle, 0, 1);
	check_cpu_sets(s, cpu);
}

static void check_weight(const struct subject *s, const char *member, uint16_t weight)
{
	check_range(s, member, weight != 0, weight, 10, 1000);
}

static void check_throttle(const struct subject *s, const char *member, const struct oci_throttle_device *list,
			   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_range(s, AT("blockIO/%s/%zu/major", member, i), true, list[i].major, 0, UINT32_MAX);
		check_range(s, AT("blockIO/%s/%zu/minor", member, i), true, list[i].minor, 0, UINT32_MAX);
	}
}

static void check_block_io(const struct subject *s)
{
	const struct oci_block_io *b = s->resources->block_io;

	if (!b)
		return;
	check_weight(s, "blockIO/weight", b->weight);
	check_weight(s, "blockIO/leafWeight", b->leaf_weight);
	for (size_t i = 0; i < b->n_weight_device; i++) {
		const struct oci_weight_device *d = &b->weight_device[i];
		check_range(s, AT("blockIO/weightDevice/%zu/major", i), true, d->major, 0, UINT32_MAX);
		check_range(s, AT("blockIO/weightDevice/%zu/minor", i), true, d->minor, 0, UINT32_MAX);
		check_weight(s, AT("blockIO/weightDevice/%zu/weight", i), d->weight);
		check_weight(s, AT("blockIO/weightDevice/%zu/leafWeight", i), d->leaf_weight);
		if (!d->has_weight && !d->has_leaf_weight)
			check_fault(s->faults, AT("%s/blockIO/weightDevice/%zu", s->pointer, i),
				    "needs weight or leafWeight");
	}
	check_throttle(s, "throttleReadBpsDevice", b->throttle_read_bps_device, b->n_throttle_read_bps_device);
	check_throttle(s, "throttleWriteBpsDevice", b->throttle_write_bps_device, b->n_throttle_write_bps_device);
	check_throttle(s, "throttleReadIOPSDevice", b->throttle_read_iops_device, b->n_throttle_read_iops_device);
	check_throttle(s, "throttleWriteIOPSDevice", b->throttle_write_iops_device, b->n_throttle_write_iops_device);
}

static void check_device_rules(const struct subject *s)
{
	for (size_t i = 0; i < s->resources->n_devices; i++) {
		const struct oci_device_rule *d = &s->resources->devices[i];
		if (d->type && d->type[0] && (d->type[1] || !strchr("acb", d->type[0])))
			check_fault(s->faults, AT("%s/devices/%zu/type", s->pointer, i), "%s is not one of a, c, b",
				    QUOTED(d->type));
		/* -1 is runc's word for "any". */
		check_range(s, AT("devices/%zu/major", i), d->has_major, d->major, -1, UINT32_MAX);
		check_range(s, AT("devices/%zu/minor", i), d->has_minor, d->minor, -1, UINT32_MAX);
		/* "a" is a type, but runc accepts and ignores it here, and configs have it. */
		if (d->access && d->access[strspn(d->access, "rwma")])
			check_fault(s->faults, AT("%s/devices/%zu/access", s->pointer, i),
				    "%s is not made of r, w and m", QUOTED(d->access));
	}
}

/* "64KB", "2MB", "1GB": the names of the kernel's files. */
static bool is_page_size(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n && s[0] != '0' && s[n] && strchr("KMG", s[n]) && !strcmp(s + n + 1, "B");
}

static void check_pages_and_network(const struct subject *s)
{
	const struct oci_network *network = s->resources->network;

	for (size_t i = 0; i < s->resources->n_hugepage_limits; i++) {
		const char *size = s->resources->hugepage_limits[i].page_size;
		if (size && !is_page_size(size))
			check_fault(s->faults, AT("%s/hugepageLimits/%zu/pageSize", s->pointer, i),
				    "%s is not a page size (expected one like 64KB, 2MB, 1GB)", QUOTED(size));
	}
	for (size_t i = 0; network && i < network->n_priorities; i++) {
		const char *name = network->priorities[i].name;
		if (name && (!name[0] || strlen(name) >= IFNAMSIZ || strpbrk(name, "/ \n")))
			check_fault(s->faults, AT("%s/network/priorities/%zu/name", s->pointer, i),
				    "invalid network device name %s", QUOTED(name));
	}
}

/* Files of every cgroup that act instead of setting a limit: each line written to cgroup.procs moves in a process from
 * anywhere on the machine, to be limited and killed with the container; in a frozen cgroup init could not even report
 * an error.  Any other file, known or not, must be written as it is (config-linux.md, Unified). */
static bool is_deed(const char *file)
{
	static const char *const deeds[] = {
		"cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze", "cgroup.type",
		"cgroup.subtree_control",
	};

	for (size_t i = 0; i < ARRAY_SIZE(deeds); i++)
		if (!strcmp(file, deeds[i]))
			return true;
	return false;
}

static void check_maps(const struct subject *s)
{
	const struct json_map *rdma = &s->resources->rdma, *unified = &s->resources->unified;

	for (size_t i = 0; i < rdma->n; i++) {
		const struct oci_rdma *limits = rdma->values[i];
		if (limits && !limits->has_hca_handles && !limits->has_hca_objects)
			check_fault(s->faults, AT_KEY(AT("%s/rdma", s->pointer), rdma->keys[i]),
				    "needs hcaHandles or hcaObjects");
	}
	for (size_t i = 0; i < unified->n; i++) {
		const char *name = unified->keys[i];
		const char *pointer = AT_KEY(AT("%s/unified", s->pointer), name);
		if (strchr(name, '/'))
			check_fault(s->faults, pointer, "unified resource %s must be a file name (no slashes)",
				    QUOTED(name));
		else if (name[0] == '.' || !strchr(name, '.'))
			check_fault(s->faults, pointer, "unified resource %s must be like memory.high", QUOTED(name));
		else if (is_deed(name))
			check_fault(s->faults, pointer, "%s is not a resource of a container", QUOTED(name));
	}
}

static void check_all(const struct subject *s)
{
	const struct oci_pids *pids = s->resources->pids;

	check_device_rules(s);
	check_memory(s);
	check_cpu(s);
	if (pids)
		check_limit(s, "pids/limit", pids->has_limit, pids->limit);
	check_block_io(s);
	check_pages_and_network(s);
	check_maps(s);
}

void config_check_resources(const struct oci_resources *resources, const char *pointer, struct json_faults *faults)
{
	check_all(&(struct subject) { resources, pointer, faults, false });
}

void config_check_change(const struct oci_resources *change, const char *pointer, struct json_faults *faults)
{
	check_all(&(struct subject) { change, pointer, faults, true });
}
