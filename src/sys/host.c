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

/* True if NAME is one of the comma-separated words of N bytes at LIST. */
static bool in_list(const char *list, size_t n, const char *name, size_t name_length)
{
	while (n > 0) {
		const char *comma = memchr(list, ',', n);
		size_t word = comma ? (size_t) (comma - list) : n;

		if (word == name_length && !memcmp(list, name, word))
			return true;
		if (!comma)
			break;
		list += word + 1;
		n -= word + 1;
	}
	return false;
}

/* Does a line of /proc/self/cgroup with these controllers ("", "cpu,cpuacct", "name=systemd") belong to the hierarchy?
 * Co-mounted ones may be in another order in the folder's name, so its first word decides. */
static bool is_line_of(const struct cgroup_hierarchy *hierarchy, const char *controllers, size_t n)
{
	const char *name = hierarchy->name;

	if (hierarchy->v2)
		return n == 0;
	if (n > 5 && !memcmp(controllers, "name=", 5))
		return n - 5 == strlen(name) && !memcmp(controllers + 5, name, n - 5);
	return in_list(controllers, n, name, strcspn(name, ","));
}

static int set_own(struct cgroup_hierarchy *hierarchy, const char *text, struct error *err)
{
	memcpy(hierarchy->own, "/", 2);
	/* "4:memory:/path": neither number nor controllers contain a colon; the path may. */
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *controllers = strchr(line, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
		size_t n;

		if (!path)
			return fail(err, EINVAL, "/proc/self/cgroup has a line without a path");
		if (!is_line_of(hierarchy, controllers + 1, (size_t) (path - controllers - 1)))
			continue;
		n = strcspn(++path, "\n");
		if (n >= sizeof hierarchy->own)
			return fail(err, ENAMETOOLONG, "our own cgroup %.100s...", path);
		memcpy(hierarchy->own, path, n);
		hierarchy->own[n] = '\0';
		return 0;
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
	if (!(text = file_get(AT_FDCWD, "/proc/self/cgroup", err)))
		return -1;
	for (size_t i = 0; i < host->n_hierarchies; i++)
		if (set_own(&host->hierarchies[i], text, err) < 0)
			return -1;
	return 0;
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
