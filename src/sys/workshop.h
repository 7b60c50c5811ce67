/*
 * workshop.h - a place to prepare mounts in, where the kernel has no detached ones
 *
 * Needed before Linux 5.12, and below filters that hide the newer calls.  It is
 * a private tmpfs in a corner of /proc, in a mount namespace of our own, with a
 * place for each mount; mount-old.h works there.  A mount that counts as
 * "detached" lies in it, where nobody finds it.
 */
#pragma once
#include <stdbool.h>

struct error;

/* True where mounts can only be made in a workshop.  Asked once. */
bool mount_needs_workshop(void);

/* Open it; does nothing where none is needed.  The caller is root of its user namespace and has ended all propagation
 * from its mount namespace; or, with PEERS, calls mount_workshop_keep_peers() to end it, once everything is copied that
 * is to stay a peer of the host's mounts. */
int mount_workshop_open(bool peers, struct error *err);
int mount_workshop_keep_peers(struct error *err);

/* Close it: what is still "detached" is gone. */
int mount_workshop_close(struct error *err);

/* A new place there, O_PATH, for a folder or for anything else.  NAME receives its name. */
int mount_workshop_place(bool folder, char name[16], struct error *err);

/* What is mounted there now, O_PATH. */
int mount_workshop_taken(const char *name, struct error *err);
