/*
 * print-resources.c - see print-resources.h
 *
 * The tables of libocispec know every property, so one walk prints them all,
 * even those of a later spec.
 */
#include <inttypes.h>
#include <string.h>

#include "libocispec/arena.h"
#include "libocispec/ocispec.h"
#include "plan/print-resources.h"
#include "plan/print-listing.h"

struct walk {
	struct listing *listing;
	const char *prefix;	/* "memory." */
};

static void add_row(const struct walk *w, const char *name, const char *value)
{
	struct arena *arena = w->listing->arena;

	listing_row(w->listing, arena_printf(arena, "%s%s", w->prefix, name), shown(arena, value));
}

/* The number, text or word at AT. */
static const char *scalar(struct arena *arena, const struct json_field *field, const char *at)
{
	switch (field->kind) {
	case JSON_BOOL:
		return *(const bool *) at ? "true" : "false";
	case JSON_INT32:
		return arena_printf(arena, "%" PRId32, *(const int32_t *) at);
	case JSON_INT64:
		return arena_printf(arena, "%" PRId64, *(const int64_t *) at);
	case JSON_UINT16:
		return arena_printf(arena, "%" PRIu16, *(const uint16_t *) at);
	case JSON_UINT32:
		return arena_printf(arena, "%" PRIu32, *(const uint32_t *) at);
	case JSON_UINT64:
		return arena_printf(arena, "%" PRIu64, *(const uint64_t *) at);
	case JSON_STRING:
		return *(char *const *) at;
	default:
		return NULL;
	}
}

static void walk_object(const struct walk *w, const struct json_type *type, const char *object);

static void walk_inside(const struct walk *w, const struct json_field *field, const char *name, const char *object)
{
	const struct walk inner = { w->listing, arena_printf(w->listing->arena, "%s%s.", w->prefix, name) };

	walk_object(&inner, field->type, object);
}

static void walk_map(const struct walk *w, const struct json_field *field, const struct json_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *name = arena_printf(w->listing->arena, "%s.%s", field->name, map->keys[i]);

		if (field->kind == JSON_STRING)
			add_row(w, name, map->values[i]);
		else if (field->kind == JSON_OBJECT)
			walk_inside(w, field, name, map->values[i]);
	}
}

static void walk_field(const struct walk *w, const struct json_field *field, const char *object)
{
	const char *at = object + field->at, *value;

	if (field->shape == JSON_MAP) {
		walk_map(w, field, (const struct json_map *) at);
	} else if (field->shape == JSON_LIST) {
		size_t n = *(const size_t *) (object + field->twin);
		for (size_t i = 0; i < n && field->kind == JSON_OBJECT; i++)
			walk_inside(w, field, arena_printf(w->listing->arena, "%s[%zu]", field->name, i),
				    *(char *const *) at + i * field->type->size);
	} else if (field->kind == JSON_OBJECT) {
		if (*(char *const *) at)
			walk_inside(w, field, field->name, *(char *const *) at);
	} else if (field->has_twin && !*(const bool *) (object + field->twin)) {
		return;
	} else if ((field->kind != JSON_BOOL || *(const bool *) at) && (value = scalar(w->listing->arena, field, at))) {
		add_row(w, field->name, value);
	}
}

static void walk_object(const struct walk *w, const struct json_type *type, const char *object)
{
	for (uint32_t i = 0; i < type->n_fields; i++)
		walk_field(w, &type->fields[i], object);
}

static const char *device_number(struct arena *arena, bool given, int64_t number)
{
	return given && number >= 0 ? arena_printf(arena, "%" PRId64, number) : "*";
}

/* Device rules have their own form, known from devices.allow: "c 1:3 rwm". */
static void device_rows(const struct oci_resources *r, struct listing *t)
{
	for (size_t i = 0; i < r->n_devices; i++) {
		const struct oci_device_rule *rule = &r->devices[i];
		bool all = !rule->type || !*rule->type || *rule->type == 'a';

		listing_row(t, i ? "" : "devices",
			  arena_printf(t->arena, "%-5s  %s  %s", rule->allow ? "allow" : "deny",
				       all && !rule->has_major && !rule->has_minor
					       ? "all"
					       : arena_printf(t->arena, "%s %s:%s", all ? "a" : rule->type,
							      device_number(t->arena, rule->has_major, rule->major),
							      device_number(t->arena, rule->has_minor, rule->minor)),
				       rule->access ? rule->access : "rwm"));
	}
}

void resource_rows(const struct oci_resources *resources, struct listing *t)
{
	struct oci_resources rest = *resources;
	const struct walk walk = { t, "" };

	device_rows(resources, t);
	rest.n_devices = 0;
	walk_object(&walk, &oci_resources_type, (const char *) &rest);
}
