/*
 * features.c - what this build can do, whatever the host
 *
 * Clients read it before they write a config (dockerd once, at its start), so
 * it must not promise too much: a property that is understood but not yet
 * supported is false or absent.  An absent member means "not known"; an empty
 * list does not.
 */
#include <stdlib.h>

#include "config/capability-names.h"
#include "config/check.h"
#include "config/config.h"
#include "config/literal.h"
#include "config/mount-option.h"
#include "config/seccomp-names.h"
#include "libocispec/version.h"

#define HOOKS "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"
/* The second is what podman and CRI-O look for to find out about checkpoint and restore. */
#define ANNOTATION_KEYS "ctr-run.version", "org.opencontainers.runc.checkpoint.enabled"
/* Those that weaken a container's isolation if its user may choose them. */
#define UNSAFE \
	"org.criu.config", "org.systemd.property.", "run.oci.delegate-cgroup", \
	"run.oci.hooks.stderr", "run.oci.hooks.stdout", \
	"run.oci.keep_original_groups", "run.oci.mount_context_type", "run.oci.pidfd_receiver", \
	"run.oci.seccomp.receiver", "run.oci.seccomp_bpf_data"

/* An array of pointers into constant names, in ARENA; json_write() does not write to them. */
static char **names(struct arena *arena, const char *const *list, size_t *n)
{
	char **copy = NULL;

	for (*n = 0; list[*n]; ++*n)
		*(const char **) arena_push(arena, &copy, *n, sizeof *copy) = list[*n];
	return copy;
}

/* Without "idmap=...": it has a value, so it is not a name. */
static char **mount_option_names(struct arena *arena, size_t *n)
{
	char **list = NULL;

	*n = 0;
	for (const struct mount_option *option = mount_options; option->name; option++)
		*(const char **) arena_push(arena, &list, (*n)++, sizeof *list) = option->name;
	return list;
}

/* Value 0 of an enum is "not given". */
static char **enum_names(struct arena *arena, const struct json_enum *e, size_t *n)
{
	return names(arena, e->names + 1, n);
}

static struct oci_features_seccomp *seccomp_features(struct arena *a)
{
	struct oci_features_seccomp *s = arena_alloc(a, sizeof *s);

	s->has_enabled = s->enabled = true;
	s->actions = enum_names(a, &oci_seccomp_action_names, &s->n_actions);
	s->operators = enum_names(a, &oci_seccomp_operator_names, &s->n_operators);
	s->archs = names(a, seccomp_arch_names, &s->n_archs);
	s->known_flags = names(a, seccomp_flag_names, &s->n_known_flags);
	s->supported_flags = s->known_flags;
	s->n_supported_flags = s->n_known_flags;
	return s;
}

static struct oci_features_linux *linux_features(struct arena *a)
{
	struct oci_features_linux *linux = arena_alloc(a, sizeof *linux);
	struct oci_features_enabled *yes = arena_alloc(a, sizeof *yes), *no = arena_alloc(a, sizeof *no);

	*yes = (struct oci_features_enabled) { .has_enabled = true, .enabled = true };
	*no = (struct oci_features_enabled) { .has_enabled = true, .enabled = false };
	linux->namespaces = enum_names(a, &oci_namespace_type_names, &linux->n_namespaces);
	for (size_t n = 0; capability_names[n].name; linux->n_capabilities = ++n)
		*(const char **) arena_push(a, &linux->capabilities, n, sizeof(char *)) = capability_names[n].name;
	linux->cgroup = arena_alloc(a, sizeof *linux->cgroup);
	*linux->cgroup = (struct oci_features_cgroup) {
		.has_v1 = true, .v1 = true,
		.has_v2 = true, .v2 = true,
#ifdef HAVE_SYSTEMD
		.systemd = true, .systemd_user = true,
#endif
		.has_systemd = true, .has_systemd_user = true,
		.has_rdma = true, .rdma = true,
	};
	linux->seccomp = seccomp_features(a);
#ifdef HAVE_APPARMOR
	linux->apparmor = yes;
#else
	linux->apparmor = no;
#endif
#ifdef HAVE_SELINUX
	linux->selinux = yes;
#else
	linux->selinux = no;
#endif
	linux->intel_rdt = arena_alloc(a, sizeof *linux->intel_rdt);
	*linux->intel_rdt = (struct oci_features_intel_rdt) {
		.has_enabled = true, .enabled = true, .has_schemata = true, .schemata = true, .has_monitoring = true,
		.monitoring = true,
	};
	linux->memory_policy = arena_alloc(a, sizeof *linux->memory_policy);
	linux->memory_policy->modes = enum_names(a, &oci_mempolicy_mode_names, &linux->memory_policy->n_modes);
	linux->memory_policy->flags = names(a, memory_policy_flags, &linux->memory_policy->n_flags);
	linux->mount_extensions = arena_alloc(a, sizeof *linux->mount_extensions);
	linux->mount_extensions->idmap = yes;
	linux->net_devices = yes;
	return linux;
}

char *config_features(void)
{
	struct arena a = { 0 };
	struct oci_features features = {
		.oci_version_min = TEXT("1.0.0"),
		.oci_version_max = TEXT(OCI_VERSION),
		.hooks = LIST(HOOKS),
		.n_hooks = N(HOOKS),
		.linux = linux_features(&a),
		.annotations = { .keys = LIST(ANNOTATION_KEYS), .values = (void *[]) { TEXT(VERSION), TEXT("true") },
				 .n = N(ANNOTATION_KEYS) },
		.potentially_unsafe_config_annotations = LIST(UNSAFE),
		.n_potentially_unsafe_config_annotations = N(UNSAFE),
	};
	char *text;

	features.mount_options = mount_option_names(&a, &features.n_mount_options);
	text = json_write(&oci_features_type, &features, true, NULL);
	arena_free(&a);
	return text;
}
