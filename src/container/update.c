/*
 * update.c - change the limits of an existing container
 *
 * All or nothing: faults are found before anything is changed, then the steps
 * are taken in an order that allows undoing them, and our copy of the config is
 * renamed into place last.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "base/number.h"
#include "cgroup/cgroup.h"
#include "config/rlimit-names.h"
#include "container/handle.h"
#include "container/rdt.h"
#include "container/store.h"
#include "container/update-options.h"
#include "container/update-process.h"
#include "sys/fd.h"
#include "sys/host.h"

struct update {
	struct update_options *options;
	struct handle handle;
	int lock;
	struct config config;		/* ours, as it will be */
	struct cgroup cgroup;
	struct cgroup_change change;
	struct processes processes;
};

/* ---- deciding ------------------------------------------------------------- */

static int open_container(struct update *u, struct error *err)
{
	const struct update_options *o = u->options;
	bool initial;

	if (handle_open(&u->handle, o->root, o->id, 0, err) < 0)
		return -1;
	u->lock = store_lock_update(u->handle.folder, err);
	if (u->lock < 0)
		return store_removed(u->handle.folder)
			? fail_code(err, ERROR_NOT_FOUND, "container \"%s\" does not exist", o->id) : -1;
	if (u->handle.status == CONTAINER_STOPPED)
		return fail_code(err, ERROR_STATE, "container not running");
	if (handle_config(&u->handle, &u->config, err) < 0)
		return -1;
	store_get_cgroup(u->handle.record, &u->cgroup);
	u->cgroup.required = true;
	if (host_look_userns(&initial, err) < 0)
		return -1;
	u->cgroup.rootless = geteuid() != 0 || !initial;
	return cgroup_open(&u->cgroup, false, err);
}

/* Find what is wrong only in combination with the present limits. */
static int check_all(const struct oci_resources *all, struct arena *arena, struct error *err)
{
	struct json_faults faults = { .arena = arena };

	config_check_resources(all, "/linux/resources", &faults);
	return faults.n ? fail_at(err, faults.list[0].pointer, "%s", faults.list[0].message) : 0;
}

static int decide_limits(struct update *u, struct error *err)
{
	struct update_options *o = u->options;
	struct arena *arena = &u->config.arena;
	struct oci_linux *linux = u->config.spec->linux;

	if (o->resources && config_load_resources(AT_FDCWD, o->resources, o->loaded, err) < 0)
		return -1;
	if (o->resources && update_has_limits(o))
		log_warn("the limits given as options are ignored: they come from %s", o->resources);
	u->change.now = linux->resources;
	u->change.want = o->resources ? o->loaded->resources : update_wanted(o, arena, err);
	if (!u->change.want)
		return -1;
	cgroup_merge(&u->cgroup, arena, &u->change);
	if (check_all(&u->change.all, arena, err) < 0)
		return -1;
	linux->resources = &u->change.all;
	return 0;
}

/* Put LIMIT into the config's list. */
static void put_rlimit(struct arena *arena, struct oci_process *process, const struct oci_rlimit *limit)
{
	struct oci_rlimit *list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < process->n_rlimits; i++)
		if (strcmp(process->rlimits[i].type, limit->type) != 0)
			*(struct oci_rlimit *) arena_push(arena, &list, n++, sizeof *list) = process->rlimits[i];
	*(struct oci_rlimit *) arena_push(arena, &list, n++, sizeof *list) = *limit;
	process->rlimits = list;
	process->n_rlimits = n;
}

/* Of several for one resource the last counts, as in the config; so nothing is set only to be set again. */
static void put_limit(struct arena *arena, struct processes *p, const struct rlimit_plan *limit)
{
	struct rlimit_plan *limits = (struct rlimit_plan *) p->limits;

	for (size_t i = 0; i < p->n_limits; i++)
		if (limits[i].resource == limit->resource) {
			limits[i] = *limit;
			return;
		}
	*(struct rlimit_plan *) arena_push(arena, &limits, p->n_limits++, sizeof *limits) = *limit;
	p->limits = limits;
}

