/* holder.h - a child of ours that does nothing, to hold the place of a container's first process (systemd.c) */
#pragma once
#include <sys/types.h>

struct error;

/* *HOLDER gets its pid.  It ends with us. */
int holder_start(pid_t *holder, struct error *err);

/* End it, or any other child of ours that nobody has reaped; *HOLDER becomes 0. */
void holder_end(pid_t *holder);
