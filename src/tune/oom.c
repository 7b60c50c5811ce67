/* oom.c - how willingly the kernel kills a process when memory ends */
#include <fcntl.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"
#include "tune/tune.h"

int oom_score_adj_set(pid_t pid, int value, struct error *err)
{
	char path[64], text[16];

	snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
	snprintf(text, sizeof text, "%d", value);
	if (file_put(AT_FDCWD, path, text, err) == 0)
		return 0;
	if (err->number == EACCES || err->number == EPERM)
		fail(err, err->number, "set the OOM score adjustment to %d (a value below the present one needs "
		     "CAP_SYS_RESOURCE)", value);
	else
		wrap(err, "set the OOM score adjustment to %d", value);
	return blame(err, "/process/oomScoreAdj");
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
