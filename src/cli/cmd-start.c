/* cmd-start.c - ctr-run start */
#include "cli/cli.h"
#include "container/container.h"

static int run(struct cli *cli, void *options, char **args, struct error *err)
{
	(void) options;
	return container_start(cli->globals.root, args[0], err);
}

const struct verb verb_start = {
	.name = "start",
	.group = "The life of a container",
	.args = "ID",
	.summary = "start the program of a created container",
	.about = "Starts the program of a container that \"" PROGRAM " create\" has made.",
	.min = 1,
	.max = 1,
	.run = run,
};
