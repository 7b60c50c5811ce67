/* cmd-state.c - ctr-run state */
#include <stdlib.h>

#include "base/cleanup.h"
#include "cli/cli.h"
#include "container/container.h"

static int run(struct cli *cli, void *options, char **args, struct error *err)
{
	struct container_info info = { 0 };
	auto_text t = { 0 };

	(void) options;
	if (container_info(cli->globals.root, args[0], &info, err) < 0) {
		container_info_free(&info);
		return -1;
	}
	auto_free char *json = container_state_json(&info, true);
	text_addf(&t, "%s\n", json);
	container_info_free(&info);
	return output(&t, err);
}

const struct verb verb_state = {
	.name = "state",
	.group = "What there is",
	.args = "ID",
	.summary = "print the state of a container as JSON",
	.about = "Prints what is known about a container as the runtime-spec's state document: its status (creating, "
		 "created, running, paused or stopped), pid, bundle, annotations; and, beyond the spec, rootfs, "
		 "created, owner and, where known, how it ended (exit) and how many processes were killed because "
		 "memory ran out (oomKills).",
	.min = 1,
	.max = 1,
	.run = run,
};
