/*
 * update-options.h - what `update` is to change, from its options
 */
#pragma once
#include "container/container.h"

struct arena;

/* The limits that the options give, as linux.resources; lives in ARENA.  NULL with ERR that names the option. */
const struct oci_resources *update_wanted(const struct update_options *options, struct arena *arena, struct error *err);

/* True if one of those options is there. */
bool update_has_limits(const struct update_options *options);

/* An error points at "/linux/resources/cpu/quota": say which option that was.  With a file, point into that. */
void update_blame(const struct update_options *options, struct error *err);

/* "nofile=1024:2048", "RLIMIT_CORE=unlimited": soft and hard limit, one number being both. */
int update_ulimit(const char *text, struct oci_rlimit *limit, struct error *err);
