/* heir.c - see heir.h */
#include <linux/seccomp.h>
#include <unistd.h>

#include "process/channel.h"
#include "process/enter.h"
#include "process/fds.h"
#include "process/heir.h"
#include "process/middle.h"
#include "sys/process.h"
#include "tune/tune.h"

int heir_make(const struct heir *heir, struct entry *entry, int *stay, unsigned n, struct error *err)
{
	pid_t pid;

	/* A tracer could use whatever is open in the heir, and keep it from lowering a limit. */
	if (fds_close_others(entry->keep, stay, n, err) < 0 ||
	    (!entry->filtered && rlimits_apply_nofile(entry->process, err) < 0))
		return -1;
	/* Else the heir loads it last, and a tracer can do without. */
	if (heir->filter_first && enter_filter(entry, err) < 0)
		return -1;
	pid = process_clone(0, -1, true, NULL, err);
	if (pid < 0)
		return wrap(err, "where the new process may be traced the program runs in a child of the one that "
			    "prepares it");
	if (pid > 0) {
		channel_send(entry->channel, MSG_BORN, &pid, sizeof pid, -1, err);
		_exit(0);
	}
	return enter_inherit(entry, err);
}

bool heir_has_said(const struct heir *heir, int message)
{
	return heir->heard >> message & 1;
}

bool heir_is_ready(const struct heir *heir)
{
	return heir_has_said(heir, MSG_READY) && heir->wanted == heir_has_said(heir, MSG_BORN);
}

int heir_schedule(const struct heir *heir, pid_t pid, const struct process_plan *process, struct error *err)
{
	if (heir->wanted && process->scheduler && scheduler_apply(pid, process->scheduler, err) < 0)
		return blame(err, "/process/scheduler");
	return 0;
}

int heir_next(const struct heir *heir, struct channel *channel, int pidfd, void *data, size_t size, int *fd,
	      struct error *err)
{
	if (heir->wanted && !heir_has_said(heir, MSG_BORN))
		return middle_next(channel, pidfd, data, size, fd, err);
	return channel_next(channel, data, size, fd, err);
}

bool heir_in_turn(struct heir *heir, int message, int fd, const struct process_plan *process,
		  const struct seccomp_plan *filter)
{
	const unsigned bit = 1u << message;
	const bool again = heir->heard & bit, born = heir_has_said(heir, MSG_BORN);

	heir->heard |= bit;
	if (!heir->wanted)
		return message != MSG_BORN;
	if (again)
		return false;
	switch (message) {
	case MSG_NEED_CGROUP:
	case MSG_NAMESPACES:
	case MSG_ROOTFS: return !born;
	case MSG_TERMINAL: return !born && process->terminal && fd >= 0;
	case MSG_SECCOMP: return filter->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER && fd >= 0;
	default: return message == MSG_BORN || message == MSG_READY;
	}
}
