/* check.c - see check.h */
#include <stdarg.h>
#include <stdio.h>

#include "base/number.h"
#include "config/check.h"
#include "config/find-namespace.h"
#include "sys/idmap.h"

const char *check_pointer(char out[256], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out, 256, fmt, ap);
	va_end(ap);
	return out;
}

const char *check_pointer_key(char out[256], const char *prefix, const char *key)
{
	snprintf(out, 256, "%s", prefix);
	json_pointer_add(out, 256, key);
	return out;
}

/* Whether A is B, or names something inside it. */
static bool within(const char *a, const char *b)
{
	size_t n = strlen(b);

	return !strncmp(a, b, n) && (!a[n] || a[n] == '/');
}

/* Only faults of reading have a place by now; those of checks get it later.  A fault of the whole text (its pointer is
 * "") says nothing about its members. */
static bool unread(const struct json_faults *faults, const char *pointer)
{
	for (size_t i = 0; i < faults->n; i++) {
		const struct json_fault *f = &faults->list[i];
		if (f->line && f->pointer[0] && (within(pointer, f->pointer) || within(f->pointer, pointer)))
			return true;
	}
	return false;
}

void check_fault(struct json_faults *faults, const char *pointer, const char *fmt, ...)
{
	char message[sizeof ((struct json_fault *) 0)->message];
	va_list ap;

	if (unread(faults, pointer))
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	json_fault_add(faults, pointer, "%s", message);
}

bool check_has_namespace(const struct check *c, enum oci_namespace_type type)
{
	return config_namespace(c->config, type) || unread(c->faults, "/linux/namespaces");
}

void check_path(struct json_faults *faults, const char *pointer, const char *path, const char *what)
{
	if (path && path[0] != '/')
		check_fault(faults, pointer, "%s must be an absolute path, found %s", what, QUOTED(path));
}

bool check_list_of_numbers(const char *list, bool *any)
{
	uint64_t first, last;
	bool some = false;

	while (number_take_range(&list, &first, &last)) {
		if (last > UINT16_MAX)
			return false;
		some = true;
	}
	if (any)
		*any = some;
	return !*list;
}

static void join(char *out, size_t size, const char *const *names)
{
	size_t n = 0;

	for (size_t i = 0; names[i] && n < size; i++)
		n += (size_t) snprintf(out + n, size - n, "%s%s", i ? ", " : "", names[i]);
	if (n >= size)
		memcpy(out + size - 4, "...", 4);
}

void check_words(struct json_faults *faults, const char *pointer, char *const *list, size_t n, const char *const *names)
{
	char all[180];

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		if (!list[i])
			continue;
		while (names[k] && strcmp(names[k], list[i]))
			k++;
		if (names[k])
			continue;
		join(all, sizeof all, names);
		check_fault(faults, AT("%s/%zu", pointer, i), "%s is not one of %s", QUOTED(list[i]), all);
	}
}

static bool overlap(uint32_t a, uint32_t n, uint32_t b, uint32_t m)
{
	return n && m && a < (uint64_t) b + m && b < (uint64_t) a + n;
}

bool check_maps_overlap(const struct oci_id_mapping *map, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (overlap(map[i].container_id, map[i].size, map[k].container_id, map[k].size) ||
			    overlap(map[i].host_id, map[i].size, map[k].host_id, map[k].size))
				return true;
	return false;
}

void check_mappings(struct json_faults *faults, const char *pointer, const struct oci_id_mapping *map, size_t n)
{
	if (n > IDMAP_MAX_LINES) {
		check_fault(faults, pointer, "%zu entries, the kernel takes at most %d", n, IDMAP_MAX_LINES);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct oci_id_mapping *m = &map[i];
		if (m->size == 0)
			check_fault(faults, AT("%s/%zu/size", pointer, i), "must be at least 1");
		if ((uint64_t) m->container_id + m->size > UINT32_MAX || (uint64_t) m->host_id + m->size > UINT32_MAX)
			check_fault(faults, AT("%s/%zu/size", pointer, i),
				    "goes beyond id 4294967294, the last there is");
		for (size_t k = 0; k < i; k++) {
			if (overlap(m->container_id, m->size, map[k].container_id, map[k].size))
				check_fault(faults, AT("%s/%zu/containerID", pointer, i), "overlaps with entry %zu", k);
			if (overlap(m->host_id, m->size, map[k].host_id, map[k].size))
				check_fault(faults, AT("%s/%zu/hostID", pointer, i), "overlaps with entry %zu", k);
		}
	}
}

void check_environment(struct json_faults *faults, const char *pointer, char *const *env, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!env[i])
			continue;
		if (!strchr(env[i], '='))
			check_fault(faults, AT("%s/%zu", pointer, i), "invalid environment variable: missing '=' in %s",
				    QUOTED(env[i]));
		else if (env[i][0] == '=')
			check_fault(faults, AT("%s/%zu", pointer, i),
				    "invalid environment variable: name cannot be empty in %s", QUOTED(env[i]));
	}
}
