/* explain-syscall.h - `explain --syscall`: what happens to one system call, and which part of the config decides it */
#pragma once
#include <stdbool.h>

struct config;
struct error;

/* Print the answer to QUESTION, "NAME[,ARGUMENT=VALUE...]", for the loaded CONFIG: a table, or JSON.  0, or -1 with
 * ERR. */
int explain_syscall(const struct config *config, const char *question, bool json, struct error *err);
