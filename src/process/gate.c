/* gate.c - see gate.h */
#include <sys/socket.h>

#include "base/cleanup.h"
#include "process/gate.h"
#include "sys/process.h"
#include "sys/socket.h"

int gate_make(int folder, struct error *err)
{
	int gate = socket_listen(folder, "start", SOCK_SEQPACKET, err);

	return gate < 0 ? wrap(err, "make the gate for start") : gate;
}

int gate_wait(int gate, struct channel *channel, struct error *err)
{
	for (;;) {
		*channel = (struct channel) { accept4(gate, NULL, NULL, SOCK_CLOEXEC), "start" };
		if (channel->fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (channel->fd < 0)
			return fail(err, errno, "wait for start");
		if (channel_send(channel, MSG_STARTING, NULL, 0, -1, err) == 0)
			return 0;
		/* That `start` was killed before it could be answered: the container stays created. */
		channel_close(channel);
		if (!channel_lost(err))
			return -1;
	}
}

/* After STARTING: wait until the program runs.  If the channel ends without EXEC, init has died. */
static int follow(struct channel *ch, int (*on_listener)(void *context, int listener, struct error *err), void *context,
		  struct error *err)
{
	for (bool last = false;;) {
		int fd, got = channel_next(ch, NULL, 0, &fd, err);
		auto_fd listener = fd;
		if (got < 0)
			return -1;
		if (got == MSG_COUNT && last)
			return 0;
		if (got == MSG_COUNT)
			return fail_code(err, ERROR_STATE,
					 "the container's first process ended before its program ran (was it killed?)");
		if (got == MSG_EXEC) {
			last = true;
			continue;
		}
		if (got != MSG_SECCOMP || listener < 0)
			return fail_code(err, ERROR_PROTOCOL, "the container's first process spoke out of turn");
		if (on_listener(context, listener, err) < 0 || channel_send(ch, MSG_SECCOMP_DONE, NULL, 0, -1, err) < 0)
			return -1;
	}
}

int gate_connect(int folder, int init, struct channel *channel, struct error *err)
{
	*channel = (struct channel) { socket_connect(folder, "start", SOCK_SEQPACKET, err),
				      "the container's first process" };
	if (channel->fd >= 0)
		return 0;
	/* Only these say that nobody listens any more, or that the container was deleted. */
	if (err->number != ECONNREFUSED && err->number != ENOENT)
		return wrap(err, "reach %s", channel->peer);
	if (process_wait_end(init, 0) == 0)
		return fail_code(err, ERROR_STATE, "cannot start an already running container");
	return fail_code(err, ERROR_STATE, "cannot start a container that has stopped");
}

int gate_open(struct channel *channel, int (*on_listener)(void *context, int listener, struct error *err),
	      void *context, struct error *err)
{
	int result = channel_next(channel, NULL, 0, NULL, err);

	if (result == MSG_STARTING)
		result = follow(channel, on_listener, context, err);
	else if (result >= 0)
		result = fail_code(err, ERROR_STATE, "cannot start an already running container");
	channel_close(channel);
	return result;
}
