/*
 * child.h - what a process cannot undo is tried in a child of the test
 */
#pragma once
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

#define SKIPPED 77

/* In such a child: the line number is the result where something is not so. */
#define NEED(condition) do { if (!(condition)) return __LINE__; } while (0)

/* Run WORK in a child; it returns 0, SKIPPED (the machine cannot) or the number of the line where something is not so. */
static void in_child(int (*work)(struct error *err))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct error err = { 0 };
		int r = work(&err);

		if (r && r != SKIPPED)
			fprintf(stderr, "line %d: %s\n", r, err.message);
		_exit(!r ? 0 : r == SKIPPED ? SKIPPED : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}
