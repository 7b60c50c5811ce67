/* events-json.c - see events-json.h */
#include "container/events-json.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"
#include "libocispec/arena.h"

/* ---- pieces --------------------------------------------------------------- */

static void comma(struct text *t)
{
	if (t->n && t->s[t->n - 1] != '{' && t->s[t->n - 1] != '[')
		text_add(t, ",");
}

static void begin(struct text *t, const char *key, const char *bracket)
{
	comma(t);
	text_addf(t, "\"%s\":%s", key, bracket);
}

static void number(struct text *t, const char *key, stats_count value)
{
	comma(t);
	text_addf(t, "\"%s\":%llu", key, value);
}

/* Go's "omitempty". */
static void number_unless_zero(struct text *t, const char *key, stats_count value)
{
	if (value)
		number(t, key, value);
}

static void numbers(struct text *t, const char *key, const struct stats_numbers *list)
{
	if (!list->n)
		return;
	begin(t, key, "[");
	for (size_t i = 0; i < list->n; i++)
		text_addf(t, "%s%llu", i ? "," : "", list->list[i]);
	text_add(t, "]");
}

/* Hundredths as Go prints a float: 12.34, 12.3, 12. */
static void percent(struct text *t, const char *key, stats_count hundredths)
{
	comma(t);
	text_addf(t, "\"%s\":%llu", key, hundredths / 100);
	if (hundredths % 10)
		text_addf(t, ".%02llu", hundredths % 100);
	else if (hundredths % 100)
		text_addf(t, ".%llu", hundredths % 100 / 10);
}

static void pressure(struct text *t, const char *key, const struct stats_pressure *p)
{
	begin(t, key, "{");
	percent(t, "avg10", p->avg10);
	percent(t, "avg60", p->avg60);
	percent(t, "avg300", p->avg300);
	number(t, "total", p->total);
	text_add(t, "}");
}

static void psi(struct text *t, const struct stats_psi *psi)
{
	if (!psi->there)
		return;
	begin(t, "psi", "{");
	pressure(t, "some", &psi->some);
	pressure(t, "full", &psi->full);
	text_add(t, "}");
}

/* ---- controllers ---------------------------------------------------------- */

static void add_cpu(struct text *t, const struct cgroup_stats *s)
{
	begin(t, "cpu", "{");
	begin(t, "usage", "{");
	number_unless_zero(t, "total", s->cpu.total);
	numbers(t, "percpu", &s->cpu.percpu);
	numbers(t, "percpu_kernel", &s->cpu.percpu_kernel);
	numbers(t, "percpu_user", &s->cpu.percpu_user);
	number(t, "kernel", s->cpu.kernel);
	number(t, "user", s->cpu.user);
	text_add(t, "}");
	begin(t, "throttling", "{");
	number_unless_zero(t, "periods", s->cpu.periods);
	number_unless_zero(t, "throttledPeriods", s->cpu.throttled_periods);
	number_unless_zero(t, "throttledTime", s->cpu.throttled_time);
	text_add(t, "}");
	psi(t, &s->cpu.psi);
	text_add(t, "}");
}

static void add_cpuset(struct text *t, const struct cgroup_stats *s)
{
	begin(t, "cpuset", "{");
	numbers(t, "cpus", &s->cpuset.cpus);
	number(t, "cpu_exclusive", s->cpuset.cpu_exclusive);
	numbers(t, "mems", &s->cpuset.mems);
	number(t, "mem_hardwall", s->cpuset.mem_hardwall);
	number(t, "mem_exclusive", s->cpuset.mem_exclusive);
	number(t, "memory_migrate", s->cpuset.memory_migrate);
	number(t, "memory_spread_page", s->cpuset.memory_spread_page);
	number(t, "memory_spread_slab", s->cpuset.memory_spread_slab);
	number(t, "memory_pressure", s->cpuset.memory_pressure);
	number(t, "sched_load_balance", s->cpuset.sched_load_balance);
	text_addf(t, ",\"sched_relax_domain_level\":%lld}", s->cpuset.sched_relax_domain_level);
}

static void add_memory_entry(struct text *t, const char *key, const struct stats_memory *m)
{
	begin(t, key, "{");
	number(t, "limit", m->limit);
	number_unless_zero(t, "usage", m->usage);
	number_unless_zero(t, "max", m->max);
	number(t, "failcnt", m->failcnt);
	text_add(t, "}");
}

