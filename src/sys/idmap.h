/*
 * idmap.h - user namespace id maps (user_namespaces(7))
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "libocispec/ocispec.h"

struct error;

#define IDMAP_MAX_LINES 340	/* the kernel's own bound, since 4.15 */

/* Write uid_map (gid_map) of PID, in one write.  Without CAP_SETUID (CAP_SETGID) in the parent namespace only one's own
 * id can be mapped, and the gid only after setgroups(2) was denied. */
int idmap_write_uids(pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err);
int idmap_write_gids(pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err);

/* To be called before gid_map is written: afterwards it cannot be changed. */
int idmap_deny_setgroups(pid_t pid, struct error *err);

/* Let PROGRAM, the absolute path of newuidmap or newgidmap, write that map of PID.  If it refuses, its own words are in
 * ERR. */
int idmap_by_helper(const char *program, pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err);

/* A user namespace that has these maps and no process in it, for mount_idmap().  The caller owns the descriptor. */
int idmap_namespace(const struct oci_id_mapping *uids, size_t n_uids, const struct oci_id_mapping *gids, size_t n_gids,
		    struct error *err);

/* *OUT gets the host's id for ID, an id of the container.  False if it has none. */
bool idmap_to_host(const struct oci_id_mapping *map, size_t n, unsigned id, unsigned *out);
