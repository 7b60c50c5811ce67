/*
 * cli.h - the command line
 *
 *	main.c		global options, then the verb, its options, its exit code; the only place that prints an error
 *	globals.c	what the global options mean
 *	verbs.c		the table of verbs
 *	cmd-*.c		one verb each: option table, help, a few lines of work
 *	options.c	the parser; help*.c: all else that is made from the tables
 *
 * A verb fills a struct of the container room from its option table and hands
 * it over.  Nothing here uses stdio: output is built as text and written in one
 * go, so that short commands cost little more than their exec.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "cli/options.h"
#include "config/config.h"

struct error;

#define PROGRAM "ctr-run"

struct globals {
	const char *root;		/* as given; after globals_settle() absolute and never NULL */
	const char *log, *log_format, *log_level;
	const char *cgroup_manager, *rootless, *criu;
	bool debug, systemd_cgroup, version;
	/* settled */
	bool root_given;		/* the user chose it */
	bool root_private;		/* below XDG_RUNTIME_DIR */
	bool cgroup_disabled;
	char *root_owned;		/* backs `root`, or NULL */
};

extern const struct option global_options[];

/* What a verb works with. */
struct cli {
	struct globals globals;
	int failure;			/* the exit code of an error */
	struct config config;		/* filled in by verbs that read one, so that all its faults are printed */
};

struct verb {
	const char *name;
	const char *group;		/* heading in the list of commands */
	const char *args;		/* "ID [SIGNAL]"; "" for none */
	const char *summary;		/* one line, small first letter, no full stop */
	const char *about;		/* a few lines for --help */
	const struct option *options;	/* NULL: none */
	size_t size;			/* of the struct that they fill */
	int min, max;			/* number of words besides options; max -1: any */
	bool in_order;			/* the first word ends the options */
	bool enters;			/* starts a process in a container: must run from an unwritable copy */
	int failure;			/* exit code of an error; 0 means 1 */

	/* The exit code, or -1 with ERR.  OPTIONS is the struct, ARGS the words, NULL-terminated. */
	int (*run)(struct cli *cli, void *options, char **args, struct error *err);
};

extern const struct verb verb_create, verb_start, verb_run, verb_kill, verb_delete, verb_pause, verb_resume,
	verb_update, verb_exec, verb_mounts, verb_ps, verb_events, verb_state, verb_list, verb_checkpoint, verb_restore,
	verb_spec, verb_explain, verb_features, verb_version, verb_help;

/* All verbs in the order of the help, NULL-terminated. */
extern const struct verb *const verbs[];

/* The verb called NAME, or NULL. */
const struct verb *verb_find(const char *name);

/* An error that suggests a similar verb, if there is one. */
int verb_unknown(const char *name, struct error *err);

/* Open the log that GLOBALS asks for. */
int globals_open_log(const struct globals *globals, struct error *err);

/* Check what was given and fill in what was not, above all the state root. */
int globals_settle(struct globals *globals, struct error *err);

/* Make the state root if it is our own below XDG_RUNTIME_DIR; any other is made by whatever uses it. */
int globals_prepare_root(const struct globals *globals, struct error *err);

void globals_free(struct globals *globals);

/* Write T to standard output.  0, or -1 with ERR. */
int output(const struct text *t, struct error *err);

/* Add "ctr-run version ..." and the lines after it. */
void version_text(struct text *t);
