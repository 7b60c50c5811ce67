/* help.c - help for people, and what all kinds of help share */
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/help.h"

#define WIDTH 80
#define LEFT 28		/* where the right column begins */

enum offer help_offer(const char *arg)
{
	static const struct { const char *name; enum offer offer; } offers[] = {
		{ "DIR", OFFER_DIR }, { "BUNDLE", OFFER_DIR }, { "FILE", OFFER_FILE }, { "SOCKET", OFFER_FILE },
		{ "ID", OFFER_ID }, { "SIGNAL", OFFER_SIGNAL }, { "COMMAND", OFFER_COMMAND },
		{ "PROGRAM", OFFER_PROGRAM },
	};

	if (!arg)
		return OFFER_NOTHING;
	if (strchr(arg, '|'))
		return OFFER_CHOICE;
	for (size_t i = 0; i < ARRAY_SIZE(offers); i++)
		if (!strcmp(arg, offers[i].name))
			return offers[i].offer;
	return OFFER_NOTHING;
}

bool help_next_arg(const char **args, char *word, size_t size)
{
	size_t n;

	*args += strspn(*args, " []");
	if (!**args)
		return false;
	n = strcspn(*args, " ].");
	if (n >= size)
		n = size - 1;
	memcpy(word, *args, n);
	word[n] = '\0';
	*args += strcspn(*args, " ");
	return true;
}

static void add_blanks(struct text *t, size_t n)
{
	while (n--)
		text_add(t, " ");
}

/* Words of S from column AT on, broken before WIDTH, further lines indented by INDENT; "\n" in S stays. */
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

/* A row of two columns; a left one that is too long has a line of its own. */
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

struct help_options { const char *format; };

static const struct option help_options[] = {
	{ 'f', "format", CHOICE(help_options, format), "text|json|man|bash|zsh|fish",
	  "as text (default), as JSON, as parts of a man page, or as a completion script for a shell" },
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
	.summary = "tell about a command",
	.about = "Tells what a command does and which options it has; without COMMAND, which commands there "
		 "are.\n\nCompletions and the option lists of the manual come from here too: \"" PROGRAM " help "
		 "--format bash\".",
	.options = help_options,
	.size = sizeof(struct help_options),
	.max = 1,
	.run = run,
};
