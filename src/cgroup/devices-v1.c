/*
 * devices-v1.c - the device list of cgroup v1
 *
 * The kernel keeps "all" or "none" and exceptions to that.  To pass, a request
 * must be wholly covered by one exception (with "none"), or touch no exception
 * at all (with "all").  Exceptions do not subtract from each other.  So with
 * "none" a cell of our table can only allow more than the wider ones it lies
 * in, with "all" only less: v1 cannot express other tables.  Since each line
 * has all bits of its cell, one line is always enough for a request.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cgroup/devices.h"

static void add_line(struct device_list *list, unsigned type, uint32_t major, uint32_t minor, unsigned access)
{
	char numbers[2][16] = { "*", "*" };

	if (major != DEVICE_ANY)
		snprintf(numbers[0], sizeof numbers[0], "%u", major);
	if (minor != DEVICE_ANY)
		snprintf(numbers[1], sizeof numbers[1], "%u", minor);
	*(char **) xgrow(&list->lines, list->n, sizeof *list->lines) = xasprintf(
		"%c %s:%s %s%s%s", type == DEVICE_BLOCK ? 'b' : 'c', numbers[0], numbers[1],
		access & DEVICE_READ ? "r" : "", access & DEVICE_WRITE ? "w" : "", access & DEVICE_MAKE ? "m" : "");
	list->n++;
}

/* What the list has to say about a cell that allows ACCESS: its exceptions to "all" or "none". */
static unsigned excepted(const struct device_list *list, unsigned access)
{
	return list->allow ? DEVICE_ALL & ~access : access;
}

static unsigned minor_access(const struct device_major *row, uint32_t minor)
{
	for (size_t i = 0; i < row->n; i++)
		if (row->minors[i].minor == minor)
			return row->minors[i].access;
	return row->access;
}

/* One cell that lies in up to three wider ones, whose exceptions are WIDER together. */
static bool add_cell(struct device_list *list, unsigned type, uint32_t major, uint32_t minor, unsigned bits,
		     unsigned wider, bool covered)
{
	if (wider & ~bits)
		return false;
	if (bits && !covered)
		add_line(list, type, major, minor, bits);
	return true;
}

static bool add_type(struct device_list *list, const struct device_table *table)
{
	const struct device_major *other = &table->majors[table->n - 1];
	unsigned all = excepted(list, other->access);

	for (size_t i = table->n; i-- > 0; ) {
		const struct device_major *row = &table->majors[i];
		unsigned bits = excepted(list, row->access);

		if (!add_cell(list, table->type, row->major, DEVICE_ANY, bits, all, row != other && bits == all))
			return false;
		for (size_t k = 0; k < row->n; k++) {
			uint32_t minor = row->minors[k].minor;
			unsigned in_minor = row == other ? all : excepted(list, minor_access(other, minor));
			unsigned cell = excepted(list, row->minors[k].access);

			if (!add_cell(list, table->type, row->major, minor, cell, bits | in_minor | all,
				      cell == bits || cell == all || (row != other && cell == in_minor)))
				return false;
		}
	}
	return true;
}

bool device_list_make(struct device_list *list, const struct device_table *blocks, const struct device_table *chars)
{
	bool allow =
		blocks->majors[blocks->n - 1].access == DEVICE_ALL && chars->majors[chars->n - 1].access == DEVICE_ALL;

	/* Try first the word that fits most devices. */
	for (int tries = 0; tries < 2; tries++, allow = !allow) {
		*list = (struct device_list) { .allow = allow };
		if (add_type(list, blocks) && add_type(list, chars))
			return true;
		device_list_free(list);
	}
	*list = (struct device_list) { 0 };
	return false;
}

/* The bits of the line in LIST for the same cell as LINE, whose first N bytes name it. */
static const char *bits_in(const struct device_list *list, const char *line, size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		if (strncmp(list->lines[i], line, n) == 0)
			return list->lines[i] + n;
	return "";
}

/* For each line of FROM, add the bits that the same cell lacks in OTHER. */
static void add_difference(const struct device_list *from, const struct device_list *other, struct device_list *to)
{
	for (size_t i = 0; i < from->n; i++) {
		const char *line = from->lines[i];
		size_t n = (size_t) (strrchr(line, ' ') - line) + 1;
		const char *has = bits_in(other, line, n);
		char bits[4] = "";

		for (const char *c = line + n; *c; c++)
			if (!strchr(has, *c))
				snprintf(bits + strlen(bits), sizeof bits - strlen(bits), "%c", *c);
		if (!bits[0])
			continue;
		*(char **) xgrow(&to->lines, to->n, sizeof *to->lines) = xasprintf("%.*s%s", (int) n, line, bits);
		to->n++;
	}
}

void device_list_diff(const struct device_list *old, const struct device_list *new, struct device_list *more,
		      struct device_list *less)
{
	*more = *less = (struct device_list) { .allow = new->allow };
	add_difference(new, old, more);
	add_difference(old, new, less);
}

void device_list_free(struct device_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->lines[i]);
	free(list->lines);
	list->lines = NULL;
	list->n = 0;
}
