/* cmd-exec.c - ctr-run exec */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "container/container.h"

static const struct option exec_options[] = {
	{ 'p', "process",         TEXT(exec_options, process_file),    "FILE",
	   "read the process (JSON, as in config.json) from FILE" },
	{ 'd', "detach",          FLAG(exec_options, detach),          NULL, "do not wait for the program to end" },
	{ 't', "tty",             FLAG(exec_options, tty),             NULL, "give it a terminal" },
	{  0,  "console-socket",  TEXT(exec_options, console_socket),  "SOCKET",
	   "send the master end of its terminal to this unix socket" },
	{  0,  "pidfd-socket",    TEXT(exec_options, pidfd_socket),    "SOCKET",
	   "send its pidfd to this unix socket" },
	{  0,  "pid-file",        TEXT(exec_options, pid_file),        "FILE", "write its pid to FILE" },
	{  0,  "cwd",             WORD(exec_options, cwd),             "PATH",
	   "its working directory in the container" },
	{ 'e', "env",             LIST(exec_options, env),             "NAME=VALUE", "add to its environment" },
	{ 'u', "user",            WORD(exec_options, user),            "UID[:GID]",
	   "user and group to run as, in numbers" },
	{ 'g', "additional-gids", LIST(exec_options, additional_gids), "GID", "add a supplementary group" },
	{ 'c', "cap",             LIST(exec_options, caps),            "CAP", "add a capability" },
	{  0,  "no-new-privs",    TOGGLE(exec_options, no_new_privs),  NULL,
	   "no program that it starts may gain privileges" },
	{  0,  "apparmor",        WORD(exec_options, apparmor),        "PROFILE", "its AppArmor profile" },
	{  0,  "process-label",   WORD(exec_options, process_label),   "LABEL", "its SELinux label" },
	{  0,  "cgroup",          LIST(exec_options, cgroup),          "[CONTROLLER:]PATH",
	   "run it in an existing cgroup below the container's" },
	{  0,  "preserve-fds",    COUNT(exec_options, preserve_fds),   "N",
	   "pass on N more descriptors, from 3 + $LISTEN_FDS on" },
	{  0,  "ignore-paused",   FLAG(exec_options, ignore_paused),   NULL,
	   "try it even if the container is paused" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	struct exec_options *options = into;
	int code;

	options->root = cli->globals.root;
	options->id = *args++;
	options->loaded = &cli->config;
	/* "exec ID -- ls", as for kubectl: no program is called "--". */
	if (*args && !strcmp(*args, "--"))
		args++;
	if (options->process_file && *args)
		log_warn("\"%s\" is ignored: the program comes from %s", *args, options->process_file);
	else
		options->args = args;
	if (!options->process_file && !*args)
		return fail_code(err, ERROR_SYSTEM, "exec failed: process args cannot be empty");
	code = container_exec(options, err);
	if (code < 0 && !err->pointer[0] && !err->line)
		wrap(err, "exec failed");
	return code;
}

const struct verb verb_exec = {
	.name = "exec",
	.group = "Inside a container",
	.args = "ID [PROGRAM [ARGUMENT...]]",
	.summary = "run a further program in a running container",
	.about = "Runs PROGRAM in a container, with the environment, user and limits of the container's own process "
		 "unless options say otherwise, and ends with its exit code. Options end at ID: what follows "
		 "PROGRAM belongs to it. The exit code is 255 if it could not be started.",
	.options = exec_options,
	.size = sizeof(struct exec_options),
	.min = 1,
	.max = -1,
	.in_order = true,
	.enters = true,
	.failure = 255,
	.run = run,
};
