/*
 * limit.h - from linux.resources to values in files
 *
 * Theory.  Each limit-*.c turns one part of linux.resources into writes: this
 * value into that file, because of that property.  None of them changes the
 * kernel's files, except limit-devices.c, whose rules are no values.
 * limit-all.c calls them, limit.c then does all writes of a cgroup.
 *
 * The kernel checks some files against each other (memory and memory+swap,
 * quota and period and burst, a real-time period and its runtime) and answers
 * EINVAL to a value that fits only after the other has changed.  Which order
 * is right depends on the old values and on the parents.  Instead of knowing
 * all such rules, limit.c tries a refused write again after the others.
 */
#pragma once
#include "cgroup/inner.h"

struct limit_write {
	const struct cgroup_folder *folder;
	char file[64];
	char *value;
	char *pointer;
	const char *other_file;		/* to write instead where FILE does not exist, or NULL */
	char *other_value;
	bool optional;			/* if the file is missing there is nothing to limit */
	const char *missing;		/* what it means if the file does not exist, or NULL */
	bool again;			/* asked for before: if its device is gone since, there is nothing to limit */
	bool done;
	char *before;			/* what to write to undo it; NULL: not asked for, or not known */
};

struct limits {
	const struct cgroup *cgroup;
	const struct cgroup_folder *v2;
	char v2_controllers[256];	/* by limits_look() */
	bool foreseen;			/* nothing will be written, and the folders may not exist */
	struct limit_write *writes;
	size_t n;
	size_t n_free;			/* the first n_free may go in any order; the rest follows in its own order */
};

/* A controller by its names in both versions; NULL: that version has none. */
struct controller {
	const char *v1, *v2;
};

/* The folder where CONTROLLER can be used, whichever version has it on this machine.  NULL with ERR at POINTER. */
const struct cgroup_folder *limits_folder(struct limits *limits, const struct controller *controller,
					  const char *pointer, struct error *err);

/* Add a write to the list, which takes over VALUE.  The result may be changed until the next call. */
struct limit_write *limits_add(struct limits *limits, const struct cgroup_folder *folder, const char *pointer,
			       const char *file, char *value);

/* VALUE as text; limit_or(): for -1, NONE, the word for "no limit": v1's "-1" or v2's "max". */
char *limit_text(unsigned long long value);
char *limit_or(long long value, const char *none);

/* POINTER/KEY, escaped (RFC 6901).  The caller frees. */
char *pointer_to_key(const char *pointer, const char *key);

/* limit-memory.c, limit-cpu.c, limit-io.c: one part of linux.resources each, as writes. */
int limits_memory(struct limits *limits, const struct oci_memory *memory, struct error *err);
int limits_hugetlb(struct limits *limits, const struct oci_resources *resources, struct error *err);
int limits_cpu(struct limits *limits, const struct oci_cpu *cpu, struct error *err);
int limits_cpuset(struct limits *limits, const struct oci_cpu *cpu, struct error *err);
int limits_pids(struct limits *limits, const struct oci_pids *pids, struct error *err);
int limits_block_io(struct limits *limits, const struct oci_block_io *io, struct error *err);
int limits_network(struct limits *limits, const struct oci_network *network, struct error *err);
int limits_rdma(struct limits *limits, const struct json_map *rdma, struct error *err);

/* The device rules as writes: v1's lines, or the length of v2's program.  Nothing is written, and nothing is added if
 * nothing is restricted or there is no controller. */
int limits_foresee_devices(struct limits *limits, const struct oci_resources *resources, struct error *err);

/* All of RESOURCES but the devices, as writes; nothing is written.  LIMITS->cgroup and v2 are set by the caller. */
int limits_collect(struct limits *limits, const struct oci_resources *resources, struct error *err);

/* Find out which controllers LIMITS->v2 has or, if foreseen, will have. */
void limits_look(struct limits *limits);

/* Do all writes, and mark those that were done. */
int limits_write(struct limits *limits, struct error *err);

void limits_free(struct limits *limits);

/* What to write to FILE, after VALUE was written there, to restore it to the text OLD: the same device's line in a file
 * with one per device, the number of "oom_kill_disable", or all of it.  From malloc; NULL: OLD does not tell. */
char *limit_before(const char *file, const char *value, const char *old);

/* The device rules, in whichever version has them. */
int limit_devices(const struct cgroup *cgroup, const struct oci_resources *resources, struct error *err);

/* Replace the rules of NOW while processes run: a device that both allow can be opened at every moment.  All or
 * nothing. */
int limit_devices_change(const struct cgroup *cgroup, const struct oci_resources *now,
			 const struct oci_resources *resources, struct error *err);
