/* hooks.c - see hooks.h */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "libocispec/version.h"
#include "process/hooks.h"
#include "sys/fd.h"
#include "sys/interrupt.h"
#include "sys/process.h"
#include "sys/signals.h"

#define TAIL 400	/* bytes of a hook's output that go into the message */

char *hooks_state(const char *id, const char *bundle, enum oci_status status, int pid,
		  const struct json_map *annotations)
{
	struct oci_state state = {
		.oci_version = (char *) OCI_VERSION, .id = (char *) id, .status = status, .bundle = (char *) bundle,
		.has_pid = pid > 0, .pid = pid,
	};
	size_t n;

	if (annotations)
		state.annotations = *annotations;
	return json_write(&oci_state_type, &state, false, &n);
}

/* NULL-terminated copy of a list; the strings stay where they are. */
static char **terminated(char **list, size_t n)
{
	char **copy = xcalloc(n + 1, sizeof *copy);

	for (size_t i = 0; i < n; i++)
		copy[i] = list[i];
	return copy;
}

/* The runtime's own environment, without variables for the dynamic loader: those were meant for somebody else. */
static char **inherited(void)
{
	size_t n = 0;
	char **copy;

	while (environ[n])
		n++;
	copy = xcalloc(n + 1, sizeof *copy);
	for (size_t i = 0, used = 0; i < n; i++)
		if (strncmp(environ[i], "LD_", 3))
			copy[used++] = environ[i];
	return copy;
}

static int open_end(const struct json_map *annotations, const char *key, const char *bundle, int *fd, struct error *err)
{
	const char *path = json_map_get(annotations, key);
	char pointer[64];

	*fd = -1;
	if (!path)
		return 0;
	auto_free char *whole = text_path(bundle, path);
	*fd = open(whole, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (*fd >= 0)
		return 0;
	fail(err, errno, "open %s for what hooks print", whole);
	snprintf(pointer, sizeof pointer, "/annotations/%s", key);
	return blame(err, pointer);
}

int hook_output_open(const struct json_map *annotations, const char *bundle, struct hook_output *output,
		     struct error *err)
{
	output->err = -1;
	if (open_end(annotations, "run.oci.hooks.stdout", bundle, &output->out, err) == 0 &&
	    open_end(annotations, "run.oci.hooks.stderr", bundle, &output->err, err) == 0)
		return 0;
	hook_output_close(output);
	return -1;
}

void hook_output_close(struct hook_output *output)
{
	cleanup_close(&output->out);
	cleanup_close(&output->err);
}

/* In the hook's process; never returns. */
static void become(const struct oci_hook *hook, int in, int print, const struct hook_setting *setting)
{
	auto_free char **args = hook->n_args ? terminated(hook->args, hook->n_args)
					     : terminated((char **) &hook->path, 1);
	/* An empty list counts as given; only a missing env does not. */
	auto_free char **own = hook->env ? terminated(hook->env, hook->n_env) : setting->env ? NULL : inherited();
	int out = setting->output.out >= 0 ? setting->output.out : print;
	int err = setting->output.err >= 0 ? setting->output.err : print;
	struct error ignored;

	setpgid(0, 0);
	signal_reset();
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || fd_close_from(3, &ignored) < 0)
		_exit(126);
	/* Run it anyway: a hook that cleans up must do so, whatever has become of the bundle. */
	if (setting->cwd && chdir(setting->cwd) < 0)
		dprintf(2, "cannot enter %s: %s\n", setting->cwd, errno_text(errno));
	execve(hook->path, args, own ? own : setting->env);
	dprintf(2, "exec %s: %s\n", hook->path, errno_text(errno));
	_exit(127);
}

