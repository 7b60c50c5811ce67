/*
 * middle.h - a process that goes ahead into namespaces from which the runtime could not come back
 */
#pragma once
#include <sys/types.h>

struct error;

/* In a process of its own call BIRTH with CONTEXT, which joins what must be joined and clones with CLONE_PARENT
 * (process_clone()): the new process is the caller's child, the middle one ends.  *PID and *PIDFD, which the caller
 * owns, are the new one's.  -1 with ERR, which is BIRTH's own if it sent one. */
int middle_birth(pid_t (*birth)(void *context, struct error *err), void *context, pid_t *pid, int *pidfd,
		 struct error *err);
