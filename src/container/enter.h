/*
 * enter.h - the last steps of a process before its program, for init and exec alike
 *
 *	enter_prepare()	everything that can fail, but exec
 *	enter_filter()	the seccomp filter, if there are startContainer hooks
 *	enter_exec()	the seccomp filter, if it comes last, and execve(2)
 *
 * Between the two a created container waits for `start`.
 */
#pragma once
#include "container/channel.h"
#include "plan/plan.h"

struct cgroup;
struct host;

struct entry {
	const struct process_plan *process;
	const struct seccomp_plan *seccomp;	/* n_filter 0: none */
	const struct oci_personality *personality;
	const struct oci_memory_policy *memory_policy;
	const char *keyring;
	unsigned last_cap;
	int terminal;			/* the pty's peer, or -1 */
	unsigned listen, keep;		/* descriptors from 3 on that stay: LISTEN_FDS, all */
	bool notify;			/* NOTIFY_SOCKET is there */
	bool own_null;			/* nobody else is in the mount namespace yet: its /dev/null can be trusted */
	bool announce;			/* send EXEC: the other end is not our parent, which would see how we ended */
	struct channel *channel;	/* to the runtime, for SECCOMP; may be closed after enter_prepare() */

	bool filtered;			/* the filter is in force already: no_new_privs is off, or there were hooks */
	char *program;			/* what will be exec'd */
	char **env;
};

/* Go into the cgroup2 folder of CGROUP, in which the kernel would not let us be born.  The runtime, at the other end of
 * CHANNEL, does it for one who may not (in a user namespace the folder is the container's root's, whom nobody is yet),
 * and knows what to do if there is no place in it. */
int enter_cgroup(const struct cgroup *cgroup, struct channel *channel, struct error *err);

/* Session and terminal, keyring, scheduling, limits, folder, groups, ids, capabilities, labels; the program is looked
 * up. Runs in the container's namespaces, at its root, with full rights there. */
int enter_prepare(struct entry *entry, struct error *err);

/* Load the filter already: what is run before the program comes from the container, too. */
int enter_filter(struct entry *entry, struct error *err);

/* Run the program.  Returns only with ERR. */
int enter_exec(struct entry *entry, struct error *err);
