/* signals.h - signal names and dispositions */
#pragma once

/* "9", "KILL", "SIGKILL", "kill", "RTMIN+3", "SIGRTMAX-1"; 0 is allowed (a probe).  The number, or -1. */
int signal_parse(const char *s);

/* "SIGKILL", or "signal 42". */
const char *signal_name(int sig);

/* Default dispositions for all but the ones already default, and an empty mask, as a fresh process has. */
void signal_reset(void);
