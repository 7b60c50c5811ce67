/* handle.c - see handle.h */
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "container/handle.h"
#include "container/store.h"
#include "process/hooks.h"
#include "sys/process.h"

static const char *const status_names[] = { "creating", "created", "running", "paused", "stopped" };

const char *container_status_name(enum container_status status)
{
	return status_names[status];
}

/* The pid may be a stranger's by now: check the start time, and the boot id in case the clock ticks agree after a
 * reboot. */
static int look(const struct record_state *record, enum container_status *status, struct error *err)
{
	struct process_stat stat;
	struct error ignored;
	char boot[40];

	*status = CONTAINER_STOPPED;
	if (process_stat(record->pid, &stat) < 0)
		return process_gone(errno) ? 0
					   : fail(err, errno, "look at process %d, the container's first", record->pid);
	if (stat.start_time != record->start_time || process_stat_ended(&stat))
		return 0;
	if (process_boot_id(boot, &ignored) == 0 && strcmp(boot, record->boot_id))
		return 0;
	/* The kernel knows whether init has exec'd; a restored process was only forked. */
	*status = stat.flags & PROCESS_FORKNOEXEC && !record->restored ? CONTAINER_CREATED : CONTAINER_RUNNING;
	return 0;
}

int handle_open(struct handle *h, const char *root, const char *id, unsigned flags, struct error *err)
{
	*h = (struct handle) { .root = root, .id = id, .folder = -1, .pidfd = -1 };
	h->folder = store_open(root, id, err);
	return h->folder < 0 ? -1 : handle_read(h, flags, err);
}

int handle_read(struct handle *h, unsigned flags, struct error *err)
{
	struct error journal;

	h->status = CONTAINER_STOPPED;
	h->record = store_read(h->folder, h->id, "state.json", &h->arena, err);
	if (!h->record) {
		h->record = store_read(h->folder, h->id, "journal", &h->arena, &journal);
		return err->code == ERROR_NOT_FOUND && flags & HANDLE_INCOMPLETE ? 0 : -1;
	}
	h->complete = true;
	/* Hold it before looking at it, so that the process found to be ours is the one we hold. */
	if (flags & HANDLE_PIDFD) {
		h->pidfd = process_hold(h->record->pid);
		if (h->pidfd < 0 && !process_gone(errno))
			return fail(err, errno, "open process %d, the container's first", h->record->pid);
		if (h->pidfd < 0)
			return 0;
	}
	if (look(h->record, &h->status, err) < 0)
		return -1;
	if (h->status == CONTAINER_STOPPED)
		cleanup_close(&h->pidfd);
	return 0;
}

void handle_close(struct handle *h)
{
	cleanup_close(&h->folder);
	cleanup_close(&h->pidfd);
	arena_free(&h->arena);
}

void handle_look_paused(struct handle *h)
{
	struct cgroup cgroup;
	struct error ignored;

	if (h->status != CONTAINER_RUNNING && h->status != CONTAINER_CREATED)
		return;
	store_get_cgroup_of(h->record, "freezer", &cgroup);
	if (cgroup_open(&cgroup, false, &ignored) == 0 && cgroup_frozen(&cgroup))
		h->status = CONTAINER_PAUSED;
	cgroup_close(&cgroup);
}

int handle_open_cgroup(const struct handle *h, bool join, struct cgroup *cgroup, struct error *err)
{
	store_get_cgroup(h->record, cgroup);
	return cgroup_open(cgroup, join, err);
}

int handle_config(const struct handle *h, struct config *config, struct error *err)
{
	if (config_load(h->folder, "config.json", config, err) < 0)
		return wrap(err, "the config kept of container %s", h->id);
	return 0;
}

int handle_poststart(const struct handle *h, struct error *err)
{
	struct config config = { 0 };
	int result;

	if (!h->record->poststart)
		return 0;
	if (handle_config(h, &config, err) < 0) {
		config_free(&config);
		return -1;
	}
	auto_free char *state =
		hooks_state(h->id, h->record->bundle, OCI_STATUS_RUNNING, h->record->pid, &h->record->annotations);
	struct hook_setting setting = { .state = state, .cwd = h->record->bundle };
	result = hook_output_open(&h->record->annotations, h->record->bundle, &setting.output, err);
	if (result == 0)
		result = hooks_run("poststart", config.spec->hooks->poststart, config.spec->hooks->n_poststart,
				   &setting, err);
	hook_output_close(&setting.output);
	config_free(&config);
	return result;
}

void handle_poststop(const struct handle *h)
{
	struct config config = { 0 };
	struct error ignored = { 0 };

	if (!h->record || !h->record->poststop)
		return;
	if (handle_config(h, &config, &ignored) == 0) {
		auto_free char *state = hooks_state(h->id, h->record->bundle, OCI_STATUS_STOPPED, 0,
						    &h->record->annotations);
		struct hook_setting setting = { .state = state, .cwd = h->record->bundle };
		/* They run anyway: it is too late for an error. */
		if (hook_output_open(&h->record->annotations, h->record->bundle, &setting.output, &ignored) < 0)
			log_warn("%s", ignored.message);
		hooks_run_all("poststop", config.spec->hooks->poststop, config.spec->hooks->n_poststop, &setting);
		hook_output_close(&setting.output);
	}
	config_free(&config);
}
