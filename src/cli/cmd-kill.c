/* cmd-kill.c - ctr-run kill */
#include <signal.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/every.h"
#include "container/container.h"
#include "sys/signals.h"

struct kill_options { bool all, regex; };

static const struct option kill_options[] = {
	{ 'a', "all", FLAG(kill_options, all), NULL, "send the signal to every process of the container" },
	{ 'r', "regex", FLAG(kill_options, regex), NULL,
	   "ID is a POSIX extended regular expression: signal every container whose id matches, anywhere in it" },
	{ .kind = OPTION_END }
};

struct each { const char *root; int sig; bool all; };

static int kill_one(void *context, const char *id, struct error *err)
{
	const struct each *each = context;

	return container_kill(each->root, id, each->sig, each->all, err);
}

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct kill_options *options = into;
	int sig = args[1] && *args[1] ? signal_parse(args[1]) : SIGTERM;

	if (sig < 0)
		return fail_code(err, ERROR_USAGE, "unknown signal \"%s\"", args[1]);
	if (!options->regex)
		return container_kill(cli->globals.root, args[0], sig, options->all, err);
	struct each each = { cli->globals.root, sig, options->all };
	int n = every_match(each.root, args[0], kill_one, &each, err);
	if (n == 0)
		return fail_code(err, ERROR_NOT_FOUND, "no container matches \"%s\"", args[0]);
	return n < 0 ? -1 : 0;
}

const struct verb verb_kill = {
	.name = "kill",
	.group = "The life of a container",
	.args = "ID [SIGNAL]",
	.summary = "send a signal to a container",
	.about = "Sends SIGNAL to the first process of a container. A signal is a number or a name in any case, "
		 "with or without SIG: 9, KILL, sigkill, RTMIN+3; it is SIGTERM if none is given.",
	.options = kill_options,
	.size = sizeof(struct kill_options),
	.min = 1,
	.max = 2,
	.run = run,
};
