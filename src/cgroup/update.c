/*
 * update.c - other limits for a cgroup in use
 *
 * What is written is what the change gives, and whatever else that affects:
 *
 *	swap (v2)	is memory+swap less the memory limit, which may be the old one
 *	shares		are refused while cpu.idle is 1, and forgotten by the kernel when that ends
 *
 * Each file is read before it is written; if one is refused all others are
 * restored.
 *
 * With a unit, systemd is told last, when the kernel has agreed.  It then
 * writes its own, rounded values, of more than has changed: so with a unit all
 * values in force are written, and once more when systemd is done.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/limit.h"
#include "sys/fd.h"

/* ---- undoing ---- */

/* The line of TEXT that begins with the N bytes of KEY and a blank, and its length; or NULL. */
static const char *line_of(const char *text, const char *key, size_t n, size_t *length)
{
	for (const char *at = text; *at; at += *at == '\n') {
		*length = strcspn(at, "\n");
		if (strncmp(at, key, n) == 0 && at[n] == ' ')
			return at;
		at += *length;
	}
	return NULL;
}

static bool contains(const char *file, const char *part)
{
	return strstr(file, part) != NULL;
}

/* What to write to remove the entry KEY, N bytes long, that VALUE has made in a file that had none. */
static char *remove_entry(const char *file, const char *value, const char *key, size_t n)
{
	const char *rest = value + n + 1;

	if (contains(file, ".throttle."))
		return xasprintf("%.*s 0", (int) n, key);
	if (contains(file, "weight"))
		return xasprintf("%.*s default", (int) n, key);
	if (!strcmp(file, "rdma.max"))
		return xasprintf("%.*s hca_handle=max hca_object=max", (int) n, key);
	if (!strcmp(file, "io.max"))
		return xasprintf("%.*s %.*s=max", (int) n, key, (int) strcspn(rest, "="), rest);
	if (!strcmp(file, "net_prio.ifpriomap"))
		return xasprintf("%.*s 0", (int) n, key);
	return NULL;
}

char *limit_before(const char *file, const char *value, const char *old)
{
	static const char oom[] = "oom_kill_disable", all[] = "default";
	size_t n = strcspn(value, " "), length;
	const char *line;

	if (!strcmp(file, "memory.oom_control")) {
		line = line_of(old, oom, sizeof oom - 1, &length);
		return line ? xasprintf("%.*s", (int) (length - sizeof oom), line + sizeof oom) : NULL;
	}
	/* The entry for all other devices in a file with one per device. */
	if (!value[n] && (line = line_of(old, all, sizeof all - 1, &length)))
		return xasprintf("%.*s", (int) length, line);
	if (value[n] && (line = line_of(old, value, n, &length)))
		return xasprintf("%.*s", (int) length, line);
	if (value[n]) {
		char *gone = remove_entry(file, value, value, n);

		if (gone)
			return gone;
	}
	/* A single value.  An empty one (cpuset.cpus in v2) is written as an empty line: a write(2) of no bytes would
	 * change nothing. */
	length = strcspn(old, "\n");
	if (old[length] && old[length + 1])
		return NULL;
	return length ? xasprintf("%.*s", (int) length, old) : xstrdup("\n");
}

/* Read into `before` what VALUE will replace in FILE; false if there is no such file. */
static bool read_before(struct limit_write *w, const char *file, const char *value)
{
	struct error ignored;
	auto_free char *old = file_get(w->folder->fd, file, &ignored);

	if (old)
		w->before = limit_before(file, value, old);
	return old;
}

static void remember(struct limits *limits)
{
	for (size_t i = 0; i < limits->n; i++) {
		struct limit_write *w = &limits->writes[i];

		if (!read_before(w, w->file, w->value) && w->other_file)
			read_before(w, w->other_file, w->other_value);
	}
}

static bool restore_one(const struct limit_write *w, struct error *err)
{
	if (!w->before) {
		fail(err, 0, "its old value is not known");
		return w->optional;	/* there is no such file */
	}
	return file_put(w->folder->fd, w->file, w->before, err) == 0 ||
	       (w->other_file && file_put(w->folder->fd, w->other_file, w->before, err) == 0) ||
	       (err->number == ENODEV && w->again);
}

/* Undo the writes that were done, in reverse order, and again as long as that helps: one value may have to wait for
 * another. */
static void restore(struct limits *limits)
{
	struct error err = { 0 };
	bool progress = true;

	while (progress) {
		progress = false;
		for (size_t i = limits->n; i-- > 0; ) {
			struct limit_write *w = &limits->writes[i];

			if (w->done && restore_one(w, &err)) {
				w->done = false;
				progress = true;
			}
		}
	}
	for (size_t i = 0; i < limits->n; i++)
		if (limits->writes[i].done && !restore_one(&limits->writes[i], &err))
			log_warn("%s could not be set back: %s", limits->writes[i].file, err.message);
}

