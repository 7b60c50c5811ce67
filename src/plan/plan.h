/*
 * plan.h - everything that will be done for a container, decided beforehand
 *
 *	config (what is asked for) + host (facts) -> plan -> hands
 *
 * plan_make() is a pure function.  It finds all that can be wrong with a config
 * on this host before anything is touched, and returns a list of steps that
 * rooms above carry out without deciding anything further.  So the code that
 * runs inside the container stays small, the plan can be printed
 * (`ctr-run explain`) and tested without root, and each step knows the JSON
 * pointer that asked for it.
 *
 * All memory of a plan lies in the arena it was made in; it points into the config.
 */
#pragma once
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "libocispec/ocispec.h"

struct arena;
struct error;
struct host;
struct unit_plan;

/* ---- namespaces ------------------------------------------------------- */

struct namespace_join {
	int flag;		/* CLONE_NEWNET ... */
	const char *path;
	const char *pointer;	/* "/linux/namespaces/2" */
};

struct namespace_plan {
	uint64_t create;	/* CLONE_NEW* made at birth: user, mount, pid, net, ipc, uts (except `late`) */
	bool create_cgroup;	/* made by init itself, once it is in its cgroup */
	bool create_time;	/* made by the runtime for its child: offsets must be written before anyone is inside */
	bool time_inside;	/* by init itself instead, since its user namespace is new */
	const char *time_offsets;	/* text for /proc/PID/timens_offsets, or NULL */
	struct namespace_join *join;	/* in the order to join: user first, pid next */
	size_t n_join;
	bool middle;		/* a middle process must join first: a user namespace, or others before a new user
				 * namespace is made */
	uint64_t late;		/* those of `create` that init makes itself, once it is root of its user namespace */
	const struct oci_id_mapping *uids, *gids;	/* of a new user namespace; NULL: none */
	size_t n_uids, n_gids;
	const char *uid_writer, *gid_writer;	/* newuidmap, newgidmap: who must write them; NULL: we do */
	bool deny_setgroups;	/* before gid_map is written */
	bool narrowed;		/* only one id is mapped, not all that the config wants: those programs are missing */
	bool user;		/* the container has a user namespace of its own (new or joined) */
};

/* The namespace of kind FLAG that is joined, or NULL. */
const struct namespace_join *namespace_joined(const struct namespace_plan *plan, int flag);

/* True if the container gets its own namespace of kind FLAG, new or joined; else it is in ours. */
bool namespace_is_own(const struct namespace_plan *plan, int flag);

/* ---- the root file system --------------------------------------------- */

enum step_action {
	STEP_BIND,	/* source (file or folder of the host) on target */
	STEP_MOUNT,	/* a new file system of `type` on target */
	STEP_CGROUP,	/* the container's view of the cgroup tree on target */
	STEP_PROPAGATE,	/* change the propagation of what is mounted at target; no new mount */
	STEP_REMOUNT,	/* change the attributes of the mount at target, and (data, super) its file system */
	STEP_DEVICE,	/* a device node (or FIFO) at target; with a source: bind the host's node there instead, once
			 * it is verified to be major:minor (mknod(2) is refused in a user namespace) */
	STEP_SYMLINK,	/* source is the text of the link at target */
	STEP_CONSOLE,	/* the pty on target (/dev/console) */
	STEP_SEAL,	/* make the mount of step `of` read-only, now that it is filled; of == -1: the root itself */
	STEP_READONLY,	/* bind target on itself, read-only */
	STEP_MASK,	/* hide target */
};

