/*
 * fault.c - run a program and make one system call fail, of its own or of a process that it makes
 *
 *	fault REPORT PROCESS CALL WHAT PROGRAM...
 *
 * PROCESS 0 is PROGRAM, 1 the first process that it makes, and so on, in the order of their birth; CALL counts the system
 * calls of that process from 1.  WHAT is
 *	kill	SIGKILL, as the call is entered
 *	N	the Nth of the errors that such a call could give (from 0, table below).  The call is then not made (except close)
 *	N%	the same, but N wraps around if there are fewer
 * Processes other than 0 are followed until they exec: what they become is not ours.  Those still alive when PROGRAM ends go
 * on by themselves.
 *
 * REPORT gets one line: "hit CALL-NAME-OR-NUMBER [ERROR]", "no error" (there are fewer errors of that call), or "beyond"
 * (PROCESS made fewer calls).  The exit status is that of PROGRAM.
 *
 * SANITIZED in the environment: PROGRAM starts with hundreds of calls of its sanitizer, which cannot cope with failures.  Calls count
 * from its first poll(2), the first thing that main() does, and those for memory are spared.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PROCESSES 64
#define MAX_ERRORS 4

/* No error is here that would be a lie: that something is not there (ENOENT, ESRCH, EEXIST) is an answer, and right or wrong
 * conclusions follow from it. */

static const struct { long number; const char *name; int errors[MAX_ERRORS]; } calls[] = {
#define C(name, ...) { SYS_##name, #name, { __VA_ARGS__ } }
	C(open, EMFILE, EACCES), C(openat, EMFILE, EACCES, EIO), C(openat2, EAGAIN, ENOSYS, EACCES, EXDEV), C(close, EIO, EINTR),
	C(read, EIO, EINTR), C(pread64, EIO), C(write, EIO, ENOSPC, EINTR), C(lseek, EIO), C(getdents64, EIO), C(ioctl, EIO, ENOTTY),
	C(fcntl, EINVAL, EMFILE), C(dup, EMFILE), C(dup2, EMFILE), C(pipe2, EMFILE), C(flock, EINTR, ENOLCK), C(ftruncate, EIO),
	C(statx, ENOSYS, EIO), C(stat, EIO), C(lstat, EIO), C(fstat, EIO), C(newfstatat, EIO, EACCES), C(statfs, EIO), C(fstatfs, EIO, ENOSYS),
	C(access, EACCES), C(faccessat, EACCES), C(faccessat2, ENOSYS, EACCES), C(readlink, EIO), C(readlinkat, EIO),
	C(mkdir, EACCES, ENOSPC), C(mkdirat, EROFS, ENOSPC), C(rmdir, EBUSY), C(unlink, EIO), C(unlinkat, EIO, EBUSY, EROFS),
	C(renameat, EIO), C(renameat2, EIO, EINVAL), C(rename, EIO), C(symlinkat, EROFS, ENOSPC), C(mknodat, EPERM, EROFS),
	C(chmod, EPERM, EIO), C(fchmod, EPERM, EIO), C(fchmodat, EPERM, EIO), C(fchown, EPERM, EIO), C(fchownat, EPERM, EIO), C(chdir, EACCES),
	C(fchdir, EACCES), C(getcwd, ENOENT), C(mmap, ENOMEM), C(munmap, EINVAL),
	C(clone, EAGAIN, ENOMEM), C(clone3, EAGAIN, ENOSYS, ENOSPC), C(fork, EAGAIN), C(vfork, EAGAIN), C(execve, EACCES, ENOMEM, ETXTBSY),
	C(execveat, EACCES, ENOSYS), C(wait4, EINTR), C(waitid, EINTR), C(nanosleep, EINTR), C(clock_nanosleep, EINTR), C(poll, EINTR, ENOMEM), C(ppoll, EINTR, ENOMEM),
	C(socket, EMFILE, EAFNOSUPPORT), C(socketpair, EMFILE), C(bind, EADDRINUSE, EACCES), C(listen, EADDRINUSE), C(accept4, EINTR, EMFILE),
	C(connect, ECONNREFUSED, EINTR), C(sendmsg, EPIPE, EINTR, ENOBUFS), C(recvmsg, ECONNRESET, EINTR), C(sendto, EPIPE), C(recvfrom, ECONNRESET),
	C(sendfile, EIO), C(setsockopt, EINVAL), C(getsockopt, EINVAL), C(shutdown, ENOTCONN), C(memfd_create, EMFILE, EINVAL),
	C(mount, EPERM, ENOMEM), C(umount2, EBUSY, EINVAL), C(pivot_root, EINVAL, EPERM), C(chroot, EPERM), C(open_tree, EPERM, ENOSYS),
	C(move_mount, EINVAL, ENOSYS), C(fsopen, EPERM, ENOSYS), C(fsconfig, EINVAL, EPERM), C(fsmount, EPERM, ENOMEM), C(mount_setattr, EINVAL, ENOSYS),
	C(unshare, EPERM, ENOSPC), C(setns, EPERM, EINVAL), C(sethostname, EPERM), C(setdomainname, EPERM), C(setsid, EPERM),
	C(prctl, EINVAL, EPERM), C(seccomp, EINVAL, ENOSYS, EACCES), C(capset, EPERM), C(capget, EPERM), C(setgroups, EPERM), C(setresuid, EAGAIN, EPERM),
	C(setresgid, EPERM), C(setrlimit, EPERM), C(prlimit64, EPERM), C(getrandom, EAGAIN), C(keyctl, EDQUOT, ENOSYS), C(bpf, EPERM, EINVAL),
	C(pidfd_open, EMFILE, ENOMEM), C(pidfd_send_signal, EPERM, EINVAL), C(kill, EPERM), C(close_range, ENOSYS, EMFILE),
	C(signalfd4, EMFILE), C(timerfd_create, EMFILE), C(epoll_create1, EMFILE),
	C(sched_setaffinity, EINVAL), C(personality, EINVAL), C(inotify_init1, EMFILE), C(inotify_add_watch, ENOSPC),
#undef C
};

