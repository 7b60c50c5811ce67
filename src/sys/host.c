/*
 * host.c - see host.h
 *
 * This runs in every create and exec, so it uses the cheapest calls there are;
 * /proc/self/status and mountinfo say the same but cost far more.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"
#include "sys/host.h"
#include "sys/process.h"

/* PROC_USER_INIT_INO: the inode number of the machine's own user namespace, a constant of the kernel.  uid_map cannot
 * tell: a nested one may map all ids to themselves. */
#define INITIAL_USER_NAMESPACE 0xEFFFFFFDu

#ifndef SELINUX_MAGIC
#define SELINUX_MAGIC 0xf97cff8c
#endif

static const char cgroup_root[] = "/sys/fs/cgroup";

static int probe_capabilities(struct host *host, bool *admin, struct error *err)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	int has;

	if (syscall(SYS_capget, &head, data) < 0)
		return fail(err, errno, "read the capabilities of this process");
	host->caps_permitted = data[0].permitted | (uint64_t) data[1].permitted << 32;
	*admin = data[0].effective >> CAP_SYS_ADMIN & 1;
	/* EINVAL marks the end of those that this kernel knows. */
	for (unsigned cap = 0; cap < 64 && (has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0)) >= 0; cap++) {
		host->caps_bounding |= (uint64_t) (has != 0) << cap;
		host->last_cap = cap;
	}
	return 0;
}

int host_look_userns(bool *initial, struct error *err)
{
	struct stat st;

	*initial = false;
	if (!stat("/proc/self/ns/user", &st))
		*initial = st.st_ino == INITIAL_USER_NAMESPACE;
	/* A kernel without user namespaces has only this one. */
	else if (errno == ENOENT)
		*initial = !access("/proc/self/ns", F_OK);
	else
		return fail(err, errno, "look at /proc/self/ns/user");
	return 0;
}

bool host_in_initial_userns(void)
{
	struct error ignored;
	bool initial;

	return host_look_userns(&initial, &ignored) == 0 && initial;
}

/* Needed if we may not map ids.  Not looked up in PATH, which is the caller's: he is not to choose a program that acts
 * for root. */
static const char *find_helper(const char *const *places)
{
	for (; *places; places++)
		if (!access(*places, X_OK))
			return *places;
	return NULL;
}

static void probe_helpers(struct host *host)
{
	static const char *const uid[] = { "/usr/bin/newuidmap", "/bin/newuidmap", "/usr/local/bin/newuidmap",
					   "/run/wrappers/bin/newuidmap", NULL };
	static const char *const gid[] = { "/usr/bin/newgidmap", "/bin/newgidmap", "/usr/local/bin/newgidmap",
					   "/run/wrappers/bin/newgidmap", NULL };

	host->newuidmap = host->caps_permitted >> CAP_SETUID & 1 ? NULL : find_helper(uid);
	host->newgidmap = host->caps_permitted >> CAP_SETGID & 1 ? NULL : find_helper(gid);
}

/* Root of a user namespace is really some plain user, unless the first process is root in it too: then it is a whole
 * machine in a container. */
static bool has_user_manager(const struct host *host)
{
	struct stat mine, first;

	if (host->euid != 0 || host->initial_userns)
		return host->euid != 0;
	return stat("/proc/self/ns/user", &mine) < 0 || stat("/proc/1/ns/user", &first) < 0 ||
	       mine.st_ino != first.st_ino;
}

/* An LSM left out at build time counts as disabled. */
static void probe_lsm(struct host *host)
{
	host->apparmor = host->selinux = false;
#ifdef HAVE_APPARMOR
	auto_fd fd = open("/sys/module/apparmor/parameters/enabled", O_RDONLY | O_CLOEXEC);
	char yes;

	host->apparmor = fd >= 0 && read(fd, &yes, 1) == 1 && yes == 'Y';
#endif
#ifdef HAVE_SELINUX
	struct statfs fs;

	host->selinux = !statfs("/sys/fs/selinux", &fs) && (unsigned) fs.f_type == SELINUX_MAGIC;
#endif
}

/* True if the N bytes at NAME are one of the comma-separated words of LIST. */
static bool in_list(const char *list, const char *name, size_t n)
{
	for (size_t word; *list; list += word + (list[word] == ',')) {
		word = strcspn(list, ",");
		if (word == n && !memcmp(list, name, n))
			return true;
	}
	return false;
}

/* Does a line of /proc/self/cgroup with these controllers ("", "cpu,cpuacct", "name=systemd") belong to the hierarchy?
 * Co-mounted ones may be in another order in the folder's name, so its first word decides. */
static bool is_line_of(const struct cgroup_hierarchy *hierarchy, const char *controllers)
{
	const char *name = hierarchy->name;

	if (hierarchy->v2)
		return !*controllers;
	if (!strncmp(controllers, "name=", 5))
		return !strcmp(controllers + 5, name);
	return in_list(controllers, name, strcspn(name, ","));
}

