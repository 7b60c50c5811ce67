/* main.c - the first lines that run */
#include "cli/cli.h"
#include "sys/fd.h"
#include "sys/signals.h"

int main(int argc, char **argv)
{
	/* Before anything is opened: a file that became descriptor 2 would receive what is meant for people. */
	fd_fill_stdio();
	signal_want_children();
	return cli_main(argc, argv);
}
