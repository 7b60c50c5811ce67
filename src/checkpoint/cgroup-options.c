/* cgroup-options.c - see cgroup-options.h */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "checkpoint/cgroup-options.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"

static int open_cgroup2(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		auto_fd fd = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

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

	if (mountinfo_read("/proc/self", &mounts, &ignored) == 0 && mount_id(fd, &id) && (entry = mountinfo_find(&mounts, id)))
		text = xstrdup(entry->options);
	mountinfo_free(&mounts);
	return text;
}

void cgroup_options_note(struct cgroup_options *options)
{
	options->fd = open_cgroup2();
	options->text = options->fd >= 0 ? options_now(options->fd) : NULL;
}

void cgroup_options_put_back(struct cgroup_options *options)
{
	auto_free char *now = options->text ? options_now(options->fd) : NULL;
	struct error err = { 0 };

	/* The first is rw or ro, which belongs to the file system too but is nobody's to lose. */
	if (now && strcmp(now, options->text) != 0 && mount_reconfigure(options->fd, strchr(options->text, ','), 0, &err) < 0)
		log_warn("CRIU has changed the options of cgroup2 from %s to %s: %s", options->text, now, err.message);
	free(options->text);
	options->text = NULL;
	cleanup_close(&options->fd);
}
