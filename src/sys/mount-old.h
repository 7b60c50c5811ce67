/*
 * mount-old.h - mountfd.h's functions for kernels before 5.12, and below filters that hide its calls
 *
 * mount(2) makes a mount visible at once and knows paths only.  So that it can
 * be prepared unseen all the same, it is made in a workshop (workshop.h).  From
 * there it is moved to its target (MS_MOVE).  Both ends are descriptors, which
 * mount(2) is given as /proc/self/fd/N of the host's procfs.
 *
 * What this cannot do is said where it is asked for: a mount in a namespace
 * that is not ours (so whatever is opened before the container is born), and
 * mapped ids.  Attributes of a whole tree are set mount by mount.
 *
 * Only mountfd.c calls these; the workshop is opened and closed by those who
 * mount.
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
