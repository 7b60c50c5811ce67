/* holder.h - an idle child of ours that holds the place of a container's first process (systemd.c) */
#pragma once
#include <sys/types.h>

struct error;

/* *HOLDER gets its pid.  It ends with us, or by process_kill_child(). */
int holder_start(pid_t *holder, struct error *err);
