/*
 * host-mounts.h - a container without a mount namespace of its own, in its record
 *
 * Its root is one of chroot(2), and its mounts, if it has any, lie on the
 * host's until it is deleted (rootfs/on-host.c).
 */
#pragma once

struct error;
struct plan;
struct record_state;

/* For create: note in RECORD how PLAN's mounts will be found again, before they are made. */
int host_mounts_note(const struct plan *plan, struct record_state *record, struct error *err);

/* Unmount what RECORD says, if it is there; what was there before the machine started anew is gone. */
int host_mounts_remove(const struct record_state *record, struct error *err);

/* For exec: the root of the container's first process, which PIDFD holds, O_PATH.  The caller closes it. */
int host_mounts_root(const struct record_state *record, int pidfd, struct error *err);

/* Make it the root of the calling process; its current folder, too. */
int host_mounts_enter(int root, struct error *err);
