/* signals.h - signal names and dispositions */
#pragma once

/* "9", "KILL", "SIGKILL", "kill", "RTMIN+3", "SIGRTMAX-1"; 0 is allowed (a probe).  The number, or -1. */
int signal_parse(const char *s);

/* "SIGKILL", or "signal 42". */
const char *signal_name(int sig);

/* Let HUP, INT, QUIT, ABRT and TERM end this process even if it is the first one of its pid namespace, for which the
 * kernel drops signals without a handler (pid_namespaces(7)); but not the HUP of a terminal whose other end was closed.
 * signal_reset() undoes it, and so does exec. */
void signal_end_by_default(void);

/* Make our children wait to be reaped by us even if our caller ignores SIGCHLD: that survives exec, and makes the
 * kernel reap them itself (waitpid(2), NOTES).  A process of the container starts afresh: signal_reset(). */
void signal_want_children(void);

/* A write beyond the limit on the size of files (RLIMIT_FSIZE) fails with EFBIG, instead of ending us with what is half
 * made.  signal_reset() undoes it. */
void signal_survive_file_limit(void);

/* Default dispositions for all signals and an empty mask, as a fresh process has. */
void signal_reset(void);
