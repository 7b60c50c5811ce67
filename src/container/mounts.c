/*
 * mounts.c - add mounts to a running container, and remove them
 *
 *	runtime		decides, opens the sources, records what will change
 *	  middle	enters the container's user namespace, for a proc that the runtime cannot make also the pid
 *			namespace, and is gone
 *	  worker	is in both; enters the others, mounts or unmounts, and reports
 *	runtime		if nothing has changed: takes that back
 *
 * The record comes first: what cannot be recorded is not done, and if the runtime is
 * killed, the worker does what is on record.
 *
 * The container's processes run meanwhile.  They see the worker only if it is in
 * their pid namespace: it runs from a copy that nobody can write to, and is not
 * dumpable.  What it does inside it does by descriptors (rootfs/live.c).
 *
 * Without privilege the host's mounts can be copied only in a mount namespace
 * that belongs to one's own user namespace: so the worker, which is in the
 * container's, first makes itself a copy of the host's, and opens the sources there.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "container/handle.h"
#include "container/launch-cgroup.h"
#include "container/launch.h"
#include "container/store.h"
#include "process/channel.h"
#include "process/middle.h"
#include "secure/secure.h"
#include "sys/namespace.h"
#include "sys/path.h"
#include "sys/process.h"

#define LOCK_MS 10000
#define WORK_MS 30000	/* a file system run by the container may never answer */

struct live {
	bool add;
	struct handle handle;
	struct config container;	/* the runtime's copy of its config */
	struct config *list;		/* the file, as part of the container's config */
	struct host host;
	struct plan plan;
	struct cgroup cgroup;
	struct cgroup_view view;
	struct rootfs_sources sources;
	bool sources_open;
	bool has_proc;			/* SOURCES has each proc that is wanted */
	int shared;			/* namespaces that we share with the container, CLONE_NEW* */
	bool silent;			/* the worker ended without a word: what it has done is unknown */
	struct channel channel, worker_channel;
};

/* ---- deciding ------------------------------------------------------------- */

/* For a removal only the destinations matter. */
static int plan_removal(struct live *l, struct error *err)
{
	struct arena *arena = &l->list->arena;
	const struct oci_config *spec = l->list->spec;
	struct step *steps = NULL;

	l->plan = (struct plan) { .config = spec, .id = l->handle.id, .bundle = l->handle.record->bundle };
	for (size_t i = 0; i < spec->n_mounts; i++) {
		struct step *step = arena_push(arena, &steps, i, sizeof *step);
		char *clean = arena_alloc(arena, strlen(spec->mounts[i].destination) + 2);

		path_clean(spec->mounts[i].destination, clean);
		step->target = clean;
		step->pointer = arena_printf(arena, "%s/%zu", l->list->mounts, i);
		if (!strcmp(clean, "/"))
			return fail_at(err, arena_printf(arena, "%s/destination", step->pointer),
				       "must not be the root itself");
	}
	l->plan.rootfs.steps = steps;
	l->plan.rootfs.n_steps = spec->n_mounts;
	return 0;
}

static int plan_addition(struct live *l, struct error *err)
{
	const struct plan_options options = { .id = l->handle.id, .bundle = l->handle.record->bundle };

	if (plan_make_mounts(&l->list->arena, l->list->spec, &l->host, &options, l->list->mounts, &l->plan, err) < 0)
		return -1;
	for (size_t i = 0; i < l->plan.rootfs.n_steps; i++) {
		const struct step *step = &l->plan.rootfs.steps[i];

		if (step->action == STEP_CGROUP && !l->host.privileged) {
			fail_code(err, ERROR_UNSUPPORTED,
				  "only root can add a view of the cgroups to a running container");
			return blame(err, step->pointer);
		}
	}
	return 0;
}

static int decide(struct live *l, const char *file, struct error *err)
{
	if (l->handle.status == CONTAINER_STOPPED)
		return fail_code(err, ERROR_STATE, "container not running");
	if (l->handle.record->host_mounts)
		return fail_code(err, ERROR_UNSUPPORTED, "the container has no mount namespace of its own");
	if (handle_config(&l->handle, &l->container, err) < 0 || host_probe(&l->host, err) < 0)
		return -1;
	if (config_load_mounts(AT_FDCWD, file, l->container.spec, l->list, err) < 0)
		return -1;
	return l->add ? plan_addition(l, err) : plan_removal(l, err);
}

