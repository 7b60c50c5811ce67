/*
 * mount-old.h - mountfd.h's functions for kernels before 5.12, and below filters that hide its calls
 *
 * mount(2) makes a mount visible at once and takes only paths.  To be prepared
 * unseen all the same, a mount is made in a workshop (workshop.h) and moved
 * from there to its target (MS_MOVE).  Source and target are descriptors, which
 * mount(2) is given as /proc/self/fd/N of the host's procfs.
 *
 * Two things cannot be done this way, and fail where they are asked for: mounts
 * in a namespace that is not ours (so whatever is opened before the container is
 * born), and mapped ids.  Attributes of a whole tree are set mount by mount.
 *
 * Only mountfd.c calls these; its callers open and close the workshop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct error;

/* In these, as in their namesakes, a mount is an O_PATH descriptor of its root. */
int mount_old_clone(int dirfd, const char *path, bool recursive, bool no_follow, struct error *err);
int mount_old_new(const char *type, const char *source, const char *data, uint64_t super, uint64_t attr,
		  struct error *err);
int mount_old_reconfigure(int mount, const char *data, uint64_t super, struct error *err);
int mount_old_change(int mount, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive, struct error *err);
int mount_old_attach(int mount, int target);	/* errno only */
