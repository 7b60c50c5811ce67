/*
 * sysctls.c - kernel parameters of the container's namespaces, as paths below /proc/sys
 *
 * config/sysctl.h knows what a key means, and config_check() has seen that the
 * container has the namespace it belongs to.  Whether that is the host's own
 * (joined by a path) shows only when it is opened.
 */
#include <string.h>

#include "config/sysctl.h"
#include "plan/planner.h"
#include "sys/namespace.h"

/* The entry for PATH, which is new unless another spelling of the same key came before: then the last one counts. */
static struct sysctl_plan *entry_for(struct planner *p, struct sysctl_plan **list, const char *path)
{
	size_t *n = &p->plan->n_sysctls;

	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*list)[i].path, path))
			return &(*list)[i];
	return arena_push(p->arena, list, (*n)++, sizeof **list);
}

void plan_sysctls(struct planner *p)
{
	const struct json_map *map = &p->linux->sysctl;
	struct sysctl_plan *list = NULL;

	for (size_t i = 0; i < map->n; i++) {
		const char *path = sysctl_path(p->arena, map->keys[i]);
		enum oci_namespace_type owner = sysctl_owner(path);

		*entry_for(p, &list, path) = (struct sysctl_plan) {
			.path = path, .value = map->values[i] ? map->values[i] : "",
			.flag = owner ? namespace_kinds[owner - 1].flag : 0,
			.pointer = pointer_key(p->arena, "/linux/sysctl", map->keys[i]),
		};
	}
	p->plan->sysctls = list;
}
