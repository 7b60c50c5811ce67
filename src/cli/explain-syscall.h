/* explain-syscall.h - `explain --syscall`: what becomes of one system call, and because of what in the config */
#pragma once
#include <stdbool.h>

struct config;
struct error;

/* Print the answer to QUESTION, "NAME[,ARGUMENT=VALUE...]", for the loaded CONFIG: a table, or JSON.  0, or -1 with
 * ERR. */
int explain_syscall(const struct config *config, const char *question, bool json, struct error *err);
