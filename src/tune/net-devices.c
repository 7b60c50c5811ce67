/* net-devices.c - see net-devices.h */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "libocispec/arena.h"
#include "plan/plan.h"
#include "sys/netlink.h"
#include "tune/net-devices.h"
#include "tune/net-routes.h"

#define OWN_NETNS "/proc/self/ns/net"
#define TRIES 8		/* to read a list of addresses without a change in between */

/* The flags of an address that are set again; the kernel sets the others by itself. */
#define KEPT_FLAGS (IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)

/* ---- asking ---------------------------------------------------------------- */

struct link {
	int index;
	unsigned flags;		/* IFF_* */
	char name[IFNAMSIZ], hardware[NET_HARDWARE_TEXT];
};

static void print_hardware(const unsigned char *bytes, size_t n, char text[NET_HARDWARE_TEXT])
{
	text[0] = '\0';
	for (size_t i = 0; bytes && i < n && 2 * i + 2 < NET_HARDWARE_TEXT; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static bool note_link(void *context, const struct nlmsghdr *answer)
{
	struct link *link = context;
	struct ifinfomsg info;
	const void *hardware;
	size_t n, n_hardware = 0;
	const char *name = netlink_attribute(answer, sizeof info, IFLA_IFNAME, 2, &n);

	if (answer->nlmsg_type != RTM_NEWLINK || !name)
		return false;
	memcpy(&info, NLMSG_DATA(answer), sizeof info);
	hardware = netlink_attribute(answer, sizeof info, IFLA_ADDRESS, 1, &n_hardware);
	print_hardware(hardware, n_hardware, link->hardware);
	link->index = info.ifi_index;
	link->flags = info.ifi_flags;
	snprintf(link->name, sizeof link->name, "%.*s", (int) strnlen(name, n), name);
	return false;
}

/* The device called NAME, or (if NAME is NULL) that with INDEX.  1 found, 0 there is none, -1 with ERR. */
static int find(struct netlink *nl, const char *name, int index, struct link *link, struct error *err)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = name ? 0 : index };
	struct netlink_message m;

	*link = (struct link) { 0 };
	netlink_begin(&m, RTM_GETLINK, 0, &info, sizeof info);
	if (name)
		netlink_add_text(&m, IFLA_IFNAME, name);
	if (netlink_talk(nl, &m, note_link, link, err) < 0)
		return err->number == ENODEV ? 0
					     : wrap(err, "look for the network device %s", name ? name : "that moved");
	/* The kernel also finds a device by an alternative name (IFLA_PROP_LIST): that is not the one meant. */
	return link->index && (!name || !strcmp(link->name, name));
}

struct notes {
	struct arena *arena;
	struct net_device *device;
};

static void text_of(const struct nlmsghdr *answer, unsigned family, unsigned type, char text[NET_ADDRESS_TEXT])
{
	size_t n, size = family == AF_INET ? 4 : 16;
	const void *bytes = netlink_attribute(answer, sizeof(struct ifaddrmsg), type, size, &n);

	*text = '\0';
	if (bytes)
		inet_ntop((int) family, bytes, text, NET_ADDRESS_TEXT);
}

/* Addresses "intended for persistent, external communication": permanent, and of global scope. */
static bool note_address(void *context, const struct nlmsghdr *answer)
{
	struct notes *notes = context;
	struct net_device *device = notes->device;
	struct net_address *a;
	struct ifaddrmsg info;
	const void *value;
	uint32_t flags;
	size_t n;

	if (answer->nlmsg_type != RTM_NEWADDR || answer->nlmsg_len < NLMSG_LENGTH(sizeof info))
		return false;
	memcpy(&info, NLMSG_DATA(answer), sizeof info);
	flags = info.ifa_flags;
	if ((value = netlink_attribute(answer, sizeof info, IFA_FLAGS, sizeof flags, &n)))
		memcpy(&flags, value, sizeof flags);
	if ((int) info.ifa_index != device->index || !(flags & IFA_F_PERMANENT) ||
	    info.ifa_scope != RT_SCOPE_UNIVERSE || (info.ifa_family != AF_INET && info.ifa_family != AF_INET6))
		return false;
	a = arena_push(notes->arena, &device->addresses, device->n_addresses++, sizeof *a);
	a->family = info.ifa_family;
	a->prefix = info.ifa_prefixlen;
	a->flags = flags & KEPT_FLAGS;
	if ((value = netlink_attribute(answer, sizeof info, IFA_RT_PRIORITY, sizeof a->priority, &n)))
		memcpy(&a->priority, value, sizeof a->priority);
	text_of(answer, a->family, IFA_LOCAL, a->local);
	text_of(answer, a->family, IFA_ADDRESS, a->address);
	text_of(answer, a->family, IFA_BROADCAST, a->broadcast);
	return false;
}

