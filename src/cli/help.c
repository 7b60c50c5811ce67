/* help.c - help for people, and what all kinds of help share */
#include <string.h>

#include "cli/help.h"

#define WIDTH 80
#define LEFT 28		/* where the right column begins */

static void add_blanks(struct text *t, size_t n)
{
	while (n--)
		text_add(t, " ");
}

/* Add the words of S from column AT on, wrapped before WIDTH, further lines indented by INDENT; "\n" in S is kept. */
static void add_wrapped(struct text *t, const char *s, size_t at, size_t indent)
{
	bool first = true;

	while (*s) {
		size_t n = strcspn(s, " \n");
		if (!first && at + 1 + n > WIDTH) {
			text_add(t, "\n");
			add_blanks(t, indent);
			at = indent;
		} else if (!first) {
			text_add(t, " ");
			at++;
		}
		text_add_bytes(t, s, n);
		at += n;
		s += n;
		first = false;
		if (*s == '\n') {
			text_add(t, "\n");
			s++;
			add_blanks(t, *s && *s != '\n' ? indent : 0);
			at = indent;
			first = true;
		} else if (*s) {
			s++;
		}
	}
	text_add(t, "\n");
}

/* Add a row of two columns; a left one that is too long gets its own line. */
static void add_row(struct text *t, const char *left, const char *right)
{
	size_t n = strlen(left);

	text_add(t, left);
	if (n + 2 > LEFT) {
		text_add(t, "\n");
		n = 0;
	}
	add_blanks(t, LEFT - n);
	add_wrapped(t, right, LEFT, LEFT);
}

static void add_options(const struct option *table, struct text *t)
{
	for (const struct option *o = table; o && o->kind; o++) {
		auto_text left = { 0 };
		if (!o->help)
			continue;
		if (o->letter)
			text_addf(&left, "  -%c, ", o->letter);
		else
			text_add(&left, "      ");
		text_addf(&left, "--%s%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "",
			  o->kind == OPTION_LIST ? " ..." : "");
		add_row(t, left.s, o->help);
	}
	add_row(t, "  -h, --help", "show this");
}

static void add_verbs(struct text *t)
{
	const char *group = "";
	size_t width = 0;

	for (const struct verb *const *v = verbs; *v; v++)
		width = strlen((*v)->name) > width ? strlen((*v)->name) : width;
	for (const struct verb *const *v = verbs; *v; v++) {
		auto_text left = { 0 };
		if (strcmp(group, (*v)->group)) {
			group = (*v)->group;
			text_addf(t, "\n%s\n", group);
		}
		text_addf(&left, "  %-*s", (int) width + 2, (*v)->name);
		text_add(t, left.s);
		add_wrapped(t, (*v)->summary, left.n, left.n);
	}
}

void help_text(const struct verb *verb, struct text *t)
{
	if (!verb) {
		text_add(t, "Usage: " PROGRAM " [OPTIONS] COMMAND ...\n\n");
		add_wrapped(t, "An OCI container runtime. It turns a bundle, a directory with config.json and a root "
			    "file system, into a running container.", 0, 0);
		add_verbs(t);
		text_add(t, "\nOptions, before the command\n");
		add_options(global_options, t);
		text_add(t, "\n\"" PROGRAM " help COMMAND\" tells more, and so does the manual: man " PROGRAM "\n");
		return;
	}
	text_addf(t, "Usage: %s %s%s%s%s\n\n", PROGRAM, verb->name, verb->options ? " [OPTIONS]" : "",
		  *verb->args ? " " : "", verb->args);
	add_wrapped(t, verb->about, 0, 0);
	text_add(t, "\nOptions\n");
	add_options(verb->options, t);
}
