/*
 * socket.h - unix sockets: long paths, descriptors
 *
 * sun_path holds 107 bytes; a longer path goes by /proc/self/fd/N/name.
 * No abstract sockets, ever (CVE-2020-15257).
 */
#pragma once
#include <stddef.h>

struct error;

/* Connect a stream or seqpacket socket to PATH (below DIRFD, or absolute). */
int socket_connect(int dirfd, const char *path, int type, struct error *err);

/* Bind and listen. */
int socket_listen(int dirfd, const char *path, int type, struct error *err);

/* Send BYTES with the descriptor FD (or -1); receive likewise (*FD is -1 if none came; may be NULL).  MSG_NOSIGNAL,
 * close-on-exec.  socket_receive returns the number of bytes, 0 at the end. */
int socket_send(int sock, const void *bytes, size_t n, int fd, struct error *err);
long socket_receive(int sock, void *bytes, size_t n, int *fd, struct error *err);
