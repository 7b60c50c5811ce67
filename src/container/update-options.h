/*
 * update-options.h - what `update` is to change, from its options
 */
#pragma once
#include "container/container.h"

struct arena;

/* The limits given by options, as linux.resources; lives in ARENA.  NULL with ERR, which names the option. */
const struct oci_resources *update_wanted(const struct update_options *options, struct arena *arena, struct error *err);

/* True if one of those options is there. */
bool update_has_limits(const struct update_options *options);

/* ERR points at, say, "/linux/resources/cpu/quota": name the option instead, or point into the file if there is one. */
void update_blame(const struct update_options *options, struct error *err);

/* Parse "nofile=1024:2048" (soft and hard limit) or "RLIMIT_CORE=unlimited" (one value for both). */
int update_ulimit(const char *text, struct oci_rlimit *limit, struct error *err);
