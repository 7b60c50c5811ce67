/* output.c - what a verb prints; see cli.h */
#include <unistd.h>

#include "cli/cli.h"
#include "sys/fd.h"

int output(const struct text *t, struct error *err)
{
	return t->n ? fd_write_all(STDOUT_FILENO, t->s, t->n, "standard output", err) : 0;
}
