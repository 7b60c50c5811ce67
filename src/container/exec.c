/*
 * exec.c - a further process in a container
 *
 * It is born in the container's cgroup and pid namespace, enters the other
 * namespaces in one call through init's pidfd, and then takes the same last
 * steps as init (enter.h).  What it may do is decided from the runtime's own
 * copy of the config, never from the bundle.
 * Where the container, or another in its pid namespace, may trace it, an heir
 * runs the program (heir.h).
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "config/find-namespace.h"
#include "container/announce.h"
#include "container/ended.h"
#include "container/exec-options.h"
#include "container/handle.h"
#include "container/host-mounts.h"
#include "container/listener.h"
#include "container/rdt.h"
#include "container/tracers.h"
#include "plan/plan.h"
#include "process/enter.h"
#include "process/fds.h"
#include "process/foreground.h"
#include "process/heir.h"
#include "process/middle.h"
#include "secure/secure.h"
#include "sys/fd.h"
#include "sys/interrupt.h"
#include "sys/namespace.h"
#include "sys/path.h"
#include "sys/process.h"
#include "tune/tune.h"

struct exec {
	const struct exec_options *options;
	struct handle handle;
	struct config config;		/* the container's */
	struct host host;
	const struct oci_process *spec;
	struct process_plan process;
	struct seccomp_plan seccomp;
	struct cgroup cgroup;
	unsigned listen, keep;
	struct channel channel, child_channel;
	int root;			/* the container's root if it has no mount namespace of its own, or -1 */
	bool middle;			/* a process between us and the new one joins the user namespace */
	struct heir heir;		/* if the container could trace the process */
	int shared;			/* unprivileged: namespaces that we share with the container anyway */
	pid_t pid;
	int pidfd, master;
};

/* ---- deciding ------------------------------------------------------------- */

static int check_status(struct exec *x, struct error *err)
{
	handle_look_paused(&x->handle);
	if (x->handle.status == CONTAINER_STOPPED)
		return fail_code(err, ERROR_STATE, "cannot exec in a stopped container");
	if (x->handle.status == CONTAINER_PAUSED && !x->options->ignore_paused)
		return fail_code(err, ERROR_STATE,
				 "cannot exec in a paused container (use --ignore-paused to override)");
	return 0;
}

