/* life.c - start, kill, delete: what happens to a container that exists */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "container/ended.h"
#include "container/handle.h"
#include "container/host-mounts.h"
#include "container/listener.h"
#include "container/rdt.h"
#include "container/record-devices.h"
#include "container/store.h"
#include "process/gate.h"
#include "process/notify.h"
#include "sys/fd.h"
#include "sys/namespace.h"
#include "sys/process.h"
#include "sys/signals.h"
#include "tune/net-devices.h"

#define END_MS 10000	/* how long to wait for a killed process, or for another command to release the container */
#define THAW_MS 500	/* how often to thaw what may keep it from dying */
#define DYING_MS 100	/* how long a delete without --force waits for a process that was just killed */
#define LOCK_MS 5

/* ---- start --------------------------------------------------------------- */

/* A filter that notifies is loaded at start; send its listener now. */
static int tell_listener(void *context, int listener, struct error *err)
{
	const struct handle *h = context;
	struct config config = { 0 };
	int result = handle_config(h, &config, err);

	if (result == 0)
		result =
			listener_send(config.spec->linux->seccomp, h->record, OCI_STATUS_CREATED, h->record->pid,
				      listener, err);
	config_free(&config);
	return result;
}

static int start(struct handle *h, struct error *err)
{
	auto_fd lock = -1, notify = -1;
	struct channel init;

	handle_look_paused(h);
	if (h->status == CONTAINER_STOPPED)
		return fail_code(err, ERROR_STATE, "cannot start a container that has stopped");
	/* While frozen it would neither start nor say why. */
	if (h->status == CONTAINER_PAUSED)
		return fail_code(err, ERROR_STATE, "cannot start a container in the paused state");
	if (h->status != CONTAINER_CREATED)
		return fail_code(err, ERROR_STATE, "cannot start an already running container");
	if (h->record->no_process)
		return fail_code(err, ERROR_CONFIG, "process property must not be empty");
	/* The socket has to be there before the gate opens, and only that decides between two starts: without this lock
	 * the second would replace the socket that the first listens on. */
	if (h->record->notify && notify_wanted() &&
	    ((lock = store_lock_start(h->folder, err)) < 0 || (notify = notify_listen(h->folder, err)) < 0))
		return -1;
	if (gate_connect(h->folder, h->pidfd, &init, err) < 0) {
		ended_blame(h, err);
		return -1;
	}
	if (gate_open(&init, tell_listener, h, err) < 0 ||
	    process_check_ran(h->record->pid, h->record->start_time, err) < 0) {
		/* An error from init was its last word: return only once it has stopped. */
		if (err->code != ERROR_STATE)
			process_wait_end(h->pidfd, END_MS);
		ended_blame(h, err);
		return -1;
	}
	if (handle_poststart(h, err) < 0) {
		/* runtime.md, Lifecycle 9: the container must be stopped. */
		struct error ignored = { 0 };
		process_signal(h->pidfd, SIGKILL);
		container_delete(h->root, h->id, true, &ignored);
		return -1;
	}
	if (notify >= 0)
		notify_wait(notify, h->record->pid, h->pidfd);
	return 0;
}

/* A caller that polls `state` may call start before create has returned: wait for create. */
static int await_create(struct handle *h, struct error *err)
{
	if (h->complete)
		return 0;
	if (store_locked(h->folder)) {
		if (store_lock_within(h->folder, END_MS, err) < 0)
			return -1;
		store_unlock(h->folder);
	}
	return handle_read(h, HANDLE_PIDFD, err);
}

int container_start(const char *root, const char *id, struct error *err)
{
	struct handle h;
	int result = handle_open(&h, root, id, HANDLE_PIDFD | HANDLE_INCOMPLETE, err);

	if (result == 0)
		result = await_create(&h, err);
	if (result == 0)
		result = start(&h, err);
	handle_close(&h);
	return result < 0 ? wrap(err, "start %s", id) : 0;
}

/* ---- kill ---------------------------------------------------------------- */

static int signal_all(const struct handle *h, int sig, struct error *err)
{
	struct cgroup cgroup;
	int result = handle_open_cgroup(h, false, &cgroup, err);

	if (result == 0)
		result = cgroup_signal_all(&cgroup, sig, err);
	cgroup_close(&cgroup);
	return result;
}

