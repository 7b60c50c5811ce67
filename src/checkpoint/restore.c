/*
 * restore.c - resume a saved container
 *
 * As in create, the config is read and planned, the id reserved, the journal
 * written, the cgroup made.  Then CRIU takes the place of init: it is born in
 * the cgroup, in a mount namespace of its own (staging.h), and makes the
 * processes as our children.
 *
 *	criu				ctr-run
 *	setup-namespaces	->	lo up, network devices, prestart and createRuntime hooks
 *	orphan-pts-master fd	->	sends it to the console socket, or keeps it
 *	post-restore		->	writes state.json
 *				<-	continue
 *	pre-resume		->	looks at the process's label
 *				<-	continue: the processes run
 *	RESTORE			->	pid file
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "checkpoint/cgroup-options.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/external.h"
#include "checkpoint/images.h"
#include "checkpoint/preflight.h"
#include "checkpoint/settings.h"
#include "checkpoint/staging.h"
#include "container/announce.h"
#include "container/launch.h"
#include "container/rdt.h"
#include "container/runtime.h"
#include "container/store.h"
#include "process/foreground.h"
#include "secure/secure.h"
#include "sys/namespace.h"
#include "sys/process.h"
#include "sys/procfs.h"
#include "sys/socket.h"
#include "tune/tune.h"

struct restore {
	const struct restore_options *options;
	struct launch launch;
	struct images images;
	struct record_image image;
	struct swrk swrk;
	struct cgroup_options cgroup_options;
	struct criu_options criu;
	struct staging staging;
	int folder[2];			/* sockets that bring us CRIU's current folder, opened in its mount namespace */
	int work;
	int *fds;			/* for criu, from its descriptor 3 on; not owned */
	unsigned n_fds;
};

static struct arena *arena_of(struct restore *r)
{
	return &r->options->create.loaded->arena;
}

/* ---- deciding ----------------------------------------------------------------- */

/* What the images call KEY is now our FD. */
static void hand_on(struct restore *r, const char *key, int fd)
{
	/* Two descriptors of the same file are one for CRIU. */
	for (size_t i = 0; i < r->criu.inherit.n; i++)
		if (!strcmp(((struct criu_inherit *) r->criu.inherit.items)[i].key, key))
			return;
	criu_add_inherit(&r->criu.inherit, key, 3 + (int32_t) r->n_fds);
	*(int *) xgrow(&r->fds, r->n_fds++, sizeof fd) = fd;
}

static void hand_on_descriptors(struct restore *r)
{
	for (size_t i = 0; i < r->image.n_inherit; i++)
		if (r->image.inherit[i] && r->image.inherit[i][0] && i < 3 + r->launch.keep)
			hand_on(r, r->image.inherit[i], (int) i);
}

/* Name our descriptors by paths that CRIU, another process, can open: nobody can replace what is there. */
static void join_namespaces(struct restore *r)
{
	const struct namespace_plan *ns = &r->launch.plan.ns;

	for (size_t i = 0; i < ns->n_join; i++) {
		const char *name = external_namespace_name(ns->join[i].flag);
		if (name)
			hand_on(r, name, r->launch.join[i]);
		else
			criu_add_pair(&r->criu.join, namespace_by_flag(ns->join[i].flag)->proc,
				      arena_printf(arena_of(r), "/proc/%d/fd/%d", (int) getpid(), r->launch.join[i]));
	}
}

static int fill_options(struct restore *r, struct error *err)
{
	const struct restore_options *o = r->options;

	if (settings_fill(&o->criu, &r->images, r->launch.plan.config, &r->criu, err) < 0)
		return -1;
	r->criu.log_file = RESTORE_LOG;
	r->criu.evasive_devices = r->criu.restore_sibling = true;
	/* A terminal that is not the container's own is replaced by CRIU's, which is ours. */
	r->criu.orphan_pts_master = r->launch.plan.process.terminal || !r->criu.shell_job;
	r->criu.tcp_close = o->tcp_close;
	r->criu.lsm_profile = o->lsm_profile;
	r->criu.lsm_mount_context = o->lsm_mount_context;
	hand_on_descriptors(r);
	join_namespaces(r);
	return 0;
}

