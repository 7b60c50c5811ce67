/*
 * help-bash.c - the completion script for bash
 *
 * Three functions are made from the tables: the options of a command, the
 * values of an option, the words of a command.  The rest is the same for all.
 * bash treats "=" as a word of its own.
 */
#include <stdio.h>
#include <string.h>

#include "cli/help-shell.h"

static const char script[] =
	"# What can stand for $1, a kind of word.\n"
	"_ctr_run_offer()\n"
	"{\n"
	"	case $1 in\n"
	"	dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;\n"
	"	file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
	"	id)\n"
	"		word=$(\"${COMP_WORDS[0]}\" ${root:+--root \"$root\"} list -q 2>/dev/null)\n"
	"		mapfile -t COMPREPLY < <(compgen -W \"$word\" -- \"$cur\") ;;\n"
	"	signal) mapfile -t COMPREPLY < <(compgen -W '" SHELL_SIGNALS "' -- \"$cur\") ;;\n"
	"	command) mapfile -t COMPREPLY < <(compgen -W \"$_ctr_run_commands\" -- \"$cur\") ;;\n"
	"	words:*) mapfile -t COMPREPLY < <(compgen -W \"${1#words:}\" -- \"$cur\") ;;\n"
	"	esac\n"
	"}\n"
	"\n"
	"_ctr_run()\n"
	"{\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} verb='' option='' root='' word i place=0\n"
	"\n"
	"	COMPREPLY=()\n"
	"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		if [[ $word == = ]]; then\n"
	"			[[ $option ]] || ((i++))\n"
	"		elif [[ $option ]]; then\n"
	"			[[ $option == -root || $option == --root ]] && root=$word\n"
	"			option=\n"
	"		elif [[ $word == -?* ]] && _ctr_run_takes_options \"$verb\" $place; then\n"
	"			_ctr_run_value \"$verb\" \"$word\" >/dev/null && option=$word\n"
	"		elif [[ ! $verb ]]; then\n"
	"			verb=$word\n"
	"		else\n"
	"			((++place))\n"
	"		fi\n"
	"	done\n"
	"	[[ $cur == = ]] && cur=\n"
	"	if [[ $option ]]; then\n"
	"		_ctr_run_offer \"$(_ctr_run_value \"$verb\" \"$option\")\"\n"
	"	elif [[ $cur == -* ]] && _ctr_run_takes_options \"$verb\" $place; then\n"
	"		_ctr_run_offer \"words:$(_ctr_run_options \"$verb\")\"\n"
	"	elif [[ ! $verb ]]; then\n"
	"		_ctr_run_offer command\n"
	"	else\n"
	"		_ctr_run_offer \"$(_ctr_run_word \"$verb\" $((place + 1)))\"\n"
	"	fi\n"
	"}\n"
	"\n"
	"complete -o default -F _ctr_run " PROGRAM "\n";

static void add_kind(struct text *t, const char *arg)
{
	static const char *const kinds[] = {
		[OFFER_NOTHING] = "any", [OFFER_DIR] = "dir", [OFFER_FILE] = "file", [OFFER_ID] = "id",
		[OFFER_SIGNAL] = "signal", [OFFER_COMMAND] = "command", [OFFER_PROGRAM] = "any",
	};
	enum offer offer = help_offer(arg);

	text_add(t, "echo ");
	if (offer == OFFER_CHOICE) {
		text_add(t, "'words:");
		shell_choices(t, arg);
		text_add(t, "'");
	} else {
		text_add(t, kinds[offer]);
	}
	text_add(t, " ;;\n");
}

static void add_names(struct text *t, const char *verb, const struct option *table)
{
	text_addf(t, "	'%s') echo '", verb);
	for (const struct option *o = table; o && o->kind; o++)
		if (o->help)
			text_addf(t, "--%s ", o->name);
	text_add(t, "--help' ;;\n");
}

static void add_values(struct text *t, const char *verb, const struct option *table)
{
	for (const struct option *o = table; o && o->kind; o++) {
		if (!o->help || option_is_flag(o))
			continue;
		text_addf(t, "	%s:--%s|%s:-%s", verb, o->name, verb, o->name);
		if (o->letter)
			text_addf(t, "|%s:-%c", verb, o->letter);
		text_add(t, ") ");
		add_kind(t, o->arg);
	}
}

static void add_words(struct text *t, const struct verb *verb)
{
	const char *args = verb->args;
	char word[32];

	for (int i = 1; help_next_arg(&args, word, sizeof word); i++) {
		if (help_offer(word) == OFFER_NOTHING)
			continue;
		text_addf(t, "	%s:%d) ", verb->name, i);
		add_kind(t, word);
	}
}

void help_bash(struct text *t)
{
	const char *gap = "";

	text_add(t, "# bash completion for " PROGRAM ", made by \"" PROGRAM " help --format bash\"\n\n"
		    "_ctr_run_commands='");
	for (const struct verb *const *v = verbs; *v; v++)
		text_addf(t, "%s%s", v == verbs ? "" : " ", (*v)->name);
	text_add(t, "'\n\n# The options of command $1.\n_ctr_run_options()\n{\n	case $1 in\n");
	add_names(t, "", global_options);
	for (const struct verb *const *v = verbs; *v; v++)
		add_names(t, (*v)->name, (*v)->options);
	text_add(t, "	esac\n}\n\n# What the value of option $2 of command $1 is; false if it takes none.\n"
		    "_ctr_run_value()\n{\n	case $1:$2 in\n");
	add_values(t, "", global_options);
	for (const struct verb *const *v = verbs; *v; v++)
		add_values(t, (*v)->name, (*v)->options);
	text_add(t, "	*) return 1 ;;\n	esac\n}\n\n# What word $2 of command $1 is.\n"
		    "_ctr_run_word()\n{\n	case $1:$2 in\n");
	for (const struct verb *const *v = verbs; *v; v++)
		add_words(t, *v);
	text_add(t, "	esac\n}\n\n# False if the options of command $1 have ended, $2 words after it.\n"
		    "_ctr_run_takes_options()\n{\n	case $1 in\n	");
	for (const struct verb *const *v = verbs; *v; v++) {
		if (!(*v)->in_order)
			continue;
		text_addf(t, "%s%s", gap, (*v)->name);
		gap = "|";
	}
	text_add(t, ") (($2 == 0)) ;;\n	esac\n}\n\n");
	text_add(t, script);
}
