/* limit.c - see limit.h */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/limit.h"
#include "sys/fd.h"

/* ---- where a controller is ---- */

/* Say why FOLDER lacks CONTROLLER: find the first cgroup, from the root down, that withholds it. */
static int explain_off(const struct cgroup_folder *folder, const char *controller, const char *pointer,
		       struct error *err)
{
	auto_fd dir = folder_open_root(folder, err);
	auto_free char *name = folder_name(folder);
	unsigned depth = component_count(folder->path);
	char text[256] = "", want[64];
	struct error why;

	if (dir >= 0 && folder_peek(dir, "cgroup.controllers", text, sizeof text) && !words_have(text, controller))
		return fail_at(err, pointer, "this machine has no %s controller in cgroup v2", controller);
	snprintf(want, sizeof want, "+%s", controller);
	for (unsigned n = 0; dir >= 0 && n < depth; n++) {
		auto_free char *prefix = component_prefix(folder->path, n);
		auto_fd parent = folder_open_path(dir, prefix, err);

		if (parent < 0 || !folder_peek(parent, "cgroup.subtree_control", text, sizeof text) ||
		    words_have(text, controller))
			continue;
		if (controllers_barred(parent))
			return fail_at(err, pointer,
				       "the %s controller cannot be used in %s: the cgroup %s has processes "
				       "of its own, and then cgroup v2 gives no controllers to those below",
				       controller, name, prefix);
		if (file_put(parent, "cgroup.subtree_control", want, &why) < 0)
			return fail_at(err, pointer, "the %s controller cannot be used in %s: in the cgroup %s: %s",
				       controller, name, prefix, why.message);
	}
	return fail_at(err, pointer, "the %s controller cannot be used in %s", controller, name);
}

const struct cgroup_folder *limits_folder(struct limits *limits, const struct controller *controller,
					  const char *pointer, struct error *err)
{
	const struct cgroup_folder *folder = controller->v1 ? cgroup_v1(limits->cgroup, controller->v1) : NULL;
	enum cgroup_layout layout = limits->cgroup->layout;

	if (folder)
		return folder;
	if (limits->cgroup->n_folders == 0) {
		fail_at(err, pointer, "the container has no cgroup");
		return NULL;
	}
	if (controller->v2 && limits->v2 && words_have(limits->v2_controllers, controller->v2))
		return limits->v2;
	if (layout == CGROUP_HYBRID && !controller->v1)
		fail_at(err, pointer, "the cgroup v2 of this machine has no %s controller", controller->v2);
	else if (layout == CGROUP_V1)
		fail_at(err, pointer, "this machine has no %s controller: it is not mounted in cgroup v1",
			controller->v1 ? controller->v1 : controller->v2);
	else if (!controller->v2)
		fail_at(err, pointer, "cgroup v2 has no %s controller", controller->v1);
	else if (layout == CGROUP_V2 && !limits->v2)
		fail(err, ENOENT, "the container's cgroup");
	else if (layout == CGROUP_V2)
		explain_off(limits->v2, controller->v2, pointer, err);
	else
		fail_at(err, pointer, "this machine has no %s controller, neither in cgroup v1 nor in its cgroup v2",
			controller->v1 ? controller->v1 : controller->v2);
	return NULL;
}

/* ---- the list ---- */

void limits_look(struct limits *limits)
{
	struct error ignored;
	/* When it is made, or used again, the folder is given whatever its hierarchy has. */
	auto_fd root = limits->v2 && limits->foreseen ? folder_open_root(limits->v2, &ignored) : -1;

	if (limits->v2)
		folder_peek(limits->foreseen ? root : limits->v2->fd, "cgroup.controllers", limits->v2_controllers,
			    sizeof limits->v2_controllers);
}

struct limit_write *limits_add(struct limits *limits, const struct cgroup_folder *folder, const char *pointer,
			       const char *file, char *value)
{
	struct limit_write *write = xgrow(&limits->writes, limits->n++, sizeof *limits->writes);

	*write = (struct limit_write) { .folder = folder, .value = value, .pointer = xstrdup(pointer) };
	snprintf(write->file, sizeof write->file, "%s", file);
	return write;
}

