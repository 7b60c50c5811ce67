/* create.c - create and run */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "container/ended.h"
#include "container/foreground.h"
#include "container/hooks.h"
#include "container/launch.h"
#include "container/notify.h"
#include "container/store.h"
#include "sys/process.h"

static int fail_located(struct launch *launch, struct error *err)
{
	config_locate(launch->options->loaded, err);
	launch_undo(launch);
	launch_close(launch);
	return wrap(err, "%s %s", launch->run ? "run" : "create", launch->options->id);
}

int container_create(struct create_options *options, struct error *err)
{
	struct launch launch = { .options = options };

	if (launch_decide(&launch, err) < 0 || launch_make(&launch, err) < 0)
		return fail_located(&launch, err);
	launch_close(&launch);
	return 0;
}

/* The program runs: what the spec calls poststart. */
static int after_start(struct launch *launch, struct error *err)
{
	const struct oci_hooks *hooks = launch->plan.config->hooks;

	if (!hooks || !hooks->n_poststart)
		return 0;
	auto_free char *state =
		hooks_state(launch->plan.id, launch->bundle, "running", launch->pid, &launch->plan.config->annotations);
	struct hook_setting setting = { .state = state, .cwd = launch->bundle, .output = launch->hook_output };
	return hooks_run("poststart", hooks->poststart, hooks->n_poststart, &setting, err);
}

int container_run(struct create_options *options, struct error *err)
{
	struct launch launch = { .options = options, .run = true };
	int code = 0;

	if (!options->detach && !options->no_subreaper && foreground_subreaper(err) < 0)
		return -1;
	/* As long as nothing is made, a signal ends us as it ends anybody. */
	if (launch_decide(&launch, err) < 0 || (!options->detach && foreground_block_signals(err) < 0) ||
	    launch_make(&launch, err) < 0 || after_start(&launch, err) < 0)
		return fail_located(&launch, err);
	/* From here on others may delete it. */
	store_unlock(launch.folder);
	if (options->detach) {
		if (launch.notify >= 0)
			notify_wait(launch.notify, launch.pid, launch.pidfd);
		launch_close(&launch);
		return 0;
	}
	struct foreground f = { .pid = launch.pid, .pidfd = launch.pidfd, .master = launch.master, .notify = launch.notify,
				.memory = options->keep && launch.cgroup.unit ? &launch.cgroup : NULL };
	code = foreground_stay(&f, err);
	if (code >= 0 && options->keep && ended_note(launch.folder, options->id, &f, &launch.cgroup, err) < 0)
		code = -1;
	if (!options->keep) {
		struct error at_end = { 0 };
		/* Reaped; but if we could not stay, it is there and goes with the rest. */
		if (code >= 0)
			launch.pid = 0;
		launch.hooked = true;
		store_lock(launch.folder, true);
		if (launch_remove(&launch, &at_end) < 0 && code >= 0) {
			*err = at_end;
			code = -1;
		}
	}
	launch_close(&launch);
	return code;
}
