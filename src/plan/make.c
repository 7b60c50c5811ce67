/*
 * make.c - the way from a config to a plan; see plan.h
 */
#include "plan/planner.h"

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
	if (plan_namespaces(&p) < 0 || plan_rootfs(&p) < 0 || plan_net_devices(&p) < 0)
		return -1;
	plan_sysctls(&p);
	plan_rdt(&p);
	return plan_cgroup(&p) < 0 || plan_process(&p) < 0 ? -1 : 0;
}

int plan_make_mounts(struct arena *arena, const struct oci_config *config, const struct host *host,
		     const struct plan_options *options, const char *pointer, struct plan *plan, struct error *err)
{
	struct planner p = start(arena, config, host, options, plan, err);

	p.mounts = pointer;
	p.live = true;
	return plan_namespaces(&p) < 0 || plan_live_rootfs(&p) < 0 ? -1 : 0;
}
