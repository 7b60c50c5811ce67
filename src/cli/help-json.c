/* help-json.c - the command line, described for programs */
#include <string.h>

#include "cli/help.h"

static void add_member(struct text *t, const char *key, const char *value)
{
	text_addf(t, ",\"%s\":", key);
	text_add_json(t, value);
}

static void add_choices(struct text *t, const char *arg)
{
	const char *gap = "";

	text_add(t, ",\"choices\":[");
	for (size_t n; *arg; arg += n + (arg[n] == '|')) {
		n = strcspn(arg, "|");
		text_addf(t, "%s\"%.*s\"", gap, (int) n, arg);
		gap = ",";
	}
	text_add(t, "]");
}

static void add_options(struct text *t, const struct option *table)
{
	const char *gap = "";

	text_add(t, ",\"options\":[");
	for (const struct option *o = table; o && o->kind; o++) {
		if (!o->help)
			continue;
		text_addf(t, "%s{\"name\":\"%s\"", gap, o->name);
		gap = ",";
		if (o->letter)
			text_addf(t, ",\"letter\":\"%c\"", o->letter);
		if (o->arg)
			add_member(t, "value", o->arg);
		if (o->kind == OPTION_CHOICE)
			add_choices(t, o->arg);
		if (o->kind == OPTION_LIST)
			text_add(t, ",\"repeats\":true");
		add_member(t, "help", o->help);
		text_add(t, "}");
	}
	text_add(t, "]");
}

static void add_verb(struct text *t, const struct verb *verb)
{
	text_addf(t, "{\"name\":\"%s\"", verb->name);
	add_member(t, "arguments", verb->args);
	text_addf(t, ",\"minimum\":%d", verb->min);
	if (verb->max >= 0)
		text_addf(t, ",\"maximum\":%d", verb->max);
	add_member(t, "group", verb->group);
	add_member(t, "summary", verb->summary);
	add_member(t, "about", verb->about);
	add_options(t, verb->options);
	text_add(t, "}");
}

void help_json(const struct verb *verb, struct text *t)
{
	const char *gap = "";

	if (verb) {
		add_verb(t, verb);
		text_add(t, "\n");
		return;
	}
	text_addf(t, "{\"name\":\"%s\"", PROGRAM);
	add_member(t, "version", VERSION);
	add_options(t, global_options);
	text_add(t, ",\"commands\":[");
	for (const struct verb *const *v = verbs; *v; v++) {
		text_add(t, gap);
		gap = ",";
		add_verb(t, *v);
	}
	text_add(t, "]}\n");
}
