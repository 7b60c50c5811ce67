/* disable.c - see disable.h */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/disable.h"

bool disabled(const char *what)
{
	static const char *list;
	size_t n = strlen(what);

	if (!list) {
		list = secure_getenv("CTR_RUN_DISABLE");
		/* The environment may be wiped later. */
		list = list ? xstrdup(list) : "";
	}
	for (const char *p = list; *p; p += strcspn(p, ",")) {
		p += strspn(p, ",");
		if (!strncmp(p, what, n) && (p[n] == ',' || !p[n]))
			return true;
	}
	return false;
}
