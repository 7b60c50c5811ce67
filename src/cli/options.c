/* options.c - see options.h */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "cli/options.h"
#include "cli/suggest.h"

bool option_bool(const char *s, bool *out)
{
	static const char *const words[] = {
		"1", "t", "T", "true", "True", "TRUE", "0", "f", "F", "false", "False", "FALSE"
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(s, words[i])) {
			*out = i < 6;
			return true;
		}
	return false;
}

bool option_offers(const char *arg, const char *value)
{
	size_t n = strlen(value), length;

	for (;; arg += length + 1) {
		length = strcspn(arg, "|");
		if (length == n && !memcmp(arg, value, n))
			return true;
		if (!arg[length])
			return false;
	}
}

const struct option *option_find(const struct option *table, const char *name, size_t length)
{
	for (const struct option *o = table; o && o->kind; o++)
		if ((length == 1 && name[0] == o->letter) ||
		    (!strncmp(o->name, name, length) && !o->name[length]))
			return o;
	return NULL;
}

static char ***list_of(const struct option *o, void *into)
{
	return (char ***) ((char *) into + o->at);
}

void options_free(const struct option *table, void *into)
{
	for (const struct option *o = table; o && o->kind; o++)
		if (o->kind == OPTION_LIST) {
			free(*list_of(o, into));
			*list_of(o, into) = NULL;
		}
}

bool option_is_flag(const struct option *option)
{
	return option->kind == OPTION_FLAG || option->kind == OPTION_TOGGLE;
}

/* Add one, keeping the NULL at the end. */
static void list_add(char ***list, const char *value)
{
	size_t n = 0;

	if (!*list)
		xgrow(list, 0, sizeof **list);
	while ((*list)[n])
		n++;
	xgrow(list, n + 1, sizeof **list);
	(*list)[n] = (char *) value;
}

static int set(const struct option *o, void *into, const char *value, struct error *err)
{
	char *member = (char *) into + o->at;
	bool truth;
	uint64_t n;

	switch (o->kind) {
	case OPTION_FLAG:
	case OPTION_TOGGLE:
		if (!option_bool(value, &truth))
			return fail_code(err, ERROR_USAGE,
					 "invalid boolean value \"%s\" for -%s: neither true nor false", value,
					 o->name);
		if (o->kind == OPTION_FLAG)
			*(bool *) member = truth;
		else
			*(int *) member = truth ? 1 : -1;
		return 0;
	case OPTION_CHOICE:
		if (!option_offers(o->arg, value))
			return fail_code(err, ERROR_USAGE, "invalid %s: %s (one of %s)", o->name, value, o->arg);
		__attribute__((fallthrough));
	case OPTION_WORD:
		if (o->kind == OPTION_WORD && !*value)
			return fail_code(err, ERROR_USAGE, "invalid value \"\" for flag -%s: it must not be empty (%s)",
					 o->name, o->arg);
		__attribute__((fallthrough));
	case OPTION_TEXT:
		*(const char **) member = *value ? value : NULL;
		return 0;
	case OPTION_COUNT:
		if (!number_parse(value, 0, INT_MAX, &n))
			return fail_code(err, ERROR_USAGE,
					 "invalid value \"%s\" for flag -%s: not a number from 0 to %d", value, o->name,
					 INT_MAX);
		*(unsigned *) member = (unsigned) n;
		return 0;
	case OPTION_LIST:
		list_add(list_of(o, into), value);
		return 0;
	case OPTION_END:
		break;
	}
	return fail_code(err, ERROR_USAGE, "the option --%s has no kind", o->name);
}

/* "-td": single letters, each a flag, if no option has that name. */
static bool set_group(const struct option *table, void *into, const char *letters)
{
	for (const char *p = letters; *p; p++) {
		const struct option *o = option_find(table, p, 1);
		if (!o || !option_is_flag(o))
			return false;
	}
	for (const char *p = letters; *p; p++)
		set(option_find(table, p, 1), into, "true", NULL);
	return true;
}

/* The letter of a group like "-it" that is not a flag, if another letter is: then a group was meant. */
static char odd_letter(const struct option *table, const char *name, size_t length)
{
	unsigned known = 0;
	char odd = '\0';

	for (size_t i = 0; i < length; i++) {
		const struct option *o = option_find(table, name + i, 1);
		if (o && option_is_flag(o))
			known++;
		else if (!odd)
			odd = name[i];
	}
	return known ? odd : '\0';
}

static int unknown(const struct option *table, const char *name, size_t length, bool one_dash, struct error *err)
{
	char odd = one_dash && length < 4 ? odd_letter(table, name, length) : '\0';
	struct suggestion best = { 0 };

	if (odd)
		return fail_code(err, ERROR_USAGE, "flag provided but not defined: -%.*s (no flag is called -%c)",
				 (int) length, name, odd);
	for (const struct option *o = table; o && o->kind; o++)
		if (o->help)
			suggestion_try(&best, name, length, o->name);
	if (best.word)
		return fail_code(err, ERROR_USAGE, "flag provided but not defined: -%.*s (did you mean --%s?)",
				 (int) length, name, best.word);
	return fail_code(err, ERROR_USAGE, "flag provided but not defined: -%.*s", (int) length, name);
}

/* Parse the option at *WORDS, and advance *WORDS to its last word. */
static enum options_result parse_one(const struct option *table, void *into, char ***words, struct error *err)
{
	const char *word = **words, *name = word + 1 + (word[1] == '-');
	size_t length = strcspn(name, "=");
	const char *value = name[length] ? name + length + 1 : NULL;
	const struct option *o;

	if (!length || *name == '-')
		return fail_code(err, ERROR_USAGE, "bad flag syntax: %s", word);
	o = option_find(table, name, length);
	if (!o && ((length == 4 && !strncmp(name, "help", 4)) || (length == 1 && *name == 'h')))
		return OPTIONS_HELP;
	if (!o && word[1] != '-' && !value && set_group(table, into, name))
		return OPTIONS_DONE;
	if (!o)
		return unknown(table, name, length > 200 ? 200 : length, word[1] != '-', err);
	if (option_is_flag(o) && !value)
		value = "true";
	if (!value && !(*words)[1])
		return fail_code(err, ERROR_USAGE, "flag needs an argument: -%s (%s)", o->name, o->arg);
	if (!value)
		value = *++*words;
	return set(o, into, value, err) < 0 ? OPTIONS_BAD : OPTIONS_DONE;
}

enum options_result options_parse(const struct option *table, bool in_order, void *into, char **words, char **rest,
				  struct error *err)
{
	enum options_result result;
	bool ended = false;

	*rest = NULL;
	for (; *words; words++) {
		const char *word = *words;
		if (ended || word[0] != '-' || !word[1]) {
			*rest++ = *words;
			*rest = NULL;
			ended = ended || in_order;
		} else if (!strcmp(word, "--")) {
			ended = true;
		} else if ((result = parse_one(table, into, &words, err)) != OPTIONS_DONE) {
			return result;
		}
	}
	return OPTIONS_DONE;
}
