/*
 * refusal.h - why execve(2) refused a program, beyond its errno
 *
 * "No such file or directory" for a file that is there puzzles everybody: the
 * kernel means the interpreter of the script or the loader of the program.
 * The process whose exec failed looks at what it was to run, with its own
 * rights in its own root, and reads only; where it may not look, nothing is
 * said.
 */
#pragma once

#define REFUSAL_TEXT 300

/* Why PATH was refused with NUMBER, for a pair of brackets behind the errno's text: "its interpreter /bin/bash is not
 * in the container".  "" if there is nothing to add.  PATH is a script, an ELF program, or anything else; an
 * interpreter that is itself refused is followed.  E2BIG needs the sizes of ARGS and ENV (NULL-terminated; may be
 * NULL). */
void refusal_explain(const char *path, int number, char *const *args, char *const *env, char why[REFUSAL_TEXT]);
