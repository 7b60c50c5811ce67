/*
 * test-rootfs-fixture.h - containers made by src/rootfs alone, for its tests
 *
 * A test body is the runtime: a process in its own mount namespace, whose
 * mounts are shared among themselves (as with systemd) but not with the
 * machine.  enter() makes init, builds the plan, and runs a check inside.
 * Needs root; else all tests are skipped.
 */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail	/* base/error.h has a better one */

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "libocispec/ocispec.h"
#include "rootfs/rootfs.h"
#include "sys/fd.h"
#include "sys/idmap.h"
#include "sys/process.h"
#include "sys/pty.h"

#define CHECK(condition) do { \
	if (!(condition)) { \
		fprintf(stderr, "%s:%d: %s (errno: %s)\n", __FILE__, __LINE__, #condition, strerror(errno)); \
		_exit(1); \
	} \
} while (0)

#define TEST(name) \
	static void body_##name(struct world *w); \
	static void name(void **state) { (void) state; in_world(body_##name); } \
	static void body_##name(struct world *w)

struct world {
	char base[64];		/* a tmpfs of the test's own */
	char rootfs[96];	/* base/rootfs */
	char outside[96];	/* base/outside: nothing in it may ever change */
	struct plan plan;
	struct step steps[64];
	struct cgroup_view view;
	const struct cgroup_view *use_view;
	struct error error;
	bool terminal;
	struct oci_id_mapping map;
	uint64_t namespaces;
};

static inline void put_file(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t) strlen(text));
	close(fd);
}

static inline void put_folder(const char *folder, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	CHECK(mkdir(path, 0755) == 0);
}

static inline void put_link(const char *text, const char *folder, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	CHECK(symlink(text, path) == 0);
}

/* "PATH holds TEXT" */
static inline bool holds(const char *path, const char *text)
{
	char buffer[256] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	ssize_t n = read(fd, buffer, sizeof buffer - 1);

	close(fd);
	return n >= 0 && strcmp(buffer, text) == 0;
}

static inline bool is_type(const char *path, mode_t type)
{
	struct stat st;

	return lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

static inline bool links_to(const char *path, const char *text)
{
	char buffer[PATH_MAX];
	ssize_t n = readlink(path, buffer, sizeof buffer);

	return n == (ssize_t) strlen(text) && memcmp(buffer, text, (size_t) n) == 0;
}

static inline long fs_type(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) < 0 ? -1 : (long) fs.f_type;
}

static inline unsigned long mount_flags(const char *path)
{
	struct statvfs fs;

	return statvfs(path, &fs) < 0 ? ~0ul : fs.f_flag;
}

/* Number of lines of /proc/self/mountinfo that hold TEXT ("" counts all), read by the runtime's /proc. */
static inline unsigned mounts_with(const char *text)
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	struct error err;
	size_t n;

	CHECK(fd >= 0);
	char *all = fd_read_all(fd, 16u << 20, &n, &err), *rest = all, *line;
	unsigned count = 0;

	CHECK(all);
	while ((line = strsep(&rest, "\n")))
		count += *line && strstr(line, text);
	free(all);
	close(fd);
	return count;
}

/* A further step; the rest is set by the caller. */
static inline struct step *add(struct world *w, enum step_action action, const char *target)
{
	struct step *step = &w->steps[w->plan.rootfs.n_steps++];

	CHECK(w->plan.rootfs.n_steps < 64);
	*step = (struct step){ .action = action, .target = target, .pointer = "/test", .of = -1 };
	if (action < STEP_SEAL)
		w->plan.rootfs.n_early = w->plan.rootfs.n_steps;
	else
		step->optional = true;
	return step;
}

static inline struct step *add_mount(struct world *w, const char *type, const char *target, const char *data)
{
	struct step *step = add(w, STEP_MOUNT, target);

	step->type = step->source = type;
	step->data = data;
	return step;
}

static inline struct step *add_bind(struct world *w, const char *source, const char *target)
{
	struct step *step = add(w, STEP_BIND, target);

	step->source = xstrdup(source);
	step->outside = true;
	return step;
}

static inline struct step *add_symlink(struct world *w, const char *text, const char *target)
{
	struct step *step = add(w, STEP_SYMLINK, target);

	step->source = text;
	return step;
}

