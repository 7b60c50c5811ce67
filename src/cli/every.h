/* every.h - one command for several containers: --regex of delete and kill */
#pragma once

struct error;

/* Call ACT for every container below ROOT whose id matches PATTERN, a POSIX extended regular expression, anywhere in
 * it, even if it fails for some of them.  ERR is the first failure, the others are warnings; a container that has
 * disappeared meanwhile is none.  The number of containers for which it worked, or -1. */
int every_match(const char *root, const char *pattern, int (*act)(void *context, const char *id, struct error *err),
		void *context, struct error *err);
