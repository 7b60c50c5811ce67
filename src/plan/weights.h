/* weights.h - the cgroup's numbers where they are not the config's */
#pragma once

/* cpu.shares (2 .. 262144) as cpu.weight (1 .. 10000). */
unsigned cpu_weight_of_shares(unsigned long long shares);

/* blkio.weight (10 .. 1000) as io.weight (1 .. 10000). */
unsigned io_weight_of_blkio(unsigned weight);

/* pids.limit as pids.max and systemd's TasksMax; negative: no limit.  0 is a limit too (runtime-spec 1.3): no process
 * may make another.  1 means just that to those who are in the cgroup, the first one can be born there under it, and
 * systemd takes no less. */
long long pids_max_of_limit(long long limit);
