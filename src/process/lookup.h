/*
 * lookup.h - which file execvp(3) would run, and why exec refused to run it
 */
#pragma once

struct error;

/* The path of PROGRAM as seen from here (inside the container, with the process's own ids): PROGRAM itself if it
 * contains a slash, else the first executable regular file of that name in ENV's PATH, or in the default one.  The
 * caller frees.  NULL with ERROR_EXEC, worded as clients expect. */
char *lookup_program(const char *program, char *const *env, struct error *err);

/* execve(2) refused PATH with NUMBER: fill ERR with the reason, beyond errno (refusal.h). */
int lookup_explain(const char *path, int number, char *const *args, char *const *env, struct error *err);
