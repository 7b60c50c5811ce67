/*
 * hooks.h - the six points at which hooks run (runtime-spec config.md, POSIX-platform Hooks)
 *
 *	prestart, createRuntime	runtime's namespaces, after the mounts, before pivot_root
 *	createContainer		container's namespaces, before pivot_root
 *	startContainer		in the container, before the program is exec'd
 *	poststart		runtime's namespaces, after that
 *	poststop		runtime's namespaces, after delete
 *
 * A hook gets exactly its own env, the state on standard input, and no descriptor of ours.
 * Without an env of its own it gets the runtime's (without LD_*), as with runc and crun.
 * Only startContainer hooks, being programs of the container, get the process's env instead
 * (CVE-2025-23266: a hook of the host ran with the image's LD_PRELOAD).  Hooks start in the
 * bundle, createContainer hooks in the container's root, as scripts for runc expect.
 */
#pragma once
#include <stddef.h>

#include "libocispec/ocispec.h"

struct error;

/* Files of the host to which hooks' output is appended, or -1. */
struct hook_output {
	int out, err;
};

/* What the hooks of one point are given. */
struct hook_setting {
	const char *state;		/* the state document */
	const char *cwd;		/* NULL: stay */
	char *const *env;		/* for hooks without their own; NULL: the runtime's */
	struct hook_output output;
};

/* Open the files that crun's annotations run.oci.hooks.stdout and run.oci.hooks.stderr name, relative to BUNDLE, making
 * them if missing.  Without them -1: output goes to a file of ours, whose tail goes into the message if a hook
 * fails. */
int hook_output_open(const struct json_map *annotations, const char *bundle, struct hook_output *output,
		     struct error *err);
void hook_output_close(struct hook_output *output);

/* Run N hooks in order; NAME ("prestart") is for messages.  The first that fails, is killed or exceeds its timeout ends
 * the list: -1 with ERROR_HOOK and the tail of its output.  So does an interruption (sys/interrupt.h), with
 * ERROR_INTERRUPTED.  The hook's whole process group is killed. */
int hooks_run(const char *name, const struct oci_hook *hooks, size_t n, const struct hook_setting *setting,
	      struct error *err);

/* The same for a list that goes on whatever happens (poststop): failures are warnings, and an interruption does not
 * keep the hooks from cleaning up. */
void hooks_run_all(const char *name, const struct oci_hook *hooks, size_t n, const struct hook_setting *setting);

/* The state document (runtime.md, State) that hooks read: one line.  The caller frees. */
char *hooks_state(const char *id, const char *bundle, enum oci_status status, int pid,
		  const struct json_map *annotations);
