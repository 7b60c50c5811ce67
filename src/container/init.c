/*
 * init.c - see init.h
 *
 * It carries out the plan that it inherited and decides nothing.  Where the
 * order matters a comment says so; channel.h shows the messages exchanged with
 * the runtime meanwhile.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "container/init.h"
#include "container/inside.h"
#include "container/launch-namespaces.h"
#include "container/launch.h"
#include "process/enter.h"
#include "process/fds.h"
#include "process/gate.h"
#include "process/hooks.h"
#include "secure/secure.h"
#include "sys/fd.h"
#include "sys/namespace.h"
#include "sys/path.h"
#include "sys/signals.h"
#include "tune/tune.h"

/* A new time namespace is for children only; we must be in it, too. */
static int enter_new_time(const struct namespace_plan *ns, struct error *err)
{
	if (launch_make_time(ns, err) < 0)
		return -1;
	auto_fd fd = namespace_open("/proc/self/ns/time_for_children", CLONE_NEWTIME, err);
	return fd < 0 ? -1 : namespace_enter(fd, CLONE_NEWTIME, err);
}

static int become_ns_root(const struct plan *plan, struct error *err)
{
	if (!plan->ns.user)
		return 0;
	if (plan->has_process && plan->process.set_groups && !plan->process.keep_groups && setgroups(0, NULL) < 0 &&
	    errno != EPERM)
		return fail(err, errno, "drop the supplementary groups");
	if (identity_become_root(plan->process.uid, plan->process.gid, err) < 0)
		return -1;
	/* An ipc namespace whose /dev/mqueue should belong to that root must be made by it. */
	if (plan->ns.late && unshare((int) plan->ns.late) < 0)
		return fail(err, errno, "make the ipc namespace");
	return 0;
}

static int set_names(const struct plan *plan, struct error *err)
{
	if (plan->hostname && sethostname(plan->hostname, strlen(plan->hostname)) < 0) {
		fail(err, errno, "set the host name to \"%s\"", plan->hostname);
		return blame(err, "/hostname");
	}
	if (plan->domainname && setdomainname(plan->domainname, strlen(plan->domainname)) < 0) {
		fail(err, errno, "set the domain name to \"%s\"", plan->domainname);
		return blame(err, "/domainname");
	}
	return 0;
}

/* Enter our namespaces and cgroup. */
static int settle(struct launch *launch, struct error *err)
{
	const struct namespace_plan *ns = &launch->plan.ns;
	struct channel *ch = &launch->init_channel;

	if (ns->user && (channel_send(ch, MSG_NEED_IDMAP, NULL, 0, -1, err) < 0 ||
			 channel_expect(ch, MSG_IDMAP_DONE, err) < 0))
		return -1;
	/* While /proc/self still belongs to our original user. */
	if (ns->time_inside && enter_new_time(ns, err) < 0)
		return -1;
	if (!ns->middle && launch_join(launch, err) < 0)
		return -1;
	/* A joined pid namespace may have other processes: they must not look into us (CVE-2016-9962). */
	if (ns->n_join && self_hide(err) < 0)
		return -1;
	/* First the cgroup, then the cgroup namespace: its root is the cgroup that we are in at that moment. */
	if (cgroup_join(&launch->cgroup, err) < 0)
		return -1;
	if (launch->cgroup.n_folders > 0)
		affinity_reset();
	if (ns->create_cgroup && unshare(CLONE_NEWCGROUP) < 0)
		return fail(err, errno, "make a cgroup namespace");
	/* Network devices before sysctls, which may name them; the resctrl group before we have children. */
	if ((launch->plan.n_net_devices || launch->plan.rdt || launch->plan.cgroup.delegate) &&
	    (channel_send(ch, MSG_NAMESPACES, NULL, 0, -1, err) < 0 || channel_expect(ch, MSG_PROCEED, err) < 0))
		return -1;
	return 0;
}

/* Make the folder that the process starts in, if it is missing, while the root is still writable. */
static int make_cwd(const struct plan *plan, const struct rootfs *rootfs, struct error *err)
{
	int fd;

	if (!plan->has_process)
		return 0;
	fd = path_open(rootfs->root, plan->process.cwd, O_PATH | O_DIRECTORY, err);
	if (fd < 0 && errno == ENOENT)
		fd = path_make_dir(rootfs->root, plan->process.cwd, 0755, NULL, err);
	if (fd >= 0)
		close(fd);
	/* Any other problem will be reported by chdir, with the process's own rights. */
	return 0;
}

