/*
 * systemd-devices.c - the device rules, for a systemd that guards devices itself
 *
 * In v1 systemd writes devices.deny and devices.allow of its units, again at
 * each daemon-reload; without our rules it would then allow everything.  In v2
 * it must not have them: all attached programs have to agree, ours stays
 * whatever systemd does, and one of systemd's would only refuse what others (a
 * hook that adds a GPU) have allowed since.
 */
#include <string.h>

#include "base/error.h"
#include "cgroup/devices.h"
#include "cgroup/inner.h"
#include "libocispec/arena.h"
#include "plan/unit.h"

/* "c 1:3 rwm" in systemd's form: "/dev/char/1:3", "char-1" for all minors, "char-*" for all.  False for "c *:3". */
static bool translate(struct arena *arena, const char *line, struct bus_pair *out)
{
	const char *kind = line[0] == 'b' ? "block" : "char", *number = line + 2, *colon = strchr(number, ':');
	const char *minor = colon + 1, *access = strchr(minor, ' ') + 1;
	bool all = minor[0] == '*';

	if (number[0] == '*' && !all)
		return false;
	out->first = all ? arena_printf(arena, "%s-%.*s", kind, (int) (colon - number), number)
			 : arena_printf(arena, "/dev/%s/%.*s", kind, (int) (access - 1 - number), number);
	out->second = arena_strdup(arena, access);
	return true;
}

void unit_devices(struct arena *arena, const struct oci_resources *resources, struct unit_properties *list)
{
	struct device_table blocks, chars;
	struct device_list lines = { 0 };
	struct bus_pair *pairs;
	struct error ignored;
	struct device_rule *rules;
	size_t n = 0, i = 0;

	rules = device_rules(resources, &n, &ignored);
	if (!rules)
		return;
	device_table_fill(&blocks, DEVICE_BLOCK, rules, n);
	device_table_fill(&chars, DEVICE_CHAR, rules, n);
	if (device_list_make(&lines, &blocks, &chars) && !lines.allow) {
		pairs = arena_alloc(arena, (lines.n + 1) * sizeof *pairs);
		while (i < lines.n && translate(arena, lines.lines[i], &pairs[i]))
			i++;
		if (i == lines.n) {
			unit_add(arena, list, 0, "DevicePolicy", BUS_TEXT("strict"));
			unit_add(arena, list, 0, "DeviceAllow", BUS_LIST("a(ss)", pairs, i));
		}
	}
	device_list_free(&lines);
	device_table_free(&blocks);
	device_table_free(&chars);
	free(rules);
}
