/* print-json.c - a plan for programs; see print.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "libocispec/arena.h"
#include "plan/print-names.h"
#include "plan/print-seccomp.h"
#include "plan/print.h"
#include "plan/seccomp-why.h"
#include "plan/unit.h"
#include "sys/namespace.h"

struct json {
	struct text *out;
	struct arena arena;
	unsigned depth;
	bool more;	/* the object or array has a member already */
};

/* ---- the form --------------------------------------------------------- */

/* Begin a member (KEY) or element (NULL). */
static void begin(struct json *j, const char *key)
{
	text_addf(j->out, "%s%*s", j->more ? ",\n" : j->depth ? "\n" : "", (int) (2 * j->depth), "");
	if (key) {
		text_add_json(j->out, key);
		text_add(j->out, ": ");
	}
	j->more = true;
}

static void open_in(struct json *j, const char *key, const char *bracket)
{
	begin(j, key);
	text_add(j->out, bracket);
	j->depth++;
	j->more = false;
}

static void close_in(struct json *j, const char *bracket)
{
	j->depth--;
	if (j->more)
		text_addf(j->out, "\n%*s", (int) (2 * j->depth), "");
	text_add(j->out, bracket);
	j->more = true;
}

/* NULL is left out; so is false, in flag(). */
static void string(struct json *j, const char *key, const char *value)
{
	if (value) {
		begin(j, key);
		text_add_json(j->out, value);
	}
}

static void number(struct json *j, const char *key, int64_t value)
{
	begin(j, key);
	text_addf(j->out, "%" PRId64, value);
}

static void flag(struct json *j, const char *key, bool value)
{
	if (value) {
		begin(j, key);
		text_add(j->out, "true");
	}
}

static void strings(struct json *j, const char *key, const char *const *list, size_t n)
{
	open_in(j, key, "[");
	for (size_t i = 0; i < n; i++)
		string(j, NULL, list[i]);
	close_in(j, "]");
}

static void words(struct json *j, const char *key, struct words list)
{
	if (list.n)
		strings(j, key, list.list, list.n);
}

/* A part of the config, as given. */
static void given(struct json *j, const char *key, const struct json_type *type, const void *object)
{
	auto_free char *text = NULL;

	if (!object)
		return;
	begin(j, key);
	text = json_write(type, object, true, NULL);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t n = strcspn(line, "\n");
		if (line != text)
			text_addf(j->out, "\n%*s", (int) (2 * j->depth), "");
		text_add_bytes(j->out, line, n);
	}
}

/* ---- the parts -------------------------------------------------------- */

static void id_map(struct json *j, const char *key, const struct oci_id_mapping *map, size_t n)
{
	if (!n)
		return;
	open_in(j, key, "[");
	for (size_t i = 0; i < n; i++)
		given(j, NULL, &oci_id_mapping_type, &map[i]);
	close_in(j, "]");
}

static void print_root(struct json *j, const struct plan *plan)
{
	const struct rootfs_plan *root = &plan->rootfs;

	open_in(j, "root", "{");
	string(j, "path", root->path);
	flag(j, "readonly", plan->config->root && plan->config->root->readonly);
	flag(j, "noPivot", root->no_pivot);
	flag(j, "mountsOnHost", root->on_host);
	string(j, "propagationWhileBuilt", propagation_name(root->propagation));
	string(j, "propagation", propagation_name(root->final_propagation));
	string(j, "mountLabel", root->mount_label);
	close_in(j, "}");
}

static void print_namespaces(struct json *j, const struct namespace_plan *ns)
{
	struct words fresh = new_namespaces(&j->arena, ns), hosts = host_namespaces(&j->arena, ns);

	open_in(j, "namespaces", "{");
	strings(j, "new", fresh.list, fresh.n);
	open_in(j, "joined", "[");
	for (size_t i = 0; i < ns->n_join; i++) {
		open_in(j, NULL, "{");
		string(j, "type", namespace_by_flag(ns->join[i].flag)->name);
		string(j, "path", ns->join[i].path);
		string(j, "pointer", ns->join[i].pointer);
		close_in(j, "}");
	}
	close_in(j, "]");
	strings(j, "host", hosts.list, hosts.n);
	string(j, "timeOffsets", ns->time_offsets);
	id_map(j, "uidMappings", ns->uids, ns->n_uids);
	id_map(j, "gidMappings", ns->gids, ns->n_gids);
	string(j, "uidMapWriter", ns->uid_writer);
	string(j, "gidMapWriter", ns->gid_writer);
	flag(j, "setgroupsDenied", ns->deny_setgroups);
	close_in(j, "}");
}

static void print_device(struct json *j, const struct step *step)
{
	char type[2] = { device_letter(step->mode), '\0' };

	string(j, "type", type);
	if (*type != 'p') {
		number(j, "major", step->major);
		number(j, "minor", step->minor);
	}
	if (step->source)	/* the host's node has its own */
		return;
	string(j, "mode", arena_printf(&j->arena, "%04o", step->mode & 07777));
	number(j, "uid", step->uid);
	number(j, "gid", step->gid);
}

