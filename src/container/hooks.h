/*
 * hooks.h - the six moments at which others may act (runtime-spec config.md, POSIX-platform Hooks)
 *
 *	prestart, createRuntime	runtime's namespaces, after the mounts, before pivot_root
 *	createContainer		container's namespaces, before pivot_root
 *	startContainer		in the container, before the program is exec'd
 *	poststart		runtime's namespaces, after that
 *	poststop		runtime's namespaces, after delete
 *
 * A hook gets exactly its own env, the state on standard input, and no descriptor
 * of ours.  If it has no env it gets, as runc and crun have it, the runtime's
 * (without LD_*); startContainer's, a program of the container, the process's -
 * and nobody else that (CVE-2025-23266: one of the host was run with the image's
 * LD_PRELOAD).  All start in the bundle, createContainer's in the container's
 * root, as scripts for runc expect.
 */
#pragma once
#include <stddef.h>

#include "libocispec/ocispec.h"

struct error;

/* The files of the host to whose ends hooks print, or -1. */
struct hook_output {
	int out, err;
};

/* What the hooks of one moment are given. */
struct hook_setting {
	const char *state;		/* the state document */
	const char *cwd;		/* NULL: stay */
	char *const *env;		/* for those without one of their own; NULL: the runtime's */
	struct hook_output output;
};

/* Open what the annotations run.oci.hooks.stdout and run.oci.hooks.stderr name (crun's), from BUNDLE on, and make it if
 * it is not there.  Without them -1: a file of ours, whose tail the message of a failure has. */
int hook_output_open(const struct json_map *annotations, const char *bundle, struct hook_output *output,
		     struct error *err);
void hook_output_close(struct hook_output *output);

/* Run N hooks in order; NAME ("prestart") is for messages.  The first that fails, is killed or outlives its timeout
 * ends the list: -1 with ERROR_HOOK and the tail of what it printed; one at which we are interrupted (sys/interrupt.h),
 * with ERROR_INTERRUPTED.  Its whole process group is killed. */
int hooks_run(const char *name, const struct oci_hook *hooks, size_t n, const struct hook_setting *setting,
	      struct error *err);

/* The same where the list goes on whatever happens (poststop): failures are warnings, and being interrupted does not
 * keep the hooks from clearing up. */
void hooks_run_all(const char *name, const struct oci_hook *hooks, size_t n, const struct hook_setting *setting);

/* The state document (runtime.md, State) that hooks read: one line.  The caller frees. */
char *hooks_state(const char *id, const char *bundle, const char *status, int pid, const struct json_map *annotations);
