/*
 * options.h - options as typed tables
 *
 *	static const struct option table[] = {
 *		{ 'b', "bundle",   TEXT(create_options, bundle),   "DIR", "where config.json is" },
 *		{  0,  "no-pivot", FLAG(create_options, no_pivot), NULL,  "move the root instead of pivot_root(2)" },
 *		{ .kind = OPTION_END }
 *	};
 *
 * A row names the member that it sets; one of the wrong type does not compile.
 * The parser, --help, the man pages, the completions and the JSON description
 * of the command line are all read from the same rows.
 *
 * Words are read as Go's flag package reads them, because that is what the
 * clients of a runtime were written against: one dash or two make no
 * difference, "--name=value" and "--name value" are the same, a flag takes a
 * value only after "=", the last of several wins, "--" ends the options.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct error;

enum option_kind {
	OPTION_END,
	OPTION_FLAG,	/* bool */
	OPTION_TOGGLE,	/* int: 1 (yes), -1 (no), 0 (not given): for what a config may say too */
	OPTION_TEXT,	/* const char *; an empty value counts as not given */
	OPTION_WORD,	/* const char *; an empty value is refused, where ignoring it would surprise */
	OPTION_CHOICE,	/* as TEXT, but one of the words in `arg`: "table|json" */
	OPTION_COUNT,	/* unsigned */
	OPTION_LIST,	/* char **, NULL-terminated; each use adds one */
};

struct option {
	char letter;			/* 0: no short form */
	const char *name;
	enum option_kind kind;
	size_t at;			/* offset of the member */
	const char *arg;		/* the kind of value: "DIR", "FILE", "N", "table|json"; NULL for a flag */
	const char *help;		/* one line, small first letter, no full stop; NULL: accepted, but not shown */
};

#define OPTION_FITS(T, m, type) \
	(0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct T *) 0)->m), type) ? 1 : -1]))
#define OPTION_AT(T, m, type) (offsetof(struct T, m) + OPTION_FITS(T, m, type))
#define FLAG(T, m)   OPTION_FLAG, OPTION_AT(T, m, bool)
#define TOGGLE(T, m) OPTION_TOGGLE, OPTION_AT(T, m, int)
#define TEXT(T, m)   OPTION_TEXT, OPTION_AT(T, m, const char *)
#define WORD(T, m)   OPTION_WORD, OPTION_AT(T, m, const char *)
#define CHOICE(T, m) OPTION_CHOICE, OPTION_AT(T, m, const char *)
#define COUNT(T, m)  OPTION_COUNT, OPTION_AT(T, m, unsigned)
#define LIST(T, m)   OPTION_LIST, OPTION_AT(T, m, char **)

enum options_result { OPTIONS_BAD = -1, OPTIONS_DONE, OPTIONS_HELP };

/* Read the options of TABLE (NULL: none) from WORDS, a NULL-terminated list, into the zeroed struct INTO.  The other
 * words go to REST, which has room for all of WORDS and its NULL.  IN_ORDER: the first of those ends the options.
 * WORDS is not modified.  OPTIONS_HELP as soon as --help or -h is seen; OPTIONS_BAD with ERR (ERROR_USAGE).  In all
 * cases the caller calls options_free(). */
enum options_result options_parse(const struct option *table, bool in_order, void *into, char **words, char **rest,
				  struct error *err);

/* Free the lists in INTO; the strings belong to WORDS. */
void options_free(const struct option *table, void *into);

/* The row whose long name or letter is NAME, of LENGTH bytes, including hidden rows; or NULL. */
const struct option *option_find(const struct option *table, const char *name, size_t length);

/* True if the option takes a value only after "=" and means "true" without one. */
bool option_is_flag(const struct option *option);

/* True if VALUE is one of the words of ARG, which are separated by '|'. */
bool option_offers(const char *arg, const char *value);

/* Go's ParseBool: 1, t, T, true, True, TRUE and their opposites. */
bool option_bool(const char *s, bool *out);