static void add_memory(struct text *t, const struct cgroup_stats *s)
{
	begin(t, "memory", "{");
	number_unless_zero(t, "cache", s->memory.cache);
	add_memory_entry(t, "usage", &s->memory.usage);
	add_memory_entry(t, "swap", &s->memory.swap);
	add_memory_entry(t, "kernel", &s->memory.kernel);
	add_memory_entry(t, "kernelTCP", &s->memory.kernel_tcp);
	if (s->memory.n_raw)
		begin(t, "raw", "{");
	for (size_t i = 0; i < s->memory.n_raw; i++) {
		comma(t);
		text_add_json(t, s->memory.raw[i].key);
		text_addf(t, ":%llu", s->memory.raw[i].value);
	}
	if (s->memory.n_raw)
		text_add(t, "}");
	psi(t, &s->memory.psi);
	text_add(t, "}");
}

static void add_ios(struct text *t, const char *key, const struct stats_ios *ios)
{
	if (!ios->n)
		return;
	begin(t, key, "[");
	for (size_t i = 0; i < ios->n; i++) {
		const struct stats_io *io = &ios->list[i];

		comma(t);
		text_add(t, "{");
		number_unless_zero(t, "major", io->major);
		number_unless_zero(t, "minor", io->minor);
		if (io->op[0]) {
			begin(t, "op", "");
			text_add_json(t, io->op);
		}
		number_unless_zero(t, "value", io->value);
		text_add(t, "}");
	}
	text_add(t, "]");
}

static void add_blkio(struct text *t, const struct cgroup_stats *s)
{
	static const char *const keys[N_IO] = {
		[IO_BYTES] = "ioServiceBytesRecursive", [IO_SERVICED] = "ioServicedRecursive",
		[IO_QUEUED] = "ioQueueRecursive", [IO_SERVICE_TIME] = "ioServiceTimeRecursive",
		[IO_WAIT_TIME] = "ioWaitTimeRecursive", [IO_MERGED] = "ioMergedRecursive",
		[IO_TIME] = "ioTimeRecursive", [IO_SECTORS] = "sectorsRecursive",
	};

	begin(t, "blkio", "{");
	for (size_t i = 0; i < N_IO; i++)
		add_ios(t, keys[i], &s->io[i]);
	psi(t, &s->io_psi);
	text_add(t, "}");
}

static void add_hugetlb(struct text *t, const struct cgroup_stats *s)
{
	begin(t, "hugetlb", "{");
	for (size_t i = 0; i < s->n_pages; i++) {
		begin(t, s->pages[i].size, "{");
		number_unless_zero(t, "usage", s->pages[i].usage);
		number_unless_zero(t, "max", s->pages[i].max);
		number(t, "failcnt", s->pages[i].failcnt);
		text_add(t, "}");
	}
	text_add(t, "}");
}

static void add_rdma(struct text *t, const char *key, const struct stats_rdmas *rdmas)
{
	begin(t, key, "[");
	for (size_t i = 0; i < rdmas->n; i++) {
		comma(t);
		text_add(t, "{\"device\":");
		text_add_json(t, rdmas->list[i].device);
		number_unless_zero(t, "hca_handles", rdmas->list[i].handles);
		number_unless_zero(t, "hca_objects", rdmas->list[i].objects);
		text_add(t, "}");
	}
	text_add(t, "]");
}

static void text_unless_empty(struct text *t, const char *key, const char *value)
{
	if (!value || !value[0])
		return;
	begin(t, key, "");
	text_add_json(t, value);
}

static void add_domains(struct text *t, const struct resctrl_stats *s)
{
	if (s->traffic) {
		begin(t, "mbm_stats", "[");
		for (size_t i = 0; i < s->n_domains; i++) {
			comma(t);
			text_add(t, "{");
			number_unless_zero(t, "mbm_total_bytes", s->domains[i].total_bytes);
			number_unless_zero(t, "mbm_local_bytes", s->domains[i].local_bytes);
			text_add(t, "}");
		}
		text_add(t, "]");
	}
	if (s->occupancy) {
		begin(t, "cmt_stats", "[");
		for (size_t i = 0; i < s->n_domains; i++) {
			comma(t);
			text_add(t, "{");
			number_unless_zero(t, "llc_occupancy", s->domains[i].occupancy);
			text_add(t, "}");
		}
		text_add(t, "]");
	}
}

