/* devices.c - see devices.h */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/devices.h"

/* ---- rules ---- */

/* What every container has, whatever its config says: any node may be made, the usual ones opened. */
static const struct device_rule always[] = {
	{ true, DEVICE_CHAR | DEVICE_BLOCK, DEVICE_ANY, DEVICE_ANY, DEVICE_MAKE },
	{ true, DEVICE_CHAR, 1, 3, DEVICE_ALL },	/* null */
	{ true, DEVICE_CHAR, 1, 5, DEVICE_ALL },	/* zero */
	{ true, DEVICE_CHAR, 1, 7, DEVICE_ALL },	/* full */
	{ true, DEVICE_CHAR, 1, 8, DEVICE_ALL },	/* random */
	{ true, DEVICE_CHAR, 1, 9, DEVICE_ALL },	/* urandom */
	{ true, DEVICE_CHAR, 5, 0, DEVICE_ALL },	/* tty */
	{ true, DEVICE_CHAR, 5, 1, DEVICE_ALL },	/* console */
	{ true, DEVICE_CHAR, 5, 2, DEVICE_ALL },	/* ptmx */
	{ true, DEVICE_CHAR, 10, 200, DEVICE_ALL },	/* net/tun */
	{ true, DEVICE_CHAR, 136, DEVICE_ANY, DEVICE_ALL },	/* pts */
};

/* A missing number, or -1, stands for any. */
static bool number(bool given, int64_t value, uint32_t *out)
{
	if (!given || value == -1) {
		*out = DEVICE_ANY;
		return true;
	}
	*out = (uint32_t) value;
	return value >= 0 && value < DEVICE_ANY;
}

static int rule_read(const struct oci_device_rule *from, size_t i, struct device_rule *to, struct error *err)
{
	const char *type = from->type ? from->type : "";
	char pointer[64];

	snprintf(pointer, sizeof pointer, "/linux/resources/devices/%zu", i);
	*to = (struct device_rule) { .allow = from->allow };
	if (!type[0] || strcmp(type, "a") == 0)
		to->types = DEVICE_CHAR | DEVICE_BLOCK;
	else if (strcmp(type, "c") == 0 || strcmp(type, "u") == 0)
		to->types = DEVICE_CHAR;
	else if (strcmp(type, "b") == 0)
		to->types = DEVICE_BLOCK;
	else
		return fail_at(err, pointer, "the type is \"%s\" (expected a, b or c)", type);
	if (!number(from->has_major, from->major, &to->major) || !number(from->has_minor, from->minor, &to->minor))
		return fail_at(err, pointer, "no device has such a number");
	/* Not given: all, as for a rule that denies everything. */
	for (const char *c = from->access ? from->access : "rwm"; *c; c++) {
		unsigned access = *c == 'r' ? DEVICE_READ : *c == 'w' ? DEVICE_WRITE : *c == 'm' ? DEVICE_MAKE : 0;

		if (!access && *c != 'a')
			return fail_at(err, pointer, "the access is \"%s\" (expected some of r, w, m)", from->access);
		to->access |= access;
	}
	return to->access ? 0 : fail_at(err, pointer, "device access is empty (expected some of r, w, m)");
}

struct device_rule *device_rules(const struct oci_resources *resources, size_t *n, struct error *err)
{
	size_t own = resources ? resources->n_devices : 0;
	auto_free struct device_rule *rules = xcalloc(own + ARRAY_SIZE(always), sizeof *rules);

	for (size_t i = 0; i < own; i++)
		if (rule_read(&resources->devices[i], i, &rules[i], err) < 0)
			return NULL;
	memcpy(rules + own, always, sizeof always);
	*n = own + ARRAY_SIZE(always);
	return take(rules);
}

unsigned device_access(const struct device_rule *rules, size_t n, unsigned type, uint32_t major, uint32_t minor)
{
	unsigned open = DEVICE_ALL, access = 0;

	/* From the last rule to the first, until each kind of access is decided. */
	while (n-- > 0 && open) {
		const struct device_rule *r = &rules[n];

		if (!(r->types & type) || (r->major != DEVICE_ANY && r->major != major) ||
		    (r->minor != DEVICE_ANY && r->minor != minor))
			continue;
		if (r->allow)
			access |= r->access & open;
		open &= ~r->access;
	}
	return access;
}

/* ---- cells ---- */

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

/* Sort NUMBERS and drop duplicates; returns how many are left. */
static size_t sort(uint32_t *numbers, size_t n)
{
	size_t kept = 0;

	qsort(numbers, n, sizeof *numbers, compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || numbers[i] != numbers[kept - 1])
			numbers[kept++] = numbers[i];
	return kept;
}

static void fill_major(struct device_major *row, uint32_t major, unsigned type, const struct device_rule *rules,
		       size_t n)
{
	auto_free uint32_t *minors = xmalloc((n + 1) * sizeof *minors);
	size_t named = 0;

	for (size_t i = 0; i < n; i++)
		if (rules[i].types & type && rules[i].minor != DEVICE_ANY &&
		    (rules[i].major == DEVICE_ANY || rules[i].major == major))
			minors[named++] = rules[i].minor;
	named = sort(minors, named);
	*row = (struct device_major) { .major = major, .n = named, .minors = xcalloc(named, sizeof *row->minors) };
	row->access = device_access(rules, n, type, major, DEVICE_ANY);
	for (size_t i = 0; i < named; i++)
		row->minors[i] = (struct device_minor) { minors[i], device_access(rules, n, type, major, minors[i]) };
}

void device_table_fill(struct device_table *table, unsigned type, const struct device_rule *rules, size_t n)
{
	auto_free uint32_t *majors = xmalloc((n + 1) * sizeof *majors);
	size_t named = 0;

	for (size_t i = 0; i < n; i++)
		if (rules[i].types & type && rules[i].major != DEVICE_ANY)
			majors[named++] = rules[i].major;
	named = sort(majors, named);
	/* The largest number there is, so the list stays sorted. */
	majors[named++] = DEVICE_ANY;
	*table = (struct device_table) { .type = type, .n = named, .majors = xcalloc(named, sizeof *table->majors) };
	for (size_t i = 0; i < named; i++)
		fill_major(&table->majors[i], majors[i], type, rules, n);
}

void device_table_free(struct device_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->majors[i].minors);
	free(table->majors);
}

bool device_table_open(const struct device_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct device_major *row = &table->majors[i];

		if (row->access != DEVICE_ALL)
			return false;
		for (size_t k = 0; k < row->n; k++)
			if (row->minors[k].access != DEVICE_ALL)
				return false;
	}
	return true;
}
