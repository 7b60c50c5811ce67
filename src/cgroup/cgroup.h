/*
 * cgroup.h - the container's place in the cgroup tree
 *
 *	runtime:	cgroup_paths()	where, decided from the plan
 *			cgroup_start_unit()	with the systemd driver: it makes the cgroup, and tells where
 *			cgroup_look()	what of it is there already: note paths and `made` now, before anything is made
 *			cgroup_make()	folders in every hierarchy
 *			cgroup_limit()	values from linux.resources
 *			cgroup_born()	init is in it
 *	init:		cgroup_join()	by itself, where the kernel could not put it there at birth
 *	later:		cgroup_open()	from the recorded paths
 *			cgroup_update()	other limits
 *			cgroup_pids, cgroup_kill, cgroup_remove ...
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
	char *instead;		/* for cgroup_look(): where to go if PATH is not ours to make; or NULL */
	bool made;		/* by us: to be removed */
	unsigned made_parents;	/* so many folders right above it are ours too: removed with it, once they are empty */
	int fd;			/* of the folder, O_DIRECTORY; -1 when closed */
	int join;		/* v1: `tasks`, open for writing, for init; -1 otherwise */
};

/* The unit of systemd whose cgroup it is. */
struct cgroup_unit {
	char *name;			/* "ctr-run-web.scope" */
	char *path;			/* of its cgroup, the same in all hierarchies; NULL: not known yet */
	char *description;		/* names the container and when it was made: only a unit that says so is ours */
	bool user;			/* of our user's systemd */
	bool lingers;			/* systemd keeps it when it fails */
	const struct unit_plan *plan;	/* borrowed; only for cgroup_start_unit() */
	bool asked;			/* systemd was asked for it: it may be there */
	pid_t holder;			/* our child in it, until init is: an empty scope ends; 0: none */
};

struct cgroup {
	enum cgroup_layout layout;
	struct cgroup_unit *unit;	/* NULL: no driver but the file system.  From malloc, freed by cgroup_close() */
	struct cgroup_folder *folders;	/* and their paths: from malloc, freed by cgroup_close() */
	size_t n_folders;

	/* For cgroup_make() and cgroup_limit(); a record has none of these. */
	bool required;		/* a refusal is an error; otherwise the container goes without a cgroup there */
	bool rootless;		/* a refusal is to be expected */
	bool looked;		/* `made` tells of the future; `fd` is the folder or, if it is missing, the root */
	const struct oci_resources *resources;	/* borrowed from the plan */
};

/* Decide the paths (pure: no system call).  No folders at all where cgroups are disabled or, unless required, not
 * mounted. */
int cgroup_paths(const struct cgroup_plan *plan, const struct host *host, struct cgroup *cgroup, struct error *err);

/* For a cgroup of systemd's (cgroup->unit): have it make the unit, wait until that is done (at most 30 s) and fill in
 * the folders.  First note the unit in the journal.  A unit of that name that runs already is an error
 * (ERROR_EXISTS). */
int cgroup_start_unit(struct cgroup *cgroup, const struct host *host, struct error *err);

/* Make the unit's description, by which it is known as ours, of the container's ID and time of creation. */
void cgroup_describe_unit(struct cgroup *cgroup, const char *id, const char *created);

/* Find out which folders cgroup_make() will have to make, and set `made` and `made_parents` for the journal. Changes
 * nothing outside.  Optional: cgroup_make() calls it if the caller did not. */
int cgroup_look(struct cgroup *cgroup, struct error *err);

/* Make the folders with their parents and open them.  A folder that exists must be empty of processes, as must all
 * below it, and not frozen.  A folder that is refused (EACCES, EPERM, EROFS) is dropped from CGROUP unless it is
 * required.  On error what was made is removed. */
int cgroup_make(struct cgroup *cgroup, struct error *err);

/* Write what linux.resources asks for; what this layout cannot express is an error that points at the property. */
int cgroup_limit(struct cgroup *cgroup, const struct oci_resources *resources, struct error *err);

