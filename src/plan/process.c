/*
 * process.c - who the container's process is and what it may do
 */
#include <string.h>

#include "base/error.h"
#include "config/find-namespace.h"
#include "config/rlimit-names.h"
#include "plan/planner.h"
#include "sys/idmap.h"

struct asking {
	struct arena *arena;
	const struct oci_config *config;
	const struct oci_process *process;
	const struct host *host;
	const char *pointer;	/* of the process */
	bool user_namespace;
	struct namespace_plan ns;	/* its id maps; of a joined one, those in the config */
	struct error *err;
};

/* The pointer of a member. */
static const char *at(const struct asking *a, const char *member)
{
	return arena_printf(a->arena, "%s/%s", a->pointer, member);
}

/* ---- who -------------------------------------------------------------- */

/* An id without a mapping would be refused by setresuid(2) with a bare EINVAL. */
static int check_mapped(const struct asking *a, const struct oci_id_mapping *map, size_t n, const char *what,
			unsigned id, const char *member)
{
	unsigned host;

	if (!a->user_namespace || !n || idmap_to_host(map, n, id, &host))
		return 0;
	return fail_at(a->err, at(a, member), "%s %u is not mapped in the container's user namespace", what, id);
}

/* crun's annotation: any value but "0" turns it on. */
static bool keeps_groups(const struct oci_config *config)
{
	const char *keep = json_map_get(&config->annotations, "run.oci.keep_original_groups");

	return keep && strcmp(keep, "0");
}

static int plan_groups(const struct asking *a, const struct oci_user *user, struct process_plan *out)
{
	out->keep_groups = keeps_groups(a->config);
	out->set_groups = !a->ns.deny_setgroups;
	out->groups = user->additional_gids;
	out->n_groups = user->n_additional_gids;
	if (out->keep_groups || !out->n_groups)
		return 0;
	if (!out->set_groups)
		return fail_at(a->err, at(a, "user/additionalGids"),
			       "cannot set any additional groups in a rootless container that maps a single gid: "
			       "setgroups(2) is denied");
	for (size_t i = 0; i < out->n_groups; i++)
		if (check_mapped(a, a->ns.gids, a->ns.n_gids, "gid", out->groups[i],
				 arena_printf(a->arena, "user/additionalGids/%zu", i)) < 0)
			return -1;
	return 0;
}

static int plan_user(const struct asking *a, struct process_plan *out)
{
	static const struct oci_user root;
	const struct oci_user *user = a->process->user ? a->process->user : &root;

	out->uid = user->uid;
	out->gid = user->gid;
	out->umask = user->has_umask ? user->umask : 022;
	if (check_mapped(a, a->ns.uids, a->ns.n_uids, "uid", out->uid, "user/uid") < 0 ||
	    check_mapped(a, a->ns.gids, a->ns.n_gids, "gid", out->gid, "user/gid") < 0)
		return -1;
	return plan_groups(a, user, out);
}

/* ---- what it may do --------------------------------------------------- */

static int plan_labels(const struct asking *a, struct process_plan *out)
{
	const char *apparmor = a->process->apparmor_profile, *selinux = a->process->selinux_label;

	if (apparmor && *apparmor) {
		/* Without AppArmor everybody is unconfined. */
		if (a->host->apparmor)
			out->apparmor = apparmor;
		else if (strcmp(apparmor, "unconfined") != 0)
			return fail_at(a->err, at(a, "apparmorProfile"), "%s", plan_no_apparmor);
	}
	if (selinux && *selinux) {
		if (!a->host->selinux)
			return fail_at(a->err, at(a, "selinuxLabel"), "%s", plan_no_selinux);
		out->selinux = selinux;
	}
	return 0;
}

static void plan_rlimits(const struct asking *a, struct process_plan *out)
{
	size_t n = a->process->n_rlimits;
	struct rlimit_plan *list = arena_alloc(a->arena, n * sizeof *list);

	for (size_t i = 0; i < n; i++) {
		const struct oci_rlimit *limit = &a->process->rlimits[i];
		const struct name_value *row = name_find(rlimit_names, limit->type);

		list[i] = (struct rlimit_plan) { .resource = (int) row->value, .name = row->name,
						 .value = { .rlim_cur = limit->soft, .rlim_max = limit->hard } };
	}
	out->rlimits = list;
	out->n_rlimits = n;
}

/* Without a terminal its size "MUST be ignored" (config.md). */
static void plan_terminal(const struct asking *a, struct process_plan *out)
{
	const struct oci_box *size = a->process->console_size;

	out->terminal = a->process->terminal;
	if (!out->terminal || !size)
		return;
	out->rows = (unsigned short) size->height;
	out->columns = (unsigned short) size->width;
}

static void plan_args(const struct asking *a, struct process_plan *out)
{
	size_t n = a->process->n_args;

	out->args = arena_alloc(a->arena, (n + 1) * sizeof *out->args);
	if (n)
		memcpy(out->args, a->process->args, n * sizeof *out->args);
}

int plan_make_process(struct arena *arena, const struct oci_config *config, const struct oci_process *process,
		      const struct host *host, const char *pointer, struct process_plan *out, struct error *err)
{
	const struct oci_namespace *user = config_namespace(config, OCI_NAMESPACE_TYPE_USER);
	struct asking a = {
		.arena = arena,
		.config = config,
		.process = process,
		.host = host,
		.pointer = pointer,
		.user_namespace = user,
		.err = err,
	};

	*out = (struct process_plan) {
		.cwd = process->cwd,
		.no_new_privs = process->no_new_privileges,
		.has_oom_score_adj = process->has_oom_score_adj,
		.oom_score_adj = process->oom_score_adj,
		.scheduler = process->scheduler,
		.io_priority = process->io_priority,
		.affinity = process->exec_cpu_affinity,
	};
	if (user)
		plan_id_maps(arena, config, host, user->path && *user->path, &a.ns);
	plan_environment(arena, process, out);
	plan_args(&a, out);
	plan_rlimits(&a, out);
	plan_terminal(&a, out);
	if (plan_user(&a, out) < 0 || plan_labels(&a, out) < 0)
		return -1;
	plan_capabilities(arena, process->capabilities, host, a.user_namespace, out);
	return 0;
}
