/* signals.h - signal names and dispositions */
#pragma once

/* "9", "KILL", "SIGKILL", "kill", "RTMIN+3", "SIGRTMAX-1"; 0 is allowed (a probe).  The number, or -1. */
int signal_parse(const char *s);

/* "SIGKILL", or "signal 42". */
const char *signal_name(int sig);

/* Let HUP, INT, QUIT, ABRT and TERM end this process even as the first one of its pid namespace, where the kernel
 * drops what has no handler (pid_namespaces(7)); but not the HUP of a terminal whose other end was closed.
 * signal_reset(), and exec, undo it. */
void signal_end_by_default(void);

/* Our children wait to be reaped by us, also if our caller ignores the end of his: an ignored SIGCHLD goes through
 * exec, and with it the kernel reaps them itself (waitpid(2), NOTES).  A process of the container starts afresh:
 * signal_reset(). */
void signal_want_children(void);

/* Default dispositions for all but the ones already default, and an empty mask, as a fresh process has. */
void signal_reset(void);
