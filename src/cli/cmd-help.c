/* cmd-help.c - ctr-run help */
#include <string.h>

#include "cli/help.h"

struct help_options { const char *format; };

static const struct option help_options[] = {
	{ 'f', "format", CHOICE(help_options, format), "text|json|man|bash|zsh|fish",
	  "text (default), JSON, parts of a man page, or a completion script for a shell" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct help_options *options = into;
	const char *format = options->format ? options->format : "text";
	const struct verb *verb = *args ? verb_find(*args) : NULL;
	auto_text t = { 0 };

	(void) cli;
	if (*args && !verb)
		return verb_unknown(*args, err);
	if (!strcmp(format, "json"))
		help_json(verb, &t);
	else if (!strcmp(format, "man"))
		help_man(verb, &t);
	else if (!strcmp(format, "bash"))
		help_bash(&t);
	else if (!strcmp(format, "zsh"))
		help_zsh(&t);
	else if (!strcmp(format, "fish"))
		help_fish(&t);
	else
		help_text(verb, &t);
	return output(&t, err);
}

const struct verb verb_help = {
	.name = "help",
	.group = "Bundles and this build",
	.args = "[COMMAND]",
	.summary = "describe a command",
	.about = "Prints what a command does and which options it has; without COMMAND, the list of "
		 "commands.\n\nCompletions and the option lists of the manual come from here too: \"" PROGRAM " help "
		 "--format bash\".",
	.options = help_options,
	.size = sizeof(struct help_options),
	.max = 1,
	.run = run,
};