struct step {
	enum step_action action;
	const char *source;	/* BIND: host path, absolute; MOUNT: device or name; SYMLINK: link text; DEVICE: the
				 * host's node, or NULL */
	const char *target;	/* path in the container, absolute */
	const char *type;	/* MOUNT: file system type */
	const char *data;	/* MOUNT: options for the file system, "size=64k,mode=755", or NULL */
	uint64_t set, clear;	/* MOUNT_ATTR_* of the mount itself, for mount_setattr(2); access times need
				 * MOUNT_ATTR__ATIME in clear */
	uint64_t set_all, clear_all;	/* the r* options: the same for the whole tree, applied before set and clear */
	uint64_t super;		/* of the file system: MS_SYNCHRONOUS, MS_DIRSYNC, MS_LAZYTIME, MS_MANDLOCK, MS_RDONLY,
				 * and MS_SILENT, MS_I_VERSION, which the kernel now ignores */
	uint64_t propagation[4];	/* MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, perhaps | MS_REC, in order */
	unsigned n_propagation;
	bool recursive;		/* BIND: rbind */
	bool filled;		/* BIND: read-only from the start; missing targets below it are made in a writable copy
				 * that is attached nowhere, so that nothing else can be made there */
	bool copy_up;		/* tmpfs: starts as a copy of what it covers */
	bool no_follow_source, no_follow_target;	/* src-nofollow, dest-nofollow */
	bool copy_symlink;	/* a source that is a symlink is recreated as a symlink */
	bool idmap, idmap_recursive;
	const struct oci_id_mapping *uids, *gids;	/* of idmap; NULL: those of the joined user namespace, which
							 * the config does not give */
	size_t n_uids, n_gids;
	bool outside;		/* BIND, DEVICE: the source is opened by the runtime, before the container's namespaces
				 * exist; else by init.  MOUNT: made by the runtime, for a file system with mapped
				 * ids */
	const char *within;	/* BIND: if the source lies on what an earlier step mounts, its path in the container,
				 * where init opens it; else NULL */
	bool optional;		/* a missing target is no error (masks, read-only paths) */
	bool mode_from_target;	/* tmpfs without mode=: takes the mode of the folder it covers, if that existed */
	bool owner_from_target;	/* tmpfs with copy_up, without uid= and gid=: takes its owner, too */
	mode_t mode;		/* DEVICE: type and permissions, no umask */
	unsigned major, minor;
	uid_t uid;		/* DEVICE: owner, as the container sees it */
	gid_t gid;
	int of;			/* SEAL: index of the step, -1 for the root */
	const char *pointer;	/* "/mounts/3": where a fault points; "" for steps that no config asked for */
};

struct rootfs_plan {
	const char *path;	/* absolute; opened once, by the runtime */
	bool no_pivot;
	bool on_host;		/* no mount namespace of its own: its mounts are the host's, below one at PATH */
	uint64_t propagation;	/* of the tree while it is built: MS_SLAVE | MS_REC unless rootfsPropagation asks for
				 * something else */
	uint64_t final_propagation;	/* of / at the end; 0: leave it */
	const struct step *steps;
	size_t n_steps;
	size_t n_early;		/* steps done before the hooks; the rest (seal, read-only, mask) follow them */
	const char *mount_label;
};

struct net_device_plan {
	const char *host, *name;	/* its name here, and in the container, which may contain "%d" */
	const char *pointer;
};

struct rdt_schema {
	const char *line;	/* "L3:0=7f0;1=1f" */
	const char *pointer;
};

struct rdt_plan {
	const char *group;	/* folder below the root of resctrl; "": the root */
	bool temporary;		/* it is this container's own: made if missing, removed with the container */
	const char *monitor;	/* name of a monitoring group in it, or NULL */
	struct rdt_schema *schemata;	/* in the order to write */
	size_t n_schemata;
};

struct sysctl_plan {
	const char *path;	/* below /proc/sys, with slashes */
	const char *value;
	int flag;		/* CLONE_NEW* of the namespace that it belongs to */
	const char *pointer;
};

/* ---- the process ------------------------------------------------------ */

struct capability_sets {
	uint64_t bounding, effective, permitted, inheritable, ambient;
};

struct rlimit_plan {
	int resource;
	const char *name;
	struct rlimit value;	/* 64-bit: RLIM_INFINITY is all ones */
};

struct process_plan {
	char **args;		/* NULL-terminated */
	char **env;		/* NULL-terminated; the last of doubled keys wins; init adds HOME and LISTEN_* */
	size_t n_env;
	const char *cwd;
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t n_groups;
	bool keep_groups;	/* annotation run.oci.keep_original_groups */
	bool set_groups;	/* false where setgroups(2) is denied (single-id user namespace) */
	mode_t umask;
	bool terminal;
	unsigned short rows, columns;	/* 0: not given */
	struct capability_sets caps;
	const char *dropped_caps;	/* names that cannot be granted here, for the warning, or NULL */
	const char *dropped_ambient;	/* ambient ones that are not also inheritable and permitted, or NULL */
	bool misses_ambient;	/* it makes a difference to the program that they are not ambient */
	bool no_new_privs;
	const struct rlimit_plan *rlimits;
	size_t n_rlimits;
	bool has_oom_score_adj;
	int oom_score_adj;
	const char *apparmor, *selinux;	/* NULL: none */
	const struct oci_scheduler *scheduler;
	const struct oci_io_priority *io_priority;
	const struct oci_cpu_affinity *affinity;	/* of an exec'd process only */
};

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)	/* 5.19 */
#endif

