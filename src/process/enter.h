/*
 * enter.h - the last steps of a process before its program, for init and exec alike
 *
 *	enter_prepare()	everything that can fail except exec
 *	enter_filter()	the seccomp filter, if there are startContainer hooks
 *	enter_exec()	the seccomp filter, if it comes last, and execve(2)
 *
 * Between the two a created container waits for `start`.
 *
 * Where an heir runs the program (heir.h) it is born between the two:
 *
 *	enter_inherit()	what a child does not inherit
 */
#pragma once
#include "plan/plan.h"
#include "process/channel.h"

struct cgroup;

struct entry {
	const struct process_plan *process;
	const struct seccomp_plan *seccomp;	/* n_filter 0: none */
	const struct oci_personality *personality;
	const struct oci_memory_policy *memory_policy;
	const char *keyring;
	unsigned last_cap;
	int terminal;			/* the pty's peer, or -1 */
	unsigned listen, keep;		/* how many descriptors from 3 on stay open: LISTEN_FDS, all of them */
	bool notify;			/* set NOTIFY_SOCKET */
	bool own_null;			/* we are alone in the mount namespace: its /dev/null can be trusted */
	bool heir;			/* a child, not we, will run the program */
	bool announce;			/* send EXEC: the peer is not our parent and cannot see how we ended */
	struct channel *channel;	/* to the runtime, for SECCOMP; may be closed after enter_prepare() */

	bool filtered;			/* the filter is already loaded: no_new_privs is off, or there were hooks */
	char *program;			/* what will be exec'd */
	char **env;
	char **listen_pid;		/* LISTEN_PID in it, or NULL */
};

/* Enter the cgroup2 folder of CGROUP, in which the kernel could not create us.  If we lack the right (in a user
 * namespace the folder belongs to the container's root, whose ids we have not taken yet), the runtime at the other end
 * of CHANNEL moves us; it also knows another place if the cgroup takes no process. */
int enter_cgroup(const struct cgroup *cgroup, struct channel *channel, struct error *err);

/* A terminal for PROCESS, with its size, from DEVPTS, the container's (-1: ERR says why there is none).  The caller
 * owns both ends. */
int enter_open_terminal(const struct process_plan *process, int devpts, int *master, int *peer, struct error *err);

/* Set session and terminal, keyring, scheduling, limits, working directory, groups, ids, capabilities, labels; look up
 * the program.  Runs in the container's namespaces, at its root, with full rights there. */
int enter_prepare(struct entry *entry, struct error *err);

/* After enter_prepare(), with `heir` set, in the child: a session with its terminal, its pid in the environment. */
int enter_inherit(struct entry *entry, struct error *err);

/* Load the filter early: startContainer hooks come from the container, too. */
int enter_filter(struct entry *entry, struct error *err);

/* Run the program.  Returns only with ERR. */
int enter_exec(struct entry *entry, struct error *err);
