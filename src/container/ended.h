/*
 * ended.h - how a container's process has ended, as far as that can be known
 *
 * Only the parent of a process is told.  We are that in a foreground `run`;
 * what ends later is reaped by containerd's shim, conmon or init.  Until then
 * the kernel shows the status of a dead process in /proc.  That memory has
 * ended is counted by the cgroup, which stays until `delete`.
 */
#pragma once
#include <stdbool.h>

struct cgroup;
struct error;
struct foreground;
struct handle;

struct ended {
	bool known;		/* the wait status below */
	int status;
	unsigned long long oom_kills;	/* in the container's cgroup, of any process */
};

/* Look at the container of HANDLE; what its record notes counts first. */
void ended_look(const struct handle *handle, struct ended *ended);

/* Note the end of the first process, which F has seen, in the record of the container in FOLDER; nothing if it was
 * deleted meanwhile. */
int ended_note(int folder, const char *id, const struct foreground *f, const struct cgroup *cgroup, struct error *err);

/* WHO, our child PID, has ended where it should not have: -1, with ERR saying so, by which signal, and whether memory
 * ended. LIMIT: the JSON pointer to blame for that, or NULL. */
int ended_early(const struct cgroup *cgroup, pid_t pid, const char *who, const char *limit, struct error *err);

/* ERR says why the container did not start: was that because its first process ended, and memory before it? */
void ended_blame(const struct handle *handle, struct error *err);