static void add_rdt(struct text *t, const struct resctrl_stats *s)
{
	if (s->l3.there) {
		begin(t, "l3_cache_info", "{");
		text_unless_empty(t, "cbm_mask", s->l3.cbm_mask);
		number_unless_zero(t, "min_cbm_bits", s->l3.min_cbm_bits);
		number_unless_zero(t, "num_closids", s->l3.num_closids);
		text_add(t, "}");
		text_unless_empty(t, "l3_cache_schema_root", s->l3.schema_root);
		text_unless_empty(t, "l3_cache_schema", s->l3.schema);
	}
	if (s->memory.there) {
		begin(t, "mem_bw_info", "{");
		number_unless_zero(t, "bandwidth_gran", s->memory.bandwidth_gran);
		number_unless_zero(t, "delay_linear", s->memory.delay_linear);
		number_unless_zero(t, "min_bandwidth", s->memory.min_bandwidth);
		number_unless_zero(t, "num_closids", s->memory.num_closids);
		text_add(t, "}");
		text_unless_empty(t, "mem_bw_schema_root", s->memory.schema_root);
		text_unless_empty(t, "mem_bw_schema", s->memory.schema);
	}
	add_domains(t, s);
}

static void add_interfaces(struct text *t, const struct interfaces *interfaces)
{
	if (!interfaces->n) {
		begin(t, "network_interfaces", "null");
		return;
	}
	begin(t, "network_interfaces", "[");
	for (size_t i = 0; i < interfaces->n; i++) {
		const struct interface_stats *s = &interfaces->list[i];

		comma(t);
		text_add(t, "{");
		begin(t, "Name", "");
		text_add_json(t, s->name);
		number(t, "RxBytes", s->rx_bytes);
		number(t, "RxPackets", s->rx_packets);
		number(t, "RxErrors", s->rx_errors);
		number(t, "RxDropped", s->rx_dropped);
		number(t, "TxBytes", s->tx_bytes);
		number(t, "TxPackets", s->tx_packets);
		number(t, "TxErrors", s->tx_errors);
		number(t, "TxDropped", s->tx_dropped);
		text_add(t, "}");
	}
	text_add(t, "]");
}

/* ---- lines ---------------------------------------------------------------- */

static void event(struct text *t, const char *type, const char *id)
{
	text_addf(t, "{\"type\":\"%s\",\"id\":", type);
	text_add_json(t, id);
}

void events_add_stats(struct text *out, const char *id, const struct cgroup_stats *stats,
		      const struct resctrl_stats *rdt, const struct interfaces *interfaces)
{
	event(out, "stats", id);
	begin(out, "data", "{");
	add_cpu(out, stats);
	add_cpuset(out, stats);
	add_memory(out, stats);
	begin(out, "pids", "{");
	number_unless_zero(out, "current", stats->pids.current);
	number_unless_zero(out, "limit", stats->pids.limit);
	text_add(out, "}");
	add_blkio(out, stats);
	add_hugetlb(out, stats);
	begin(out, "intel_rdt", "{");
	if (rdt)
		add_rdt(out, rdt);
	text_add(out, "}");
	add_interfaces(out, interfaces);
	if (stats->rdma_limit.n || stats->rdma_current.n) {
		begin(out, "rdma", "{");
		add_rdma(out, "limit", &stats->rdma_limit);
		add_rdma(out, "current", &stats->rdma_current);
		text_add(out, "}");
	}
	text_add(out, "}}\n");
}

void events_add_oom(struct text *out, const char *id)
{
	event(out, "oom", id);
	text_add(out, "}\n");
}

/* ---- network -------------------------------------------------------------- */

/* " eth0: bytes packets errs drop fifo frame compressed multicast bytes packets errs drop ..."; false if malformed. */
static bool parse_interface(const char *line, struct interface_stats *s)
{
	stats_count *const to[] = { &s->rx_bytes, &s->rx_packets, &s->rx_errors, &s->rx_dropped, NULL, NULL, NULL, NULL,
				    &s->tx_bytes, &s->tx_packets, &s->tx_errors, &s->tx_dropped };
	size_t blanks = strspn(line, " "), n = strcspn(line, ":\n");

	*s = (struct interface_stats) { 0 };
	if (line[n] != ':' || n <= blanks || n - blanks >= sizeof s->name)
		return false;
	memcpy(s->name, line + blanks, n - blanks);
	line += n + 1;
	for (size_t i = 0; i < ARRAY_SIZE(to); i++) {
		uint64_t value;

		if (!number_take(&line, &value))
			return false;
		if (to[i])
			*to[i] = value;
	}
	return true;
}

void interfaces_parse(struct arena *arena, const char *text, struct interfaces *interfaces)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		struct interface_stats s;

		if (!parse_interface(text, &s) || !strcmp(s.name, "lo"))
			continue;
		*(struct interface_stats *) arena_push(arena, &interfaces->list, interfaces->n, sizeof s) = s;
		interfaces->n++;
	}
}
