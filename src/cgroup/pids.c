/*
 * pids.c - the processes of a cgroup
 *
 * v1 may list a process twice and in no order; a process that is in an outer
 * pid namespace is shown as 0.  A container can move its processes into
 * folders below its own, or (as root in v1, with a writable cgroup mount) out
 * of its folder in one hierarchy but hardly in all: so all folders of all
 * hierarchies count.
 */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/fd.h"

size_t procs_parse(const char *text, size_t n, pid_t **pids, size_t *n_pids)
{
	size_t lines = 0;

	for (size_t at = 0; at < n; at++) {
		unsigned long long value = 0;
		size_t begin = at;

		for (; at < n && isdigit((unsigned char) text[at]) && value <= INT_MAX; at++)
			value = value * 10 + (unsigned) (text[at] - '0');
		if (at == begin || (at < n && text[at] != '\n') || value > INT_MAX) {
			while (at < n && text[at] != '\n')
				at++;
			continue;
		}
		lines++;
		if (value == 0)
			continue;
		*(pid_t *) xgrow(pids, *n_pids, sizeof **pids) = (pid_t) value;
		++*n_pids;
	}
	return lines;
}

static int compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *) a, y = *(const pid_t *) b;

	return (x > y) - (x < y);
}

size_t procs_sort(pid_t *pids, size_t n)
{
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(pids, n, sizeof *pids, compare);
	for (size_t i = 1; i < n; i++)
		if (pids[i] != pids[kept])
			pids[++kept] = pids[i];
	return kept + 1;
}

bool pids_have(const pid_t *pids, size_t n, pid_t pid)
{
	return n && bsearch(&pid, pids, n, sizeof *pids, compare);
}

/* Add those of DIR; none if it is threaded (its domain lists them) or gone. */
static int collect(int dir, const char *name, void *context, struct error *err)
{
	auto_fd fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	auto_free char *text = NULL;
	struct procs *procs = context;
	size_t before = procs->n, length, found;

	(void) name;
	if (fd < 0)
		return folder_gone(errno) ? 0 : fail(err, errno, "open cgroup.procs");
	text = fd_read_all(fd, 64 << 20, &length, err);
	if (!text)
		return folder_gone(err->number) || err->number == EOPNOTSUPP ? 0 : wrap(err, "read cgroup.procs");
	found = procs_parse(text, length, &procs->pids, &procs->n);
	procs->hidden += found - (procs->n - before);
	return 0;
}

int procs_read_tree(int dir, struct procs *procs, struct error *err)
{
	return cgroup_walk(dir, collect, NULL, procs, err);
}

int cgroup_pids(const struct cgroup *cgroup, pid_t **pids, size_t *n, struct error *err)
{
	struct procs procs = { 0 };

	for (size_t i = 0; i < cgroup->n_folders; i++) {
		const struct cgroup_folder *folder = &cgroup->folders[i];
		auto_free char *name = NULL;

		if (folder->fd < 0 || procs_read_tree(folder->fd, &procs, err) == 0)
			continue;
		name = folder_name(folder);
		free(procs.pids);
		return wrap(err, "%s", name);
	}
	*n = procs_sort(procs.pids, procs.n);
	*pids = procs.pids ? procs.pids : xmalloc(sizeof **pids);
	return 0;
}

bool keyed_find(const char *text, const char *key, unsigned long long *value)
{
	size_t n = strlen(key);

	for (const char *at = text; *at; at += *at == '\n') {
		const char *number = at + n + 1;
		unsigned long long sum = 0;

		if (strncmp(at, key, n) == 0 && at[n] == ' ' && isdigit((unsigned char) *number)) {
			for (; isdigit((unsigned char) *number); number++) {
				unsigned digit = (unsigned) (*number - '0');

				if (sum > (ULLONG_MAX - digit) / 10)
					return false;
				sum = sum * 10 + digit;
			}
			*value = sum;
			return true;
		}
		at += strcspn(at, "\n");
	}
	return false;
}

bool keyed_read(int dir, const char *name, const char *key, unsigned long long *value)
{
	struct error ignored;
	auto_free char *text = file_get(dir, name, &ignored);

	return text && keyed_find(text, key, value);
}
