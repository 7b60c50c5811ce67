/*
 * inside.h - sources of mounts, opened in init's mount namespace with the caller's rights
 *
 * Only where mounts cannot be copied beforehand (before Linux 5.12, or below
 * a filter), and init, in a user namespace, may not walk to them itself.
 */
#pragma once

struct launch;
struct error;

/* In init, once it is in its namespaces: ask for the sources of the plan, and take them. */
int inside_ask(struct launch *launch, struct error *err);

/* In the runtime: the answer to NEED_SOURCES. */
int inside_answer(struct launch *launch, struct error *err);
