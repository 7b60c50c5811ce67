/* net-routes.c - see net-routes.h */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"
#include "libocispec/arena.h"
#include "sys/netlink.h"
#include "tune/net-routes.h"

#define TRIES 8	 /* to read a list without a change in between */
#define MOST 512 /* bytes of one route */

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12 /* Linux 4.20: the kernel sends only what is asked for */
#endif

/* Not RTA_OIF, a number that changes, nor RTA_NH_ID, whose object vanishes with the device; the kernel reports the
 * contents of that object as well. */
static const unsigned char kept[] = {
	RTA_DST,
	RTA_SRC,
	RTA_GATEWAY,
	RTA_VIA,
	RTA_PRIORITY,
	RTA_PREFSRC,
	RTA_METRICS,
	RTA_FLOW,
	RTA_TABLE,
	RTA_ENCAP_TYPE,
	RTA_ENCAP,
	RTA_PREF,
};

/* ---- noting --------------------------------------------------------------- */

struct notes {
	struct arena *arena;
	int index;
	char **routes;
	size_t n;
};

static char *print_bytes(struct arena *arena, const unsigned char *bytes, size_t n)
{
	char *text = arena_alloc(arena, 2 * n + 1);

	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

static bool is_set_by_somebody(const struct rtmsg *route)
{
	return (route->rtm_type == RTN_UNICAST || route->rtm_type == RTN_MULTICAST) &&
	       !(route->rtm_flags & RTM_F_CLONED) && route->rtm_protocol != RTPROT_KERNEL &&
	       route->rtm_protocol != RTPROT_RA && route->rtm_protocol != RTPROT_REDIRECT;
}

static bool note_route(void *context, const struct nlmsghdr *answer)
{
	struct notes *notes = context;
	struct netlink_message m;
	struct rtmsg route;
	const void *value;
	int index;
	size_t n;

	if (answer->nlmsg_type != RTM_NEWROUTE || answer->nlmsg_len < NLMSG_LENGTH(sizeof route))
		return false;
	memcpy(&route, NLMSG_DATA(answer), sizeof route);
	value = netlink_attribute(answer, sizeof route, RTA_OIF, sizeof index, &n);
	if (!value || !is_set_by_somebody(&route))
		return false;
	memcpy(&index, value, sizeof index);
	if (index != notes->index)
		return false;
	/* The other flags describe the route's current state. */
	route.rtm_flags &= RTNH_F_ONLINK;
	netlink_begin(&m, RTM_NEWROUTE, 0, &route, sizeof route);
	for (size_t i = 0; i < sizeof kept; i++)
		if ((value = netlink_attribute(answer, sizeof route, kept[i], 0, &n)))
			netlink_add(&m, kept[i], value, n);
	n = m.head.nlmsg_len - NLMSG_HDRLEN;
	if (m.spoilt || n > MOST)
		return false;
	*(char **) arena_push(notes->arena, &notes->routes, notes->n, sizeof(char *)) =
		print_bytes(notes->arena, NLMSG_DATA(&m.head), n);
	notes->n++;
	return false;
}

static int note_family(struct notes *notes, struct netlink *nl, unsigned char family, bool only_ours, struct error *err)
{
	struct rtmsg route = { .rtm_family = family };
	size_t before = notes->n;
	struct netlink_message m;

	for (int tries = TRIES;; tries--) {
		notes->n = before;
		netlink_begin(&m, RTM_GETROUTE, NLM_F_DUMP, &route, sizeof route);
		if (only_ours)
			netlink_add(&m, RTA_OIF, &notes->index, sizeof notes->index);
		if (netlink_talk(nl, &m, note_route, notes, err) == 0)
			return 0;
		/* The kernel supports no routes, or not that family. */
		if (err->number == EOPNOTSUPP || err->number == EAFNOSUPPORT || err->number == ENOENT)
			return 0;
		if (err->number != EAGAIN || tries == 0)
			return wrap(err, "read the routes");
	}
}

int net_routes_note(struct arena *arena, struct netlink *nl, int index, char ***routes, size_t *n, struct error *err)
{
	struct notes notes = { .arena = arena, .index = index };
	int yes = 1, no = 0, result;

	/* A router may have a million other routes. */
	bool strict = setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &yes, sizeof yes) == 0;
	result = note_family(&notes, nl, AF_INET, strict, err);
	if (result == 0)
		result = note_family(&notes, nl, AF_INET6, strict, err);
	if (strict)
		setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &no, sizeof no);
	*routes = notes.routes;
	*n = notes.n;
	return result;
}

/* ---- and setting again ------------------------------------------------------ */

/* Decode TEXT, which comes from a record.  Returns the number of bytes; 0 if it is no route. */
static size_t read_bytes(const char *text, unsigned char bytes[MOST])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = text ? strlen(text) / 2 : 0;

	if (n < sizeof(struct rtmsg) || n > MOST || strlen(text) % 2 || strspn(text, digits) != 2 * n)
		return 0;
	for (size_t i = 0; i < n; i++)
		bytes[i] = (unsigned char) ((strchr(digits, text[2 * i]) - digits) << 4 |
					    (strchr(digits, text[2 * i + 1]) - digits));
	return n;
}

static int add_route(struct netlink *nl, int index, struct netlink_message *m, struct error *err)
{
	netlink_add(m, RTA_OIF, &index, sizeof index);
	return netlink_talk(nl, m, NULL, NULL, err) < 0 && err->number != EEXIST ? -1 : 0;
}

void net_routes_restore(struct netlink *nl, int index, const char *name, char **routes, size_t n)
{
	unsigned char bytes[MOST];
	struct error err = { 0 };
	size_t lost = 0;

	/* A gateway is reached by a route of the first round. */
	for (int over_gateway = 0; over_gateway < 2; over_gateway++) {
		for (size_t i = 0; i < n; i++) {
			struct netlink_message m;
			size_t size = read_bytes(routes[i], bytes), ignored;

			if (!size) {
				lost += !over_gateway;
				continue;
			}
			netlink_begin(&m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, bytes, size);
			bool has_gateway = netlink_attribute(&m.head, sizeof(struct rtmsg), RTA_GATEWAY, 0, &ignored) ||
					   netlink_attribute(&m.head, sizeof(struct rtmsg), RTA_VIA, 0, &ignored);
			if (has_gateway == over_gateway && add_route(nl, index, &m, &err) < 0)
				lost++;
		}
	}
	if (lost)
		log_warn("%zu route(s) over the network device %s are lost: %s", lost, name, err.message);
}
