/*
 * mount-options.h - the words in a mount's list of options
 *
 * config/mount-option.h lists them; here is what they do to a step of the plan.
 * A word that is not in that table belongs to the file system and is passed on
 * as it is.
 */
#pragma once
#include <stdbool.h>

#include "plan/plan.h"

struct arena;
struct error;

struct mount_words {
	bool bind, remount;
	const char *bind_pointer;	/* the first word that only a bind mount can have, or NULL */
	const char *bind_word;		/* that word */
	const char *idmap_pointer;	/* the last of idmap, ridmap, or NULL */
	const char *copy_up_pointer;	/* tmpcopyup, or NULL */
};

/* Fill the attributes, flags, propagation, mappings and data of STEP from the options of MOUNT, which is at POINTER in
 * a config with LINUX.  The last of contradicting options wins.  0, or -1 with ERR. */
int mount_options_read(struct arena *arena, const struct oci_mount *mount, const struct oci_linux *linux,
		       const char *pointer, struct step *step, struct mount_words *words, struct error *err);
