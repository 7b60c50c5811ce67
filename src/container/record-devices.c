/* record-devices.c - see record-devices.h */
#include <stdio.h>

#include "container/record-devices.h"
#include "container/record.h"
#include "libocispec/arena.h"
#include "tune/net-devices.h"

static char *text_or_null(struct arena *arena, const char *s)
{
	return *s ? arena_strdup(arena, s) : NULL;
}

void record_put_devices(struct arena *arena, struct record_state *record, const struct net_devices *devices)
{
	record->n_net_devices = devices->n;
	record->net_devices = arena_alloc(arena, devices->n * sizeof *record->net_devices);
	for (size_t i = 0; i < devices->n; i++) {
		const struct net_device *from = &devices->list[i];
		struct record_net_address *to = arena_alloc(arena, from->n_addresses * sizeof *to);

		for (size_t k = 0; k < from->n_addresses; k++) {
			const struct net_address *a = &from->addresses[k];

			to[k] = (struct record_net_address) {
				.family = a->family, .prefix = a->prefix, .flags = a->flags, .priority = a->priority,
				.local = text_or_null(arena, a->local), .address = text_or_null(arena, a->address),
				.broadcast = text_or_null(arena, a->broadcast),
			};
		}
		record->net_devices[i] = (struct record_net_device) {
			.host = (char *) from->host, .name = (char *) from->name, .up = from->up,
			.hardware = text_or_null(arena, from->hardware), .addresses = to,
			.n_addresses = from->n_addresses, .routes = from->routes, .n_routes = from->n_routes,
		};
	}
}

void record_get_devices(struct arena *arena, const struct record_state *record, struct net_devices *devices)
{
	size_t n = record->n_net_devices;

	*devices = (struct net_devices) { .list = arena_alloc(arena, n * sizeof *devices->list), .n = n };
	for (size_t i = 0; i < devices->n; i++) {
		const struct record_net_device *from = &record->net_devices[i];
		struct net_device *to = &devices->list[i];

		*to = (struct net_device) {
			.host = from->host, .name = from->name, .up = from->up, .n_addresses = from->n_addresses,
			.addresses = arena_alloc(arena, from->n_addresses * sizeof *to->addresses),
			.routes = from->routes, .n_routes = from->n_routes,
		};
		snprintf(to->hardware, sizeof to->hardware, "%s", from->hardware ? from->hardware : "");
		net_device_name_way(record->id, i, to->way);
		for (size_t k = 0; k < from->n_addresses; k++) {
			const struct record_net_address *a = &from->addresses[k];
			struct net_address *b = &to->addresses[k];

			b->family = a->family;
			b->prefix = a->prefix;
			b->flags = a->flags;
			b->priority = a->priority;
			snprintf(b->local, sizeof b->local, "%s", a->local ? a->local : "");
			snprintf(b->address, sizeof b->address, "%s", a->address ? a->address : "");
			snprintf(b->broadcast, sizeof b->broadcast, "%s", a->broadcast ? a->broadcast : "");
		}
	}
}
