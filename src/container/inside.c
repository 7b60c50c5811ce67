/* inside.c - see inside.h */
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/inside.h"
#include "container/launch.h"
#include "secure/secure.h"
#include "sys/namespace.h"
#include "sys/process.h"

int inside_ask(struct launch *launch, struct error *err)
{
	struct channel *ch = &launch->init_channel;
	struct rootfs_sources *sources = &launch->sources;

	if (channel_send(ch, MSG_NEED_SOURCES, NULL, 0, -1, err) < 0)
		return -1;
	for (;;) {
		unsigned i = 0;
		int fd, got = channel_next(ch, &i, sizeof i, &fd, err);
		auto_fd source = fd;

		if (got == MSG_SOURCES_DONE)
			return 0;
		if (got < 0)
			return -1;
		if (got != MSG_SOURCE || source < 0 || i > sources->n)
			return fail_code(err, ERROR_PROTOCOL, "the runtime spoke out of turn");
		*(i == sources->n ? &sources->root_inside : &sources->step[i]) = take_fd(source);
	}
}

int inside_map_ids(void *launch, size_t i, int mount, struct error *err)
{
	struct channel *ch = &((struct launch *) launch)->init_channel;
	const unsigned number = (unsigned) i;

	if (channel_send(ch, MSG_NEED_MAP, &number, sizeof number, mount, err) < 0)
		return -1;
	return channel_expect(ch, MSG_MAP_DONE, err);
}

static int give(void *launch, size_t i, int fd, struct error *err)
{
	const unsigned number = (unsigned) i;

	return channel_send(&((struct launch *) launch)->channel, MSG_SOURCE, &number, sizeof number, fd, err);
}

/* In a process of its own: the runtime stays where it is. */
static void open_all(struct launch *launch) __attribute__((noreturn));
static void open_all(struct launch *launch)
{
	struct error err = { 0 };
	auto_fd ns = namespace_open_of(launch->pid, CLONE_NEWNS, &err);

	if (ns < 0 || self_hide(&err) < 0 || namespace_enter(ns, CLONE_NEWNS, &err) < 0 ||
	    rootfs_open_inside(&launch->plan, give, launch, &err) < 0) {
		channel_send_error(&launch->channel, &err);
		_exit(1);
	}
	_exit(0);
}

int inside_answer(struct launch *launch, struct error *err)
{
	pid_t pid = process_fork(err);
	int status;

	if (pid < 0)
		return -1;
	if (pid == 0)
		open_all(launch);
	status = process_reap(pid);
	/* Init has been told nothing, and would wait forever. */
	if (status < 0 || WIFSIGNALED(status))
		return fail_code(err, ERROR_PROTOCOL, "the process that opens the sources of mounts was killed");
	/* Its error has gone to init, which sends it back. */
	return status ? 0 : channel_send(&launch->channel, MSG_SOURCES_DONE, NULL, 0, -1, err);
}
