/*
 * every.c - one command for several containers
 *
 * As crun has it, with two differences: a container that refuses does not pass
 * unnoticed in the exit code, and an empty pattern, which comes from a variable
 * that is not set rather than from somebody who means all containers, is an
 * error.
 */
#include <regex.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/every.h"
#include "container/container.h"

static int compile(regex_t *regex, const char *pattern, struct error *err)
{
	char why[64];
	int problem;

	if (!*pattern)
		return fail_code(err, ERROR_USAGE,
				 "an empty pattern would match every container; if that is meant, say \".\"");
	problem = regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);
	if (!problem)
		return 0;
	regerror(problem, regex, why, sizeof why);
	return fail_code(err, ERROR_USAGE, "\"%s\" is not a regular expression: %s", pattern, why);
}

int every_match(const char *root, const char *pattern, int (*act)(void *context, const char *id, struct error *err),
		void *context, struct error *err)
{
	int done = 0, failed = 0;
	regex_t regex;
	char **ids;

	if (compile(&regex, pattern, err) < 0)
		return -1;
	if (container_list(root, &ids, err) < 0) {
		regfree(&regex);
		return -1;
	}
	for (char **id = ids; *id; id++) {
		struct error why = { 0 };

		if (regexec(&regex, *id, 0, NULL, 0) != 0)
			continue;
		if (act(context, *id, &why) == 0) {
			done++;
		} else if (why.code != ERROR_NOT_FOUND) {
			if (failed++)
				log_warn("%s", why.message);
			else
				*err = why;
		}
	}
	container_list_free(ids);
	regfree(&regex);
	if (failed)
		return wrap(err, "%d of the %d containers that match \"%s\"", failed, done + failed, pattern);
	return done;
}
