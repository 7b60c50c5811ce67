/*
 * secure.h - what a process may still do
 *
 * Order, in init and in an exec'd process alike (container/identity.c calls it):
 *   keyring; umask; rlimits; [seccomp, if no_new_privs is off and CAP_SYS_ADMIN will be gone];
 *   bounding set; groups, gid, uid with KEEPCAPS; capset; ambient; read back;
 *   no_new_privs; LSM labels; [seccomp, last].
 */
#pragma once
#include <stdbool.h>

#include "plan/plan.h"

struct error;

/* A new session keyring called NAME (keyctl(2)).  EDQUOT says what it is. ENOSYS and EPERM... see keyring.c. */
int keyring_join(const char *name, struct error *err);

/* Drop from the bounding set all but SETS->bounding, of the capabilities that are in it now. */
int capability_drop_bounding(const struct capability_sets *sets, unsigned last_cap, struct error *err);

/* After the ids have changed (KEEPCAPS): set effective, permitted, inheritable, then ambient. */
int capability_set(const struct capability_sets *sets, struct error *err);

/* Read the sets back and compare: anything but what was asked for is an error. */
int capability_verify(const struct capability_sets *sets, struct error *err);

/* Supplementary groups, gid, uid: set for good and read back. */
int identity_set(const struct process_plan *process, struct error *err);

int no_new_privs_set(struct error *err);

/* Load the filter.  *LISTENER (may be NULL) gets the notify descriptor if the plan has a listener, else -1. */
int seccomp_load(const struct seccomp_plan *seccomp, int *listener, struct error *err);

/* Labels for the next exec: opened before any namespace is entered (label_open), written at the end. */
int label_exec(int proc, const char *apparmor, const char *selinux, struct error *err);

/* Not readable by others of the same uid, no core, no ptrace: before any namespace is joined (CVE-2016-9962). */
int self_hide(struct error *err);

/* Run from a copy of this program that nobody can write (CVE-2019-5736): the early entry (selfprotect.c) has put us on a
 * read-only detached mount; where it could not, this re-execs from a sealed memfd.  Called by create, run, exec. */
int self_protect(char **argv, struct error *err);
