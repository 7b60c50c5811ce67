/*
 * help.h - everything that is made from the tables of verbs and options
 *
 * VERB NULL means the program itself.  Everything is added to T.
 */
#pragma once
#include "cli/cli.h"

/* What --help prints. */
void help_text(const struct verb *verb, struct text *t);

/* The same for machines, as one JSON object; the program's contains all verbs. */
void help_json(const struct verb *verb, struct text *t);

/* Parts of a man page, each under a line "@name@", which man/page.awk puts into the hand-written prose. */
void help_man(const struct verb *verb, struct text *t);

/* Completions of the whole program. */
void help_bash(struct text *t);
void help_zsh(struct text *t);
void help_fish(struct text *t);