/* A seccomp filter ready for seccomp(2). */
struct seccomp_plan {
	const struct sock_filter *filter;
	unsigned short n_filter;	/* 0: none */
	unsigned flags;			/* SECCOMP_FILTER_FLAG_* */
	const char *listener_path, *listener_metadata;	/* for SCMP_ACT_NOTIFY, else NULL */
	bool raw;			/* taken as it is from an annotation */
};

/* ---- cgroup ----------------------------------------------------------- */

struct planned_write {		/* one value into one file, because of the property at POINTER */
	const char *file, *value, *pointer;
};

struct cgroup_plan {
	bool disabled;		/* no cgroup at all */
	const struct unit_plan *unit;	/* what systemd makes for us (plan/unit.h); NULL: we make it */
	const char *path;	/* cleaned, begins with "/", below the mount of each hierarchy; NULL if disabled or
				 * made by systemd */
	bool relative;		/* v1: below the caller's own cgroup; v2: below its parent, since a cgroup2 with
				 * processes in it cannot hand controllers to its children */
	const char *delegate;	/* v2: where below it the container begins, cleaned; NULL: at `path` itself */
	bool required;		/* false: neither path nor limits were asked for; a refusal (rootless) is then no
				 * error */
	const struct oci_resources *resources;	/* empty if the config has none: only the usual devices are allowed */
	const char *pointer;
	const struct planned_write *writes;	/* for `explain`: what RESOURCES amount to here (cgroup_foresee()) */
	size_t n_writes;
};

/* ---- all of it -------------------------------------------------------- */

struct plan_options {		/* from the command line */
	const char *id, *bundle;	/* bundle: absolute */
	bool no_pivot, no_new_keyring, systemd_cgroup, cgroup_disabled;
	const char *notify_socket;	/* host path to bind to /run/notify, or NULL */
};

struct plan {
	const struct oci_config *config;
	const char *id, *bundle;
	struct namespace_plan ns;
	struct rootfs_plan rootfs;
	struct cgroup_plan cgroup;
	const char *hostname, *domainname;	/* NULL: leave as it is */
	const struct net_device_plan *net_devices;
	size_t n_net_devices;
	const struct rdt_plan *rdt;	/* NULL: resctrl is not touched */
	const struct sysctl_plan *sysctls;
	size_t n_sysctls;
	const char *keyring;		/* name of a new session keyring; NULL: none */
	bool has_process;
	struct process_plan process;
	struct seccomp_plan seccomp;
	const struct oci_personality *personality;
	const struct oci_memory_policy *memory_policy;
};

/* Decide what CONFIG, which config_check() found well-formed, means on HOST.  0, or -1 with ERR
 * pointing at the property that is impossible here.  The plan lives in ARENA. */
int plan_make(struct arena *arena, const struct oci_config *config, const struct host *host,
	      const struct plan_options *options, struct plan *plan, struct error *err);

/* The same for more mounts in a running container.  CONFIG is the container's own, but for the mounts, which are at
 * POINTER of their file.  Only config, id, bundle, ns and rootfs of PLAN are filled; all bind sources are opened
 * outside. */
int plan_make_mounts(struct arena *arena, const struct oci_config *config, const struct host *host,
		     const struct plan_options *options, const char *pointer, struct plan *plan, struct error *err);

/* The same for a further process in a container (exec): PROCESS with the container's CONFIG. */
int plan_make_process(struct arena *arena, const struct oci_config *config, const struct oci_process *process,
		      const struct host *host, const char *pointer, struct process_plan *out, struct error *err);

/* True if STEP mounts something on "/": the container's root is this mount, not the rootfs. */
bool plan_makes_root(const struct step *step);

/* True if a process with CAPABILITIES (NULL: none), or one that comes of it, can have CAPABILITY (CAP_*). */
bool plan_may_have(const struct oci_capabilities *capabilities, int capability);

/* Compile a seccomp profile for this kernel.  A profile that restricts nothing gives n_filter 0.  STRICT: an unknown
 * name is an error. */
int plan_seccomp(struct arena *arena, const struct oci_seccomp *profile, bool strict, struct seccomp_plan *out,
		 struct error *err);

/* What FILTER answers to the system call NUMBER of this program: SECCOMP_RET_* with its data; KILL_PROCESS also if that
 * cannot be told. */
uint32_t plan_filter_answer(const struct seccomp_plan *filter, long number, const uint64_t arguments[6]);
