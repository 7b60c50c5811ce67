/* enter.c - see enter.h */
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "process/enter.h"
#include "process/lookup.h"
#include "process/notify.h"
#include "process/passwd.h"
#include "secure/secure.h"
#include "sys/fd.h"
#include "sys/procfs.h"
#include "sys/pty.h"
#include "sys/signals.h"
#include "tune/tune.h"

int enter_cgroup(const struct cgroup *cgroup, struct channel *channel, struct error *err)
{
	if (cgroup_add(cgroup, 0, true, err) == 0)
		return 0;
	if (err->number != EACCES && err->number != EPERM && err->number != EBUSY)
		return -1;
	if (channel_send(channel, MSG_NEED_CGROUP, NULL, 0, -1, err) < 0)
		return -1;
	return channel_expect(channel, MSG_CGROUP_DONE, err);
}

int enter_open_terminal(const struct process_plan *process, int devpts, int *master, int *peer, struct error *err)
{
	if (devpts < 0 || pty_open(devpts, master, peer, err) < 0) {
		wrap(err, "open a terminal in the container's /dev/pts");
		return blame(err, "/process/terminal");
	}
	if (process->rows && process->columns && pty_set_size(*master, process->rows, process->columns, err) < 0)
		return blame(err, "/process/consoleSize");
	return 0;
}

static const char *env_get(char **env, const char *key)
{
	size_t n = strlen(key);

	for (; *env; env++)
		if (!strncmp(*env, key, n) && (*env)[n] == '=')
			return *env + n + 1;
	return NULL;
}

/* In exec and in a joined pid namespace it is not 1. */
static char *listen_pid(void)
{
	return xasprintf("LISTEN_PID=%d", (int) getpid());
}

/* The plan's env plus what only we know: HOME, LISTEN_FDS, NOTIFY_SOCKET. */
static char **make_env(struct entry *entry)
{
	const struct process_plan *p = entry->process;
	char **env = xcalloc(p->n_env + 5, sizeof *env);
	const char *home = p->env ? env_get(p->env, "HOME") : NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->n_env; i++) {
		/* An empty HOME counts as unset. */
		if (home && !*home && !strcmp(p->env[i], "HOME="))
			continue;
		env[n++] = p->env[i];
	}
	if (!home || !*home) {
		auto_free char *dir = passwd_home(p->uid);
		env[n++] = xasprintf("HOME=%s", dir);
	}
	if (entry->listen) {
		env[n++] = xasprintf("LISTEN_FDS=%u", entry->listen);
		entry->listen_pid = &env[n];
		env[n++] = listen_pid();
	}
	if (entry->notify)
		env[n++] = xstrdup("NOTIFY_SOCKET=" NOTIFY_CONTAINER_SOCKET);
	return env;
}

static bool is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

/* The container's own /dev/null, to replace the host's: an LSM has a name for it, and CRIU can save it.  -1 if there is
 * none, or something else of that name: then the host's stays. */
