/*
 * steps.h - what the files of this room share
 *
 * One function per kind of step, all of one type; build.c has the table.  Each
 * gets the place it works in and the step's number, and leaves nothing open.
 */
#pragma once
#include <sys/stat.h>

#include "rootfs/rootfs.h"

struct mount_entry;

struct build {
	const struct plan *plan;
	struct rootfs *rootfs;
	struct rootfs_sources *sources;
	size_t at;		/* the current step */
	struct stat root;	/* of the root; st_mode 0: not asked yet */
	int folder_fd;		/* the folder opened last for a node (-1: none): it is /dev ten times in a row */
	bool folder_filled;	/* it is in a writable copy */
	char folder[256];
};

typedef int step_fn(struct build *b, size_t i, struct error *err);

step_fn step_bind, step_mount, step_cgroup, step_propagate, step_remount;	/* mount.c, remount.c, cgroup-view.c */
step_fn step_device, step_symlink, step_console;			/* node.c */
step_fn step_seal, step_readonly, step_mask;				/* hide.c */

/* ---- target.c: where a step works -------------------------------------- */

/* Open the step's target O_PATH, made if missing: a folder if FOLDER, else an empty file.  *MADE (may be NULL): it is
 * new. */
int target_open(struct build *b, const struct step *step, bool folder, bool *made, struct error *err);

/* The same, refusing a target whose last component is a symlink. */
int target_open_plain_folder(struct build *b, const struct step *step, bool *made, struct error *err);

/* Open the folder that a node PATH will lie in, made if missing; NAME gets the last component.  B owns the descriptor.
 * On a mount that is `filled` it is the folder in the writable copy. */
int target_parent(struct build *b, const char *path, char *name, struct error *err);

/* The same for a file that is made if missing and then mounted on: always the folder in the container itself. */
int target_parent_of_file(struct build *b, const char *path, char *name, struct error *err);

/* True if TARGET, of which ST is known, is the container's root, by whatever name.  No mount may target it, but a link
 * in the image may lead there: pivot_root(2) would leave behind what covers the root, a later exec would find that
 * instead of the root, and a remount would change the host's file system instead of what the config meant. */
bool target_is_root(struct build *b, int target, const struct stat *st);

/* Refuse FD, which PATH of STEP has led to, if it lies in procfs or sysfs although the config does not say so; the
 * planner could not know.  If the /etc of a rootfs is a link into /proc, "/etc/hosts" would cover a file where LSM
 * labels and sysctls are read and written (CVE-2019-16884); a source there would lack what makes /proc/sys
 * read-only. */
int target_refuse_views(const struct build *b, const struct step *step, const char *path, int fd, struct error *err);

/* Attach MOUNT on TARGET, and say what is wrong if one is a folder and the other is not. */
int target_attach(int mount, int target, const struct step *step, struct error *err);

/* Set the propagation of the attached MOUNT, in the step's order. */
int target_propagate(int mount, const struct step *step, struct error *err);

/* Forget the folder opened last: something may have been mounted since. */
void target_forget(struct build *b);

/* ---- stock.c ------------------------------------------------------------ */

/* Attach STOCK's mount, or a copy if it is attached already, on TARGET. */
int stock_attach(struct mount_stock *stock, int target, struct error *err);
void stock_close(struct mount_stock *stock);

/* The host's /dev/null, verified, as a detached read-only mount. */
int stock_null(struct mount_stock *stock, struct error *err);

/* An empty, read-only, detached file system.  LABEL (may be NULL) is its SELinux context. */
int stock_empty(struct mount_stock *stock, const char *label, struct error *err);

/* ---- mount.c ------------------------------------------------------------- */

/* The attributes that STEP's new file system begins with: it becomes read-only only once it is filled. */
uint64_t mount_attributes(const struct step *step);

/* True if a later step makes the mount of step I read-only. */
bool step_sealed(const struct plan *plan, size_t i);

/* Keep the attached *MOUNT of step I for that later step, or to be undone if one fails; else the caller still owns
 * it. */
void step_keep(struct build *b, size_t i, int *mount);

