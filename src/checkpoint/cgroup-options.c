/* cgroup-options.c - see cgroup-options.h */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "checkpoint/cgroup-options.h"
#include "process/fds.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"
#include "sys/process.h"

#define PATIENCE_MS 60000
#define LOOK_MS     20
#define ORPHAN_MS   2000	/* how long CRIU may outlive us */

static int open_cgroup2(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		auto_fd fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
			return take_fd(fd);
	}
	return -1;
}

/* The options of FD's file system, as in /proc/self/mountinfo; the caller frees. */
static char *options_now(int fd)
{
	const struct mount_entry *entry;
	struct mountinfo mounts;
	struct error ignored;
	char *text = NULL;
	uint64_t id;

	if (mountinfo_read("/proc/self", &mounts, &ignored) == 0 && mount_id(fd, &id) &&
	    (entry = mountinfo_find(&mounts, id)))
		text = xstrdup(entry->options);
	mountinfo_free(&mounts);
	return text;
}

/* One CRIU at a time, or we would note options that another has changed; but do not wait forever: one that serves pages
 * may run for hours. */
static void wait_for_others(int fd)
{
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK && waited < PATIENCE_MS;
	     waited += LOOK_MS)
		clock_sleep(LOOK_MS);
}

/* All options but the first, which is rw or ro and never lost. */
static const char *what_can_be_lost(const struct cgroup_options *options)
{
	return options->text ? strchr(options->text, ',') : NULL;
}

static void mend_options(const struct cgroup_options *options)
{
	const char *noted = what_can_be_lost(options);
	auto_free char *now = noted ? options_now(options->fd) : NULL;
	struct error err = { 0 };

	if (now && strcmp(now, options->text) != 0 && mount_reconfigure(options->fd, noted, 0, &err) < 0)
		log_warn("CRIU has changed the options of cgroup2 from %s to %s: %s", options->text, now, err.message);
}

static void watch_main(const struct cgroup_options *options, int word) __attribute__((noreturn));
static void watch_main(const struct cgroup_options *options, int word)
{
	int stay[] = { options->fd, word };
	struct error ignored;
	sigset_t all;
	char c;

	prctl(PR_SET_NAME, "ctr-run:[options]");
	/* A signal that ends the runtime must not end this process. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	fds_close_others(0, stay, ARRAY_SIZE(stay), &ignored);
	while (read(word, &c, 1) < 0 && errno == EINTR)
		;
	/* The runtime was killed.  CRIU runs on for a while, and may not have changed the options yet. */
	for (int waited = 0; waited < ORPHAN_MS; waited += LOOK_MS) {
		mend_options(options);
		clock_sleep(LOOK_MS);
	}
	_exit(0);
}

static void start_watch(struct cgroup_options *options)
{
	int ends[2];
	struct error err = { 0 };

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	auto_fd word = ends[0];
	pid_t pid = process_fork(&err);

	if (pid == 0) {
		close(ends[1]);
		watch_main(options, word);
	}
	if (pid < 0) {
		close(ends[1]);
		return;
	}
	options->watch = pid;
	options->word = ends[1];
}

void cgroup_options_note(struct cgroup_options *options)
{
	options->fd = open_cgroup2();
	if (options->fd < 0)
		return;
	wait_for_others(options->fd);
	options->text = options_now(options->fd);
	if (what_can_be_lost(options))
		start_watch(options);
}

void cgroup_options_put_back(struct cgroup_options *options)
{
	/* The child must be gone before the pipe is closed: it would take that for our death. */
	if (options->watch > 0) {
		process_kill_child(&options->watch);
		close(options->word);
	}
	mend_options(options);
	free(options->text);
	options->text = NULL;
	cleanup_close(&options->fd);
}