/* On v1 a frozen process takes SIGKILL only when thawed.  Call this after sending the signal, so that it runs no
 * more. */
static void thaw(const struct handle *h)
{
	struct cgroup cgroup;
	struct error err = { 0 };

	store_get_cgroup_of(h->record, "freezer", &cgroup);
	if (cgroup_open(&cgroup, false, &err) < 0 || cgroup_thaw_all(&cgroup, &err) < 0)
		log_warn("%s", err.message);
	cgroup_close(&cgroup);
}

/* Wait for init, which was killed; keep thawing, as other processes of the container may freeze it before they die. */
static bool await_killed(const struct handle *h)
{
	int ended = 0;

	for (int waited = 0; !ended && waited < END_MS; waited += THAW_MS) {
		if (waited)
			thaw(h);
		ended = process_wait_end(h->pidfd, THAW_MS);
	}
	return ended;
}

/* Kill processes that shared a pid namespace with init and have outlived it. */
static int kill_rest(const struct handle *h, struct error *err)
{
	auto_free pid_t *pids = NULL;
	struct error ignored;
	struct cgroup cgroup;
	size_t n = 0;

	if (handle_open_cgroup(h, false, &cgroup, &ignored) < 0 || cgroup_pids(&cgroup, &pids, &n, &ignored) < 0)
		n = 0;
	cgroup_close(&cgroup);
	return n ? signal_all(h, SIGKILL, err) : fail_code(err, ERROR_STATE, "container not running");
}

static int send_signal(struct handle *h, int sig, bool all, struct error *err)
{
	/* Without its own pid namespace the others may outlive init: -a reaches them even then.  Without a cgroup init
	 * is all that is known. */
	if (all && h->record->n_cgroup && (h->status != CONTAINER_STOPPED || !h->record->own_pidns))
		return signal_all(h, sig, err);
	/* With -a, having nobody left to signal is no error, as in runc. */
	if (all && h->status == CONTAINER_STOPPED)
		return 0;
	if (sig == SIGKILL && h->status == CONTAINER_STOPPED && !h->record->own_pidns)
		return kill_rest(h, err);
	if (h->status == CONTAINER_STOPPED)
		return fail_code(err, ERROR_STATE, "container not running");
	if (process_signal(h->pidfd, sig) < 0) {
		if (errno == ESRCH)
			return fail_code(err, ERROR_STATE, "container not running");
		return fail(err, errno, "send %s", signal_name(sig));
	}
	if (sig == SIGKILL)
		thaw(h);
	/* If there is no pid namespace to die with init, SIGKILL goes to all, as in runc. */
	return sig == SIGKILL && !h->record->own_pidns ? signal_all(h, sig, err) : 0;
}

int container_kill(const char *root, const char *id, int sig, bool all, struct error *err)
{
	struct handle h;
	int result = handle_open(&h, root, id, HANDLE_PIDFD, err);

	if (result == 0)
		result = send_signal(&h, sig, all, err);
	handle_close(&h);
	return result < 0 ? wrap(err, "kill %s", id) : 0;
}

/* ---- delete -------------------------------------------------------------- */

/* Kill init and wait until it is gone. */
static int end_process(struct handle *h, struct error *err)
{
	if (h->pidfd < 0)
		return 0;
	process_signal(h->pidfd, SIGKILL);
	thaw(h);
	/* If it is our own child (run in the foreground), nobody else will reap it. */
	waitpid(h->record->pid, NULL, WNOHANG);
	if (!await_killed(h))
		return fail_code(err, ERROR_TIMEOUT, "process %d did not end within %d s of SIGKILL", h->record->pid,
				 END_MS / 1000);
	waitpid(h->record->pid, NULL, WNOHANG);
	return 0;
}

/* Devices that a killed create had moved into a namespace that existed before and still does. */
static void bring_devices_back(const struct handle *h)
{
	struct net_devices devices;
	struct arena arena = { 0 };
	struct error err = { 0 };

	if (h->complete || !h->record->netns)
		return;
	auto_fd netns = namespace_open(h->record->netns, CLONE_NEWNET, &err);
	record_get_devices(&arena, h->record, &devices);
	if (netns >= 0)
		net_devices_return(&devices, netns);
	arena_free(&arena);
}

