/* create.c - create and run */

#include "base/cleanup.h"
#include "base/error.h"
#include "container/launch.h"
#include "process/foreground.h"
#include "process/hooks.h"

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

/* The program runs: do what is due then, such as poststart hooks. */
static int after_start(struct launch *launch, struct error *err)
{
	const struct oci_hooks *hooks = launch->plan.config->hooks;

	if (!hooks || !hooks->n_poststart)
		return 0;
	auto_free char *state =
		hooks_state(launch->plan.id, launch->bundle, OCI_STATUS_RUNNING, launch->pid,
			    &launch->plan.config->annotations);
	struct hook_setting setting = { .state = state, .cwd = launch->bundle, .output = launch->hook_output };
	return hooks_run("poststart", hooks->poststart, hooks->n_poststart, &setting, err);
}

int container_run(struct create_options *options, struct error *err)
{
	struct launch launch = { .options = options, .run = true };
	int code;

	if (!options->detach && !options->no_subreaper && foreground_subreaper(err) < 0)
		return -1;
	/* Until something has been made, signals have their default effect. */
	if (launch_decide(&launch, err) < 0 || (!options->detach && foreground_block_signals(err) < 0) ||
	    launch_make(&launch, err) < 0 || after_start(&launch, err) < 0)
		return fail_located(&launch, err);
	code = launch_stay(&launch, err);
	launch_close(&launch);
	return code;
}
