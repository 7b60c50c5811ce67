/* cmd-run.c - ctr-run run */
#include "cli/cmd-create.h"

static const struct option run_options[] = {
	CREATE_OPTIONS,
	{ 'd', "detach",         FLAG(create_options, detach),       NULL, "do not wait for the container to end" },
	{  0,  "keep",           FLAG(create_options, keep),         NULL,
	   "do not delete the container when it has ended" },
	{  0,  "no-subreaper",   FLAG(create_options, no_subreaper), NULL,
	   "do not adopt processes orphaned by the container" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *options, char **args, struct error *err)
{
	if (create_settle(cli, options, args, err) < 0)
		return -1;
	return container_run(options, err);
}

const struct verb verb_run = {
	.name = "run",
	.group = "The life of a container",
	.args = "ID",
	.summary = "create a container, start it and wait for it to end",
	.about = "Creates and starts the container ID from a bundle, waits until it ends, deletes it and ends with "
		 "its exit code (128 + the signal if it was killed). With --detach it returns as soon as the "
		 "container runs.",
	.options = run_options,
	.size = sizeof(struct create_options),
	.min = 1,
	.max = 1,
	.in_order = true,
	.enters = true,
	.run = run,
};
