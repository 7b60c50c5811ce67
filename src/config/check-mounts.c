/*
 * check-mounts.c - the mounts, one by one
 *
 * What an option means, and which contradict each other, is left to the
 * planner; this checks only what each entry shows by itself.
 */
#include "config/check.h"
#include "config/config.h"
#include "config/idmap-option.h"
#include "config/mount-option.h"

static bool has_option(const struct oci_mount *m, const char *name)
{
	for (size_t i = 0; i < m->n_options; i++)
		if (m->options[i] && !strcmp(m->options[i], name))
			return true;
	return false;
}

/* A word that is in no table is for the file system. */
static bool is_ours(const char *option)
{
	return mount_option_find(option) || idmap_option_value(option);
}

/*
 * What an engine was to do with the source, which it leaves among the options.  podman 4: how to make a named volume
 * (--mount type=volume,volume-opt=o=...).  buildah before 1.40: label it for SELinux (z, Z), give it to the user (U).
 */
static bool is_for_engine(const char *option)
{
	return !strncmp(option, "volume-opt=", strlen("volume-opt=")) ||
	       (strchr("zZU", option[0]) && option[0] && !option[1]);
}

static void check_bind(const struct check *c, const struct oci_mount *m, const char *pointer)
{
	if (!(m->source && m->source[0]) && !has_option(m, "remount"))
		check_fault(c->faults, AT("%s/source", pointer), "a bind mount needs a source");
	for (size_t i = 0; i < m->n_options; i++)
		if (m->options[i] && m->options[i][0] && !is_ours(m->options[i]) && !is_for_engine(m->options[i]))
			check_fault(c->faults, AT("%s/options/%zu", pointer, i),
				    "bind mounts cannot have any filesystem-specific options applied, found %s",
				    QUOTED(m->options[i]));
}

/* crun's idmap=uids=...;gids=... */
static void check_idmap_option(const struct check *c, const char *value, const char *pointer)
{
	struct idmap_option map;
	const char *fault = idmap_option_read(c->faults->arena, value, c->config->linux, &map);

	if (fault) {
		check_fault(c->faults, pointer, "%s", fault);
		return;
	}
	if (check_maps_overlap(map.uids, map.n_uids) || check_maps_overlap(map.gids, map.n_gids))
		check_fault(c->faults, pointer, "two ranges of idmap overlap");
}

static void check_mappings_of(const struct check *c, const struct oci_mount *m, const char *pointer)
{
	if (!m->n_uid_mappings != !m->n_gid_mappings)
		check_fault(c->faults, AT("%s/%s", pointer, m->n_uid_mappings ? "gidMappings" : "uidMappings"),
			    "is missing (uidMappings and gidMappings go together)");
	check_mappings(c->faults, AT("%s/uidMappings", pointer), m->uid_mappings, m->n_uid_mappings);
	check_mappings(c->faults, AT("%s/gidMappings", pointer), m->gid_mappings, m->n_gid_mappings);
	for (size_t i = 0; i < m->n_options; i++) {
		const char *value = m->options[i] ? idmap_option_value(m->options[i]) : NULL;

		if (value && (m->n_uid_mappings || m->n_gid_mappings))
			check_fault(c->faults, AT("%s/options/%zu", pointer, i), "the mappings stand in %s already",
				    m->n_uid_mappings ? "uidMappings" : "gidMappings");
		else if (value)
			check_idmap_option(c, value, AT("%s/options/%zu", pointer, i));
	}
}

static void check_mount(const struct check *c, const struct oci_mount *m, const char *pointer)
{
	if (m->destination && !m->destination[0])
		check_fault(c->faults, AT("%s/destination", pointer), "must not be empty");
	if (has_option(m, "bind") || has_option(m, "rbind"))
		check_bind(c, m, pointer);
	check_mappings_of(c, m, pointer);
}

void config_check_mounts(const struct oci_config *spec, const char *pointer, struct json_faults *faults)
{
	const struct check c = { .config = spec, .faults = faults };

	for (size_t i = 0; i < spec->n_mounts; i++)
		check_mount(&c, &spec->mounts[i], AT("%s/%zu", pointer, i));
}
