/*
 * cgroup.h - the container's place in the cgroup tree
 *
 *	runtime:	cgroup_paths()	where, decided from the plan
 *			cgroup_start_unit()	with the systemd driver: systemd makes the cgroup, and says where
 *			cgroup_look()	what of it exists: note paths and `made` now, before anything is made
 *			cgroup_make()	folders in every hierarchy
 *			cgroup_limit()	values from linux.resources
 *			cgroup_born()	init is in it
 *	init:		cgroup_join()	by itself, where the kernel could not put it there at birth
 *	later:		cgroup_open()	from the recorded paths
 *			cgroup_update()	other limits
 *			cgroup_pids(), cgroup_signal_all(), cgroup_remove() ...
 *
 * v1, v2 and hybrid are one list of hierarchies, each with a folder held by
 * descriptor.  A folder that was there before is used but never removed.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "plan/plan.h"
#include "sys/host.h"

struct arena;
struct error;
struct limits;

struct cgroup_folder {
	char hierarchy[64];	/* "memory"; "" for the one of pure v2; "unified" */
	bool v2;
	char *path;		/* below the hierarchy's mount, "/x/y" */
	char *instead;		/* for cgroup_look(): where to go if we may not make PATH; or NULL */
	bool made;		/* by us: to be removed */
	unsigned made_parents;	/* how many folders right above it are ours too: removed with it, once empty */
	int fd;			/* of the folder, O_DIRECTORY; -1 when closed */
	int join;		/* v1: `tasks`, open for writing, for init; -1 otherwise */
};

/* The systemd unit whose cgroup it is. */
struct cgroup_unit {
	char *name;			/* "ctr-run-web.scope" */
	char *path;			/* of its cgroup, the same in all hierarchies; NULL: not known yet */
	char *description;		/* names the container and when it was made: a unit is ours only if it has it */
	bool user;			/* of our user's systemd */
	bool lingers;			/* systemd keeps it if it fails */
	const struct unit_plan *plan;	/* borrowed; only for cgroup_start_unit() */
	bool asked;			/* systemd was asked for it: it may exist */
	pid_t holder;			/* our child in it, until init is, since an empty scope ends; 0: none */
};

struct cgroup {
	enum cgroup_layout layout;
	struct cgroup_unit *unit;	/* NULL: the cgroupfs driver.  From malloc, freed by cgroup_close() */
	struct cgroup_folder *folders;	/* and their paths: from malloc, freed by cgroup_close() */
	size_t n_folders;

	/* For cgroup_make() and cgroup_limit(); a record has none of these. */
	bool required;		/* a refusal is an error; otherwise the container goes without a cgroup there */
	bool rootless;		/* a refusal is to be expected */
	bool given;		/* to the container's user, who need not be whoever makes the first process */
	bool looked;		/* `made` means "to be made"; `fd` is the folder or, if it is missing, the root */
	const struct oci_resources *resources;	/* borrowed from the plan */
};

/* ---- paths.c --------------------------------------------------------------- */

/* Decide the paths (pure: no system call).  No folders at all where cgroups are disabled or, unless required, not
 * mounted. */
int cgroup_paths(const struct cgroup_plan *plan, const struct host *host, struct cgroup *cgroup, struct error *err);

/* ---- make.c ---------------------------------------------------------------- */

/* Find out which folders cgroup_make() will have to make, and set `made` and `made_parents` for the journal.  Changes
 * nothing outside CGROUP.  Optional: cgroup_make() calls it if the caller did not. */
int cgroup_look(struct cgroup *cgroup, struct error *err);

/* Make the folders with their parents and open them.  A folder that exists must not be frozen, and neither it nor any
 * folder below it may contain processes.  A folder that is refused (EACCES, EPERM, EROFS) is dropped from CGROUP unless
 * it is required.  On error what was made is removed. */
int cgroup_make(struct cgroup *cgroup, struct error *err);

/* ---- limit-all.c, merge.c, update.c, foresee.c ----------------------------- */

/* Write what linux.resources asks for; what this layout cannot express is an error that points at the property. */
int cgroup_limit(struct cgroup *cgroup, const struct oci_resources *resources, struct error *err);

/*
 * Change the limits of a cgroup in use, all or nothing: the old values are
 * read first, and written back if one of the new ones is refused.  What WANT
 * does not give (0 is "not given", as in a config) stays as it is.
 *
 *	cgroup_merge()		ALL = NOW overridden by WANT: what holds afterwards; pure; in ARENA, NOW and WANT
 *	cgroup_update()		does it; ERR points below /linux/resources
 *	cgroup_update_undo()	undoes that, when something else in the same change is refused; what cannot be
 *				restored is logged
 *	cgroup_update_end()	forgets the old values, in every case
 */
