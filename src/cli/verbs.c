/* verbs.c - all commands, in the order of the help */
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/suggest.h"

const struct verb *const verbs[] = {
	&verb_create, &verb_start, &verb_run, &verb_kill, &verb_delete, &verb_pause, &verb_resume, &verb_update,
	&verb_exec, &verb_mounts, &verb_ps, &verb_events,
	&verb_state, &verb_list,
	&verb_checkpoint, &verb_restore,
	&verb_spec, &verb_explain,
	&verb_features, &verb_version, &verb_help,
	NULL
};

const struct verb *verb_find(const char *name)
{
	for (const struct verb *const *v = verbs; *v; v++)
		if (!strcmp((*v)->name, name))
			return *v;
	return NULL;
}

int verb_unknown(const char *name, struct error *err)
{
	struct suggestion best = { 0 };

	for (const struct verb *const *v = verbs; *v; v++)
		suggestion_try(&best, name, strlen(name), (*v)->name);
	if (best.word)
		return fail_code(err, ERROR_USAGE, "unknown command \"%.100s\" (did you mean \"%s\"?)", name,
				 best.word);
	return fail_code(err, ERROR_USAGE, "unknown command \"%.100s\" (\"%s help\" lists them)", name, PROGRAM);
}
