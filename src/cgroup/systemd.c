/*
 * systemd.c - the unit whose cgroup the container lives in
 *
 * Theory.  systemd makes a scope only around a process, and ends it when the
 * last one has gone.  The container's first process cannot be the one it starts
 * with: it must be born where its limits already hold, with the cgroup's
 * folders open.  So an idle child of ours holds the place: systemd puts it into
 * the new scope, the cgroup is opened and limited like any other, init is born
 * in it, and the holder goes.
 *
 * The description of a unit tells whether it is ours: it contains the time of
 * the container's creation.  So neither a unit that existed before, nor one
 * that took the name after ours had ended, is ever stopped.
 *
 * systemd may re-execute itself at any moment: a connection that ends is opened
 * again.
 */
#include <signal.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/holder.h"
#include "cgroup/limit.h"
#include "libocispec/arena.h"
#include "plan/unit.h"
#include "sys/bus.h"
#include "sys/process.h"

#define ERRORS	  "org.freedesktop.systemd1."
#define JOB_MS	  30000	/* for a unit to start or stop; runc waits as long */
#define EXISTS_MS 5000	/* for systemd to forget one of that name that has ended */
#define RETRY_MS  20
#define TRIES	  5	/* on connections that end */

static const struct bus_object manager = { "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager" };

#define auto_bus __attribute__((cleanup(close_bus))) struct bus *
static void close_bus(struct bus **bus)
{
	bus_close(*bus);
}

static bool said(const struct bus *bus, const char *error)
{
	const char *name = bus_error_name(bus);

	return !strncmp(name, ERRORS, strlen(ERRORS)) && !strcmp(name + strlen(ERRORS), error);
}

/* A property of the unit; INTERFACE is Unit, or the kind of unit. */
static int unit_get(struct bus *bus, const struct cgroup_unit *unit, const char *interface, const char *property,
		    char **text, struct error *err)
{
	auto_free char *escaped = bus_escape(unit->name);
	auto_free char *path = xasprintf("/org/freedesktop/systemd1/unit/%s", escaped);
	auto_free char *whole = xasprintf("org.freedesktop.systemd1.%s", interface);

	return bus_get(bus, &(struct bus_object) { path, whole }, property, text, err);
}

static bool is_slice(const struct cgroup_unit *unit)
{
	size_t n = strlen(unit->name);

	return n > 6 && !strcmp(unit->name + n - 6, ".slice");
}

/* ---- jobs ----------------------------------------------------------------- */

struct job {
	char *path;		/* of the job, from malloc */
	char result[32];	/* "done" ... */
};

static bool is_end_of(const char *const *texts, size_t n, void *context)
{
	struct job *job = context;

	/* job, unit, result */
	if (n < 3 || strcmp(texts[0], job->path) != 0)
		return false;
	snprintf(job->result, sizeof job->result, "%s", texts[2]);
	return true;
}

/* Call METHOD, which makes a job, and wait until that is done.  The signal of its end may come before the answer, so we
 * listen for it before we call. */
static int do_job(struct bus *bus, const char *method, const struct bus_value *args, size_t n, struct error *err)
{
	int64_t deadline = clock_ms() + JOB_MS;
	struct job job = { NULL, "" };
	int result;

	if (bus_listen(bus, &manager, "JobRemoved", err) < 0 ||
	    bus_call(bus, &manager, method, args, n, &job.path, err) < 0)
		return -1;
	if (!job.path)
		return fail_code(err, ERROR_PROTOCOL, "%s: systemd's answer names no job", method);
	result = bus_wait(bus, &manager, "JobRemoved", is_end_of, &job, deadline, err);
	free(job.path);
	if (result < 0)
		return wrap(err, "%s", method);
	if (strcmp(job.result, "done") != 0)
		return fail_code(err, strcmp(job.result, "timeout") ? ERROR_SYSTEM : ERROR_TIMEOUT,
				 "%s: systemd's job ended with \"%s\"", method, job.result);
	return 0;
}

/* ---- whose it is ---------------------------------------------------------- */

void cgroup_describe_unit(struct cgroup *cgroup, const char *id, const char *created)
{
	if (!cgroup->unit)
		return;
	free(cgroup->unit->description);
	cgroup->unit->description = xasprintf("ctr-run container %s (%s)", id, created);
}

/* 1 if it is ours, 0 if not or if there is none, -1 with ERR. */
static int is_ours(struct bus *bus, const struct cgroup_unit *unit, struct error *err)
{
	auto_free char *description = NULL;

	/* systemd has an object for every name; a unit that does not exist has its name for a description. */
	if (unit_get(bus, unit, "Unit", "Description", &description, err) < 0)
		return said(bus, "NoSuchUnit") || said(bus, "LoadFailed") ? 0 : -1;
	return !strcmp(description, unit->description);
}

