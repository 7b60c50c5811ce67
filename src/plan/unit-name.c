/*
 * unit-name.c - from cgroupsPath to the name of a unit and its slice
 *
 * With the systemd driver cgroupsPath is "slice:prefix:name", as all callers of
 * a runtime write it; the scope is then prefix-name.scope in that slice.  A
 * slice a-b-c.slice lies in a-b.slice, and that in a.slice (systemd.slice(5)).
 */
#include <string.h>

#include "base/error.h"
#include "plan/planner.h"
#include "plan/unit.h"

#define POINTER	  "/linux/cgroupsPath"

static bool ends_in(const char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	return n > k && !strcmp(s + n - k, tail);
}

const char *unit_expand_slice(struct arena *arena, const char *slice)
{
	char *path, *out;
	size_t n = strlen(slice) - strlen(".slice");

	if (!strcmp(slice, "-.slice"))
		return "/";
	if (!ends_in(slice, ".slice") || strlen(slice) >= UNIT_NAME_SIZE || slice[strspn(slice, UNIT_CHARACTERS)] ||
	    slice[0] == '-' || slice[n - 1] == '-' || strstr(slice, "--"))
		return NULL;
	/* One component per dash, none longer than the whole. */
	out = path = arena_alloc(arena, (strlen(slice) + 1) * (n + 1) + 1);
	for (size_t i = 1; i <= n; i++) {
		if (slice[i] != '-' && i != n)
			continue;
		*out++ = '/';
		out = stpcpy(mempcpy(out, slice, i), ".slice");
	}
	return path;
}

/* An id may have "+", which a unit's name may not: "\x2b", as in systemd-escape(1). */
static const char *escape_id(struct arena *arena, const char *id)
{
	char *name = arena_alloc(arena, 4 * strlen(id) + 1), *out = name;

	for (; *id; id++) {
		if (*id == '+')
			out = stpcpy(out, "\\x2b");
		else
			*out++ = *id;
	}
	*out = '\0';
	return name;
}

static int set_name(struct planner *p, struct unit_plan *unit, const char *prefix, const char *name)
{
	const bool is_slice = ends_in(name, ".slice");
	const char *slices;

	if (!*name)
		return fail_at(p->err, POINTER, "the name of the unit is empty");
	unit->name = is_slice ? name : arena_printf(p->arena, "%s%s%s.scope", prefix, *prefix ? "-" : "", name);
	if (unit->name[strspn(unit->name, UNIT_CHARACTERS)])
		return fail_at(p->err, POINTER,
			       "\"%s\" is no name for a unit of systemd: only letters, digits and :-_.\\@ may be "
			       "in it", unit->name);
	if (strlen(unit->name) >= UNIT_NAME_SIZE)
		return fail_at(p->err, POINTER, "the name of the unit is longer than %d characters",
			       UNIT_NAME_SIZE - 1);
	slices = unit_expand_slice(p->arena, is_slice ? name : unit->slice);
	if (!slices)
		return fail_at(p->err, POINTER, "invalid slice name: %s", is_slice ? name : unit->slice);
	unit->path = is_slice ? slices : arena_printf(p->arena, "%s/%s", slices[1] ? slices : "", unit->name);
	return 0;
}

static int find_name(struct planner *p, struct unit_plan *unit)
{
	const char *given = p->linux->cgroups_path, *usual = unit->user ? "user.slice" : "system.slice";
	char *slice, *prefix, *name;

	unit->slice = usual;
	if (!given || !*given)
		return set_name(p, unit, "ctr-run", escape_id(p->arena, p->plan->id));
	slice = arena_strdup(p->arena, given);
	prefix = strchr(slice, ':');
	name = prefix ? strchr(prefix + 1, ':') : NULL;
	if (!name || strchr(name + 1, ':'))
		return fail_at(p->err, POINTER,
			       "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got "
			       "\"%s\" instead", given);
	*prefix++ = *name++ = '\0';
	if (*slice)
		unit->slice = !strcmp(slice, "-") ? "-.slice" : slice;
	return set_name(p, unit, prefix, name);
}

/* The properties of every container's unit. */
static void add_usual(struct planner *p, struct unit_plan *unit)
{
	bool scope = ends_in(unit->name, ".scope"), v2 = p->host->layout == CGROUP_V2;
	const struct { unsigned since; const char *name; struct bus_value value; bool wanted; } usual[] = {
		/* The container must not be stopped before the machine's services are. */
		{ 0, "DefaultDependencies", BUS_BOOL(false), true },
		{ 0, "Slice", BUS_TEXT(unit->slice), scope },
		/* It gets all controllers, and systemd does not touch what is below. */
		{ 0, "Delegate", BUS_BOOL(true), scope },
		/* A failed scope (OOM, a process that would not end) must not keep its name. */
		{ 236, "CollectMode", BUS_TEXT("inactive-or-failed"), true },
		{ 0, "CPUAccounting", BUS_BOOL(true), true },
		{ 0, "MemoryAccounting", BUS_BOOL(true), true },
		{ 0, "TasksAccounting", BUS_BOOL(true), true },
		{ 0, v2 ? "IOAccounting" : "BlockIOAccounting", BUS_BOOL(true), true },
	};

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (usual[i].wanted)
			unit_add(p->arena, &unit->properties, usual[i].since, usual[i].name, usual[i].value);
}

int plan_unit(struct planner *p)
{
	struct unit_plan *unit = arena_alloc(p->arena, sizeof *unit);
	struct unit_properties *properties = &unit->properties;

#ifndef HAVE_SYSTEMD
	return fail_code(p->err, ERROR_UNSUPPORTED, "this ctr-run was built without the systemd cgroup driver "
			 "(configure --without-systemd)");
#endif
	unit->user = p->host->user_manager;
	if (find_name(p, unit) < 0)
		return -1;
	add_usual(p, unit);
	unit_resources(p->arena, p->linux->resources, p->host->layout, properties);
	if (unit_annotations(p->arena, &p->config->annotations, properties, p->err) < 0)
		return -1;
	for (size_t i = 0; i < properties->n; i++)
		if (!strcmp(properties->list[i].property.name, "CollectMode"))
			unit->lingers = strcmp(properties->list[i].property.value.text, "inactive-or-failed") != 0;
	p->plan->cgroup.unit = unit;
	return 0;
}
