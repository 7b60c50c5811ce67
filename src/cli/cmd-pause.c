/* cmd-pause.c - ctr-run pause, ctr-run resume */
#include "cli/cli.h"
#include "container/container.h"

static int run_pause(struct cli *cli, void *options, char **args, struct error *err)
{
	(void) options;
	return container_pause(cli->globals.root, args[0], true, err);
}

static int run_resume(struct cli *cli, void *options, char **args, struct error *err)
{
	(void) options;
	return container_pause(cli->globals.root, args[0], false, err);
}

const struct verb verb_pause = {
	.name = "pause",
	.group = "The life of a container",
	.args = "ID",
	.summary = "stop all processes of a container where they are",
	.about = "Freezes the cgroup of a created or running container: none of its processes gets any processor "
		 "time, and none can notice or prevent that. Memory and open files stay as they are. \"resume\" lets "
		 "them continue.",
	.min = 1,
	.max = 1,
	.run = run_pause,
};

const struct verb verb_resume = {
	.name = "resume",
	.group = "The life of a container",
	.args = "ID",
	.summary = "let the processes of a paused container continue",
	.about = "Thaws the cgroup of a paused container.",
	.min = 1,
	.max = 1,
	.run = run_resume,
};
