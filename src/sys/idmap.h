/*
 * idmap.h - user namespace id maps (user_namespaces(7))
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "libocispec/ocispec.h"

struct error;

/* Write uid_map and gid_map of PID, each in one write; setgroups is denied first if DENY_SETGROUPS (needed without
 * CAP_SETGID in the parent namespace, and what closes CVE-2014-8989).  At most 340 lines each. */
int idmap_write(pid_t pid, const struct oci_id_mapping *uids, size_t n_uids, const struct oci_id_mapping *gids,
		size_t n_gids, bool deny_setgroups, struct error *err);

/* A user namespace that has these maps and no process in it, for mount_idmap().  The caller owns the descriptor. */
int idmap_namespace(const struct oci_id_mapping *uids, size_t n_uids, const struct oci_id_mapping *gids, size_t n_gids,
		    struct error *err);

/* ID (as the container sees it) as the host sees it: true, and *OUT. */
bool idmap_to_host(const struct oci_id_mapping *map, size_t n, unsigned id, unsigned *out);
