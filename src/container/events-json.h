/*
 * events-json.h - the lines of `events`, as runc prints them
 *
 * Monitors were written against runc's output: order of the members, what is
 * left out when it is zero, maps sorted by key, null where a list was never
 * made.  Pure.  Beyond runc there is only "rdma", at the end, on machines that
 * have such devices.
 */
#pragma once
#include "cgroup/stats.h"
#include "tune/resctrl-stats.h"

struct arena;
struct text;

/* What one network interface has carried, seen from inside the container. */
struct interface_stats {
	char name[64];
	stats_count rx_bytes, rx_packets, rx_errors, rx_dropped, tx_bytes, tx_packets, tx_errors, tx_dropped;
};

struct interfaces {
	struct interface_stats *list;
	size_t n;
};

/* /proc/PID/net/dev: all but the loopback. */
void interfaces_parse(struct arena *arena, const char *text, struct interfaces *interfaces);

/* {"type":"stats",...} and a newline are added to OUT.  RDT: NULL if the container has none. */
void events_add_stats(struct text *out, const char *id, const struct cgroup_stats *stats,
		      const struct resctrl_stats *rdt, const struct interfaces *interfaces);

/* {"type":"oom","id":"..."} and a newline. */
void events_add_oom(struct text *out, const char *id);
