/* runtime.c - see runtime.h */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "container/announce.h"
#include "container/ended.h"
#include "container/init.h"
#include "container/inside.h"
#include "container/launch-cgroup.h"
#include "container/launch-namespaces.h"
#include "container/launch.h"
#include "container/listener.h"
#include "container/rdt.h"
#include "container/record-devices.h"
#include "container/runtime.h"
#include "container/store.h"
#include "process/enter.h"
#include "process/foreground.h"
#include "process/hooks.h"
#include "process/middle.h"
#include "sys/fd.h"
#include "sys/idmap.h"
#include "sys/interrupt.h"
#include "sys/namespace.h"
#include "sys/process.h"
#include "tune/tune.h"

/* ---- birth ------------------------------------------------------------- */

/* An heir is born in the joined pid namespace, not init. */
static bool joins_pids(const struct launch *launch)
{
	return !launch->heir.wanted && launch_pidns(launch) >= 0;
}

/* A pid namespace or a new time namespace is entered by being born in it: set our children's for one birth. */
static int set_childrens_namespaces(const struct launch *launch, struct error *err)
{
	const struct namespace_plan *ns = &launch->plan.ns;

	if (joins_pids(launch) && launch_set_pid_namespace(launch, err) < 0)
		return -1;
	return ns->create_time && !ns->time_inside ? launch_make_time(ns, err) : 0;
}

/* Our later children (hooks) belong in our own. */
static int restore_childrens_namespaces(const struct launch *launch, struct error *err)
{
	static const struct { int flag; const char *path; } own[] = {
		{ CLONE_NEWPID, "/proc/self/ns/pid" }, { CLONE_NEWTIME, "/proc/self/ns/time" },
	};
	const struct namespace_plan *ns = &launch->plan.ns;
	const bool changed[] = { joins_pids(launch), ns->create_time && !ns->time_inside };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (!changed[i])
			continue;
		auto_fd fd = open(own[i].path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, own[i].flag) < 0)
			return fail(err, errno, "return from the container's namespaces");
	}
	return 0;
}

/* The new process's first steps.  The lock on the state folder is the runtime's alone, and so is its end of the
 * channel: a process with both ends would never notice that the runtime has died. */
static void become_init(struct launch *launch, bool in_cgroup) __attribute__((noreturn));
static void become_init(struct launch *launch, bool in_cgroup)
{
	struct error err = { 0 };

	close(launch->folder);
	channel_close(&launch->channel);
	if (!in_cgroup && enter_cgroup(&launch->cgroup, &launch->init_channel, &err) < 0) {
		channel_send_error(&launch->init_channel, &err);
		_exit(1);
	}
	init_main(launch);
}

/* The clone itself, directly into the cgroup where the kernel can do that. */
static pid_t birth(struct launch *launch, bool sibling, int *pidfd, struct error *err)
{
	int cgroup = cgroup_birth_fd(&launch->cgroup);
	const uint64_t namespaces = launch->plan.ns.create & ~launch->plan.ns.late;
	pid_t pid = process_clone(namespaces, cgroup, sibling, pidfd, err);

	if (pid == 0)
		become_init(launch, true);
	/* If init cannot be born there, it enters by itself. */
	launch->outside = pid < 0;
	if (pid < 0 && cgroup >= 0 && cgroup_birth_refused(&launch->cgroup, err->number)) {
		pid = process_clone(namespaces, -1, sibling, pidfd, err);
		if (pid == 0)
			become_init(launch, false);
	}
	return pid;
}

static pid_t birth_by_middle(void *launch, struct error *err)
{
	pid_t pid;

	if (launch_join(launch, err) < 0 || set_childrens_namespaces(launch, err) < 0)
		return wrap(err, "join the namespaces");
	pid = birth(launch, true, NULL, err);
	return pid < 0 ? wrap(err, "make the container's first process") : pid;
}

int runtime_clone(struct launch *launch, struct error *err)
{
	int result;

	if (launch->plan.ns.middle) {
		result = middle_birth(birth_by_middle, launch, &launch->pid, &launch->pidfd, err);
		launch->born = launch->pid > 0;
		/* The new process may exist even so, if the middle one died before it could report: it ends when nobody
		 * listens. */
		if (result < 0)
			channel_close(&launch->channel);
		/* Only the middle process knows where it was born. */
		launch->outside = true;
		return result;
	}
	if (set_childrens_namespaces(launch, err) < 0)
		return -1;
	launch->pid = birth(launch, false, &launch->pidfd, err);
	if (launch->pid < 0)
		return wrap(err, "make the container's first process");
	launch->born = true;
	if (!launch->outside && cgroup_born(&launch->cgroup, launch->pid, err) < 0)
		return -1;
	return restore_childrens_namespaces(launch, err);
}

/* ---- answering init ----------------------------------------------------- */

