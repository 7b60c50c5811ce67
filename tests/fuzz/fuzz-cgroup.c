/*
 * fuzz-cgroup.c - what cgroup files and the kernel's log say, and the paths in a record
 *
 * The kernel writes the former; but a container may have mounted something
 * else there, and the names in its cgroup are its own.  The first line is a
 * key, or a word, or a path; the rest is the file.
 */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cgroup/inner.h"
#include "cgroup/limit.h"
#include "sys/path.h"
#include "sys/process.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool fine)
{
	if (!fine)
		abort();
}

static void try_procs(const char *text, size_t n)
{
	auto_free pid_t *pids = NULL;
	size_t found = 0, lines = procs_parse(text, n, &pids, &found), kept;

	check(found <= lines && lines <= n);
	kept = procs_sort(pids, found);
	check(kept <= found && (kept > 0) == (found > 0));
	for (size_t i = 0; i < kept; i++)
		check(pids[i] > 0 && (i == 0 || pids[i] > pids[i - 1]));
}

static void try_path(const char *path)
{
	char name[NAME_MAX + 1];
	unsigned n = 0;

	if (!component_plain(path))
		return;
	for (const char *at = path; component_next(&at, name); n++)
		check(strcmp(name, "..") != 0 && strcmp(name, ".") != 0 && !strchr(name, '/') && name[0]);
	check(n == component_count(path));
	for (unsigned i = 0; i <= n; i++) {
		auto_free char *prefix = component_prefix(path, i);

		check(component_plain(prefix) && component_count(prefix) == i &&
		      strncmp(prefix, path, strlen(prefix)) == 0);
	}
}

/* What goes back is one line. */
static void try_before(const char *value, const char *old)
{
	static const char *const files[] = { "memory.max", "memory.oom_control", "io.max", "io.weight", "rdma.max",
					     "blkio.throttle.read_bps_device", "net_prio.ifpriomap", "misc.max" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_free char *before = limit_before(files[i], value, old);

		check(!before || !strchr(before, '\n') || strcmp(before, "\n") == 0);
	}
}

/* What exec is given as a place below: the same components, none of them leads up. */
static void try_below(const char *path)
{
	char clean[PATH_MAX + 2];

	if (!cgroup_below_plain(path))
		return;
	path_clean(path, clean);
	check(component_plain(clean));
}

static void try_lines(const char *text)
{
	auto_free char *copy = strdup(text);
	char *at = copy, *controllers, *path;

	while (copy && process_cgroup_line(&at, &controllers, &path))
		check(!strpbrk(controllers, ":\n") && !strchr(path, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	auto_free char *text = malloc(n + 1);
	unsigned long long value = 0;
	char *rest;

	if (!text)
		return 0;
	memcpy(text, bytes, n);
	text[n] = '\0';
	try_procs(text, n);
	rest = strchr(text, '\n');
	if (rest)
		*rest++ = '\0';
	try_path(text);
	try_below(text);
	if (rest)
		try_lines(rest);
	if (rest)
		try_before(text, rest);
	/* The log may say that a process was killed only if it says of which cgroup. */
	if (rest && cgroup_oom_logged(rest, text, 1))
		check(strstr(rest, text) && strstr(rest, ",pid=1,uid="));
	if (rest && keyed_find(rest, text, &value))
		check(strstr(rest, text) != NULL);
	if (rest && text[0] && words_have(rest, text))
		check(strstr(rest, text) != NULL);
	return 0;
}
