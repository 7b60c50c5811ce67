/* passwd.c - see passwd.h */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "process/passwd.h"
#include "sys/fd.h"

#define MAX_PASSWD (1 << 20)

const char *passwd_find_home(char *text, uid_t uid)
{
	for (char *line; (line = strsep(&text, "\n"));) {
		char *field[6];
		uint64_t id;

		for (int i = 0; i < 6; i++)
			field[i] = strsep(&line, ":");
		if (field[5] && field[5][0] == '/' && number_parse(field[2], 0, UINT32_MAX, &id) && id == uid)
			return field[5];
	}
	return NULL;
}

char *passwd_home(uid_t uid)
{
	auto_fd fd = open("/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	auto_free char *text = NULL;
	const char *home = NULL;
	struct error ignored;
	struct stat st;
	size_t n;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MAX_PASSWD)
		text = fd_read_all(fd, MAX_PASSWD, &n, &ignored);
	if (text)
		home = passwd_find_home(text, uid);
	return xstrdup(home ? home : "/");
}
