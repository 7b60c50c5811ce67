/*
 * fuzz-cli.c - the command line as a stranger would type it
 *
 * The input's first byte chooses; the rest is words parted by '\0' or newlines for the option parser, or what
 * ps(1) might print.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/cmd-ps.h"
#include "cli/table.h"

enum { MOST = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_table(const struct option *table, bool in_order, size_t room, char **words, char **rest)
{
	void *into = calloc(1, room ? room : 1);
	struct error err = { 0 };
	size_t given = 0, left = 0;

	if (!into)
		abort();
	if (options_parse(table, in_order, into, words, rest, &err) == OPTIONS_BAD &&
	    (err.code != ERROR_USAGE || !err.message[0]))
		abort();
	while (words[given])
		given++;
	while (rest[left])
		left++;
	if (left > given)
		abort();
	options_free(table, into);
	free(into);
}

static void parse(char *text, const char *end, unsigned choice)
{
	char *words[MOST + 1] = { NULL }, *rest[MOST + 1], *further[MOST + 1];
	const struct verb *verb = NULL;
	struct error err;
	size_t n = 0;

	for (char *s = text; s < end && n < MOST; s += strlen(s) + 1)
		words[n++] = s;
	for (const struct verb *const *v = verbs; *v; v++)
		if (choice-- == 0)
			verb = *v;
	if (verb) {
		try_table(verb->options, verb->in_order, verb->size, words, rest);
		return;
	}
	try_table(global_options, true, sizeof(struct globals), words, rest);
	if (!rest[0])
		return;
	verb = verb_find(rest[0]);
	if (verb)
		try_table(verb->options, verb->in_order, verb->size, rest + 1, further);
	else
		verb_unknown(rest[0], &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const pid_t pids[] = { 1, 7, 42 };
	struct text t = { 0 };
	struct error err;
	char *text;

	if (size < 2)
		return 0;
	text = malloc(size);
	if (!text)
		abort();
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (data[0] == 255) {
		const char *cells[2] = { text, text + strlen(text) / 2 };
		ps_filter(text, pids, 3, &t, &err);
		table_add(&t, cells, 1, 2);
		text_free(&t);
	} else {
		for (char *s = text; s < text + size - 1; s++)
			if (*s == '\n')
				*s = '\0';
		parse(text, text + size - 1, data[0] % 20);
	}
	free(text);
	return 0;
}
