/*
 * host-mounts.h - a container without its own mount namespace: what its record says
 *
 * Its root is set by chroot(2), and its mounts, if any, are the host's until it
 * is deleted (rootfs/on-host.c).
 */
#pragma once

struct arena;
struct error;
struct plan;
struct record_state;

/* For create: before PLAN's mounts are made, note in RECORD, whose texts live in ARENA, how to find them again. */
int host_mounts_note(struct arena *arena, const struct plan *plan, struct record_state *record, struct error *err);

/* Unmount what RECORD names, if it still exists; after a reboot it does not. */
int host_mounts_remove(const struct record_state *record, struct error *err);

/* For exec: open, O_PATH, the root of the container's first process (held by PIDFD).  The caller closes it. */
int host_mounts_root(const struct record_state *record, int pidfd, struct error *err);

/* Make ROOT the root and the current folder of the calling process. */
int host_mounts_enter(int root, struct error *err);
