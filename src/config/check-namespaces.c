/* check-namespaces.c - namespaces, id maps and time offsets, and what needs them */
#include "config/check.h"
#include "config/find-namespace.h"

static void check_list(const struct check *c)
{
	const struct oci_linux *linux = c->config->linux;
	const struct oci_namespace *list = linux ? linux->namespaces : NULL;
	size_t first[OCI_NAMESPACE_TYPE_TIME + 1] = { 0 };	/* by type: its entry, counted from 1 */

	for (size_t i = 0; linux && i < linux->n_namespaces; i++) {
		if (!list[i].type)
			continue;
		if (first[list[i].type])
			check_fault(c->faults, AT("/linux/namespaces/%zu/type", i),
				    "duplicated ns \"%s\", first in entry %zu",
				    oci_namespace_type_names.names[list[i].type], first[list[i].type] - 1);
		else
			first[list[i].type] = i + 1;
		/* Go writes "" for what is not set. */
		if (list[i].path && list[i].path[0])
			check_path(c->faults, AT("/linux/namespaces/%zu/path", i), list[i].path,
				   "the path of a namespace");
	}
}

static void check_id_maps(const struct check *c)
{
	const struct oci_linux *linux = c->config->linux;

	if (!linux)
		return;
	if (!check_has_namespace(c, OCI_NAMESPACE_TYPE_USER) && (linux->n_uid_mappings || linux->n_gid_mappings))
		check_fault(c->faults, linux->n_uid_mappings ? "/linux/uidMappings" : "/linux/gidMappings",
			    "User namespace mappings specified, but user namespace isn't enabled in the config");
	check_mappings(c->faults, "/linux/uidMappings", linux->uid_mappings, linux->n_uid_mappings);
	check_mappings(c->faults, "/linux/gidMappings", linux->gid_mappings, linux->n_gid_mappings);
}

static void check_time_offsets(const struct check *c)
{
	const struct json_map *map = c->config->linux ? &c->config->linux->time_offsets : NULL;
	const struct oci_namespace *ns = config_namespace(c->config, OCI_NAMESPACE_TYPE_TIME);

	if (!map || !map->n)
		return;
	if (!check_has_namespace(c, OCI_NAMESPACE_TYPE_TIME))
		check_fault(c->faults, "/linux/timeOffsets",
			    "time namespace offsets specified, but time namespace isn't enabled in the config");
	/* Offsets can be written only while no process is inside. */
	if (ns && ns->path && ns->path[0])
		check_fault(c->faults, "/linux/timeOffsets",
			    "offsets are for a new time namespace, not for one that is joined");
	for (size_t i = 0; i < map->n; i++) {
		const struct oci_time_offset *offset = map->values[i];
		if (strcmp(map->keys[i], "boottime") && strcmp(map->keys[i], "monotonic"))
			check_fault(c->faults, AT_KEY("/linux/timeOffsets", map->keys[i]),
				    "%s is not one of boottime, monotonic", QUOTED(map->keys[i]));
		if (offset && offset->nanosecs > 999999999)
			check_fault(c->faults, AT("%s/nanosecs", AT_KEY("/linux/timeOffsets", map->keys[i])),
				    "%u is out of range (expected 0 to 999999999)", offset->nanosecs);
	}
}

void check_namespaces(const struct check *c)
{
	check_list(c);
	check_id_maps(c);
	check_time_offsets(c);
}