/* What the hook printed last, on one line. */
static void add_output(int out, struct error *err)
{
	char tail[TAIL + 1];
	off_t end = lseek(out, 0, SEEK_END);
	ssize_t n = pread(out, tail, TAIL, end > TAIL ? end - TAIL : 0);
	size_t used = strlen(err->message);

	while (n > 0 && (tail[n - 1] == '\n' || tail[n - 1] == ' '))
		n--;
	if (n <= 0)
		return;
	tail[n] = '\0';
	for (char *c = tail; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	snprintf(err->message + used, sizeof err->message - used, ": %s", tail);
}

/* "bad system call" says more than SIGSYS to someone with a seccomp profile. */
static const char *in_words(int sig)
{
	static char words[40];

	snprintf(words, sizeof words, "%s", sigdescr_np(sig) ? sigdescr_np(sig) : "unknown");
	words[0] = (char) tolower((unsigned char) words[0]);
	return words;
}

/* True if PID, which has ended, did not succeed.  It is not reaped: its number is the process group of what it
 * started. */
static bool has_failed(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t) pid, &info, WEXITED | WNOWAIT) == 0 &&
	       (info.si_code != CLD_EXITED || info.si_status != 0);
}

/* Wait for the hook, at most its timeout; and, unless it is to be left in PEACE, only until a signal tells us to give
 * up. */
static int finish(const struct oci_hook *hook, bool peace, pid_t pid, int pidfd, struct error *err)
{
	int64_t seconds = hook->has_timeout ? hook->timeout : 0;
	int ms = seconds <= 0 ? -1 : seconds > INT_MAX / 1000 ? INT_MAX : (int) seconds * 1000;
	int ended = process_wait_child(pid, pidfd, !peace, ms), status;
	bool interrupted = !peace && ended < 0 && interrupt_check(err) < 0;

	if (ended == 0 || interrupted)
		kill(pid, SIGKILL);
	if (ended == 0 || interrupted || has_failed(pid))
		kill(-pid, SIGKILL);
	status = process_reap(pid);
	if (status < 0)
		return fail(err, errno, "wait for %s", hook->path);
	if (interrupted)
		return wrap(err, "%s was killed", hook->path);
	if (ended == 0)
		return fail_code(err, ERROR_HOOK, "%s did not end within %lld s and was killed", hook->path,
				 (long long) seconds);
	if (WIFSIGNALED(status))
		return fail_code(err, ERROR_HOOK, "%s was killed by %s (%s)", hook->path, signal_name(WTERMSIG(status)),
				 in_words(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		return fail_code(err, ERROR_HOOK, "%s: exit status %d", hook->path, WEXITSTATUS(status));
	return 0;
}

static int run_one(const struct oci_hook *hook, bool peace, const struct hook_setting *setting, struct error *err)
{
	/* A memory file, not a pipe: a child that the hook leaves behind cannot make us wait for its end. */
	auto_fd out = memfd_create("hook", MFD_CLOEXEC), in = memfd_create("state", MFD_CLOEXEC), pidfd = -1;
	pid_t pid;

	if (out < 0 || in < 0)
		return fail(err, errno, "make a memory file for %s", hook->path);
	/* The state and then end of file, as from a pipe. */
	if (fd_write_all(in, setting->state, strlen(setting->state), "the state", err) < 0 ||
	    lseek(in, 0, SEEK_SET) < 0)
		return -1;
	pid = process_clone(0, -1, false, process_has_pidfds() ? &pidfd : NULL, err);
	if (pid < 0)
		return wrap(err, "start %s", hook->path);
	if (pid == 0)
		become(hook, in, out, setting);
	if (finish(hook, peace, pid, pidfd, err) < 0) {
		add_output(out, err);
		return -1;
	}
	return 0;
}

int hooks_run(const char *name, const struct oci_hook *hooks, size_t n, const struct hook_setting *setting,
	      struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		char pointer[64];
		if (run_one(&hooks[i], false, setting, err) == 0)
			continue;
		wrap(err, "error running %s hook #%zu", name, i);
		snprintf(pointer, sizeof pointer, "/hooks/%s/%zu", name, i);
		return blame(err, pointer);
	}
	return 0;
}

void hooks_run_all(const char *name, const struct oci_hook *hooks, size_t n, const struct hook_setting *setting)
{
	struct error err = { 0 };

	for (size_t i = 0; i < n; i++)
		if (run_one(&hooks[i], true, setting, &err) < 0)
			log_warn("error running %s hook #%zu: %s", name, i, err.message);
}