int cgroup_born(struct cgroup *cgroup, pid_t pid, struct error *err)
{
	if (!cgroup->unit || cgroup->unit->holder <= 0)
		return 0;
	/* Init goes into v1's folders itself, but systemd's own must never be empty. */
	for (size_t i = 0; i < cgroup->n_folders; i++)
		if (!cgroup->folders[i].v2 && !strcmp(cgroup->folders[i].hierarchy, "systemd")) {
			struct cgroup only = { .layout = cgroup->layout, .folders = &cgroup->folders[i],
					       .n_folders = 1 };

			if (cgroup_add(&only, pid, false, err) < 0)
				return -1;
		}
	process_kill_child(&cgroup->unit->holder);
	return 0;
}

/* ---- properties ----------------------------------------------------------- */

/* The properties in LIST that this systemd knows, in ARENA, with room for EXTRA more. */
static struct bus_property *known(struct bus *bus, struct arena *arena, const struct unit_properties *list,
				  size_t extra, size_t *n)
{
	struct bus_property *out = arena_alloc(arena, (list->n + extra) * sizeof *out);
	unsigned has = bus_version(bus);

	*n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct unit_property *p = &list->list[i];

		if (p->since <= has)
			out[(*n)++] = p->property;
		else
			log_debug("systemd %u has no property %s (%u)", has, p->property.name, p->since);
	}
	return out;
}

/* systemd writes the files after its answer, but before it looks at the next call. */
static int set_properties(struct bus *bus, const struct cgroup_unit *unit, const struct bus_property *properties,
			  size_t n, struct error *err)
{
	const struct bus_value args[] = { BUS_TEXT(unit->name), BUS_BOOL(true), BUS_LIST("a(sv)", properties, n) };
	auto_free char *text = NULL;

	if (bus_call(bus, &manager, "SetUnitProperties", args, ARRAY_SIZE(args), NULL, err) < 0)
		return -1;
	return bus_get(bus, &manager, "Version", &text, err);
}

/* Setting the list of devices only adds to it, so it is emptied first.  For a moment nothing is allowed, so no process
 * may run. */
static int set_devices(struct bus *bus, const struct cgroup *cgroup, const struct oci_resources *resources,
		       struct arena *arena, struct error *err)
{
	const struct bus_property none[] = {
		{ "DevicePolicy", BUS_TEXT("auto") }, { "DeviceAllow", BUS_LIST("a(ss)", NULL, 0) },
	};
	struct unit_properties list = { 0 };
	struct bus_property *properties;
	bool frozen = cgroup_frozen(cgroup);
	int result;
	size_t n;

	unit_devices(arena, resources, &list);
	properties = known(bus, arena, &list, 0, &n);
	if (!frozen && cgroup_freeze(cgroup, true, err) < 0)
		return -1;
	result = set_properties(bus, cgroup->unit, none, ARRAY_SIZE(none), err);
	if (result == 0 && n > 0)
		result = set_properties(bus, cgroup->unit, properties, n, err);
	/* Without a list systemd has now allowed everything. */
	if (result == 0)
		result = limit_devices(cgroup, resources, err);
	if (!frozen && cgroup_freeze(cgroup, false, err) < 0)
		return -1;
	return result;
}

int unit_limit(const struct cgroup *cgroup, const struct oci_resources *resources, bool devices, struct error *err)
{
	bool guarded = devices && cgroup->layout != CGROUP_V2;
	struct unit_properties list = { 0 };
	struct arena arena = { 0 };
	auto_bus bus = NULL;
	int result = 0;
	size_t n;

	unit_resources(&arena, resources, cgroup->layout, &list);
	if (list.n > 0 || guarded)
		result = (bus = bus_open(cgroup->unit->user, err)) ? 0 : -1;
	if (result == 0 && list.n > 0) {
		struct bus_property *properties = known(bus, &arena, &list, 0, &n);

		result = set_properties(bus, cgroup->unit, properties, n, err);
	}
	if (result == 0 && guarded)
		result = set_devices(bus, cgroup, resources, &arena, err);
	arena_free(&arena);
	return result < 0 ? wrap(err, "tell systemd the limits of the unit %s", cgroup->unit->name) : 0;
}

/* ---- start ---------------------------------------------------------------- */

/* There is a unit of that name.  1: it is ours, and runs; 0: it is starting, or has ended and will be forgotten: check
 * again; -1 with ERR: it is somebody else's. */
