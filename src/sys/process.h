/*
 * process.h - processes, by pidfd and start time
 *
 * A pid alone names a stranger once the kernel has used it again.  A process
 * is identified by pid + start time (field 22 of /proc/PID/stat) + boot id, and
 * held by a pidfd (5.3), which is opened first and checked after.  Where the
 * kernel has none, its folder in /proc serves as "pidfd" (process-fd.c).
 */
#pragma once
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct process_stat {
	char state;		/* R S D T Z X ... */
	unsigned flags;		/* PF_* */
	uint64_t start_time;	/* clock ticks after boot */
	pid_t parent;
	int exit_status;	/* of a zombie, as from waitpid(2); -1: not shown; also 0 if we may not see it */
	int threads;
};

/* PF_FORKNOEXEC: forked but never exec'd.  This is just what tells a created container from a running one: no process
 * can set it again after its first exec. */
#define PROCESS_FORKNOEXEC 0x40u

/* ---- process.c: what a process is ------------------------------------------ */

/* From /proc/PID/stat.  -1 with errno. */
int process_stat(pid_t pid, struct process_stat *out);

/* The same from the text of that file; false if it is not such a text. */
bool process_stat_parse(const char *text, struct process_stat *out);

/* True if a process with this STAT has ended, reaped or not.  A zombie with threads has not: only its first thread
 * has. */
bool process_stat_ended(const struct process_stat *stat);

/* True if NUMBER, an errno from process_stat() or process_open(), means that there is no such process (any more).  Any
 * other means that we do not know. */
bool process_gone(int number);

/* /proc/PID/cgroup, the cgroups of PID (cgroups(7)); the caller frees.  NULL with ERR. */
char *process_cgroups(pid_t pid, struct error *err);

/* Take the next line of such a *TEXT apart, in place: "4:cpu,cpuacct:/x" gives CONTROLLERS and PATH; for cgroup2 the
 * controllers are "".  *TEXT moves past it; false at the end.  Malformed lines are skipped. */
bool process_cgroup_line(char **text, char **controllers, char **path);

/* The kernel's boot id, 36 characters and '\0'. */
int process_boot_id(char out[37], struct error *err);

/* The status of waitpid(2) as an exit code: 128 + signal for the killed. */
int process_exit_code(int status);

/* ---- process-fd.c: one that is held ---------------------------------------- */

/* True if this kernel has pidfds, and no filter keeps them from us.  Asked once. */
bool process_has_pidfds(void);

/* A pidfd of whichever process has the number PID now; -1 with errno ESRCH if none has. */
int process_hold(pid_t pid);

/* A pidfd of PID if it is still the process that started at START_TIME; -1 with errno: ESRCH if it is gone. */
int process_open(pid_t pid, uint64_t start_time);

/* Send SIG, 0 for none, to the process behind PIDFD (pidfd_send_signal(2)).  -1 with errno: ESRCH if it has ended. */
int process_signal(int pidfd, int sig);

/* poll(2), where the first of FDS is a pidfd: POLLIN when its process has ended. */
int process_poll(struct pollfd *fds, nfds_t n, int ms);

/* Enter the namespaces FLAGS (CLONE_NEW*) of the process PID, which PROCESS holds: setns(2) with a pidfd (5.8).  -1
 * with errno: ESRCH if it has ended. */
int process_enter(int process, pid_t pid, int flags);

/* Wait until the process behind PIDFD has ended, at most MS milliseconds (-1: forever).  1 ended, 0 not yet, -1 with
 * errno. */
int process_wait_end(int pidfd, int ms);

/* The same for our child PID, which nobody has reaped; PIDFD holds it, or is -1.  INTERRUPTIBLY: a signal to give up
 * (interrupt.h) ends the wait too: -1 with errno EINTR.  The caller takes the signal by interrupt_check(). */
int process_wait_child(pid_t pid, int pidfd, bool interruptibly, int ms);

/* ---- process-birth.c: its birth and its end -------------------------------- */

/* clone3(2): a child as from fork(2), in new NAMESPACES, born in the cgroup2 folder CGROUP (-1: the parent's).
 * *PIDFD (may be NULL) gets its pidfd.  PARENT: it becomes the caller's sibling (CLONE_PARENT).
 * Returns the pid; 0 in the child; -1 with errno and ERR.  Without CLONE_INTO_CGROUP (before 5.7) errno is EINVAL and
 * the caller writes cgroup.procs. */
pid_t process_clone(uint64_t namespaces, int cgroup, bool parent, int *pidfd, struct error *err);

/* Just a child, where we are. */
pid_t process_fork(struct error *err);

/* True if process_clone() into a cgroup failed with NUMBER for a reason that does not keep the child from going there
 * later: a kernel before 5.7 (EINVAL, ENOSYS), a filter that hides clone3 (EPERM), a cgroup with controllers for its
 * children (EBUSY), a threaded one (EOPNOTSUPP), a pids.max that allows no fork (EAGAIN). */
bool process_cgroup_refused(int number);

/* A pidfd of our child PID, which nobody has reaped.  On failure, -1 with errno and ERR, the child is killed and
 * reaped: without a pidfd it could not be waited for. */
int process_hold_child(pid_t pid, struct error *err);

/* Called once the close-on-exec descriptors of PID (started at START_TIME; 0: our child) are closed, which both an exec
 * and its end do: -1 with ERR if it has ended.  One that its parent has reaped by then counts as having exec'd. */
int process_check_ran(pid_t pid, uint64_t start_time, struct error *err);

/* Fail, with CODE, because WHO, process PID, ended before BEFORE: -1 with ERR, which also says how, for a child of
 * ours.  Waits up to a second for the end, and reaps nothing. */
int process_fail_ended(pid_t pid, const char *who, const char *before, enum error_code code, struct error *err);

/* Wait for the end of our child PID, however long it takes, and reap it.  Its status as from waitpid(2); -1 with errno
 * ECHILD if it is not ours, or was reaped. */
int process_reap(pid_t pid);

/* Kill our child *CHILD, which nobody has reaped, and reap it; *CHILD becomes 0.  Does nothing if it is 0. */
void process_kill_child(pid_t *child);
