/*
 * resctrl.h - shares of caches and memory bandwidth (Intel RDT, AMD QoS, ...), by the resctrl file system
 *
 *	resctrl_open()	the mounted file system, or an error if there is none
 *	resctrl_look()	the container's group: is it there, does it fit?  Touches nothing
 *	resctrl_make()	what is missing of it, and its schemata
 *	resctrl_join()	puts a process into it
 *	resctrl_remove()	what we made
 *
 * A group is a folder right below the root ("": the root itself, which is
 * everybody else's group), a monitoring group one in its `mon_groups`.
 * config-linux.md, "IntelRdt"; the kernel's Documentation/filesystems/resctrl.rst.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct error;
struct rdt_plan;

struct resctrl {
	int root;			/* of the mount; the opener closes it */
	const char *group, *monitor;	/* names; "" and NULL: the root, none */
	bool made_group, made_monitor;	/* by us (after resctrl_look(): to be made) */
	bool temporary;			/* the group goes with the container; one that the config names stays
					 * (config-linux.md) */
};

/* The root of the mounted resctrl, O_DIRECTORY; -1 with ERROR_UNSUPPORTED if there is none. */
int resctrl_open(struct error *err);

/* Find out what exists, and refuse what does not fit: an existing group must have the schemata that are asked for, and
 * if none are asked for the group must exist.  R->root is open. */
int resctrl_look(const struct rdt_plan *plan, struct resctrl *r, struct error *err);

/* Make the group and the monitoring group, if resctrl_look() said so, and write PLAN's schemata.  On error what was
 * made is removed. */
int resctrl_make(const struct rdt_plan *plan, struct resctrl *r, struct error *err);

/* The schemata of the group as the kernel prints them; the caller frees.  NULL with ERR. */
char *resctrl_read(const struct resctrl *r, struct error *err);

/* Write one schema to an existing group (update). */
int resctrl_write(const struct resctrl *r, const char *schema, struct error *err);

/* Put PID, a process of one thread, there. */
int resctrl_join(const struct resctrl *r, pid_t pid, struct error *err);

/* Remove what we made: all of it (ALL: the create failed), or what is not to outlive the container. */
int resctrl_remove(const struct resctrl *r, bool all, struct error *err);

/* True if THERE, the text of a `schemata` file, agrees with the line WANTED ("L3:0=7f0;1=1f"): it has the resource, and
 * for each of WANTED's domains the same value, ignoring leading zeros and blanks.  Pure. */
bool resctrl_matches(const char *there, const char *wanted);
