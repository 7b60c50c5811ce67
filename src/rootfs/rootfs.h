/*
 * rootfs.h - carries out the mount plan
 *
 *	runtime, before clone:	rootfs_open_sources()	what init could not reach from inside
 *	init, ids as born:	rootfs_attach()		cut off from the host; the root attached at its own path
 *	(ids of the user namespace's root, if there is one)
 *	init:			rootfs_build()		all early steps
 *	(hooks of the runtime)
 *				rootfs_console()	if there is a terminal
 *				rootfs_finish()		seal, read-only, mask
 *	(createContainer hooks)
 *				rootfs_enter()		pivot_root, and the old root is gone
 *
 * The root is held as a descriptor from the first moment; every target is
 * opened inside it once (sys/path.h) and mounted on by descriptor.  A mount is
 * made or copied detached, gets its attributes, and is attached last.
 *
 * After any error init ends, and with it its mount namespace: what was
 * attached is gone, and descriptors are not worth closing.  If the config
 * names no mount namespace the runtime calls rootfs_unmount() at the end.
 */
#pragma once
#include "plan/plan.h"
#include "sys/host.h"

struct error;
struct mountinfo;

/* The container's place in the cgroup tree as this room needs it for the view at /sys/fs/cgroup. */
struct cgroup_view {
	enum cgroup_layout layout;
	struct {
		const char *name; /* folder in the view: "memory", "cpu,cpuacct", "unified"; "" for pure v2 */
		int folder;	  /* the container's own folder in that hierarchy, any descriptor of it; -1: left out */
	} hierarchies[HOST_MAX_HIERARCHIES];
	size_t n_hierarchies;
	const struct cgroup_link *links; /* cpu -> cpu,cpuacct */
	size_t n_links;
};

/* A mount that is attached the first time it is asked for and copied from there afterwards: a detached mount can be
 * copied only since 6.15. */
struct mount_stock {
	int fd; /* -1: not made yet */
	bool attached;
};

/* A part of the cgroup view: in v1 and hybrid the container's folder of one hierarchy, in v2 what is bound if no
 * cgroup2 can be mounted. */
struct cgroup_source {
	size_t step; /* the STEP_CGROUP it belongs to */
	char name[64];
	int mount;  /* detached; -1: init copies what is at PATH */
	char *path; /* of the folder on the host, or NULL */
};

/* What the runtime opened for init; the descriptors are inherited by the clone. */
struct rootfs_sources {
	int root; /* a detached copy of the rootfs; without the privilege for one, its O_PATH, for comparison */
	bool detached; /* the runtime copied the mounts; else (no privilege, or no such calls) init does */
	struct mount_stock null; /* the host's verified /dev/null, for masks */
	int *step;		 /* per step: a detached mount (copy_symlink: the link itself), or, before
				  * rootfs_attach(), the source as rootfs_open_inside() found it; -1: init opens it */
	int *fill;		 /* per step: the writable copy, if the step is `filled`, or -1 */
	int root_inside;	 /* the rootfs as rootfs_open_inside() found it, or -1 */
	size_t n;
	struct cgroup_source *cgroups;
	size_t n_cgroups;
	enum cgroup_layout layout;
	const struct cgroup_link *links;
	size_t n_links;

	/* In init, from its caller: have the runtime do rootfs_map_ids(). */
	int (*map_ids)(void *context, size_t i, int mount, struct error *err);
	void *context;
};

struct rootfs {
	const struct plan *plan;
	int root;			/* the container's root mount, attached */
	bool own_mounts;		/* this mount namespace is the container's */
	bool may_mount;			/* own_mounts, or the root is a mount of its own on the host; else no mounts */
	bool keep_all;			/* all new mounts are kept, to be undone if a later one fails */
	bool at_top;			/* the root had to be attached on "/": its own path cannot be reached */
	int *kept;			/* per step: a mount to seal (or undo) later, or -1 */
	int console;			/* the pinned /dev/console, or -1 */
	struct mount_stock null, empty; /* to hide files and folders with */
};

/* Open what must be opened with the caller's rights and in its mount namespace: the rootfs, the sources of all steps
 * that are `outside`, /dev/null, and the folders of VIEW (NULL: the container has no cgroup; the view will be empty).
 * What the kernel refuses with EPERM (no privilege to copy mounts) is left to init.  VIEW's links must outlive SOURCES.
 * The caller calls rootfs_close_sources() in every case. */
int rootfs_open_sources(const struct plan *plan, const struct cgroup_view *view, struct rootfs_sources *sources,
			struct error *err);
void rootfs_close_sources(struct rootfs_sources *sources);

