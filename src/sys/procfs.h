/*
 * procfs.h - a /proc that nobody has touched
 *
 * What decides security (sysctl, LSM labels) is written through a private,
 * detached procfs of the current pid namespace, by look-ups that meet no other
 * mount and no link (CVE-2019-16884, CVE-2025-52881 wrote through the
 * container's own /proc).
 */
#pragma once

struct error;

/* A detached procfs; where that is refused, /proc itself if it is verified to be procfs's root (PROC_SUPER_MAGIC,
 * inode 1).  The caller owns the descriptor. */
int procfs_open(struct error *err);

/* /proc itself, verified as above: for the host's side of things (id maps), where nobody else mounts, and a new procfs
 * would cost 0.1 ms.  A mount over a part of it is an error of those who use it below.  The caller owns the
 * descriptor. */
int procfs_open_visible(struct error *err);

/* Write TEXT in one write to PATH ("sys/net/ipv4/ip_forward", "self/attr/exec") below PROC, no link or mount on the
 * way. */
int procfs_put(int proc, const char *path, const char *text, struct error *err);

/* Open such a path with FLAGS, as safely; "self" and "thread-self" at its head are this process.  The caller owns the
 * descriptor. */
int procfs_open_file(int proc, const char *path, int flags, struct error *err);
