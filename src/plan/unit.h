/*
 * unit.h - what systemd is asked for when it makes the cgroup
 *
 * With the systemd driver the container's cgroup is that of a transient unit,
 * a scope, that systemd makes and removes.  A limit that systemd has a property
 * for must be set there, or its next daemon-reload would write its own value
 * into the kernel's file; everything is written to the files as well, since
 * properties are rounded and many limits have none.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "sys/bus.h"
#include "sys/host.h"

struct arena;
struct error;
struct json_map;
struct oci_resources;

/* What the name of a unit is made of, and how long it may be, with a '\0' (systemd.unit(5)). */
#define UNIT_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@"
#define UNIT_NAME_SIZE 256

struct unit_property {
	struct bus_property property;
	unsigned since;		/* the first version of systemd that knows it; 0: all */
};

struct unit_properties {
	struct unit_property *list;	/* each name once */
	size_t n;
};

struct unit_plan {
	const char *name;	/* "ctr-run-web.scope"; also "x.slice", which then is the container's cgroup itself */
	const char *slice;	/* the slice that a scope goes into: "system.slice" */
	const char *path;	/* its cgroup, below the root of that systemd: "/system.slice/ctr-run-web.scope" */
	bool user;		/* our user's systemd is asked, not the machine's */
	bool lingers;		/* systemd keeps it if it fails: to be reset at the end */
	struct unit_properties properties;
};

/* Add to LIST those of RESOURCES (may be NULL) that systemd has a property for in LAYOUT. */
void unit_resources(struct arena *arena, const struct oci_resources *resources, enum cgroup_layout layout,
		    struct unit_properties *list);

/* Add the annotations org.systemd.property.* to LIST; -1 with ERR for one that is not allowed or of the wrong type. */
int unit_annotations(struct arena *arena, const struct json_map *annotations, struct unit_properties *list,
		     struct error *err);

/* Read TEXT, a value in GVariant's text form such as "uint64 5", "'word'" or "['a', 'b']", as one of the D-Bus TYPE:
 * b, i, u, t, s or as.  It lives in ARENA. */
int unit_value_parse(struct arena *arena, const char *type, const char *text, struct bus_value *out, struct error *err);

/* The same for a number of seconds, with a fraction if need be, as microseconds. */
int unit_seconds_parse(const char *text, struct bus_value *out, struct error *err);

/* VALUE for a human reader. */
const char *unit_value_text(struct arena *arena, const struct bus_value *value);

/* Add a property or, if there is one of that name, replace it. */
void unit_add(struct arena *arena, struct unit_properties *list, unsigned since, const char *name,
	      struct bus_value value);

/* "a-b.slice" -> "/a.slice/a-b.slice", "-.slice" -> "/"; NULL if SLICE is not the name of a slice. */
const char *unit_expand_slice(struct arena *arena, const char *slice);
