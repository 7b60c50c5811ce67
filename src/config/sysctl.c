/* sysctl.c - see sysctl.h */
#include <string.h>

#include "base/cleanup.h"
#include "config/sysctl.h"
#include "libocispec/arena.h"

/* As paths; a trailing "/" stands for everything below. */
static const struct { const char *path; enum oci_namespace_type type; } owned[] = {
	{ "kernel/msgmax", OCI_NAMESPACE_TYPE_IPC },	  { "kernel/msgmnb", OCI_NAMESPACE_TYPE_IPC },
	{ "kernel/msgmni", OCI_NAMESPACE_TYPE_IPC },	  { "kernel/sem", OCI_NAMESPACE_TYPE_IPC },
	{ "kernel/shmall", OCI_NAMESPACE_TYPE_IPC },	  { "kernel/shmmax", OCI_NAMESPACE_TYPE_IPC },
	{ "kernel/shmmni", OCI_NAMESPACE_TYPE_IPC },	  { "kernel/shm_rmid_forced", OCI_NAMESPACE_TYPE_IPC },
	{ "fs/mqueue/", OCI_NAMESPACE_TYPE_IPC },	  { "net/", OCI_NAMESPACE_TYPE_NETWORK },
	{ "kernel/domainname", OCI_NAMESPACE_TYPE_UTS }, { "kernel/hostname", OCI_NAMESPACE_TYPE_UTS },
	{ "user/", OCI_NAMESPACE_TYPE_USER },
};

const char *sysctl_path(struct arena *arena, const char *key)
{
	char *path = arena_strdup(arena, key);

	if (path[strcspn(path, "./")] == '/')
		return path;
	for (char *c = path; *c; c++)
		*c = *c == '.' ? '/' : *c == '/' ? '.' : *c;
	return path;
}

enum oci_namespace_type sysctl_owner(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(owned); i++) {
		size_t n = strlen(owned[i].path);

		if (!strncmp(path, owned[i].path, n) && (owned[i].path[n - 1] == '/' || !path[n]))
			return owned[i].type;
	}
	return OCI_NAMESPACE_TYPE_UNSET;
}
