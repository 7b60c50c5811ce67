/*
 * sysctls.c - kernel parameters of the container's namespaces, as paths below /proc/sys
 *
 * A key is written with dots, or with slashes; its first separator says which,
 * and the other character is then part of a name: net/ipv4/conf/eth0.100/forwarding
 * and net.ipv4.conf.eth0/100.forwarding are the same parameter of a VLAN.
 * That a key belongs to a namespace which the container has config_check() knows.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "plan/planner.h"

static const char *key_path(struct arena *arena, const char *key)
{
	char *path = arena_strdup(arena, key);

	if (path[strcspn(path, "./")] == '/')
		return path;
	for (char *c = path; *c; c++)
		*c = *c == '.' ? '/' : *c == '/' ? '.' : *c;
	return path;
}

/* A namespace that is joined by one of these names is the host's. */
static bool is_hosts(const struct oci_namespace *ns)
{
	static const char *const hosts[] = { "/proc/1/ns/", "/proc/self/ns/", "/proc/thread-self/ns/" };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++)
		if (ns && ns->path && !strncmp(ns->path, hosts[i], strlen(hosts[i])))
			return true;
	return false;
}

/* The entry for PATH, which is new unless another spelling of the same key came before: then the last one counts. */
static struct sysctl_plan *entry_for(struct planner *p, struct sysctl_plan **list, const char *path)
{
	size_t *n = &p->plan->n_sysctls;

	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*list)[i].path, path))
			return &(*list)[i];
	return arena_push(p->arena, list, (*n)++, sizeof **list);
}

int plan_sysctls(struct planner *p)
{
	const struct json_map *map = &p->linux->sysctl;
	struct sysctl_plan *list = NULL;

	for (size_t i = 0; i < map->n; i++) {
		const char *pointer = pointer_key(p->arena, "/linux/sysctl", map->keys[i]);
		const char *path = key_path(p->arena, map->keys[i]), *value = map->values[i] ? map->values[i] : "";

		if (!strncmp(path, "net/", 4) && is_hosts(config_namespace(p->config, OCI_NAMESPACE_TYPE_NETWORK)))
			return fail_at(p->err, pointer, "sysctl \"%s\" not allowed in host network namespace",
				       map->keys[i]);
		*entry_for(p, &list, path) = (struct sysctl_plan) { .path = path, .value = value, .pointer = pointer };
	}
	p->plan->sysctls = list;
	return 0;
}