/* ---- in the worker ---------------------------------------------------------- */

static int open_sources(struct live *l, struct error *err)
{
	l->sources_open = true;
	return rootfs_open_live(&l->plan, l->host.privileged ? &l->view : NULL, &l->sources, err);
}

/* Make a copy of the host's mounts that we may copy from. */
static int copy_namespace(struct error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return fail(err, errno, "make a mount namespace to open the sources in");
	return mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0 ? fail(err, errno, "cut it off from the host's") : 0;
}

static int work(struct live *l, struct error *err)
{
	const struct oci_process *process = l->plan.config->process;
	const struct oci_user *user = process ? process->user : NULL;
	int flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWCGROUP;
	auto_fd fds = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fds < 0)
		return fail(err, errno, "open /proc/self/fd");
	if (l->handle.record->own_userns && identity_become_root(user ? user->uid : 0, user ? user->gid : 0, err) < 0)
		return -1;
	/* The change of ids has made us dumpable again. */
	if (self_hide(err) < 0)
		return -1;
	if (l->add && !l->host.privileged && (copy_namespace(err) < 0 || open_sources(l, err) < 0))
		return -1;
	if (process_enter(l->handle.pidfd, l->handle.record->pid, flags & ~(l->shared & ~CLONE_NEWNS)) < 0)
		return fail(err, errno, "enter the container's namespaces");
	return l->add ? rootfs_add_live(&l->plan, &l->sources, fds, err) : rootfs_remove_live(&l->plan, fds, err);
}

static void worker_main(struct live *l) __attribute__((noreturn));
static void worker_main(struct live *l)
{
	struct error err = { 0 };

	prctl(PR_SET_NAME, "ctr-run:[mounts]");
	log_redirect(channel_log, &l->worker_channel);
	/* Only the runtime may hold the lock on the state folder. */
	close(l->handle.folder);
	channel_close(&l->channel);
	if (work(l, &err) < 0)
		channel_send_error(&l->worker_channel, &err);
	else
		channel_send(&l->worker_channel, MSG_READY, NULL, 0, -1, &err);
	_exit(0);
}

/* A new proc shows the pid namespace of who makes it, if it cannot be told which. */
static bool makes_proc(const struct live *l)
{
	for (size_t i = 0; l->add && !l->has_proc && i < l->plan.rootfs.n_steps; i++) {
		const struct step *step = &l->plan.rootfs.steps[i];

		if (step->action == STEP_MOUNT && !strcmp(step->type, "proc"))
			return true;
	}
	return false;
}

/* In the middle process. */
static pid_t birth(void *live, struct error *err)
{
	struct live *l = live;
	int flags = (makes_proc(l) ? CLONE_NEWPID : 0) | (l->handle.record->own_userns ? CLONE_NEWUSER : 0);
	pid_t pid;

	if (self_hide(err) < 0)
		return -1;
	flags &= ~l->shared;
	if (flags && process_enter(l->handle.pidfd, l->handle.record->pid, flags) < 0) {
		if (errno == ESRCH)
			return fail_code(err, ERROR_STATE, "container not running");
		return fail(err, errno, "enter the container's namespaces");
	}
	pid = process_clone(0, -1, true, NULL, err);
	if (pid == 0)
		worker_main(l);
	return pid;
}

/* ---- in the runtime --------------------------------------------------------- */

static int employ(struct live *l, struct error *err)
{
	pid_t pid = -1;
	int got;
	auto_fd pidfd = -1;

	if (channel_pair(&l->channel, &l->worker_channel, err) < 0)
		return -1;
	l->channel.peer = "the process in the container";
	if (middle_birth(birth, l, &pid, &pidfd, err) < 0)
		return -1;
	channel_close(&l->worker_channel);
	if (process_wait_end(pidfd, WORK_MS) == 0) {
		process_signal(pidfd, SIGKILL);
		process_reap(pid);
		l->silent = true;
		return fail_code(err, ERROR_TIMEOUT, "a file system of the container did not answer within %d s",
				 WORK_MS / 1000);
	}
	got = channel_next(&l->channel, NULL, 0, NULL, err);
	process_reap(pid);
	if (got == MSG_COUNT) {
		l->silent = true;
		fail_code(err, ERROR_PROTOCOL, "the process in the container ended before it was done");
	}
	return got == MSG_READY ? 0 : -1;
}

