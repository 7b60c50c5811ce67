/*
 * update-options.c - see update-options.h
 *
 * One row for each option: its text in struct update_options, its member in
 * linux.resources, and what it may be.
 */
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/names.h"
#include "base/number.h"
#include "config/rlimit-names.h"
#include "container/update-options.h"

#define RESOURCES "/linux/resources"

/* Everything that options can ask for, in one piece. */
struct wanted {
	struct oci_resources resources;
	struct oci_memory memory;
	struct oci_cpu cpu;
	struct oci_pids pids;
	struct oci_block_io block_io;
};

enum kind { SIGNED, UNSIGNED, SIZE, WEIGHT, TEXT };

struct row {
	const char *name;
	const char *pointer;		/* below /linux/resources */
	enum kind kind;
	size_t from;			/* of the text, in struct update_options */
	size_t given, to;		/* in struct wanted */
};

#define OPTION(m) offsetof(struct update_options, m)
#define NUMBER(part, m) offsetof(struct wanted, part.has_##m), offsetof(struct wanted, part.m)

static const struct row rows[] = {
	{ "blkio-weight", "/blockIO/weight", WEIGHT, OPTION(blkio_weight), NUMBER(block_io, weight) },
	{ "cpu-burst", "/cpu/burst", UNSIGNED, OPTION(cpu_burst), NUMBER(cpu, burst) },
	{ "cpu-idle", "/cpu/idle", SIGNED, OPTION(cpu_idle), NUMBER(cpu, idle) },
	{ "cpu-period", "/cpu/period", UNSIGNED, OPTION(cpu_period), NUMBER(cpu, period) },
	{ "cpu-quota", "/cpu/quota", SIGNED, OPTION(cpu_quota), NUMBER(cpu, quota) },
	{ "cpu-rt-period", "/cpu/realtimePeriod", UNSIGNED, OPTION(cpu_rt_period), NUMBER(cpu, realtime_period) },
	{ "cpu-rt-runtime", "/cpu/realtimeRuntime", SIGNED, OPTION(cpu_rt_runtime), NUMBER(cpu, realtime_runtime) },
	{ "cpu-share", "/cpu/shares", UNSIGNED, OPTION(cpu_share), NUMBER(cpu, shares) },
	{ "cpuset-cpus", "/cpu/cpus", TEXT, OPTION(cpuset_cpus), 0, offsetof(struct wanted, cpu.cpus) },
	{ "cpuset-mems", "/cpu/mems", TEXT, OPTION(cpuset_mems), 0, offsetof(struct wanted, cpu.mems) },
	{ "kernel-memory", "/memory/kernel", SIZE, OPTION(kernel_memory), NUMBER(memory, kernel) },
	{ "kernel-memory-tcp", "/memory/kernelTCP", SIZE, OPTION(kernel_memory_tcp), NUMBER(memory, kernel_tcp) },
	{ "memory", "/memory/limit", SIZE, OPTION(memory), NUMBER(memory, limit) },
	{ "memory-reservation", "/memory/reservation", SIZE, OPTION(memory_reservation), NUMBER(memory, reservation) },
	{ "memory-swap", "/memory/swap", SIZE, OPTION(memory_swap), NUMBER(memory, swap) },
	{ "pids-limit", "/pids/limit", SIGNED, OPTION(pids_limit), NUMBER(pids, limit) },
};

static const char *given(const struct update_options *options, const struct row *row)
{
	return *(const char *const *) ((const char *) options + row->from);
}

/* False if TEXT is not a number of the row's kind. */
static bool put(const struct row *row, const char *text, struct wanted *wanted)
{
	char *to = (char *) wanted + row->to;
	uint64_t number;

	switch (row->kind) {
	case SIGNED:
		if (!number_parse_signed(text, INT64_MIN, INT64_MAX, (int64_t *) to))
			return false;
		break;
	case UNSIGNED:
		if (!number_parse(text, 0, UINT64_MAX, (uint64_t *) to))
			return false;
		break;
	case SIZE:
		if (!number_parse_size(text, (int64_t *) to))
			return false;
		break;
	case WEIGHT:
		if (!number_parse(text, 0, UINT16_MAX, &number))
			return false;
		*(uint16_t *) to = (uint16_t) number;
		break;
	case TEXT:
		*(const char **) to = text;
		return true;
	}
	*((bool *) wanted + row->given) = true;
	return true;
}