/* They do not come back, or cannot fail with good arguments, or the C library takes it that they do not, before main(). */
static const long never[] = {
	SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_arch_prctl, SYS_brk, SYS_mprotect, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_umask,
	SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_set_tid_address, SYS_restart_syscall,
};
static const long sanitizers_own[] = { SYS_mmap, SYS_munmap, SYS_madvise, SYS_sigaltstack, SYS_sched_yield, SYS_futex };

static int is_among(long number, const long *numbers, size_t n)
{
	while (n-- > 0)
		if (numbers[n] == number)
			return 1;
	return 0;
}
#define IS_AMONG(number, numbers) is_among(number, numbers, sizeof numbers / sizeof *numbers)

static struct process { pid_t pid; int entering; unsigned long calls; } processes[MAX_PROCESSES];
static int n_processes;
static const char *report_path;
static int sanitized;

static void report(const char *what, const char *about, const char *more)
{
	FILE *f = fopen(report_path, "we");

	if (f) {
		fprintf(f, "%s%s%s%s%s\n", what, *about ? " " : "", about, *more ? " " : "", more);
		fclose(f);
	}
}

static struct process *find(pid_t pid)
{
	for (int i = 0; i < n_processes; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	if (n_processes == MAX_PROCESSES)
		exit(91);
	processes[n_processes] = (struct process) { .pid = pid };
	return &processes[n_processes++];
}

#ifdef __x86_64__
static long number_of(pid_t pid)
{
	struct user_regs_struct r;

	return ptrace(PTRACE_GETREGS, pid, 0, &r) < 0 ? -1 : (long) r.orig_rax;
}

static void skip_call(pid_t pid)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, pid, 0, &r);
	r.orig_rax = (unsigned long long) -1;
	ptrace(PTRACE_SETREGS, pid, 0, &r);
}

