/* fds.c - see fds.h */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number.h"
#include "process/fds.h"
#include "sys/fd.h"

/* sd_listen_fds(3): they are meant only for the process that LISTEN_PID names.  A variable that was merely inherited
 * would pass the host's descriptors to the container. */
static unsigned listen_fds(void)
{
	const char *n = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	uint64_t count, owner;

	if (!n || !pid || !number_parse(n, 0, 4096, &count))
		return 0;
	if (!number_parse(pid, 1, INT32_MAX, &owner) || owner != (uint64_t) getpid())
		return 0;
	return (unsigned) count;
}

/* Ours are close-on-exec, such as the log's; the caller's cannot be, or they would not have survived exec. */
static bool given(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags >= 0 && flags & FD_CLOEXEC)
		errno = EBADF;
	return flags >= 0 && !(flags & FD_CLOEXEC);
}

int fds_keep(unsigned preserve, unsigned *listen, struct error *err)
{
	*listen = listen_fds();
	for (unsigned i = 0; i < *listen; i++)
		if (!given(3 + (int) i))
			return fail(err, errno, "LISTEN_FDS says %u: descriptor %u", *listen, 3 + i);
	const unsigned keep = *listen + preserve, last = 2 + keep;
	/* Only the last must be open: podman names single ones (--preserve-fd 7) and counts up to the highest. */
	if (preserve && !given((int) last))
		return fail(err, errno, "unable to stat preserved-fd %u (of %u): descriptor %u", preserve, preserve,
			    last);
	return fd_cloexec_from(3 + (int) keep, err) < 0 ? -1 : (int) keep;
}

static int compare(const void *a, const void *b)
{
	return *(const int *) a - *(const int *) b;
}

int fds_close_others(unsigned keep, int *except, unsigned n, struct error *err)
{
	int from = 3 + (int) keep;

	qsort(except, n, sizeof *except, compare);
	/* A gap left by the caller may hold one of ours. */
	for (int fd = 3; fd < from; fd++)
		if (!given(fd) && !bsearch(&fd, except, n, sizeof *except, compare))
			close(fd);
	for (unsigned i = 0; i < n; i++) {
		if (except[i] < from)
			continue;
		for (int fd = from; fd < except[i]; fd++)
			close(fd);
		from = except[i] + 1;
	}
	return fd_close_from(from, err);
}