/*
 * Change the limits of a cgroup in use.  All of it or nothing: the old values
 * are read first, and written back if one of the new ones is refused.  What
 * WANT does not give (0 is "not given", as in a config) stays as it is.
 *
 *	cgroup_merge()		ALL = NOW with what WANT gives: what holds afterwards; pure; in ARENA, NOW and WANT
 *	cgroup_update()		does it; ERR points below /linux/resources
 *	cgroup_update_undo()	after that: as it was before, when something else of the same change is refused; what
 *				cannot be had back is logged
 *	cgroup_update_end()	forgets the old values, after a success or none
 */
struct cgroup_change {
	const struct oci_resources *now;	/* what was asked for so far */
	const struct oci_resources *want;	/* what is to change */
	struct oci_resources all;		/* by cgroup_merge() */
	struct limits *done;			/* by cgroup_update(); NULL: nothing was changed */
};
void cgroup_merge(const struct cgroup *cgroup, struct arena *arena, struct cgroup_change *change);
int cgroup_update(struct cgroup *cgroup, struct cgroup_change *change, struct error *err);
void cgroup_update_undo(struct cgroup *cgroup, struct cgroup_change *change);
void cgroup_update_end(struct cgroup_change *change);

/* The process PID, init, is in the cgroup: what kept its place may go.  Nothing without a unit. */
int cgroup_born(struct cgroup *cgroup, pid_t pid, struct error *err);

/* Put our process PID into the cgroup2 folder, or to where cgroup_below() led.  With a unit systemd does it for a user
 * who may not, since cgroups in between are not his. */
int cgroup_attach(const struct cgroup *cgroup, pid_t pid, struct error *err);

/* With a unit: false if it is somebody else's now, who took the name when ours had ended; its folders are then closed
 * and forgotten.  To be asked before anything is killed or removed long after. */
bool cgroup_claim(struct cgroup *cgroup);

/* Fill PLAN's writes, in ARENA: what cgroup_limit() would write, where and why.  Changes nothing outside; -1 where
 * cgroup_limit() would find that this machine cannot do it.  None with systemd, which is told properties. */
int cgroup_foresee(struct arena *arena, struct cgroup_plan *plan, const struct host *host, struct error *err);

/* The cgroup2 folder for clone3(CLONE_INTO_CGROUP), or -1. */
int cgroup_birth_fd(const struct cgroup *cgroup);

/* True if a birth in that folder failed with NUMBER for a reason that does not keep the process from getting there
 * later. */
bool cgroup_birth_refused(const struct cgroup *cgroup, int number);

/* For the calling, single-threaded process: enter every v1 folder by writing "0" to `tasks`, which waits for no RCU
 * grace period (cgroup.procs does, ~10 ms on an idle machine). */
int cgroup_join(const struct cgroup *cgroup, struct error *err);

/* The fallback: put PID there by cgroup.procs, in all folders, or only in cgroup2 ones. */
int cgroup_add(const struct cgroup *cgroup, pid_t pid, bool only_v2, struct error *err);

/* Open the recorded folders again; one that is gone is skipped (fd -1).  JOIN: also open v1 `tasks`. */
int cgroup_open(struct cgroup *cgroup, bool join, struct error *err);

/* Go on below the container's own cgroups, which are open with JOIN, as `exec --cgroup` says: one "PATH" for all
 * hierarchies, or "CONTROLLER[,CONTROLLER]:PATH" for those of v1, the others staying where they are.  ARGUMENTS end
 * with NULL.  ERROR_USAGE if they are wrong. */
int cgroup_below(struct cgroup *cgroup, char *const *arguments, struct error *err);

/* v2: go to where PID is, below the container's own cgroup.  That takes no processes itself once the container hands
 * controllers to those below (EBUSY); its first process must have moved then. */
int cgroup_follow(struct cgroup *cgroup, pid_t pid, struct error *err);

/* All processes in it and below, in any of its hierarchies, sorted, each once; the caller frees *PIDS. */
int cgroup_pids(const struct cgroup *cgroup, pid_t **pids, size_t *n, struct error *err);

