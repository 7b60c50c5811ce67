/*
 * idmap.h - user namespace id maps (user_namespaces(7))
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "libocispec/ocispec.h"

struct error;

/* Write uid_map (gid_map) of PID, in one write of at most 340 lines.  Without CAP_SETUID (CAP_SETGID) in the parent
 * namespace only one's own id can be mapped, and the gid only after setgroups(2) was denied. */
int idmap_write_uids(pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err);
int idmap_write_gids(pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err);

/* Before gid_map is written: afterwards it cannot be changed. */
int idmap_deny_setgroups(pid_t pid, struct error *err);

/* Let PROGRAM, which is newuidmap or newgidmap by its absolute path, write that map of PID.  Its own words are in ERR
 * when it refuses. */
int idmap_by_helper(const char *program, pid_t pid, const struct oci_id_mapping *map, size_t n, struct error *err);

/* A user namespace that has these maps and no process in it, for mount_idmap().  The caller owns the descriptor. */
int idmap_namespace(const struct oci_id_mapping *uids, size_t n_uids, const struct oci_id_mapping *gids, size_t n_gids,
		    struct error *err);

/* ID (as the container sees it) as the host sees it: true, and *OUT. */
bool idmap_to_host(const struct oci_id_mapping *map, size_t n, unsigned id, unsigned *out);
