/*
 * help.h - all that is made from the tables of verbs and options
 *
 * VERB NULL means the program itself.  Everything is added to T.
 */
#pragma once
#include "cli/cli.h"

/* What --help prints. */
void help_text(const struct verb *verb, struct text *t);

/* The same for machines: one JSON object; the program's holds all verbs. */
void help_json(const struct verb *verb, struct text *t);

/* Parts of a man page, each under a line "@name@", for man/page.awk to put into the hand-written prose. */
void help_man(const struct verb *verb, struct text *t);

/* Completions of the whole program. */
void help_bash(struct text *t);
void help_zsh(struct text *t);
void help_fish(struct text *t);

/* What a shell can offer for a value or a word called ARG ("DIR", "FILE", "ID", "table|json"). */
enum offer { OFFER_NOTHING, OFFER_CHOICE, OFFER_DIR, OFFER_FILE, OFFER_ID, OFFER_SIGNAL, OFFER_COMMAND, OFFER_PROGRAM };
enum offer help_offer(const char *arg);

/* Copy the next word of a verb's `args` into WORD of SIZE bytes without its brackets and dots, and move *ARGS on;
 * false at the end. */
bool help_next_arg(const char **args, char *word, size_t size);
