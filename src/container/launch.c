/* launch.c - see launch.h: decide, and make what lies outside init */
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "container/announce.h"
#include "container/ended.h"
#include "container/host-mounts.h"
#include "container/launch-cgroup.h"
#include "container/launch-namespaces.h"
#include "container/launch.h"
#include "container/rdt.h"
#include "container/record-devices.h"
#include "container/runtime.h"
#include "container/store.h"
#include "container/tracers.h"
#include "process/fds.h"
#include "process/foreground.h"
#include "process/gate.h"
#include "process/hooks.h"
#include "process/notify.h"
#include "secure/secure.h"
#include "sys/fd.h"
#include "sys/namespace.h"
#include "sys/process.h"

static int check_terminal(const struct launch *launch, struct error *err)
{
	const struct create_options *o = launch->options;
	bool terminal = launch->plan.has_process && launch->plan.process.terminal;

	return announce_check_terminal(terminal, !launch->run || o->detach, o->console_socket, err);
}

/* The first sysctl that belongs to a namespace of kind FLAG, or NULL. */
static const struct sysctl_plan *sysctl_in(const struct plan *plan, int flag)
{
	for (size_t i = 0; i < plan->n_sysctls; i++)
		if (plan->sysctls[i].flag == flag)
			return &plan->sysctls[i];
	return NULL;
}

/* Open the namespaces to join: a missing path or one of the wrong kind is found before anything is made. */
static int open_joined(struct launch *launch, struct error *err)
{
	const struct namespace_plan *ns = &launch->plan.ns;
	const struct sysctl_plan *sysctl;

	for (size_t i = 0; i < ns->n_join; i++) {
		launch->join[i] = namespace_open(ns->join[i].path, ns->join[i].flag, err);
		if (launch->join[i] < 0)
			return blame(err, ns->join[i].pointer);
		/* The container's root would become the host's. */
		if (ns->join[i].flag == CLONE_NEWNS && namespace_is_ours(launch->join[i], CLONE_NEWNS))
			return fail_at(err, ns->join[i].pointer,
				       "is the mount namespace that we are in (without this entry it is inherited)");
		if ((sysctl = sysctl_in(&launch->plan, ns->join[i].flag)) &&
		    namespace_is_ours(launch->join[i], ns->join[i].flag))
			return fail_at(err, sysctl->pointer, "sysctl \"%s\" not allowed in host %s namespace",
				       sysctl->path, namespace_by_flag(ns->join[i].flag)->name);
	}
	return 0;
}

/* Processes in a joined pid namespace see init, or its heir, from its birth; with a user namespace they have no power
 * over it. */
static int protect(const struct launch *launch, struct error *err)
{
	const struct namespace_plan *ns = &launch->plan.ns;

	return !ns->user && namespace_joined(ns, CLONE_NEWPID) ? self_protect_seen(err) : 0;
}

/* The pid namespace of others that it joins, or -1.  (In the machine's own who may trace has better things to trace;
 * with a user namespace there is no power between them.) */
static int others_pids(const struct launch *launch)
{
	const int pidns = launch_pidns(launch);

	if (pidns < 0 || launch->plan.ns.user || !launch->host.privileged || namespace_is_ours(pidns, CLONE_NEWPID))
		return -1;
	return pidns;
}

/* There init may be traced while it has more rights than its program.  It can stay outside until then if its procfs can
 * be made here. */
static void look_for_tracers(struct launch *launch)
{
	const int pidns = others_pids(launch);

	if (pidns < 0 || !launch->plan.has_process)
		return;
	launch->heir.wanted = rootfs_open_proc(&launch->plan, pidns, &launch->sources);
	launch->heir.filter_first = launch->heir.wanted && heir_filter_may_be_early(&launch->plan.seccomp);
}

/* Nor may ours trace what enters another one there. */
static int warn_owners(const struct launch *launch, struct error *err)
{
	const struct oci_process *process = launch->plan.config->process;
	const int pidns = others_pids(launch);

	if (pidns < 0 || !process || !plan_may_have(process->capabilities, CAP_SYS_PTRACE))
		return 0;
	return tracers_note_owners(launch->options->root, pidns, err);
}

