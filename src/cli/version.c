/* version.c - the only file that knows the commit, so that a commit rebuilds only this one */
#include <seccomp.h>

#include "cli/cli.h"
#include "libocispec/version.h"

#ifndef COMMIT
#define COMMIT "unknown"
#endif

/* dockerd expects lines "WORD version X" and "commit: C". */
void version_text(struct text *t)
{
	const struct scmp_version *v = seccomp_version();

	text_addf(t, "%s version %s\ncommit: %s\nspec: " OCI_VERSION "\n", PROGRAM, VERSION, COMMIT);
	if (v)
		text_addf(t, "libseccomp: %u.%u.%u\n", v->major, v->minor, v->micro);
}

static int run(struct cli *cli, void *options, char **args, struct error *err)
{
	auto_text t = { 0 };

	(void) cli;
	(void) options;
	(void) args;
	version_text(&t);
	return output(&t, err);
}

const struct verb verb_version = {
	.name = "version",
	.group = "Bundles and this build",
	.args = "",
	.summary = "print the version",
	.about = "Prints the version, the commit it was built from, the version of the runtime-spec and that of "
		 "libseccomp.",
	.run = run,
};
