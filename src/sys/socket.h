/*
 * socket.h - unix sockets: long paths, descriptors
 *
 * sun_path holds 107 bytes; a longer path goes by /proc/self/fd/N/name.
 * No abstract sockets, ever (CVE-2020-15257).
 */
#pragma once
#include <stddef.h>

struct error;

/* Connect a socket of TYPE (SOCK_STREAM, SOCK_SEQPACKET) to PATH (below DIRFD, or absolute).  The caller owns the
 * descriptor. */
int socket_connect(int dirfd, const char *path, int type, struct error *err);

/* Bind one to PATH, open to nobody but us (0600), and listen.  The caller owns the descriptor. */
int socket_listen(int dirfd, const char *path, int type, struct error *err);

/* Send BYTES with the descriptor FD (or -1); receive likewise (*FD is -1 if none came; may be NULL).  MSG_NOSIGNAL,
 * close-on-exec.  socket_receive returns the number of bytes, 0 at the end. */
int socket_send(int sock, const void *bytes, size_t n, int fd, struct error *err);
long socket_receive(int sock, void *bytes, size_t n, int *fd, struct error *err);
