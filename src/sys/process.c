/* process.c - see process.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "sys/fd.h"
#include "sys/process.h"

bool process_stat_parse(const char *text, struct process_stat *out)
{
	/* The name may contain blanks and brackets; what follows the last bracket has none. */
	const char *p = strrchr(text, ')');
	uint64_t field[23] = { 0 }, last = 0;	/* numbered as in proc_pid_stat(5) */

	if (!p || p[1] != ' ' || !p[2] || p[2] == ' ')
		return false;
	out->state = p[2];
	p += 3;
	for (int i = 4; i <= 22; i++) {
		/* The terminal's process group and the priority may be negative; we do not use them. */
		p += strspn(p, " ");
		p += *p == '-';
		if (!number_take(&p, &field[i]))
			return false;
	}
	out->parent = (pid_t) field[4];
	out->flags = (unsigned) field[9];
	out->threads = (int) field[20];
	out->start_time = field[22];
	out->exit_status = -1;
	/* The last field, 52 (since 3.5).  Only a dead process has it, so others are not read to the end. */
	if (out->state != 'Z')
		return true;
	for (int i = 23; i <= 52; i++) {
		p += strspn(p, " ");
		p += *p == '-';
		if (!number_take(&p, &last))
			return true;
	}
	if (last <= INT_MAX)
		out->exit_status = (int) last;
	return true;
}

int process_stat(pid_t pid, struct process_stat *out)
{
	char path[32], text[2048];
	auto_fd fd = -1;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	do
		n = read(fd, text, sizeof text - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	text[n] = '\0';
	if (!process_stat_parse(text, out)) {
		errno = ESRCH;
		return -1;
	}
	return 0;
}

char *process_cgroups(pid_t pid, struct error *err)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/%d/cgroup", (int) pid);
	return file_get(AT_FDCWD, path, err);
}

bool process_cgroup_line(char **text, char **controllers, char **path)
{
	for (char *line; (line = strsep(text, "\n"));) {
		/* Neither number nor controllers contain a colon; the path may. */
		if (strsep(&line, ":") && (*controllers = strsep(&line, ":")) && (*path = line))
			return true;
	}
	return false;
}

bool process_stat_ended(const struct process_stat *stat)
{
	return stat->state == 'X' || (stat->state == 'Z' && stat->threads <= 1);
}

bool process_gone(int number)
{
	return number == ESRCH || number == ENOENT;
}

int process_boot_id(char out[37], struct error *err)
{
	auto_fd fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, out, 36) != 36)
		return fail(err, fd < 0 ? errno : EIO, "read /proc/sys/kernel/random/boot_id");
	out[36] = '\0';
	return 0;
}

int process_exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