int launch_decide(struct launch *launch, struct error *err)
{
	struct create_options *o = launch->options;
	struct config *config = o->loaded;
	int keep;

	launch->folder = launch->gate = launch->pidfd = launch->master = launch->notify = launch->netns = -1;
	launch->rdt.root = launch->channel.fd = launch->init_channel.fd = -1;
	launch->hook_output = (struct hook_output) { -1, -1 };
	memset(launch->join, 0xff, sizeof launch->join);
	if (store_check_id(o->id, err) < 0)
		return -1;
	keep = fds_keep(o->preserve_fds, &launch->listen, err);
	if (keep < 0)
		return -1;
	launch->keep = (unsigned) keep;
	/* Resolve it: by the time of `delete` a link may lead elsewhere (runc changes to the folder and asks where it
	 * is). */
	launch->bundle = realpath(o->bundle ? o->bundle : ".", NULL);
	auto_fd dir = launch->bundle ? open(launch->bundle, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (dir < 0)
		return fail(err, errno, "open the bundle %s", o->bundle ? o->bundle : ".");
	if (config_load_bundle(dir, o->config, config, err) < 0)
		return err->line || err->pointer[0] ? -1 : wrap(err, "in the bundle %s", launch->bundle);
	auto_free char *notify = notify_wanted() ? xasprintf("%s/%s/" NOTIFY_FOLDER, o->root, o->id) : NULL;
	struct plan_options options = {
		.id = o->id, .bundle = launch->bundle, .no_pivot = o->no_pivot, .no_new_keyring = o->no_new_keyring,
		.systemd_cgroup = o->systemd_cgroup, .cgroup_disabled = o->cgroup_disabled,
		.notify_socket = notify ? arena_strdup(&config->arena, notify) : NULL,
	};
	if (host_probe(&launch->host, err) < 0)
		return -1;
	if (plan_make(&config->arena, config->spec, &launch->host, &options, &launch->plan, err) < 0)
		return -1;
	log_debug("%s: a config of %zu bytes in %s, and %zu steps to its root file system", o->id, config->length,
		  launch->bundle, launch->plan.rootfs.n_steps);
	if (check_terminal(launch, err) < 0 || announce_check_pidfd_socket(o->pidfd_socket, err) < 0 ||
	    announce_check_pidfd_socket(announce_pidfd_receiver(config->spec), err) < 0)
		return -1;
	if (launch->run && !launch->plan.has_process)
		return fail_at(err, "/process", "process property must not be empty");
	return open_joined(launch, err) < 0 ? -1 : protect(launch, err);
}

/* ---- the state folder -------------------------------------------------- */

static char *now(struct arena *arena)
{
	struct timespec t;
	char *s = arena_alloc(arena, CLOCK_TEXT);

	clock_gettime(CLOCK_REALTIME, &t);
	clock_print(&t, 9, s);
	return s;
}

/* Note where the process's standard descriptors lead: a checkpoint must know which files are its caller's.  With a
 * terminal they are the container's own. */
static void note_descriptors(struct launch *launch)
{
	struct arena *arena = &launch->options->loaded->arena;
	struct record_state *record = &launch->record;
	bool terminal = launch->plan.has_process && launch->plan.process.terminal;
	char name[PATH_MAX];

	for (unsigned i = 0; i < 3 + launch->keep; i++) {
		if ((i < 3 && terminal) || !fd_path((int) i, name))
			name[0] = '\0';
		*(char **) arena_push(arena, &record->descriptors, i, sizeof(char *)) = arena_strdup(arena, name);
		record->n_descriptors = i + 1;
	}
}

static int fill_record(struct launch *launch, struct error *err)
{
	struct arena *arena = &launch->options->loaded->arena;
	const struct plan *plan = &launch->plan;
	const struct oci_hooks *hooks = plan->config->hooks;
	char *boot = arena_alloc(arena, 40);

	if (process_boot_id(boot, err) < 0)
		return -1;
	launch->record = (struct record_state) {
		.version = RECORD_VERSION, .id = (char *) plan->id, .bundle = launch->bundle,
		.rootfs = (char *) plan->rootfs.path, .boot_id = boot, .created = now(arena), .uid = geteuid(),
		.own_userns = plan->ns.user, .own_pidns = plan->ns.create & CLONE_NEWPID,
		.timens = plan->ns.create_time || plan->config->linux->time_offsets.n, .no_process = !plan->has_process,
		.keyring = (char *) plan->keyring,
		.poststart = hooks && hooks->n_poststart, .poststop = hooks && hooks->n_poststop,
		.notify = notify_wanted(), .annotations = plan->config->annotations,
	};
	for (size_t i = 0; i < plan->ns.n_join; i++) {
		launch->record.timens |= plan->ns.join[i].flag == CLONE_NEWTIME;
		/* Needed only if there are devices in it that may have to be moved back. */
		if (plan->ns.join[i].flag == CLONE_NEWNET && plan->n_net_devices)
			launch->record.netns = (char *) plan->ns.join[i].path;
	}
	note_descriptors(launch);
	return host_mounts_note(arena, plan, &launch->record, err);
}

static int put_file(int folder, const char *name, const void *head, size_t n_head, const void *bytes, size_t n,
		    struct error *err)
{
	auto_fd fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(err, errno, "make %s in the state folder", name);
	return fd_write_all(fd, head, n_head, name, err) < 0 ? -1 : fd_write_all(fd, bytes, n, name, err);
}

int launch_keep_copies(const struct launch *launch, struct error *err)
{
	const struct config *config = launch->options->loaded;
	const struct seccomp_plan *s = &launch->plan.seccomp;

	if (put_file(launch->folder, "config.json", NULL, 0, config->text, config->length, err) < 0)
		return -1;
	if (!s->n_filter)
		return 0;
	return put_file(launch->folder, "seccomp", &s->flags, sizeof s->flags, s->filter,
			s->n_filter * sizeof *s->filter, err);
}

/* ---- all of it --------------------------------------------------------- */

int launch_reserve(struct launch *launch, struct error *err)
{
	const struct oci_config *config = launch->plan.config;
	struct create_options *o = launch->options;

	launch->folder = store_make(o->root, o->id, err);
	if (launch->folder < 0 || warn_owners(launch, err) < 0)
		return -1;
	if (config->hooks && hook_output_open(&config->annotations, launch->bundle, &launch->hook_output, err) < 0)
		return -1;
	if (fill_record(launch, err) < 0 ||
	    net_devices_look(&o->loaded->arena, &launch->plan, &launch->devices, err) < 0)
		return -1;
	record_put_devices(&o->loaded->arena, &launch->record, &launch->devices);
	if (rdt_look(&o->loaded->arena, launch->plan.rdt, &launch->rdt, &launch->record, err) < 0 ||
	    launch_make_cgroup(launch, err) < 0)
		return -1;
	if (launch->cgroup.n_folders == 0 && !launch->record.own_pidns)
		log_warn("the container has no cgroup and no pid namespace of its own. "
			 "Such configuration is strongly discouraged: what outlives its first process cannot be found");
	if (rdt_make(launch->plan.rdt, &launch->rdt, &launch->record, err) < 0)
		return -1;
	if (launch->record.notify && notify_prepare(launch->folder, err) < 0)
		return -1;
	if (launch->record.notify && launch->run && (launch->notify = notify_listen(launch->folder, err)) < 0)
		return -1;
	return 0;
}

int launch_open_sources(struct launch *launch, struct error *err)
{
	struct cgroup_view view;

	launch_view_cgroup(&launch->cgroup, &launch->host, &view);
	launch->sources_open = true;
	return rootfs_open_sources(&launch->plan, &view, &launch->sources, err);
}

void launch_close_sources(struct launch *launch)
{
	if (launch->sources_open)
		rootfs_close_sources(&launch->sources);
	launch->sources_open = false;
}

int launch_make(struct launch *launch, struct error *err)
{
	if (launch_reserve(launch, err) < 0 || launch_open_sources(launch, err) < 0)
		return -1;
	look_for_tracers(launch);
	if (!launch->run && (launch->gate = gate_make(launch->folder, err)) < 0)
		return -1;
	if (channel_pair(&launch->channel, &launch->init_channel, err) < 0 || runtime_clone(launch, err) < 0)
		return -1;
	log_debug("%s: process %d, in %zu cgroups", launch->options->id, (int) launch->pid, launch->cgroup.n_folders);
	channel_close(&launch->init_channel);
	/* Init has them now; our copies would keep the container's mounts in use for as long as we stay. */
	launch_close_sources(launch);
	if (launch_keep_copies(launch, err) < 0 || runtime_serve(launch, err) < 0)
		return -1;
	return runtime_hand_over(launch, err);
}

/* End what is left of the container and remove all of it; poststop hooks run if the others did. */
static int remove_all(struct launch *launch, struct error *err)
{
	const struct oci_hooks *hooks = launch->plan.config->hooks;
	struct create_options *o = launch->options;
	struct error ignored = { 0 };

	/* Somebody has deleted it meanwhile; whatever has that name now is not ours. */
	if (store_removed(launch->folder))
		return 0;
	if (launch->pid > 0)
		process_signal(launch->pidfd, SIGKILL);
	/* Without its own pid namespace some processes may be left; before init's birth any there are strangers. */
	if (launch->born && !launch->record.own_pidns)
		cgroup_signal_all(&launch->cgroup, SIGKILL, &ignored);
	if (launch->pid > 0)
		process_reap(launch->pid);
	launch->pid = 0;
	if (cgroup_remove(&launch->cgroup, err) < 0 || rdt_remove(&launch->record, launch->record.pid == 0, err) < 0 ||
	    host_mounts_remove(&launch->record, err) < 0)
		return -1;
	if (launch->hooked && hooks && hooks->n_poststop) {
		auto_free char *state =
			hooks_state(o->id, launch->bundle, OCI_STATUS_STOPPED, 0, &launch->plan.config->annotations);
		struct hook_setting setting = { .state = state, .cwd = launch->bundle, .output = launch->hook_output };
		hooks_run_all("poststop", hooks->poststop, hooks->n_poststop, &setting);
	}
	return store_remove(o->root, o->id, launch->folder, err);
}

int launch_stay(struct launch *launch, struct error *err)
{
	const struct create_options *o = launch->options;
	struct foreground f = { .pid = launch->pid, .pidfd = launch->pidfd, .master = launch->master,
				.notify = launch->notify,
				.memory = o->keep && launch->cgroup.unit ? &launch->cgroup : NULL };
	struct error at_end = { 0 };
	int code;

	store_unlock(launch->folder);
	if (o->detach) {
		if (launch->notify >= 0)
			notify_wait(launch->notify, launch->pid, launch->pidfd);
		return 0;
	}
	code = foreground_stay(&f, err);
	if (o->keep)
		return code < 0 || ended_note(launch->folder, o->id, &f, &launch->cgroup, err) < 0 ? -1 : code;
	/* It is reaped; but if staying failed, it still exists and is removed with the rest. */
	if (code >= 0)
		launch->pid = 0;
	store_lock(launch->folder, true);
	if (remove_all(launch, &at_end) < 0 && code >= 0) {
		*err = at_end;
		code = -1;
	}
	return code;
}

void launch_undo(struct launch *launch)
{
	struct error err = { 0 };

	/* While init exists: a network namespace without processes takes its devices with it. */
	if (launch->netns >= 0)
		net_devices_return(&launch->devices, launch->netns);
	if (launch->folder >= 0 && remove_all(launch, &err) < 0)
		log_warn("after the failure: %s", err.message);
}

void launch_close(struct launch *launch)
{
	int *fds[] = { &launch->folder, &launch->gate, &launch->pidfd, &launch->master, &launch->notify, &launch->netns,
		       &launch->rdt.root };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		cleanup_close(fds[i]);
	for (size_t i = 0; i < ARRAY_SIZE(launch->join); i++)
		cleanup_close(&launch->join[i]);
	channel_close(&launch->channel);
	channel_close(&launch->init_channel);
	launch_close_sources(launch);
	cgroup_close(&launch->cgroup);
	hook_output_close(&launch->hook_output);
	free(launch->bundle);
	launch->bundle = NULL;
}
