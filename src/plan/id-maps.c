/*
 * id-maps.c - the ids of a new user namespace, and who writes them
 *
 * Theory (user_namespaces(7)).  With CAP_SETUID (CAP_SETGID) in the parent
 * namespace any map of ids that are mapped there can be written.  Everybody
 * else may map only his own id, and his gid only once setgroups(2) is denied
 * for good: else he could leave a group that keeps him out of something
 * (CVE-2014-8989).  For more he needs newuidmap and newgidmap, which have the
 * capability and know from /etc/subuid and /etc/subgid which ids are his.
 *
 * If they are not installed, or the config maps nothing, one id is better than
 * no container, and is what crun does: the process's user is mapped to the
 * caller, and no other id exists.
 */
#include <linux/capability.h>

#include "plan/planner.h"

struct side {
	const struct oci_id_mapping *map;
	size_t n;
	unsigned own;		/* the caller's */
	bool any;		/* the caller may map any ids */
	const char *helper;	/* the program that may, if it is installed */
};

static bool is_own(const struct side *s)
{
	return s->n == 1 && s->map[0].size == 1 && s->map[0].host_id == s->own;
}

/* True if more than one id is asked for, and nobody can write that. */
static bool is_too_much(const struct side *s)
{
	return !s->any && !s->helper && (s->n > 1 || (s->n == 1 && s->map[0].size > 1));
}

static const char *writer(const struct side *s)
{
	return s->any || is_own(s) ? NULL : s->helper;
}

static void narrow(struct arena *arena, struct side *s, unsigned inside)
{
	struct oci_id_mapping *map = arena_alloc(arena, sizeof *map);

	*map = (struct oci_id_mapping) { .container_id = inside, .host_id = s->own, .size = 1 };
	s->map = map;
	s->n = 1;
}

void plan_id_maps(struct arena *arena, const struct oci_config *config, const struct host *host, bool joined,
		  struct namespace_plan *ns)
{
	const struct oci_linux *linux = config->linux;
	const struct oci_user *user = config->process ? config->process->user : NULL;
	struct side uids = {
		.map = linux->uid_mappings, .n = linux->n_uid_mappings, .own = host->euid,
		.any = host->caps_permitted >> CAP_SETUID & 1, .helper = host->newuidmap,
	}, gids = {
		.map = linux->gid_mappings, .n = linux->n_gid_mappings, .own = host->egid,
		.any = host->caps_permitted >> CAP_SETGID & 1, .helper = host->newgidmap,
	};

	ns->narrowed = !joined && (is_too_much(&uids) || is_too_much(&gids));
	if (ns->narrowed || (!joined && !uids.n))
		narrow(arena, &uids, user ? user->uid : 0);
	if (ns->narrowed || (!joined && !gids.n))
		narrow(arena, &gids, user ? user->gid : 0);
	ns->uids = uids.map;
	ns->n_uids = uids.n;
	ns->gids = gids.map;
	ns->n_gids = gids.n;
	if (joined)
		return;
	ns->uid_writer = writer(&uids);
	ns->gid_writer = writer(&gids);
	ns->deny_setgroups = !gids.any && !ns->gid_writer;
}
