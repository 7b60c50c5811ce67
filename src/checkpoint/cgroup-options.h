/*
 * cgroup-options.h - save cgroup2's mount options, which CRIU would reset
 *
 * CRIU mounts cgroup2 for itself, without options.  There is only one such file
 * system, and in the initial cgroup namespace the options of any mount become
 * those of all (cgroups-v2, "Mounting"): nsdelegate, which keeps containers
 * from writing to limits above them, would be gone.
 *
 * A child watches over us, so that they are put back even if we are killed.
 */
#pragma once
#include <sys/types.h>

struct cgroup_options {
	int fd;			/* where cgroup2 is mounted, locked against other checkpoints; -1: it is not */
	char *text;		/* "rw,nsdelegate"; NULL: not known */
	pid_t watch;		/* the child; 0: none */
	int word;		/* the write end of a pipe that the child reads: it acts when our death closes it */
};

/* Call before CRIU is started.  What cannot be found out is left alone. */
void cgroup_options_note(struct cgroup_options *options);

/* Call when CRIU has ended: put the options back.  A failure is only a warning. */
void cgroup_options_put_back(struct cgroup_options *options);
