/* netlink.c - see netlink.h */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/netlink.h"

#define ANSWER 32768	/* more than any packet has */

int netlink_open(struct netlink *nl, struct error *err)
{
	auto_fd fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int yes = 1;

	if (fd < 0)
		return fail(err, errno, "open a netlink socket");
	/* The kernel's own words about an error (4.12), without our request again (4.3). */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &yes, sizeof yes);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof yes);
	*nl = (struct netlink) { .fd = take_fd(fd) };
	return 0;
}

void netlink_begin(struct netlink_message *m, unsigned type, unsigned flags, const void *body, size_t size)
{
	memset(m, 0, sizeof *m);
	m->head.nlmsg_type = (uint16_t) type;
	m->head.nlmsg_flags = (uint16_t) (NLM_F_REQUEST | NLM_F_ACK | flags);
	m->head.nlmsg_len = (uint32_t) NLMSG_LENGTH(size);
	memcpy(NLMSG_DATA(&m->head), body, size);
}

void netlink_add(struct netlink_message *m, unsigned type, const void *data, size_t size)
{
	size_t at = NLMSG_ALIGN(m->head.nlmsg_len);
	struct rtattr attribute = { .rta_len = (unsigned short) RTA_LENGTH(size), .rta_type = (unsigned short) type };

	if (size > sizeof m->bytes || RTA_SPACE(size) > sizeof m->bytes - at) {
		m->spoilt = true;
		return;
	}
	memcpy(m->bytes + at, &attribute, sizeof attribute);
	memcpy(m->bytes + at + RTA_LENGTH(0), data, size);
	m->head.nlmsg_len = (uint32_t) (at + RTA_LENGTH(size));
}

void netlink_add_text(struct netlink_message *m, unsigned type, const char *text)
{
	netlink_add(m, type, text, strlen(text) + 1);
}

/* ATTRIBUTES are N bytes. */
static const void *find(const char *attributes, size_t n, unsigned type, size_t least, size_t *size)
{
	struct rtattr a;

	for (; n >= sizeof a; attributes += RTA_ALIGN(a.rta_len), n -= RTA_ALIGN(a.rta_len)) {
		memcpy(&a, attributes, sizeof a);
		if (a.rta_len < sizeof a || a.rta_len > n)
			return NULL;
		if ((a.rta_type & NLA_TYPE_MASK) == type) {
			*size = a.rta_len - RTA_LENGTH(0);
			return *size < least ? NULL : attributes + RTA_LENGTH(0);
		}
		if (RTA_ALIGN(a.rta_len) > n)
			return NULL;
	}
	return NULL;
}

const void *netlink_attribute(const struct nlmsghdr *answer, size_t size, unsigned type, size_t least, size_t *n)
{
	size_t head = NLMSG_SPACE(size);

	if (answer->nlmsg_len < head)
		return NULL;
	return find((const char *) answer + head, answer->nlmsg_len - head, type, least, n);
}

/* An answer's last message: 0 for success, or the refusal. */
static int acknowledged(const struct nlmsghdr *answer, struct error *err)
{
	struct nlmsgerr e;
	const char *text = NULL;
	size_t n = 0;

	if (answer->nlmsg_len < NLMSG_LENGTH(sizeof e))
		return fail(err, EPROTO, "netlink: a short answer");
	memcpy(&e, NLMSG_DATA(answer), sizeof e);
	if (e.error == 0)
		return 0;
	if (answer->nlmsg_flags & NLM_F_ACK_TLVS)
		text = netlink_attribute(answer, sizeof e, NLMSGERR_ATTR_MSG, 2, &n);
	if (text)
		return fail(err, -e.error, "the kernel says \"%.*s\"", (int) strnlen(text, n), text);
	return fail(err, -e.error, "the kernel refuses");
}

struct talk {
	uint32_t sequence;
	bool (*each)(void *context, const struct nlmsghdr *answer);
	void *context;
	bool torn;
};

/* One message: 1 if the answer is at its end, 0 if more is to come. */
static int hear(struct talk *talk, const struct nlmsghdr *answer, struct error *err)
{
	int number = 0;

	if (answer->nlmsg_seq != talk->sequence)
		return 0;	/* of an earlier request, whose answer was not read to its end */
	talk->torn |= answer->nlmsg_flags & NLM_F_DUMP_INTR;
	switch (answer->nlmsg_type) {
	case NLMSG_ERROR:
		return acknowledged(answer, err) < 0 ? -1 : 1;
	case NLMSG_DONE:
		if (answer->nlmsg_len >= NLMSG_LENGTH(sizeof number))
			memcpy(&number, NLMSG_DATA(answer), sizeof number);
		return number < 0 ? fail(err, -number, "the kernel refuses") : 1;
	default:
		return talk->each && talk->each(talk->context, answer);
	}
}

/* The same for a packet of messages. */
static int hear_all(struct talk *talk, const char *packet, size_t n, struct error *err)
{
	int end = 0;

	while (end == 0 && n >= NLMSG_HDRLEN) {
		/* The buffer is aligned, and so is each message in it. */
		const struct nlmsghdr *answer = (const struct nlmsghdr *) (const void *) packet;
		size_t whole = answer->nlmsg_len;

		if (whole < NLMSG_HDRLEN || whole > n)
			return fail(err, EPROTO, "netlink: a torn answer");
		end = hear(talk, answer, err);
		whole = NLMSG_ALIGN(whole) < n ? NLMSG_ALIGN(whole) : n;
		packet += whole;
		n -= whole;
	}
	return end;
}

int netlink_talk(struct netlink *nl, struct netlink_message *m,
		 bool (*each)(void *context, const struct nlmsghdr *answer), void *context, struct error *err)
{
	union { struct nlmsghdr align; char bytes[ANSWER]; } packet;
	struct talk talk = { .sequence = ++nl->sequence, .each = each, .context = context };
	int end = 0;

	if (m->spoilt)
		return fail(err, EMSGSIZE, "the netlink request is too long");
	m->head.nlmsg_seq = talk.sequence;
	if (send(nl->fd, m->bytes, m->head.nlmsg_len, 0) < 0)
		return fail(err, errno, "send a netlink request");
	while (end == 0) {
		ssize_t n = recv(nl->fd, packet.bytes, sizeof packet.bytes, MSG_TRUNC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(err, errno, "wait for the answer to a netlink request");
		if ((size_t) n > sizeof packet.bytes)
			return fail(err, EMSGSIZE, "the answer to a netlink request is too long");
		end = hear_all(&talk, packet.bytes, (size_t) n, err);
	}
	if (end < 0)
		return -1;
	return talk.torn ? fail(err, EAGAIN, "the list changed while it was read") : 0;
}
