/* middle.c - see middle.h */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "container/channel.h"
#include "container/middle.h"
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

/* The new process also holds the other end of our channel until its program runs, so the channel does not show that the
 * middle process is gone. */
static int hear(struct channel *ours, int middle, pid_t *born, struct error *err)
{
	struct pollfd p[] = { { middle, POLLIN, 0 }, { ours->fd, POLLIN, 0 } };

	while (process_poll(p, ARRAY_SIZE(p), -1) < 0)
		if (errno != EINTR)
			return fail(err, errno, "wait for the middle process");
	return p[1].revents ? channel_next(ours, born, sizeof *born, NULL, err) : MSG_COUNT;
}

int middle_birth(pid_t (*birth)(void *context, struct error *err), void *context, pid_t *pid, int *pidfd,
		 struct error *err)
{
	struct channel ours, theirs;
	pid_t middle, born;
	auto_fd fd = -1;
	int got = -1;

	if (channel_pair(&ours, &theirs, err) < 0)
		return -1;
	ours.peer = "the middle process";
	middle = process_clone(0, -1, false, &fd, err);
	if (middle == 0) {
		channel_close(&ours);
		middle_main(birth, context, &theirs);
	}
	channel_close(&theirs);
	if (middle > 0)
		got = hear(&ours, fd, &born, err);
	channel_close(&ours);
	if (middle > 0)
		process_reap(middle);
	if (got == MSG_COUNT)
		fail_code(err, ERROR_PROTOCOL, "the middle process ended before the new one was born");
	if (got != MSG_BORN)
		return -1;
	*pidfd = process_hold_child(born, err);
	*pid = *pidfd < 0 ? -1 : born;
	return *pidfd < 0 ? -1 : 0;
}
