/* cmd-mounts.c - ctr-run mounts */
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "container/container.h"

static int run(struct cli *cli, void *options, char **args, struct error *err)
{
	bool add = !strcmp(args[0], "add");

	(void) options;
	if (!add && strcmp(args[0], "remove"))
		return fail_code(err, ERROR_USAGE, "\"mounts %.100s\": expected \"mounts add\" or \"mounts remove\"",
				 args[0]);
	return container_mounts(cli->globals.root, args[1], add, args[2], &cli->config, err);
}

const struct verb verb_mounts = {
	.name = "mounts",
	.group = "Inside a container",
	.args = "add|remove ID FILE",
	.summary = "add mounts to a running container, or remove them",
	.about = "FILE (\"-\": standard input) is a JSON array of mounts as in config.json, or an object with the "
		 "member \"mounts\". \"add\" mounts them all, in their order, or none; \"remove\" unmounts what is on "
		 "top of their destinations, the last first, and ignores everything else in FILE.",
	.min = 3,
	.max = 3,
	.enters = true,
	.run = run,
};
