/*
 * middle.h - a process that enters namespaces from which the runtime could not return
 */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct channel;
struct error;

/* Call BIRTH with CONTEXT in a process of its own, which joins what must be joined and clones with CLONE_PARENT
 * (process_clone()): the new process is the caller's child, and the middle one ends.  *PID and *PIDFD, which the caller
 * owns, are those of the new process.  -1 with ERR, which is BIRTH's own if it sent one. */
int middle_birth(pid_t (*birth)(void *context, struct error *err), void *context, pid_t *pid, int *pidfd,
		 struct error *err);

/* For a middle process that has more to say, the maker of an heir (heir.h).
 *
 *	middle_next()		channel_next() while the middle process, which MIDDLE holds, is at the other end of
 *				OURS.  What it makes holds that end, too, so the channel alone would not show that the
 *				middle one has ended: MSG_COUNT
 *	middle_succeed()	it has said that it made BORN, and ends: BORN takes its place in *PID and *PIDFD.  -1
 *				with ERR if BORN is not our child: a container that traces BORN could have said so
 */
int middle_next(struct channel *ours, int middle, void *data, size_t size, int *fd, struct error *err);
int middle_succeed(pid_t born, pid_t *pid, int *pidfd, struct error *err);
