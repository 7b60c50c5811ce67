/*
 * preflight.h - what will keep CRIU from saving a container, found out before anything is frozen
 */
#pragma once
#include <sys/types.h>

#include "plan/plan.h"

struct error;
struct text;

/* Look at the N processes PIDS of a container whose first is INIT; each reason is a line in COMPLAINTS.
 * TCP: established connections may be saved. */
int preflight_processes(pid_t init, const pid_t *pids, size_t n, bool tcp, struct text *complaints, struct error *err);

/* What the config asks for and CRIU cannot bring back. */
void preflight_config(const struct plan *plan, struct text *complaints);

/* An error with all COMPLAINTS, as who mends one of them wants to know of the others; 0 if there are none.  WHAT:
 * "saved". */
int preflight_complain(struct text *complaints, const char *what, struct error *err);

/* Count the lines of TEXT, a /proc/PID/net/tcp or tcp6, that tell of an open connection, and add their sockets' inodes
 * to *INODES of *N, an xgrow() array. */
void preflight_connections(const char *text, unsigned long long **inodes, size_t *n);
