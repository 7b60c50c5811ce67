/*
 * staging.h - where CRIU finds what it mounts
 *
 * CRIU takes paths.  It gets them in a mount namespace of its own, where nobody
 * else can move them: there a tmpfs over the state root holds the rootfs and
 * every mount source that the runtime has opened (rootfs/rootfs.h), with all
 * their attributes, mapped ids included.  When CRIU ends, all of it is gone;
 * the host never sees it.  (It covers the state root rather than lying in it
 * because processes of a user namespace must be able to reach it with their own
 * ids.)
 *
 *	STATE-ROOT/root		the container's root, with a mount point for each mount
 *	STATE-ROOT/null		the host's /dev/null, read-only, for masked files
 *	STATE-ROOT/N		the mount on which the source of step N lies
 *	STATE-ROOT/cN		the N-th folder of the cgroup view
 *
 * Whole mounts are attached, not parts, because CRIU makes a mount a slave of
 * the peer group of its source's mount, and the kernel copies a group only from
 * a mount that shows at least as much (MOVE_MOUNT_SET_GROUP).
 */
#pragma once
#include "rootfs/rootfs.h"

struct arena;
struct error;
struct wire_list;

struct staging {
	const struct plan *plan;
	const struct rootfs_sources *sources;
	const char *folder;		/* the state root */
	int *mount;			/* per step: its mount, or -1 */
	const char **within;		/* path of the source in that mount: "/a/b" or "" */
};

/* Open the mounts.  N_BELOW: how many mounts came with recursive bind mounts.  Strings live in ARENA; the caller calls
 * staging_close() in every case. */
int staging_open(struct staging *staging, size_t n_below, struct arena *arena, struct error *err);
void staging_close(struct staging *staging);

/* Fill ROOT and MOUNTS (pairs: name in the images, path of the source) for CRIU. */
void staging_names(const struct staging *staging, char **below, size_t n_below, struct arena *arena, const char **root,
		   struct wire_list *mounts);

/* In the process that becomes CRIU: enter a new mount namespace and set everything up there. */
int staging_enter(const struct staging *staging, struct error *err);

/* Reopen the folder FD in the mount namespace that we are in now.  It becomes CRIU's current folder, where CRIU mounts
 * things; FD itself lies in another namespace.  The caller owns the descriptor. */
int staging_reopen(int fd, struct error *err);
