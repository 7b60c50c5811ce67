/*
 * cmd-ps.c - ctr-run ps
 *
 * The container's cgroup knows the pids.  The table comes from the machine's
 * own ps(1); lines with other pids are dropped.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "cgroup/cgroup.h"
#include "cli/cli.h"
#include "cli/cmd-ps.h"
#include "container/container.h"
#include "sys/fd.h"
#include "sys/host.h"
#include "sys/process.h"

struct ps_options { const char *format; };

static const struct option ps_options[] = {
	{ 'f', "format", CHOICE(ps_options, format), "table|json",
	   "the output of ps(1) (default), or a JSON array of pids" },
	{ .kind = OPTION_END }
};

/* The next word of S, separated by isspace(3) characters, and its LENGTH; NULL at the end of the line. */
static const char *next_word(const char *s, size_t *length)
{
	while (*s && *s != '\n' && isspace((unsigned char) *s))
		s++;
	for (*length = 0; s[*length] && !isspace((unsigned char) s[*length]); ++*length)
		;
	return *length ? s : NULL;
}

/* The word in COLUMN of LINE as a pid, or -1. */
static pid_t pid_of(const char *line, size_t column)
{
	char digits[16];
	size_t n = 0;
	uint64_t pid;

	for (size_t i = 0; line && i <= column; i++) {
		line = next_word(i ? line + n : line, &n);
		if (!line)
			return -1;
	}
	if (n >= sizeof digits)
		return -1;
	snprintf(digits, n + 1, "%s", line);
	return number_parse(digits, 1, INT32_MAX, &pid) ? (pid_t) pid : -1;
}

int ps_filter(const char *table, const pid_t *pids, size_t n_pids, struct text *out, struct error *err)
{
	const char *word = table;
	size_t column = 0, n = 0;

	while ((word = next_word(word, &n)) && (n != 3 || memcmp(word, "PID", 3))) {
		word += n;
		column++;
	}
	if (!word)
		return fail_code(err, ERROR_UNSUPPORTED, "no column is titled PID in the output of ps");
	for (const char *line = table; *line; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (line == table || pids_have(pids, n_pids, pid_of(line, column)))
			text_add_bytes(out, line, n);
	}
	return 0;
}

/* Start PATH with ARGS ("-ef" if there are none) and its output going to OUT. */
static int spawn_ps(const char *path, char **args, int out, pid_t *pid, struct error *err)
{
	static char all[] = "-ef", name[] = "ps";
	auto_free char **argv = NULL;
	size_t n = 0;

	while (args[n])
		n++;
	argv = xcalloc(n + 3, sizeof *argv);
	argv[0] = name;
	argv[1] = all;
	if (n)
		memcpy(argv + 1, args, n * sizeof *argv);
	/* posix_spawn(3) gives up if a seccomp filter answers EPERM to clone3. */
	*pid = process_fork(err);
	if (*pid == 0) {
		if (dup2(out, STDOUT_FILENO) >= 0)
			execve(path, argv, environ);
		_exit(127);
	}
	return *pid < 0 ? wrap(err, "start %s", path) : 0;
}

/* The output of ps for ARGS; the caller frees.  NULL with ERR. */
static char *run_ps(char **args, struct error *err)
{
	auto_free char *path = host_find_program("ps"), *printed = NULL;
	auto_fd in = -1, out = -1;
	int ends[2], status;
	pid_t pid;

	if (!path) {
		fail_code(err, ERROR_UNSUPPORTED, "ps: executable file not found in $PATH");
		return NULL;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		fail(err, errno, "make a pipe");
		return NULL;
	}
	in = ends[0];
	out = ends[1];
	if (spawn_ps(path, args, out, &pid, err) < 0)
		return NULL;
	close(take_fd(out));
	printed = fd_read_all(in, 256u << 20, NULL, err);
	/* Close it before waiting: if we have not read everything, ps would wait for us. */
	close(take_fd(in));
	status = process_reap(pid);
	if (!printed || (WIFEXITED(status) && !WEXITSTATUS(status)))
		return take(printed);
	if (WIFEXITED(status))
		fail_code(err, ERROR_SYSTEM, "ps: exit status %d", WEXITSTATUS(status));
	else
		fail_code(err, ERROR_SYSTEM, "ps was killed by signal %d", WTERMSIG(status));
	return NULL;
}

static void add_json(struct text *t, const pid_t *pids, size_t n)
{
	text_add(t, "[");
	for (size_t i = 0; i < n; i++)
		text_addf(t, "%s%d", i ? "," : "", pids[i]);
	text_add(t, "]\n");
}

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct ps_options *options = into;
	auto_free char *table = NULL;
	auto_free pid_t *pids = NULL;
	auto_text t = { 0 };
	size_t n;

	if (container_pids(cli->globals.root, args[0], &pids, &n, err) < 0)
		return -1;
	if (options->format && !strcmp(options->format, "json")) {
		add_json(&t, pids, n);
		return output(&t, err);
	}
	table = run_ps(args + 1, err);
	if (!table || ps_filter(table, pids, n, &t, err) < 0)
		return -1;
	return output(&t, err);
}

const struct verb verb_ps = {
	.name = "ps",
	.group = "Inside a container",
	.args = "ID [PS-OPTION...]",
	.summary = "list the processes of a container",
	.about = "Lists the processes of a container as ps(1) does, with their pids on the host. What follows "
		 "ID is passed to ps; the default is -ef. There must be a column titled PID.",
	.options = ps_options,
	.size = sizeof(struct ps_options),
	.min = 1,
	.max = -1,
	.in_order = true,
	.run = run,
};