static int open_terminal(struct launch *launch, struct rootfs *rootfs, int *peer, struct error *err)
{
	const struct process_plan *p = &launch->plan.process;
	auto_fd devpts = -1, master = -1, peer_end = -1;

	if (!launch->plan.has_process || !p->terminal)
		return 0;
	devpts = rootfs_devpts(rootfs, err);
	if (enter_open_terminal(p, devpts, &master, &peer_end, err) < 0)
		return -1;
	if (rootfs_console(rootfs, peer_end, err) < 0 ||
	    channel_send(&launch->init_channel, MSG_TERMINAL, NULL, 0, master, err) < 0)
		return -1;
	*peer = take_fd(peer_end);
	return 0;
}

/* Run the hooks that belong in the container's namespaces; they see our pid as they see their own. */
static int own_hooks(const struct launch *launch, const char *name, const struct oci_hook *hooks, size_t n,
		     enum oci_status status, char *const *env, struct error *err)
{
	const struct plan *plan = &launch->plan;

	if (!n)
		return 0;
	auto_free char *state = hooks_state(plan->id, plan->bundle, status, (int) getpid(), &plan->config->annotations);
	struct hook_setting setting = { .state = state, .env = env, .output = launch->hook_output };
	return hooks_run(name, hooks, n, &setting, err);
}

/* True if the runtime must act before our own hooks: because it has hooks to run, or because its placeholder may still
 * be in systemd's unit (cgroup_born), leaving no room for ours where pids.max is tight. */
static bool runtime_comes_first(const struct launch *launch)
{
	const struct oci_hooks *hooks = launch->plan.config->hooks;

	if (!hooks)
		return false;
	return hooks->n_prestart || hooks->n_create_runtime || (hooks->n_create_container && launch->cgroup.unit);
}

/* Build the root file system, from the first mount to entering it. */
static int build(struct launch *launch, int *terminal, struct error *err)
{
	const struct plan *plan = &launch->plan;
	const struct oci_hooks *hooks = plan->config->hooks;
	struct channel *ch = &launch->init_channel;
	struct rootfs rootfs;

	/* If the sources must be asked for, we need not reach them ourselves, and only as root do we own the place
	 * where mounts are prepared. */
	if (rootfs_needs_inside(plan, &launch->host) && (inside_ask(launch, err) < 0 || become_ns_root(plan, err) < 0))
		return -1;
	launch->sources.map_ids = inside_map_ids;
	launch->sources.context = launch;
	if (rootfs_attach(plan, &launch->sources, &rootfs, err) < 0 || become_ns_root(plan, err) < 0)
		return -1;
	if (set_names(plan, err) < 0 || sysctls_apply(plan, err) < 0)
		return -1;
	if (rootfs_build(&rootfs, &launch->sources, err) < 0 || make_cwd(plan, &rootfs, err) < 0 ||
	    open_terminal(launch, &rootfs, terminal, err) < 0)
		return -1;
	if (runtime_comes_first(launch) &&
	    (channel_send(ch, MSG_ROOTFS, NULL, 0, -1, err) < 0 || channel_expect(ch, MSG_HOOKS_DONE, err) < 0))
		return -1;
	if (hooks && hooks->n_create_container) {
		/* They start in the root file system, as in runc, for which they are written. */
		if (fchdir(rootfs.root) < 0)
			return fail(err, errno, "enter the root file system");
		if (own_hooks(launch, "createContainer", hooks->create_container, hooks->n_create_container,
			      OCI_STATUS_CREATING, NULL, err) < 0)
			return -1;
		self_forget_environment();
	}
	if (rootfs_finish(&rootfs, err) < 0)
		return -1;
	return rootfs_enter(&rootfs, err);
}

/* An unprivileged exec gets in only because it has our uid, and the kernel refuses even that for a non-dumpable
 * process.  Any other process in our own pid namespace came by such an exec, into the same container. */
static bool may_be_entered(const struct launch *launch)
{
	return !launch->host.privileged && launch->plan.ns.user && launch->plan.ns.create & CLONE_NEWPID;
}