/* Find our own cgroups in TEXT (/proc/self/cgroup), which is taken apart. */
static int set_own(struct host *host, char *text, struct error *err)
{
	char *controllers, *path;

	for (size_t i = 0; i < host->n_hierarchies; i++)
		memcpy(host->hierarchies[i].own, "/", 2);
	while (process_cgroup_line(&text, &controllers, &path))
		for (size_t i = 0; i < host->n_hierarchies; i++) {
			struct cgroup_hierarchy *hierarchy = &host->hierarchies[i];

			if (!is_line_of(hierarchy, controllers))
				continue;
			if (strlen(path) >= sizeof hierarchy->own)
				return fail(err, ENAMETOOLONG, "our own cgroup %.100s...", path);
			memcpy(hierarchy->own, path, strlen(path) + 1);
		}
	return 0;
}

static void add_link(struct host *host, int dir, const char *name)
{
	struct cgroup_link *link = &host->links[host->n_links];
	ssize_t n;

	if (host->n_links == HOST_MAX_HIERARCHIES || strlen(name) >= sizeof link->name)
		return;
	n = readlinkat(dir, name, link->target, sizeof link->target);
	if (n <= 0 || (size_t) n >= sizeof link->target)
		return;
	link->target[n] = '\0';
	memcpy(link->name, name, strlen(name) + 1);
	host->n_links++;
}

/* What statfs(2) says about PATH.  1; 0 if there is nothing for us; -1 for any other failure: a passing one must not
 * cost a container a hierarchy, and so its limits and device rules. */
static int look_at_mount(const char *path, struct statfs *fs, struct error *err)
{
	if (statfs(path, fs) == 0)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ENOTCONN)
		return 0;
	return fail(err, errno, "statfs %s", path);
}

/* The folder NAME, if a hierarchy is mounted on it. */
static int add_hierarchy(struct host *host, const char *name, struct error *err)
{
	struct cgroup_hierarchy *hierarchy = &host->hierarchies[host->n_hierarchies];
	char path[sizeof cgroup_root + sizeof hierarchy->name + 1];
	struct statfs fs;
	int there;

	if (host->n_hierarchies == HOST_MAX_HIERARCHIES || strlen(name) >= sizeof hierarchy->name)
		return 0;
	snprintf(path, sizeof path, "%s/%.*s", cgroup_root, (int) sizeof hierarchy->name - 1, name);
	there = look_at_mount(path, &fs, err);
	if (there <= 0 || (fs.f_type != CGROUP_SUPER_MAGIC && fs.f_type != CGROUP2_SUPER_MAGIC))
		return there < 0 ? -1 : 0;
	hierarchy->v2 = fs.f_type == CGROUP2_SUPER_MAGIC;
	memcpy(hierarchy->name, name, strlen(name) + 1);
	host->n_hierarchies++;
	if (hierarchy->v2)
		host->layout = CGROUP_HYBRID;
	else if (host->layout == CGROUP_NONE)
		host->layout = CGROUP_V1;
	return 0;
}

static int probe_v1(struct host *host, struct error *err)
{
	DIR *dir = opendir(cgroup_root);
	struct dirent *entry;
	int result = 0;

	if (!dir)
		return fail(err, errno, "list %s", cgroup_root);
	while (result == 0 && (errno = 0, entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type == DT_LNK)
			add_link(host, dirfd(dir), entry->d_name);
		else if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN)
			result = add_hierarchy(host, entry->d_name, err);
	}
	if (result == 0 && errno)
		result = fail(err, errno, "list %s", cgroup_root);
	closedir(dir);
	return result;
}

static int probe_cgroups(struct host *host, struct error *err)
{
	auto_free char *text = NULL;
	struct statfs fs;
	int there = look_at_mount(cgroup_root, &fs, err);

	if (there <= 0)
		return there;
	if (fs.f_type == CGROUP2_SUPER_MAGIC) {
		host->layout = CGROUP_V2;
		host->hierarchies[0].v2 = true;
		host->hierarchies[0].name[0] = '\0';
		host->n_hierarchies = 1;
	} else if (fs.f_type == TMPFS_MAGIC && probe_v1(host, err) < 0) {
		return -1;
	}
	if (host->layout == CGROUP_NONE)
		return 0;
	text = file_get(AT_FDCWD, "/proc/self/cgroup", err);
	return text ? set_own(host, text, err) : -1;
}

int host_probe(struct host *host, struct error *err)
{
	bool admin = false;

	/* Of the two lists only the counts are set to 0: clearing all of them would touch pages for nothing. */
	host->euid = geteuid();
	host->egid = getegid();
	host->caps_bounding = 0;
	host->last_cap = 0;
	host->layout = CGROUP_NONE;
	host->n_hierarchies = host->n_links = 0;
	if (probe_capabilities(host, &admin, err) < 0)
		return -1;
	if (host_look_userns(&host->initial_userns, err) < 0)
		return -1;
	host->admin = admin;
	host->privileged = host->initial_userns && admin;
	probe_helpers(host);
	host->user_manager = has_user_manager(host);
	probe_lsm(host);
	return probe_cgroups(host, err);
}

char *host_find_program(const char *name)
{
	const char *places[] = { getenv("PATH"), USUAL_PATH };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		for (const char *at = places[i]; at && *at; at += strspn(at, ":")) {
			size_t n = strcspn(at, ":");
			auto_free char *path = xasprintf("%.*s/%s", (int) n, at, name);

			if (*at == '/' && access(path, X_OK) == 0)
				return take(path);
			at += n;
		}
	return NULL;
}