static void print_step(struct json *j, const struct step *step)
{
	open_in(j, NULL, "{");
	string(j, "action", action_name(step->action));
	string(j, "target", step->target);
	string(j, "source", step->source);
	string(j, "sourceWithin", step->within);
	string(j, "type", step->type);
	string(j, "data", step->data);
	words(j, "attributes", attribute_words(&j->arena, step));
	words(j, "fileSystemFlags", super_words(&j->arena, step));
	words(j, "propagation", propagation_words(&j->arena, step));
	flag(j, "recursive", step->recursive);
	flag(j, "filled", step->filled);
	flag(j, "copyUp", step->copy_up);
	flag(j, "modeOfTarget", step->mode_from_target);
	flag(j, "ownerOfTarget", step->owner_from_target);
	flag(j, "copySymlink", step->copy_symlink);
	flag(j, "srcNofollow", step->no_follow_source);
	flag(j, "destNofollow", step->no_follow_target);
	flag(j, "idmap", step->idmap);
	flag(j, "idmapRecursive", step->idmap_recursive);
	id_map(j, "uidMappings", step->uids, step->n_uids);
	id_map(j, "gidMappings", step->gids, step->n_gids);
	flag(j, "openedByRuntime", step->outside);
	flag(j, "optional", step->optional);
	if (step->action == STEP_DEVICE)
		print_device(j, step);
	if (step->action == STEP_SEAL && step->of >= 0)
		number(j, "ofStep", step->of);
	if (*step->pointer)
		string(j, "pointer", step->pointer);
	close_in(j, "}");
}

static void print_steps(struct json *j, const char *key, const struct step *steps, size_t n)
{
	open_in(j, key, "[");
	for (size_t i = 0; i < n; i++)
		print_step(j, &steps[i]);
	close_in(j, "]");
}

static void print_net_devices(struct json *j, const struct plan *plan)
{
	open_in(j, "netDevices", "{");
	for (size_t i = 0; i < plan->n_net_devices; i++)
		string(j, plan->net_devices[i].host, plan->net_devices[i].name);
	close_in(j, "}");
}

static void print_rdt(struct json *j, const struct rdt_plan *rdt)
{
	if (!rdt)
		return;
	open_in(j, "resctrl", "{");
	string(j, "group", *rdt->group ? rdt->group : "/");
	flag(j, "temporary", rdt->temporary);
	string(j, "monitor", rdt->monitor);
	open_in(j, "schemata", "[");
	for (size_t i = 0; i < rdt->n_schemata; i++)
		string(j, NULL, rdt->schemata[i].line);
	close_in(j, "]");
	close_in(j, "}");
}

static void print_sysctls(struct json *j, const struct plan *plan)
{
	open_in(j, "sysctl", "{");
	for (size_t i = 0; i < plan->n_sysctls; i++)
		string(j, plan->sysctls[i].path, plan->sysctls[i].value);
	close_in(j, "}");
}

static void print_unit(struct json *j, const struct unit_plan *unit)
{
	open_in(j, "systemd", "{");
	string(j, "manager", unit->user ? "user" : "system");
	string(j, "unit", unit->name);
	string(j, "slice", unit->slice);
	string(j, "path", unit->path);
	open_in(j, "properties", "{");
	for (size_t i = 0; i < unit->properties.n; i++) {
		const struct bus_property *p = &unit->properties.list[i].property;

		string(j, p->name, unit_value_text(&j->arena, &p->value));
	}
	close_in(j, "}");
	close_in(j, "}");
}

static void print_writes(struct json *j, const struct cgroup_plan *cgroup)
{
	open_in(j, "writes", "[");
	for (size_t i = 0; i < cgroup->n_writes; i++) {
		open_in(j, NULL, "{");
		string(j, "file", cgroup->writes[i].file);
		string(j, "value", cgroup->writes[i].value);
		string(j, "pointer", cgroup->writes[i].pointer);
		close_in(j, "}");
	}
	close_in(j, "]");
}

static void print_cgroup(struct json *j, const struct cgroup_plan *cgroup)
{
	open_in(j, "cgroup", "{");
	string(j, "path", cgroup->path);
	if (cgroup->unit)
		print_unit(j, cgroup->unit);
	string(j, "delegate", cgroup->delegate);
	flag(j, "relative", cgroup->relative);
	flag(j, "disabled", cgroup->disabled);
	flag(j, "required", cgroup->required);
	given(j, "resources", &oci_resources_type, cgroup->resources);
	if (cgroup->n_writes)
		print_writes(j, cgroup);
	close_in(j, "}");
}

/* RLIM_INFINITY does not fit into a signed number. */
static void limit(struct json *j, const char *key, rlim_t value)
{
	begin(j, key);
	text_addf(j->out, "%llu", (unsigned long long) value);
}

static void print_rlimits(struct json *j, const struct process_plan *process)
{
	open_in(j, "rlimits", "[");
	for (size_t i = 0; i < process->n_rlimits; i++) {
		open_in(j, NULL, "{");
		string(j, "type", process->rlimits[i].name);
		limit(j, "soft", process->rlimits[i].value.rlim_cur);
		limit(j, "hard", process->rlimits[i].value.rlim_max);
		close_in(j, "}");
	}
	close_in(j, "]");
}

