/*
 * resctrl-stats.h - what a group of resctrl has, and has used
 *
 * For `events`.  Nothing here is an error: what this processor or this kernel
 * does not have stays NULL or 0.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct resctrl;

struct resctrl_domain {		/* an L3 cache, with its processors */
	unsigned long long total_bytes, local_bytes;	/* memory traffic so far */
	unsigned long long occupancy;			/* bytes of the cache in use */
};

struct resctrl_stats {
	struct {
		bool there;
		char *cbm_mask;		/* "fffff" */
		unsigned long long min_cbm_bits, num_closids;
		char *schema_root, *schema;	/* "L3:0=ff;1=ff" */
	} l3;
	struct {
		bool there;
		unsigned long long bandwidth_gran, delay_linear, min_bandwidth, num_closids;
		char *schema_root, *schema;	/* "MB:0=100" */
	} memory;
	bool traffic, occupancy;	/* which of the domains' values are counted */
	struct resctrl_domain *domains;
	size_t n_domains;
};

/* All of the group R, whose root is open; lives in ARENA. */
void resctrl_read_stats(const struct resctrl *r, struct arena *arena, struct resctrl_stats *stats);

/* The line of RESOURCE ("L3", "MB") in the text of a `schemata` file, without leading blanks, in ARENA; NULL if there
 * is none. */
char *resctrl_line(struct arena *arena, const char *schemata, const char *resource);