static char *state_now(const struct launch *launch, enum oci_status status)
{
	return hooks_state(launch->plan.id, launch->bundle, status, launch->pid, &launch->plan.config->annotations);
}

/* gids first: setgroups(2) can be denied only while they are unmapped. */
static int map_ids(const struct namespace_plan *ns, pid_t pid, struct error *err)
{
	if (ns->narrowed)
		log_warn("newuidmap and newgidmap are not installed (Debian: package uidmap): "
			 "uid %u and gid %u are all that the container has",
			 ns->uids->container_id, ns->gids->container_id);
	if (ns->deny_setgroups && idmap_deny_setgroups(pid, err) < 0)
		return -1;
	if ((ns->gid_writer ? idmap_by_helper(ns->gid_writer, pid, ns->gids, ns->n_gids, err) :
			      idmap_write_gids(pid, ns->gids, ns->n_gids, err)) < 0)
		return blame(err, "/linux/gidMappings");
	if ((ns->uid_writer ? idmap_by_helper(ns->uid_writer, pid, ns->uids, ns->n_uids, err) :
			      idmap_write_uids(pid, ns->uids, ns->n_uids, err)) < 0)
		return blame(err, "/linux/uidMappings");
	return 0;
}

static int answer_idmap(struct launch *launch, struct error *err)
{
	const struct namespace_plan *ns = &launch->plan.ns;

	if (ns->create & CLONE_NEWUSER && map_ids(ns, launch->pid, err) < 0)
		return -1;
	/* From inside the user namespace it could not raise a hard limit. */
	if (launch->plan.has_process && rlimits_raise(launch->pid, &launch->plan.process, err) < 0)
		return blame(err, "/process/rlimits");
	return channel_send(&launch->channel, MSG_IDMAP_DONE, NULL, 0, -1, err);
}

int runtime_settle(struct launch *launch, struct error *err)
{
	struct arena *arena = &launch->options->loaded->arena;

	if (rdt_join(&launch->record, launch->pid, err) < 0)
		return -1;
	if (!launch->devices.n)
		return 0;
	launch->netns = namespace_open_of(launch->pid, CLONE_NEWNET, err);
	if (launch->netns < 0 || net_devices_move(arena, &launch->devices, launch->netns, err) < 0)
		return -1;
	/* Record their names there, so that `delete` after a killed create can bring them back from a namespace that
	 * outlives it. */
	record_put_devices(arena, &launch->record, &launch->devices);
	return launch->record.netns ? store_write(launch->folder, "journal", &launch->record, err) : 0;
}

static int answer_namespaces(struct launch *launch, struct error *err)
{
	const struct cgroup_plan *plan = &launch->plan.cgroup;
	uid_t uid;
	const uid_t *owner = launch_cgroup_owner(launch, &uid) ? &uid : NULL;

	/* Only after init has made its cgroup namespace, whose root must be the cgroup that has the limits. */
	if (plan->delegate &&
	    cgroup_move_below(&launch->cgroup, plan->delegate, launch->pid, plan->resources, owner, err) < 0)
		return blame(err, "/annotations/run.oci.delegate-cgroup");
	if (runtime_settle(launch, err) < 0)
		return -1;
	return channel_send(&launch->channel, MSG_PROCEED, NULL, 0, -1, err);
}

static int answer_map(struct launch *launch, unsigned step, int mount, struct error *err)
{
	if (rootfs_map_ids(&launch->plan, step, mount, err) < 0)
		return -1;
	return channel_send(&launch->channel, MSG_MAP_DONE, NULL, 0, -1, err);
}

int runtime_hooks(struct launch *launch, struct error *err)
{
	const struct oci_hooks *hooks = launch->plan.config->hooks;

	if (!hooks || !(hooks->n_prestart || hooks->n_create_runtime))
		return 0;
	auto_free char *state = state_now(launch, OCI_STATUS_CREATING);
	struct hook_setting setting = { .state = state, .cwd = launch->bundle, .output = launch->hook_output };
	launch->hooked = true;
	if (hooks_run("prestart", hooks->prestart, hooks->n_prestart, &setting, err) < 0)
		return -1;
	return hooks_run("createRuntime", hooks->create_runtime, hooks->n_create_runtime, &setting, err);
}

static int answer_rootfs(struct launch *launch, struct error *err)
{
	if (runtime_hooks(launch, err) < 0)
		return -1;
	return channel_send(&launch->channel, MSG_HOOKS_DONE, NULL, 0, -1, err);
}

static int answer_seccomp(struct launch *launch, int listener, struct error *err)
{
	if (listener_send(launch->plan.config->linux->seccomp, &launch->record, OCI_STATUS_CREATING, launch->pid,
			  listener, err) < 0)
		return -1;
	return channel_send(&launch->channel, MSG_SECCOMP_DONE, NULL, 0, -1, err);
}

