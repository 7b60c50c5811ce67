/* ended.c - see ended.h */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "container/ended.h"
#include "container/handle.h"
#include "container/store.h"
#include "process/foreground.h"
#include "sys/kernel-log.h"
#include "sys/process.h"

/* False, and 0 *KILLS, if there is nobody who counted. */
static bool count_kills(const struct record_state *record, unsigned long long *kills)
{
	struct cgroup cgroup;
	struct error ignored;
	bool known;

	*kills = 0;
	store_get_cgroup_of(record, "memory", &cgroup);
	known = cgroup_open(&cgroup, false, &ignored) == 0 && cgroup_oom_kills(&cgroup, kills);
	cgroup_close(&cgroup);
	return known;
}

/* systemd removes a cgroup with its last process.  Then the kernel's log may still have it that this was the first
 * process of the container: both the unit's name and the pid would have to be used again for this to be wrong. */
static bool look_at_log(const struct record_state *record)
{
	auto_free char *log = NULL;
	struct error ignored;
	char boot[40];

	if (!record->unit || !record->n_cgroup || process_boot_id(boot, &ignored) < 0 || strcmp(boot, record->boot_id))
		return false;
	log = kernel_log_read();
	return log && cgroup_oom_logged(log, record->cgroup[0].path, record->pid);
}

/* Dead but not yet reaped.  To the unprivileged the kernel shows a status of 0. */
static bool look_at_dead(const struct record_state *record, int *status)
{
	struct process_stat stat;

	if (process_stat(record->pid, &stat) < 0 || stat.start_time != record->start_time || stat.state != 'Z' ||
	    stat.exit_status < 0 || (stat.exit_status == 0 && geteuid() != 0))
		return false;
	*status = stat.exit_status;
	return true;
}

void ended_look(const struct handle *handle, struct ended *ended)
{
	const struct record_state *record = handle->record;
	bool counted;

	*ended = (struct ended) {
		.known = record->has_exit_status, .status = record->exit_status, .oom_kills = record->oom_kills,
	};
	if (record->has_exit_status)
		return;
	counted = count_kills(record, &ended->oom_kills);
	if (handle->status != CONTAINER_STOPPED)
		return;
	ended->known = look_at_dead(record, &ended->status);
	if (!counted && !ended->known && look_at_log(record))
		*ended = (struct ended) { .known = true, .status = SIGKILL, .oom_kills = 1 };
}

int ended_note(int folder, const char *id, const struct foreground *f, const struct cgroup *cgroup, struct error *err)
{
	struct record_state *record;
	struct arena arena = { 0 };
	unsigned long long kills;
	int result = 0;

	store_lock(folder, true);
	if (!store_removed(folder)) {
		record = store_read(folder, id, "state.json", &arena, err);
		if (record) {
			record->has_exit_status = true;
			record->exit_status = f->status;
			record->has_oom_kills = cgroup_oom_kills(cgroup, &kills) || f->oom_kills;
			record->oom_kills = kills > f->oom_kills ? kills : f->oom_kills;
		}
		result = record ? store_write(folder, "state.json", record, err) : -1;
	}
	store_unlock(folder);
	arena_free(&arena);
	return result;
}

int ended_early(const struct cgroup *cgroup, pid_t pid, const char *who, const char *limit, struct error *err)
{
	unsigned long long kills;

	/* runc's words. */
	if (cgroup_oom_kills(cgroup, &kills) && kills > 0) {
		fail_code(err, ERROR_SYSTEM, "%s was OOM-killed (memory limit too low?)", who);
		return blame(err, limit);
	}
	return process_fail_ended(pid, who, "it was ready", ERROR_PROTOCOL, err);
}

void ended_blame(const struct handle *handle, struct error *err)
{
	unsigned long long kills;

	if (handle->record && process_wait_end(handle->pidfd, 0) == 1 && count_kills(handle->record, &kills) && kills)
		fail_code(err, ERROR_SYSTEM, "container init was OOM-killed (memory limit too low?)");
}