static int check_config(const struct restore *r, struct error *err)
{
	auto_text complaints = { 0 };

	preflight_config(&r->launch.plan, &complaints);
	return preflight_complain(&complaints, "restored", err);
}

static int decide(struct restore *r, struct error *err)
{
	if (launch_decide(&r->launch, err) < 0 || settings_check_rights("restore", err) < 0 ||
	    check_config(r, err) < 0 || images_open(&r->options->criu, false, RESTORE_LOG, &r->images, err) < 0 ||
	    images_admit(&r->images, &r->launch.plan.ns, err) < 0 ||
	    images_read(&r->images, arena_of(r), &r->image, err) < 0)
		return -1;
	return fill_options(r, err);
}

/* ---- starting CRIU -------------------------------------------------------------- */

/* A process inherits its maker's session keyring: without this, ours. */
static int prepare_keyring(const struct plan *plan, struct error *err)
{
	const char *label = plan->process.selinux;

	if (!plan->keyring)
		return 0;
	if (label) {
		auto_fd proc = procfs_open(err);
		if (proc < 0 || label_keyring(proc, label, err) < 0)
			return -1;
	}
	return keyring_join(plan->keyring, err);
}

/* In the process that becomes CRIU. */
static int prepare(void *context, bool born_there, struct error *err)
{
	struct restore *r = context;

	if ((!born_there && cgroup_add(&r->launch.cgroup, 0, true, err) < 0) || cgroup_join(&r->launch.cgroup, err) < 0)
		return -1;
	if (prepare_keyring(&r->launch.plan, err) < 0 || staging_enter(&r->staging, err) < 0)
		return -1;
	auto_fd work = staging_reopen(images_log_folder(&r->images), err);
	return work < 0 ? -1 : socket_send(r->folder[1], "", 1, work, err);
}

static int check_version(const struct restore *r, struct error *err)
{
	if (r->criu.lsm_profile && r->swrk.version < CRIU_LSM)
		return fail_code(err, ERROR_UNSUPPORTED, "--lsm-profile requires at least CRIU 3.16");
	if (r->criu.lsm_mount_context && r->swrk.version < CRIU_LSM)
		return fail_code(err, ERROR_UNSUPPORTED, "--lsm-mount-context requires at least CRIU 3.16");
	if (r->criu.lazy_pages && !r->swrk.features.lazy_pages)
		return fail_code(err, ERROR_UNSUPPORTED,
				 "this kernel cannot fetch pages lazily (userfaultfd), which --lazy-pages needs");
	if (r->image.criu > (uint32_t) r->swrk.version)
		log_warn("the checkpoint was made by CRIU %u.%u, this is %d.%d", r->image.criu / 10000,
			 r->image.criu / 100 % 100, r->swrk.version / 10000, r->swrk.version / 100 % 100);
	return 0;
}

static int start_criu(struct restore *r, struct error *err)
{
	struct swrk_start start = {
		.program = r->options->criu.program, .cgroup = cgroup_birth_fd(&r->launch.cgroup),
		.own_stdio = r->criu.shell_job, .fds = r->fds, .n_fds = r->n_fds, .prepare = prepare, .context = r,
	};

	char nothing;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, r->folder) < 0)
		return fail(err, errno, "make a socket pair");
	/* From here on whatever is in the cgroup comes from us. */
	r->launch.born = true;
	if (swrk_start(&start, &r->swrk, err) < 0 || socket_receive(r->folder[0], &nothing, 1, &r->work, err) < 0 ||
	    swrk_greet(&r->swrk, start.program, err) < 0)
		return -1;
	/* Its children inherit its resctrl group. */
	if (rdt_join(&r->launch.record, r->swrk.pid, err) < 0)
		return -1;
	r->criu.work = r->work;
	return check_version(r, err);
}

/* The images' tree of cgroups belongs where CRIU was put: "4:cpu,cpuacct:/x" for each hierarchy. */
static int cgroup_roots(struct restore *r, struct error *err)
{
	auto_free char *text = process_cgroups(r->swrk.pid, err);
	char *names, *path;

	if (!text)
		return -1;
	for (char *rest = text; process_cgroup_line(&rest, &names, &path);) {
		path = arena_strdup(arena_of(r), path);
		for (char *name; (name = strsep(&names, ","));)
			criu_add_pair(&r->criu.cgroup_roots, arena_strdup(arena_of(r), name), path);
	}
	return 0;
}

