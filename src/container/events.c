/*
 * events.c - what a container uses, and when it runs out of memory
 *
 * One poll(2) on two descriptors, the first process and the memory of the
 * cgroup, with the time to the next statistics as its timeout.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "cgroup/cgroup.h"
#include "container/events-json.h"
#include "container/handle.h"
#include "container/rdt.h"
#include "sys/fd.h"
#include "sys/process.h"

struct events {
	const struct events_options *options;
	struct handle handle;
	struct cgroup cgroup;
	struct cgroup_oom_watch oom;
};

/* ---- lines ---------------------------------------------------------------- */

static int tell(const struct events *e, struct text *t, struct error *err)
{
	auto_free char *line = text_take(t);

	return e->options->line(e->options->context, line, err);
}

/* If it shares our network namespace, the interfaces say nothing about the container. */
static void read_interfaces(const struct events *e, struct arena *arena, struct interfaces *interfaces)
{
	auto_free char *text = NULL;
	struct error ignored;
	struct stat ours, its;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/net", e->handle.record->pid);
	if (stat(path, &its) < 0 || stat("/proc/self/ns/net", &ours) < 0 || its.st_ino == ours.st_ino)
		return;
	snprintf(path, sizeof path, "/proc/%d/net/dev", e->handle.record->pid);
	text = file_get(AT_FDCWD, path, &ignored);
	if (text)
		interfaces_parse(arena, text, interfaces);
}

static int tell_stats(const struct events *e, struct error *err)
{
	struct interfaces interfaces = { 0 };
	struct cgroup_stats stats;
	struct resctrl_stats rdt;
	struct arena arena = { 0 };
	auto_text t = { 0 };
	bool has_rdt;
	int result = cgroup_stats(&e->cgroup, &arena, &stats, err);

	if (result == 0) {
		read_interfaces(e, &arena, &interfaces);
		has_rdt = rdt_stats(e->handle.record, &arena, &rdt);
		events_add_stats(&t, e->options->id, &stats, has_rdt ? &rdt : NULL, &interfaces);
		result = tell(e, &t, err);
	}
	arena_free(&arena);
	return result;
}

static int tell_oom(struct events *e, struct error *err)
{
	auto_text t = { 0 };

	if (!cgroup_oom_happened(&e->oom))
		return 0;
	events_add_oom(&t, e->options->id);
	return tell(e, &t, err);
}

/* ---- the loop ------------------------------------------------------------- */

#define SECOND 1000000000

/* Loop until the first process has ended. */
static int follow(struct events *e, struct error *err)
{
	int64_t next = clock_now() + e->options->interval;

	for (;;) {
		struct pollfd fds[] = { { .fd = e->handle.pidfd, .events = POLLIN },
					{ .fd = e->oom.fd, .events = e->oom.events } };
		int64_t left = next - clock_now();
		int64_t ms = (left + SECOND / 1000 - 1) / (SECOND / 1000);
		int ready = left > 0 ? process_poll(fds, ARRAY_SIZE(fds), ms < INT_MAX ? (int) ms : INT_MAX) : 0;

		if (ready < 0 && errno != EINTR)
			return fail(err, errno, "wait for events");
		/* Checked before the end: this may be what caused it. */
		if (ready > 0 && tell_oom(e, err) < 0)
			return -1;
		if (ready > 0 && fds[0].revents)
			return 0;
		if (clock_now() < next)
			continue;
		if (tell_stats(e, err) < 0)
			return err->code == ERROR_STATE ? 0 : -1;
		next += e->options->interval;
		/* Do not queue up lines for a reader slower than the interval. */
		if (next < clock_now())
			next = clock_now() + e->options->interval;
	}
}

int container_events(const struct events_options *options, struct error *err)
{
	struct events e = { .options = options, .oom.fd = -1 };
	int result = handle_open(&e.handle, options->root, options->id, HANDLE_PIDFD, err);

	if (result == 0 && e.handle.status == CONTAINER_STOPPED)
		result = fail_code(err, ERROR_STATE, "container with id %s is not running", options->id);
	if (result == 0)
		result = handle_open_cgroup(&e.handle, false, &e.cgroup, err);
	if (result == 0 && options->stats)
		result = tell_stats(&e, err);
	else if (result == 0) {
		if (cgroup_oom_watch(&e.cgroup, &e.oom, err) < 0)
			log_warn("no event will tell if memory runs out: %s", err->message);
		result = follow(&e, err);
	}
	cgroup_oom_unwatch(&e.oom);
	cgroup_close(&e.cgroup);
	handle_close(&e.handle);
	return result < 0 ? wrap(err, "events of %s", options->id) : 0;
}
