/*
 * secure.h - what a process may still do
 *
 * Order, in init and in an exec'd process alike (container/enter.c):
 *   keyring; umask; rlimits; [seccomp, if no_new_privs is off and CAP_SYS_ADMIN will be gone];
 *   bounding set; groups, gid, uid with KEEPCAPS; capset; ambient; read back;
 *   no_new_privs; LSM labels; [seccomp, last].
 */
#pragma once
#include <sys/types.h>

#include "plan/plan.h"

struct error;

/* Join the session keyring called NAME, made if it is not there.  A kernel without keys, or a seccomp filter around us
 * that hides them, is no error; an exhausted quota (EDQUOT) is. */
int keyring_join(const char *name, struct error *err);

/* Drop from the bounding set all but SETS->bounding, of the capabilities that are in it now. */
int capability_drop_bounding(const struct capability_sets *sets, unsigned last_cap, struct error *err);

/* After the ids have changed (KEEPCAPS): set effective, permitted, inheritable, then ambient. */
int capability_set(const struct capability_sets *sets, struct error *err);

/* Read the sets back and compare: anything but what was asked for is an error. */
int capability_verify(const struct capability_sets *sets, struct error *err);

/* A process begins in a user namespace as nobody, who can make no file: become its root.  Where 0 is not mapped we stay
 * who we are, and where that is not mapped either we become UID and GID.  Capabilities stay as they are. */
int identity_become_root(uid_t uid, gid_t gid, struct error *err);

/* Supplementary groups, gid, uid: set for good and read back. */
int identity_set(const struct process_plan *process, struct error *err);

int no_new_privs_set(struct error *err);

/* Load the filter (libseccomp has a seccomp_load() of its own).  *LISTENER (may be NULL if the plan has no listener)
 * gets the notify descriptor, else -1. */
int filter_load(const struct seccomp_plan *seccomp, int *listener, struct error *err);

/* Labels for the next exec (NULL or "": none).  PROC is a procfs_open() of the pid namespace this process is in. */
int label_exec(int proc, const char *apparmor, const char *selinux, struct error *err);

/* SELinux: the label of keys made from now on; before keyring_join(), so that the keyring is the container's own. */
int label_keyring(int proc, const char *selinux, struct error *err);

/* Not readable by others of the same uid, no core, no ptrace: before any namespace is joined (CVE-2016-9962). */
int self_hide(struct error *err);

/* True if that holds, for whatever reason. */
bool self_is_hidden(void);

/* self_hide() undone, for a process that waits in a container its maker has no power over but by his own id
 * (rootless): so he can enter it.  It must hold nothing that is not the container's. */
int self_show(struct error *err);

/* For a process that somebody in the container may see from its birth (exec, a joined pid namespace) and who
 * may have CAP_SYS_PTRACE over us: not even an attempt to open our program may touch the file itself.  After
 * self_protect(). */
int self_protect_seen(struct error *err);

/* Wipe the environment that this program was started with: /proc/PID/environ shows it to whoever may look into a
 * process that waits in a container, with all that the caller has in his (proxies and their passwords, tokens).
 * getenv(3) finds nothing after it. */
void self_forget_environment(void);

/* Run from a copy of this program that nobody can write (CVE-2019-5736): as a rule early.c has put us on a read-only
 * detached mount before main(), and this only makes sure; where it could not, this execs us again and does not return
 * unless that is refused.  ARGV is main()'s.  Called by create, run, exec, mounts and restore before they do
 * anything. */
int self_protect(char **argv, struct error *err);
