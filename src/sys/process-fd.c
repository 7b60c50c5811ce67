/*
 * process-fd.c - a process held by a descriptor
 *
 * That is a pidfd.  Before 5.3, or where a filter refuses them, it is the
 * process's folder in /proc, which is bound to the process as firmly: once it
 * has ended nothing can be opened in there any more, whoever has the pid.  But
 * then a signal has to be sent by number, after a check that the process is
 * alive; its end is found by polling; and namespaces are entered one by one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/number.h"
#include "sys/disable.h"
#include "sys/interrupt.h"
#include "sys/namespace.h"
#include "sys/process.h"

#define LOOK_MS 10	/* between two checks of a process without a pidfd */

bool process_has_pidfds(void)
{
	static enum { UNKNOWN, NO, YES } has;

	if (has == UNKNOWN) {
		/* A kernel that knows the call answers EINVAL. */
		const bool known = syscall(SYS_pidfd_open, -1, 0) < 0 && errno != ENOSYS && errno != EPERM;

		has = known && !disabled("pidfd") ? YES : NO;
	}
	return has == YES;
}

static bool is_folder(int process)
{
	struct statfs fs;

	return !process_has_pidfds() && fstatfs(process, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static int open_folder(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof path, "/proc/%d", (int) pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		errno = ESRCH;
	return fd;
}

/* What FOLDER says about its process; -1 with errno ESRCH if that has ended. */
static int look(int folder, pid_t *pid, struct process_stat *stat)
{
	auto_fd fd = openat(folder, "stat", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char text[1024];
	const char *p = text;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	uint64_t number;

	if (n > 0) {
		text[n] = '\0';
		if (number_take(&p, &number) && process_stat_parse(text, stat)) {
			*pid = (pid_t) number;
			return 0;
		}
	}
	errno = ESRCH;
	return -1;
}

static bool has_ended(int folder)
{
	struct process_stat stat;
	pid_t pid;

	return look(folder, &pid, &stat) < 0 || process_stat_ended(&stat);
}

int process_hold(pid_t pid)
{
	int fd = process_has_pidfds() ? (int) syscall(SYS_pidfd_open, pid, 0) : open_folder(pid);

	/* EINVAL (ENOENT since 6.15): a thread has that number now, or it is no pid at all. */
	if (fd < 0 && (errno == EINVAL || errno == ENOENT))
		errno = ESRCH;
	return fd;
}

int process_open(pid_t pid, uint64_t start_time)
{
	auto_fd fd = process_hold(pid);
	struct process_stat stat;

	if (fd < 0)
		return -1;
	/* If the process with this number now started at that time, it had the number when the pidfd was opened. */
	if (process_stat(pid, &stat) < 0) {
		if (process_gone(errno))
			errno = ESRCH;
		return -1;
	}
	if (stat.start_time != start_time) {
		errno = ESRCH;
		return -1;
	}
	return take_fd(fd);
}

int process_signal(int process, int sig)
{
	struct process_stat stat;
	pid_t pid;

	if (!is_folder(process))
		return (int) syscall(SYS_pidfd_send_signal, process, sig, NULL, 0);
	return look(process, &pid, &stat) < 0 ? -1 : kill(pid, sig);
}

/* How much is left of MS milliseconds that end at END. */
static int left_ms(int ms, int64_t end)
{
	int64_t left = end - clock_ms();

	return ms <= 0 ? ms : left > 0 ? (int) left : 0;
}

int process_poll(struct pollfd *fds, nfds_t n, int ms)
{
	const int64_t end = ms > 0 ? clock_ms() + ms : 0;
	const bool by_folder = fds[0].fd >= 0 && is_folder(fds[0].fd);
	int ready;

	if (!by_folder)
		return poll(fds, n, ms);
	for (;;) {
		const int left = left_ms(ms, end);
		const int wait = left < 0 || left > LOOK_MS ? LOOK_MS : left;
		const bool ended = has_ended(fds[0].fd);

		ready = poll(fds + 1, n - 1, ended ? 0 : wait);
		fds[0].revents = ended ? POLLIN : 0;
		if (ended)
			return ready > 0 ? ready + 1 : 1;
		if (ready || (left >= 0 && left <= wait))
			return ready;
	}
}

/* INTERRUPT: what else may end the wait, or -1. */
static int wait_end(int process, int interrupt, int ms)
{
	struct pollfd p[] = { { process, POLLIN, 0 }, { interrupt, POLLIN, 0 } };
	const int64_t end = ms > 0 ? clock_ms() + ms : 0;
	int n;

	while ((n = process_poll(p, ARRAY_SIZE(p), left_ms(ms, end))) < 0 && errno == EINTR)
		;
	if (n <= 0)
		return n;
	if (p[0].revents & ~POLLNVAL)
		return 1;
	errno = p[0].revents ? EBADF : EINTR;
	return -1;
}

int process_wait_end(int process, int ms)
{
	return wait_end(process, -1, ms);
}

static bool child_has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t) pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

int process_wait_child(pid_t pid, int pidfd, bool interruptibly, int ms)
{
	struct pollfd interrupt = { interruptibly ? interrupt_fd() : -1, POLLIN, 0 };
	const int64_t end = ms > 0 ? clock_ms() + ms : 0;

	if (pidfd >= 0 && process_has_pidfds())
		return wait_end(pidfd, interrupt.fd, ms);
	/* Not by its folder: /proc may belong to another pid namespace, where the number is somebody else's. */
	for (;;) {
		const int left = left_ms(ms, end);
		const int wait = left < 0 || left > LOOK_MS ? LOOK_MS : left;

		if (child_has_ended(pid))
			return 1;
		if (poll(&interrupt, 1, wait) > 0) {
			errno = EINTR;
			return -1;
		}
		if (left >= 0 && left <= wait)
			return child_has_ended(pid);
	}
}

/* ---- its namespaces --------------------------------------------------------- */

/* Open those of FLAGS that we are not in already; the others are -1. */
static int open_namespaces(int folder, int flags, int fds[N_NAMESPACES])
{
	for (size_t i = 0; i < N_NAMESPACES; i++) {
		char path[40];

		if (!(flags & namespace_kinds[i].flag))
			continue;
		snprintf(path, sizeof path, "ns/%s", namespace_kinds[i].proc);
		/* A link, but one that the kernel made: the folder is in procfs. */
		fds[i] = openat(folder, path, O_RDONLY | O_CLOEXEC);
		if (fds[i] < 0)
			return -1;
		if (namespace_is_ours(fds[i], namespace_kinds[i].flag))
			cleanup_close(&fds[i]);
	}
	return 0;
}

/* Enter all but those of the kind BUT.  LATER: one that is not allowed now may be allowed later. */
static int enter_each(int fds[N_NAMESPACES], int but, bool later)
{
	for (size_t i = 0; i < N_NAMESPACES; i++) {
		if (fds[i] < 0 || namespace_kinds[i].flag == but)
			continue;
		if (setns(fds[i], namespace_kinds[i].flag) == 0)
			cleanup_close(&fds[i]);
		else if (errno != EPERM || !later)
			return -1;
	}
	return 0;
}

static int enter_user(int fds[N_NAMESPACES])
{
	for (size_t i = 0; i < N_NAMESPACES; i++)
		if (namespace_kinds[i].flag == CLONE_NEWUSER && fds[i] >= 0) {
			if (setns(fds[i], CLONE_NEWUSER) < 0)
				return -1;
			cleanup_close(&fds[i]);
		}
	return 0;
}

/* Before 5.8: all are opened before the first is entered.  Those that belong to an outer user namespace can be entered
 * only from there, those that belong to the new one perhaps only in it. */
static int enter_one_by_one(int folder, int flags)
{
	int fds[N_NAMESPACES], result, number;

	memset(fds, 0xff, sizeof fds);
	result = open_namespaces(folder, flags, fds);
	if (result == 0 && flags & CLONE_NEWUSER)
		result = enter_each(fds, CLONE_NEWUSER, true);
	if (result == 0)
		result = enter_user(fds);
	if (result == 0)
		result = enter_each(fds, 0, false);
	number = errno;
	for (size_t i = 0; i < N_NAMESPACES; i++)
		cleanup_close(&fds[i]);
	errno = number;
	return result;
}

int process_enter(int process, pid_t pid, int flags)
{
	auto_fd folder = -1;

	if (is_folder(process))
		return enter_one_by_one(process, flags);
	if (!disabled("setns") && setns(process, flags) == 0)
		return 0;
	if (!disabled("setns") && errno != EINVAL)
		return -1;
	/* If the process is alive after the folder with its number was opened, that folder is its own. */
	if ((folder = open_folder(pid)) < 0 || process_signal(process, 0) < 0)
		return -1;
	return enter_one_by_one(folder, flags);
}
