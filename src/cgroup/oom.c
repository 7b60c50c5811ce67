/*
 * oom.c - when memory runs out
 *
 * v2: memory.events counts, including all cgroups below, and poll(2) reports
 * POLLPRI on it whenever a count has changed.
 *
 * v1: an eventfd is registered through cgroup.event_control.  It is signalled
 * at each OOM, and also once when the cgroup is removed.  The kills are
 * counted in memory.oom_control (4.13), separately for each cgroup.
 *
 * The kernel's log (5.0) is what remains of a kill when the cgroup is gone.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/fd.h"

static int add_kills(int dir, const char *name, void *context, struct error *err)
{
	unsigned long long kills, *sum = context;

	(void) name;
	(void) err;
	if (keyed_read(dir, "memory.oom_control", "oom_kill", &kills))
		*sum += kills;
	return 0;
}

bool cgroup_oom_kills(const struct cgroup *cgroup, unsigned long long *n)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "memory"), *v2 = cgroup_v2(cgroup);
	struct error ignored;
	struct stat st;

	*n = 0;
	if (!v1)
		return v2 && keyed_read(v2->fd, "memory.events", "oom_kill", n);
	if (!keyed_read(v1->fd, "memory.oom_control", "oom_kill", n))
		return false;
	/* Two links: there are no cgroups below. */
	if (fstat(v1->fd, &st) == 0 && st.st_nlink == 2)
		return true;
	*n = 0;
	return cgroup_walk(v1->fd, add_kills, NULL, n, &ignored) == 0;
}

/* The text of a line "<6>[   12.345678][ T123] TEXT" that the kernel itself has written; NULL if a program has, through
 * /dev/kmsg: its priority has a facility and is above 7. */
static const char *said_by_kernel(const char *line)
{
	if (line[0] != '<' || line[1] < '0' || line[1] > '7' || line[2] != '>')
		return NULL;
	for (line += 3; *line == '['; line += 1 + strspn(line + 1, " ")) {
		line += strcspn(line, "]\n");
		if (*line != ']')
			return NULL;
	}
	return line;
}

/* Of "oom-kill:constraint=...,task_memcg=PATH,task=NAME,pid=PID,uid=UID", N bytes.  Names of cgroups and processes are
 * their makers': they may look like more of these fields, but what looks ambiguous is no answer. */
static bool is_kill_of(const char *text, size_t n, const char *path, pid_t pid)
{
	static const char field[] = ",task_memcg=";
	const char *end = text + n, *at = memmem(text, n, field, sizeof field - 1), *number = NULL;
	size_t length = strlen(path);
	char expected[32];

	if (!at || memmem(at + 1, (size_t) (end - at) - 1, field, sizeof field - 1))
		return false;
	at += sizeof field - 1;
	if ((size_t) (end - at) < length || memcmp(at, path, length) != 0)
		return false;
	at += length;
	if (strncmp(at, ",task=", 6) != 0 && *at != '/')
		return false;
	while ((at = memmem(at, (size_t) (end - at), ",pid=", 5)))
		number = at++;
	snprintf(expected, sizeof expected, ",pid=%d,uid=", (int) pid);
	return number && strncmp(number, expected, strlen(expected)) == 0;
}

bool cgroup_oom_logged(const char *log, const char *path, pid_t pid)
{
	for (const char *line = log; *line; line += *line == '\n') {
		const char *text = said_by_kernel(line);
		size_t n = strcspn(line, "\n");

		if (text && !strncmp(text, "oom-kill:constraint=", 20) &&
		    is_kill_of(text, n - (size_t) (text - line), path, pid))
			return true;
		line += n;
	}
	return false;
}

static int watch_v1(const struct cgroup_folder *folder, struct cgroup_oom_watch *watch, struct error *err)
{
	auto_fd event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	auto_fd control = openat(folder->fd, "memory.oom_control", O_RDONLY | O_CLOEXEC);
	char text[32];

	if (event < 0 || control < 0)
		return fail(err, errno, "watch memory.oom_control");
	snprintf(text, sizeof text, "%d %d", event, control);
	if (file_put(folder->fd, "cgroup.event_control", text, err) < 0)
		return -1;
	*watch = (struct cgroup_oom_watch) { .fd = take_fd(event), .events = POLLIN, .folder = folder->fd };
	return 0;
}

/* The count in memory.events; reading it arms POLLPRI again. */
static bool read_kills(int fd, unsigned long long *kills)
{
	char text[512];
	ssize_t n = pread(fd, text, sizeof text - 1, 0);

	if (n < 0)
		return false;
	text[n] = '\0';
	return keyed_find(text, "oom_kill", kills);
}

int cgroup_oom_watch(const struct cgroup *cgroup, struct cgroup_oom_watch *watch, struct error *err)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "memory"), *v2 = cgroup_v2(cgroup);
	auto_fd fd = -1;

	*watch = (struct cgroup_oom_watch) { .fd = -1, .folder = -1 };
	if (v1)
		return watch_v1(v1, watch, err);
	if (!v2)
		return 0;
	fd = openat(v2->fd, "memory.events", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return folder_gone(errno) ? 0 : fail(err, errno, "open memory.events");
	/* Count from here on: what happened before is no news. */
	read_kills(fd, &watch->seen);
	watch->fd = take_fd(fd);
	watch->events = POLLPRI;
	return 0;
}

bool cgroup_oom_happened(struct cgroup_oom_watch *watch)
{
	unsigned long long kills;
	uint64_t times;
	bool more;

	if (watch->fd < 0)
		return false;
	if (watch->folder >= 0)
		return read(watch->fd, &times, sizeof times) == sizeof times &&
		       file_exists(watch->folder, "memory.oom_control");
	if (!read_kills(watch->fd, &kills)) {
		/* The cgroup is gone: from now on poll(2) would call the file ready at once, for ever. */
		cgroup_oom_unwatch(watch);
		return false;
	}
	more = kills > watch->seen;
	watch->seen = kills;
	return more;
}

void cgroup_oom_unwatch(struct cgroup_oom_watch *watch)
{
	cleanup_close(&watch->fd);
}
