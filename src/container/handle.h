/*
 * handle.h - a container that exists: its folder, its record, its process
 *
 * start, kill, delete, exec, state and ps open one first.
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
	struct record_state *record;	/* NULL if there is neither record nor journal */
	bool complete;			/* there is a state.json: the container was created */
	enum container_status status;
	int pidfd;			/* init's; -1 when it has ended */
};

enum handle_flags {
	HANDLE_PIDFD = 1,	/* hold init by a pidfd (one more system call) */
	HANDLE_INCOMPLETE = 2,	/* a folder that a create is still filling, or has left behind, does not count as
				 * absent: it is opened with complete == false */
};

/* Open container ID; FLAGS are HANDLE_*.  -1 with ERROR_NOT_FOUND if it does not exist. */
int handle_open(struct handle *handle, const char *root, const char *id, unsigned flags, struct error *err);
void handle_close(struct handle *handle);

/* Read the record and look at the process again: others may have changed both while we waited for the lock.  A damaged
 * record is an error, but the one from the journal is then in place. */
int handle_read(struct handle *handle, unsigned flags, struct error *err);

/* Ask the cgroup whether it is paused: if so, CONTAINER_CREATED or CONTAINER_RUNNING becomes CONTAINER_PAUSED. */
void handle_look_paused(struct handle *handle);

/* Open the cgroups of the container; JOIN as for cgroup_open().  The caller calls cgroup_close() in every case. */
int handle_open_cgroup(const struct handle *handle, bool join, struct cgroup *cgroup, struct error *err);

/* The runtime's own copy of the container's config. */
int handle_config(const struct handle *handle, struct config *config, struct error *err);

/* Run the container's hooks of one kind, if the record says that there are any. */
int handle_poststart(const struct handle *handle, struct error *err);
void handle_poststop(const struct handle *handle);
