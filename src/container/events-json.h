/*
 * events-json.h - the lines of `events`, as runc prints them
 *
 * Monitors were written against runc's output, so we keep its order of members,
 * its omission of zeros, its maps sorted by key, and its null for a list never
 * made.  Pure.  The only addition is "rdma", at the end, on machines with such
 * devices.
 */
#pragma once
#include "cgroup/stats.h"
#include "tune/resctrl-stats.h"

struct arena;
struct text;

/* Traffic of one network interface, seen from inside the container. */
struct interface_stats {
	char name[64];
	stats_count rx_bytes, rx_packets, rx_errors, rx_dropped, tx_bytes, tx_packets, tx_errors, tx_dropped;
};

struct interfaces {
	struct interface_stats *list;
	size_t n;
};

/* Parse TEXT, a /proc/PID/net/dev: all interfaces but the loopback. */
void interfaces_parse(struct arena *arena, const char *text, struct interfaces *interfaces);

/* Add {"type":"stats",...} and a newline to OUT.  RDT: NULL if the container has none. */
void events_add_stats(struct text *out, const char *id, const struct cgroup_stats *stats,
		      const struct resctrl_stats *rdt, const struct interfaces *interfaces);

/* Add {"type":"oom","id":"..."} and a newline. */
void events_add_oom(struct text *out, const char *id);
