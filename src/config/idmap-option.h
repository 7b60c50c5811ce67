/*
 * idmap-option.h - crun's mount option idmap=uids=0-1000-10#20-2000-1;gids=@0-0-10
 *
 * Each triplet FILES-HOST-SIZE says which ids of the files appear as which ids
 * of the host.  After "@" the second number is an id of the container, which
 * its user namespace maps to the host (crun(1), "idmap mount options").
 * crun looks only at the first id of such a range; here a range that spans
 * several ranges of the user namespace becomes several.
 */
#pragma once
#include <stddef.h>

#include "libocispec/ocispec.h"

struct arena;

struct idmap_option {
	struct oci_id_mapping *uids, *gids;
	size_t n_uids, n_gids;
};

/* What follows "=" in a mount option that begins with idmap= or ridmap=, else NULL. */
const char *idmap_option_value(const char *option);

/* Read VALUE into OUT, whose lists lie in ARENA.  LINUX (may be NULL) has the container's own mappings.  Returns NULL,
 * or what is wrong with VALUE, also in ARENA. */
const char *idmap_option_read(struct arena *arena, const char *value, const struct oci_linux *linux,
			      struct idmap_option *out);
