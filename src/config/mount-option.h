/*
 * mount-option.h - the words in a mount's options that are ours to interpret
 *
 * One table, which `features` lists: those of runtime-spec 1.3 (config.md, "Linux
 * mount options") and three of crun's.  A word that is not in it belongs to the
 * file system and is passed on as it is; idmap=... has a value and is read by
 * idmap-option.h.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum mount_option_kind {
	MOUNT_OPTION_NOTHING,
	MOUNT_OPTION_SET, MOUNT_OPTION_CLEAR,		/* an attribute, MOUNT_ATTR_* */
	MOUNT_OPTION_ATIME, MOUNT_OPTION_UNATIME,	/* a value of the field of access times */
	MOUNT_OPTION_SUPER, MOUNT_OPTION_UNSUPER,	/* a flag of the file system, MS_* */
	MOUNT_OPTION_PROPAGATE,				/* MS_SHARED and its like, with MS_REC */
	MOUNT_OPTION_BIND,				/* 0 or MS_REC */
	MOUNT_OPTION_REMOUNT,
	MOUNT_OPTION_IDMAP,
	MOUNT_OPTION_COPY_UP,
	/* crun's, and only of bind mounts */
	MOUNT_OPTION_COPY_SYMLINK, MOUNT_OPTION_NO_FOLLOW_TARGET, MOUNT_OPTION_NO_FOLLOW_SOURCE,
};

struct mount_option {
	const char *name;		/* NULL ends the table */
	enum mount_option_kind kind;
	uint64_t value;
	bool recursive;			/* an attribute of the whole tree */
};

/* Sorted by name. */
extern const struct mount_option mount_options[];

/* The row called NAME, or NULL. */
const struct mount_option *mount_option_find(const char *name);
