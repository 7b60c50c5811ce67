/*
 * socket.h - unix sockets: long paths, descriptors
 *
 * sun_path holds 107 bytes; a longer path is reached as /proc/self/fd/N/name.
 * No abstract sockets, ever (CVE-2020-15257).
 */
#pragma once
#include <stddef.h>
#include <sys/socket.h>

struct error;

/* Connect a socket of TYPE (SOCK_STREAM, SOCK_SEQPACKET) to PATH (below DIRFD, or absolute).  The caller owns the
 * descriptor. */
int socket_connect(int dirfd, const char *path, int type, struct error *err);

/* Bind one to PATH, accessible only to us (0600), and listen.  The caller owns the descriptor. */
int socket_listen(int dirfd, const char *path, int type, struct error *err);

/* Room for what goes with a message: one descriptor. */
union socket_rights {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* Let FD (or -1: none) go with MESSAGE, which refers to RIGHTS until it is sent. */
void socket_give(struct msghdr *message, union socket_rights *rights, int fd);

/* Let one descriptor come with MESSAGE, which refers to RIGHTS; if several come, the kernel closes the others and sets
 * MSG_CTRUNC.  socket_taken(): the one that came, which the caller owns, or -1. */
void socket_take(struct msghdr *message, union socket_rights *rights);
int socket_taken(struct msghdr *message);

/* Send BYTES with the descriptor FD (or -1); receive likewise (*FD is -1 if none came; may be NULL).  MSG_NOSIGNAL,
 * close-on-exec.  socket_receive returns the number of bytes, 0 at the end. */
int socket_send(int sock, const void *bytes, size_t n, int fd, struct error *err);
long socket_receive(int sock, void *bytes, size_t n, int *fd, struct error *err);
