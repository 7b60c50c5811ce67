/* socket.c - see socket.h */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "sys/socket.h"

#define BACKLOG 16

/* A name that fits for PATH below DIRFD: the path itself, or its folder's descriptor (*FOLDER, to be kept until the
 * name was used) and the last component. */
static int make_address(int dirfd, const char *path, struct sockaddr_un *address, int *folder, struct error *err)
{
	auto_free char *head = NULL;
	const char *name = strrchr(path, '/');
	size_t room = sizeof address->sun_path;

	address->sun_family = AF_UNIX;
	*folder = -1;
	/* An empty name would be an abstract address. */
	if (!*path)
		return fail(err, ENOENT, "a socket needs a path");
	if ((*path == '/' || dirfd == AT_FDCWD) && (size_t) snprintf(address->sun_path, room, "%s", path) < room)
		return 0;
	if (!name) {
		if ((size_t) snprintf(address->sun_path, room, "/proc/self/fd/%d/%s", dirfd, path) < room)
			return 0;
		return fail(err, ENAMETOOLONG, "socket %s", path);
	}
	head = xstrdup(path);
	head[name == path ? 1 : name - path] = '\0';
	*folder = openat(dirfd, head, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*folder < 0)
		return fail(err, errno, "open %s for the socket in it", head);
	if ((size_t) snprintf(address->sun_path, room, "/proc/self/fd/%d/%s", *folder, name + 1) < room)
		return 0;
	return fail(err, ENAMETOOLONG, "socket %s", path);
}

int socket_connect(int dirfd, const char *path, int type, struct error *err)
{
	auto_fd sock = -1, target = -1;
	struct sockaddr_un address = { 0 };
	int result;

	if (make_address(dirfd, path, &address, &target, err) < 0) {
		/* Even the last component is too long; but the socket can also be named by its own descriptor. */
		if (err->number != ENAMETOOLONG)
			return -1;
		if (target >= 0)
			close(target);
		target = openat(dirfd, path, O_PATH | O_CLOEXEC);
		if (target < 0)
			return fail(err, errno, "open the socket %s", path);
		snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", target);
	}
	sock = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return fail(err, errno, "make a socket");
	do
		result = connect(sock, (struct sockaddr *) &address, sizeof address);
	while (result < 0 && errno == EINTR);
	if (result < 0)
		return fail(err, errno, "connect to the socket %s%s", path,
			    errno == EPROTOTYPE ? " (it is of another type)" :
			    errno == ECONNREFUSED ? " (nobody listens there)" : "");
	return take_fd(sock);
}

int socket_listen(int dirfd, const char *path, int type, struct error *err)
{
	auto_fd sock = -1, folder = -1;
	struct sockaddr_un address = { 0 };

	if (make_address(dirfd, path, &address, &folder, err) < 0)
		return -1;
	sock = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return fail(err, errno, "make a socket");
	/* The file that bind(2) makes gets the socket's mode, less the umask: it is never open to others. */
	if (fchmod(sock, 0600) < 0)
		return fail(err, errno, "keep the socket %s from others", path);
	if (bind(sock, (struct sockaddr *) &address, sizeof address) < 0)
		return fail(err, errno, "bind a socket to %s", path);
	if (listen(sock, BACKLOG) < 0)
		return fail(err, errno, "listen on %s", path);
	return take_fd(sock);
}

void socket_give(struct msghdr *message, union socket_rights *rights, int fd)
{
	struct cmsghdr *head;

	if (fd < 0)
		return;
	memset(rights, 0, sizeof *rights);
	message->msg_control = rights;
	message->msg_controllen = sizeof *rights;
	head = CMSG_FIRSTHDR(message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
}

void socket_take(struct msghdr *message, union socket_rights *rights)
{
	message->msg_control = rights;
	/* Not sizeof, which is rounded up: a second descriptor would fit. */
	message->msg_controllen = CMSG_LEN(sizeof(int));
}

int socket_taken(struct msghdr *message)
{
	int fd = -1;

	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head))
		if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
		    head->cmsg_len == CMSG_LEN(sizeof fd))
			memcpy(&fd, CMSG_DATA(head), sizeof fd);
	return fd;
}

int socket_send(int sock, const void *bytes, size_t n, int fd, struct error *err)
{
	struct iovec part = { .iov_base = (void *) (uintptr_t) bytes, .iov_len = n };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union socket_rights rights;
	ssize_t sent;

	socket_give(&message, &rights, fd);
	do {
		sent = sendmsg(sock, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return fail(err, errno, "send %s on a socket", fd >= 0 ? "a descriptor" : "a message");
		/* A stream may take it in parts; the descriptor went with the first part. */
		part.iov_base = (char *) part.iov_base + sent;
		part.iov_len -= (size_t) sent;
		message.msg_control = NULL;
		message.msg_controllen = 0;
	} while (part.iov_len > 0);
	return 0;
}

long socket_receive(int sock, void *bytes, size_t n, int *fd, struct error *err)
{
	struct iovec part = { .iov_base = bytes, .iov_len = n };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union socket_rights rights;
	auto_fd got = -1;
	ssize_t received;

	if (fd) {
		*fd = -1;
		socket_take(&message, &rights);
	}
	do
		received = recvmsg(sock, &message, MSG_CMSG_CLOEXEC);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return fail(err, errno, "receive from a socket");
	got = socket_taken(&message);
	if (message.msg_flags & MSG_TRUNC)
		return fail(err, EMSGSIZE, "receive a message of more than %zu bytes", n);
	if (fd && message.msg_flags & MSG_CTRUNC)
		return fail(err, EMFILE, "receive one descriptor (more came, or no number is free)");
	if (fd)
		*fd = take_fd(got);
	return received;
}