static int open_null(void)
{
	struct stat st;

	if (lstat("/dev/null", &st) < 0 || !is_null(&st))
		return -1;
	auto_fd null = open("/dev/null", O_RDWR | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	return null >= 0 && fstat(null, &st) == 0 && is_null(&st) ? take_fd(null) : -1;
}

/* The process must be able to reopen its own stdio (/dev/stdout).  Never change /dev/null, which belongs to
 * everybody. */
static void own_stdio(const struct entry *entry)
{
	uid_t uid = entry->process->uid;
	bool looked = !entry->own_null;
	auto_fd null = -1;

	for (int fd = 0; fd < 3; fd++) {
		struct stat st;
		if (fstat(fd, &st) < 0)
			continue;
		if (is_null(&st)) {
			if (!looked)
				null = open_null();
			looked = true;
			if (null >= 0)
				dup2(null, fd);
		} else if (st.st_uid != uid) {
			/* Refused where the owner is not mapped in our user namespace, on read-only file systems ...:
			 * leave it, then. */
			(void) !fchown(fd, uid, (gid_t) -1);
		}
	}
}

/* After the last chdir: the working directory must be in the container (CVE-2024-21626: cwd /proc/self/fd/7 led
 * outside). */
static int check_folder(const char *cwd, struct error *err)
{
	char here[PATH_MAX] = "";

	/* For a folder outside our root the raw call returns "(unreachable)/...", which glibc turns into ENOENT. */
	if (!getcwd(here, sizeof here) && errno != ENOENT && errno != ENAMETOOLONG)
		return fail(err, errno, "getcwd (a seccomp rule?), which tells whether the working directory %s lies "
			    "in the container", cwd);
	if (here[0] != '/')
		return fail_code(err, ERROR_CONFIG, "the working directory %s lies outside the container", cwd);
	return 0;
}

static int enter_folder(const char *cwd, struct error *err)
{
	if (chdir(cwd) < 0)
		return fail(err, errno, "enter the working directory %s", cwd);
	return check_folder(cwd, err);
}

static int load_filter(struct entry *entry, struct error *err)
{
	auto_fd listener = -1;

	if (filter_load(entry->seccomp, &listener, err) < 0)
		return blame(err, "/linux/seccomp");
	if (listener < 0)
		return 0;
	if (channel_send(entry->channel, MSG_SECCOMP, NULL, 0, listener, err) < 0)
		return -1;
	return channel_expect(entry->channel, MSG_SECCOMP_DONE, err);
}

static int tune(const struct entry *entry, struct error *err)
{
	const struct process_plan *p = entry->process;

	/* Else the runtime sets it (heir_schedule()). */
	if (p->scheduler && !entry->heir && scheduler_apply(0, p->scheduler, err) < 0)
		return blame(err, "/process/scheduler");
	if (p->io_priority && io_priority_apply(p->io_priority, err) < 0)
		return blame(err, "/process/ioPriority");
	if (entry->memory_policy && memory_policy_apply(entry->memory_policy, err) < 0)
		return blame(err, "/linux/memoryPolicy");
	if (entry->personality && personality_apply(entry->personality, err) < 0)
		return blame(err, "/linux/personality");
	if (rlimits_apply(p, err) < 0)
		return blame(err, "/process/rlimits");
	return 0;
}

int enter_filter(struct entry *entry, struct error *err)
{
	if (!entry->seccomp->n_filter || entry->filtered)
		return 0;
	/* The filter may forbid setting it later. */
	if (rlimits_apply_nofile(entry->process, err) < 0 || load_filter(entry, err) < 0)
		return -1;
	entry->filtered = true;
	return 0;
}

/* Set groups, ids and capabilities, then read back that exactly those of the config are left. */
static int become(struct entry *entry, struct error *err)
{
	const struct process_plan *p = entry->process;
	bool hidden = self_is_hidden(), in_folder;

	if (capability_drop_bounding(&p->caps, entry->last_cap, err) < 0)
		return blame(err, "/process/capabilities");
	/* Some folders can be entered only by root, some (root-squashed NFS) only by the user: try as both.  First of
	 * all before the filter, which may forbid what this takes. */
	in_folder = chdir(p->cwd) == 0;
	if (in_folder && check_folder(p->cwd, err) < 0)
		return blame(err, "/process/cwd");
	/* Without no_new_privs only a process with CAP_SYS_ADMIN may load a filter: now or never. */
	if (!p->no_new_privs && !(p->caps.effective >> CAP_SYS_ADMIN & 1) && enter_filter(entry, err) < 0)
		return -1;

	if (identity_set(p, err) < 0)
		return blame(err, "/process/user");
	if (capability_set(&p->caps, err) < 0)
		return blame(err, "/process/capabilities");
	/* The change of ids has reset dumpable to fs.suid_dumpable, which may be 1. */
	if (hidden && self_hide(err) < 0)
		return -1;
	if (!in_folder && enter_folder(p->cwd, err) < 0)
		return blame(err, "/process/cwd");
	return capability_verify(&p->caps, err) < 0 ? blame(err, "/process/capabilities") : 0;
}

/* Stdin, stdout and stderr, which the process owns, and a session. */
static int settle_stdio(struct entry *entry, struct error *err)
{
	if (entry->terminal < 0) {
		setsid();
		own_stdio(entry);
		return 0;
	}
	(void) !fchown(entry->terminal, entry->process->uid, (gid_t) -1);
	if (!entry->heir)
		return pty_take(entry->terminal, err);
	/* The terminal of our session would be lost to the heir when we end. */
	setsid();
	return pty_be_stdio(entry->terminal, err);
}

static int find_program(struct entry *entry, struct error *err)
{
	entry->env = make_env(entry);
	entry->program = lookup_program(entry->process->args[0], entry->env, err);
	return entry->program ? 0 : -1;
}

int enter_inherit(struct entry *entry, struct error *err)
{
	if (entry->terminal < 0)
		setsid();
	else if (pty_take(STDIN_FILENO, err) < 0)
		return -1;
	if (entry->listen_pid)
		*entry->listen_pid = listen_pid();
	return 0;
}

int enter_prepare(struct entry *entry, struct error *err)
{
	const struct process_plan *p = entry->process;
	auto_fd proc = -1;

	if (p->dropped_caps)
		log_warn("capabilities that cannot be granted here are left out: %s", p->dropped_caps);
	if (p->misses_ambient)
		log_warn("can't raise ambient capability %s: ambient ones must be permitted and inheritable",
			 p->dropped_ambient);
	if (settle_stdio(entry, err) < 0)
		return -1;
	if ((p->apparmor || p->selinux) && (proc = procfs_open(err)) < 0)
		return -1;
	if (entry->keyring && p->selinux && label_keyring(proc, p->selinux, err) < 0)
		return -1;
	if (entry->keyring && keyring_join(entry->keyring, err) < 0)
		return -1;
	umask(p->umask);
	if (tune(entry, err) < 0)
		return -1;
	if (become(entry, err) < 0) {
		if (entry->filtered && err->number == EPERM)
			wrap(err, "with the seccomp filter in force, as noNewPrivileges is off");
		return -1;
	}
	if (p->no_new_privs && no_new_privs_set(err) < 0)
		return -1;
	if (proc >= 0 && label_exec(proc, p->apparmor, p->selinux, err) < 0)
		return -1;
	return find_program(entry, err);
}

/* A refusal by an LSM looks like a missing x bit. */
static int explain_exec(const struct entry *entry, int number, struct error *err)
{
	const struct process_plan *p = entry->process;
	const char *label = p->selinux ? p->selinux : p->apparmor;

	lookup_explain(entry->program, number, p->args, entry->env, err);
	if (label && (number == EACCES || number == EPERM))
		return wrap(err, "the security policy may not let it run as %s%s", label,
			    p->no_new_privs ? " (with noNewPrivileges it must allow that explicitly)" : "");
	return -1;
}

int enter_exec(struct entry *entry, struct error *err)
{
	struct error ignored;
	int number;

	signal_reset();
	/* All of ours are close-on-exec, even those in a gap among the ones to keep; this is for what a library or a
	 * hook may have left open. */
	if (fd_cloexec_from(3 + (int) entry->keep, err) < 0)
		return -1;
	/* A filter already loaded may forbid it; in that case it was done earlier. */
	if (!entry->filtered && rlimits_apply_nofile(entry->process, err) < 0)
		return -1;
	/* If `start` was killed meanwhile, its order still stands. */
	if (entry->announce && channel_send(entry->channel, MSG_EXEC, NULL, 0, -1, err) < 0 && !channel_lost(err))
		return -1;
	if (entry->seccomp->n_filter && !entry->filtered && load_filter(entry, err) < 0)
		return -1;
	execve(entry->program, entry->process->args, entry->env);
	number = errno;
	if (entry->seccomp->n_filter) {
		/* The filter may kill us for one of the calls needed to find out more. */
		fail(err, number, "exec %s", entry->program);
		channel_send(entry->channel, MSG_REFUSED, err, sizeof *err, -1, &ignored);
	}
	return explain_exec(entry, number, err);
}