static inline struct step *add_device(struct world *w, const char *target, unsigned major, unsigned minor)
{
	struct step *step = add(w, STEP_DEVICE, target);

	step->mode = S_IFCHR | 0666;
	step->major = major;
	step->minor = minor;
	return step;
}

/* What `spec` asks for, without cgroups. */
static inline void add_defaults(struct world *w)
{
	static const struct { const char *path; unsigned minor; } nodes[] = {
		{ "/dev/null", 3 }, { "/dev/zero", 5 }, { "/dev/full", 7 }, { "/dev/random", 8 }, { "/dev/urandom", 9 },
	};
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" }, { "/proc/self/fd/0", "/dev/stdin" }, { "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" }, { "pts/ptmx", "/dev/ptmx" },
	};
	static const char *const masked[] = {
		"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
		"/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi", "/proc/interrupts",
	};
	static const char *const readonly[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };
	const uint64_t none = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

	add_mount(w, "proc", "/proc", NULL);
	add_mount(w, "tmpfs", "/dev", "mode=755,size=65536k")->set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME;
	add_mount(w, "devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=0620")->set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	add_mount(w, "tmpfs", "/dev/shm", "mode=1777,size=65536k")->set = none;
	add_mount(w, "mqueue", "/dev/mqueue", NULL)->set = none;
	add_mount(w, "sysfs", "/sys", NULL)->set = none | MOUNT_ATTR_RDONLY;
	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
		add_device(w, nodes[i].path, 1, nodes[i].minor);
	add_device(w, "/dev/tty", 5, 0);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		add_symlink(w, links[i][0], links[i][1]);
	if (w->terminal)
		add(w, STEP_CONSOLE, "/dev/console");
	add(w, STEP_SEAL, NULL)->of = -1;
	for (size_t i = 0; i < sizeof readonly / sizeof *readonly; i++)
		add(w, STEP_READONLY, readonly[i]);
	for (size_t i = 0; i < sizeof masked / sizeof *masked; i++)
		add(w, STEP_MASK, masked[i]);
}

static inline void make_world(struct world *w)
{
	*w = (struct world){
		.namespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET,
		.plan.rootfs = { .steps = w->steps, .propagation = MS_SLAVE | MS_REC },
	};
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == 0);
	snprintf(w->base, sizeof w->base, "/tmp/test-rootfs-XXXXXX");
	CHECK(mkdtemp(w->base));
	CHECK(mount("tmpfs", w->base, "tmpfs", 0, "mode=755") == 0);
	CHECK(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL) == 0);
	snprintf(w->rootfs, sizeof w->rootfs, "%s/rootfs", w->base);
	snprintf(w->outside, sizeof w->outside, "%s/outside", w->base);
	CHECK(mkdir(w->rootfs, 0755) == 0 && mkdir(w->outside, 0755) == 0);
	put_file(w->outside, "canary", "canary");
	w->plan.rootfs.path = w->rootfs;
}

/* All that init does; the status is the check's. */
static inline int container_init(struct world *w, struct rootfs_sources *sources, int (*check)(void *), void *argument, int report)
{
	struct rootfs rootfs;
	int master = -1, peer = -1, pts = -1;
	bool ok = rootfs_attach(&w->plan, sources, &rootfs, &w->error) == 0;

	if (w->plan.ns.create_cgroup)
		CHECK(unshare(CLONE_NEWCGROUP) == 0);
	if (ok && (w->namespaces & CLONE_NEWUSER))
		CHECK(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0);
	ok = ok && rootfs_build(&rootfs, sources, &w->error) == 0;
	if (ok && w->terminal) {
		pts = rootfs_devpts(&rootfs, &w->error);
		ok = pts >= 0 && pty_open(pts, &master, &peer, &w->error) == 0 && rootfs_console(&rootfs, peer, &w->error) == 0;
		cleanup_close(&pts);
	}
	ok = ok && rootfs_finish(&rootfs, &w->error) == 0 && rootfs_enter(&rootfs, &w->error) == 0;
	rootfs_close_sources(sources);
	if (!ok) {
		CHECK(write(report, &w->error, sizeof w->error) == sizeof w->error);
		return 77;
	}
	cleanup_close(&master);
	cleanup_close(&peer);
	return check ? check(argument) : 0;
}