/* ---- what CRIU tells ------------------------------------------------------------- */

/* The new network namespace is empty and its lo is down: the container's connections to itself could not be
 * restored. */
static int raise_loopback(const struct restore *r, pid_t pid, struct error *err)
{
	int pipes[2];

	if (!(r->launch.plan.ns.create & CLONE_NEWNET))
		return 0;
	auto_fd ns = namespace_open_of(pid, CLONE_NEWNET, err);
	if (ns < 0)
		return -1;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return fail(err, errno, "make a pipe");
	auto_fd in = pipes[0], out = pipes[1];
	pid_t child = process_fork(err);
	if (child == 0) {
		if (namespace_enter(ns, CLONE_NEWNET, err) < 0 || loopback_up(err) < 0)
			(void) !write(out, err, sizeof *err);
		_exit(0);
	}
	if (child < 0)
		return -1;
	close(take_fd(out));
	ssize_t n = read(in, err, sizeof *err);
	if (process_reap(child) == 0 && n == 0)
		return 0;
	if (n == (ssize_t) sizeof *err)
		return -1;
	return fail_code(err, ERROR_PROTOCOL, "the process that brings up lo was killed");
}

static int on_namespaces(struct restore *r, pid_t pid, struct error *err)
{
	struct process_stat stat;

	r->launch.pid = pid;
	r->launch.pidfd = process_stat(pid, &stat) == 0 ? process_open(pid, stat.start_time) : -1;
	if (r->launch.pidfd < 0)
		return fail(err, errno, "open the container's first process");
	if (raise_loopback(r, pid, err) < 0 || runtime_settle(&r->launch, err) < 0)
		return -1;
	return runtime_hooks(&r->launch, err);
}

static int on_terminal(struct restore *r, int master, struct error *err)
{
	struct launch *l = &r->launch;

	if (master < 0)
		return fail_code(err, ERROR_PROTOCOL, "criu sent no terminal");
	if (!l->plan.process.terminal)
		return fail_at(err, "/process/terminal", "the saved process has a terminal, the config has none");
	/* A second one is not the container's terminal. */
	if (l->master >= 0)
		return 0;
	return announce_terminal(r->options->create.console_socket, &l->plan.process, master, &l->master, err);
}

/* CRIU restores into a time namespace, so that clocks continue: exec has to know. */
static bool has_timens(pid_t pid)
{
	struct error ignored;
	auto_fd ns = namespace_open_of(pid, CLONE_NEWTIME, &ignored);

	return ns >= 0 && !namespace_is_ours(ns, CLONE_NEWTIME);
}

/* Everything has been restored and waits for our word. */
static int on_restored(struct restore *r, pid_t pid, struct error *err)
{
	struct launch *l = &r->launch;
	struct process_stat stat;

	if (process_stat(pid, &stat) < 0)
		return fail(err, errno, "look at the container's first process");
	if (cgroup_born(&l->cgroup, pid, err) < 0)
		return -1;
	l->hooked = true;
	l->record.pid = pid;
	l->record.start_time = stat.start_time;
	l->record.restored = true;
	l->record.timens = has_timens(pid);
	return store_write(l->folder, "state.json", &l->record, err);
}

/* A CRIU that was built without SELinux says nothing of labels, neither when it saves a process nor when it restores
 * it: that would run with CRIU's own. */
static int on_resume(const struct restore *r, struct error *err)
{
	const struct process_plan *p = &r->launch.plan.process;
	const char *wanted = p->selinux ? p->selinux : p->apparmor;
	char has[512], ours[512];

	if (!wanted)
		return 0;
	auto_fd proc = procfs_open(err);
	if (proc < 0 || label_get(proc, r->launch.record.pid, !p->selinux, has, sizeof has, err) < 0 ||
	    label_get(proc, r->swrk.pid, !p->selinux, ours, sizeof ours, err) < 0)
		return -1;
	if (!strcmp(has, wanted) || strcmp(has, ours) != 0)
		return 0;
	return fail_at(err, p->selinux ? "/process/selinuxLabel" : "/process/apparmorProfile",
		       "criu has not restored it: the process would run as %s (was this criu built without %s?)", has,
		       p->selinux ? "SELinux" : "AppArmor");
}

