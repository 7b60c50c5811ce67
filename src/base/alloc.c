/* alloc.c - see alloc.h */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

static void *or_die(void *p)
{
	static const char text[] = "ctr-run: out of memory\n";

	if (!p) {
		(void) !write(STDERR_FILENO, text, sizeof text - 1);
		_exit(1);
	}
	return p;
}

void *xmalloc(size_t size)
{
	return or_die(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return or_die(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return or_die(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return or_die(strdup(s));
}

char *xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return or_die(s);
}

void *xgrow(void *p, size_t n, size_t size)
{
	char **array = p;

	if ((n & (n - 1)) == 0) {
		size_t room = n ? 2 * n : 1;
		if (room > SIZE_MAX / 2 / size)
			or_die(NULL);
		*array = xrealloc(*array, room * size);
	}
	return memset(*array + n * size, 0, size);
}
