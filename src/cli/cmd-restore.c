/* cmd-restore.c - ctr-run restore */
#include "cli/cmd-checkpoint.h"
#include "cli/cmd-create.h"

static const struct option restore_options[] = {
	CRIU_OPTIONS(restore_options),
	{ 'b', "bundle",            TEXT(restore_options, create.bundle),         "DIR",
	   "the bundle: where config.json is (default: the current directory)" },
	{ 'f', "config",            TEXT(restore_options, create.config),         "FILE",
	   "read FILE instead of config.json" },
	{ 'd', "detach",            FLAG(restore_options, create.detach),         NULL,
	   "do not wait for the container to end" },
	{  0,  "console-socket",    TEXT(restore_options, create.console_socket), "SOCKET",
	   "send the master end of the container's terminal to this unix socket" },
	{  0,  "pidfd-socket",      TEXT(restore_options, create.pidfd_socket),   "SOCKET",
	   "send a pidfd of the container's first process to this unix socket" },
	{  0,  "pid-file",          TEXT(restore_options, create.pid_file),       "FILE",
	   "write the pid of the container's first process to FILE" },
	{  0,  "keep",              FLAG(restore_options, create.keep),           NULL,
	   "do not delete the container when it has ended" },
	{  0,  "no-subreaper",      FLAG(restore_options, create.no_subreaper),   NULL,
	   "do not adopt processes orphaned by the container" },
	{  0,  "no-pivot",          FLAG(restore_options, create.no_pivot),       NULL,
	   "accepted for compatibility: CRIU enters the root" },
	{  0,  "no-new-keyring",    FLAG(restore_options, create.no_new_keyring), NULL,
	   "keep the caller's session keyring" },
	{  0,  "preserve-fds",      COUNT(restore_options, create.preserve_fds),  "N",
	   "pass on N more descriptors, from 3 + $LISTEN_FDS on, to replace those that the container was created "
	   "with" },
	{  0,  "tcp-close",         FLAG(restore_options, tcp_close),             NULL,
	   "restore TCP connections closed" },
	{  0,  "lsm-profile",       TEXT(restore_options, lsm_profile),           "TYPE:NAME",
	   "run under this AppArmor profile or SELinux label instead of the saved one" },
	{  0,  "lsm-mount-context", TEXT(restore_options, lsm_mount_context),     "CONTEXT",
	   "mount with this SELinux context instead of the saved one" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	struct restore_options *options = into;

	if (create_settle(cli, &options->create, args, err) < 0)
		return -1;
	options->criu.program = cli->globals.criu;
	return checkpoint_restore(options, err);
}

const struct verb verb_restore = {
	.name = "restore",
	.group = "Saving a container",
	.args = "ID",
	.summary = "resume a saved container from files",
	.about = "Makes the container ID from a bundle and from the files that \"" PROGRAM " checkpoint\" wrote: its "
		 "processes go on from where they were. Waits for it to end like \"run\", unless --detach is given. "
		 "After a failure nothing is left.",
	.options = restore_options,
	.size = sizeof(struct restore_options),
	.min = 1,
	.max = 1,
	.enters = true,
	.run = run,
};
