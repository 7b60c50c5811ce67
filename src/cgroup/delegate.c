/*
 * delegate.c - a cgroup that belongs to the container's user
 *
 * Who owns the folder may make cgroups in it, who owns cgroup.procs and
 * cgroup.subtree_control may fill and equip them.  The limits stay ours: the
 * kernel lists what is safe to give away.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/fd.h"

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
			/* Of a controller that is off here. */
			if (fchownat(folder->fd, file, uid, (gid_t) -1, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
				return fail(err, errno, "give %s/%s to uid %u", name, file, uid);
		}
		at += n;
	}
	if (fchown(folder->fd, uid, (gid_t) -1) < 0)
		return fail(err, errno, "give %s to uid %u", name, uid);
	return 0;
}
