/*
 * check-sysctls.c - kernel parameters that are the container's own
 *
 * A parameter outside the container's namespaces affects the whole machine.
 */
#include "config/check.h"
#include "config/sysctl.h"

/* Two names or more, none of them empty, "." or "..". */
static bool well_formed(const char *path)
{
	size_t names = 0;

	for (;; path++, names++) {
		size_t n = strcspn(path, "/");

		if (!n || (n <= 2 && strspn(path, ".") >= n))
			return false;
		path += n;
		if (!*path)
			return names > 0;
	}
}

/* Host name and domain name each have their own member in the spec, which must be used.  But clients that wrote the
 * domain name as a sysctl before it had one may well say both (crun). */
static bool conflicts(const struct check *c, const char *name, const char *value)
{
	const char *domain = c->config->domainname;

	return !strcmp(name, "hostname") || (domain && domain[0] && (!value || strcmp(domain, value)));
}

static void check_sysctl(const struct check *c, const char *key, const char *value)
{
	const char *path = sysctl_path(c->faults->arena, key);
	enum oci_namespace_type type = sysctl_owner(path);
	const char *pointer = AT_KEY("/linux/sysctl", key);
	size_t line = value ? strcspn(value, "\n") : 0;

	if (!well_formed(path)) {
		check_fault(c->faults, pointer,
			    "%s is not the name of a sysctl (expected one like net.ipv4.ip_forward)", QUOTED(key));
		return;
	}
	if (type == OCI_NAMESPACE_TYPE_UNSET)
		check_fault(c->faults, pointer, "sysctl %s is not in a separate kernel namespace", QUOTED(key));
	else if (!check_has_namespace(c, type))
		check_fault(c->faults, pointer, "sysctl %s needs a namespace of type \"%s\" of the container's own",
			    QUOTED(key), oci_namespace_type_names.names[type]);
	else if (type == OCI_NAMESPACE_TYPE_UTS && conflicts(c, key + strlen("kernel."), value))
		check_fault(c->faults, pointer, "sysctl %s is not allowed as it conflicts with the OCI \"%s\" field",
			    QUOTED(key), key + strlen("kernel."));
	if (value && value[line] && value[line + 1])
		check_fault(c->faults, pointer, "the value must be one line");
}

void check_sysctls(const struct check *c)
{
	const struct json_map *map = &c->config->linux->sysctl;

	for (size_t i = 0; i < map->n; i++)
		check_sysctl(c, map->keys[i], map->values[i]);
}
