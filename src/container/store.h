/*
 * store.h - the state folders
 *
 * STATE_ROOT/ID/ holds all that is known about a container.  mkdir(2) of it is
 * the lock on the id: of two creates one wins.  While making the container, the
 * creator holds flock(2) on the folder, so that others can tell a create at
 * work from one that was killed.  delete takes it too, so that of two only one
 * does the work.  Inside are:
 *
 *	journal		the record, written before anything outside the folder is made
 *	state.json	the record of the created container, renamed into place
 *	config.json	the runtime's own copy of the config: later edits of the bundle have no effect; `update` writes
 *			its limits here
 *	update		locked by the command that changes limits
 *	starting	locked by the start that listens for the container's READY=1
 *	seccomp		the compiled filter, for exec
 *	may-trace	a note that exec must expect tracers (tracers.h)
 *	start		the gate's socket, on which init waits for `start`
 *	notify/		the container's NOTIFY_SOCKET
 *
 * A folder with a journal but no state.json is left over from a failed create:
 * `delete` undoes it from the journal.
 */
#pragma once
#include <stdbool.h>

#include "container/record.h"
#include "cgroup/cgroup.h"

struct arena;
struct error;

#define RECORD_VERSION 1

/* Refuse what is not [A-Za-z0-9_+.-]{1,255} or is "." or "..". */
int store_check_id(const char *id, struct error *err);

/* Make the folder of a new container (and the state root, 0700) and lock it.  Returns the folder's descriptor; -1 with
 * ERROR_EXISTS if the id is taken. */
int store_make(const char *root, const char *id, struct error *err);

/* Open the folder of a container; -1 with ERROR_NOT_FOUND if there is none. */
int store_open(const char *root, const char *id, struct error *err);

/* True if somebody else has the lock: of a folder without a record, its creator. */
bool store_locked(int folder);

/* Take the lock for as long as the descriptor is open; false if somebody else has it.  WAIT: wait until it is free. */
bool store_lock(int folder, bool wait);

/* Take it within MS milliseconds; -1 with ERR if another command holds it, or has removed the folder meanwhile. */
int store_lock_within(int folder, int ms, struct error *err);

/* Say that another command has held it for MS milliseconds: -1. */
int store_fail_busy(int ms, struct error *err);

/* Release it before the descriptor is closed. */
void store_unlock(int folder);

/* Wait, at most 10 s, for the sole right to change the container's limits, for as long as the returned descriptor is
 * open.  This is not the folder's own lock: hooks that run under that one may want to change limits. */
int store_lock_update(int folder, struct error *err);

/* The sole right to start the container, for as long as the returned descriptor is open; ERROR_STATE if another start
 * has it. */
int store_lock_start(int folder, struct error *err);

/* True if the folder has been removed since it was opened. */
bool store_removed(int folder);

/* Remove the folder with all that is in it.  Gone already is fine. */
int store_remove(const char *root, const char *id, int folder, struct error *err);

/* Write RECORD as NAME ("journal" or "state.json"), whole or not at all. */
int store_write(int folder, const char *name, const struct record_state *record, struct error *err);

/* Read it; lives in ARENA.  NULL with ERROR_NOT_FOUND if NAME is not there. */
struct record_state *store_read(int folder, const char *id, const char *name, struct arena *arena, struct error *err);

/* Convert the cgroup part of a record, to and from.  CGROUP owns copies of its strings. */
void store_put_cgroup(struct arena *arena, struct record_state *record, const struct cgroup *cgroup);
void store_get_cgroup(const struct record_state *record, struct cgroup *cgroup);

/* The same for only the folder that has CONTROLLER ("memory", "freezer"): v1's if there is one, else v2's. */
void store_get_cgroup_of(const struct record_state *record, const char *controller, struct cgroup *cgroup);
