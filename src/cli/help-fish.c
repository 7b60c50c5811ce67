/* help-fish.c - the completion script for fish: one `complete` per row */
#include <stdio.h>

#include "cli/help-shell.h"

static void add_offer(struct text *t, const char *arg)
{
	switch (help_offer(arg)) {
	case OFFER_CHOICE:
		text_add(t, " -x -a '");
		shell_choices(t, arg);
		text_add(t, "'");
		break;
	case OFFER_DIR:
		text_add(t, " -x -a '(__fish_complete_directories)'");
		break;
	case OFFER_FILE:
		text_add(t, " -r -F");
		break;
	default:
		text_add(t, " -x");
		break;
	}
}

static void add_options(struct text *t, const char *when, const struct option *table)
{
	for (const struct option *o = table; o && o->kind; o++) {
		if (!o->help)
			continue;
		text_addf(t, "complete -c " PROGRAM " -n %s -l %s", when, o->name);
		if (o->letter)
			text_addf(t, " -s %c", o->letter);
		if (o->arg)
			add_offer(t, o->arg);
		text_add(t, " -d ");
		shell_quote(t, o->help);
		text_add(t, "\n");
	}
	text_addf(t, "complete -c " PROGRAM " -n %s -l help -s h -d 'show help'\n", when);
}

static void add_words(struct text *t, const char *when, const char *args)
{
	char word[32];

	while (help_next_arg(&args, word, sizeof word)) {
		enum offer offer = help_offer(word);
		if (offer == OFFER_ID)
			text_addf(t, "complete -c " PROGRAM " -n %s -a '(__ctr_run_ids)' -d container\n", when);
		else if (offer == OFFER_SIGNAL)
			text_addf(t, "complete -c " PROGRAM " -n %s -a '" SHELL_SIGNALS "' -d signal\n", when);
		else if (offer == OFFER_COMMAND)
			text_addf(t, "complete -c " PROGRAM " -n %s -a '(__ctr_run_commands)'\n", when);
		else if (offer == OFFER_DIR)
			text_addf(t, "complete -c " PROGRAM " -n %s -a '(__fish_complete_directories)'\n", when);
	}
}

void help_fish(struct text *t)
{
	text_add(t, "# fish completion for " PROGRAM ", made by \"" PROGRAM " help --format fish\"\n\n"
		    "# The command on the line, past the options before it.\n"
		    "function __ctr_run_command\n	set -l skip no\n	for word in (commandline -opc)[2..]\n"
		    "		if test $skip = yes\n			set skip no\n"
		    "			continue\n		end\n"
		    "		switch $word\n			case");
	for (const struct option *o = global_options; o->kind; o++)
		if (o->arg)
			text_addf(t, " --%s -%s", o->name, o->name);
	text_add(t, "\n				set skip yes\n			case '-*'\n"
		    "			case '*'\n				echo $word\n"
		    "				return 0\n		end\n	end\n	return 1\nend\n\n"
		    "function __ctr_run_ids\n	" PROGRAM " list -q 2>/dev/null\nend\n\n"
		    "function __ctr_run_commands\n	printf '%s\\n'");
	for (const struct verb *const *v = verbs; *v; v++)
		text_addf(t, " %s", (*v)->name);
	text_add(t, "\nend\n\ncomplete -c " PROGRAM " -f\n");
	for (const struct verb *const *v = verbs; *v; v++) {
		text_addf(t, "complete -c " PROGRAM " -n 'not __ctr_run_command' -a %s -d ", (*v)->name);
		shell_quote(t, (*v)->summary);
		text_add(t, "\n");
	}
	add_options(t, "'not __ctr_run_command'", global_options);
	for (const struct verb *const *v = verbs; *v; v++) {
		char when[80];
		snprintf(when, sizeof when, "'contains %s (__ctr_run_command)'", (*v)->name);
		add_options(t, when, (*v)->options);
		add_words(t, when, (*v)->args);
	}
}