/* Then make each new procfs, of the pid namespace PIDNS: who does the steps need not be in it.  False if they cannot be
 * made here (before Linux 6.18): nothing is lost, the steps will make them. */
bool rootfs_open_proc(const struct plan *plan, int pidns, struct rootfs_sources *sources);

/* True if init will need rootfs_open_inside(): it may not walk to the sources itself, and they cannot be copied
 * beforehand. */
bool rootfs_needs_inside(const struct plan *plan, const struct host *host);

/* With the caller's rights, but in init's mount namespace: open the rootfs and the sources of all steps that are
 * `outside`, and hand each to GIVE with its number (n_steps: the rootfs).  What cannot be opened is left to init, which
 * will say why. */
int rootfs_open_inside(const struct plan *plan, int (*give)(void *context, size_t i, int fd, struct error *err),
		       void *context, struct error *err);

/* In the runtime: map the ids of MOUNT, which init has copied for step I from another mount of the container.  Inside a
 * user namespace nobody may do that to a file system that belongs to the machine's own. */
int rootfs_map_ids(const struct plan *plan, size_t i, int mount, struct error *err);

/* For CRIU, which takes paths, and copies a mount's propagation from the mount that a path lies on: a detached copy of
 * the whole mount that holds the source of STEP, a BIND or DEVICE, with the step's attributes and mapped ids.  WITHIN
 * (PATH_MAX bytes) gets the place of the source in it, "/a/b" or "".  RECURSIVE: with all that is mounted below.
 * MOUNTS are our own.  If the source has no path in that mount, a copy of the source alone. */
int rootfs_open_whole(const struct plan *plan, const struct step *step, bool recursive, const struct mountinfo *mounts,
		      char *within, struct error *err);

/* In the new mount namespace, with the ids init was born with (the host's root must still be able to walk to the
 * rootfs; with root_inside: as root of the user namespace): end propagation to the host and attach the root, at its
 * own path if possible, since hooks look for it there.  Fills ROOTFS, which takes what it needs out of SOURCES. */
int rootfs_attach(const struct plan *plan, struct rootfs_sources *sources, struct rootfs *rootfs, struct error *err);

/* Do the steps [0, n_early).  In a user namespace the caller has already become its root, or the new file systems
 * would belong to nobody.  The umask is 0 meanwhile. */
int rootfs_build(struct rootfs *rootfs, struct rootfs_sources *sources, struct error *err);

/* An O_PATH descriptor of the container's devpts root, or -1 with errno ENOENT if it has none. */
int rootfs_devpts(const struct rootfs *rootfs, struct error *err);

/* Bind the pty's PEER on /dev/console, by descriptor.  Does nothing if the plan has no console. */
int rootfs_console(struct rootfs *rootfs, int peer, struct error *err);

/* Do the steps [n_early, n_steps). */
int rootfs_finish(struct rootfs *rootfs, struct error *err);

/* Make the root the process's root: pivot_root(".", ".") and detach the old one, or with no_pivot MS_MOVE and chroot.
 * Afterwards cwd is "/", the final propagation is set, and all descriptors of ROOTFS are closed. */
int rootfs_enter(struct rootfs *rootfs, struct error *err);

/* ---- a container without a mount namespace of its own (plan->rootfs.on_host) ---- */

/* Before anything is attached to the rootfs PATH: *BELOW gets the id of the mount that it lies on, and REAL (PATH_MAX
 * bytes) its path without links. */
int rootfs_below(const char *path, uint64_t *below, char *real, struct error *err);

/* Unmount what rootfs_attach() attached at PATH (REAL above), on the mount BELOW, with all that was mounted there
 * since; does nothing if it is not there.  Fails with EBUSY if somebody has mounted something else over it. */
int rootfs_unmount(const char *path, uint64_t below, struct error *err);

/* ---- a running container (`mounts add`, `mounts remove`) ----------------- */

/* Open the sources of all steps, in the mount namespace that they are named in.  Otherwise like rootfs_open_sources(),
 * but there is no root, and a refusal is an error. */
int rootfs_open_live(const struct plan *plan, const struct cgroup_view *view, struct rootfs_sources *sources,
		     struct error *err);

/* With the container's root as our own: do all steps of PLAN, or none.  FDS is /proc/self/fd in a procfs that is not
 * the container's, opened by the caller beforehand. */
int rootfs_add_live(const struct plan *plan, struct rootfs_sources *sources, int fds, struct error *err);

/* Likewise: unmount what is on the targets of PLAN's mounts, the last first, each with all that is mounted on it.  If
 * nothing is mounted on one of them, none is touched. */
int rootfs_remove_live(const struct plan *plan, int fds, struct error *err);
