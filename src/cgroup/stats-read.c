/*
 * stats-read.c - which file of which controller has what
 *
 * Each controller is read where this machine has it: v1's folder, else v2's.
 */
#include <dirent.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "cgroup/stats.h"
#include "libocispec/arena.h"
#include "sys/fd.h"

#define TICK_NS		10000000u	/* USER_HZ is always 100 in user space */

struct reader {
	const struct cgroup *cgroup;
	struct arena *arena;
	struct cgroup_stats *stats;
};

static char *get(int dir, const char *file)
{
	struct error ignored;

	return file_get(dir, file, &ignored);
}

static bool get_number(int dir, const char *file, stats_count *value)
{
	char text[64];

	return folder_peek(dir, file, text, sizeof text) && stats_parse_number(text, value);
}

static void get_psi(int dir, const char *file, struct stats_psi *psi)
{
	auto_free char *text = get(dir, file);

	if (text)
		stats_parse_psi(text, psi);
}

/* ---- cpu ---- */

static void cpu_v1(struct reader *r, int dir)
{
	auto_free char *text = get(dir, "cpu.stat");

	if (!text)
		return;
	keyed_find(text, "nr_periods", &r->stats->cpu.periods);
	keyed_find(text, "nr_throttled", &r->stats->cpu.throttled_periods);
	keyed_find(text, "throttled_time", &r->stats->cpu.throttled_time);
}

static void cpuacct_v1(struct reader *r, int dir)
{
	auto_free char *stat = get(dir, "cpuacct.stat"), *each = get(dir, "cpuacct.usage_percpu"),
		       *all = get(dir, "cpuacct.usage_all");
	stats_count ticks;

	get_number(dir, "cpuacct.usage", &r->stats->cpu.total);
	if (stat && keyed_find(stat, "user", &ticks))
		r->stats->cpu.user = ticks * TICK_NS;
	if (stat && keyed_find(stat, "system", &ticks))
		r->stats->cpu.kernel = ticks * TICK_NS;
	if (each)
		stats_parse_numbers(r->arena, each, &r->stats->cpu.percpu);
	if (all)
		stats_parse_cpus(r->arena, all, &r->stats->cpu.percpu_user, &r->stats->cpu.percpu_kernel);
}

/* The file exists even without the controller. */
static void cpu_v2(struct reader *r, int dir)
{
	const struct { const char *key; stats_count *to; stats_count unit; } rows[] = {
		{ "usage_usec", &r->stats->cpu.total, 1000 }, { "user_usec", &r->stats->cpu.user, 1000 },
		{ "system_usec", &r->stats->cpu.kernel, 1000 }, { "nr_periods", &r->stats->cpu.periods, 1 },
		{ "nr_throttled", &r->stats->cpu.throttled_periods, 1 },
		{ "throttled_usec", &r->stats->cpu.throttled_time, 1000 },
	};
	auto_free char *text = get(dir, "cpu.stat");
	stats_count value;

	for (size_t i = 0; text && i < ARRAY_SIZE(rows); i++)
		if (keyed_find(text, rows[i].key, &value))
			*rows[i].to = value * rows[i].unit;
}

static void cpuset_v1(struct reader *r, int dir)
{
	auto_free char *cpus = get(dir, "cpuset.cpus"), *mems = get(dir, "cpuset.mems");
	const struct { const char *file; stats_count *to; } rows[] = {
		{ "cpuset.cpu_exclusive", &r->stats->cpuset.cpu_exclusive },
		{ "cpuset.mem_hardwall", &r->stats->cpuset.mem_hardwall },
		{ "cpuset.mem_exclusive", &r->stats->cpuset.mem_exclusive },
		{ "cpuset.memory_migrate", &r->stats->cpuset.memory_migrate },
		{ "cpuset.memory_spread_page", &r->stats->cpuset.memory_spread_page },
		{ "cpuset.memory_spread_slab", &r->stats->cpuset.memory_spread_slab },
		{ "cpuset.memory_pressure", &r->stats->cpuset.memory_pressure },
		{ "cpuset.sched_load_balance", &r->stats->cpuset.sched_load_balance },
	};
	char level[32];

	if (cpus)
		stats_parse_ranges(r->arena, cpus, &r->stats->cpuset.cpus);
	if (mems)
		stats_parse_ranges(r->arena, mems, &r->stats->cpuset.mems);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		get_number(dir, rows[i].file, rows[i].to);
	if (folder_peek(dir, "cpuset.sched_relax_domain_level", level, sizeof level))
		r->stats->cpuset.sched_relax_domain_level = strtoll(level, NULL, 10);
}

/* ---- memory ---- */

static void memory_entry_v1(int dir, const char *name, struct stats_memory *to)
{
	const struct { const char *part; stats_count *to; } rows[] = {
		{ "usage_in_bytes", &to->usage }, { "max_usage_in_bytes", &to->max }, { "failcnt", &to->failcnt },
		{ "limit_in_bytes", &to->limit },
	};
	char file[64];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(file, sizeof file, "memory.%s%s", name, rows[i].part);
		get_number(dir, file, rows[i].to);
	}
}