static int note_addresses(struct arena *arena, struct netlink *nl, struct net_device *device, struct error *err)
{
	struct ifaddrmsg info = { .ifa_family = AF_UNSPEC };
	struct notes notes = { arena, device };
	struct netlink_message m;

	for (int tries = TRIES;; tries--) {
		device->n_addresses = 0;
		device->addresses = NULL;
		netlink_begin(&m, RTM_GETADDR, NLM_F_DUMP, &info, sizeof info);
		if (netlink_talk(nl, &m, note_address, &notes, err) == 0)
			return 0;
		if (err->number != EAGAIN || tries == 0)
			return wrap(err, "read the addresses of the network device %s", device->host);
	}
}

void net_device_name_way(const char *id, size_t i, char way[16])
{
	uint32_t hash = 2166136261u;	/* FNV-1a */

	for (; *id; id++)
		hash = (hash ^ (unsigned char) *id) * 16777619u;
	snprintf(way, 16, "ctr%08x%04zx", hash, i & 0xffff);
}

static int look(struct arena *arena, struct netlink *nl, struct net_device *device, struct error *err)
{
	struct link link;
	int found = find(nl, device->host, 0, &link, err);

	if (found < 0)
		return -1;
	if (!found)
		return fail(err, ENODEV, "network device %s", device->host);
	if (link.flags & IFF_LOOPBACK)
		return fail(err, EINVAL, "%s is the loopback device, which each network namespace has its own of",
			    device->host);
	device->index = link.index;
	device->up = link.flags & IFF_UP;
	snprintf(device->hardware, sizeof device->hardware, "%s", link.hardware);
	if (note_addresses(arena, nl, device, err) < 0)
		return -1;
	if (net_routes_note(arena, nl, device->index, &device->routes, &device->n_routes, err) < 0)
		return wrap(err, "network device %s", device->host);
	return 0;
}

static int look_each(struct arena *arena, struct netlink *nl, const struct plan *plan, struct net_devices *devices,
		     struct error *err)
{
	for (size_t i = 0; i < devices->n; i++) {
		const struct net_device_plan *p = &plan->net_devices[i];

		devices->list[i] = (struct net_device) { .host = p->host, .name = p->name, .pointer = p->pointer };
		net_device_name_way(plan->id, i, devices->list[i].way);
		if (look(arena, nl, &devices->list[i], err) < 0)
			return blame(err, p->pointer);
	}
	return 0;
}

int net_devices_look(struct arena *arena, const struct plan *plan, struct net_devices *devices, struct error *err)
{
	struct netlink nl = { .fd = -1 };
	int result;

	devices->n = plan->n_net_devices;
	devices->list = arena_alloc(arena, devices->n * sizeof *devices->list);
	if (!devices->n)
		return 0;
	result = netlink_open(&nl, err) < 0 ? -1 : look_each(arena, &nl, plan, devices, err);
	cleanup_close(&nl.fd);
	return result;
}

/* ---- telling ----------------------------------------------------------------- */

/* Move the device into the namespace NETNS, as NAME. */
static int send_away(struct netlink *nl, int index, int netns, const char *name, struct error *err)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	uint32_t fd = (uint32_t) netns;
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, 0, &info, sizeof info);
	netlink_add(&m, IFLA_NET_NS_FD, &fd, sizeof fd);
	netlink_add_text(&m, IFLA_IFNAME, name);
	return netlink_talk(nl, &m, NULL, NULL, err);
}

static int rename_device(struct netlink *nl, int index, const char *name, struct error *err)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, 0, &info, sizeof info);
	netlink_add_text(&m, IFLA_IFNAME, name);
	return netlink_talk(nl, &m, NULL, NULL, err) < 0 ? wrap(err, "call it %s", name) : 0;
}

static int set_up(struct netlink *nl, int index, struct error *err)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP,
				  .ifi_change = IFF_UP };
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, 0, &info, sizeof info);
	return netlink_talk(nl, &m, NULL, NULL, err) < 0 ? wrap(err, "set it up") : 0;
}

