/* process-birth.c - processes that we make, and how they end; see process.h */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/disable.h"
#include "sys/interrupt.h"
#include "sys/process.h"
#include "sys/signals.h"

int process_fail_ended(pid_t pid, const char *who, const char *before, enum error_code code, struct error *err)
{
	auto_fd process = process_hold(pid);
	siginfo_t info = { 0 };

	/* Its descriptors are closed a moment before its end can be seen. */
	if (process >= 0)
		process_wait_end(process, 1000);
	if (waitid(P_PID, (id_t) pid, &info, WEXITED | WNOWAIT | WNOHANG) < 0 || !info.si_pid)
		return fail_code(err, code, "%s ended before %s (was it killed?)", who, before);
	if (info.si_code == CLD_EXITED)
		return fail_code(err, code, "%s ended before %s", who, before);
	return fail_code(err, code, "%s was killed by %s before %s%s", who, signal_name(info.si_status), before,
			 info.si_status == SIGSYS ? ": its seccomp filter forbids a system call that it takes" : "");
}

int process_check_ran(pid_t pid, uint64_t start_time, struct error *err)
{
	struct process_stat stat;
	char who[32];

	if (process_stat(pid, &stat) < 0 || (start_time && stat.start_time != start_time) ||
	    !(stat.flags & PROCESS_FORKNOEXEC))
		return 0;
	snprintf(who, sizeof who, "process %d", (int) pid);
	return process_fail_ended(pid, who, "its program ran", ERROR_STATE, err);
}

/* clone(2), for seccomp filters that answer ENOSYS to clone3 (they cannot look into its struct). */
static pid_t clone_old(uint64_t flags, int *pidfd)
{
	unsigned long all = (unsigned long) flags | SIGCHLD;

	if (flags & CLONE_NEWTIME) {
		/* In clone(2) its bit is part of the exit signal. */
		errno = ENOSYS;
		return -1;
	}
#if defined(__s390__)
	return (pid_t) syscall(SYS_clone, NULL, all, pidfd, NULL, NULL);
#else
	return (pid_t) syscall(SYS_clone, all, NULL, pidfd, NULL, NULL);
#endif
}

static const char *explain_clone(uint64_t namespaces, int number)
{
	if (number == ENOSPC || number == EUSERS)
		return " (too many or too deeply nested namespaces: see /proc/sys/user/max_*_namespaces)";
	if (number == EPERM && namespaces & CLONE_NEWUSER)
		return " (user namespaces may be forbidden: kernel.unprivileged_userns_clone, "
		       "kernel.apparmor_restrict_unprivileged_userns, or we are in a chroot)";
	if (number == EPERM && namespaces)
		return " (new namespaces need CAP_SYS_ADMIN, or a new user namespace with them)";
	if (number == EAGAIN)
		return " (the limit on processes is reached: RLIMIT_NPROC, pids.max or kernel.pid_max)";
	if (number == EINVAL && namespaces)
		return " (this kernel lacks one of the namespaces)";
	return "";
}

int process_reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

void process_kill_child(pid_t *child)
{
	if (*child <= 0)
		return;
	/* Not reaped yet, so the pid is still its own. */
	kill(*child, SIGKILL);
	process_reap(*child);
	*child = 0;
}

int process_hold_child(pid_t pid, struct error *err)
{
	int fd = process_hold(pid), number = errno;

	if (fd >= 0)
		return fd;
	process_kill_child(&pid);
	fail(err, number, "open the new process");
	errno = number;
	return -1;
}

pid_t process_clone(uint64_t namespaces, int cgroup, bool parent, int *pidfd, struct error *err)
{
	struct clone_args args = {
		.flags = namespaces,
		/* A sibling ends with the caller's own exit signal: the kernel accepts no other. */
		.exit_signal = parent ? 0 : SIGCHLD,
	};
	int held = -1, number;
	pid_t pid = -1;

	if (parent)
		args.flags |= CLONE_PARENT;
	if (pidfd && process_has_pidfds()) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uint64_t) (uintptr_t) &held;
	}
	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t) cgroup;
	}
	errno = ENOSYS;
	/* Without a stack of its own, and without CLONE_VM, this returns twice as fork(2) does.  glibc keeps no copy of
	 * the pid (2.25), and this program has one thread. */
	if (!disabled("clone3"))
		pid = (pid_t) syscall(SYS_clone3, &args, sizeof args);
	/* EPERM is what older filters answer; if it is the kernel's, it comes again. */
	if (pid < 0 && (errno == ENOSYS || errno == EPERM) && cgroup < 0)
		pid = clone_old(args.flags, &held);
	else if (pid < 0 && errno == ENOSYS)
		errno = EINVAL;
	if (pid < 0) {
		number = errno;
		fail(err, number, "start a process%s%s%s", namespaces ? " in new namespaces" : "",
		     cgroup >= 0 ? " in its cgroup" : "", cgroup < 0 ? explain_clone(namespaces, number) :
		     number == EACCES ? " (we must be allowed to write cgroup.procs there and in what it has in "
					"common with the cgroup that we are in)" : "");
		errno = number;
		return -1;
	}
	/* If the table of descriptors is shared, it would close ours. */
	if (pid == 0 && !(namespaces & CLONE_FILES))
		interrupt_forget();
	if (pidfd)
		*pidfd = !pid ? -1 : held >= 0 ? held : process_hold_child(pid, err);
	return pidfd && pid && *pidfd < 0 ? -1 : pid;
}

pid_t process_fork(struct error *err)
{
	return process_clone(0, -1, false, NULL, err);
}

bool process_cgroup_refused(int number)
{
	return number == EINVAL || number == ENOSYS || number == EPERM || number == EBUSY || number == EOPNOTSUPP ||
	       number == EAGAIN;
}