static int decide_ulimits(struct update *u, struct error *err)
{
	struct arena *arena = &u->config.arena;
	struct oci_process *process = u->config.spec->process;

	for (char **text = u->options->ulimits; text && *text; text++) {
		struct oci_rlimit limit;

		if (update_ulimit(*text, &limit, err) < 0)
			return -1;
		if (process)
			put_rlimit(arena, process, &limit);
		put_limit(arena, &u->processes, &(struct rlimit_plan) {
			.resource = (int) name_find(rlimit_names, limit.type)->value, .name = limit.type,
			.value = { .rlim_cur = limit.soft, .rlim_max = limit.hard },
		});
	}
	return 0;
}

static int decide_score(struct update *u, struct error *err)
{
	struct oci_process *process = u->config.spec->process;
	const char *text = u->options->oom_score_adj;
	int64_t score;

	if (!text)
		return 0;
	if (!number_parse_signed(text, -1000, 1000, &score))
		return fail_code(err, ERROR_USAGE, "invalid value for oom-score-adj: \"%s\" (expected -1000 to 1000)",
				 text);
	u->processes.has_score = true;
	u->processes.score = (int) score;
	if (process) {
		process->has_oom_score_adj = true;
		process->oom_score_adj = (int32_t) score;
	}
	return 0;
}

static int decide(struct update *u, struct error *err)
{
	const struct update_options *o = u->options;

	if (open_container(u, err) < 0)
		return -1;
	if (o->kernel_memory || o->kernel_memory_tcp)
		log_warn("limits on kernel memory are obsolete: Linux has none any more, but for TCP in cgroup v1");
	if ((o->l3_cache_schema || o->mem_bw_schema) && !u->handle.record->rdt)
		return fail_code(err, ERROR_UNSUPPORTED, "%s is not enabled: the container's config has no intelRdt",
				 o->l3_cache_schema ? "Intel RDT/CAT: l3 cache schema"
						    : "Intel RDT/MBA: memory bandwidth schema");
	u->processes.cgroup = &u->cgroup;
	u->processes.patience = 10;
	u->processes.init = u->handle.record->pid;
	u->processes.init_start_time = u->handle.record->start_time;
	if (decide_limits(u, err) < 0 || decide_ulimits(u, err) < 0 || decide_score(u, err) < 0)
		return -1;
	return processes_check(&u->processes, err);
}

/* ---- doing ---------------------------------------------------------------- */

static int note(const struct update *u, struct error *err)
{
	size_t n;
	auto_free char *text = json_write(&oci_config_type, u->config.spec, false, &n);

	return file_replace(u->handle.folder, "config.json", text, n, 0600, err) < 0 ? wrap(err, "note the limits") : 0;
}

/* First what may be refused and is easily undone.  Limits of processes come after those of the cgroup: a lowered one
 * may be impossible to raise again. */
static int apply(struct update *u, char **schemata_before, struct error *err)
{
	const char *schemata[] = { u->options->l3_cache_schema, u->options->mem_bw_schema };

	if ((schemata[0] || schemata[1]) &&
	    rdt_update(u->handle.record, schemata, ARRAY_SIZE(schemata), schemata_before, err) < 0)
		return -1;
	if (processes_raise(&u->processes, err) < 0 ||
	    cgroup_update(&u->cgroup, &u->change, err) < 0 ||
	    processes_set(&u->processes, err) < 0)
		return -1;
	return note(u, err);
}

static int apply_or_undo(struct update *u, struct error *err)
{
	auto_free char *schemata = NULL;

	if (apply(u, &schemata, err) == 0)
		return 0;
	processes_undo(&u->processes);
	cgroup_update_undo(&u->cgroup, &u->change);
	rdt_restore(u->handle.record, schemata);
	return -1;
}

int container_update(struct update_options *options, struct error *err)
{
	struct update u = { .options = options, .lock = -1, .handle = { .folder = -1, .pidfd = -1 } };
	int result = decide(&u, err);

	if (result == 0)
		result = apply_or_undo(&u, err);
	if (result < 0)
		update_blame(options, err);
	cgroup_update_end(&u.change);
	processes_free(&u.processes);
	cgroup_close(&u.cgroup);
	cleanup_close(&u.lock);
	handle_close(&u.handle);
	config_free(&u.config);
	return result < 0 ? wrap(err, "update %s", options->id) : 0;
}