static int on_notice(void *context, const char *script, pid_t pid, int fd, struct error *err)
{
	struct restore *r = context;

	if (!strcmp(script, "setup-namespaces"))
		return on_namespaces(r, pid, err);
	if (!strcmp(script, "orphan-pts-master"))
		return on_terminal(r, fd, err);
	if (!strcmp(script, "post-restore"))
		return on_restored(r, pid, err);
	if (!strcmp(script, "pre-resume"))
		return on_resume(r, err);
	return 0;
}

/* ---- doing ------------------------------------------------------------------------ */

static int ask(struct restore *r, struct error *err)
{
	struct criu_request request = { .type = CRIU_RESTORE, .options = &r->criu };
	struct criu_reply reply = { 0 };

	unlinkat(images_log_folder(&r->images), RESTORE_LOG, 0);
	if (swrk_ask(&r->swrk, &request, on_notice, r, &reply, err) == 0)
		return 0;
	return settings_explain(&r->images, RESTORE_LOG, &r->swrk, &reply, err);
}

static int tell(const struct restore *r, struct error *err)
{
	const struct create_options *o = &r->options->create;

	if (announce_pidfd_of_init(&r->launch, err) < 0)
		return -1;
	return o->pid_file ? announce_pid(o->pid_file, r->launch.pid, err) : 0;
}

static int make(struct restore *r, struct error *err)
{
	struct launch *l = &r->launch;

	r->staging = (struct staging) {
		.plan = &l->plan, .sources = &l->sources,
		.folder = r->options->create.root,
	};
	if (launch_reserve(l, err) < 0 || launch_open_sources(l, err) < 0)
		return -1;
	if (staging_open(&r->staging, r->image.n_below, arena_of(r), err) < 0)
		return -1;
	staging_names(&r->staging, r->image.below, r->image.n_below, arena_of(r), &r->criu.root, &r->criu.mounts);
	cgroup_options_note(&r->cgroup_options);
	if (start_criu(r, err) < 0)
		return -1;
	staging_close(&r->staging);
	launch_close_sources(l);
	if (cgroup_roots(r, err) < 0 || launch_keep_copies(l, err) < 0 || ask(r, err) < 0)
		return -1;
	swrk_end(&r->swrk);
	cgroup_options_put_back(&r->cgroup_options);
	return tell(r, err);
}

/* Leave nothing of a failed restore; whatever is in the cgroup is criu's work, as it was empty before. */
static void undo(struct restore *r)
{
	struct error ignored = { 0 };

	swrk_end(&r->swrk);
	cgroup_options_put_back(&r->cgroup_options);
	if (r->launch.born && cgroup_signal_all(&r->launch.cgroup, SIGKILL, &ignored) < 0)
		log_warn("after the failure: %s", ignored.message);
	launch_undo(&r->launch);
}

int checkpoint_restore(struct restore_options *options, struct error *err)
{
	struct restore r = {
		.options = options, .launch = { .options = &options->create, .run = true },
		.images = { .folder = -1, .work = -1 },
		.swrk = { .sock = -1, .said = -1 }, .cgroup_options = { .fd = -1 }, .folder = { -1, -1 }, .work = -1,
	};
	const struct create_options *o = &options->create;
	int code;

	if (!o->detach && !o->no_subreaper && foreground_subreaper(err) < 0)
		return -1;
	if (decide(&r, err) < 0 || (!o->detach && foreground_block_signals(err) < 0) || make(&r, err) < 0) {
		config_locate(o->loaded, err);
		undo(&r);
		wrap(err, "restore %s", o->id);
		code = -1;
	} else {
		code = launch_stay(&r.launch, err);
	}
	staging_close(&r.staging);
	settings_free(&r.criu);
	free(r.fds);
	cleanup_close(&r.folder[0]);
	cleanup_close(&r.folder[1]);
	cleanup_close(&r.work);
	images_close(&r.images);
	launch_close(&r.launch);
	return code;
}
