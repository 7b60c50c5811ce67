/* cmd-features.c - ctr-run features */
#include "base/cleanup.h"
#include "cli/cli.h"

static int run(struct cli *cli, void *options, char **args, struct error *err)
{
	auto_free char *json = config_features();
	auto_text t = { 0 };

	(void) cli;
	(void) options;
	(void) args;
	text_addf(&t, "%s\n", json);
	return output(&t, err);
}

const struct verb verb_features = {
	.name = "features",
	.group = "Bundles and this build",
	.args = "",
	.summary = "print what this build supports, as JSON",
	.about = "Prints the runtime-spec's features document: the hooks, mount options, namespaces, capabilities, "
		 "seccomp actions and so on that this build understands. It says nothing about the machine that it "
		 "runs on.",
	.run = run,
};
