/*
 * host.h - what the plan has to know about this machine and its caller
 *
 * Filled once, by a handful of system calls, before anything is decided: the
 * planner itself asks the kernel nothing.  Unit tests fill it by hand.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

enum cgroup_layout {
	CGROUP_NONE,	/* nothing mounted at /sys/fs/cgroup */
	CGROUP_V1,	/* tmpfs with one folder per v1 hierarchy */
	CGROUP_V2,	/* cgroup2 */
	CGROUP_HYBRID,	/* v1, and cgroup2 at /sys/fs/cgroup/unified */
};

#define HOST_MAX_HIERARCHIES 24

struct cgroup_hierarchy {
	char name[64];		/* folder under /sys/fs/cgroup: "memory", "cpu,cpuacct", "systemd", "unified" */
	bool v2;		/* hybrid's cgroup2 */
	char own[512];		/* the caller's own cgroup in it, from /proc/self/cgroup: "/" ... */
};

struct cgroup_link {		/* /sys/fs/cgroup/cpu -> cpu,cpuacct */
	char name[32], target[64];
};

struct host {
	uid_t euid;
	gid_t egid;
	bool initial_userns;	/* we are in the machine's own user namespace */
	bool admin;		/* CAP_SYS_ADMIN in our own user namespace: may copy the mounts of a mount namespace
				 * that belongs to it */
	bool privileged;	/* CAP_SYS_ADMIN in the machine's own: may open mounts outside, make device nodes, join
				 * anything */
	uint64_t caps_bounding, caps_permitted;	/* bit n is capability n */
	unsigned last_cap;
	const char *newuidmap, *newgidmap;	/* where these programs are; NULL: not here, or not needed */
	bool user_manager;	/* the systemd that we may ask is our user's, not the machine's */
	bool apparmor, selinux;	/* the LSM is enabled */
	enum cgroup_layout layout;
	/* V1, HYBRID: what is mounted; V2: one, named "" */
	struct cgroup_hierarchy hierarchies[HOST_MAX_HIERARCHIES];
	size_t n_hierarchies;
	struct cgroup_link links[HOST_MAX_HIERARCHIES];
	size_t n_links;
};

/* Look at the machine.  0, or -1 with ERR. */
int host_probe(struct host *host, struct error *err);

/* Only whether we are in the machine's own user namespace.  0, or -1 with ERR: outside it device rules are left out,
 * which must never happen just because this could not be read. */
int host_look_userns(bool *initial, struct error *err);

/* The same, where no protection depends on it: false if it cannot be known. */
bool host_in_initial_userns(void);

/* Where programs usually are, for a process without PATH. */
#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Where the machine's program NAME is: in our PATH, or, since callers clear the environment, in USUAL_PATH.  Relative
 * entries of PATH do not count: they could lead into the bundle.  The caller frees; NULL: there is none. */
char *host_find_program(const char *name);