/* Between create and start nobody listens: the log of create's caller is closed, and its descriptor number may be
 * reused. */
static void log_to_nobody(void *context, int level, const char *text)
{
	(void) context, (void) level, (void) text;
}

/* Let an heir go on, if one is wanted (heir.h). */
static int hand_down(const struct launch *launch, struct entry *entry, struct error *err)
{
	int stay[] = { launch->gate, entry->channel->fd, launch->hook_output.out, launch->hook_output.err };

	return entry->heir ? heir_make(&launch->heir, entry, stay, ARRAY_SIZE(stay), err) : 0;
}

/* Wait until the runtime says that the container is on record, then for `start`. */
static int wait_for_start(struct launch *launch, struct channel *starter, struct error *err)
{
	struct channel *ch = &launch->init_channel;
	int stay[] = { launch->gate, ch->fd, launch->hook_output.out, launch->hook_output.err };

	/* Descriptors of create's caller must not stay open here until somebody calls start.  Close them before create
	 * returns, so that nobody ever sees them. */
	if (!launch->run && fds_close_others(launch->keep, stay, ARRAY_SIZE(stay), err) < 0)
		return -1;
	/* From READY on others know about us and may send signals: those that would end the program must end us. */
	if (!launch->run)
		signal_end_by_default();
	if (channel_send(ch, MSG_READY, NULL, 0, -1, err) < 0 || channel_expect(ch, MSG_HANDOVER, err) < 0)
		return -1;
	if (launch->run)
		return 0;
	log_redirect(log_to_nobody, NULL);
	channel_close(ch);
	if (may_be_entered(launch) && self_show(err) < 0)
		return -1;
	if (gate_wait(launch->gate, starter, err) < 0)
		return -1;
	if (may_be_entered(launch) && self_hide(err) < 0)
		return -1;
	*ch = *starter;
	log_redirect(channel_log, ch);
	return 0;
}

static int run(struct launch *launch, struct error *err)
{
	const struct plan *plan = &launch->plan;
	const struct oci_hooks *hooks = plan->config->hooks;
	struct channel starter = { -1, NULL };
	struct entry entry = {
		.process = &plan->process, .seccomp = &plan->seccomp, .personality = plan->personality,
		.memory_policy = plan->memory_policy, .keyring = plan->keyring, .last_cap = launch->host.last_cap,
		.terminal = -1, .listen = launch->listen, .keep = launch->keep, .notify = launch->record.notify,
		.heir = launch->heir.wanted,
		.announce = !launch->run, .own_null = plan->ns.create & CLONE_NEWNS, .channel = &launch->init_channel,
	};

	/* createContainer hooks get it; otherwise wipe it now. */
	if (!hooks || !hooks->n_create_container)
		self_forget_environment();
	if (settle(launch, err) < 0)
		return wrap(err, "enter the namespaces");
	if (plan->ns.create & CLONE_NEWNET && loopback_up(err) < 0)
		return -1;
	if (build(launch, &entry.terminal, err) < 0)
		return wrap(err, "set up the root file system");
	/* Hooks with all rights had to come before. */
	if (entry.heir && launch_set_pid_namespace(launch, err) < 0)
		return -1;
	if (plan->has_process && (enter_prepare(&entry, err) < 0 || hand_down(launch, &entry, err) < 0))
		return -1;
	if (wait_for_start(launch, &starter, err) < 0)
		return -1;
	/* These hooks are the container's own programs, just like its process. */
	if (hooks && hooks->n_start_container && plan->has_process && enter_filter(&entry, err) < 0)
		return -1;
	if (hooks && own_hooks(launch, "startContainer", hooks->start_container, hooks->n_start_container,
			       OCI_STATUS_CREATED, entry.env, err) < 0)
		return -1;
	if (!plan->has_process)
		return fail_code(err, ERROR_CONFIG, "process property must not be empty");
	return enter_exec(&entry, err);
}

void init_main(struct launch *launch)
{
	struct error err = { 0 };

	prctl(PR_SET_NAME, "ctr-run:[init]");
	log_redirect(channel_log, &launch->init_channel);
	run(launch, &err);
	channel_send_error(&launch->init_channel, &err);
	_exit(1);
}
