/*
 * foreground.h - stay in the foreground while the container's process runs
 *
 * Copies between our terminal and the container's, follows our terminal's size,
 * passes signals on, reaps our children, and reports how the process ended.
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
	const struct cgroup *memory;	/* count this cgroup's OOM kills before systemd removes it; or NULL */
	int status;		/* out: how it ended, as from waitpid(2) */
	unsigned long long oom_kills;	/* out: in `memory` */
};

/* Block the signals that will be passed on; called before the process exists, so that none is lost.  Until its program
 * runs, fatal signals interrupt us instead (sys/interrupt.h).  The child must call signal_reset(). */
int foreground_block_signals(struct error *err);

/* True if ERR is such an interruption, but the program of PID (held by PIDFD) was already running when the signal came:
 * then the signal is passed on. */
bool foreground_hand_on_late(pid_t pid, int pidfd, const struct error *err);

/* Become the reaper of our orphaned descendants. */
int foreground_subreaper(struct error *err);

/* Give the new terminal MASTER the size of ours, if we have one. */
void foreground_copy_size(int master);

/* Stay until the process has ended and its output is copied.  Returns its exit code (128 + signal), or -1 with ERR.
 * The descriptors remain the caller's. */
int foreground_stay(struct foreground *f, struct error *err);
