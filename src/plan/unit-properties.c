/*
 * unit-properties.c - from linux.resources to properties of a unit
 *
 * systemd.resource-control(5) explains them, org.freedesktop.systemd1(5) gives
 * their types.  "No limit" is the largest number there is.  What systemd has no
 * property for (burst, huge pages, rdma, rates of block devices, v1's cpusets)
 * is not here: it is only written to the kernel's file, which systemd then
 * leaves alone.
 */
#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "libocispec/arena.h"
#include "libocispec/ocispec.h"
#include "plan/unit.h"
#include "plan/weights.h"

#define NO_LIMIT      UINT64_MAX
#define MAX_CPUS      8192	/* more than any kernel has (CONFIG_NR_CPUS) */
#define USUAL_PERIOD  100000	/* us */
#define QUOTA_GRAIN   10000	/* us per second: 1 % */
#define SINCE_PERIOD  242
#define SINCE_CPUSET  244
#define SINCE_IDLE    252

struct builder {
	struct arena *arena;
	struct unit_properties *list;
};

void unit_add(struct arena *arena, struct unit_properties *list, unsigned since, const char *name,
	      struct bus_value value)
{
	struct unit_property *p = NULL;

	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->list[i].property.name, name))
			p = &list->list[i];
	if (!p)
		p = arena_push(arena, &list->list, list->n++, sizeof *p);
	*p = (struct unit_property) { { name, value }, since };
}

static void add_number(const struct builder *b, unsigned since, const char *name, uint64_t number)
{
	unit_add(b->arena, b->list, since, name, BUS_UINT64(number));
}

static void add_limit(const struct builder *b, const char *name, int64_t limit)
{
	add_number(b, 0, name, limit < 0 ? NO_LIMIT : (uint64_t) limit);
}

/* ---- processors ----------------------------------------------------------- */

/* "0-3,7" as a mask, bit 0 of byte 0 first.  What is no such list (in `unified`) is left to the kernel. */
static void add_cpuset(const struct builder *b, const char *name, const char *text)
{
	uint8_t *mask = arena_alloc(b->arena, MAX_CPUS / 8);
	uint64_t first, last;
	size_t n = 0;

	while (number_take_range(&text, &first, &last)) {
		if (last >= MAX_CPUS)
			return;
		for (uint64_t i = first; i <= last; i++)
			mask[i / 8] |= (uint8_t) (1u << i % 8);
		if (last / 8 >= n)
			n = last / 8 + 1;
	}
	if (n > 0 && !*text)
		unit_add(b->arena, b->list, SINCE_CPUSET, name, BUS_LIST("ay", mask, n));
}

/*
 * When systemd is reloaded it keeps the quota in whole percents, rounded down,
 * and cgroups below that were given all of it would no longer fit.  So it is
 * rounded up for systemd; the file gets it exactly.
 */
static void add_quota(const struct builder *b, int64_t quota, uint64_t period)
{
	uint64_t share;

	if (quota < 0) {
		add_number(b, 0, "CPUQuotaPerSecUSec", NO_LIMIT);
		return;
	}
	if (__builtin_mul_overflow((uint64_t) quota, UINT64_C(1000000), &share))
		return;
	share = share / period + (share % period != 0);
	share += (QUOTA_GRAIN - share % QUOTA_GRAIN) % QUOTA_GRAIN;
	add_number(b, 0, "CPUQuotaPerSecUSec", share);
}

static void add_cpu(const struct builder *b, const struct oci_cpu *cpu, bool v2)
{
	if (v2 && cpu->has_idle && cpu->idle == 1)
		add_number(b, SINCE_IDLE, "CPUWeight", 0);
	else if (cpu->shares)
		add_number(b, 0, v2 ? "CPUWeight" : "CPUShares", v2 ? cpu_weight_of_shares(cpu->shares) : cpu->shares);
	if (cpu->period)
		add_number(b, SINCE_PERIOD, "CPUQuotaPeriodUSec", cpu->period);
	if (cpu->quota)
		add_quota(b, cpu->quota, cpu->period ? cpu->period : USUAL_PERIOD);
	if (v2 && cpu->cpus)
		add_cpuset(b, "AllowedCPUs", cpu->cpus);
	if (v2 && cpu->mems)
		add_cpuset(b, "AllowedMemoryNodes", cpu->mems);
}

/* ---- the rest ------------------------------------------------------------- */

static void add_memory(const struct builder *b, const struct oci_memory *m, bool v2)
{
	/* The config's swap is memory and swap, systemd's is v2's: swap alone. */
	int64_t both = m->limit == -1 && m->swap == 0 ? -1 : m->swap;

	if (m->limit)
		add_limit(b, v2 ? "MemoryMax" : "MemoryLimit", m->limit);
	if (v2 && m->reservation)
		add_limit(b, "MemoryLow", m->reservation);
	if (v2 && both < 0)
		add_limit(b, "MemorySwapMax", -1);
	else if (v2 && both > 0 && m->limit > 0 && both >= m->limit)
		add_limit(b, "MemorySwapMax", both - m->limit);
}

