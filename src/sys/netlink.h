/*
 * netlink.h - rtnetlink(7): reading and changing the kernel's network devices
 *
 * A socket belongs to the network namespace it was opened in.  A message is
 * built in a buffer of fixed size: an attribute that does not fit, or whose
 * length exceeds 16 bits, spoils the message, which is then never sent
 * (CVE-2021-43784 was such a length).
 */
#pragma once
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct netlink {
	int fd;
	uint32_t sequence;
};

#define NETLINK_MESSAGE 1024

struct netlink_message {
	union {
		struct nlmsghdr head;
		char bytes[NETLINK_MESSAGE];
	};
	bool spoilt;
};

/* Open a socket in the network namespace that we are in.  The caller closes nl->fd. */
int netlink_open(struct netlink *nl, struct error *err);

/* Begin a request: TYPE (RTM_*), FLAGS (NLM_F_*) and its fixed part. */
void netlink_begin(struct netlink_message *m, unsigned type, unsigned flags, const void *body, size_t size);

/* Add an attribute; a text includes its '\0'. */
void netlink_add(struct netlink_message *m, unsigned type, const void *data, size_t size);
void netlink_add_text(struct netlink_message *m, unsigned type, const char *text);

/* Send M and wait for the end of the answer.  EACH (may be NULL) is called for each of its messages, and returns true
 * to stop.  -1 with ERR: the kernel's errno and, since 4.12, its own words; EAGAIN if a list changed while it was
 * read. */
int netlink_talk(struct netlink *nl, struct netlink_message *m,
		 bool (*each)(void *context, const struct nlmsghdr *answer), void *context, struct error *err);

/* The attribute TYPE after the fixed part (SIZE bytes) of ANSWER: its bytes, and in *N their number.  NULL if it is not
 * there, or has fewer than LEAST bytes. */
const void *netlink_attribute(const struct nlmsghdr *answer, size_t size, unsigned type, size_t least, size_t *n);
