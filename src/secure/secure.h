/*
 * secure.h - what a process may still do
 *
 * Order, in init and in an exec'd process alike (process/enter.c):
 *   keyring; umask; rlimits; [seccomp, if no_new_privs is off and CAP_SYS_ADMIN will be gone];
 *   bounding set; groups, gid, uid with KEEPCAPS; capset; ambient; read back;
 *   no_new_privs; LSM labels; [seccomp, last].
 */
#pragma once
#include <sys/types.h>

#include "plan/plan.h"

struct error;

/* Join the session keyring called NAME, made if it does not exist.  A kernel without keys, or a seccomp filter around
 * us that hides them, is no error; an exhausted quota (EDQUOT) is. */
int keyring_join(const char *name, struct error *err);

/* Drop all but SETS->bounding from the current bounding set. */
int capability_drop_bounding(const struct capability_sets *sets, unsigned last_cap, struct error *err);

/* After the ids have changed (KEEPCAPS): set effective, permitted, inheritable, then ambient. */
int capability_set(const struct capability_sets *sets, struct error *err);

/* Read the sets back and compare: any difference from what was asked for is an error. */
int capability_verify(const struct capability_sets *sets, struct error *err);

/* A process begins in a user namespace as nobody, who can make no file: become its root.  If 0 is not mapped we stay
 * who we are, and if that is not mapped either we become UID and GID.  Capabilities stay as they are. */
int identity_become_root(uid_t uid, gid_t gid, struct error *err);

/* Supplementary groups, gid, uid: set for good and read back. */
int identity_set(const struct process_plan *process, struct error *err);

int no_new_privs_set(struct error *err);

/* Load the filter (the name seccomp_load() is libseccomp's).  *LISTENER (may be NULL if the plan has no listener) gets
 * the notify descriptor, or -1. */
int filter_load(const struct seccomp_plan *seccomp, int *listener, struct error *err);

/* Labels for the next exec (NULL or "": none).  PROC is a procfs_open() of the pid namespace this process is in. */
int label_exec(int proc, const char *apparmor, const char *selinux, struct error *err);

/* The label that process PID has now: AppArmor's, or SELinux's. */
int label_get(int proc, pid_t pid, bool apparmor, char *label, size_t size, struct error *err);

/* SELinux: the label of keys made from now on; called before keyring_join(), so that the keyring gets the container's
 * label. */
int label_keyring(int proc, const char *selinux, struct error *err);

/* Become unreadable to others of the same uid, with no core and no ptrace: before any namespace is joined
 * (CVE-2016-9962). */
int self_hide(struct error *err);

/* True if that holds, for whatever reason. */
bool self_is_hidden(void);

/* Undo self_hide(), so that a rootless user, who has power over the process only by his own id, can enter the container
 * that it waits in.  It must hold nothing that is not the container's. */
int self_show(struct error *err);

/* For a process that is visible in the container from birth (exec, a joined pid namespace), where somebody may have
 * CAP_SYS_PTRACE over us: not even an attempt to open our program may touch the file itself.  After self_protect(). */
int self_protect_seen(struct error *err);

/* Wipe the environment that this program was started with: /proc/PID/environ shows it to whoever may look into a
 * process that waits in a container, with all that the caller has there (proxies and their passwords, tokens).
 * getenv(3) finds nothing afterwards. */
void self_forget_environment(void);

/* Run from a copy of this program that nobody can write to (CVE-2019-5736).  Usually early.c has put us on a read-only
 * detached mount before main(), and this only makes sure; otherwise this execs us again and returns only if that is
 * refused.  ARGV is main()'s.  Called by create, run, exec, mounts and restore before they do anything. */
int self_protect(char **argv, struct error *err);
