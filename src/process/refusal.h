/*
 * refusal.h - why execve(2) refused a program, beyond its errno
 *
 * "No such file or directory" for a file that exists puzzles everybody: the
 * kernel means the script's interpreter or the program's loader.  The process
 * whose exec failed examines what it was to run, with its own rights in its own
 * root, and only reads.  Where it may not look, it adds nothing.
 */
#pragma once

#define REFUSAL_TEXT 300

/* Why PATH was refused with NUMBER, to be put in brackets after the errno's text: "its interpreter /bin/bash is not in
 * the container".  "" if there is nothing to add.  PATH may be a script, an ELF program, or anything else; if its
 * interpreter is itself refused, that one is examined in turn.  E2BIG needs the sizes of ARGS and ENV (NULL-terminated;
 * may be NULL). */
void refusal_explain(const char *path, int number, char *const *args, char *const *env, char why[REFUSAL_TEXT]);
