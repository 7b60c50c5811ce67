/*
 * rootfs.h - does the mount plan
 *
 *	runtime, before clone:	rootfs_open_sources()	what init could not reach from inside
 *	init:			rootfs_build()		the root and all early steps
 *				(hooks of the runtime)
 *				rootfs_console()	if there is a terminal
 *				rootfs_finish()		seal, read-only, mask
 *				(createContainer hooks)
 *				rootfs_enter()		pivot_root, and the old root is gone
 *
 * The root is held as a descriptor from the first moment; every target is
 * opened inside it once (sys/path.h) and mounted on by descriptor.
 */
#pragma once
#include "plan/plan.h"

struct error;
struct cgroup;

/* What the runtime opened for init.  Descriptors are inherited by the clone. */
struct rootfs_sources {
	int root;	/* O_PATH of the rootfs as the runtime saw it, for the comparison, or a detached tree */
	int null;	/* detached bind of the host's verified /dev/null, for masks; -1: init makes it */
	int *step;	/* one a step: a detached mount, or -1 */
	size_t n;
};

struct rootfs {
	int root;	/* the container's root mount */
	int *kept;	/* mounts to seal later, one a step, or -1 */
	int null, empty;	/* mounts to clone for masks */
	const struct plan *plan;
};

/* Open what must be opened with the caller's rights and in its mount namespace.  CGROUP: the container's cgroup, made already,
 * for the cgroup view (NULL: none). */
int rootfs_open_sources(const struct plan *plan, const struct cgroup *cgroup, struct rootfs_sources *sources, struct error *err);
void rootfs_close_sources(struct rootfs_sources *sources);

/* In the new mount namespace: stop propagation to the host, attach the root at its own path, do steps [0, n_early). */
int rootfs_build(const struct plan *plan, struct rootfs_sources *sources, struct rootfs *rootfs, struct error *err);

/* An O_PATH descriptor of the container's own devpts root, or -1 with errno ENOENT if it has none. */
int rootfs_devpts(const struct rootfs *rootfs, struct error *err);

/* Bind the pty's PEER on /dev/console, by descriptor. */
int rootfs_console(const struct rootfs *rootfs, int peer, struct error *err);

/* Steps [n_early, n_steps). */
int rootfs_finish(struct rootfs *rootfs, struct error *err);

/* Make the root the process's root: pivot_root(".", ".") and the old one detached, or with no_pivot MS_MOVE and chroot.
 * cwd is "/" afterwards.  All descriptors of ROOTFS are closed. */
int rootfs_enter(struct rootfs *rootfs, struct error *err);
