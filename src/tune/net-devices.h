/*
 * net-devices.h - network devices that move into the container (config-linux.md, "Network Devices")
 *
 *	net_devices_look()	in the runtime's namespace: are they there, and with which addresses and routes?
 *				Touches nothing
 *	net_devices_move()	into the container's namespace, with their addresses, and up
 *	net_devices_return()	after a failure: back to where and what they were
 *
 * When the kernel moves a device it takes away its addresses and routes, and
 * gives it another index if its own is taken there.  On the way the device has
 * a name that no other has, so that it is found again and nothing happens to a
 * namesake.  When a container ends its devices stay in its namespace: the
 * kernel sends the physical ones home and destroys the others, as the spec
 * wants.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;
struct plan;

#define NET_ADDRESS_TEXT 46	/* INET6_ADDRSTRLEN */
#define NET_HARDWARE_TEXT 65	/* MAX_ADDR_LEN is 32 */

struct net_address {
	unsigned family, prefix;	/* AF_INET, AF_INET6 */
	uint32_t flags, priority;	/* IFA_F_*; the metric of its route, 0: the kernel's */
	/* IFA_LOCAL, IFA_ADDRESS, IFA_BROADCAST; "": none */
	char local[NET_ADDRESS_TEXT], address[NET_ADDRESS_TEXT], broadcast[NET_ADDRESS_TEXT];
};

struct net_device {
	const char *host, *name;	/* its name here, and in the container (until it is there, perhaps with "%d") */
	const char *pointer;		/* "/linux/netDevices/eth0" */
	char way[16];			/* its name on the way */
	int index;			/* here */
	char hardware[NET_HARDWARE_TEXT];	/* its hardware address in hexadecimal digits, "" if it has none */
	bool up;
	struct net_address *addresses;
	size_t n_addresses;
	char **routes;			/* over it, here; net-routes.h */
	size_t n_routes;
	int there;			/* its index in the container; 0: it is not there */
};

struct net_devices {
	struct net_device *list;
	size_t n;
};

/* Fill DEVICES with those of PLAN as they are now; memory comes from ARENA. */
int net_devices_look(struct arena *arena, const struct plan *plan, struct net_devices *devices, struct error *err);

/* A name for the way that is unique to this container: made from ID and the device's number I. */
void net_device_name_way(const char *id, size_t i, char way[16]);

/* Move all of DEVICES into the network namespace NETNS.  A name that is taken there is an error, before any is moved.
 * On error those that had moved are moved back.  Names that the kernel makes from "%d" are put into ARENA. */
int net_devices_move(struct arena *arena, struct net_devices *devices, int netns, struct error *err);

/* Bring back those that are in NETNS, with addresses and routes, found by `there` or (in the record of a killed
 * runtime) by their names.  What cannot be restored is reported as a warning. */
void net_devices_return(struct net_devices *devices, int netns);
