/*
 * ended.h - how a container's process ended, as far as that can be known
 *
 * Only the parent of a process learns its status.  In a foreground `run` that
 * is us; otherwise containerd's shim, conmon or init reaps it.  Until then the
 * kernel shows the status of the dead process in /proc.  OOM kills are counted
 * by the cgroup, which stays until `delete`; where systemd has removed it, the
 * kernel's log tells of the first process.
 */
#pragma once
#include <stdbool.h>

struct cgroup;
struct error;
struct foreground;
struct handle;

struct ended {
	bool known;		/* the wait status below is valid */
	int status;
	unsigned long long oom_kills;	/* of any process in the container's cgroup; at least so many */
};

/* Find out how the container of HANDLE ended; its record has precedence. */
void ended_look(const struct handle *handle, struct ended *ended);

/* Record how the first process ended, as F saw it, for the container in FOLDER; does nothing if it has been deleted
 * meanwhile. */
int ended_note(int folder, const char *id, const struct foreground *f, const struct cgroup *cgroup, struct error *err);

/* WHO, our child PID, has ended too early: returns -1 with ERR saying so, by which signal, and whether memory ran out.
 * LIMIT: the JSON pointer to blame if it did, or NULL. */
int ended_early(const struct cgroup *cgroup, pid_t pid, const char *who, const char *limit, struct error *err);

/* The container did not start, with ERR.  If that is because its first process died for lack of memory, say so in
 * ERR. */
void ended_blame(const struct handle *handle, struct error *err);
