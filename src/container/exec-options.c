/* exec-options.c - see exec-options.h */
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "container/exec-options.h"

#define MAX_ID 4294967294u	/* 2^32 - 1 means "no change" to the kernel */

/* "UID" or "UID:GID"; the whole text must be numbers (CVE-2026-30892: "1" was read as 0:0). */
static int parse_user(const char *text, struct oci_user *user, struct error *err)
{
	const char *colon = strchr(text, ':');
	size_t n = colon ? (size_t) (colon - text) : strlen(text);
	char uid[16] = "";
	uint64_t u, g;

	if (n < sizeof uid)
		memcpy(uid, text, n);
	if (!number_parse(uid, 0, MAX_ID, &u) || (colon && !number_parse(colon + 1, 0, MAX_ID, &g)))
		return fail_code(err, ERROR_USAGE,
				 "invalid --user \"%s\": expected UID or UID:GID, numbers from 0 to %u", text, MAX_ID);
	user->has_uid = true;
	user->uid = (uint32_t) u;
	if (colon) {
		user->has_gid = true;
		user->gid = (uint32_t) g;
	}
	return 0;
}

/* They are appended to those that the process already has, as in runc. */
static int parse_groups(struct arena *arena, char **list, struct oci_user *user, struct error *err)
{
	uint32_t *groups = NULL;
	size_t n = 0;

	if (!list || !*list)
		return 0;
	for (; n < user->n_additional_gids; n++)
		*(uint32_t *) arena_push(arena, &groups, n, sizeof *groups) = user->additional_gids[n];
	for (; *list; list++, n++) {
		uint64_t g;
		if (!number_parse(*list, 0, MAX_ID, &g))
			return fail_code(err, ERROR_USAGE,
					 "invalid --additional-gids \"%s\": expected a number from 0 to %u", *list,
					 MAX_ID);
		*(uint32_t *) arena_push(arena, &groups, n, sizeof *groups) = (uint32_t) g;
	}
	user->additional_gids = groups;
	user->n_additional_gids = n;
	return 0;
}

/* OLD followed by the NULL-terminated MORE. */
static char **joined(struct arena *arena, char **old, size_t *n, char **more)
{
	char **list = NULL;
	size_t count = 0;

	for (size_t i = 0; i < *n; i++)
		*(char **) arena_push(arena, &list, count++, sizeof *list) = old[i];
	for (; more && *more; more++)
		*(char **) arena_push(arena, &list, count++, sizeof *list) = *more;
	*n = count;
	return list;
}

static void add_caps(struct arena *arena, char **caps, struct oci_process *process)
{
	struct oci_capabilities *c;

	if (!caps || !*caps)
		return;
	c = arena_alloc(arena, sizeof *c);
	if (process->capabilities)
		*c = *process->capabilities;
	c->bounding = joined(arena, c->bounding, &c->n_bounding, caps);
	c->effective = joined(arena, c->effective, &c->n_effective, caps);
	c->permitted = joined(arena, c->permitted, &c->n_permitted, caps);
	/* Ambient capabilities must be inheritable already. */
	if (c->n_inheritable)
		c->ambient = joined(arena, c->ambient, &c->n_ambient, caps);
	process->capabilities = c;
}

const char *exec_option_of(const struct exec_options *o, const char *member)
{
	const struct { const char *member, *option; bool given; } rows[] = {
		{ "/cwd", "--cwd", o->cwd }, { "/env", "--env", o->env },
		{ "/user/additionalGids", "--additional-gids", o->additional_gids }, { "/user", "--user", o->user },
		{ "/capabilities", "--cap", o->caps }, { "/noNewPrivileges", "--no-new-privs", o->no_new_privs },
		{ "/apparmorProfile", "--apparmor", o->apparmor },
		{ "/selinuxLabel", "--process-label", o->process_label }, { "/terminal", "--tty", o->tty },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n = strlen(rows[i].member);

		if (rows[i].given && !strncmp(member, rows[i].member, n) && (!member[n] || member[n] == '/'))
			return rows[i].option;
	}
	return NULL;
}

/* Let the options override what the process object says. */
static int override(const struct exec_options *o, struct arena *arena, struct oci_process *p, struct error *err)
{
	struct oci_user *user = arena_alloc(arena, sizeof *user);
	struct json_faults faults = { .arena = arena };
	const char *option;

	if (p->user)
		*user = *p->user;
	p->user = user;
	if (o->tty)
		p->terminal = true;
	if (o->cwd)
		p->cwd = (char *) o->cwd;
	p->env = joined(arena, p->env, &p->n_env, o->env);
	if (o->apparmor)
		p->apparmor_profile = (char *) o->apparmor;
	if (o->process_label)
		p->selinux_label = (char *) o->process_label;
	if (o->no_new_privs)
		p->no_new_privileges = o->no_new_privs > 0;
	add_caps(arena, o->caps, p);
	if ((o->user && parse_user(o->user, user, err) < 0) || parse_groups(arena, o->additional_gids, user, err) < 0)
		return -1;
	config_check_process(p, "", &faults);
	if (!faults.n)
		return 0;
	option = exec_option_of(o, faults.list[0].pointer);
	return fail_code(err, ERROR_USAGE, "%s: %s", option ? option : faults.list[0].pointer, faults.list[0].message);
}

/* The container's own process, except its program, which comes from the command line, and its terminal. */
static int from_container(const struct exec_options *o, struct config *config, struct oci_process *p, struct error *err)
{
	if (!config->spec->process)
		return fail_code(err, ERROR_CONFIG, "the container has no process: give one with --process");
	*p = *config->spec->process;
	p->terminal = false;
	p->console_size = NULL;
	p->n_args = 0;
	p->args = joined(&config->arena, NULL, &p->n_args, o->args);
	return p->n_args ? 0 : fail_code(err, ERROR_USAGE, "process args cannot be empty");
}

/* What a process file leaves out is taken from the container's first process, as in runc: above all its privileges. */
static void fall_back(const struct oci_process *container, struct oci_process *p)
{
	if (!p->capabilities)
		p->capabilities = container->capabilities;
	if (!p->apparmor_profile)
		p->apparmor_profile = container->apparmor_profile;
	if (!p->selinux_label)
		p->selinux_label = container->selinux_label;
	if (!p->n_rlimits) {
		p->rlimits = container->rlimits;
		p->n_rlimits = container->n_rlimits;
	}
	if (!p->has_oom_score_adj) {
		p->has_oom_score_adj = container->has_oom_score_adj;
		p->oom_score_adj = container->oom_score_adj;
	}
	if (!p->io_priority)
		p->io_priority = container->io_priority;
	if (!p->scheduler)
		p->scheduler = container->scheduler;
	if (!p->exec_cpu_affinity)
		p->exec_cpu_affinity = container->exec_cpu_affinity;
}

const struct oci_process *exec_process(const struct exec_options *options, struct config *config, struct error *err)
{
	struct oci_process *p = arena_alloc(&config->arena, sizeof *p);

	if (options->process_file) {
		if (config_load_process(AT_FDCWD, options->process_file, options->loaded, err) < 0)
			return NULL;
		*p = *options->loaded->process;
		if (config->spec->process)
			fall_back(config->spec->process, p);
	} else if (from_container(options, config, p, err) < 0) {
		return NULL;
	}
	return override(options, &config->arena, p, err) < 0 ? NULL : p;
}
