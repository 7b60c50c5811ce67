/* help-zsh.c - the completion script for zsh: the tables as specs for _arguments */
#include <string.h>

#include "cli/help-shell.h"

/* Add text for inside [ ] or : : of a spec, which is in single quotes. */
static void add_escaped(struct text *t, const char *s)
{
	for (; *s; s++) {
		if (strchr("[]:\\", *s))
			text_add(t, "\\");
		if (*s == '\'')
			text_add(t, "'\\''");
		else
			text_add_bytes(t, s, 1);
	}
}

static void add_action(struct text *t, const char *arg)
{
	switch (help_offer(arg)) {
	case OFFER_CHOICE:
		text_add(t, "(");
		shell_choices(t, arg);
		text_add(t, ")");
		break;
	case OFFER_DIR:
		text_add(t, "_files -/");
		break;
	case OFFER_FILE:
		text_add(t, "_files");
		break;
	case OFFER_ID:
		text_add(t, "_ctr_run_ids");
		break;
	case OFFER_SIGNAL:
		text_add(t, "(" SHELL_SIGNALS ")");
		break;
	case OFFER_COMMAND:
		text_add(t, "_ctr_run_commands");
		break;
	case OFFER_PROGRAM:
	case OFFER_NOTHING:
		text_add(t, " ");
		break;
	}
}

static void add_option(struct text *t, const struct option *o)
{
	const char *equals = o->arg ? "=" : "";

	text_add(t, " \\\n		");
	if (o->kind == OPTION_LIST)
		text_add(t, "'*'");
	else if (o->letter)
		text_addf(t, "'(-%c --%s)'", o->letter, o->name);
	if (o->letter)
		text_addf(t, "{-%c,--%s%s}'[", o->letter, o->name, equals);
	else
		text_addf(t, "'--%s%s[", o->name, equals);
	add_escaped(t, o->help);
	text_add(t, "]");
	if (o->arg) {
		text_add(t, ":");
		add_escaped(t, o->arg);
		text_add(t, ":");
		add_action(t, o->arg);
	}
	text_add(t, "'");
}

static void add_options(struct text *t, const struct option *table)
{
	for (const struct option *o = table; o && o->kind; o++)
		if (o->help)
			add_option(t, o);
	text_add(t, " \\\n		'(-h --help)'{-h,--help}'[show help]'");
}

static void add_verb(struct text *t, const struct verb *verb)
{
	const char *args = verb->args;
	char word[32];

	text_addf(t, "	%s)\n		_arguments -s%s", verb->name, verb->in_order ? " -A '-*'" : "");
	add_options(t, verb->options);
	for (int i = 1; help_next_arg(&args, word, sizeof word); i++) {
		text_addf(t, " \\\n		'%d:%s:", i, word);
		add_action(t, word);
		text_add(t, "'");
	}
	text_add(t, "\n		;;\n");
}

void help_zsh(struct text *t)
{
	text_add(t, "#compdef " PROGRAM "\n# zsh completion, made by \"" PROGRAM " help --format zsh\"\n\n"
		    "_ctr_run_ids()\n{\n	local -a ids root\n\n"
		    "	[[ -n $ctr_run_root ]] && root=(--root ${(Q)~ctr_run_root})\n"
		    "	ids=(${(f)\"$(_call_program ids " PROGRAM " $root list -q 2>/dev/null)\"})\n"
		    "	compadd -a ids\n}\n\n_ctr_run_commands()\n{\n	local -a commands=(\n");
	for (const struct verb *const *v = verbs; *v; v++) {
		text_addf(t, "		'%s:", (*v)->name);
		add_escaped(t, (*v)->summary);
		text_add(t, "'\n");
	}
	text_add(t, "	)\n	_describe command commands\n}\n\n_ctr_run()\n{\n"
		    "	local curcontext=$curcontext state line ctr_run_root\n	typeset -A opt_args\n\n"
		    "	_arguments -C -A '-*'");
	add_options(t, global_options);
	text_add(t, " \\\n		'1:command:_ctr_run_commands' '*::word:->words'\n"
		    "	[[ $state == words ]] || return\n	ctr_run_root=$opt_args[--root]\n"
		    "	case $words[1] in\n");
	for (const struct verb *const *v = verbs; *v; v++)
		add_verb(t, *v);
	text_add(t, "	esac\n}\n\n_ctr_run \"$@\"\n");
}
