/*
 * middle.h - a process that enters namespaces from which the runtime could not return
 */
#pragma once
#include <sys/types.h>

struct error;

/* Call BIRTH with CONTEXT in a process of its own, which joins what must be joined and clones with CLONE_PARENT
 * (process_clone()): the new process is the caller's child, and the middle one ends.  *PID and *PIDFD, which the caller
 * owns, are those of the new process.  -1 with ERR, which is BIRTH's own if it sent one. */
int middle_birth(pid_t (*birth)(void *context, struct error *err), void *context, pid_t *pid, int *pidfd,
		 struct error *err);
