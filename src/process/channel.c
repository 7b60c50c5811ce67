/* channel.c - see channel.h */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "process/channel.h"
#include "sys/interrupt.h"
#include "sys/socket.h"

#define MAX_LOG 1024

static const char *const names[MSG_COUNT + 1] = {
#define M(name) #name,
	MESSAGES(M)
#undef M
	"its end"
};

int channel_pair(struct channel *runtime, struct channel *init, struct error *err)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
		return fail(err, errno, "make a socket pair");
	*runtime = (struct channel) { fd[0], "the container's process" };
	*init = (struct channel) { fd[1], "the runtime" };
	return 0;
}

void channel_close(struct channel *ch)
{
	if (ch->fd >= 0)
		close(ch->fd);
	ch->fd = -1;
}

int channel_send(struct channel *ch, enum message m, const void *data, size_t size, int fd, struct error *err)
{
	uint32_t head = m;
	struct iovec v[2] = { { &head, sizeof head }, { (void *) data, size } };
	struct msghdr h = { .msg_iov = v, .msg_iovlen = 2 };
	union socket_rights rights;
	ssize_t n;

	socket_give(&h, &rights, fd);
	do
		n = sendmsg(ch->fd, &h, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(err, errno, "tell %s %s", ch->peer, names[m]);
	return 0;
}

bool channel_lost(const struct error *err)
{
	return err->number == EPIPE || err->number == ECONNRESET;
}

void channel_send_error(struct channel *ch, const struct error *err)
{
	struct error ignored;

	channel_send(ch, MSG_ERROR, err, sizeof *err, -1, &ignored);
}

void channel_log(void *channel, int level, const char *text)
{
	char body[MAX_LOG];
	struct error ignored;
	uint32_t l = (uint32_t) level;
	int n = snprintf(body + sizeof l, sizeof body - sizeof l, "%s", text);

	memcpy(body, &l, sizeof l);
	if (n >= (int) (sizeof body - sizeof l))
		n = (int) (sizeof body - sizeof l) - 1;
	channel_send(channel, MSG_LOG, body, sizeof l + (size_t) n + 1, -1, &ignored);
}

/* Wait for a packet or the end, unless a signal tells us to give up.  What the peer has sent comes first: once its
 * program runs, a signal is meant for the program. */
static int wait_for_packet(const struct channel *ch, struct error *err)
{
	struct pollfd p[] = { { ch->fd, POLLIN, 0 }, { interrupt_fd(), POLLIN, 0 } };

	while (p[1].fd >= 0 && !p[0].revents) {
		if (poll(p, ARRAY_SIZE(p), -1) < 0) {
			if (errno != EINTR)
				return fail(err, errno, "wait for %s", ch->peer);
			continue;
		}
		if (!p[0].revents && interrupt_check(err) < 0)
			return -1;
	}
	return 0;
}

/* Receive one packet.  Returns the size of its payload; -2 at the end. */
static ssize_t receive(struct channel *ch, uint32_t *head, void *body, size_t size, int *fd, struct error *err)
{
	struct iovec v[2] = { { head, sizeof *head }, { body, size } };
	struct msghdr h = { .msg_iov = v, .msg_iovlen = 2 };
	union socket_rights rights;
	ssize_t n;

	*fd = -1;
	if (wait_for_packet(ch, err) < 0)
		return -1;
	socket_take(&h, &rights);
	/* If the peer closed without reading everything, the kernel first reports that once (ECONNRESET), and then
	 * delivers what is still queued: it may be the peer's last word. */
	do
		n = recvmsg(ch->fd, &h, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return fail(err, errno, "listen to %s", ch->peer);
	if (n == 0)
		return -2;
	*fd = socket_taken(&h);
	if ((size_t) n < sizeof *head || *head >= MSG_COUNT || h.msg_flags & MSG_TRUNC) {
		cleanup_close(fd);
		return fail_code(err, ERROR_PROTOCOL, "%s sent what is no message", ch->peer);
	}
	return n - (ssize_t) sizeof *head;
}

/* Take over the peer's error.  It comes from inside the container: terminate its strings ourselves. */
static void take_error(const char *body, struct error *err)
{
	memcpy(err, body, sizeof *err);
	err->file[sizeof err->file - 1] = err->pointer[sizeof err->pointer - 1] =
		err->message[sizeof err->message - 1] = '\0';
}

int channel_next(struct channel *ch, void *data, size_t size, int *fd, struct error *err)
{
	char body[sizeof(struct error) > MAX_LOG ? sizeof(struct error) : MAX_LOG];
	uint32_t head, level;
	bool refused = false;

	if (fd)
		*fd = -1;
	for (;;) {
		int got;
		ssize_t n = receive(ch, &head, body, sizeof body, &got, err);
		auto_fd received = got;
		if (n == -2) {
			log_debug("%s: the end", ch->peer);
			return refused ? -1 : MSG_COUNT;
		}
		if (n < 0)
			return -1;
		if (head == MSG_LOG && (size_t) n > sizeof level) {
			memcpy(&level, body, sizeof level);
			body[n - 1] = '\0';
			log_line(level, body + sizeof level);
			continue;
		}
		if ((head == MSG_ERROR || head == MSG_REFUSED) && (size_t) n == sizeof *err) {
			take_error(body, err);
			refused = true;
			if (head == MSG_ERROR)
				return -1;
			continue;
		}
		if (fd)
			*fd = take_fd(received);
		if (n > 0 && (size_t) n != size)
			return fail_code(err, ERROR_PROTOCOL, "%s sent %s with %zd bytes, not %zu", ch->peer,
					 names[head], n, size);
		if (n > 0)
			memcpy(data, body, size);
		log_debug("%s: %s", ch->peer, names[head]);
		return (int) head;
	}
}

int channel_expect(struct channel *ch, enum message m, struct error *err)
{
	int got = channel_next(ch, NULL, 0, NULL, err);

	if (got == (int) m)
		return 0;
	if (got == MSG_COUNT)
		return fail_code(err, ERROR_PROTOCOL, "%s ended before %s", ch->peer, names[m]);
	if (got >= 0)
		return fail_code(err, ERROR_PROTOCOL, "expected %s from %s, got %s", names[m], ch->peer, names[got]);
	return -1;
}
