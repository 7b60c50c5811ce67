/* patience.c - bounded waiting, see inner.h */
#include <fcntl.h>
#include <poll.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cgroup/inner.h"

struct patience patience_start(unsigned us)
{
	return (struct patience) { .end = clock_now() + us * 1000LL, .step = 50 };
}

bool patience_wait(struct patience *patience, int dir)
{
	auto_fd events = dir >= 0 ? openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC) : -1;
	struct timespec t = { .tv_nsec = (long) patience->step * 1000 };
	char text[256];

	if (clock_now() >= patience->end)
		return false;
	/*
	 * kernfs raises POLLPRI once the file has changed since this descriptor last read it.  The caller looked before
	 * the file was opened here, so a change in between would be missed: sleep for one step at most.
	 */
	if (events >= 0 && read(events, text, sizeof text) >= 0)
		ppoll(&(struct pollfd) { .fd = events, .events = POLLPRI }, 1, &t, NULL);
	else
		nanosleep(&t, NULL);
	if (patience->step < 10000)
		patience->step *= 2;
	return true;
}
