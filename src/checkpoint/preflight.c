/* preflight.c - see preflight.h */
#include <dirent.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "checkpoint/preflight.h"
#include "sys/fd.h"
#include "sys/process.h"

#define MAX_TABLE (64u << 20)

/* ---- the tree -------------------------------------------------------------- */

/* CRIU saves a process and its descendants.  One that `exec` started has another parent. */
static bool is_below(pid_t pid, pid_t init)
{
	struct process_stat stat;

	/* The tree may change while we climb: limit the number of steps. */
	for (unsigned depth = 0; depth < 65536 && pid > 1; depth++) {
		if (pid == init)
			return true;
		/* It has just ended: while the kernel dismantles it, it has no parent. */
		if (process_stat(pid, &stat) < 0 || (stat.parent == 0 && process_stat(pid, &stat) < 0))
			return true;
		pid = stat.parent;
	}
	return false;
}

static void complain_stranger(pid_t pid, struct text *complaints)
{
	auto_free char *path = xasprintf("/proc/%d/comm", pid);
	struct error ignored;
	auto_free char *name = file_get(AT_FDCWD, path, &ignored);

	if (name)
		name[strcspn(name, "\n")] = '\0';
	text_addf(complaints, "process %d (%s) is not below the container's first: it came by exec\n", pid,
		  name ? name : "?");
}

/* ---- connections ----------------------------------------------------------- */

/* The states in which CRIU refuses a connection unless told otherwise: all that have a peer. */
static bool is_connected(unsigned state)
{
	static const bool with_peer[] = {
		[TCP_ESTABLISHED] = true, [TCP_SYN_SENT] = true, [TCP_SYN_RECV] = true, [TCP_FIN_WAIT1] = true,
		[TCP_FIN_WAIT2] = true, [TCP_CLOSE_WAIT] = true, [TCP_LAST_ACK] = true, [TCP_CLOSING] = true,
	};

	return state < ARRAY_SIZE(with_peer) && with_peer[state];
}

/* "  0: 0100007F:1F90 0100007F:8C3E 01 00000000:00000000 00:00000000 00000000  1000  0 123456 ..." */
static bool parse_connection(const char *line, unsigned long long *inode)
{
	const char *p = line;
	uint64_t value;

	for (unsigned field = 0; field < 9; field++) {
		p += strspn(p, " ");
		if (field == 3 && !is_connected((unsigned) strtoul(p, NULL, 16)))
			return false;
		p += strcspn(p, " ");
	}
	if (!number_take(&p, &value) || !value)
		return false;
	*inode = value;
	return true;
}

void preflight_connections(const char *text, unsigned long long **inodes, size_t *n)
{
	/* The first line is the header. */
	const char *line = strchr(text, '\n');

	for (; line && line[1]; line = strchr(line + 1, '\n')) {
		size_t length = strcspn(line + 1, "\n");
		auto_free char *one = xasprintf("%.*s", (int) (length < 512 ? length : 512), line + 1);
		unsigned long long inode;
		if (parse_connection(one, &inode))
			*(unsigned long long *) xgrow(inodes, (*n)++, sizeof inode) = inode;
	}
}

static int read_connections(pid_t init, unsigned long long **inodes, size_t *n, struct error *err)
{
	static const char *const tables[] = { "tcp", "tcp6" };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		auto_free char *path = xasprintf("/proc/%d/net/%s", init, tables[i]);
		auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
		size_t length;
		/* The kernel lacks IPv6, or any network. */
		if (fd < 0)
			continue;
		auto_free char *text = fd_read_all(fd, MAX_TABLE, &length, err);
		if (!text)
			return wrap(err, "read %s", path);
		preflight_connections(text, inodes, n);
	}
	return 0;
}

/* How many of the connections INODES belong to PID. */
static size_t count_sockets(pid_t pid, const unsigned long long *inodes, size_t n)
{
	auto_free char *path = xasprintf("/proc/%d/fd", pid);
	DIR *dir = opendir(path);
	struct dirent *e;
	size_t count = 0;
	char link[64];

	while (dir && (e = readdir(dir))) {
		const char *p = link + sizeof "socket:[" - 1;
		ssize_t length = readlinkat(dirfd(dir), e->d_name, link, sizeof link - 1);
		uint64_t inode;

		link[length > 0 ? length : 0] = '\0';
		if (strncmp(link, "socket:[", sizeof "socket:[" - 1) || !number_take(&p, &inode))
			continue;
		for (size_t i = 0; i < n; i++)
			count += inodes[i] == inode;
	}
	if (dir)
		closedir(dir);
	return count;
}

int preflight_processes(pid_t init, const pid_t *pids, size_t n, bool tcp, struct text *complaints, struct error *err)
{
	auto_free unsigned long long *inodes = NULL;
	size_t n_inodes = 0, connections = 0;

	for (size_t i = 0; i < n; i++)
		if (!is_below(pids[i], init))
			complain_stranger(pids[i], complaints);
	if (tcp)
		return 0;
	/* In a shared network namespace the table has the connections of others, too. */
	if (read_connections(init, &inodes, &n_inodes, err) < 0)
		return -1;
	for (size_t i = 0; i < n && n_inodes; i++)
		connections += count_sockets(pids[i], inodes, n_inodes);
	if (connections)
		text_addf(complaints, "there are %zu open TCP connections: --tcp-established saves them\n",
			  connections);
	return 0;
}

int preflight_complain(struct text *complaints, const char *what, struct error *err)
{
	if (!complaints->n)
		return 0;
	complaints->s[complaints->n - 1] = '\0';
	for (char *p = complaints->s; (p = strchr(p, '\n')); )
		*p = ';';
	return fail_code(err, ERROR_UNSUPPORTED, "the container cannot be %s as it is: %s", what, complaints->s);
}

/* ---- the config ------------------------------------------------------------- */

void preflight_config(const struct plan *plan, struct text *complaints)
{
	const struct namespace_plan *ns = &plan->ns;
	const struct oci_seccomp *seccomp = plan->config->linux->seccomp;

	for (size_t i = 0; i < ns->n_join; i++)
		if (ns->join[i].flag == CLONE_NEWCGROUP || ns->join[i].flag == CLONE_NEWNS)
			text_addf(complaints, "%s: CRIU cannot join a %s namespace\n", ns->join[i].pointer,
				  ns->join[i].flag == CLONE_NEWCGROUP ? "cgroup" : "mount");
	if (!namespace_is_own(ns, CLONE_NEWNS))
		text_add(complaints,
			 "/linux/namespaces: without a mount namespace the host's mounts would be part of it\n");
	for (size_t i = 0; i < plan->rootfs.n_early; i++) {
		const struct step *step = &plan->rootfs.steps[i];

		if (plan_makes_root(step))
			text_addf(complaints, "%s: CRIU takes the rootfs for the container's root\n", step->pointer);
	}
	if (seccomp && seccomp->listener_path)
		text_add(complaints, "/linux/seccomp/listenerPath: "
			 "nobody would answer the profile's notifications after a restore\n");
}
