/*
 * net-routes.h - the routes over a network device, so that it can have them again
 *
 * The kernel takes them away as the device moves.  A route is kept as the
 * text, in hexadecimal digits, of what the kernel told: a record holds it as
 * it is, and the kernel understands it later.
 */
#pragma once
#include <stddef.h>

struct arena;
struct error;
struct netlink;

/* The routes over the device of INDEX, in all tables, that somebody has set: not those that the kernel makes of
 * addresses and advertisements, and none that other devices have a part in.  Memory is ARENA's. */
int net_routes_note(struct arena *arena, struct netlink *nl, int index, char ***routes, size_t *n, struct error *err);

/* Set them again, over the device INDEX called NAME, which is up.  What cannot be is told by a warning. */
void net_routes_restore(struct netlink *nl, int index, const char *name, char **routes, size_t n);
