/* cmd-update.c - ctr-run update */
#include "cli/cli.h"
#include "container/container.h"

static const struct option update_options[] = {
	{ 'r', "resources",          TEXT(update_options, resources),          "FILE",
	   "read the limits from FILE (\"-\": standard input), a JSON object like linux.resources of a config, any "
	   "part of which may be missing; limits given as options are then ignored" },
	{  0,  "memory",             TEXT(update_options, memory),             "BYTES",
	   "limit memory, such as 512k, 64m, 2g; -1: no limit" },
	{  0,  "memory-swap",        TEXT(update_options, memory_swap),        "BYTES",
	   "limit memory and swap together; -1: no limit" },
	{  0,  "memory-reservation", TEXT(update_options, memory_reservation), "BYTES",
	   "memory to keep when memory gets scarce" },
	{  0,  "kernel-memory",      TEXT(update_options, kernel_memory),      "BYTES", NULL },
	{  0,  "kernel-memory-tcp",  TEXT(update_options, kernel_memory_tcp),  "BYTES", NULL },
	{  0,  "cpu-share",          TEXT(update_options, cpu_share),          "N",
	   "CPU weight relative to others, 2 to 262144; 1024 is usual" },
	{  0,  "cpu-quota",          TEXT(update_options, cpu_quota),          "MICROSECONDS",
	   "CPU time in each period; -1: no limit" },
	{  0,  "cpu-period",         TEXT(update_options, cpu_period),         "MICROSECONDS",
	   "length of a period, 1000 to 1000000" },
	{  0,  "cpu-burst",          TEXT(update_options, cpu_burst),          "MICROSECONDS",
	   "unused CPU time that may be saved up for later periods" },
	{  0,  "cpu-idle",           TEXT(update_options, cpu_idle),           "0|1",
	   "1: run only when no one else needs the CPU" },
	{  0,  "cpu-rt-period",      TEXT(update_options, cpu_rt_period),      "MICROSECONDS",
	   "length of a period for real-time processes" },
	{  0,  "cpu-rt-runtime",     TEXT(update_options, cpu_rt_runtime),     "MICROSECONDS",
	   "CPU time for real-time processes in each period" },
	{  0,  "cpuset-cpus",        TEXT(update_options, cpuset_cpus),        "LIST",
	   "CPUs to use, such as 0-3,8" },
	{  0,  "cpuset-mems",        TEXT(update_options, cpuset_mems),        "LIST", "memory nodes to use" },
	{  0,  "pids-limit",         TEXT(update_options, pids_limit),         "N",
	   "maximum number of processes and threads; -1: no limit" },
	{  0,  "blkio-weight",       TEXT(update_options, blkio_weight),       "N",
	   "block I/O weight relative to others, 10 to 1000" },
	{  0,  "l3-cache-schema",    TEXT(update_options, l3_cache_schema),    "SCHEMA",
	   "Intel RDT: portions of the L3 cache" },
	{  0,  "mem-bw-schema",      TEXT(update_options, mem_bw_schema),      "SCHEMA",
	   "Intel RDT: memory bandwidth" },
	{  0,  "ulimit",             LIST(update_options, ulimits),            "NAME=SOFT[:HARD]",
	   "set a resource limit (nofile, core ...) of all present and future processes" },
	{  0,  "oom-score-adj",      TEXT(update_options, oom_score_adj),      "N",
	   "how readily the kernel kills its processes when memory runs out, -1000 to 1000" },
	{ .kind = OPTION_END }
};

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	struct update_options *options = into;

	options->root = cli->globals.root;
	options->id = args[0];
	options->loaded = &cli->config;
	return container_update(options, err);
}

const struct verb verb_update = {
	.name = "update",
	.group = "The life of a container",
	.args = "ID",
	.summary = "change the limits of a running container",
	.about = "Changes what is given and leaves the rest as it is. All or nothing: if the kernel refuses one value, "
		 "those already written are put back. The container's stored config is changed, too: exec "
		 "and later updates start from it.",
	.options = update_options,
	.size = sizeof(struct update_options),
	.min = 1,
	.max = 1,
	.run = run,
};
