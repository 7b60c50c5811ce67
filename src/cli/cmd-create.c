/* cmd-create.c - ctr-run create */
#include "cli/cmd-create.h"

int create_settle(struct cli *cli, struct create_options *options, char **args, struct error *err)
{
	options->root = cli->globals.root;
	options->id = args[0];
	if (!options->bundle)
		options->bundle = ".";
	if (!options->config)
		options->config = "config.json";
	options->systemd_cgroup = cli->globals.systemd_cgroup;
	options->cgroup_disabled = cli->globals.cgroup_disabled;
	options->loaded = &cli->config;
	return globals_prepare_root(&cli->globals, err);
}

static const struct option create_options[] = {
	CREATE_OPTIONS,
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *options, char **args, struct error *err)
{
	if (create_settle(cli, options, args, err) < 0)
		return -1;
	return container_create(options, err);
}

const struct verb verb_create = {
	.name = "create",
	.group = "The life of a container",
	.args = "ID",
	.summary = "make a container, ready to start",
	.about = "Makes the container ID from a bundle: a directory with config.json and a root file system. "
		 "Everything is set up, but its program does not run yet: \"" PROGRAM " start ID\" starts it. ID "
		 "must be unique and consist only of letters, digits and the signs _+-.",
	.options = create_options,
	.size = sizeof(struct create_options),
	.min = 1,
	.max = 1,
	.enters = true,
	.run = run,
};