static int meet(struct bus *bus, const struct cgroup_unit *unit, bool again, struct error *err)
{
	auto_free char *state = NULL;
	struct error ignored;
	bool active;

	if (unit_get(bus, unit, "Unit", "ActiveState", &state, err) < 0)
		return -1;
	active = !strcmp(state, "active");
	/* We asked for it on a connection that ended before the answer. */
	if (again && (active || !strcmp(state, "activating")) && is_ours(bus, unit, &ignored) > 0) {
		if (!active)
			clock_sleep(RETRY_MS);
		return active;
	}
	if (strcmp(state, "failed") && strcmp(state, "inactive") && strcmp(state, "deactivating"))
		return fail_code(err, ERROR_EXISTS, "the unit %s exists already, and is %s", unit->name, state);
	bus_call(bus, &manager, "ResetFailedUnit", &BUS_TEXT(unit->name), 1, NULL, &ignored);
	clock_sleep(RETRY_MS);
	return 0;
}

/* AGAIN: an earlier connection may have done it. */
static int start(struct bus *bus, struct cgroup *cgroup, bool again, struct error *err)
{
	struct cgroup_unit *unit = cgroup->unit;
	struct unit_properties all = { 0 };
	struct arena arena = { 0 };
	int64_t deadline = clock_ms() + EXISTS_MS;
	const uint32_t pids[] = { (uint32_t) unit->holder };
	const struct bus_property processes = { "PIDs", BUS_LIST("au", pids, 1) };
	struct bus_property *properties;
	int result;
	size_t n;

	for (size_t i = 0; i < unit->plan->properties.n; i++) {
		const struct unit_property *p = &unit->plan->properties.list[i];

		unit_add(&arena, &all, p->since, p->property.name, p->property.value);
	}
	if (cgroup->layout != CGROUP_V2)
		unit_devices(&arena, cgroup->resources, &all);
	properties = known(bus, &arena, &all, 2, &n);
	properties[n++] = (struct bus_property) { "Description", BUS_TEXT(unit->description) };
	if (!is_slice(unit))
		properties[n++] = processes;

	const struct bus_value args[] = { BUS_TEXT(unit->name), BUS_TEXT("fail"), BUS_LIST("a(sv)", properties, n),
					  BUS_LIST("a(sa(sv))", NULL, 0) };
	unit->asked = true;
	for (;;) {
		result = do_job(bus, "StartTransientUnit", args, ARRAY_SIZE(args), err);
		if (result == 0 || !said(bus, "UnitExists"))
			break;
		result = meet(bus, unit, again, err);
		if (result != 0)
			break;
		if (clock_ms() >= deadline) {
			result = fail_code(err, ERROR_EXISTS, "the unit %s exists already", unit->name);
			break;
		}
	}
	arena_free(&arena);
	return result < 0 ? -1 : 0;
}

/* Find its folders: they have the same path in all hierarchies. */
static int find_folders(struct bus *bus, struct cgroup *cgroup, const struct host *host, struct error *err)
{
	auto_free char *path = NULL;

	if (unit_get(bus, cgroup->unit, is_slice(cgroup->unit) ? "Slice" : "Scope", "ControlGroup", &path, err) < 0)
		return -1;
	if (!component_plain(path) || !path[1])
		return fail_code(err, ERROR_PROTOCOL, "systemd says that its cgroup is \"%s\"", path);
	cgroup->unit->path = xstrdup(path);
	cgroup->folders = xcalloc(host->n_hierarchies, sizeof *cgroup->folders);
	for (size_t i = 0; i < host->n_hierarchies; i++) {
		struct cgroup_folder *folder = &cgroup->folders[cgroup->n_folders++];

		*folder = (struct cgroup_folder) {
			.v2 = host->hierarchies[i].v2 || host->layout == CGROUP_V2, .path = xstrdup(path), .fd = -1,
			.join = -1,
		};
		snprintf(folder->hierarchy, sizeof folder->hierarchy, "%s", host->hierarchies[i].name);
	}
	return 0;
}

int cgroup_start_unit(struct cgroup *cgroup, const struct host *host, struct error *err)
{
	struct cgroup_unit *unit = cgroup->unit;
	int result = -1;

	if (!is_slice(unit) && holder_start(&unit->holder, err) < 0)
		return wrap(err, "start the unit %s", unit->name);
	for (int tries = 0; tries < TRIES; tries++) {
		auto_bus bus = bus_open(unit->user, err);

		if (!bus)
			break;
		result = start(bus, cgroup, tries > 0, err);
		if (result == 0)
			result = find_folders(bus, cgroup, host, err);
		if (result == 0 || !bus_lost(bus))
			break;
	}
	return result < 0 ? wrap(err, "start the unit %s", unit->name) : 0;
}

