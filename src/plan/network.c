/*
 * network.c - which network devices move into the container, and what they are called there
 */
#include <linux/capability.h>

#include "base/error.h"
#include "plan/planner.h"

int plan_net_devices(struct planner *p)
{
	const struct json_map *map = &p->linux->net_devices;
	struct net_device_plan *list = arena_alloc(p->arena, map->n * sizeof *list);

	if (map->n && !(p->host->caps_permitted >> CAP_NET_ADMIN & 1))
		return fail_at(p->err, "/linux/netDevices",
			       "moving network devices takes CAP_NET_ADMIN: a rootless container cannot have any");
	for (size_t i = 0; i < map->n; i++) {
		const struct oci_net_device *device = map->values[i];

		list[i] = (struct net_device_plan) {
			.host = map->keys[i], .name = map->keys[i],
			.pointer = pointer_key(p->arena, "/linux/netDevices", map->keys[i]),
		};
		if (device && device->name && *device->name)
			list[i].name = device->name;
	}
	p->plan->net_devices = list;
	p->plan->n_net_devices = map->n;
	return 0;
}
