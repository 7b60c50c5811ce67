/*
 * rdt.h - the container's group of resctrl, in its record
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct arena;
struct error;
struct rdt_plan;
struct record_state;
struct resctrl;
struct resctrl_stats;

/* For create: find what is there (tune/resctrl.h) and note in RECORD (in ARENA) what will be made of it.  R->root
 * stays open, the caller closes it.  PLAN NULL: nothing, and no resctrl is needed. */
int rdt_look(struct arena *arena, const struct rdt_plan *plan, struct resctrl *r, struct record_state *record,
	     struct error *err);

/* Make it, and note what was made. */
int rdt_make(const struct rdt_plan *plan, struct resctrl *r, struct record_state *record, struct error *err);

/* Put PID into the group of RECORD, if it has one. */
int rdt_join(const struct record_state *record, pid_t pid, struct error *err);

/* Remove what RECORD says we made: ALL of it after a failure, else what goes with the container. */
int rdt_remove(const struct record_state *record, bool all, struct error *err);

/* Read what the group of RECORD has and has used into STATS (in ARENA).  False if the container has none, or resctrl
 * is gone. */
bool rdt_stats(const struct record_state *record, struct arena *arena, struct resctrl_stats *stats);

/* update: write the N SCHEMATA (NULL: not given) to the group.  *OLD gets what they were, for rdt_restore(); the caller
 * frees.  After a refusal they are as they were, and *OLD is NULL. */
int rdt_update(const struct record_state *record, const char *const *schemata, size_t n, char **old, struct error *err);

/* After another part of the update failed. */
void rdt_restore(const struct record_state *record, char *old);
