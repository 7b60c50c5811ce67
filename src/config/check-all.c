/*
 * check-all.c - what is wrong with a config on any host
 *
 * This file checks the small top-level members and calls the checks of the
 * others; messages use runc's words where its users and clients know them.
 */
#include <ctype.h>

#include "config/check.h"
#include "config/config.h"
#include "config/find-namespace.h"
#include "libocispec/version.h"
#include "sys/idmap.h"

#define HOST_NAME_MAX_LINUX 64	/* __NEW_UTS_LEN */

/* One number of a version: no leading zero, and of sensible length. */
static const char *skip_version_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n == 0 || n > 6 || (n > 1 && *s == '0') ? NULL : s + n;
}

/* SemVer 2.0: MAJOR.MINOR.PATCH, perhaps with "-pre.release" and "+build". */
static bool is_version(const char *s)
{
	for (int i = 0; i < 3; i++) {
		if (i && *s++ != '.')
			return false;
		if (!(s = skip_version_number(s)))
			return false;
	}
	if (!*s)
		return true;
	if ((*s != '-' && *s != '+') || !s[1])
		return false;
	for (s++; *s; s++)
		if (!isalnum((unsigned char) *s) && !strchr(".-+", *s))
			return false;
	return true;
}

/* A later 1.x only adds to what we know, and unknown properties are to be ignored. */
static void check_version(const struct check *c)
{
	const char *version = c->config->oci_version;

	if (!version)
		return;
	if (!is_version(version))
		check_fault(c->faults, "/ociVersion", "%s is not a version (expected one like " OCI_VERSION ")",
			    QUOTED(version));
	else if (strncmp(version, "1.", 2))
		check_fault(c->faults, "/ociVersion", "%s is not supported (expected 1.x.y)", QUOTED(version));
}

static void check_root(const struct check *c)
{
	const struct oci_root *root = c->config->root;

	if (!root)
		check_fault(c->faults, "/root",
			    "is missing (expected an object with the path of the root file system)");
	else if (root->path && !root->path[0])
		check_fault(c->faults, "/root/path", "must not be empty");
}

static void check_host_name(const struct check *c, const char *what, const char *name)
{
	if (!name || !*name)
		return;
	if (strlen(name) > HOST_NAME_MAX_LINUX)
		check_fault(c->faults, AT("/%s", what), "has %zu bytes, the kernel takes at most %d", strlen(name),
			    HOST_NAME_MAX_LINUX);
	if (!check_has_namespace(c, OCI_NAMESPACE_TYPE_UTS))
		check_fault(c->faults, AT("/%s", what), "unable to set %s without a private UTS namespace", what);
}

static void check_annotations(const struct check *c)
{
	const struct json_map *map = &c->config->annotations;

	for (size_t i = 0; i < map->n; i++)
		if (!map->keys[i][0])
			check_fault(c->faults, AT_KEY("/annotations", ""), "a key must not be empty");
}

static bool is_mapped(const struct oci_id_mapping *map, size_t n, uint32_t id)
{
	if (n > IDMAP_MAX_LINES)	/* reported already */
		return true;
	for (size_t i = 0; i < n; i++)
		if (id >= map[i].container_id && id - map[i].container_id < map[i].size)
			return true;
	/* No map given: a joined namespace has its own, a new one maps the process's user (plan/id-maps.c). */
	return n == 0;
}

/* The process's ids must be mapped, as far as the config gives the maps. */
static void check_ids_mapped(const struct check *c)
{
	const struct oci_linux *linux = c->config->linux;
	const struct oci_user *user = c->config->process ? c->config->process->user : NULL;
	static const char message[] = "%u is not mapped in the user namespace (see /linux/%s)";

	if (!linux || !config_namespace(c->config, OCI_NAMESPACE_TYPE_USER) || !c->config->process)
		return;
	if (!is_mapped(linux->uid_mappings, linux->n_uid_mappings, user ? user->uid : 0))
		check_fault(c->faults, "/process/user/uid", message, user ? user->uid : 0, "uidMappings");
	if (!is_mapped(linux->gid_mappings, linux->n_gid_mappings, user ? user->gid : 0))
		check_fault(c->faults, "/process/user/gid", message, user ? user->gid : 0, "gidMappings");
	for (size_t i = 0; user && i < user->n_additional_gids; i++)
		if (!is_mapped(linux->gid_mappings, linux->n_gid_mappings, user->additional_gids[i]))
			check_fault(c->faults, AT("/process/user/additionalGids/%zu", i), message,
				    user->additional_gids[i], "gidMappings");
}

static void check_hidden_paths(const struct check *c)
{
	const struct oci_linux *linux = c->config->linux;

	for (size_t i = 0; i < linux->n_masked_paths; i++)
		check_path(c->faults, AT("/linux/maskedPaths/%zu", i), linux->masked_paths[i], "a masked path");
	for (size_t i = 0; i < linux->n_readonly_paths; i++)
		check_path(c->faults, AT("/linux/readonlyPaths/%zu", i), linux->readonly_paths[i], "a read-only path");
}

static void check_personality(const struct check *c)
{
	const struct oci_personality *personality = c->config->linux->personality;

	if (!personality)
		return;
	if (!personality->domain)
		check_fault(c->faults, "/linux/personality/domain", "is missing (expected LINUX or LINUX32)");
	for (size_t i = 0; i < personality->n_flags; i++)
		if (personality->flags[i])
			check_fault(c->faults, AT("/linux/personality/flags/%zu", i),
				    "%s is not known: the spec has no flags yet", QUOTED(personality->flags[i]));
}

void config_check(const struct oci_config *spec, struct json_faults *faults)
{
	struct check c = { .config = spec, .faults = faults };

	check_version(&c);
	check_root(&c);
	check_host_name(&c, "hostname", spec->hostname);
	check_host_name(&c, "domainname", spec->domainname);
	check_annotations(&c);
	check_hooks(&c);
	config_check_mounts(spec, "/mounts", faults);
	check_namespaces(&c);
	if (spec->process)
		config_check_process(spec->process, "/process", faults);
	check_ids_mapped(&c);
	if (!spec->linux)
		return;
	check_hidden_paths(&c);
	check_personality(&c);
	check_sysctls(&c);
	check_devices(&c);
	check_net_devices(&c);
	check_seccomp(&c);
	check_memory_policy(&c);
	check_intel_rdt(&c);
	if (spec->linux->resources)
		config_check_resources(spec->linux->resources, "/linux/resources", faults);
}
