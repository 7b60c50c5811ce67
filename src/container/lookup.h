/*
 * lookup.h - which file execvp(3) would run, and why exec refused it
 */
#pragma once

struct error;

/* The path of PROGRAM as seen from here (inside the container, with the process's own ids): itself if it holds a
 * slash, else the first executable regular file of that name in PATH (of ENV; if there is none, the default one).  The
 * caller frees. NULL with ERROR_EXEC; the words are those that clients match. */
char *lookup_program(const char *program, char *const *env, struct error *err);

/* PATH was refused by execve(2) with NUMBER: fill ERR, saying why beyond errno (refusal.h). */
int lookup_explain(const char *path, int number, char *const *args, char *const *env, struct error *err);