static void print_capabilities(struct json *j, const struct process_plan *process)
{
	const struct capability_sets *c = &process->caps;
	const struct { const char *key; uint64_t set; } sets[] = {
		{ "bounding", c->bounding }, { "effective", c->effective }, { "permitted", c->permitted },
		{ "inheritable", c->inheritable }, { "ambient", c->ambient },
	};

	open_in(j, "capabilities", "{");
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct words list = capability_words(&j->arena, sets[i].set);
		strings(j, sets[i].key, list.list, list.n);
	}
	close_in(j, "}");
	string(j, "capabilitiesLeftOut", process->dropped_caps);
	string(j, "capabilitiesNotAmbient", process->dropped_ambient);
}

static void print_user(struct json *j, const struct process_plan *process)
{
	open_in(j, "user", "{");
	number(j, "uid", process->uid);
	number(j, "gid", process->gid);
	open_in(j, "groups", "[");
	for (size_t i = 0; i < process->n_groups; i++)
		number(j, NULL, process->groups[i]);
	close_in(j, "]");
	flag(j, "keepGroups", process->keep_groups);
	flag(j, "setgroupsDenied", !process->set_groups);
	string(j, "umask", arena_printf(&j->arena, "%04o", process->umask));
	close_in(j, "}");
}

static void print_process(struct json *j, const struct process_plan *process)
{
	size_t n_args = 0;

	while (process->args[n_args])
		n_args++;
	open_in(j, "process", "{");
	strings(j, "args", (const char *const *) process->args, n_args);
	string(j, "cwd", process->cwd);
	strings(j, "env", (const char *const *) process->env, process->n_env);
	print_user(j, process);
	flag(j, "terminal", process->terminal);
	if (process->rows || process->columns) {
		number(j, "rows", process->rows);
		number(j, "columns", process->columns);
	}
	print_capabilities(j, process);
	flag(j, "noNewPrivileges", process->no_new_privs);
	print_rlimits(j, process);
	if (process->has_oom_score_adj)
		number(j, "oomScoreAdj", process->oom_score_adj);
	string(j, "apparmorProfile", process->apparmor);
	string(j, "selinuxLabel", process->selinux);
	given(j, "scheduler", &oci_scheduler_type, process->scheduler);
	given(j, "ioPriority", &oci_io_priority_type, process->io_priority);
	close_in(j, "}");
}

static void print_profile(struct json *j, const struct oci_seccomp *profile)
{
	struct seccomp_summary sum = seccomp_sum_up(&j->arena, profile);

	string(j, "architectures", sum.architectures);
	open_in(j, "actions", "[");
	for (size_t i = 0; i < sum.n; i++) {
		open_in(j, NULL, "{");
		string(j, "action", seccomp_action_words(&j->arena, sum.shares[i].action));
		number(j, "calls", (int64_t) sum.shares[i].calls);
		number(j, "onConditions", (int64_t) sum.shares[i].conditional);
		close_in(j, "}");
	}
	close_in(j, "]");
	string(j, "others", seccomp_action_words(&j->arena, sum.fallback));
	string(j, "newer", seccomp_action_words(&j->arena, sum.beyond));
}

static void print_seccomp(struct json *j, const struct plan *plan)
{
	const struct seccomp_plan *seccomp = &plan->seccomp;

	if (!seccomp->n_filter)
		return;
	open_in(j, "seccomp", "{");
	number(j, "instructions", seccomp->n_filter);
	words(j, "flags", seccomp_flag_words(&j->arena, seccomp->flags));
	string(j, "listenerPath", seccomp->listener_path);
	flag(j, "raw", seccomp->raw);
	if (!seccomp->raw && plan->config->linux && plan->config->linux->seccomp)
		print_profile(j, plan->config->linux->seccomp);
	close_in(j, "}");
}

void plan_print_json(const struct plan *plan, struct text *out)
{
	struct json j = { .out = out };
	const struct rootfs_plan *root = &plan->rootfs;

	open_in(&j, NULL, "{");
	string(&j, "id", plan->id);
	string(&j, "bundle", plan->bundle);
	string(&j, "hostname", plan->hostname);
	string(&j, "domainname", plan->domainname);
	string(&j, "keyring", plan->keyring);
	print_root(&j, plan);
	print_namespaces(&j, &plan->ns);
	print_steps(&j, "steps", root->steps, root->n_early);
	print_steps(&j, "lateSteps", root->steps + root->n_early, root->n_steps - root->n_early);
	print_net_devices(&j, plan);
	print_rdt(&j, plan->rdt);
	print_sysctls(&j, plan);
	print_cgroup(&j, &plan->cgroup);
	if (plan->has_process)
		print_process(&j, &plan->process);
	print_seccomp(&j, plan);
	given(&j, "personality", &oci_personality_type, plan->personality);
	given(&j, "memoryPolicy", &oci_memory_policy_type, plan->memory_policy);
	given(&j, "hooks", &oci_hooks_type, plan->config->hooks);
	close_in(&j, "}");
	text_add(out, "\n");
	arena_free(&j.arena);
}