/* Take the last addition on DESTINATION off the record; false if there is none. */
static bool forget_addition(struct record_state *record, const char *destination)
{
	for (size_t i = record->n_mounts; i-- > 0;) {
		if (record->mounts[i].removed || strcmp(record->mounts[i].destination, destination))
			continue;
		memmove(&record->mounts[i], &record->mounts[i + 1], (--record->n_mounts - i) * sizeof *record->mounts);
		return true;
	}
	return false;
}

/* A mount that was added and removed again leaves no trace in the record. */
static int note(struct live *l, struct error *err)
{
	struct record_state *record = l->handle.record;
	const struct oci_config *spec = l->list->spec;
	struct record_mount_change *changes =
		arena_alloc(&l->list->arena, (record->n_mounts + spec->n_mounts) * sizeof *changes);

	if (record->n_mounts)
		memcpy(changes, record->mounts, record->n_mounts * sizeof *changes);
	record->mounts = changes;
	for (size_t i = 0; i < spec->n_mounts; i++) {
		const struct oci_mount *m = &spec->mounts[i];
		char *clean = arena_alloc(&l->list->arena, strlen(m->destination) + 2);

		path_clean(m->destination, clean);
		if (!l->add && forget_addition(record, clean))
			continue;
		changes[record->n_mounts++] = (struct record_mount_change) {
			.destination = clean, .removed = !l->add, .type = l->add ? m->type : NULL,
			.source = l->add ? m->source : NULL, .options = l->add ? m->options : NULL,
			.n_options = l->add ? m->n_options : 0,
		};
	}
	return store_write(l->handle.folder, "state.json", record, err);
}

/* In a user namespace whoever makes a mount owns it, and the worker is safe there. */
static int open_proc(struct live *l, struct error *err)
{
	if (l->handle.record->own_userns)
		return 0;
	auto_fd pidns = namespace_open_of(l->handle.record->pid, CLONE_NEWPID, err);
	if (pidns < 0)
		return -1;
	l->has_proc = rootfs_open_proc(&l->plan, pidns, &l->sources);
	return 0;
}

static int do_noted(struct live *l, struct error *err)
{
	struct record_state *record = l->handle.record, before = *record;
	struct error again;

	if (note(l, err) < 0)
		return wrap(err, "note the mounts");
	if (employ(l, err) == 0)
		return 0;
	if (!l->silent && store_write(l->handle.folder, "state.json", &before, &again) < 0)
		log_warn("take what was not %s off the record: %s", l->add ? "added" : "removed", again.message);
	return -1;
}

static int change(struct live *l, const char *file, struct error *err)
{
	/* The record can change until we hold the lock. */
	if (l->handle.folder < 0 || store_lock_within(l->handle.folder, LOCK_MS, err) < 0)
		return -1;
	if (handle_read(&l->handle, HANDLE_PIDFD, err) < 0 || decide(l, file, err) < 0)
		return -1;
	if (!l->list->spec->n_mounts)
		return 0;
	if (l->host.privileged) {
		if (handle_open_cgroup(&l->handle, false, &l->cgroup, err) < 0)
			return -1;
		launch_view_cgroup(&l->cgroup, &l->host, &l->view);
		if (l->add && (open_sources(l, err) < 0 || open_proc(l, err) < 0))
			return -1;
	}
	/* From a user namespace nobody may enter the host's namespaces, even if already in them. */
	l->shared = namespaces_shared(l->handle.record->pid);
	return do_noted(l, err);
}

int container_mounts(const char *root, const char *id, bool add, const char *file, struct config *list,
		     struct error *err)
{
	struct live l = {
		.add = add, .list = list, .channel.fd = -1, .worker_channel.fd = -1,
		.handle = { .root = root, .id = id, .folder = store_open(root, id, err), .pidfd = -1 },
	};
	int result = change(&l, file, err);

	if (result < 0)
		config_locate(list, err);
	if (l.sources_open)
		rootfs_close_sources(&l.sources);
	channel_close(&l.channel);
	channel_close(&l.worker_channel);
	cgroup_close(&l.cgroup);
	handle_close(&l.handle);
	config_free(&l.container);
	return result < 0 ? wrap(err, "%s mounts %s %s", add ? "add" : "remove", add ? "to" : "from", id) : 0;
}
