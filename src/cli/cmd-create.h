/* cmd-create.h - what create and run share */
#pragma once
#include "cli/cli.h"
#include "container/container.h"

#define CREATE_OPTIONS \
	{ 'b', "bundle",         TEXT(create_options, bundle),         "DIR", \
	  "the bundle: where config.json is (default: the current directory)" }, \
	{ 'f', "config",         TEXT(create_options, config),         "FILE", "read FILE instead of config.json" }, \
	{  0,  "console-socket", TEXT(create_options, console_socket), "SOCKET", \
	  "send the master end of the container's terminal to this unix socket" }, \
	{  0,  "pidfd-socket",   TEXT(create_options, pidfd_socket),   "SOCKET", \
	  "send a pidfd of the container's first process to this unix socket" }, \
	{  0,  "pid-file",       TEXT(create_options, pid_file),       "FILE", \
	  "write the pid of the container's first process to FILE" }, \
	{  0,  "no-pivot",       FLAG(create_options, no_pivot),       NULL, \
	  "move the root instead of pivot_root(2), for a host that runs from a ramdisk" }, \
	{  0,  "no-new-keyring", FLAG(create_options, no_new_keyring), NULL, "keep the caller's session keyring" }, \
	{  0,  "preserve-fds",   COUNT(create_options, preserve_fds),  "N", \
	  "pass on N more descriptors, from 3 + $LISTEN_FDS on" }

/* Fill in what the arguments and the global options say. */
int create_settle(struct cli *cli, struct create_options *options, char **args, struct error *err);
