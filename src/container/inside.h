/*
 * inside.h - sources of mounts, opened in init's mount namespace with the caller's rights
 *
 * Only needed where mounts cannot be copied beforehand (before Linux 5.12, or below a
 * seccomp filter) and init, in a user namespace, has no right to walk to them itself.
 * And the other way: mounts that only init can copy, but only the runtime can map.
 */
#pragma once
#include <stddef.h>

struct launch;
struct error;

/* In init, once in its namespaces: ask for the plan's sources and receive them. */
int inside_ask(struct launch *launch, struct error *err);

/* In init, for struct rootfs_sources: have the ids of MOUNT, made for step I, mapped.  LAUNCH is a struct launch. */
int inside_map_ids(void *launch, size_t i, int mount, struct error *err);

/* In the runtime: the answer to NEED_SOURCES. */
int inside_answer(struct launch *launch, struct error *err);
