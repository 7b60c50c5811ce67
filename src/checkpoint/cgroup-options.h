/*
 * cgroup-options.h - the machine's options of cgroup2, which CRIU would take away
 *
 * CRIU mounts cgroup2 for itself, without options.  There is one such file
 * system only, and in the initial cgroup namespace the kernel takes the options
 * of any mount of it for those of all (cgroups-v2, "Mounting"): nsdelegate,
 * which keeps containers from writing to limits above them, would be gone.
 *
 * A child keeps watch over them: they are put back also when we are killed.
 */
#pragma once
#include <sys/types.h>

struct cgroup_options {
	int fd;			/* where cgroup2 is mounted, locked against other checkpoints; -1: it is not */
	char *text;		/* "rw,nsdelegate"; NULL: not known */
	pid_t watch;		/* the child; 0: none */
	int word;		/* the end of a pipe that it reads: closed when we have been killed, it begins */
};

/* Before CRIU is started.  What cannot be found out is left alone. */
void cgroup_options_note(struct cgroup_options *options);

/* When it has ended: as they were.  What goes wrong is a warning. */
void cgroup_options_put_back(struct cgroup_options *options);
