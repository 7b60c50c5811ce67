/*
 * fds.h - the caller's descriptors that go on into the container
 *
 * systemd's LISTEN_FDS come first, then --preserve-fds; everything else is
 * closed.  (CVE-2024-21626 was a descriptor of the host that stayed open.)
 */
#pragma once

struct error;

/* How many of the descriptors from 3 on to keep: LISTEN_FDS, if they are meant for us (LISTEN_PID), plus PRESERVE.
 * LISTEN_FDS must be open, and the last of the others.  All above become close-on-exec.  *LISTEN: how many of them are
 * LISTEN_FDS. */
int fds_keep(unsigned preserve, unsigned *listen, struct error *err);

/* Close all descriptors from 3 + KEEP on but the N in EXCEPT (-1 entries are skipped; sorted by this function). */
int fds_close_others(unsigned keep, int *except, unsigned n, struct error *err);
