/*
 * procfs.h - a /proc that nobody has touched
 *
 * What security depends on (sysctls, LSM labels) is written through a private,
 * detached procfs of the current pid namespace, by look-ups that cross no other
 * mount and no link (in CVE-2019-16884 and CVE-2025-52881 it was written
 * through the container's own /proc).
 */
#pragma once

struct error;

/* A detached procfs; where that is refused, /proc itself if it is verified to be procfs's root (PROC_SUPER_MAGIC,
 * inode 1).  The caller owns the descriptor. */
int procfs_open(struct error *err);

/* /proc itself, verified as above: for the host's side (id maps), where nobody else mounts and a new procfs would cost
 * 0.1 ms.  A mount over part of it makes the functions below fail.  The caller owns the descriptor. */
int procfs_open_visible(struct error *err);

/* Write TEXT in one write to PATH ("sys/net/ipv4/ip_forward", "self/attr/exec") below PROC, crossing no link or
 * mount. */
int procfs_put(int proc, const char *path, const char *text, struct error *err);

/* Open such a path with FLAGS, as safely; a leading "self" or "thread-self" is this process.  The caller owns the
 * descriptor. */
int procfs_open_file(int proc, const char *path, int flags, struct error *err);