int cgroup_attach(const struct cgroup *cgroup, pid_t pid, struct error *err)
{
	const struct cgroup_unit *unit = cgroup->unit;
	const struct cgroup_folder *folder = cgroup_v2(cgroup);

	if (cgroup_add(cgroup, pid, true, err) == 0)
		return 0;
	if (!unit || (err->number != EACCES && err->number != EPERM))
		return -1;
	auto_bus bus = bus_open(unit->user, err);
	const char *below = folder && unit->path && !strncmp(folder->path, unit->path, strlen(unit->path))
				  ? folder->path + strlen(unit->path) : "";
	const uint32_t pids[] = { (uint32_t) pid };
	const struct bus_value args[] = { BUS_TEXT(unit->name), BUS_TEXT(below), BUS_LIST("au", pids, 1) };

	if (!bus || bus_call(bus, &manager, "AttachProcessesToUnit", args, 3, NULL, err) < 0)
		return wrap(err, "enter the unit %s", unit->name);
	return 0;
}

/* ---- end ------------------------------------------------------------------ */

/* True if the folder that systemd itself watches is gone, and so the unit: systemd removes it when the unit ends. */
static bool has_ended(const struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		const struct cgroup_folder *folder = &cgroup->folders[i];
		struct error why;

		if (cgroup->layout != CGROUP_V2 && (folder->v2 || strcmp(folder->hierarchy, "systemd") != 0))
			continue;
		auto_fd root = component_plain(folder->path) ? folder_open_root(folder, &why) : -1;
		auto_fd fd = root >= 0 ? folder_open_path(root, folder->path, &why) : -1;

		return root >= 0 && fd < 0 && folder_gone(why.number);
	}
	return false;
}

static void forget_folders(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->n_folders; i++)
		cgroup->folders[i].made = false;
	cgroup_keep_made(cgroup);
}

bool cgroup_claim(struct cgroup *cgroup)
{
	auto_free char *state = NULL;
	struct error problem = { 0 };
	int ours;

	if (!cgroup->unit || has_ended(cgroup))
		return true;
	auto_bus bus = bus_open(cgroup->unit->user, &problem);
	if (!bus)
		return true;
	ours = is_ours(bus, cgroup->unit, &problem);
	/* No unit of that name is loaded but the folder exists: it is what remains of ours. */
	if (ours != 0 ||
	    (unit_get(bus, cgroup->unit, "Unit", "LoadState", &state, &problem) == 0 && !strcmp(state, "not-found")))
		return true;
	log_debug("the unit %s is somebody else's now", cgroup->unit->name);
	cgroup->unit->asked = false;
	forget_folders(cgroup);
	return false;
}

static int stop(struct bus *bus, const struct cgroup_unit *unit, struct error *err)
{
	const struct bus_value kill_args[] = { BUS_TEXT(unit->name), BUS_TEXT("all"), BUS_INT(SIGKILL) };
	const struct bus_value stop_args[] = { BUS_TEXT(unit->name), BUS_TEXT("replace") };
	int ours = is_ours(bus, unit, err);
	struct error ignored;

	if (ours <= 0)
		return ours;
	/* StopUnit alone would ask its processes to end, and wait for TimeoutStopSec. */
	if (!is_slice(unit))
		bus_call(bus, &manager, "KillUnit", kill_args, 3, NULL, &ignored);
	if (do_job(bus, "StopUnit", stop_args, 2, err) < 0 && !said(bus, "NoSuchUnit"))
		return -1;
	bus_call(bus, &manager, "ResetFailedUnit", &BUS_TEXT(unit->name), 1, NULL, &ignored);
	return 0;
}

int unit_stop(struct cgroup *cgroup, struct error *err)
{
	struct cgroup_unit *unit = cgroup->unit;
	int result = -1;

	process_kill_child(&unit->holder);
	if (!unit->asked || (!unit->lingers && has_ended(cgroup)))
		return 0;
	for (int tries = 0; tries < TRIES; tries++) {
		auto_bus bus = bus_open(unit->user, err);

		if (!bus)
			break;
		result = stop(bus, unit, err);
		if (result == 0 || !bus_lost(bus))
			break;
	}
	unit->asked = result < 0;
	if (result == 0)
		return 0;
	/* Without a folder we cannot tell what is left.  With one, the unit ends along with its last process. */
	if (cgroup->n_folders == 0)
		return wrap(err, "stop the unit %s", unit->name);
	log_warn("stop the unit %s: %s", unit->name, err->message);
	return 0;
}
