/*
 * container.h - the container and its life: what the command line calls
 *
 * Every function takes the state root (an absolute folder such as
 * /run/ctr-run) and an id, and returns 0 or -1 with ERR.  A container is a
 * folder below the state root (store.h says what is in it); making it is the
 * lock on the id.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "config/config.h"

struct error;

struct create_options {
	const char *root;		/* state root */
	const char *id;
	const char *bundle;		/* default "." */
	const char *config;		/* default "config.json" */
	const char *console_socket, *pidfd_socket, *pid_file;
	unsigned preserve_fds;
	bool no_pivot, no_new_keyring;
	bool systemd_cgroup, cgroup_disabled;
	bool detach, keep, no_subreaper;	/* run */
	struct config *loaded;		/* out: the config, with the faults to print; the caller frees it */
};

/* Make everything but start the program, which waits for container_start(). */
int container_create(struct create_options *options, struct error *err);

/* Make and start it.  The exit code of its process (128 + signal), or 0 when detached; -1 with ERR. */
int container_run(struct create_options *options, struct error *err);

/* Start the program of a created container; returns once it runs. */
int container_start(const char *root, const char *id, struct error *err);

/* Send SIG (0: none) to the first process, or to ALL.  SIGKILL goes to all if there is no pid namespace to die with
 * it. */
int container_kill(const char *root, const char *id, int sig, bool all, struct error *err);

/* Remove a container that has stopped or was only created.  FORCE: kill it first; no error if there is none. */
int container_delete(const char *root, const char *id, bool force, struct error *err);

/* Freeze (ON) a created or running container and wait until all its processes have stopped, or thaw a paused one. */
int container_pause(const char *root, const char *id, bool on, struct error *err);

struct exec_options {
	const char *root, *id;
	const char *process_file;	/* --process */
	char **args;			/* NULL-terminated, without process_file */
	const char *cwd, *user, *apparmor, *process_label;
	char **env, **caps, **additional_gids, **cgroup;	/* NULL-terminated lists, or NULL */
	bool tty, detach, ignore_paused;
	int no_new_privs;		/* 1 (yes) or -1 (no) overrides the config; 0: as configured */
	const char *console_socket, *pidfd_socket, *pid_file;
	unsigned preserve_fds;
	struct config *loaded;		/* out: the process file with its faults */
};

/* Like container_run(): exit code of the process, 0 when detached. */
int container_exec(struct exec_options *options, struct error *err);

/* Texts as the user wrote them; NULL: leave unchanged. */
struct update_options {
	const char *root, *id;
	const char *resources;		/* a file with a linux.resources object, "-": standard input; if given, the
					 * limits below are ignored */
	const char *blkio_weight, *cpu_burst, *cpu_idle, *cpu_period, *cpu_quota, *cpu_rt_period, *cpu_rt_runtime,
		*cpu_share, *cpuset_cpus, *cpuset_mems, *kernel_memory, *kernel_memory_tcp, *memory,
		*memory_reservation, *memory_swap, *pids_limit;
	const char *l3_cache_schema, *mem_bw_schema;
	const char *oom_score_adj;	/* of all present and future processes */
	char **ulimits;			/* likewise: "nofile=1024:2048"; NULL-terminated, or NULL */
	struct config *loaded;		/* out: the file with its faults */
};

/* Change limits of a created, running or paused container and in our copy of its config: all of them or none. */
int container_update(struct update_options *options, struct error *err);

/* Mount what FILE lists (an array as in config.json; "-": standard input) in an existing container, or (ADD false)
 * unmount its destinations.  All or nothing.  LIST receives the file with its faults, for the caller to print and
 * free. */
int container_mounts(const char *root, const char *id, bool add, const char *file, struct config *list,
		     struct error *err);

enum container_status { CONTAINER_CREATING, CONTAINER_CREATED, CONTAINER_RUNNING, CONTAINER_PAUSED, CONTAINER_STOPPED };
const char *container_status_name(enum container_status status);

/* What is known of a container, for state, list and ps. */
struct container_info {
	char *id, *bundle, *rootfs;
	char *created;			/* RFC 3339 with nanoseconds, UTC */
	char *owner;			/* user name or uid; NULL before container_info_owner() */
	uid_t owner_uid;
	enum container_status status;
	pid_t pid;			/* 0 when stopped */
	bool has_exit;			/* stopped, and exit_status is known */
	int exit_status;
	unsigned long long oom_kills;	/* processes killed because the container ran out of memory */
	struct json_map annotations;	/* of strings */
	struct arena arena;		/* holds all of the above */
};

/* Look at container ID.  The caller calls container_info_free() in every case. */
int container_info(const char *root, const char *id, struct container_info *info, struct error *err);

/* Fill in the owner's name, which only `list` prints. */
void container_info_owner(struct container_info *info);

void container_info_free(struct container_info *info);

/* The state document as runc prints it (indented, owner, rootfs ...); the caller frees. */
char *container_state_json(const struct container_info *info, bool indent);

/* All ids below ROOT, sorted and NULL-terminated.  A missing ROOT is an empty list. */
int container_list(const char *root, char ***ids, struct error *err);
void container_list_free(char **ids);

struct events_options {
	const char *root, *id;
	bool stats;			/* one line of statistics, no more */
	int64_t interval;		/* ns, above 0 */
	/* Called with each line, including its newline; a result below 0, with ERR, ends the events. */
	int (*line)(void *context, const char *line, struct error *err);
	void *context;
};

/* Report runc's lines of JSON: statistics each interval, "oom" when memory has run out.  Returns when the container has
 * stopped. */
int container_events(const struct events_options *options, struct error *err);

/* Host pids of all processes of the container, sorted; the caller frees. */
int container_pids(const char *root, const char *id, pid_t **pids, size_t *n, struct error *err);
