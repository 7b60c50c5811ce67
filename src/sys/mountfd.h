/*
 * mountfd.h - mounts as descriptors (fsopen, fsmount, open_tree, move_mount: 5.2; mount_setattr: 5.12)
 *
 * A mount is made detached, given its attributes while nobody can see it, and
 * attached to a target that is itself a descriptor.  No path is used twice.
 *
 * Where the kernel lacks these calls or a seccomp filter around us hides them,
 * mount(2) does the same (mount-old.h), while a workshop is open (workshop.h).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct error;

/* A detached copy of the mount at PATH below DIRFD ("": DIRFD itself), with all below it if RECURSIVE.
 * Needs CAP_SYS_ADMIN over the current mount namespace. */
int mount_clone(int dirfd, const char *path, bool recursive, bool no_follow, struct error *err);

/* A new file system of TYPE, detached.  SOURCE may be NULL; DATA is "key=value,flag,..." or NULL; SUPER is MS_RDONLY |
 * MS_SYNCHRONOUS | MS_DIRSYNC | MS_LAZYTIME | MS_MANDLOCK of the superblock; ATTR is MOUNT_ATTR_* of the mount.
 * The kernel's own words (fsconfig log) are part of the error. */
int mount_new(const char *type, const char *source, const char *data, uint64_t super, uint64_t attr, struct error *err);

/* A new procfs of the pid namespace PIDNS, wherever we are (its option `pidns`, Linux 6.18); else like mount_new() with
 * "proc". */
int mount_new_proc(int pidns, const char *source, const char *data, uint64_t super, uint64_t attr, struct error *err);

/* Give the file system behind the attached MOUNT further options DATA and flags SUPER as in mount_new(); what is not
 * named stays. */
int mount_reconfigure(int mount, const char *data, uint64_t super, struct error *err);

/* Set and clear MOUNT_ATTR_* and change the propagation (MS_*; 0: leave it), for the whole tree if RECURSIVE.  What an
 * outer user namespace has locked on the mount itself stays set: engines ask for "rw" by rote. */
int mount_change(int mount, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive, struct error *err);

/* Map the ids of a detached mount as the user namespace USERNS does. */
int mount_idmap(int mount, int userns, bool recursive, struct error *err);

/* Attach the detached MOUNT (or move the attached one) onto TARGET, which it hides. */
int mount_attach(int mount, int target, struct error *err);