/* ---- what to write ---- */

struct writes {
	struct oci_resources resources;
	struct oci_memory memory;
	struct oci_cpu cpu;
	struct oci_block_io block_io;
};

static void choose(const struct cgroup_change *change, struct writes *to)
{
	const struct oci_resources *want = change->want, *all = &change->all;

	to->resources = *want;
	if (want->memory) {
		to->memory = *want->memory;
		to->memory.check_before_update = all->memory->check_before_update;
		if (want->memory->swap > 0 && !want->memory->limit)
			to->memory.limit = all->memory->limit;
		to->resources.memory = &to->memory;
	}
	if (want->cpu) {
		to->cpu = *want->cpu;
		if (want->cpu->has_idle && want->cpu->idle == 0)
			to->cpu.shares = all->cpu->shares;
		else if (all->cpu->has_idle && all->cpu->idle == 1)
			to->cpu.shares = 0;
		to->resources.cpu = &to->cpu;
	}
	if (want->block_io) {
		to->block_io = *want->block_io;
		/* BFQ drops those of single devices when the weight for all is written. */
		if (want->block_io->weight) {
			to->block_io.weight_device = all->block_io->weight_device;
			to->block_io.n_weight_device = all->block_io->n_weight_device;
		}
		to->resources.block_io = &to->block_io;
	}
}

/* Some values are written that NOW has, too.  (Memory names no device, and would warn again.) */
static void recognize(struct limits *limits, const struct oci_resources *now)
{
	struct limits old = { .cgroup = limits->cgroup, .v2 = limits->v2 };
	struct oci_resources others = *now;
	struct error ignored;

	others.memory = NULL;
	limits_look(&old);
	(void) limits_collect(&old, &others, &ignored);
	for (size_t i = 0; i < limits->n; i++)
		for (size_t k = 0; k < old.n && !limits->writes[i].again; k++)
			limits->writes[i].again = strcmp(limits->writes[i].file, old.writes[k].file) == 0 &&
						  strcmp(limits->writes[i].value, old.writes[k].value) == 0;
	limits_free(&old);
}

static void devices_back(const struct cgroup *cgroup, const struct cgroup_change *change)
{
	struct error err;

	if (change->want->n_devices && limit_devices_change(cgroup, change->want, change->now, &err) < 0)
		log_warn("the device rules could not be set back: %s", err.message);
}

/* 0; or -1 with ERR, and the unit and the devices as they were before. */
static int tell_systemd(struct cgroup *cgroup, const struct cgroup_change *change, struct limits *limits,
			struct error *err)
{
	struct error ignored;

	if (unit_limit(cgroup, &change->all, change->want->n_devices > 0, err) < 0) {
		devices_back(cgroup, change);
		return -1;
	}
	for (size_t i = 0; i < limits->n; i++)
		limits->writes[i].done = false;
	/* They were accepted a moment ago. */
	if (limits_write(limits, &ignored) < 0)
		log_warn("after systemd has set the limits: %s", ignored.message);
	return 0;
}

int cgroup_update(struct cgroup *cgroup, struct cgroup_change *change, struct error *err)
{
	struct limits *limits = xcalloc(1, sizeof *limits);
	struct writes writes = { 0 };
	int result = -1;

	change->done = limits;
	limits->cgroup = cgroup;
	limits->v2 = cgroup_v2(cgroup);
	choose(change, &writes);
	if (cgroup->unit)
		writes.resources = change->all;
	if (limits->v2)
		controllers_enable_above(limits->v2, &writes.resources);
	limits_look(limits);
	if (limits_collect(limits, &writes.resources, err) == 0) {
		if (change->now)
			recognize(limits, change->now);
		remember(limits);
		result = limits_write(limits, err);
		if (result == 0 && change->want->n_devices)
			result = limit_devices_change(cgroup, change->now, change->want, err);
		if (result == 0 && cgroup->unit)
			result = tell_systemd(cgroup, change, limits, err);
		if (result < 0)
			restore(limits);
	}
	if (result < 0)
		cgroup_update_end(change);
	return result;
}

void cgroup_update_undo(struct cgroup *cgroup, struct cgroup_change *change)
{
	struct error err;

	if (!change->done)
		return;
	devices_back(cgroup, change);
	/* First systemd, whose values are rounded, then the files, exactly. */
	if (cgroup->unit && change->now && unit_limit(cgroup, change->now, change->want->n_devices > 0, &err) < 0)
		log_warn("%s", err.message);
	restore(change->done);
	cgroup_update_end(change);
}

void cgroup_update_end(struct cgroup_change *change)
{
	if (change->done)
		limits_free(change->done);
	free(change->done);
	change->done = NULL;
}
