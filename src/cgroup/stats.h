/*
 * stats.h - what a cgroup has used
 *
 * Everything is in the units of runc's `events`, which monitors are written
 * for: nanoseconds and bytes, no limit as 2^64-1 (0 for pids), v2's numbers
 * under v1's names, swap as memory+swap.  A file that this kernel does not have
 * leaves zeros, and is no error.
 *
 *	cgroup_stats()	stats-read.c: which file of which controller
 *	stats_parse_*()	stats.c: pure, on the text of one file
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct cgroup;
struct error;

typedef unsigned long long stats_count;

struct stats_pressure {		/* percent in hundredths, as the kernel prints them; total in us */
	stats_count avg10, avg60, avg300, total;
};

struct stats_psi {
	bool there;
	struct stats_pressure some, full;
};

struct stats_numbers {
	stats_count *list;
	size_t n;
};

struct stats_value {
	char *key;
	stats_count value;
};

struct stats_memory {
	stats_count limit, usage, max, failcnt;
};

struct stats_io {
	stats_count major, minor, value;
	char op[16];		/* "Read", "Write" ...; "" if the file has none */
};

struct stats_ios {
	struct stats_io *list;
	size_t n;
};

struct stats_pages {
	char size[16];		/* "2MB" */
	stats_count usage, max, failcnt;
};

struct stats_rdma {
	char *device;
	stats_count handles, objects;	/* 2^32-1: no limit */
};

struct stats_rdmas {
	struct stats_rdma *list;
	size_t n;
};

enum stats_io_kind {
	IO_BYTES, IO_SERVICED, IO_QUEUED, IO_SERVICE_TIME, IO_WAIT_TIME, IO_MERGED, IO_TIME, IO_SECTORS,
	N_IO
};

struct cgroup_stats {
	struct {
		stats_count total, kernel, user;
		struct stats_numbers percpu, percpu_kernel, percpu_user;
		stats_count periods, throttled_periods, throttled_time;
		struct stats_psi psi;
	} cpu;
	struct {
		struct stats_numbers cpus, mems;
		stats_count cpu_exclusive, mem_hardwall, mem_exclusive, memory_migrate, memory_spread_page,
			memory_spread_slab, memory_pressure, sched_load_balance;
		long long sched_relax_domain_level;
	} cpuset;
	struct {
		stats_count cache;
		struct stats_memory usage, swap, kernel, kernel_tcp;
		struct stats_value *raw;	/* sorted by key */
		size_t n_raw;
		struct stats_psi psi;
	} memory;
	struct {
		stats_count current, limit;
	} pids;
	struct stats_ios io[N_IO];
	struct stats_psi io_psi;
	struct stats_pages *pages;
	size_t n_pages;
	struct stats_rdmas rdma_limit, rdma_current;
};

/* Read all of it; the lists live in ARENA.  -1 with ERR only if the cgroup is gone or there is none. */
int cgroup_stats(const struct cgroup *cgroup, struct arena *arena, struct cgroup_stats *stats, struct error *err);

/* "123", or "max", which is 2^64-1; a negative number gives 0.  False if it is neither. */
bool stats_parse_number(const char *text, stats_count *value);

/* Lines of "key number", sorted; others are left out. */
void stats_parse_values(struct arena *arena, const char *text, struct stats_value **list, size_t *n);

/* The value of KEY in such a list; 0 if it is not there. */
stats_count stats_value(const struct stats_value *list, size_t n, const char *key);

/* Numbers between blanks. */
void stats_parse_numbers(struct arena *arena, const char *text, struct stats_numbers *numbers);

/* "0-3,8": each of them, up to 65535. */
void stats_parse_ranges(struct arena *arena, const char *text, struct stats_numbers *numbers);

/* cpuacct.usage_all: a heading, then "cpu user system" lines. */
void stats_parse_cpus(struct arena *arena, const char *text, struct stats_numbers *user, struct stats_numbers *kernel);

/* blkio.*: "8:0 Read 123" or "8:0 123"; sums over all devices are left out. */
void stats_parse_blkio(struct arena *arena, const char *text, struct stats_ios *ios);

/* io.stat: "8:0 rbytes=1 wbytes=2 rios=3 wios=4 ...". */
void stats_parse_io_stat(struct arena *arena, const char *text, struct stats_ios *bytes, struct stats_ios *serviced);

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" and the same for "full". */
void stats_parse_psi(const char *text, struct stats_psi *psi);

/* rdma.max, rdma.current: "mlx5_0 hca_handle=2 hca_object=max". */
void stats_parse_rdma(struct arena *arena, const char *text, struct stats_rdmas *rdmas);
