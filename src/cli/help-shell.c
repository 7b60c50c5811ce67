/* help-shell.c - see help-shell.h */
#include <string.h>

#include "base/cleanup.h"
#include "cli/help-shell.h"

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

void shell_quote(struct text *t, const char *s)
{
	text_add(t, "'");
	for (; *s; s++) {
		if (*s == '\'')
			text_add(t, "'\\''");
		else
			text_add_bytes(t, s, 1);
	}
	text_add(t, "'");
}

void shell_choices(struct text *t, const char *arg)
{
	for (; *arg; arg++)
		text_add_bytes(t, *arg == '|' ? " " : arg, 1);
}