/* True if PID is one of these N, which are sorted. */
bool pids_have(const pid_t *pids, size_t n, pid_t pid);

/* SIG to every process in it.  SIGKILL uses cgroup.kill (5.14), else freeze, kill, thaw; repeated until nothing is left
 * or 10 s have passed (ERROR_TIMEOUT). */
int cgroup_signal_all(const struct cgroup *cgroup, int sig, struct error *err);

/* Freeze it and wait (at most 10 s) until no process runs any more, or thaw it. */
int cgroup_freeze(const struct cgroup *cgroup, bool freeze, struct error *err);

/* Thaw it with all below it that the container may have frozen itself, so that a SIGKILL reaches everybody: in v1 no
 * frozen process takes one, and the first process of a pid namespace waits for the others without end. */
int cgroup_thaw_all(const struct cgroup *cgroup, struct error *err);

/* True if it is frozen. */
bool cgroup_frozen(const struct cgroup *cgroup);

/* True if it has a folder in the hierarchy of CONTROLLER: "cpu", "systemd"; "" is cgroup2's. */
bool cgroup_has(const struct cgroup *cgroup, const char *controller);

/* The path of the folder that cgroup_freeze() works on, for a program that freezes by itself; NULL if there is none.
 * The caller frees. */
char *cgroup_freezer_path(const struct cgroup *cgroup);

/* *N: how many of its processes the kernel has killed so far because memory ran out.  False, and 0, if the kernel does
 * not tell (no memory controller; v1 before 4.13). */
bool cgroup_oom_kills(const struct cgroup *cgroup, unsigned long long *n);

/*
 * To learn of that when it happens: poll(2) `fd` for `events`, then ask cgroup_oom_happened().
 * `fd` is -1 where there is no memory controller.
 */
struct cgroup_oom_watch {
	int fd;
	short events;
	int folder;			/* v1: borrowed from the cgroup */
	unsigned long long seen;	/* v2: kills told so far */
};
int cgroup_oom_watch(const struct cgroup *cgroup, struct cgroup_oom_watch *watch, struct error *err);

/* True if memory has run out since the last time: v1: the limit was hit and nothing could be reclaimed; v2: a process
 * was killed.  What else wakes the descriptor is left out. */
bool cgroup_oom_happened(struct cgroup_oom_watch *watch);
void cgroup_oom_unwatch(struct cgroup_oom_watch *watch);

/* Stop the unit, if there is one and it is ours, and remove the folders we made, children first; waits (events,
 * bounded by 10 s) for the last process to be gone.  What is gone already is fine.  Open or closed folders alike; they
 * are closed afterwards.  Parents that we made stay as long as others live in them, and then for good: nobody else's
 * record knows that they are ours. */
int cgroup_remove(struct cgroup *cgroup, struct error *err);

/* Give the cgroup2 folder to UID, a host uid, as a container with its own user and cgroup namespace and a writable
 * cgroup mount may expect (config-linux.md, "Cgroup ownership"): the folder and what /sys/kernel/cgroup/delegate lists.
 * v1: nothing, as that is not safe there. */
int cgroup_delegate(const struct cgroup *cgroup, uid_t uid, struct error *err);

/* v2: move PID to PATH ("/a/b") below the container's cgroup; make what is missing of it, with the controllers that the
 * container has for RESOURCES, and give it to OWNER, a host uid, unless NULL. */
int cgroup_move_below(const struct cgroup *cgroup, const char *path, pid_t pid, const struct oci_resources *resources,
		      const uid_t *owner, struct error *err);

/* Forget, and close, the folders that are not ours.  For a container of which only the journal is left: that was
 * written before cgroup_make() found out whether somebody else is in a folder that was there, so that nobody in it may
 * be killed. */
void cgroup_keep_made(struct cgroup *cgroup);

/* Close all descriptors and free all memory. */
void cgroup_close(struct cgroup *cgroup);
