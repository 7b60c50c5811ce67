/*
 * plan.c - the way from a config to a plan; see plan.h
 */
#include <string.h>

#include "base/error.h"
#include "libocispec/json.h"
#include "plan/planner.h"
#include "sys/path.h"

#ifndef HAVE_APPARMOR
#define WITHOUT_APPARMOR " (built --without-apparmor)"
#else
#define WITHOUT_APPARMOR ""
#endif
#ifndef HAVE_SELINUX
#define WITHOUT_SELINUX " (built --without-selinux)"
#else
#define WITHOUT_SELINUX ""
#endif

const char plan_no_apparmor[] =
	"apparmor profile is specified in config, but apparmor is disabled or not supported" WITHOUT_APPARMOR;
const char plan_no_selinux[] =
	"selinux label is specified in config, but selinux is disabled or not supported" WITHOUT_SELINUX;

const char *pointer_index(struct arena *arena, const char *prefix, size_t i)
{
	return arena_printf(arena, "%s/%zu", prefix, i);
}

const char *pointer_key(struct arena *arena, const char *prefix, const char *key)
{
	const size_t size = strlen(prefix) + 2 * strlen(key) + 4;
	char *pointer = arena_alloc(arena, size);

	memcpy(pointer, prefix, strlen(prefix));
	json_pointer_add(pointer, size, key);
	return pointer;
}

const char *clean_path(struct arena *arena, const char *path)
{
	char *out = arena_alloc(arena, strlen(path) + 2);

	path_clean(path, out);
	return out;
}

const struct oci_namespace *config_namespace(const struct oci_config *config, enum oci_namespace_type type)
{
	const struct oci_linux *linux = config->linux;

	for (size_t i = 0; linux && i < linux->n_namespaces; i++)
		if (linux->namespaces[i].type == type)
			return &linux->namespaces[i];
	return NULL;
}

static int plan_process(struct planner *p)
{
	const struct oci_process *process = p->config->process;
	struct plan *plan = p->plan;

	if (!p->options->no_new_keyring)
		plan->keyring = arena_printf(p->arena, "_ses.%s", plan->id);
	plan->has_process = process != NULL;
	if (process &&
	    plan_make_process(p->arena, p->config, process, p->host, "/process", &plan->process, p->err) < 0)
		return -1;
	return plan_filter(p);
}

/* Go writes "" for what is not set. */
static const char *non_empty(const char *s)
{
	return s && *s ? s : NULL;
}

static struct planner start(struct arena *arena, const struct oci_config *config, const struct host *host,
			    const struct plan_options *options, struct plan *plan, struct error *err)
{
	static const struct oci_linux no_linux;

	*plan = (struct plan) { .config = config, .id = options->id, .bundle = options->bundle };
	return (struct planner) {
		.arena = arena,
		.config = config,
		.linux = config->linux ? config->linux : &no_linux,
		.host = host,
		.options = options,
		.mounts = "/mounts",
		.plan = plan,
		.err = err,
	};
}

int plan_make(struct arena *arena, const struct oci_config *config, const struct host *host,
	      const struct plan_options *options, struct plan *plan, struct error *err)
{
	struct planner p = start(arena, config, host, options, plan, err);

	plan->hostname = non_empty(config->hostname);
	plan->domainname = non_empty(config->domainname);
	plan->personality = p.linux->personality;
	plan->memory_policy = p.linux->memory_policy;
	plan_rdt(&p);
	plan_sysctls(&p);
	if (plan_namespaces(&p) < 0 || plan_rootfs(&p) < 0 ||
	    plan_net_devices(&p) < 0 || plan_cgroup(&p) < 0 || plan_process(&p) < 0)
		return -1;
	return 0;
}

int plan_make_mounts(struct arena *arena, const struct oci_config *config, const struct host *host,
		     const struct plan_options *options, const char *pointer, struct plan *plan, struct error *err)
{
	struct planner p = start(arena, config, host, options, plan, err);

	p.mounts = pointer;
	p.live = true;
	return plan_namespaces(&p) < 0 || plan_live_rootfs(&p) < 0 ? -1 : 0;
}
