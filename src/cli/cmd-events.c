/* cmd-events.c - ctr-run events */
#include "base/error.h"
#include "base/number.h"
#include "cli/cli.h"
#include "container/container.h"

struct cmd_events { const char *interval; bool stats; };

static const struct option options[] = {
	{ 0, "interval", TEXT(cmd_events, interval), "DURATION",
	  "time between lines of statistics, such as 500ms, 5s, 1m30s (default: 5s)" },
	{ 0, "stats",    FLAG(cmd_events, stats),    NULL, "print one line of statistics and exit" },
	{ .kind = OPTION_END }
};

static int print(void *context, const char *line, struct error *err)
{
	auto_text t = { 0 };

	(void) context;
	text_add(&t, line);
	return output(&t, err);
}

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct cmd_events *o = into;
	const char *interval = o->interval ? o->interval : "5s";
	struct events_options events = { .root = cli->globals.root, .id = args[0], .stats = o->stats, .line = print };

	/* "-5s" is a duration too, just not one to wait for. */
	if (!number_parse_duration(interval + (*interval == '-'), &events.interval))
		return fail_code(err, ERROR_USAGE, "invalid value \"%s\" for flag -interval: not a duration such as 5s",
				 interval);
	if (*interval == '-' || events.interval <= 0)
		return fail_code(err, ERROR_USAGE, "duration interval must be greater than 0");
	return container_events(&events, err);
}

const struct verb verb_events = {
	.name = "events",
	.group = "Inside a container",
	.args = "ID",
	.summary = "report what a container uses, and when it runs out of memory",
	.about = "Prints a line of JSON with what the container has used so far (processor time, memory, processes, "
		 "block devices, huge pages, network) each interval, and one when it has run out of memory. Exits when "
		 "the container has stopped.",
	.options = options,
	.size = sizeof(struct cmd_events),
	.min = 1,
	.max = 1,
	.run = run,
};
