/*
 * handle.h - a container that exists: its folder, its record, its process
 *
 * What start, kill, delete, exec, state and ps open first.
 */
#pragma once
#include <stdbool.h>

#include "container/container.h"
#include "container/record.h"

struct cgroup;
struct error;

struct handle {
	const char *root, *id;
	int folder;			/* the state folder */
	struct arena arena;		/* holds the record */
	struct record_state *record;	/* NULL if only a journal or nothing is there */
	bool complete;			/* there is a state.json: the container was created */
	enum container_status status;
	int pidfd;			/* of init; -1 when it has ended */
};

/* Open container ID.  -1 with ERROR_NOT_FOUND if it does not exist; a folder that a create is filling just now, or
 * left behind, is opened with complete == false only if INCOMPLETE allows it, else it is "does not exist" too.
 * WANT_PIDFD: hold init by a pidfd (one call more). */
int handle_open(struct handle *handle, const char *root, const char *id, bool want_pidfd, bool incomplete,
		struct error *err);
void handle_close(struct handle *handle);

/* Read the record and look at the process, once more: others may have changed both while we waited for the lock.  A
 * record that is damaged is an error, but the journal's is there then. */
int handle_read(struct handle *handle, bool want_pidfd, bool incomplete, struct error *err);

/* Ask the cgroup whether it is paused: if so, CONTAINER_CREATED or CONTAINER_RUNNING becomes CONTAINER_PAUSED. */
void handle_look_paused(struct handle *handle);

/* Open the cgroups of the container; JOIN as for cgroup_open().  The caller calls cgroup_close() in every case. */
int handle_open_cgroup(const struct handle *handle, bool join, struct cgroup *cgroup, struct error *err);

/* The runtime's own copy of the container's config. */
int handle_config(const struct handle *handle, struct config *config, struct error *err);

/* Run the container's hooks of one kind, if the record says that there are any. */
int handle_poststart(const struct handle *handle, struct error *err);
void handle_poststop(const struct handle *handle);
