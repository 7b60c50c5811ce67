/*
 * launch.h - make a container: what create and run share
 *
 *	launch_decide()		read, check, plan; nothing is touched
 *	launch_make()		state folder, journal, cgroup, init; up to READY and the record
 *	launch_undo()		after a failure: remove everything that was made
 *
 * Init is made and answered by runtime.c, its own side is init.c; channel.h draws what they
 * say.  A plain fork: init inherits the plan and every descriptor it needs.
 */
#pragma once
#include "cgroup/cgroup.h"
#include "container/container.h"
#include "container/record.h"
#include "plan/plan.h"
#include "process/channel.h"
#include "process/heir.h"
#include "process/hooks.h"
#include "rootfs/rootfs.h"
#include "sys/host.h"
#include "tune/net-devices.h"
#include "tune/resctrl.h"

struct launch {
	struct create_options *options;
	bool run;			/* go straight through: no gate */
	char *bundle;			/* absolute */
	struct host host;
	struct plan plan;
	struct record_state record;

	int folder, gate;		/* the state folder, locked; init's gate */
	int join[8];			/* per plan.ns.join: the namespace */
	struct cgroup cgroup;
	struct rootfs_sources sources;	/* only if sources_open */
	bool sources_open;
	unsigned listen, keep;		/* the caller's descriptors to pass on */

	struct channel channel, init_channel;	/* the runtime's end, init's end */
	pid_t pid;
	bool outside;			/* it may be born outside its cgroup, which it enters before sending anything */
	struct heir heir;		/* of init, where others in a joined pid namespace could trace it */
	bool born;			/* init has existed: whatever is in the cgroup comes from it */
	int pidfd;
	struct resctrl rdt;		/* its group, with plan.rdt */
	struct net_devices devices;	/* that move in */
	int netns;			/* the container's, once some have */
	int master;			/* the pty, when we keep it (run in the foreground) */
	int notify;			/* the container's NOTIFY_SOCKET (run) */
	struct hook_output hook_output;
	bool hooked;			/* hooks have run: poststop must follow a failure */
};

/* As above.  If either fails the caller calls launch_undo(); in every case it calls launch_close(). */
int launch_decide(struct launch *launch, struct error *err);
int launch_make(struct launch *launch, struct error *err);
void launch_undo(struct launch *launch);

/* The parts of launch_make() that a restore needs too: the state folder with its journal, the cgroup with its limits,
 * the notify socket ... */
int launch_reserve(struct launch *launch, struct error *err);

/* ... what is to be mounted from outside ... */
int launch_open_sources(struct launch *launch, struct error *err);
void launch_close_sources(struct launch *launch);

/* ... and what exec will need: the config as it is now, and the compiled filter behind its flags. */
int launch_keep_copies(const struct launch *launch, struct error *err);

/* Called once the process runs; from here on others may delete the container.  Unless detached, stay until the process
 * has ended, then record how (--keep) or remove the container.  Returns the exit code, 0 when detached; -1 with ERR. */
int launch_stay(struct launch *launch, struct error *err);

void launch_close(struct launch *launch);
