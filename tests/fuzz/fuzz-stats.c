/*
 * fuzz-stats.c - the texts of cgroup files and of /proc/PID/net/dev, and the line made from them
 *
 * The kernel writes them, but others choose the names of devices, interfaces and controllers in them.
 * Whatever they say, the result is one line of JSON.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "container/events-json.h"
#include "libocispec/arena.h"
#include "libocispec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool fine)
{
	if (!fine)
		abort();
}

static void check_line(struct arena *arena, const char *line)
{
	static const struct json_type empty = { .name = "event" };
	struct json_faults faults = { .arena = arena };
	size_t n = strlen(line);

	check(n > 2 && line[n - 1] == '\n' && !memchr(line, '\n', n - 1));
	check(json_read(arena, &empty, line, n, &faults) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	auto_free char *text = malloc(n + 1);
	struct cgroup_stats s = { 0 };
	struct resctrl_stats rdt = { 0 };
	struct interfaces interfaces = { 0 };
	struct arena arena = { 0 };
	auto_text t = { 0 };
	stats_count value;

	if (!text)
		return 0;
	memcpy(text, bytes, n);
	text[n] = '\0';
	if (stats_parse_number(text, &value))
		s.cpu.total = value;
	stats_parse_values(&arena, text, &s.memory.raw, &s.memory.n_raw);
	for (size_t i = 1; i < s.memory.n_raw; i++)
		check(strcmp(s.memory.raw[i - 1].key, s.memory.raw[i].key) <= 0);
	stats_parse_numbers(&arena, text, &s.cpu.percpu);
	stats_parse_ranges(&arena, text, &s.cpuset.cpus);
	check(s.cpuset.cpus.n <= UINT16_MAX + 1);
	stats_parse_cpus(&arena, text, &s.cpu.percpu_user, &s.cpu.percpu_kernel);
	check(s.cpu.percpu_user.n == s.cpu.percpu_kernel.n);
	stats_parse_blkio(&arena, text, &s.io[IO_SECTORS]);
	stats_parse_io_stat(&arena, text, &s.io[IO_BYTES], &s.io[IO_SERVICED]);
	stats_parse_psi(text, &s.cpu.psi);
	stats_parse_rdma(&arena, text, &s.rdma_limit);
	interfaces_parse(&arena, text, &interfaces);
	rdt.l3.schema = resctrl_line(&arena, text, "L3");
	check(!rdt.l3.schema || (!strncmp(rdt.l3.schema, "L3:", 3) && !strchr(rdt.l3.schema, '\n')));
	rdt.l3.there = true;
	events_add_stats(&t, "id", &s, &rdt, &interfaces);
	check_line(&arena, t.s);
	arena_free(&arena);
	return 0;
}
