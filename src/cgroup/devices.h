/*
 * devices.h - which devices a container may open or make
 *
 * Theory.  Rules are applied in the order of the config: for each device and
 * each of read, write and make (mknod), the last rule that covers it decides;
 * if none does, it is refused (as in runc; crun allows everything if a config
 * has no rules at all).
 *
 * Only numbers that some rule names can differ from their neighbours.  So the
 * rules are turned into a table of cells: each named major, and "any other",
 * by each named minor, and "any other".  From it come both forms that the
 * kernel takes: v1's list (devices-v1.c) and v2's program (devices-v2.c).
 */
#pragma once
#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libocispec/ocispec.h"

struct error;

#define DEVICE_ANY	UINT32_MAX	/* in a rule: any number; in a question: one that no rule names */
#define DEVICE_BLOCK	BPF_DEVCG_DEV_BLOCK
#define DEVICE_CHAR	BPF_DEVCG_DEV_CHAR
#define DEVICE_MAKE	BPF_DEVCG_ACC_MKNOD
#define DEVICE_READ	BPF_DEVCG_ACC_READ
#define DEVICE_WRITE	BPF_DEVCG_ACC_WRITE
#define DEVICE_ALL	(DEVICE_MAKE | DEVICE_READ | DEVICE_WRITE)

struct device_rule {
	bool allow;
	unsigned types;		/* DEVICE_BLOCK | DEVICE_CHAR */
	uint32_t major, minor;	/* or DEVICE_ANY */
	unsigned access;	/* DEVICE_* */
};

/* The rules of RESOURCES (may be NULL), followed by those that every container has: an array of *N from malloc, or NULL
 * with ERR if one is wrong. */
struct device_rule *device_rules(const struct oci_resources *resources, size_t *n, struct error *err);

/* Which of DEVICE_ALL are allowed. */
unsigned device_access(const struct device_rule *rules, size_t n, unsigned type, uint32_t major, uint32_t minor);

struct device_minor {
	uint32_t minor;
	unsigned access;
};

struct device_major {
	uint32_t major;
	unsigned access;		/* of minors not in the list */
	struct device_minor *minors;	/* sorted */
	size_t n;
};

/* All of one type; the last of MAJORS is DEVICE_ANY, the others are sorted. */
struct device_table {
	unsigned type;
	struct device_major *majors;
	size_t n;
};

void device_table_fill(struct device_table *table, unsigned type, const struct device_rule *rules, size_t n);
void device_table_free(struct device_table *table);

/* True if everything is allowed for all devices of this type. */
bool device_table_open(const struct device_table *table);

/* v1: what to write.  First "a" to devices.allow or devices.deny, then each line to the other file. */
struct device_list {
	bool allow;		/* "a" goes to devices.allow: all is allowed, except the lines */
	char **lines;		/* "c 1:3 rwm" */
	size_t n;
};

/* False if v1's list, which has exceptions but no exceptions to those, cannot express BLOCKS and CHARS.  The caller
 * frees in either case. */
bool device_list_make(struct device_list *list, const struct device_table *blocks, const struct device_table *chars);
void device_list_free(struct device_list *list);

/* The lines that turn OLD's exceptions into NEW's, where both have the same `allow`: MORE are to be added, LESS to be
 * removed.  Lines in both OLD and NEW are in neither.  The caller frees. */
void device_list_diff(const struct device_list *old, const struct device_list *new, struct device_list *more,
		      struct device_list *less);

/* v2: the program, from malloc.  NULL with ERR if it would be too long for its jumps. */
struct bpf_insn *device_program(const struct device_table *blocks, const struct device_table *chars, size_t *n,
				struct error *err);
