/*
 * rdt.h - the container's resctrl group, and its place in the record
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

/* For create: find what exists (tune/resctrl.h) and note in RECORD (in ARENA) what will be made.  R->root stays open;
 * the caller closes it.  PLAN NULL: do nothing; resctrl is not needed. */
int rdt_look(struct arena *arena, const struct rdt_plan *plan, struct resctrl *r, struct record_state *record,
	     struct error *err);

/* Make the group, and note what was made. */
int rdt_make(const struct rdt_plan *plan, struct resctrl *r, struct record_state *record, struct error *err);

/* Put PID into the group of RECORD, if it has one. */
int rdt_join(const struct record_state *record, pid_t pid, struct error *err);

/* Remove what RECORD says we made: ALL of it after a failure, otherwise only what ends with the container. */
int rdt_remove(const struct record_state *record, bool all, struct error *err);

/* Read allocation and usage of RECORD's group into STATS (in ARENA).  False if the container has none, or resctrl is
 * gone. */
bool rdt_stats(const struct record_state *record, struct arena *arena, struct resctrl_stats *stats);

/* For update: write the N SCHEMATA (NULL: not given) to the group.  *OLD receives the previous ones, for rdt_restore();
 * the caller frees.  If one is refused, all are as before and *OLD is NULL. */
int rdt_update(const struct record_state *record, const char *const *schemata, size_t n, char **old, struct error *err);

/* Put the OLD schemata back after another part of the update failed. */
void rdt_restore(const struct record_state *record, char *old);