struct cgroup_change {
	const struct oci_resources *now;	/* what has been asked for so far */
	const struct oci_resources *want;	/* what is to change */
	struct oci_resources all;		/* by cgroup_merge() */
	struct limits *done;			/* by cgroup_update(); NULL: nothing was changed */
};
void cgroup_merge(const struct cgroup *cgroup, struct arena *arena, struct cgroup_change *change);
int cgroup_update(struct cgroup *cgroup, struct cgroup_change *change, struct error *err);
void cgroup_update_undo(struct cgroup *cgroup, struct cgroup_change *change);
void cgroup_update_end(struct cgroup_change *change);

/* Fill PLAN's writes, in ARENA: what cgroup_limit() would write, where and why.  Changes nothing else; -1 where
 * cgroup_limit() would find that this machine cannot do it.  With systemd, which is given properties, there are no
 * writes. */
int cgroup_foresee(struct arena *arena, struct cgroup_plan *plan, const struct host *host, struct error *err);

/* ---- systemd.c: a cgroup that systemd makes (cgroup->unit) ----------------- */

/* Make the unit's description, by which we know it as ours, from the container's ID and time of creation. */
void cgroup_describe_unit(struct cgroup *cgroup, const char *id, const char *created);

/* For a cgroup that systemd makes (cgroup->unit): have it make the unit, wait until that is done (at most 30 s) and
 * fill in the folders.  The caller has noted the unit in the journal.  A unit of that name that runs already is an
 * error (ERROR_EXISTS). */
int cgroup_start_unit(struct cgroup *cgroup, const struct host *host, struct error *err);

/* Init, the process PID, is in the cgroup: the holder of its place may go.  Does nothing without a unit. */
int cgroup_born(struct cgroup *cgroup, pid_t pid, struct error *err);

/* Put our process PID into the cgroup2 folder, or to where cgroup_below() led.  With a unit systemd does it if the user
 * may not, since cgroups in between are not his. */
int cgroup_attach(const struct cgroup *cgroup, pid_t pid, struct error *err);

/* With a unit: false if it is now somebody else's, who took the name after ours had ended; its folders are then closed
 * and forgotten.  To be asked before a later command kills or removes anything. */
bool cgroup_claim(struct cgroup *cgroup);

/* ---- cgroup.c: open it, enter it, forget it -------------------------------- */

/* Open the recorded folders again; one that is gone is skipped (fd -1).  JOIN: also open v1 `tasks`. */
int cgroup_open(struct cgroup *cgroup, bool join, struct error *err);

/* True if it has a folder in the hierarchy of CONTROLLER: "cpu", "systemd"; "" is cgroup2's. */
bool cgroup_has(const struct cgroup *cgroup, const char *controller);

/* The cgroup2 folder for clone3(CLONE_INTO_CGROUP), or -1. */
int cgroup_birth_fd(const struct cgroup *cgroup);

/* True if a birth in that folder failed with NUMBER for a reason that does not keep the process from going there
 * later. */
bool cgroup_birth_refused(const struct cgroup *cgroup, int number);

/* For the calling, single-threaded process: enter every v1 folder by writing "0" to `tasks`, which does not wait for an
 * RCU grace period (cgroup.procs does, ~10 ms on an idle machine). */
int cgroup_join(const struct cgroup *cgroup, struct error *err);

/* The fallback: put PID there by cgroup.procs, in all folders, or only in cgroup2 ones. */
int cgroup_add(const struct cgroup *cgroup, pid_t pid, bool only_v2, struct error *err);

/* Forget, and close, the folders that are not ours.  For a container of which only the journal is left: it was written
 * before cgroup_make() found out whether somebody else is in a folder that existed, so nobody in it may be killed. */
void cgroup_keep_made(struct cgroup *cgroup);

/* Close all descriptors and free all memory. */
void cgroup_close(struct cgroup *cgroup);

/* ---- below.c: other places below it ---------------------------------------- */

/* Descend below the container's own cgroups, opened with JOIN, as `exec --cgroup` says: one "PATH" for all hierarchies,
 * or for v1 "CONTROLLER[,CONTROLLER]:PATH", which leaves the others where they are.  ARGUMENTS end with NULL.
 * ERROR_USAGE if they are wrong. */
int cgroup_below(struct cgroup *cgroup, char *const *arguments, struct error *err);

/* v2: go to where PID is, below the container's own cgroup, which takes no processes itself (EBUSY) once the container
 * hands controllers to those below; its first process must have moved by then. */
int cgroup_follow(struct cgroup *cgroup, pid_t pid, struct error *err);

/* After cgroup_open() with JOIN: in place of folders that are gone take those that PID is in.  A folder can be removed
 * once its processes have moved elsewhere; a new one must not stay where its maker happens to be. */
int cgroup_replace_gone(struct cgroup *cgroup, pid_t pid, struct error *err);

