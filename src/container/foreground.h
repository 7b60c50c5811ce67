/*
 * foreground.h - being there while the container's process runs
 *
 * Copies between our terminal and the container's, follows its size, hands
 * signals on, reaps what is ours, and tells how the process ended.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct cgroup;
struct error;

struct foreground {
	pid_t pid;
	int pidfd;
	int master;		/* the pty's master end, or -1: the process has our own stdio */
	int notify;		/* the container's NOTIFY_SOCKET (notify.h), or -1 */
	const struct cgroup *memory;	/* count the OOM kills of this cgroup, which systemd will remove; or NULL */
	int status;		/* out: how it ended, as from waitpid(2) */
	unsigned long long oom_kills;	/* out: those of `memory` */
};

/* Block the signals that will be handed on; called before the process exists, so that none is lost.  Those that end a
 * program interrupt us as long as it does not run (sys/interrupt.h).  Its child must call signal_reset(). */
int foreground_block_signals(struct error *err);

/* True if ERR is such an interruption, but the program of PID, which PIDFD holds, ran already when it came: then it is
 * handed on. */
bool foreground_hand_on_late(pid_t pid, int pidfd, const struct error *err);

/* Become the reaper of orphans below us. */
int foreground_subreaper(struct error *err);

/* Give the new terminal MASTER the size of ours, if we have one. */
void foreground_copy_size(int master);

/* Stay until the process has ended and its output is copied.  Its exit code (128 + signal), or -1 with ERR.
 * The descriptors stay the caller's. */
int foreground_stay(struct foreground *f, struct error *err);