static int answer_cgroup(struct launch *launch, struct error *err)
{
	if (cgroup_attach(&launch->cgroup, launch->pid, err) < 0)
		return -1;
	return channel_send(&launch->channel, MSG_CGROUP_DONE, NULL, 0, -1, err);
}

/* Init has ended without a word: if it ran out of memory, blame the limit in the config. */
static int died(const struct launch *launch, struct error *err)
{
	const struct oci_resources *resources = launch->plan.config->linux->resources;
	bool limited = resources && resources->memory && resources->memory->has_limit;

	return ended_early(&launch->cgroup, launch->pid, "container init",
			   limited ? "/linux/resources/memory/limit" : NULL, err);
}

static int answer(struct launch *launch, int message, unsigned number, int fd, struct error *err)
{
	const struct plan *plan = &launch->plan;

	switch (heir_in_turn(&launch->heir, message, fd, &plan->process, &plan->seccomp) ? message : -1) {
	case MSG_NEED_CGROUP: return answer_cgroup(launch, err);
	case MSG_NEED_IDMAP: return answer_idmap(launch, err);
	case MSG_NAMESPACES: return answer_namespaces(launch, err);
	case MSG_NEED_SOURCES: return inside_answer(launch, err);
	case MSG_NEED_MAP: return answer_map(launch, number, fd, err);
	case MSG_ROOTFS: return answer_rootfs(launch, err);
	case MSG_TERMINAL:
		return announce_terminal(launch->options->console_socket, &plan->process, fd, &launch->master, err);
	case MSG_SECCOMP: return answer_seccomp(launch, fd, err);
	case MSG_BORN: return middle_succeed((pid_t) number, &launch->pid, &launch->pidfd, err);
	case MSG_READY: return 0;
	default: return fail_code(err, ERROR_PROTOCOL, "the container's first process spoke out of turn");
	}
}

/* Answer init's next message.  Returns its number; MSG_COUNT at the end; -1 with ERR. */
static int serve_one(struct launch *launch, struct error *err)
{
	unsigned number = UINT_MAX;
	int fd, got = heir_next(&launch->heir, &launch->channel, launch->pidfd, &number, sizeof number, &fd, err);
	auto_fd received = fd;

	if (got < 0 || got == MSG_COUNT)
		return got;
	/* When it sends anything else, it is in its cgroup. */
	if (got != MSG_NEED_CGROUP && cgroup_born(&launch->cgroup, launch->pid, err) < 0)
		return -1;
	return answer(launch, got, number, received, err) < 0 ? -1 : got;
}

int runtime_serve(struct launch *launch, struct error *err)
{
	const struct oci_hooks *hooks = launch->plan.config->hooks;

	/* Init runs those itself: we do not learn how far it got. */
	launch->hooked |= hooks && hooks->n_create_container;
	while (!heir_is_ready(&launch->heir)) {
		const int got = serve_one(launch, err);

		if (got < 0 || got == MSG_COUNT)
			return got < 0 ? -1 : died(launch, err);
	}
	return heir_schedule(&launch->heir, launch->pid, &launch->plan.process, err);
}

/* After HANDOVER, until the program runs. */
static int serve_to_exec(struct launch *launch, struct error *err)
{
	int got;

	do
		got = serve_one(launch, err);
	while (got >= 0 && got != MSG_COUNT);
	return got < 0 ? -1 : 0;
}

int runtime_hand_over(struct launch *launch, struct error *err)
{
	struct create_options *o = launch->options;
	struct process_stat stat;

	if (launch->plan.has_process && launch->plan.process.has_oom_score_adj &&
	    oom_score_adj_set(launch->pid, launch->plan.process.oom_score_adj, err) < 0)
		return blame(err, "/process/oomScoreAdj");
	if (process_stat(launch->pid, &stat) < 0)
		return fail(err, errno, "look at the container's first process");
	/* Created: whatever goes wrong from here on, poststop is due (runtime.md, Lifecycle). */
	launch->hooked = true;
	launch->record.pid = launch->pid;
	launch->record.start_time = stat.start_time;
	if (store_write(launch->folder, "state.json", &launch->record, err) < 0)
		return -1;
	if (announce_pidfd_of_init(launch, err) < 0)
		return -1;
	if (o->pid_file && announce_pid(o->pid_file, launch->pid, err) < 0)
		return -1;
	if (interrupt_check(err) < 0 || channel_send(&launch->channel, MSG_HANDOVER, NULL, 0, -1, err) < 0)
		return -1;
	if (!launch->run)
		return 0;
	if (serve_to_exec(launch, err) < 0)
		return foreground_hand_on_late(launch->pid, launch->pidfd, err) ? 0 : -1;
	return process_check_ran(launch->pid, 0, err);
}
