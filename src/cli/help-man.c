/*
 * help-man.c - the parts of the man pages that the tables know
 *
 * man(7) source in named parts; man/page.awk inserts them into the prose of
 * man/COMMAND.md.
 */
#include <ctype.h>
#include <string.h>

#include "cli/help.h"

/* A backslash, a minus and a leading dot or quote are special in roff. */
static void add_roff(struct text *t, const char *s)
{
	if (*s == '.' || *s == '\'')
		text_add(t, "\\&");
	for (; *s; s++) {
		if (*s == '\\')
			text_add(t, "\\e");
		else if (*s == '-')
			text_add(t, "\\-");
		else
			text_add_bytes(t, s, 1);
	}
}

/* Slant words in capitals, which stand for the user's values, but not brackets, dots and bars. */
static void add_placeholders(struct text *t, const char *s)
{
	bool slanted = false;

	for (; *s; s++) {
		bool wants = isupper((unsigned char) *s) || (slanted && *s == ':');
		if (wants != slanted)
			text_add(t, wants ? "\\fI" : "\\fR");
		slanted = wants;
		text_add_bytes(t, s, 1);
	}
	if (slanted)
		text_add(t, "\\fR");
}

static void add_options(struct text *t, const struct option *table)
{
	for (const struct option *o = table; o && o->kind; o++) {
		if (!o->help)
			continue;
		text_add(t, ".TP\n");
		if (o->letter)
			text_addf(t, "\\fB\\-%c\\fR, ", o->letter);
		text_add(t, "\\fB\\-\\-");
		add_roff(t, o->name);
		text_add(t, "\\fR");
		if (o->arg) {
			text_add(t, " ");
			add_placeholders(t, o->arg);
		}
		text_add(t, "\n");
		text_addf(t, "%c", toupper((unsigned char) *o->help));
		add_roff(t, o->help + 1);
		text_addf(t, "%s.\n", o->kind == OPTION_LIST ? "; may be given several times" : "");
	}
	text_add(t, ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nShow a short help.\n");
}

static void add_head(struct text *t, const struct verb *verb)
{
	text_add(t, "@head@\n.TH CTR\\-RUN");
	for (const char *p = verb ? verb->name : ""; *p; p++)
		text_addf(t, "%s%c", p == verb->name ? "\\-" : "", toupper((unsigned char) *p));
	text_addf(t, " 1 \"\" \"%s %s\" \"User Commands\"\n.SH NAME\n", PROGRAM, VERSION);
	add_roff(t, PROGRAM);
	if (verb)
		text_addf(t, "\\-%s", verb->name);
	text_add(t, " \\- ");
	add_roff(t, verb ? verb->summary : "an OCI container runtime");
	text_add(t, "\n.SH SYNOPSIS\n.B ");
	add_roff(t, PROGRAM);
	if (verb) {
		text_add(t, " ");
		add_roff(t, verb->name);
	}
	text_add(t, "\n");
	add_placeholders(t, !verb ? "[OPTIONS] COMMAND ..." : verb->options ? "[OPTIONS]" : "");
	if (verb) {
		text_add(t, verb->options && *verb->args ? " " : "");
		add_placeholders(t, verb->args);
	}
	text_add(t, "\n");
}

void help_man(const struct verb *verb, struct text *t)
{
	const char *group = "";

	add_head(t, verb);
	text_add(t, "@options@\n");
	add_options(t, verb ? verb->options : global_options);
	if (verb)
		return;
	text_add(t, "@commands@\n");
	for (const struct verb *const *v = verbs; *v; v++) {
		if (strcmp(group, (*v)->group)) {
			group = (*v)->group;
			text_addf(t, ".SS %s\n", group);
		}
		text_addf(t, ".TP\n\\fBctr\\-run\\-%s\\fR(1)\n%c", (*v)->name, toupper((unsigned char) *(*v)->summary));
		add_roff(t, (*v)->summary + 1);
		text_add(t, ".\n");
	}
}