static void add_text(struct netlink_message *m, unsigned family, unsigned type, const char *text)
{
	unsigned char bytes[16];

	if (*text && inet_pton((int) family, text, bytes) == 1)
		netlink_add(m, type, bytes, family == AF_INET ? 4 : 16);
}

static int add_address(struct netlink *nl, int index, const struct net_address *a, struct error *err)
{
	struct ifaddrmsg info = { .ifa_family = (unsigned char) a->family, .ifa_prefixlen = (unsigned char) a->prefix,
				  .ifa_scope = RT_SCOPE_UNIVERSE, .ifa_index = (unsigned) index };
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &info, sizeof info);
	add_text(&m, a->family, IFA_LOCAL, a->local);
	add_text(&m, a->family, IFA_ADDRESS, a->address);
	add_text(&m, a->family, IFA_BROADCAST, a->broadcast);
	if (a->flags)
		netlink_add(&m, IFA_FLAGS, &a->flags, sizeof a->flags);
	if (a->priority)
		netlink_add(&m, IFA_RT_PRIORITY, &a->priority, sizeof a->priority);
	if (netlink_talk(nl, &m, NULL, NULL, err) < 0)
		return wrap(err, "give it the address %s/%u", *a->local ? a->local : a->address, a->prefix);
	return 0;
}

/* Give the device INDEX its name and its addresses, and bring it up if UP. */
static int restore(struct netlink *nl, const struct net_device *device, int index, const char *name, bool up,
		   struct error *err)
{
	if (rename_device(nl, index, name, err) < 0)
		return -1;
	for (size_t i = 0; i < device->n_addresses; i++)
		if (add_address(nl, index, &device->addresses[i], err) < 0)
			return -1;
	return up ? set_up(nl, index, err) : 0;
}

/* ---- here and there ------------------------------------------------------------ */

struct sides {
	struct netlink here, there;
	int own, netns;		/* the namespaces */
};

static void close_sides(struct sides *s)
{
	cleanup_close(&s->here.fd);
	cleanup_close(&s->there.fd);
	cleanup_close(&s->own);
}

/* A socket in NETNS, which must be opened there. */
static int open_there(struct sides *s, struct error *err)
{
	int result;

	if (setns(s->netns, CLONE_NEWNET) < 0)
		return fail(err, errno, "look into the container's network namespace");
	result = netlink_open(&s->there, err);
	if (setns(s->own, CLONE_NEWNET) < 0)
		return fail(err, errno, "return from the container's network namespace");
	return result;
}

