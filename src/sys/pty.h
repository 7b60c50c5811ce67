/*
 * pty.h - pseudo terminals
 *
 * The peer is taken by TIOCGPTPEER (4.13), never by the name /dev/pts/N, which the container could have replaced
 * (CVE-2025-52565).
 */
#pragma once

struct error;

/* A new pty from DEVPTS, an O_PATH descriptor of the root of a devpts mount (verified by its magic number).
 * Both ends are close-on-exec; the caller owns them. */
int pty_open(int devpts, int *master, int *peer, struct error *err);

/* Set the size, in characters, of the terminal whose either end is FD. */
int pty_set_size(int fd, unsigned short rows, unsigned short columns, struct error *err);

/* Let lines end with a bare newline on the terminal MASTER, as on a pipe: its output goes to no real terminal. */
void pty_end_lines_plainly(int master);

/* Make PEER stdin, stdout and stderr. */
int pty_be_stdio(int peer, struct error *err);

/* Make PEER the controlling terminal of this (new) session and its stdin, stdout, stderr. */
int pty_take(int peer, struct error *err);