/* ---- delegate.c: what the container may do with it ------------------------- */

/* Give the cgroup2 folder, and in it the files that /sys/kernel/cgroup/delegate lists, to UID, a host uid, as a
 * container with its own user and cgroup namespace and a writable cgroup mount may expect (config-linux.md, "Cgroup
 * ownership").  Does nothing in v1, where it is not safe. */
int cgroup_delegate(const struct cgroup *cgroup, uid_t uid, struct error *err);

/* v2: move PID to PATH ("/a/b") below the container's cgroup; make what is missing of it, with the controllers that the
 * container has for RESOURCES, and give it to *OWNER, a host uid, unless OWNER is NULL. */
int cgroup_move_below(const struct cgroup *cgroup, const char *path, pid_t pid, const struct oci_resources *resources,
		      const uid_t *owner, struct error *err);

/* ---- pids.c ---------------------------------------------------------------- */

/* All processes in it and below, in any of its hierarchies, sorted, each once; the caller frees *PIDS. */
int cgroup_pids(const struct cgroup *cgroup, pid_t **pids, size_t *n, struct error *err);

/* True if PID is one of these N, which are sorted. */
bool pids_have(const pid_t *pids, size_t n, pid_t pid);

/* ---- signal.c -------------------------------------------------------------- */

/* Hold the first of the *N PIDS, a list just read: FDS gets a descriptor (sys/process.h) for each that is in CGROUP
 * even after that, and so is no stranger with that number; -1 for the others.  *N becomes how many were looked at: not
 * all if they are more than CGROUP_HELD, or descriptors run out; none is an error.  The caller closes them. */
#define CGROUP_HELD 128
int cgroup_hold(const struct cgroup *cgroup, const pid_t *pids, size_t *n, int fds[CGROUP_HELD], struct error *err);

/* Send SIG to every process in it.  SIGKILL uses cgroup.kill (5.14), else freeze, kill, thaw; repeated until nothing is
 * left or 10 s have passed (ERROR_TIMEOUT). */
int cgroup_signal_all(const struct cgroup *cgroup, int sig, struct error *err);

/* Freeze it and wait (at most 10 s) until no process runs any more, or thaw it. */
int cgroup_freeze(const struct cgroup *cgroup, bool freeze, struct error *err);

/* Thaw it and all below it, which the container may have frozen itself, so that a SIGKILL reaches everybody: in v1 a
 * frozen process does not die of it, and the first process of a pid namespace waits for the others forever. */
int cgroup_thaw_all(const struct cgroup *cgroup, struct error *err);

/* True if it is frozen. */
bool cgroup_frozen(const struct cgroup *cgroup);

/* The path of the folder that cgroup_freeze() works on, for a program that freezes by itself; NULL if there is none.
 * The caller frees. */
char *cgroup_freezer_path(const struct cgroup *cgroup);

/* ---- oom.c ----------------------------------------------------------------- */

/* *N: how many of its processes the kernel has killed so far because memory ran out.  False, and 0, if the kernel does
 * not say (no memory controller; v1 before 4.13). */
bool cgroup_oom_kills(const struct cgroup *cgroup, unsigned long long *n);

/* True if LOG, the kernel's (sys/kernel-log.h), says that it killed the process PID, in the cgroup PATH or below it,
 * because memory ran out (since 5.0).  PATH and PID are those of the host's first namespaces. */
bool cgroup_oom_logged(const char *log, const char *path, pid_t pid);

/*
 * To notice it when it happens: poll(2) `fd` for `events`, then ask cgroup_oom_happened().
 * `fd` is -1 where there is no memory controller.
 */
struct cgroup_oom_watch {
	int fd;
	short events;
	int folder;			/* v1: borrowed from the cgroup */
	unsigned long long seen;	/* v2: kills reported so far */
};
int cgroup_oom_watch(const struct cgroup *cgroup, struct cgroup_oom_watch *watch, struct error *err);

/* True if memory has run out since the last time: in v1, the limit was hit and nothing could be reclaimed; in v2, a
 * process was killed.  Other causes that wake the descriptor do not count; `fd` becomes -1 once the cgroup is gone. */
bool cgroup_oom_happened(struct cgroup_oom_watch *watch);
void cgroup_oom_unwatch(struct cgroup_oom_watch *watch);

/* ---- remove.c -------------------------------------------------------------- */

/* Stop the unit, if there is one and it is ours, and remove the folders we made, children first; waits (by events, at
 * most 10 s) for the last process to be gone.  What is gone already is fine.  The folders may be open or closed; they
 * are closed afterwards.  Parents that we made stay if others live in them, and then for good: nobody else's record
 * knows that they are ours. */
int cgroup_remove(struct cgroup *cgroup, struct error *err);