/* ---- source.c ----------------------------------------------------------- */

/* The source of a BIND or DEVICE step, O_PATH and not copied. */
int source_place(const struct step *step, struct error *err);

/* A detached copy of it with the attributes of STEP, made by the runtime beforehand, or by init where the runtime could
 * not.  PLACE: what source_place() found, or -1.  PROPAGATION (MS_SLAVE ...; 0: it stays a peer of the host's mount if
 * STEP asks to share) is set on all of it. */
int source_open(const struct step *step, int place, uint64_t propagation, struct error *err);

/* The user namespace made last for mapped mounts, and the step it was made for.  ASK (NULL: we do it): who asks the
 * runtime. */
struct idmap_held {
	int userns;
	const struct step *step;
	const struct rootfs_sources *ask;
};

/* For a step that is `filled`: *FILL gets such a copy, but writable (-1: the source is not a folder). */
int source_fill(const struct plan *plan, const struct step *step, int place, struct idmap_held *held, int *fill,
		struct error *err);

/* Map the ids of the detached MOUNT as STEP asks.  The caller closes HELD's namespace in the end. */
int source_idmap(const struct plan *plan, const struct step *step, int mount, struct idmap_held *held,
		 struct error *err);

/* In init: what the runtime opened for step I, or else open it now. */
int source_take(struct build *b, size_t i, struct error *err);

/* The propagation that cuts a copied mount off from the host's. */
uint64_t source_propagation(const struct plan *plan);

/* Open the root of the mount that FD lies on, and find its *ENTRY in MOUNTS; -1 if it is covered. */
int mount_around(int fd, const struct mountinfo *mounts, const struct mount_entry **entry);

/* ---- sharing.c ------------------------------------------------------------- */

/* What is attached to TARGET until sharing_resume() stays in the container, although it lies on a mount that is shared
 * with the host.  *PAUSED: -1, or for sharing_resume(), which closes it. */
int sharing_pause(const struct plan *plan, int target, int *paused, struct error *err);
int sharing_resume(int *paused, struct error *err);

/* ---- lock.c ---------------------------------------------------------------- */

/* Replace the detached mounts of all BIND steps by copies whose attributes the root of a user namespace cannot change.
 * Does nothing if the container's process lacks the capability to change them anyway. */
int sources_lock(const struct plan *plan, const struct rootfs_sources *sources, struct error *err);

/* ---- sources.c, attach.c, build.c ----------------------------------------- */

/* A list of N descriptors, none of which is open yet (-1); close those that are, and free it. */
int *descriptors_new(size_t n);
void descriptors_close(int *list, size_t n);

/* In init, where mounts are made in a workshop: what rootfs_open_sources() otherwise does for the steps. */
int sources_copy(const struct plan *plan, struct rootfs_sources *sources, struct error *err);

/* The rootfs at its own path here, if that is still the folder SEEN, which the runtime saw; else -1. */
int root_find(const struct plan *plan, struct rootfs_sources *sources, int seen);

/* on-host.c: rootfs_attach() for a container without a mount namespace. */
int root_attach_on_host(const struct plan *plan, struct rootfs_sources *sources, struct rootfs *rootfs,
			struct error *err);

/* End propagation between the host and the detached copy ROOT of the rootfs. */
int root_cut_off(const struct plan *plan, int root, struct error *err);

/* ---- cgroup-view.c --------------------------------------------------------- */

/* The runtime's half of step I, a STEP_CGROUP. */
int cgroup_view_open(const struct plan *plan, const struct cgroup_view *view, size_t i, struct rootfs_sources *sources,
		     struct error *err);

/* ---- hide-host.c ------------------------------------------------------------ */

/* Unmount (or cover) every whole procfs and sysfs of this mount namespace that is not below the mount ROOT. */
int host_hide(int root, struct error *err);

/* ---- copy-up.c ----------------------------------------------------------- */

/* Copy the contents of the folder FROM (O_PATH is enough) into the folder TO, with owners, modes, times and extended
 * attributes. */
int copy_up(int from, int to, struct error *err);
