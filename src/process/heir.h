/*
 * heir.h - who runs the program where others may trace what is in their pid namespace
 *
 * Until its last steps a new process has the host's rights, root and
 * descriptors.  Whoever may trace it (CAP_SYS_PTRACE and no user namespace
 * between them) would get these.  So where such processes are in the pid
 * namespace, it stays outside that, where none of them can see it, until it has
 * given up everything; then its child, the heir, is born inside and runs the
 * program.  It is the child of the runtime, as its maker was, which ends.
 *
 *	heir_make()		in the maker: the birth
 *	heir_next()		in the runtime: what they say
 *	heir_in_turn()		... and whether that can be true; with BORN the heir takes the maker's place
 *				(middle_succeed())
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct channel;
struct entry;
struct error;
struct process_plan;
struct seccomp_plan;

struct heir {
	bool wanted;		/* else there is one process, and it runs the program */
	bool filter_first;	/* it is born with its seccomp filter */
	unsigned heard;		/* the messages that have come, one bit each */
};

/* After enter_prepare() with entry->heir set: make the heir, in the pid namespace set for our children.  It has the
 * caller's descriptors (ENTRY->keep) and the N in STAY, which are sorted, and no others from 3 on.  Returns in the heir
 * alone, unless there is none: then -1 with ERR, as with what the heir lacks. */
int heir_make(const struct heir *heir, struct entry *entry, int *stay, unsigned n, struct error *err);

/* True if FILTER lets everything pass that lies between being born and execve(2), so that the maker can load it.  With
 * a listener it is false: that is announced with the pid of the program. */
bool heir_filter_may_be_early(const struct seccomp_plan *filter);

/* channel_next() from process PIDFD until the heir is born, and from the heir afterwards: MSG_COUNT also if the maker
 * ends without having made one. */
int heir_next(const struct heir *heir, struct channel *channel, int pidfd, void *data, size_t size, int *fd,
	      struct error *err);

/* The heir may be traced: then what is said from its birth on is the container's, who can say anything.  True if
 * MESSAGE, which came with descriptor FD (-1: none), can come now: each does once, and of terminal and listener what
 * PROCESS and FILTER ask for.  Without an heir what speaks is ours. */
bool heir_in_turn(struct heir *heir, int message, int fd, const struct process_plan *process,
		  const struct seccomp_plan *filter);

bool heir_has_said(const struct heir *heir, int message);

/* Who is to run the program has said READY, and its maker, if it is an heir, BORN.  It is not said which comes
 * first. */
bool heir_is_ready(const struct heir *heir);

/* Then the heir, PID, gets PROCESS's scheduling policy: a child may be refused it, or not inherit it.  Does nothing if
 * there is none. */
int heir_schedule(const struct heir *heir, pid_t pid, const struct process_plan *process, struct error *err);
