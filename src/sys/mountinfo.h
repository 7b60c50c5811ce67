/*
 * mountinfo.h - the mounts of a process (/proc/PID/mountinfo)
 *
 * The names in it are the container's to choose: they are never opened, only
 * compared.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct mount_entry {
	uint64_t id, parent;
	unsigned major, minor; /* of the file system */
	bool shared;           /* what is mounted on it is mounted on its peers too */
	const char *root;      /* which part of the file system it shows: "/" is all */
	const char *place;     /* mount point, as the reader of the file sees it */
	const char *type;      /* "ext4" */
	const char *options;   /* of the file system: "rw,nsdelegate" */
};

struct mountinfo {
	struct mount_entry *entries; /* by id */
	size_t n;
	char *text; /* the names point into it */
};

/* Read the mounts of the process whose folder in /proc is PROC ("/proc/self").  The caller calls mountinfo_free(). */
int mountinfo_read(const char *proc, struct mountinfo *info, struct error *err);

/* The same from a text, which INFO then owns.  False if it is no such text; INFO must be freed all the same. */
bool mountinfo_parse(char *text, struct mountinfo *info);
void mountinfo_free(struct mountinfo *info);

/* The id of the mount that FD lies on (statx(2), 5.8; else /proc/self/fdinfo); false if there is no way to know. */
bool mount_id(int fd, uint64_t *id);

/* The mount ID, or NULL. */
const struct mount_entry *mountinfo_find(const struct mountinfo *info, uint64_t id);

/* True if ENTRY is the mount ID or lies on it, however far. */
bool mountinfo_below(const struct mountinfo *info, const struct mount_entry *entry, uint64_t id);
