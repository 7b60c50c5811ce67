/*
 * channel.h - what the runtime and the container's processes say
 *
 * A SEQPACKET socket: one message is one packet, type + payload + at most one
 * descriptor.  Only channel.c knows the bytes.  ERROR may come in place of any
 * answer and carries the whole struct error; LOG may come before any answer.
 *
 * create and run (launch.c, init.c); packets a config does not need are not sent:
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
 *	ROOTFS			->	prestart, createRuntime hooks
 *				<-	HOOKS_DONE
 *	TERMINAL fd		->	sends it to the console socket, or keeps it
 *	SECCOMP fd		->	sends it to the profile's listener
 *				<-	SECCOMP_DONE
 *	READY			->	writes state.json, pid file
 *				<-	HANDOVER
 *	(run) EOF: it exec'd	->	poststart hooks
 *
 * Until HANDOVER the death of the runtime ends init, as it meets the end of the
 * channel.  With a middle process (launch.c) BORN, with init's pid, comes first,
 * on a channel of its own.
 *
 * start (gate.c):
 *				<-	connects
 *	STARTING		->	(startContainer hooks)
 *	EXEC			->
 *	EOF: it exec'd		->	poststart hooks
 *
 * exec (exec.c): NEED_CGROUP, TERMINAL fd, SECCOMP fd as above; READY, HANDOVER; then EOF.
 */
#pragma once
#include <stddef.h>

#include "base/error.h"

/*		      sent by   carries */
#define MESSAGES(M) \
	M(ERROR)	/* both     struct error: the sender gives up */ \
	M(LOG)		/* init     level and text */ \
	M(BORN)		/* middle   pid of init */ \
	M(NEED_CGROUP)	/* init     -: I cannot enter my cgroup */ \
	M(CGROUP_DONE)	/* runtime  - */ \
	M(NEED_IDMAP)	/* init     -: I am in my user namespace */ \
	M(IDMAP_DONE)	/* runtime  - */ \
	M(NAMESPACES)	/* init     -: I am in all of them */ \
	M(PROCEED)	/* runtime  - */ \
	M(NEED_SOURCES)	/* init     -: I am in my mount namespace, and may not walk to what I shall bind */ \
	M(SOURCE)	/* runtime  number of the step (as many as there are: the rootfs), fd */ \
	M(SOURCES_DONE)	/* runtime  a number, as SOURCE has one: it means nothing */ \
	M(ROOTFS)	/* init     -: all mounts are there, the root is not entered yet */ \
	M(HOOKS_DONE)	/* runtime  - */ \
	M(TERMINAL)	/* init     fd: the pty's master end */ \
	M(SECCOMP)	/* init     fd: the seccomp notify descriptor */ \
	M(SECCOMP_DONE)	/* runtime  - */ \
	M(READY)	/* init     -: all is done but exec */ \
	M(HANDOVER)	/* runtime  -: the container is on record */ \
	M(STARTING)	/* init     -: you are the one who starts me */ \
	M(REFUSED)	/* init     struct error: of execve; an ERROR that says why follows, if the filter lets it */ \
	M(EXEC)		/* init     -: nothing is left but the seccomp filter and execve(2) */

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

/* Receive any message: its number; MSG_COUNT at the end of the channel; -1 with ERR, which is the peer's own
 * error if it sent one, or ERROR_INTERRUPTED.  LOG and REFUSED are dealt with here.  *FD (owned by the caller) is -1
 * if none came. */
int channel_next(struct channel *ch, void *data, size_t size, int *fd, struct error *err);

/* Receive exactly M without payload; anything else is an error. */
int channel_expect(struct channel *ch, enum message m, struct error *err);

/* True if ERR, of channel_send(), says that nobody listens any more. */
bool channel_lost(const struct error *err);

/* Send ERR to the peer; what goes wrong with that is ignored. */
void channel_send_error(struct channel *ch, const struct error *err);

/* A log sink (base/log.h) that sends lines as LOG; context is the channel. */
void channel_log(void *channel, int level, const char *text);

void channel_close(struct channel *ch);
