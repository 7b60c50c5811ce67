/* cmd-delete.c - ctr-run delete */
#include "cli/cli.h"
#include "cli/every.h"
#include "container/container.h"

struct delete_options { bool force, regex; };

static const struct option delete_options[] = {
	{ 'f', "force", FLAG(delete_options, force), NULL,
	   "kill the container first if it runs; no error if there is none" },
	{ 'r', "regex", FLAG(delete_options, regex), NULL,
	   "ID is a POSIX extended regular expression: delete every container whose id matches, anywhere in it" },
	{ .kind = OPTION_END }
};

struct each { const char *root; bool force; };

static int delete_one(void *context, const char *id, struct error *err)
{
	const struct each *each = context;

	return container_delete(each->root, id, each->force, err);
}

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct delete_options *options = into;
	struct each each = { cli->globals.root, options->force };

	if (options->regex)
		return every_match(each.root, args[0], delete_one, &each, err) < 0 ? -1 : 0;
	return container_delete(cli->globals.root, args[0], options->force, err);
}

const struct verb verb_delete = {
	.name = "delete",
	.group = "The life of a container",
	.args = "ID",
	.summary = "remove a container and everything made for it",
	.about = "Removes a container that has stopped or was only created: its cgroup, its state and whatever else "
		 "was made for it. The bundle is left as it is. With --regex, nothing that matches is no error.",
	.options = delete_options,
	.size = sizeof(struct delete_options),
	.min = 1,
	.max = 1,
	.run = run,
};