/* Remove what is left of the container outside its state folder. */
static int undo_outside(const struct handle *h, struct error *err)
{
	struct cgroup cgroup;
	struct error ignored = { 0 };
	int result;

	if (!h->record)
		return 0;
	store_get_cgroup(h->record, &cgroup);
	/* A journal alone does not name the process: it is whatever is in the cgroups that we made.  A cgroup that
	 * existed before may be somebody else's: leave its processes alone. */
	if (!h->complete)
		cgroup_keep_made(&cgroup);
	cgroup_claim(&cgroup);
	result = cgroup_open(&cgroup, false, err);
	if (result == 0 && (!h->complete || !h->record->own_pidns) && cgroup_signal_all(&cgroup, SIGKILL, &ignored) < 0)
		log_warn("%s", ignored.message);
	if (result == 0)
		result = cgroup_remove(&cgroup, err);
	cgroup_close(&cgroup);
	bring_devices_back(h);
	if (result == 0)
		result = rdt_remove(h->record, !h->complete, err);
	if (result == 0)
		result = host_mounts_remove(h->record, err);
	return result;
}

/* A journal and no record: a create is at work (delete removes the journal first). */
static bool being_made(const struct handle *h)
{
	return !file_exists(h->folder, "state.json") && file_exists(h->folder, "journal");
}

/* Wait for whoever is at work on the state folder: a failing create cleans up after itself, another delete leaves
 * nothing. */
static int lock(const struct handle *h, bool force, struct error *err)
{
	for (int waited = 0; !store_lock(h->folder, false); waited += LOCK_MS) {
		if (!force && being_made(h))
			return fail_code(err, ERROR_STATE, "cannot delete container %s that is not stopped: creating",
					 h->id);
		if (waited >= END_MS)
			return store_fail_busy(END_MS, err);
		clock_sleep(LOCK_MS);
	}
	return store_removed(h->folder) ? fail_code(err, ERROR_NOT_FOUND, "container \"%s\" does not exist", h->id) : 0;
}

/* The record can change until we hold the lock. */
static int lock_and_read(struct handle *h, bool force, struct error *err)
{
	if (lock(h, force, err) < 0)
		return -1;
	if (handle_read(h, HANDLE_PIDFD | HANDLE_INCOMPLETE, err) == 0)
		return 0;
	/* The record is fine, but whether its process lives is unknown: taking it for dead would leave it behind. */
	if (!force || err->code == ERROR_NOT_FOUND || h->complete)
		return -1;
	/* What it made must be removed anyway. */
	log_warn("%s; its journal is used instead", err->message);
	return 0;
}

/* People write "kill ID KILL; delete ID", but kill returns when the signal is sent, not when it has taken effect. */
static void await_end(struct handle *h)
{
	if (h->status == CONTAINER_RUNNING && process_wait_end(h->pidfd, DYING_MS) == 1)
		h->status = CONTAINER_STOPPED;
}

static int delete(struct handle *h, bool force, struct error *err)
{
	handle_look_paused(h);
	if (!force)
		await_end(h);
	if (!force && h->status != CONTAINER_STOPPED && h->status != CONTAINER_CREATED)
		return fail_code(err, ERROR_STATE, "cannot delete container %s that is not stopped: %s", h->id,
				 container_status_name(h->status));
	if (end_process(h, err) < 0 || undo_outside(h, err) < 0)
		return -1;
	handle_poststop(h);
	return store_remove(h->root, h->id, h->folder, err);
}

int container_delete(const char *root, const char *id, bool force, struct error *err)
{
	struct handle h = { .root = root, .id = id, .folder = store_open(root, id, err), .pidfd = -1 };
	int result = h.folder < 0 ? -1 : lock_and_read(&h, force, err);

	if (result == 0)
		result = delete(&h, force, err);
	handle_close(&h);
	if (result < 0 && force && err->code == ERROR_NOT_FOUND)
		return 0;
	return result < 0 ? wrap(err, "delete %s", id) : 0;
}
