/* cgroup-options.c - see cgroup-options.h */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "checkpoint/cgroup-options.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"

#define PATIENCE_MS 60000
#define LOOK_MS     20

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

/* Those of the file system that FD lies on, as /proc/self/mountinfo has them; the caller frees. */
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

/* One CRIU at a time, or we would note what another one has left; but one that serves pages may go on for hours. */
static void wait_for_others(int fd)
{
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK && waited < PATIENCE_MS;
	     waited += LOOK_MS)
		nanosleep(&(struct timespec) { .tv_nsec = LOOK_MS * 1000000 }, NULL);
}

void cgroup_options_note(struct cgroup_options *options)
{
	options->fd = open_cgroup2();
	if (options->fd < 0)
		return;
	wait_for_others(options->fd);
	options->text = options_now(options->fd);
}

void cgroup_options_put_back(struct cgroup_options *options)
{
	/* The first is rw or ro, which is nobody's to lose. */
	const char *noted = options->text ? strchr(options->text, ',') : NULL;
	auto_free char *now = noted ? options_now(options->fd) : NULL;
	struct error err = { 0 };

	if (now && strcmp(now, options->text) != 0 && mount_reconfigure(options->fd, noted, 0, &err) < 0)
		log_warn("CRIU has changed the options of cgroup2 from %s to %s: %s", options->text, now, err.message);
	free(options->text);
	options->text = NULL;
	cleanup_close(&options->fd);
}
