/* find-namespace.c - see find-namespace.h */
#include "config/find-namespace.h"

const struct oci_namespace *config_namespace(const struct oci_config *config, enum oci_namespace_type type)
{
	const struct oci_linux *linux = config->linux;

	for (size_t i = 0; linux && i < linux->n_namespaces; i++)
		if (linux->namespaces[i].type == type)
			return &linux->namespaces[i];
	return NULL;
}
