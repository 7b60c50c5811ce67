/* cmd-ps.h - the part of `ps` that can be tested without a container */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct error;
struct text;

/* From TABLE, which ps(1) printed, add to OUT the title line and the lines that have one of the sorted PIDS in the
 * column titled PID.  -1 with ERR if there is no such column. */
int ps_filter(const char *table, const pid_t *pids, size_t n_pids, struct text *out, struct error *err);
