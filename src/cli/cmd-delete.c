/* cmd-delete.c - ctr-run delete */
#include "cli/cli.h"
#include "container/container.h"

struct delete_options { bool force; };

static const struct option delete_options[] = {
	{ 'f', "force", FLAG(delete_options, force), NULL,
	   "kill the container first if it runs; no error if there is none" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct delete_options *options = into;

	return container_delete(cli->globals.root, args[0], options->force, err);
}

const struct verb verb_delete = {
	.name = "delete",
	.group = "The life of a container",
	.args = "ID",
	.summary = "remove a container and everything made for it",
	.about = "Removes a stopped container: its cgroup, its state and whatever else was made for it. "
		 "The bundle is left as it is.",
	.options = delete_options,
	.size = sizeof(struct delete_options),
	.min = 1,
	.max = 1,
	.run = run,
};
