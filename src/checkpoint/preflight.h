/*
 * preflight.h - find what will keep CRIU from saving a container, before anything is frozen
 */
#pragma once
#include <sys/types.h>

#include "plan/plan.h"

struct error;
struct text;

/* Look at the N processes PIDS of a container, whose first process is INIT; each obstacle adds a line to COMPLAINTS.
 * TCP: established connections may be saved. */
int preflight_processes(pid_t init, const pid_t *pids, size_t n, bool tcp, struct text *complaints, struct error *err);

/* Complain of what the config asks for but CRIU cannot restore. */
void preflight_config(const struct plan *plan, struct text *complaints);

/* 0 if there are no COMPLAINTS, else an error with all of them, so that the user can fix them in one go.  WHAT:
 * "saved". */
int preflight_complain(struct text *complaints, const char *what, struct error *err);

/* Find the open connections in TEXT, a /proc/PID/net/tcp or tcp6, and add their sockets' inodes to the xgrow() array
 * *INODES of *N. */
void preflight_connections(const char *text, unsigned long long **inodes, size_t *n);
