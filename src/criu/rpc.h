/*
 * rpc.h - what is said to CRIU and what it answers
 *
 * The messages of `criu swrk` that checkpoint and restore need, as structs;
 * rpc.c has their field numbers on the wire, from CRIU's images/rpc.proto.  One
 * SEQPACKET packet is one message; CRIU's descriptor numbers (images, work) are
 * ours: it opens /proc/OUR-PID/fd/N.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "criu/wire.h"

enum criu_type {
	CRIU_EMPTY = 0,
	CRIU_DUMP = 1,
	CRIU_RESTORE = 2,
	CRIU_CHECK = 3,
	CRIU_PRE_DUMP = 4,
	CRIU_NOTIFY = 6,
	CRIU_FEATURE_CHECK = 9,
	CRIU_VERSION = 10,
};

enum criu_cgroups {
	CRIU_CGROUPS_IGNORE = 0,
	CRIU_CGROUPS_SOFT = 3,
	CRIU_CGROUPS_FULL = 4,
	CRIU_CGROUPS_STRICT = 5,
};

enum criu_network_lock {
	CRIU_LOCK_IPTABLES = 1,
	CRIU_LOCK_NFTABLES = 2,
	CRIU_LOCK_SKIP = 3,
};

struct criu_pair { /* ext_mnt: key, value; cg_root: controller, path; join_ns: kind, file */
	const char *key, *value;
};

struct criu_inherit { /* inherit_fd: criu's descriptor FD is what the images call KEY */
	const char *key;
	int32_t fd;
};

struct criu_page_server {
	const char *address;
	int32_t port;
};

/* Members that are zero are not sent, except those marked with *. */
struct criu_options {
	int32_t images;	      /* * descriptor of the image folder */
	int32_t work;	      /* of the folder for the log; 0: images */
	int32_t pid;	      /* dump: the root of the tree */
	int32_t log_level;    /* * */
	const char *log_file; /* a name, no path */
	const char *root, *parent_images, *freeze_cgroup, *config_file, *lsm_profile, *lsm_mount_context;
	const struct criu_page_server *page_server;
	bool leave_running, ext_unix_sk, tcp_established, tcp_close, tcp_skip_in_flight, evasive_devices, shell_job,
		file_locks, notify_scripts, track_mem, auto_dedup, link_remap, restore_sibling, lazy_pages,
		orphan_pts_master, manage_cgroups;
	int32_t cgroups;	       /* * enum criu_cgroups */
	int32_t network_lock;	       /* enum criu_network_lock */
	int32_t empty_ns;	       /* CLONE_NEWNET */
	int32_t status_fd;	       /* for criu before 3.15, which lacks status-ready */
	struct wire_list mounts;       /* criu_pair: mount point and name, or name and source */
	struct wire_list cgroup_roots; /* criu_pair */
	struct wire_list join;	       /* criu_pair */
	struct wire_list inherit;      /* criu_inherit */
	struct wire_list cgroup_hierarchies; /* dump: const char *, those to save, as in /proc/PID/cgroup; none: all */
	struct wire_list external;     /* const char *: "net[INODE]:NAME" */
};

struct criu_features { /* both in the request and in the answer */
	bool memory_tracking, lazy_pages;
};

struct criu_request {
	int32_t type; /* * */
	const struct criu_options *options;
	bool notify_success, keep_open;
	const struct criu_features *features;
};

struct criu_notice {
	char script[32]; /* "post-restore" ... */
	int32_t pid;	 /* sent with some: of the root of the tree */
};

struct criu_restored {
	int32_t pid;
};

struct criu_version {
	int32_t major, minor, sublevel;
};

struct criu_reply {
	int32_t type;
	bool success;
	int32_t number;	   /* an errno value, or 0 */
	char message[256]; /* the first error, if criu sends it */
	struct criu_notice notify;
	struct criu_restored restore;
	struct criu_features features;
	struct criu_version version;
};

extern const struct wire_type criu_request_type, criu_reply_type;

/* Add an item to a list of the options, in which KEY, VALUE and S are kept as pointers. */
void criu_add_pair(struct wire_list *list, const char *key, const char *value);
void criu_add_inherit(struct wire_list *list, const char *key, int32_t fd);
void criu_add_text(struct wire_list *list, const char *s);

/* "DUMP" */
const char *criu_type_name(int type);