static void memory_raw(struct reader *r, int dir, const char *cache)
{
	auto_free char *text = get(dir, "memory.stat");

	if (!text)
		return;
	stats_parse_values(r->arena, text, &r->stats->memory.raw, &r->stats->memory.n_raw);
	r->stats->memory.cache = stats_value(r->stats->memory.raw, r->stats->memory.n_raw, cache);
}

static void memory_v1(struct reader *r, int dir)
{
	memory_raw(r, dir, "cache");
	memory_entry_v1(dir, "", &r->stats->memory.usage);
	memory_entry_v1(dir, "memsw.", &r->stats->memory.swap);
	memory_entry_v1(dir, "kmem.", &r->stats->memory.kernel);
	memory_entry_v1(dir, "kmem.tcp.", &r->stats->memory.kernel_tcp);
}

static void memory_v2(struct reader *r, int dir)
{
	struct stats_memory *memory = &r->stats->memory.usage, *swap = &r->stats->memory.swap;

	memory_raw(r, dir, "file");
	get_psi(dir, "memory.pressure", &r->stats->memory.psi);
	/* The controller may be off here. */
	if (!get_number(dir, "memory.current", &memory->usage))
		return;
	get_number(dir, "memory.max", &memory->limit);
	get_number(dir, "memory.peak", &memory->max);	/* 5.19 */
	/* v1's number is the sum of both; the peak of that is unknown. */
	if (get_number(dir, "memory.swap.current", &swap->usage))
		get_number(dir, "memory.swap.max", &swap->limit);
	swap->usage += memory->usage;
	if (swap->limit != (stats_count) -1)
		swap->limit = memory->limit == (stats_count) -1 ? memory->limit : swap->limit + memory->limit;
}

/* ---- pids ---- */

static void pids_with(struct reader *r, int dir)
{
	stats_count limit;

	get_number(dir, "pids.current", &r->stats->pids.current);
	if (get_number(dir, "pids.max", &limit) && limit != (stats_count) -1)
		r->stats->pids.limit = limit;
}

static void pids_without(struct reader *r)
{
	auto_free pid_t *pids = NULL;
	struct error ignored;
	size_t n = 0;

	if (cgroup_pids(r->cgroup, &pids, &n, &ignored) == 0)
		r->stats->pids.current = n;
}

/* ---- block devices ---- */

/* Files of BFQ with statistics, of BFQ, of CFQ (before 5.0), of the throttle: the first with anything in them have it
 * all. */
static const struct {
	const char *file;
	enum stats_io_kind kind;
} blkio_files[][9] = {
	{
		{ "blkio.bfq.sectors_recursive", IO_SECTORS },
		{ "blkio.bfq.io_service_time_recursive", IO_SERVICE_TIME },
		{ "blkio.bfq.io_wait_time_recursive", IO_WAIT_TIME }, { "blkio.bfq.io_merged_recursive", IO_MERGED },
		{ "blkio.bfq.io_queued_recursive", IO_QUEUED }, { "blkio.bfq.time_recursive", IO_TIME },
		{ "blkio.bfq.io_serviced_recursive", IO_SERVICED },
		{ "blkio.bfq.io_service_bytes_recursive", IO_BYTES },
	},
	{
		{ "blkio.bfq.io_serviced_recursive", IO_SERVICED },
		{ "blkio.bfq.io_service_bytes_recursive", IO_BYTES },
	},
	{
		{ "blkio.sectors_recursive", IO_SECTORS }, { "blkio.io_service_time_recursive", IO_SERVICE_TIME },
		{ "blkio.io_wait_time_recursive", IO_WAIT_TIME }, { "blkio.io_merged_recursive", IO_MERGED },
		{ "blkio.io_queued_recursive", IO_QUEUED }, { "blkio.time_recursive", IO_TIME },
		{ "blkio.io_serviced_recursive", IO_SERVICED }, { "blkio.io_service_bytes_recursive", IO_BYTES },
	},
	{
		{ "blkio.throttle.io_serviced_recursive", IO_SERVICED },
		{ "blkio.throttle.io_service_bytes_recursive", IO_BYTES },
	},
	{
		{ "blkio.throttle.io_serviced", IO_SERVICED }, { "blkio.throttle.io_service_bytes", IO_BYTES },
	},
};

static void io_v1(struct reader *r, int dir)
{
	for (size_t group = 0; group < ARRAY_SIZE(blkio_files); group++) {
		bool any = false;

		for (size_t i = 0; blkio_files[group][i].file; i++) {
			auto_free char *text = get(dir, blkio_files[group][i].file);
			struct stats_ios *ios = &r->stats->io[blkio_files[group][i].kind];

			*ios = (struct stats_ios) { 0 };
			if (text)
				stats_parse_blkio(r->arena, text, ios);
			any |= ios->n > 0;
		}
		if (any)
			return;
	}
}

