/* loopback.c - bring up `lo` of a new network namespace */
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "tune/tune.h"

int loopback_up(struct error *err)
{
	/* Any socket can carry the ioctl, and this kind needs no IPv4 in the kernel. */
	auto_fd sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (sock < 0)
		return fail(err, errno, "open a socket to bring up the loopback interface");
	if (ioctl(sock, SIOCSIFFLAGS, &request) < 0)
		return fail(err, errno, "bring up the loopback interface");
	return 0;
}
