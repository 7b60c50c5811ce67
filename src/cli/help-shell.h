/* help-shell.h - what the three completion scripts share */
#pragma once
#include "cli/help.h"

/* What a shell can offer for a value or a word called ARG ("DIR", "FILE", "ID", "table|json"). */
enum offer { OFFER_NOTHING, OFFER_CHOICE, OFFER_DIR, OFFER_FILE, OFFER_ID, OFFER_SIGNAL, OFFER_COMMAND, OFFER_PROGRAM };
enum offer help_offer(const char *arg);

/* Copy the next word of a verb's `args`, without brackets and dots, into WORD of SIZE bytes, and advance *ARGS; false
 * at the end. */
bool help_next_arg(const char **args, char *word, size_t size);

/* S in single quotes, as bash, zsh and fish understand it. */
void shell_quote(struct text *t, const char *s);

/* "text|json" as words: "text json". */
void shell_choices(struct text *t, const char *arg);

/* Signals worth offering to people. */
#define SHELL_SIGNALS "HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH"