static void set_result(pid_t pid, int error)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, pid, 0, &r);
	r.rax = (unsigned long long) -error;
	ptrace(PTRACE_SETREGS, pid, 0, &r);
}
#else
#error "only x86_64 so far"
#endif

/* A look that does not wait is not interrupted. */
static int waits_not(pid_t pid, long number)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, pid, 0, &r);
	return (number == SYS_wait4 && r.rdx & WNOHANG) || (number == SYS_waitid && r.r10 & WNOHANG);
}

/* Which error, 0 for none; and the call's NAME. */
static int error_for(pid_t pid, long number, const char *what, char *name)
{
	static const int unknown[MAX_ERRORS] = { EIO, ENOSYS };
	const int *errors = unknown;
	int n = atoi(what), count = 0;

	sprintf(name, "%ld", number);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (calls[i].number == number) {
			strcpy(name, calls[i].name);
			errors = calls[i].errors;
		}
	if (IS_AMONG(number, never) || (sanitized && IS_AMONG(number, sanitizers_own)) || waits_not(pid, number))
		return 0;
	while (count < MAX_ERRORS && errors[count])
		count++;
	if (what[strlen(what) - 1] == '%')
		n %= count;
	return n < count ? errors[n] : 0;
}

/* The point is reached: the error to give, or 0. */
static int strike(struct process *p, const char *what)
{
	char name[64];
	long number = number_of(p->pid);
	int error;

	error = error_for(p->pid, number, what, name);
	if (!strcmp(what, "kill")) {
		report("hit", name, "kill");
		kill(p->pid, SIGKILL);
		return 0;
	}
	if (!error) {
		report("no error", name, "");
		return 0;
	}
	report("hit", name, strerrorname_np(error));
	/* Whatever close(2) says, the descriptor is closed (Linux, close(2), NOTES). */
	if (number != SYS_close)
		skip_call(p->pid);
	return error;
}

/* Seized and not asked to be traced: what such a process makes is never stopped by a SIGSTOP, which would outlive us. */
static pid_t start(char **program)
{
	int go[2], status;
	pid_t pid;
	char byte;

	if (pipe2(go, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		exit(92);
	if (pid == 0) {
		close(go[1]);
		(void) !read(go[0], &byte, 1);
		execvp(program[0], program);
		_exit(127);
	}
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		   PTRACE_O_TRACECLONE) < 0 || ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0 || waitpid(pid, &status, __WALL) < 0) {
		perror("ptrace");
		kill(pid, SIGKILL);
		exit(92);
	}
	find(pid);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	close(go[1]);
	close(go[0]);
	return pid;
}

int main(int argc, char **argv)
{
	int target, status, pending = 0, began = 0;
	unsigned long call;
	const char *what;
	pid_t first, pid;

	if (argc < 6)
		return 2;
	report_path = argv[1];
	sanitized = getenv("SANITIZED") && *getenv("SANITIZED");
	target = atoi(argv[2]);
	call = strtoul(argv[3], NULL, 10);
	what = argv[4];
	report("beyond", "", "");
	first = start(argv + 5);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		struct process *p;
		int event = status >> 16, sig = 0;

		if (!WIFSTOPPED(status)) {
			if (pid == first)
				return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
			continue;
		}
		p = find(pid);
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			p->entering = !p->entering;
			if (sanitized && p->entering && pid == first && number_of(pid) == SYS_poll)
				began = 1;
			if (began && p->entering && ++p->calls == call && p == &processes[target] && !pending)
				pending = strike(p, what);
			else if (!p->entering && pending && p == &processes[target] && p->calls == call) {
				set_result(pid, pending);
				pending = 0;
			}
		} else if (event == PTRACE_EVENT_EXEC) {
			if (pid == first)
				began = !sanitized;
			else {
				ptrace(PTRACE_DETACH, pid, 0, 0);
				continue;
			}
		} else if (!event && WSTOPSIG(status) != SIGTRAP) {
			sig = WSTOPSIG(status);
		}
		ptrace(PTRACE_SYSCALL, pid, 0, sig);
	}
	return 93;
}
