/*
 * main.c - from words to an exit code
 *
 * Global options, then the verb, then its own.  Whatever goes wrong ends in
 * one struct error, which is printed here and nowhere else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "secure/secure.h"
#include "sys/fd.h"
#include "sys/interrupt.h"
#include "sys/signals.h"

/* The faults of the config besides the one in ERR.  That one loses the context before its message ("create web: "): it
 * has a place, and should look like the others. */
static unsigned more_faults(const struct config *config, struct error *err, char **lines)
{
	const struct json_faults *faults = &config->faults;
	unsigned n = 0;

	if (err->code != ERROR_CONFIG || !faults->n || strcmp(err->pointer, faults->list[0].pointer))
		return 0;
	snprintf(err->message, sizeof err->message, "%s", faults->list[0].message);
	for (size_t i = 1; i < faults->n && n < JSON_MAX_FAULTS; i++) {
		const struct json_fault *f = &faults->list[i];
		const char *gap = f->pointer[0] ? ": " : "";
		if (f->line)
			lines[n++] = xasprintf("%s:%u:%u: %s%s%s", config->name, f->line, f->column, f->pointer, gap,
					       f->message);
		else
			lines[n++] = xasprintf("%s: %s%s%s", config->name, f->pointer, gap, f->message);
	}
	return n;
}

static void print_error(const struct cli *cli, struct error *err)
{
	char *lines[JSON_MAX_FAULTS];
	unsigned n = more_faults(&cli->config, err, lines);

	log_error(err, (const char *const *) lines, n);
	while (n)
		free(lines[--n]);
}

/* Say what is wrong with the arguments and show the usage: on standard output, like runc, where clients that look for a
 * flag find it.  The error itself goes to the log. */
static void print_usage(const struct verb *verb, const char *problem)
{
	auto_text t = { 0 };
	struct error ignored;

	text_addf(&t, "Incorrect Usage%s%s\n\n", problem ? ": " : ".", problem ? problem : "");
	help_text(verb, &t);
	output(&t, &ignored);
}

static int print_help(const struct verb *verb, struct error *err)
{
	auto_text t = { 0 };

	help_text(verb, &t);
	return output(&t, err);
}

/* runc's wording, which its users grep for. */
static int check_arity(const struct verb *verb, char **args, struct error *err)
{
	int n = 0;

	while (args[n])
		n++;
	if (n >= verb->min && (verb->max < 0 || n <= verb->max))
		return 0;
	if (verb->min == verb->max)
		return fail_code(err, ERROR_USAGE, "\"%s\" requires exactly %d argument(s)", verb->name, verb->min);
	if (n < verb->min)
		return fail_code(err, ERROR_USAGE, "\"%s\" requires a minimum of %d argument(s)", verb->name,
				 verb->min);
	return fail_code(err, ERROR_USAGE, "\"%s\" requires a maximum of %d argument(s)", verb->name, verb->max);
}

/* "ctr-run list --root DIR": a valid option in the wrong place. */
static void hint_global(struct error *err)
{
	static const char unknown[] = "flag provided but not defined: -";
	size_t used = strlen(err->message), n;
	const char *name = err->message + sizeof unknown - 1;
	const struct option *o;

	if (strncmp(err->message, unknown, sizeof unknown - 1))
		return;
	n = strcspn(name, " ");
	o = n > 1 ? option_find(global_options, name, n) : NULL;
	if (o)
		snprintf(err->message + used, sizeof err->message - used,
			 " (--%s is a global option: it comes before the command)", o->name);
}

/* The exit code, or -1 with ERR. */
static int do_verb(struct cli *cli, const struct verb *verb, char **words, struct error *err)
{
	auto_free void *options = xcalloc(1, verb->size);
	auto_free char **args = NULL;
	size_t n = 0;
	int code = -1;

	while (words[n])
		n++;
	args = xcalloc(n + 1, sizeof *args);
	switch (options_parse(verb->options, verb->in_order, options, words, args, err)) {
	case OPTIONS_HELP:
		code = print_help(verb, err);
		break;
	case OPTIONS_BAD:
		hint_global(err);
		print_usage(verb, err->message);
		break;
	case OPTIONS_DONE:
		if (check_arity(verb, args, err) < 0) {
			print_usage(verb, NULL);
			break;
		}
		cli->failure = verb->failure ? verb->failure : 1;
		code = verb->run(cli, options, args, err);
		break;
	}
	options_free(verb->options, options);
	return code;
}

/* Do what the global options alone decide: -1 with ERR, an exit code, or 0 with *VERB to continue with. */
static int choose_verb(struct cli *cli, enum options_result result, char **rest, const struct verb **verb,
		       struct error *err)
{
	/* Report even a wrong command line to the log that it names: a shim reads nothing else. */
	struct error first = *err;
	int opened = globals_open_log(&cli->globals, err);

	*verb = NULL;
	if (result == OPTIONS_BAD) {
		*err = first;
		print_usage(NULL, err->message);
		return -1;
	}
	if (result == OPTIONS_HELP)
		return print_help(NULL, err);
	if (opened < 0 || globals_settle(&cli->globals, err) < 0)
		return -1;
	if (cli->globals.version) {
		*verb = &verb_version;
		return 0;
	}
	if (!*rest)
		return print_help(NULL, err);
	*verb = verb_find(*rest);
	return *verb ? 0 : verb_unknown(*rest, err);
}

static int run(int argc, char **argv)
{
	static char *nothing[] = { NULL };
	struct error err = { 0 };
	struct cli cli = { .failure = 1 };
	const struct verb *verb;
	/* execve(2) allows an empty argv (CVE-2021-4034). */
	char **words = argc > 0 ? argv + 1 : nothing;
	auto_free char **rest = xcalloc((size_t) (argc > 0 ? argc : 1), sizeof *rest);
	enum options_result result = options_parse(global_options, true, &cli.globals, words, rest, &err);
	int code = choose_verb(&cli, result, rest, &verb, &err);

	if (code == 0 && verb) {
		if (verb->enters && self_protect(argv, &err) < 0)
			code = -1;
		else
			code = do_verb(&cli, verb, *rest ? rest + 1 : nothing, &err);
	}
	if (code < 0) {
		print_error(&cli, &err);
		/* As a shell reports a program killed by a signal. */
		code = err.code == ERROR_INTERRUPTED ? 128 + interrupt_signal() : cli.failure;
	}
	config_free(&cli.config);
	globals_free(&cli.globals);
	return code;
}

int main(int argc, char **argv)
{
	/* Before anything is opened: a file that became descriptor 2 would receive messages meant for people. */
	fd_fill_stdio();
	signal_want_children();
	signal_survive_file_limit();
	return run(argc, argv);
}