/* Read the filter that create compiled: its flags, then its instructions. */
static int read_filter(struct exec *x, struct error *err)
{
	const struct oci_seccomp *profile = x->config.spec->linux->seccomp;
	struct arena *arena = &x->config.arena;
	size_t n;

	auto_fd fd = openat(x->handle.folder, "seccomp", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	/* No file: there is no profile, or it restricts nothing. */
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(err, errno, "open the container's seccomp filter");
	const size_t most = sizeof x->seccomp.flags + BPF_MAXINSNS * sizeof(struct sock_filter);
	auto_free char *bytes = fd_read_all(fd, most, &n, err);
	if (!bytes || n <= sizeof x->seccomp.flags)
		return wrap(err, "read the container's seccomp filter");
	n -= sizeof x->seccomp.flags;
	x->seccomp = (struct seccomp_plan) {
		.n_filter = (unsigned short) (n / sizeof(struct sock_filter)),
		.filter = memcpy(arena_alloc(arena, n), bytes + sizeof x->seccomp.flags, n),
	};
	if (profile) {
		x->seccomp.listener_path = profile->listener_path;
		x->seccomp.listener_metadata = profile->listener_metadata;
	}
	memcpy(&x->seccomp.flags, bytes, sizeof x->seccomp.flags);
	return 0;
}

static bool given(const char *s)
{
	return s && *s;
}

/* Others are in its pid namespace; what they may do is not known. */
static bool shares_pids(const struct config *config)
{
	const struct oci_namespace *ns = config_namespace(config->spec, OCI_NAMESPACE_TYPE_PID);

	return ns && given(ns->path);
}

/* Can anything that sees the container's processes trace what enters?  What was granted before a checkpoint is not
 * known. */
static int look_for_tracers(struct exec *x, struct error *err)
{
	const struct oci_process *own = x->config.spec->process;

	if (x->handle.record->own_userns || !x->host.privileged)
		return 0;
	x->heir.wanted = (own && plan_may_have(own->capabilities, CAP_SYS_PTRACE)) || x->handle.record->restored ||
			 shares_pids(&x->config) || tracers_noted(x->handle.folder);
	if (!plan_may_have(x->spec->capabilities, CAP_SYS_PTRACE) ||
	    (own && plan_may_have(own->capabilities, CAP_SYS_PTRACE)))
		return 0;
	if (!shares_pids(&x->config))
		return x->heir.wanted ? 0 : tracers_note(x->handle.folder, err);
	auto_fd pidns = namespace_open_of(x->handle.record->pid, CLONE_NEWPID, err);
	return pidns < 0 ? -1 : tracers_note_owners(x->options->root, pidns, err);
}

static int decide(struct exec *x, struct error *err)
{
	const struct exec_options *o = x->options;
	int keep;

	if (handle_open(&x->handle, o->root, o->id, HANDLE_PIDFD, err) < 0 || check_status(x, err) < 0)
		return -1;
	/* The container's processes see ours from its birth; from a user namespace they have no power over it.  This
	 * may exec us again, so the process file, which may be a pipe, must not have been read yet. */
	if (!x->handle.record->own_userns && self_protect_seen(err) < 0)
		return -1;
	keep = fds_keep(o->preserve_fds, &x->listen, err);
	if (keep < 0 || handle_config(&x->handle, &x->config, err) < 0)
		return -1;
	x->keep = (unsigned) keep;
	if (host_probe(&x->host, err) < 0)
		return -1;
	x->spec = exec_process(o, &x->config, err);
	if (!x->spec)
		return -1;
	if (look_for_tracers(x, err) < 0)
		return -1;
	if (plan_make_process(&x->config.arena, x->config.spec, x->spec, &x->host, "/process", &x->process, err) < 0)
		return -1;
	if (announce_check_terminal(x->process.terminal, o->detach, o->console_socket, err) < 0 ||
	    announce_check_pidfd_socket(o->pidfd_socket, err) < 0 || read_filter(x, err) < 0)
		return -1;
	x->heir.filter_first = x->heir.wanted && heir_filter_may_be_early(&x->seccomp);
	if (x->handle.record->host_mounts && (x->root = host_mounts_root(x->handle.record, x->handle.pidfd, err)) < 0)
		return -1;
	if (handle_open_cgroup(&x->handle, true, &x->cgroup, err) < 0)
		return -1;
	return o->cgroup ? cgroup_below(&x->cgroup, o->cgroup, err)
			 : cgroup_replace_gone(&x->cgroup, x->handle.record->pid, err);
}

/* ---- in the new process ---------------------------------------------------- */

static int open_terminal(struct exec *x, int *peer, struct error *err)
{
	auto_fd root = -1, devpts = -1, master = -1;

	if (!x->process.terminal)
		return 0;
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	devpts = path_open(root, "/dev/pts", O_PATH | O_DIRECTORY, err);
	if (enter_open_terminal(&x->process, devpts, &master, peer, err) < 0)
		return -1;
	return channel_send(&x->child_channel, MSG_TERMINAL, NULL, 0, master, err);
}

static int enter_namespaces(const struct exec *x, int flags, const char *what, struct error *err)
{
	if (process_enter(x->handle.pidfd, x->handle.record->pid, flags) == 0)
		return 0;
	if (errno == ESRCH)	/* it has ended since we looked */
		return fail_code(err, ERROR_STATE, "cannot exec in a stopped container");
	return fail(err, errno, "%s", what);
}

static int join(struct exec *x, struct error *err)
{
	const struct record_state *r = x->handle.record;
	int flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;

	if (r->own_userns && !x->middle)	/* a process may not enter its own */
		flags |= CLONE_NEWUSER;
	if (r->timens)
		flags |= CLONE_NEWTIME;
	if (r->host_mounts)
		flags &= ~CLONE_NEWNS;
	if (x->heir.wanted)
		flags |= CLONE_NEWPID;	/* for its child */
	flags &= ~x->shared;
	/* From here on processes of the container can see us: they must get nothing of ours by ptrace or /proc
	 * (CVE-2016-9962). */
	if (self_hide(err) < 0 || cgroup_join(&x->cgroup, err) < 0)
		return -1;
	if (enter_namespaces(x, flags, "enter the container's namespaces", err) < 0)
		return -1;
	/* Inside the user namespace we have no valid ids until we take its root's. */
	if (r->own_userns && identity_become_root(x->process.uid, x->process.gid, err) < 0)
		return -1;
	if (x->root >= 0 && host_mounts_enter(x->root, err) < 0)
		return -1;
	return chdir("/") < 0 ? fail(err, errno, "enter the container's root") : 0;
}

/* Now that we are in the cgroup, set the CPUs: those of execCPUAffinity's final, else all of its cpuset.  If only
 * initial is given, the runtime must not change them here (runtime-spec), so the process keeps the initial ones. */
static int run_on(const struct exec *x, struct error *err)
{
	const struct oci_cpu_affinity *affinity = x->process.affinity;

	if (affinity && given(affinity->final))
		return affinity_apply(affinity->final, err);
	if (x->cgroup.n_folders > 0 && !(affinity && given(affinity->initial)))
		affinity_reset();
	return 0;
}

static int run(struct exec *x, struct error *err)
{
	const struct oci_linux *linux = x->config.spec->linux;
	struct entry entry = {
		.process = &x->process, .seccomp = &x->seccomp, .personality = linux->personality,
		.memory_policy = linux->memory_policy, .keyring = x->handle.record->keyring,
		.last_cap = x->host.last_cap, .terminal = -1, .listen = x->listen, .keep = x->keep,
		.heir = x->heir.wanted, .channel = &x->child_channel,
	};
	int stay[] = { x->child_channel.fd };

	if (join(x, err) < 0 || open_terminal(x, &entry.terminal, err) < 0)
		return -1;
	if (run_on(x, err) < 0)
		return -1;
	if (enter_prepare(&entry, err) < 0 ||
	    (entry.heir && heir_make(&x->heir, &entry, stay, ARRAY_SIZE(stay), err) < 0))
		return -1;
	if (channel_send(&x->child_channel, MSG_READY, NULL, 0, -1, err) < 0 ||
	    channel_expect(&x->child_channel, MSG_HANDOVER, err) < 0)
		return -1;
	return enter_exec(&entry, err);
}

/* What takes the host's files. */
static int settle(const struct exec *x, pid_t pid, struct error *err)
{
	if (x->process.has_oom_score_adj && !x->middle && oom_score_adj_set(pid, x->process.oom_score_adj, err) < 0)
		return -1;
	return rdt_join(x->handle.record, pid, err);
}

static void child_main(struct exec *x, bool in_cgroup) __attribute__((noreturn));
static void child_main(struct exec *x, bool in_cgroup)
{
	struct error err = { 0 };

	/* If it held both ends of the channel, it would never notice that the runtime has died. */
	close(x->handle.folder);
	channel_close(&x->channel);
	self_forget_environment();
	prctl(PR_SET_NAME, "ctr-run:[exec]");
	log_redirect(channel_log, &x->child_channel);
	/* An heir inherits it: one that is traced might never be ready for the runtime to do it. */
	if ((!x->heir.wanted || settle(x, getpid(), &err) == 0) &&
	    (in_cgroup || enter_cgroup(&x->cgroup, &x->child_channel, &err) == 0))
		run(x, &err);
	channel_send_error(&x->child_channel, &err);
	_exit(1);
}

/* ---- in the runtime --------------------------------------------------------- */

/* Set the container's pid namespace for our children; we stay where we are.  Joining a pid namespace takes
 * CAP_SYS_ADMIN in one's own user namespace too: without it a middle process first enters the container's. */
static int join_pid_namespace(struct exec *x, struct error *err)
{
	int flags = (CLONE_NEWPID & ~x->shared) | (x->middle ? CLONE_NEWUSER : 0);

	return flags ? enter_namespaces(x, flags, "enter the container's pid namespace", err) : 0;
}

static pid_t birth(struct exec *x, int *pidfd, struct error *err)
{
	int cgroup = cgroup_birth_fd(&x->cgroup);

	if (!x->heir.wanted && join_pid_namespace(x, err) < 0)
		return -1;
	pid_t pid = process_clone(0, cgroup, x->middle, pidfd, err);
	struct error ignored;
	if (pid == 0)
		child_main(x, true);
	if (pid < 0 && err->number == EBUSY && cgroup >= 0 && !x->options->cgroup &&
	    cgroup_follow(&x->cgroup, x->handle.record->pid, &ignored) == 0) {
		cgroup = cgroup_birth_fd(&x->cgroup);
		pid = process_clone(0, cgroup, x->middle, pidfd, err);
		if (pid == 0)
			child_main(x, true);
	}
	if (pid < 0 && cgroup >= 0 && cgroup_birth_refused(&x->cgroup, err->number)) {
		pid = process_clone(0, -1, x->middle, pidfd, err);
		if (pid == 0)
			child_main(x, false);
	}
	return pid;
}

static pid_t birth_by_middle(void *exec, struct error *err)
{
	const struct process_plan *p = &((struct exec *) exec)->process;

	/* Once we are non-dumpable our files in /proc belong to root: an unprivileged runtime must set its own score
	 * first, for the new process to inherit. */
	if (p->has_oom_score_adj && oom_score_adj_set(getpid(), p->oom_score_adj, err) < 0)
		return -1;
	/* Processes of the container can see us as soon as we are in its user namespace. */
	return self_hide(err) < 0 ? -1 : birth(exec, NULL, err);
}

static int make_process(struct exec *x, struct error *err)
{
	if (x->process.affinity && given(x->process.affinity->initial) &&
	    affinity_apply(x->process.affinity->initial, err) < 0)
		return -1;
	x->middle = x->handle.record->own_userns && !x->host.privileged;
	/* Entering a namespace of the host takes rights that nobody has in a user namespace, even if we are in it
	 * already. */
	if (!x->host.privileged)
		x->shared = namespaces_shared(x->handle.record->pid);
	if (x->middle)
		return middle_birth(birth_by_middle, x, &x->pid, &x->pidfd, err);
	x->pid = birth(x, &x->pidfd, err);
	return x->pid < 0 ? -1 : 0;
}

static int answer_ready(struct exec *x, struct error *err)
{
	const struct exec_options *o = x->options;

	if (!heir_is_ready(&x->heir))
		return 0;
	if (heir_schedule(&x->heir, x->pid, &x->process, err) < 0)
		return -1;
	if (x->handle.record->own_userns && rlimits_raise(x->pid, &x->process, err) < 0)
		return blame(err, "/process/rlimits");
	if (!x->heir.wanted && settle(x, x->pid, err) < 0)
		return -1;
	if (o->pidfd_socket && announce_pidfd(o->pidfd_socket, x->pidfd, "setns", err) < 0)
		return -1;
	if (o->pid_file && announce_pid(o->pid_file, x->pid, err) < 0)
		return -1;
	return interrupt_check(err) < 0 ? -1 : channel_send(&x->channel, MSG_HANDOVER, NULL, 0, -1, err);
}

static int answer_seccomp(struct exec *x, int listener, struct error *err)
{
	if (listener_send(x->config.spec->linux->seccomp, x->handle.record, OCI_STATUS_RUNNING, x->pid, listener,
			  err) < 0)
		return -1;
	return channel_send(&x->channel, MSG_SECCOMP_DONE, NULL, 0, -1, err);
}

static int answer_cgroup(struct exec *x, struct error *err)
{
	struct error ignored;

	/* As in birth(): a cgroup that delegates controllers takes no processes; then use init's own. */
	if (cgroup_attach(&x->cgroup, x->pid, err) < 0 &&
	    (x->options->cgroup || cgroup_follow(&x->cgroup, x->handle.record->pid, &ignored) < 0 ||
	     cgroup_attach(&x->cgroup, x->pid, err) < 0))
		return -1;
	return channel_send(&x->channel, MSG_CGROUP_DONE, NULL, 0, -1, err);
}

static int answer(struct exec *x, int message, pid_t born, int fd, struct error *err)
{
	switch (heir_in_turn(&x->heir, message, fd, &x->process, &x->seccomp) ? message : -1) {
	case MSG_NEED_CGROUP: return answer_cgroup(x, err);
	case MSG_TERMINAL:
		return announce_terminal(x->options->console_socket, &x->process, fd, &x->master, err);
	case MSG_SECCOMP: return answer_seccomp(x, fd, err);
	case MSG_BORN:
		if (middle_succeed(born, &x->pid, &x->pidfd, err) < 0)
			return -1;
		return answer_ready(x, err);
	case MSG_READY: return answer_ready(x, err);
	default: return fail_code(err, ERROR_PROTOCOL, "the new process spoke out of turn");
	}
}

/* Answer the new process until its program runs. */
static int serve(struct exec *x, struct error *err)
{
	for (;;) {
		pid_t born = 0;
		int fd, got = heir_next(&x->heir, &x->channel, x->pidfd, &born, sizeof born, &fd, err);
		auto_fd received = fd;

		if (got == MSG_COUNT)
			return heir_has_said(&x->heir, MSG_READY)
				       ? process_check_ran(x->pid, 0, err)
				       : ended_early(&x->cgroup, x->pid, "the process", NULL, err);
		if (got < 0 || answer(x, got, born, received, err) < 0)
			return -1;
	}
}

/* Point ERR at what to fix: an option, the process file, or the container's config. */
static void locate(const struct exec *x, struct error *err)
{
	static const char process[] = "/process";
	const size_t n = sizeof process - 1;
	const struct exec_options *o = x->options;
	const char *member = strncmp(err->pointer, process, n) || err->pointer[n] != '/' ? NULL : err->pointer + n;
	const char *option = member ? exec_option_of(o, member) : NULL;

	if (option) {
		wrap(err, "%s", option);
		err->pointer[0] = '\0';
	} else if (member && o->process_file) {
		memmove(err->pointer, member, strlen(member) + 1);
		config_locate(o->loaded, err);
	} else {
		config_locate(&x->config, err);
	}
}

/* In a paused container on cgroup v1 it dies only when that is resumed, which may be never. */
static void end_process(const struct exec *x)
{
	process_signal(x->pidfd, SIGKILL);
	process_wait_end(x->pidfd, x->handle.status == CONTAINER_PAUSED ? 100 : 10000);
	waitpid(x->pid, NULL, WNOHANG);
}

static int stay(const struct exec *x, struct error *err)
{
	struct foreground f = { .pid = x->pid, .pidfd = x->pidfd, .master = x->master, .notify = -1 };
	int code = foreground_stay(&f, err);

	/* Nobody would read its output or learn how it ended. */
	if (code < 0)
		end_process(x);
	return code;
}

static void finish(struct exec *x)
{
	channel_close(&x->channel);
	channel_close(&x->child_channel);
	cleanup_close(&x->root);
	cleanup_close(&x->pidfd);
	cleanup_close(&x->master);
	cgroup_close(&x->cgroup);
	handle_close(&x->handle);
}

int container_exec(struct exec_options *options, struct error *err)
{
	struct exec x = { .options = options, .channel.fd = -1, .child_channel.fd = -1, .root = -1, .pidfd = -1,
			  .master = -1, .handle = { .folder = -1, .pidfd = -1 } };
	int code = 0, result;

	/* Until something has been made, signals have their default effect. */
	result = decide(&x, err);
	if (result == 0 && !options->detach)
		result = foreground_block_signals(err);
	if (result == 0)
		result = channel_pair(&x.channel, &x.child_channel, err);
	if (result == 0)
		result = make_process(&x, err);
	if (result == 0)
		log_debug("%s: process %d", options->id, (int) x.pid);
	channel_close(&x.child_channel);
	if (result == 0 && serve(&x, err) < 0 && !foreground_hand_on_late(x.pid, x.pidfd, err)) {
		end_process(&x);
		result = -1;
	}
	if (result < 0)
		locate(&x, err);
	if (result == 0 && !options->detach && (code = stay(&x, err)) < 0)
		result = -1;
	finish(&x);
	config_free(&x.config);
	return result < 0 ? wrap(err, "exec in %s", options->id) : code;
}
