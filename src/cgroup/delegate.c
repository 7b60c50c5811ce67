/*
 * delegate.c - a cgroup that belongs to the container's user
 *
 * The owner of the folder may make cgroups in it; the owner of cgroup.procs and
 * cgroup.subtree_control may put processes and controllers into them.  The
 * limits stay ours: the kernel lists what is safe to give away.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/fd.h"
#include "sys/path.h"

/* Before 4.15 the kernel had no list. */
static const char usual[] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";

int cgroup_delegate(const struct cgroup *cgroup, uid_t uid, struct error *err)
{
	const struct cgroup_folder *folder = cgroup->layout == CGROUP_V2 ? cgroup_v2(cgroup) : NULL;
	auto_free char *list = NULL, *name = NULL;
	char file[NAME_MAX + 1];

	if (!folder)
		return 0;
	name = folder_name(folder);
	list = file_get(AT_FDCWD, "/sys/kernel/cgroup/delegate", err);
	if (!list)
		list = xstrdup(usual);
	for (char *at = list; *at; at += *at == '\n') {
		size_t n = strcspn(at, "\n");

		if (n > 0 && n < sizeof file && !memchr(at, '/', n)) {
			memcpy(file, at, n);
			file[n] = '\0';
			/* ENOENT: the file of a controller that is off here. */
			if (fchownat(folder->fd, file, uid, (gid_t) -1, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
				return fail(err, errno, "give %s/%s to uid %u", name, file, uid);
		}
		at += n;
	}
	if (fchown(folder->fd, uid, (gid_t) -1) < 0)
		return fail(err, errno, "give %s to uid %u", name, uid);
	return 0;
}

/* Open the folder of the first N components of PATH below DIR; MAKE: the last of them is made if missing. */
static int open_below(int dir, const char *path, unsigned n, bool make, struct error *err)
{
	auto_free char *prefix = component_prefix(path, n);

	if (make && mkdirat(dir, prefix + 1, 0755) < 0 && errno != EEXIST)
		return fail(err, errno, "make %s", prefix);
	return path_open_beneath(dir, n > 0 ? prefix + 1 : ".", O_RDONLY | O_DIRECTORY, err);
}

int cgroup_move_below(const struct cgroup *cgroup, const char *path, pid_t pid, const struct oci_resources *resources,
		      const uid_t *owner, struct error *err)
{
	const struct cgroup_folder *own = cgroup_v2(cgroup);
	unsigned depth = component_count(path);
	struct error ignored;

	if (!own)
		return fail(err, ENOENT, "the container's cgroup");
	auto_free char *name = folder_name(own), *whole = xasprintf("%s%s", own->path, path);
	auto_fd fd = -1;
	/* It stays, and so would everything below it. */
	if (!own->made)
		return fail(err, EEXIST, "%s is not the container's own: who would remove %s in it", name, path);
	for (unsigned n = 1; n <= depth; n++) {
		cleanup_close(&fd);
		if ((fd = open_below(own->fd, path, n, true, err)) < 0)
			return wrap(err, "the cgroup %s below %s", path, name);
	}
	struct cgroup_folder leaf = *own;
	leaf.path = whole;
	leaf.fd = fd;
	struct cgroup below = { .layout = CGROUP_V2, .folders = &leaf, .n_folders = 1 };
	if (cgroup_add(&below, pid, true, err) < 0)
		return -1;
	/* Only now: a cgroup with processes of its own cannot hand controllers down. */
	for (unsigned n = 0; n < depth; n++) {
		auto_fd above = open_below(own->fd, path, n, false, &ignored);
		if (above >= 0)
			controllers_enable(above, resources);
	}
	return owner ? cgroup_delegate(&below, *owner, err) : 0;
}
