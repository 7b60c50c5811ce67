/*
 * channel.h - what the runtime and the container's processes say to each other
 *
 * A SEQPACKET socket: one message is one packet, type + payload + at most one
 * descriptor.  Only channel.c knows the bytes.  ERROR may come in place of any
 * answer and carries the whole struct error; LOG may come before any answer.
 *
 * create and run (container/runtime.c, init.c); packets a config does not need are not sent:
 *
 *	init				runtime
 *	NEED_CGROUP		->	moves it there, or has systemd do so
 *				<-	CGROUP_DONE
 *	NEED_IDMAP		->	writes the id maps, raises hard limits
 *				<-	IDMAP_DONE
 *	NAMESPACES		->	moves network devices in, puts init into its resctrl group and below its cgroup
 *				<-	PROCEED
 *	NEED_SOURCES		->	opens them in init's mount namespace (inside.c)
 *				<-	SOURCE n fd ...
 *				<-	SOURCES_DONE
 *	NEED_MAP n fd		->	maps the ids of that mount
 *				<-	MAP_DONE
 *	ROOTFS			->	prestart, createRuntime hooks
 *				<-	HOOKS_DONE
 *	TERMINAL fd		->	sends it to the console socket, or keeps it
 *	SECCOMP fd		->	sends it to the profile's listener
 *				<-	SECCOMP_DONE
 *	READY			->	writes state.json, pid file
 *				<-	HANDOVER
 *	(run) EOF: it exec'd	->	poststart hooks
 *
 * Until HANDOVER init does not outlive the runtime: it sees the end of the channel and
 * exits.  With a middle process (middle.c), BORN, with init's pid, comes first, on a
 * separate channel.
 *
 * start (gate.c):
 *				<-	connects
 *	STARTING		->	(startContainer hooks)
 *	EXEC			->
 *	EOF: it exec'd		->	poststart hooks
 *
 * exec (container/exec.c): NEED_CGROUP, TERMINAL fd, SECCOMP fd as above; then READY, HANDOVER, EOF.
 *
 * With an heir (heir.h), which sends READY, its maker sends BORN, before or after that.
 */
#pragma once
#include <stddef.h>

#include "base/error.h"

/*		      sent by   carries */
#define MESSAGES(M) \
	M(ERROR)	/* both     struct error: the sender gives up */ \
	M(LOG)		/* init     level and text */ \
	M(BORN)		/* middle   pid of the new process */ \
	M(NEED_CGROUP)	/* init     -: I cannot enter my cgroup */ \
	M(CGROUP_DONE)	/* runtime  - */ \
	M(NEED_IDMAP)	/* init     -: I am in my user namespace */ \
	M(IDMAP_DONE)	/* runtime  - */ \
	M(NAMESPACES)	/* init     -: I am in all of them */ \
	M(PROCEED)	/* runtime  - */ \
	M(NEED_SOURCES)	/* init     -: I am in my mount namespace, but lack the rights to reach my bind sources */ \
	M(SOURCE)	/* runtime  number of the step (the step count stands for the rootfs), fd */ \
	M(SOURCES_DONE)	/* runtime  - */ \
	M(NEED_MAP)	/* init     number of the step, fd: a mount whose ids I may not map */ \
	M(MAP_DONE)	/* runtime  - */ \
	M(ROOTFS)	/* init     -: all mounts are in place, the root is not entered yet */ \
	M(HOOKS_DONE)	/* runtime  - */ \
	M(TERMINAL)	/* init     fd: the pty's master end */ \
	M(SECCOMP)	/* init     fd: the seccomp notify descriptor */ \
	M(SECCOMP_DONE)	/* runtime  - */ \
	M(READY)	/* init     -: all is done but exec */ \
	M(HANDOVER)	/* runtime  -: the container is on record */ \
	M(STARTING)	/* init     -: yours is the `start` that I obey */ \
	M(REFUSED)	/* init     struct error: from execve; an ERROR that says why follows, if seccomp permits */ \
	M(EXEC)		/* init     -: only the seccomp filter and execve(2) remain */

enum message {
#define M(name) MSG_##name,
	MESSAGES(M)
#undef M
	MSG_COUNT
};

struct channel {
	int fd;
	const char *peer;	/* for messages: "the container's first process" */
};

/* The two ends, both close-on-exec. */
int channel_pair(struct channel *runtime, struct channel *init, struct error *err);

/* Send M with SIZE bytes and the descriptor FD (-1: none). */
int channel_send(struct channel *ch, enum message m, const void *data, size_t size, int fd, struct error *err);

/* Receive any message.  DATA gets its payload of SIZE bytes; it stays as it is if there is none.  Returns its number;
 * MSG_COUNT at the end of the channel; -1 with ERR, which is the peer's own error if it sent one, or ERROR_INTERRUPTED.
 * LOG and REFUSED are handled here.  *FD (owned by the caller) is -1 if none came. */
int channel_next(struct channel *ch, void *data, size_t size, int *fd, struct error *err);

/* Receive exactly M without payload; anything else is an error. */
int channel_expect(struct channel *ch, enum message m, struct error *err);

/* True if ERR, from channel_send(), means that the peer is gone. */
bool channel_lost(const struct error *err);

/* Send ERR to the peer; failure to do so is ignored. */
void channel_send_error(struct channel *ch, const struct error *err);

/* A log sink (base/log.h) that sends each line as LOG; its context is the channel. */
void channel_log(void *channel, int level, const char *text);

void channel_close(struct channel *ch);