/* Build the plan in new namespaces and run CHECK inside: its status; -1 with w->error if the container could not be made. */
static inline int enter(struct world *w, int (*check)(void *), void *argument)
{
	struct rootfs_sources sources;
	int report[2], go[2], status, result = -1;
	char byte;

	CHECK(pipe2(report, O_CLOEXEC) == 0 && pipe2(go, O_CLOEXEC) == 0);
	w->plan.ns.create = w->namespaces;
	w->plan.ns.user = (w->namespaces & CLONE_NEWUSER) != 0;
	if (w->plan.ns.user) {
		w->plan.ns.uids = w->plan.ns.gids = &w->map;
		w->plan.ns.n_uids = w->plan.ns.n_gids = 1;
	}
	if (rootfs_open_sources(&w->plan, w->use_view, &sources, &w->error) == 0) {
		pid_t pid = process_clone(w->namespaces, -1, false, NULL, &w->error);

		if (pid == 0) {
			CHECK(read(go[0], &byte, 1) == 1);
			_exit(container_init(w, &sources, check, argument, report[1]));
		}
		CHECK(pid > 0);
		if (w->plan.ns.user)
			CHECK((geteuid() == 0 || idmap_deny_setgroups(pid, &w->error) == 0) &&
			      idmap_write_gids(pid, &w->map, 1, &w->error) == 0 && idmap_write_uids(pid, &w->map, 1, &w->error) == 0);
		CHECK(write(go[1], "", 1) == 1);
		rootfs_close_sources(&sources);
		CHECK(waitpid(pid, &status, 0) == pid);
		result = WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
		close(report[1]);
		if (read(report[0], &w->error, sizeof w->error) == sizeof w->error)
			result = -1;
	} else {
		rootfs_close_sources(&sources);
		close(report[1]);
	}
	close(report[0]);
	close(go[0]);
	close(go[1]);
	return result;
}

/* The container is made and the check is content. */
#define SUCCEEDS(w, check, argument) do { \
	int result_ = enter(w, check, argument); \
	if (result_ < 0) \
		fprintf(stderr, "%s:%d: %s (at %s)\n", __FILE__, __LINE__, (w)->error.message, (w)->error.pointer); \
	if (result_) \
		_exit(1); \
} while (0)

/* It is refused with a message that holds TEXT. */
#define REFUSED(w, text) do { \
	CHECK(enter(w, NULL, NULL) == -1); \
	if (!strstr((w)->error.message, text)) { \
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, (w)->error.message); \
		_exit(1); \
	} \
} while (0)

static inline void in_world(void (*body)(struct world *))
{
	if (geteuid() != 0) {
		skip();
		return;
	}
	int base[2], status;
	char path[64] = "";

	assert_int_equal(pipe(base), 0);
	fflush(NULL);
	pid_t pid = fork();

	if (pid == 0) {
		static struct world w;

		/* cmocka would go on with the next test in the container's first process. */
		signal(SIGSEGV, SIG_DFL);
		make_world(&w);
		CHECK(write(base[1], w.base, sizeof path) == sizeof path);
		/* What the test runner left open is not ours to find. */
		CHECK(fd_close_from(3, &w.error) == 0);
		body(&w);
		/* Whatever a test does, this is what no container may ever reach. */
		char canary[128];

		snprintf(canary, sizeof canary, "%s/canary", w.outside);
		CHECK(holds(canary, "canary"));
		_exit(0);
	}
	close(base[1]);
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	if (read(base[0], path, sizeof path) == sizeof path)
		rmdir(path);
	close(base[0]);
	assert_int_equal(status, 0);
}

/* Also true in the second round, with mount(2) alone. */
static inline bool old_mounts(void)
{
	return getenv("CTR_RUN_DISABLE") != NULL;
}

/* Run TESTS, and then once more as on a kernel before 5.12. */
#define with_and_without(tests, program) ({ \
	int failed_ = cmocka_run_group_tests_name(old_mounts() ? "without the mount calls of 5.12" : program, tests, NULL, NULL); \
	if (!failed_ && !old_mounts()) { \
		setenv("CTR_RUN_DISABLE", "mount", 1); \
		execl("/proc/self/exe", program, NULL); \
		failed_ = 1; \
	} \
	failed_; \
})
