/*
 * planner.h - what the files of this room share
 *
 * plan_make() (make.c) calls one function per topic, in the order of this list:
 * namespaces come first because devices, capabilities and half of the mounts
 * depend on whether there is a user namespace; mounts come before the devices
 * that lie in them; what makes something read-only comes last of all.
 *
 * config_check() has already found what is wrong with a config on any host.
 * This room refuses what this host, or two properties together, make
 * impossible.
 */
#pragma once
#include "libocispec/arena.h"
#include "plan/plan.h"
#include "sys/host.h"

struct planner {
	struct arena *arena;
	const struct oci_config *config;
	const struct oci_linux *linux;	/* of the config; an empty one if it has none */
	const struct host *host;
	const struct plan_options *options;
	const char *mounts;		/* pointer to the mounts: "/mounts" */
	bool live;			/* they are for a running container, which cannot see the host's mounts */
	struct plan *plan;		/* the result */
	struct step *steps;		/* its steps, while they grow */
	size_t n_steps;
	struct error *err;
};

/* Each fills its part of p->plan: 0, or -1 with p->err pointing into the config. */
int plan_namespaces(struct planner *p);	/* namespaces.c */
int plan_rootfs(struct planner *p);	/* rootfs-plan.c: the root itself; calls the next four */
int plan_mounts(struct planner *p);	/* mounts.c */
void plan_devices(struct planner *p);	/* devices.c */
void plan_symlinks(struct planner *p);	/* devices.c */
void plan_late_steps(struct planner *p);	/* late.c; calls the next one */
void plan_seals(struct planner *p);	/* late.c: what becomes read-only */
int plan_net_devices(struct planner *p);	/* network.c */
void plan_sysctls(struct planner *p);	/* sysctls.c */
void plan_rdt(struct planner *p);	/* rdt.c */
int plan_cgroup(struct planner *p);	/* cgroup-path.c; calls the next one with --systemd-cgroup */
int plan_unit(struct planner *p);	/* unit-name.c */
int plan_filter(struct planner *p);	/* seccomp-annotations.c */

/* For plan_make_mounts(): as plan_rootfs(), but mounts alone. */
int plan_live_rootfs(struct planner *p);	/* rootfs-plan.c */

/* Why a label is impossible: runc's words, which clients look for. */
extern const char plan_no_apparmor[], plan_no_selinux[];

/* Append a step; the result is valid until the next is added. */
struct step *step_add(struct planner *p, enum step_action action, const char *target, const char *pointer);

/* "/mounts/3", and the same for a key that is not a number, with "/" and "~" escaped as in RFC 6901. */
const char *pointer_index(struct arena *arena, const char *prefix, size_t i);
const char *pointer_key(struct arena *arena, const char *prefix, const char *key);

/* PATH cleaned (sys/path.h), in the arena. */
const char *clean_path(struct arena *arena, const char *path);

/* The maps of CONFIG's user namespace: fills NS's members from uids to narrowed (id-maps.c).  JOINED: the namespace has
 * its maps already. */
void plan_id_maps(struct arena *arena, const struct oci_config *config, const struct host *host, bool joined,
		  struct namespace_plan *ns);

/* Parts of a process: OUT's env (environment.c) and its capabilities, when its user is known (capabilities.c). */
void plan_environment(struct arena *arena, const struct oci_process *process, struct process_plan *out);
void plan_capabilities(struct arena *arena, const struct oci_capabilities *asked, const struct host *host,
		       bool user_namespace, struct process_plan *out);