static void add_tasks(const struct builder *b, int64_t limit)
{
	add_limit(b, "TasksMax", pids_max_of_limit(limit));
}

/* "max", a number or a size; false if it is none of these, which the kernel will report better. */
static bool unified_number(const char *text, uint64_t *out)
{
	int64_t size;

	*out = NO_LIMIT;
	if (!strcmp(text, "max"))
		return true;
	if (!number_parse_size(text, &size) || size < 0)
		return false;
	*out = (uint64_t) size;
	return true;
}

/* "50000 100000", "max 100000", "50000" */
static void add_cpu_max(const struct builder *b, const char *text)
{
	const char *at = text + (strncmp(text, "max", 3) == 0 ? 3 : 0);
	uint64_t quota, period = USUAL_PERIOD;
	bool none = at != text;

	if (!none && !number_take(&at, &quota))
		return;
	if (*at == ' ' && number_take(&at, &period))
		add_number(b, SINCE_PERIOD, "CPUQuotaPeriodUSec", period);
	if (period > 0 && (none || quota <= INT64_MAX))
		add_quota(b, none ? -1 : (int64_t) quota, period);
}

/* Files of v2 that systemd has a property for. */
static void add_unified(const struct builder *b, const char *file, const char *text)
{
	/* Outside these bounds systemd would refuse the unit; so leave it to the kernel, whose error names the file. */
	static const struct { const char *file, *name; uint64_t least, most; } numbers[] = {
		{ "memory.max", "MemoryMax", 1, NO_LIMIT },	{ "memory.high", "MemoryHigh", 1, NO_LIMIT },
		{ "memory.low", "MemoryLow", 0, NO_LIMIT },	{ "memory.min", "MemoryMin", 0, NO_LIMIT },
		{ "memory.swap.max", "MemorySwapMax", 0, NO_LIMIT },
		{ "cpu.weight", "CPUWeight", 1, 10000 },	{ "io.weight", "IOWeight", 1, 10000 },
	};
	uint64_t number;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!strcmp(file, numbers[i].file)) {
			const char *value = !strncmp(text, "default ", 8) ? text + 8 : text;

			if (unified_number(value, &number) && number >= numbers[i].least && number <= numbers[i].most)
				add_number(b, 0, numbers[i].name, number);
			return;
		}
	if (!strcmp(file, "pids.max") && unified_number(text, &number))
		add_tasks(b, number == NO_LIMIT ? -1 : (int64_t) number);
	else if (!strcmp(file, "cpu.max"))
		add_cpu_max(b, text);
	else if (!strcmp(file, "cpu.idle") && !strcmp(text, "1"))
		add_number(b, SINCE_IDLE, "CPUWeight", 0);
	else if (!strcmp(file, "cpuset.cpus"))
		add_cpuset(b, "AllowedCPUs", text);
	else if (!strcmp(file, "cpuset.mems"))
		add_cpuset(b, "AllowedMemoryNodes", text);
}

void unit_resources(struct arena *arena, const struct oci_resources *r, enum cgroup_layout layout,
		    struct unit_properties *list)
{
	const struct builder b = { arena, list };
	bool v2 = layout == CGROUP_V2;

	if (!r)
		return;
	if (r->memory)
		add_memory(&b, r->memory, v2);
	if (r->cpu)
		add_cpu(&b, r->cpu, v2);
	if (r->pids && r->pids->has_limit)
		add_tasks(&b, r->pids->limit);
	if (r->block_io && r->block_io->weight)
		add_number(&b, 0, v2 ? "IOWeight" : "BlockIOWeight",
			   v2 ? io_weight_of_blkio(r->block_io->weight) : r->block_io->weight);
	for (size_t i = 0; v2 && i < r->unified.n; i++)
		add_unified(&b, r->unified.keys[i], r->unified.values[i]);
}

/* ---- for readers ---------------------------------------------------------- */

static const char *list_text(struct arena *arena, const struct bus_value *value)
{
	const char *text = "";

	for (size_t i = 0; i < value->n; i++) {
		const char *gap = i ? " " : "";

		if (!strcmp(value->type, "as"))
			text = arena_printf(arena, "%s%s%s", text, gap, ((char *const *) value->list)[i]);
		else if (!strcmp(value->type, "ay"))
			text = arena_printf(arena, "%s%s%02x", text, gap, ((const uint8_t *) value->list)[i]);
	}
	return text;
}

const char *unit_value_text(struct arena *arena, const struct bus_value *value)
{
	switch (value->type[0]) {
	case 's':
		return value->text;
	case 'b':
		return value->number ? "yes" : "no";
	case 'i':
		return arena_printf(arena, "%" PRId32, (int32_t) value->number);
	case 'a':
		return list_text(arena, value);
	default:
		return value->number == NO_LIMIT ? "infinity" : arena_printf(arena, "%" PRIu64, value->number);
	}
}
