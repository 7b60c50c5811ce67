/*
 * fds.h - the caller's descriptors that are passed on to the container
 *
 * systemd's LISTEN_FDS come first, then --preserve-fds; everything else is
 * closed.  (CVE-2024-21626 was a descriptor of the host that stayed open.)
 */
#pragma once

struct error;

/* How many descriptors from 3 on to keep: LISTEN_FDS, if they are meant for us (LISTEN_PID), plus PRESERVE.  All of
 * LISTEN_FDS must be open; of the others, the last.  All beyond become close-on-exec.  *LISTEN: how many are
 * LISTEN_FDS. */
int fds_keep(unsigned preserve, unsigned *listen, struct error *err);

/* Close all descriptors from 3 + KEEP on except the N in EXCEPT (sorted in place; -1 entries are skipped). */
int fds_close_others(unsigned keep, int *except, unsigned n, struct error *err);