const struct oci_resources *update_wanted(const struct update_options *options, struct arena *arena, struct error *err)
{
	static const char *const expected[] = {
		[SIGNED] = "a number", [UNSIGNED] = "a number, 0 or more", [WEIGHT] = "a number from 10 to 1000",
		[SIZE] = "bytes, with a unit if you like (k, m, g), or -1",
	};
	struct wanted *wanted = arena_alloc(arena, sizeof *wanted);
	struct json_faults faults = { .arena = arena };

	wanted->resources = (struct oci_resources) {
		.memory = &wanted->memory, .cpu = &wanted->cpu, .pids = &wanted->pids, .block_io = &wanted->block_io,
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = given(options, &rows[i]);

		if (text && !put(&rows[i], text, wanted)) {
			fail_code(err, ERROR_USAGE, "invalid value for %s: \"%s\" (expected %s)", rows[i].name, text,
				  expected[rows[i].kind]);
			return NULL;
		}
	}
	config_check_change(&wanted->resources, RESOURCES, &faults);
	if (faults.n == 0)
		return &wanted->resources;
	fail_at(err, faults.list[0].pointer, "%s", faults.list[0].message);
	return NULL;
}

bool update_has_limits(const struct update_options *options)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (given(options, &rows[i]))
			return true;
	return false;
}

void update_blame(const struct update_options *options, struct error *err)
{
	size_t n = strlen(RESOURCES);

	if (strncmp(err->pointer, RESOURCES, n) != 0)
		return;
	if (options->resources) {
		memmove(err->pointer, err->pointer + n, strlen(err->pointer + n) + 1);
		config_locate(options->loaded, err);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (given(options, &rows[i]) && !strcmp(err->pointer + n, rows[i].pointer)) {
			wrap(err, "--%s", rows[i].name);
			err->pointer[0] = '\0';
			return;
		}
}

/* ---- limits of single processes ---- */

static bool parse_rlimit(const char *text, size_t n, uint64_t *value)
{
	char number[24];

	if (n >= sizeof number)
		return false;
	memcpy(number, text, n);
	number[n] = '\0';
	if (!strcmp(number, "unlimited") || !strcmp(number, "-1")) {
		*value = RLIM_INFINITY;
		return true;
	}
	return number_parse(number, 0, UINT64_MAX, value);
}

int update_ulimit(const char *text, struct oci_rlimit *limit, struct error *err)
{
	static const char prefix[] = "RLIMIT_";
	size_t n = strcspn(text, "="), skip = name_same(text, prefix, sizeof prefix - 1) ? sizeof prefix - 1 : 0;
	const char *value = text + n + (text[n] == '='), *colon = strchr(value, ':');

	*limit = (struct oci_rlimit) { 0 };
	for (const struct name_value *row = rlimit_names; row->name; row++) {
		const char *name = row->name + sizeof prefix - 1;

		if (strlen(name) == n - skip && name_same(name, text + skip, n - skip))
			limit->type = (char *) row->name;
	}
	if (!limit->type)
		return fail_code(err, ERROR_USAGE,
				 "invalid value for ulimit: \"%s\" (expected one like nofile=1024:2048)", text);
	if (!parse_rlimit(value, colon ? (size_t) (colon - value) : strlen(value), &limit->soft) ||
	    (colon && !parse_rlimit(colon + 1, strlen(colon + 1), &limit->hard)))
		return fail_code(err, ERROR_USAGE,
				 "invalid value for ulimit: \"%s\" (expected SOFT:HARD or one for both, "
				 "numbers or unlimited)", text);
	if (!colon)
		limit->hard = limit->soft;
	if (limit->soft > limit->hard)
		return fail_code(err, ERROR_USAGE,
				 "invalid value for ulimit: \"%s\": the soft limit is above the hard one", text);
	return 0;
}