void limits_free(struct limits *limits)
{
	for (size_t i = 0; i < limits->n; i++) {
		free(limits->writes[i].value);
		free(limits->writes[i].other_value);
		free(limits->writes[i].pointer);
		free(limits->writes[i].before);
	}
	free(limits->writes);
}

char *limit_text(unsigned long long value)
{
	return xasprintf("%llu", value);
}

char *limit_or(long long value, const char *none)
{
	return value < 0 ? xstrdup(none) : limit_text((unsigned long long) value);
}

char *pointer_to_key(const char *pointer, const char *key)
{
	const size_t size = strlen(pointer) + 2 * strlen(key) + 4;
	char *all = xmalloc(size);

	snprintf(all, size, "%s", pointer);
	json_pointer_add(all, size, key);
	return all;
}

/* ---- writing ---- */

/* Files that the kernel checks against each other: the other one explains a refusal. */
static const struct { const char *file, *other; } related[] = {
	{ "memory.limit_in_bytes", "memory.memsw.limit_in_bytes" },
	{ "memory.memsw.limit_in_bytes", "memory.limit_in_bytes" },
	{ "cpu.shares", "cpu.idle" }, { "cpu.weight", "cpu.idle" },
	{ "cpu.cfs_burst_us", "cpu.cfs_quota_us" }, { "cpu.max.burst", "cpu.max" },
	{ "cpu.cfs_quota_us", "cpu.cfs_burst_us" }, { "cpu.max", "cpu.max.burst" },
	{ "cpu.rt_runtime_us", "cpu.rt_period_us" }, { "cpu.rt_period_us", "cpu.rt_runtime_us" },
};

static int cannot_write(const struct limit_write *w, const char *file, const char *value, int number, struct error *err)
{
	auto_free char *name = folder_name(w->folder);
	char now[64];

	if (number == EBUSY && folder_peek(w->folder->fd, "memory.usage_in_bytes", now, sizeof now))
		return fail(err, number, "set %s/%s to %s (in use now: %s)", name, file, value, now);
	for (size_t i = 0; i < ARRAY_SIZE(related) && number == EINVAL; i++)
		if (!strcmp(related[i].file, file) && folder_peek(w->folder->fd, related[i].other, now, sizeof now))
			return fail(err, number, "set %s/%s to %s (%s is %s)", name, file, value, related[i].other,
				    now);
	return fail(err, number, "set %s/%s to %s", name, file, value);
}

static int write_one(struct limit_write *w, struct error *err)
{
	const char *file = w->file, *value = w->value;

	if (file_put(w->folder->fd, file, value, err) == 0)
		return 0;
	if (err->number == ENOENT && w->other_file) {
		file = w->other_file;
		value = w->other_value;
		if (file_put(w->folder->fd, file, value, err) == 0)
			return 0;
	}
	if ((err->number == ENOENT && w->optional) || (err->number == ENODEV && w->again))
		return 0;
	if (err->number == ENOENT && w->missing)
		return fail_at(err, w->pointer, "%s", w->missing);
	cannot_write(w, file, value, err->number, err);
	return blame(err, w->pointer);
}

/* Do the first N writes; those refused with EINVAL are tried again as long as others succeed. */
static int write_free(struct limits *limits, size_t n, struct error *err)
{
	size_t left = n, before;

	do {
		before = left;
		for (size_t i = 0; i < n; i++) {
			struct limit_write *w = &limits->writes[i];

			if (w->done)
				continue;
			w->done = write_one(w, err) == 0;
			if (w->done)
				left--;
			else if (err->number != EINVAL)
				return -1;
		}
	} while (left > 0 && left < before);
	return left > 0 ? -1 : 0;
}

int limits_write(struct limits *limits, struct error *err)
{
	if (write_free(limits, limits->n_free, err) < 0)
		return -1;
	for (size_t i = limits->n_free; i < limits->n; i++) {
		if (write_one(&limits->writes[i], err) < 0)
			return -1;
		limits->writes[i].done = true;
	}
	return 0;
}
