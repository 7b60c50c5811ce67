/* notify.c - see notify.h */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "process/notify.h"
#include "sys/process.h"

bool notify_wanted(void)
{
	const char *s = getenv("NOTIFY_SOCKET");

	return s && *s;
}

int notify_prepare(int folder, struct error *err)
{
	/* The container's user must be able to traverse it. */
	if (mkdirat(folder, NOTIFY_FOLDER, 0755) < 0 || fchmodat(folder, NOTIFY_FOLDER, 0755, 0) < 0)
		return fail(err, errno, "make the folder of the notify socket");
	return 0;
}

int notify_listen(int folder, struct error *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	auto_fd sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	auto_fd dir = openat(folder, NOTIFY_FOLDER, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (sock < 0 || dir < 0)
		return fail(err, errno, "open the notify socket's folder");
	unlinkat(dir, "notify.sock", 0);
	snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/notify.sock", dir);
	/* Root of a rootless container can make its mount of this folder writable and put a link here. */
	if (bind(sock, (struct sockaddr *) &a, sizeof a) < 0 ||
	    fchmodat(dir, "notify.sock", 0777, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(err, errno, "listen on the notify socket");
	return take_fd(sock);
}

static void tell(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	auto_fd sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t n = path ? strlen(path) : 0;

	if (!n || n >= sizeof a.sun_path || sock < 0)
		return;
	memcpy(a.sun_path, path, n);
	/* systemd writes abstract names with an @; we only ever connect to them. */
	if (a.sun_path[0] == '@')
		a.sun_path[0] = '\0';
	if (sendto(sock, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *) &a,
		   (socklen_t) (offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		log_warn("tell NOTIFY_SOCKET: %s", errno_text(errno));
}

bool notify_forward(int notify, pid_t pid)
{
	char message[4096], text[64];
	ssize_t n = recv(notify, message, sizeof message - 1, MSG_DONTWAIT);

	if (n <= 0)
		return false;
	message[n] = '\0';
	for (char *line = message, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strcmp(line, "READY=1"))
			continue;
		/* The pid first: at READY=1 the service manager checks the sender. */
		snprintf(text, sizeof text, "MAINPID=%d", pid);
		tell(text);
		tell("READY=1");
		return true;
	}
	return false;
}

void notify_wait(int notify, pid_t pid, int pidfd)
{
	for (;;) {
		struct pollfd p[] = { { pidfd, POLLIN, 0 }, { notify, POLLIN, 0 } };

		if (process_poll(p, ARRAY_SIZE(p), -1) < 0 && errno != EINTR)
			return;
		if (p[1].revents && notify_forward(notify, pid))
			return;
		if (p[0].revents)
			return;
	}
}
