/* cmd-spec.c - ctr-run spec */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/cli.h"
#include "sys/fd.h"

struct spec_options { const char *bundle, *config; bool rootless; };

static const struct option spec_options[] = {
	{ 'b', "bundle",   TEXT(spec_options, bundle),   "DIR",
	  "write the file to DIR (default: the current directory)" },
	{ 'f', "config",   TEXT(spec_options, config),   "FILE", "write FILE instead of config.json" },
	{  0,  "rootless", FLAG(spec_options, rootless), NULL, "make a config for an unprivileged user" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct spec_options *options = into;
	const char *bundle = options->bundle ? options->bundle : ".";
	const char *name = options->config ? options->config : "config.json";
	auto_fd dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_free char *json = NULL;

	(void) cli;
	(void) args;
	if (dir < 0)
		return fail(err, errno, "open the bundle %s", bundle);
	/* O_EXCL: never overwrite anybody's work, not even that of a `spec` running at the same time. */
	auto_fd fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0 && errno == EEXIST)
		return fail_code(err, ERROR_EXISTS, "File %s exists. Remove it first", name);
	if (fd < 0)
		return fail(err, errno, "create %s", name);
	json = config_template(options->rootless, geteuid(), getegid());
	if (fd_write_all(fd, json, strlen(json), name, err) == 0)
		return 0;
	/* Half a config is worse than none. */
	unlinkat(dir, name, 0);
	return -1;
}

const struct verb verb_spec = {
	.name = "spec",
	.group = "Bundles and this build",
	.args = "",
	.summary = "write a config.json to start from",
	.about = "Writes config.json for a bundle whose root file system is the directory rootfs beside it. It "
		 "runs \"sh\" in a terminal, in namespaces of its own; edit it to suit your needs. An existing "
		 "config.json is left alone.",
	.options = spec_options,
	.size = sizeof(struct spec_options),
	.run = run,
};
