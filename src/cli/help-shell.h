/* help-shell.h - what the three completion scripts share */
#pragma once
#include "cli/help.h"

/* S in single quotes, as bash, zsh and fish understand it. */
void shell_quote(struct text *t, const char *s);

/* "text|json" as words: "text json". */
void shell_choices(struct text *t, const char *arg);

/* The names of signals, for people. */
#define SHELL_SIGNALS "HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH"
