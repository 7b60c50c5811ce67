/*
 * folder.h - a folder of the test's own, which others may enter, removed with all that is in it
 */
#pragma once
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static int folder_fd;

static int folder_make(void **state)
{
	(void) state;
	snprintf(folder, sizeof folder, "/tmp/ctr-run-unit.XXXXXX");
	if (!mkdtemp(folder) || chmod(folder, 0755) < 0)
		return -1;
	return (folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0;
}

static int folder_remove(void **state)
{
	char command[128];

	(void) state;
	close(folder_fd);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}