static int open_sides(struct sides *s, int netns, struct error *err)
{
	struct stat a, b;

	*s = (struct sides) {
		.here.fd = -1, .there.fd = -1, .own = open(OWN_NETNS, O_RDONLY | O_CLOEXEC), .netns = netns,
	};
	if (s->own < 0 || fstat(s->own, &a) < 0 || fstat(netns, &b) < 0)
		return fail(err, errno, "look at the network namespaces");
	if (a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return fail(err, EINVAL,
			    "move network devices: the container's network namespace is the runtime's own");
	return netlink_open(&s->here, err) < 0 ? -1 : open_there(s, err);
}

/* ---- moving --------------------------------------------------------------------- */

static int check_free(struct sides *s, const struct net_device *device, struct error *err)
{
	struct link link;
	int found;

	if (strchr(device->name, '%'))
		return 0;
	found = find(&s->there, device->name, 0, &link, err);
	if (found > 0)
		return fail(err, EEXIST, "the container's network namespace has a device called %s", device->name);
	return found;
}

static int move(struct arena *arena, struct sides *s, struct net_device *device, struct error *err)
{
	struct link link;
	int found;

	if (send_away(&s->here, device->index, s->netns, device->way, err) < 0)
		return -1;
	found = find(&s->there, device->way, 0, &link, err);
	if (found <= 0)
		return found < 0 ? -1 : fail(err, ENODEV, "it did not arrive");
	device->there = link.index;
	if (restore(&s->there, device, device->there, device->name, true, err) < 0)
		return -1;
	if (!strchr(device->name, '%'))
		return 0;
	if ((found = find(&s->there, NULL, device->there, &link, err)) > 0)
		device->name = arena_strdup(arena, link.name);
	return found < 0 ? -1 : 0;
}

static int move_all(struct arena *arena, struct sides *s, struct net_devices *devices, struct error *err)
{
	for (size_t i = 0; i < devices->n; i++)
		if (check_free(s, &devices->list[i], err) < 0)
			return blame(err, devices->list[i].pointer);
	for (size_t i = 0; i < devices->n; i++) {
		struct net_device *device = &devices->list[i];

		if (move(arena, s, device, err) < 0) {
			wrap(err, "move the network device %s into the container", device->host);
			return blame(err, device->pointer);
		}
	}
	return 0;
}

/* ---- and back --------------------------------------------------------------------- */

/* True if NAME is PATTERN with a number in place of its "%d". */
static bool is_completed(const char *name, const char *pattern)
{
	size_t n = strcspn(pattern, "%"), digits;

	if (strncmp(name, pattern, n))
		return false;
	digits = strspn(name + n, "0123456789");
	return digits && pattern[n] && !strcmp(name + n + digits, pattern + n + 2);
}

struct search {
	const struct net_device *device;
	int index;
};

static bool note_match(void *context, const struct nlmsghdr *answer)
{
	struct search *search = context;
	struct link link = { 0 };

	note_link(&link, answer);
	if (link.index && is_completed(link.name, search->device->name) &&
	    !strcmp(link.hardware, search->device->hardware))
		search->index = link.index;
	return false;
}

/* The index of a device that the kernel was to name, if we were killed before we could note the name: found by its
 * hardware address.  0: it is not there. */
static int find_completed(struct netlink *nl, const struct net_device *device, struct error *err)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct search search = { .device = device };
	struct netlink_message m;

	if (!device->hardware[0])
		return 0;
	netlink_begin(&m, RTM_GETLINK, NLM_F_DUMP, &info, sizeof info);
	if (netlink_talk(nl, &m, note_match, &search, err) < 0)
		return wrap(err, "list the network devices of the container");
	return search.index;
}

/* Its index in the container; 0 if it is not there. */
static int find_there(struct sides *s, const struct net_device *device, struct error *err)
{
	struct link link;
	int found;

	if (device->there)
		return device->there;
	if ((found = find(&s->there, device->way, 0, &link, err)) != 0)
		return found < 0 ? -1 : link.index;
	/* A device with the later name there is ours only if ours is missing here. */
	if ((found = find(&s->here, device->host, 0, &link, err)) != 0)
		return found < 0 ? -1 : 0;
	if (strchr(device->name, '%'))
		return find_completed(&s->there, device, err);
	found = find(&s->there, device->name, 0, &link, err);
	return found > 0 ? link.index : found;
}

static int bring_back(struct sides *s, struct net_device *device, struct error *err)
{
	int index = find_there(s, device, err), found;
	struct link link;

	if (index <= 0)
		return index;
	if (send_away(&s->there, index, s->own, device->way, err) < 0)
		return -1;
	device->there = 0;
	found = find(&s->here, device->way, 0, &link, err);
	if (found <= 0)
		return found < 0 ? -1 : fail(err, ENODEV, "it did not arrive");
	if (restore(&s->here, device, link.index, device->host, device->up, err) < 0)
		return -1;
	net_routes_restore(&s->here, link.index, device->host, device->routes, device->n_routes);
	return 0;
}

static void bring_all_back(struct sides *s, struct net_devices *devices)
{
	struct error err = { 0 };

	for (size_t i = devices->n; i-- > 0; )
		if (bring_back(s, &devices->list[i], &err) < 0)
			log_warn("bring the network device %s back from the container: %s", devices->list[i].host,
				 err.message);
}

int net_devices_move(struct arena *arena, struct net_devices *devices, int netns, struct error *err)
{
	struct sides sides;
	int result = open_sides(&sides, netns, err);

	if (result < 0)
		blame(err, "/linux/netDevices");
	else if ((result = move_all(arena, &sides, devices, err)) < 0)
		bring_all_back(&sides, devices);
	close_sides(&sides);
	return result;
}

void net_devices_return(struct net_devices *devices, int netns)
{
	struct error err = { 0 };
	struct sides sides;

	if (open_sides(&sides, netns, &err) < 0)
		log_warn("bring the network devices back from the container: %s", err.message);
	else
		bring_all_back(&sides, devices);
	close_sides(&sides);
}
