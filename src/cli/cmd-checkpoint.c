/* cmd-checkpoint.c - ctr-run checkpoint */
#include "cli/cmd-checkpoint.h"

static const struct option checkpoint_options[] = {
	CRIU_OPTIONS(checkpoint_options),
	{  0,  "leave-running",      FLAG(checkpoint_options, leave_running),      NULL,
	   "leave the container running" },
	{  0,  "pre-dump",           FLAG(checkpoint_options, pre_dump),           NULL,
	   "save only memory and leave the container running, for a later checkpoint to build on" },
	{  0,  "parent-path",        TEXT(checkpoint_options, parent_path),        "DIR",
	   "images of the previous pre-dump, relative to the images" },
	{  0,  "page-server",        TEXT(checkpoint_options, page_server),        "ADDRESS:PORT",
	   "send memory to the page server there, or serve lazy pages there" },
	{  0,  "status-fd",          TEXT(checkpoint_options, status_fd),          "FD",
	   "write a zero byte to FD when lazy pages can be fetched" },
	{  0,  "tcp-skip-in-flight", FLAG(checkpoint_options, tcp_skip_in_flight), NULL,
	   "leave out TCP connections that are being established" },
	{  0,  "check",              FLAG(checkpoint_options, check),              NULL,
	   "only report what would not work" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	struct checkpoint_options *options = into;

	options->root = cli->globals.root;
	options->id = args[0];
	options->criu.program = cli->globals.criu;
	return checkpoint_save(options, err);
}

const struct verb verb_checkpoint = {
	.name = "checkpoint",
	.group = "Saving a container",
	.args = "ID",
	.summary = "save a running container to files",
	.about = "Saves all processes of the container ID with CRIU and deletes it; \"" PROGRAM " restore\" resumes "
		 "it from there. What will not work is found before anything is frozen, and after a failure the "
		 "container runs on.",
	.options = checkpoint_options,
	.size = sizeof(struct checkpoint_options),
	.min = 1,
	.max = 1,
	.run = run,
};