static void io_v2(struct reader *r, int dir)
{
	auto_free char *text = get(dir, "io.stat");

	if (text)
		stats_parse_io_stat(r->arena, text, &r->stats->io[IO_BYTES], &r->stats->io[IO_SERVICED]);
	get_psi(dir, "io.pressure", &r->stats->io_psi);
}

/* ---- huge pages ---- */

static int by_size(const void *a, const void *b)
{
	return strcmp(((const struct stats_pages *) a)->size, ((const struct stats_pages *) b)->size);
}

static bool pages_read(int dir, bool v2, struct stats_pages *pages)
{
	char file[64];

	snprintf(file, sizeof file, "hugetlb.%s.%s", pages->size, v2 ? "current" : "usage_in_bytes");
	if (!get_number(dir, file, &pages->usage))
		return false;
	if (v2) {
		snprintf(file, sizeof file, "hugetlb.%s.events", pages->size);
		keyed_read(dir, file, "max", &pages->failcnt);
		return true;
	}
	snprintf(file, sizeof file, "hugetlb.%s.max_usage_in_bytes", pages->size);
	get_number(dir, file, &pages->max);
	snprintf(file, sizeof file, "hugetlb.%s.failcnt", pages->size);
	get_number(dir, file, &pages->failcnt);
	return true;
}

static void hugetlb(struct reader *r, const struct cgroup_folder *folder)
{
	DIR *sizes = opendir("/sys/kernel/mm/hugepages");
	struct dirent *entry;

	while (sizes && (entry = readdir(sizes))) {
		struct stats_pages pages = { 0 };

		if (hugepage_size(entry->d_name, pages.size, sizeof pages.size) &&
		    pages_read(folder->fd, folder->v2, &pages)) {
			struct stats_pages **list = &r->stats->pages;

			*(struct stats_pages *) arena_push(r->arena, list, r->stats->n_pages++, sizeof pages) = pages;
		}
	}
	if (sizes)
		closedir(sizes);
	if (r->stats->n_pages)
		qsort(r->stats->pages, r->stats->n_pages, sizeof *r->stats->pages, by_size);
}

static void rdma(struct reader *r, int dir)
{
	auto_free char *limit = get(dir, "rdma.max"), *current = get(dir, "rdma.current");

	if (limit)
		stats_parse_rdma(r->arena, limit, &r->stats->rdma_limit);
	if (current)
		stats_parse_rdma(r->arena, current, &r->stats->rdma_current);
}

/* ---- all of it ---- */

static void read_v1(struct reader *r)
{
	const struct { const char *controller; void (*read)(struct reader *r, int dir); } rows[] = {
		{ "cpu", cpu_v1 }, { "cpuacct", cpuacct_v1 }, { "cpuset", cpuset_v1 }, { "memory", memory_v1 },
		{ "blkio", io_v1 }, { "pids", pids_with }, { "rdma", rdma },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct cgroup_folder *folder = cgroup_v1(r->cgroup, rows[i].controller);

		if (folder)
			rows[i].read(r, folder->fd);
	}
}

static void read_v2(struct reader *r, int dir)
{
	if (!cgroup_v1(r->cgroup, "cpuacct"))
		cpu_v2(r, dir);
	get_psi(dir, "cpu.pressure", &r->stats->cpu.psi);
	if (!cgroup_v1(r->cgroup, "memory"))
		memory_v2(r, dir);
	if (!cgroup_v1(r->cgroup, "blkio"))
		io_v2(r, dir);
	if (!cgroup_v1(r->cgroup, "rdma"))
		rdma(r, dir);
	if (!cgroup_v1(r->cgroup, "pids") && file_exists(dir, "pids.current"))
		pids_with(r, dir);
}

int cgroup_stats(const struct cgroup *cgroup, struct arena *arena, struct cgroup_stats *stats, struct error *err)
{
	struct reader reader = { cgroup, arena, stats };
	const struct cgroup_folder *v2 = cgroup_v2(cgroup), *pages = cgroup_v1(cgroup, "hugetlb");
	bool any = false;

	*stats = (struct cgroup_stats) { 0 };
	for (size_t i = 0; i < cgroup->n_folders; i++)
		any |= cgroup->folders[i].fd >= 0;
	if (!any)
		return fail_code(err, ERROR_STATE, cgroup->n_folders ? "the container's cgroup is gone"
								     : "the container has no cgroup");
	read_v1(&reader);
	if (v2)
		read_v2(&reader, v2->fd);
	if (!cgroup_v1(cgroup, "pids") && !stats->pids.current)
		pids_without(&reader);
	if (pages || v2)
		hugetlb(&reader, pages ? pages : v2);
	return 0;
}
