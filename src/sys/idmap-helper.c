/*
 * idmap-helper.c - newuidmap and newgidmap, which write maps for users who may not
 *
 * They are setuid and inherit nothing from us: no environment, no descriptors,
 * no blocked signals.  What they print becomes part of the error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"
#include "sys/idmap.h"
#include "sys/process.h"
#include "sys/signals.h"

/* "newuidmap PID 0 100000 65536 ...", NULL-terminated. */
static char **make_args(const char *program, pid_t pid, const struct oci_id_mapping *map, size_t n)
{
	char **args = xcalloc(3 * n + 3, sizeof *args), **next = args;

	*next++ = xstrdup(program);
	*next++ = xasprintf("%d", (int) pid);
	for (size_t i = 0; i < n; i++) {
		*next++ = xasprintf("%u", map[i].container_id);
		*next++ = xasprintf("%u", map[i].host_id);
		*next++ = xasprintf("%u", map[i].size);
	}
	return args;
}

static void free_args(char **args)
{
	for (char **arg = args; *arg; arg++)
		free(*arg);
	free(args);
}

/* In the helper's process: never returns. */
static void become(const char *program, char **args, int out)
{
	static char *const no_env[] = { NULL };
	struct error ignored;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	signal_reset();
	if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(out, 2) >= 0 &&
	    fd_close_from(3, &ignored) == 0)
		execve(program, args, no_env);
	dprintf(2, "exec %s: %s", program, errno_text(errno));
	_exit(127);
}

/* What it said, on one line. */
static const char *what_it_said(int out, char *text, size_t size)
{
	ssize_t n = pread(out, text, size - 1, 0);

	while (n > 0 && text[n - 1] == '\n')
		n--;
	if (n <= 0)
		return "it says nothing";
	text[n] = '\0';
	for (char *c = text; (c = strpbrk(c, "\r\n")); )
		*c = ' ';
	return text;
}

int idmap_by_helper(const char *program, pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err)
{
	auto_fd out = memfd_create("messages", MFD_CLOEXEC);
	char text[300];
	char **args;
	pid_t child;
	int status;

	if (out < 0)
		return fail(err, errno, "make a memory file for the messages of %s", program);
	child = process_fork(err);
	if (child < 0)
		return wrap(err, "start %s", program);
	args = make_args(program, pid, map, n);
	if (child == 0)
		become(program, args, out);
	free_args(args);
	status = process_reap(child);
	if (status < 0)
		return fail(err, errno, "wait for %s", program);
	if (status == 0)
		return 0;
	return fail(err, EPERM, "%s refuses the mappings: %s%s", program, what_it_said(out, text, sizeof text),
		    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ?
			    " (we run with no_new_privs, so it has no privileges)" :
			    " (are these ids listed for you in /etc/subuid and /etc/subgid?)");
}
