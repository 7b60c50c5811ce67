/* cmd-explain.c - ctr-run explain: the plan, without doing it */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "cli/cli.h"
#include "cli/explain-syscall.h"
#include "plan/plan.h"
#include "plan/print.h"
#include "sys/host.h"

struct explain_options {
	const char *bundle, *config, *id, *format, *syscall;
	bool json, no_pivot, no_new_keyring;
};

static const struct option explain_options[] = {
	{ 'b', "bundle",         TEXT(explain_options, bundle),         "DIR", "the same as BUNDLE" },
	{ 'f', "config",         TEXT(explain_options, config),         "FILE", "read FILE instead of config.json" },
	{  0,  "id",             TEXT(explain_options, id),             "NAME",
	   "the id that the container would have (default: the bundle's name)" },
	{  0,  "format",         CHOICE(explain_options, format),       "text|json",
	   "output format (default: text)" },
	{  0,  "json",           FLAG(explain_options, json),           NULL, "the same as --format json" },
	{  0,  "syscall",        TEXT(explain_options, syscall),        "NAME[,N=VALUE...]",
	   "show only what happens to this system call, with argument N being VALUE, and which rule of the seccomp "
	   "profile decides it" },
	{  0,  "no-pivot",       FLAG(explain_options, no_pivot),       NULL, "as for create" },
	{  0,  "no-new-keyring", FLAG(explain_options, no_new_keyring), NULL, "as for create" },
	{ .kind = OPTION_END }
};

static bool wants_json(const struct explain_options *options)
{
	return options->json || (options->format && !strcmp(options->format, "json"));
}

static int print_plan(const struct plan *plan, bool json, struct error *err)
{
	auto_text t = { 0 };

	if (json)
		plan_print_json(plan, &t);
	else
		plan_print_text(plan, &t);
	return output(&t, err);
}

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct explain_options *options = into;
	const char *bundle = *args ? *args : options->bundle ? options->bundle : ".";
	auto_fd dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_free char *absolute = realpath(bundle, NULL);
	struct plan_options how = {
		.id = options->id, .bundle = absolute,
		.no_pivot = options->no_pivot, .no_new_keyring = options->no_new_keyring,
		.systemd_cgroup = cli->globals.systemd_cgroup, .cgroup_disabled = cli->globals.cgroup_disabled,
	};
	struct arena arena = { 0 };
	struct plan plan = { 0 };
	struct host host;
	int result;

	if (dir < 0 || !absolute)
		return fail(err, errno, "open the bundle %s", bundle);
	if (!how.id)
		how.id = absolute[1] ? strrchr(absolute, '/') + 1 : "root";
	if (config_load_bundle(dir, options->config, &cli->config, err) < 0)
		return err->line || err->pointer[0] ? -1 : wrap(err, "in the bundle %s", absolute);
	if (host_probe(&host, err) < 0)
		return -1;
	if (options->syscall) {
		result = explain_syscall(&cli->config, options->syscall, wants_json(options), err);
		config_locate(&cli->config, err);
		return result;
	}
	result = plan_make(&arena, cli->config.spec, &host, &how, &plan, err);
	if (result == 0)
		result = cgroup_foresee(&arena, &plan.cgroup, &host, err);
	if (result < 0)
		config_locate(&cli->config, err);
	else
		result = print_plan(&plan, wants_json(options), err);
	arena_free(&arena);
	return result;
}

const struct verb verb_explain = {
	.name = "explain",
	.group = "Bundles and this build",
	.args = "[BUNDLE]",
	.summary = "print what would be done for a bundle",
	.about = "Reads and checks the config of a bundle (default: the current directory) and prints everything "
		 "that create would do for it on this machine, in order: namespaces, mounts, devices, cgroup, "
		 "capabilities, hooks. Nothing is touched. All faults of the config are told at once, with their "
		 "line and column.",
	.options = explain_options,
	.size = sizeof(struct explain_options),
	.max = 1,
	.run = run,
};
