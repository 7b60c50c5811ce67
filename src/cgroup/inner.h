/*
 * inner.h - what the files of this room share; nobody else includes it
 */
#pragma once
#include <errno.h>

#include "cgroup/cgroup.h"

struct arena;

#define CGROUP_ROOT	"/sys/fs/cgroup"
#define CGROUP_PATIENCE	10000000u	/* how long to wait for what the kernel will do sooner or later, in us */

/* ---- paths.c: pure functions on paths in the tree ---- */

/* Copy the next component of the path at *AT into NAME (NAME_MAX + 1 bytes) and step over it; false at the end. */
bool component_next(const char **at, char *name);

/* How many components PATH has. */
unsigned component_count(const char *path);

/* A new copy of the first N components of PATH, "/a/b"; "/" for none. */
char *component_prefix(const char *path, unsigned n);

/* True if PATH begins with "/" and no component is empty, "." , ".." or too long. */
bool component_plain(const char *path);

/* ---- folder.c: one folder of one hierarchy ---- */

/* Open the root of FOLDER's hierarchy, O_PATH; it is verified to be a cgroup mount. */
int folder_open_root(const struct cgroup_folder *folder, struct error *err);

/* Open the folder PATH ("/x/y") below the ROOT of its hierarchy for reading. */
int folder_open_path(int root, const char *path, struct error *err);

/* True if FOLDER's hierarchy has the v1 CONTROLLER: "cpu" in "cpu" or "cpu,cpuacct". */
bool folder_has(const struct cgroup_folder *folder, const char *controller);

/* The open folder of the v1 CONTROLLER, or NULL. */
const struct cgroup_folder *cgroup_v1(const struct cgroup *cgroup, const char *controller);

/* The open cgroup2 folder, or NULL. */
const struct cgroup_folder *cgroup_v2(const struct cgroup *cgroup);

/* Where FOLDER is, for messages: "/sys/fs/cgroup/memory/x".  The caller frees. */
char *folder_name(const struct cgroup_folder *folder);

/* True if NUMBER is the errno of a cgroup's files when it is gone or going. */
static inline bool folder_gone(int number)
{
	return number == ENOENT || number == ENODEV;
}

/* Read the small file NAME in DIR as text, without the final newline.  False with errno. */
bool folder_peek(int dir, const char *name, char *text, size_t size);

/* True if WORD is one of the words of TEXT, a list of controllers. */
bool words_have(const char *text, const char *word);

/* ---- cgroup.c ---- */

/* Take folder I out of CGROUP, and close it. */
void folder_drop(struct cgroup *cgroup, size_t i);

/* ---- parent.c: what a new folder needs from those above it ---- */

/* v1 cpuset: give CHILD the cpus and memory nodes of PARENT if it has none; without them it takes no process. */
int cpuset_inherit(int parent, int child, struct error *err);

/* v2: enable in DIR's cgroup.subtree_control what RESOURCES and every container need and DIR can give.  Best effort:
 * whoever needs a missing one will notice, and say so. */
void controllers_enable(int dir, const struct oci_resources *resources);

/* The same in every folder above FOLDER, for what is wanted only once it is in use. */
void controllers_enable_above(const struct cgroup_folder *folder, const struct oci_resources *resources);

/* True if DIR has processes of its own and so cannot give controllers to those below. */
bool controllers_barred(int dir);

/* ---- pids.c: reading cgroup.procs and "key number" files ---- */

/* Add the pids in TEXT, the N bytes of a cgroup.procs, to *PIDS of *N_PIDS (an xgrow() array).  Returns how many
 * processes there are in all: one of an outer pid namespace is shown as 0 and has no pid here. */
size_t procs_parse(const char *text, size_t n, pid_t **pids, size_t *n_pids);

/* Add the processes of DIR and all folders below it to PROCS, whose array the caller frees. */
struct procs {
	pid_t *pids;
	size_t n;
	size_t hidden;	/* how many more are of an outer pid namespace, and have no pid here */
};
int procs_read_tree(int dir, struct procs *procs, struct error *err);

/* Sort PIDS and drop duplicates; returns how many are left. */
size_t procs_sort(pid_t *pids, size_t n);

/* The number after KEY in TEXT, which has lines of "key number"; false if there is none. */
bool keyed_find(const char *text, const char *key, unsigned long long *value);

/* The same in the file NAME in DIR. */
bool keyed_read(int dir, const char *name, const char *key, unsigned long long *value);

/* ---- below.c ---- */

/* True if no component of PATH is ".." or too long. */
bool cgroup_below_plain(const char *path);

/* ---- limit-memory.c ---- */

/* "2MB" for "hugepages-2048kB", a folder in /sys/kernel/mm/hugepages; false if NAME is not such a folder. */
bool hugepage_size(const char *name, char *size, size_t room);

/* ---- tree.c ---- */

/* Called by cgroup_walk(); a result below 0 ends the walk. */
typedef int cgroup_visit(int dir, const char *name, void *context, struct error *err);

/* Call ENTER(folder, NULL) for DIR and every folder below it on the way down, LEAVE(parent, name) on the way up (not
 * for DIR); either may be NULL.  What vanishes meanwhile is skipped.  Needs two descriptors and no recursion, however
 * deep the tree that the container made. */
int cgroup_walk(int dir, cgroup_visit *enter, cgroup_visit *leave, void *context, struct error *err);

/* ---- remove.c ---- */

/* Remove FOLDER, if it is ours, with all below it and the parents that are ours too, and close it. */
int folder_remove(struct cgroup_folder *folder, struct error *err);

/* ---- systemd.c ---- */

/* Give systemd those of RESOURCES that it has properties for, and wait until it has written its own values to the
 * files.  DEVICES: their rules have changed as well, which matters to systemd only in v1. */
int unit_limit(const struct cgroup *cgroup, const struct oci_resources *resources, bool devices, struct error *err);

/* Stop the unit with all processes in it; it may be gone already, and one that is not ours is left alone. */
int unit_stop(struct cgroup *cgroup, struct error *err);

/* ---- systemd-devices.c ---- */

struct unit_properties;

/* v1: DevicePolicy and DeviceAllow for systemd, which in v1 writes devices.allow itself whenever it is reloaded.
 * Nothing is added if systemd cannot express the rules. */
void unit_devices(struct arena *arena, const struct oci_resources *resources, struct unit_properties *list);

/* ---- patience.c ---- */

/* Waiting in steps that grow from 50 us (most processes are gone by then) to 10 ms. */
struct patience {
	int64_t end;	/* of clock_now() */
	unsigned step;
};

struct patience patience_start(unsigned us);

/* Sleep one step, or until cgroup.events of the cgroup2 folder DIR (-1: none) changes.  False if time is up. */
bool patience_wait(struct patience *patience, int dir);
