/* middle.c - see middle.h */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "process/channel.h"
#include "process/middle.h"
#include "sys/interrupt.h"
#include "sys/process.h"

static void middle_main(pid_t (*birth)(void *context, struct error *err), void *context, struct channel *to)
	__attribute__((noreturn));
static void middle_main(pid_t (*birth)(void *context, struct error *err), void *context, struct channel *to)
{
	struct error err = { 0 };
	pid_t pid = birth(context, &err);

	/* Send its pid: a pidfd would be ours, not the runtime's. */
	if (pid < 0)
		channel_send_error(to, &err);
	else
		channel_send(to, MSG_BORN, &pid, sizeof pid, -1, &err);
	_exit(pid < 0);
}

/* True if there is something to hear on OURS, or, if INTERRUPTIBLY, a signal to give up; false if the process behind
 * MIDDLE has ended without a word. */
static bool has_word(const struct channel *ours, int middle, bool interruptibly)
{
	struct pollfd p[] = {
		{ middle, POLLIN, 0 }, { ours->fd, POLLIN, 0 }, { interruptibly ? interrupt_fd() : -1, POLLIN, 0 },
	};

	while (process_poll(p, ARRAY_SIZE(p), -1) < 0)
		if (errno != EINTR)
			return true;
	return p[1].revents || p[2].revents;
}

int middle_next(struct channel *ours, int middle, void *data, size_t size, int *fd, struct error *err)
{
	*fd = -1;
	return has_word(ours, middle, true) ? channel_next(ours, data, size, fd, err) : MSG_COUNT;
}

int middle_succeed(pid_t born, pid_t *pid, int *pidfd, struct error *err)
{
	siginfo_t info;

	if (born <= 0 || born == *pid || waitid(P_PID, (id_t) born, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return fail_code(err, ERROR_PROTOCOL, "process %d, said to be the new one, is not our child",
				 (int) born);
	process_reap(*pid);
	cleanup_close(pidfd);
	*pidfd = process_hold_child(born, err);
	*pid = *pidfd < 0 ? -1 : born;
	return *pidfd < 0 ? -1 : 0;
}

int middle_birth(pid_t (*birth)(void *context, struct error *err), void *context, pid_t *pid, int *pidfd,
		 struct error *err)
{
	struct channel ours, theirs;
	pid_t born = 0;
	int got = -1;

	if (channel_pair(&ours, &theirs, err) < 0)
		return -1;
	ours.peer = "the middle process";
	*pid = process_clone(0, -1, false, pidfd, err);
	if (*pid == 0) {
		channel_close(&ours);
		middle_main(birth, context, &theirs);
	}
	channel_close(&theirs);
	if (*pid > 0)
		got = has_word(&ours, *pidfd, false) ? channel_next(&ours, &born, sizeof born, NULL, err) : MSG_COUNT;
	channel_close(&ours);
	if (got == MSG_BORN && middle_succeed(born, pid, pidfd, err) == 0)
		return 0;
	if (got == MSG_COUNT)
		fail_code(err, ERROR_PROTOCOL, "the middle process ended before the new one was born");
	cleanup_close(pidfd);
	process_kill_child(pid);
	return -1;
}
