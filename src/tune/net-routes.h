/*
 * net-routes.h - saving and restoring the routes over a network device
 *
 * The kernel removes them when the device moves.  A route is kept as the
 * kernel's own message, in hexadecimal digits: a record holds it as text, and
 * the kernel understands it later.
 */
#pragma once
#include <stddef.h>

struct arena;
struct error;
struct netlink;

/* The routes over the device INDEX, in all tables, that somebody has set: not those that the kernel makes from
 * addresses and advertisements, and none that other devices have a part in.  Memory comes from ARENA. */
int net_routes_note(struct arena *arena, struct netlink *nl, int index, char ***routes, size_t *n, struct error *err);

/* Set them again, over the device INDEX called NAME, which is up.  What cannot be set is reported as a warning. */
void net_routes_restore(struct netlink *nl, int index, const char *name, char **routes, size_t n);
