/*
 * lookup.h - which file execvp(3) would run, and why exec refused it
 */
#pragma once

struct error;

/* The path of PROGRAM as seen from here (inside the container, with the process's own ids): itself if it holds a slash,
 * else the first executable regular file of that name in PATH (of ENV; if there is none, the default one).  The caller frees.
 * NULL with ERROR_EXEC; the words are those that clients match. */
char *lookup_program(const char *program, char *const *env, struct error *err);

/* PATH was refused by execve(2) with NUMBER: say why beyond errno: missing interpreter or loader, carriage return in
 * the shebang line, another architecture, a folder, no x bit, noexec mount. */
int lookup_explain(const char *path, int number, struct error *err);
