/* oom.c - how willingly the kernel kills a process when memory runs out */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "tune/tune.h"

static int refused(int value, struct error *err)
{
	if (err->number == EACCES || err->number == EPERM)
		fail(err, err->number, "set the OOM score adjustment to %d (a value below the present one needs "
		     "CAP_SYS_RESOURCE)", value);
	else
		wrap(err, "set the OOM score adjustment to %d", value);
	return blame(err, "/process/oomScoreAdj");
}

int oom_score_adj_set(pid_t pid, int value, struct error *err)
{
	char path[64], text[16];

	snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
	snprintf(text, sizeof text, "%d", value);
	return file_put(AT_FDCWD, path, text, err) == 0 ? 0 : refused(value, err);
}

int oom_score_adj_get(pid_t pid, int *value, struct error *err)
{
	auto_free char *text = NULL;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
	text = file_get(AT_FDCWD, path, err);
	if (!text)
		return -1;
	*value = (int) strtol(text, NULL, 10);
	return 0;
}

int oom_score_adj_change(pid_t pid, int process, int value, int *before, struct error *err)
{
	char path[64], text[16];
	auto_fd file = -1;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
	file = open(path, O_RDWR | O_CLOEXEC);
	if (file < 0) {
		fail(err, errno == ENOENT ? ESRCH : errno, "open %s", path);
		/* A process that is just ending no longer has memory, and its files in /proc are root's then. */
		if (err->number == EACCES && process_wait_end(process, 100) == 1)
			err->number = ESRCH;
		return refused(value, err);
	}
	/* The open file stays with the process that had this number then: if ours is alive now, it was ours. */
	if (process_wait_end(process, 0) != 0)
		return fail(err, ESRCH, "process %d has ended", (int) pid);
	n = read(file, text, sizeof text - 1);
	if (n < 0)
		return fail(err, errno, "read %s", path);
	text[n] = '\0';
	*before = (int) strtol(text, NULL, 10);
	if (*before == value)
		return 0;
	snprintf(text, sizeof text, "%d", value);
	if (pwrite(file, text, strlen(text), 0) >= 0)
		return 1;
	fail(err, errno, "write \"%s\" to %s", text, path);
	return refused(value, err);
}
