/*
 * remove.c - the end of a cgroup
 *
 * A cgroup is removed by rmdir(2), which gives EBUSY while there is a process
 * or a folder in it.  Nearly always the first rmdir is enough.  If not, we
 * first remove what the container made below, then wait for dying processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/inner.h"
#include "sys/fd.h"
#include "sys/path.h"

/* Remove the folder NAME in DIR: 0 if it is gone or did not exist, else an errno. */
static int rmdir_at(int dir, const char *name)
{
	int number;

	if (unlinkat(dir, name, AT_REMOVEDIR) == 0)
		return 0;
	number = errno;
	/* On a read-only mount rmdir gives EROFS even if there is nothing to remove.  And "gone" is believed only after
	 * a second look: nobody would ever remove what is left behind here. */
	if (number != EBUSY && !file_exists(dir, name) && folder_gone(errno))
		return 0;
	return folder_gone(number) ? EBUSY : number;
}

/* A busy folder is tried again in the next round. */
static int remove_child(int parent, const char *name, void *context, struct error *err)
{
	int number = rmdir_at(parent, name);

	(void) context;
	return number == 0 || number == EBUSY ? 0 : fail(err, number, "%s below it", name);
}

static int still_busy(int folder, struct error *err)
{
	struct procs procs = { 0 };
	struct error ignored;
	size_t n;

	procs_read_tree(folder, &procs, &ignored);
	n = procs_sort(procs.pids, procs.n);
	free(procs.pids);
	return fail(err, EBUSY, "%zu process(es) are still in it", n);
}

/* Remove NAME in DIR with all below it, as soon as the last process is gone. */
static int remove_tree(int dir, const char *name, bool v2, struct error *err)
{
	struct patience patience = patience_start(CGROUP_PATIENCE);
	int number = rmdir_at(dir, name);

	while (number == EBUSY) {
		auto_fd folder = path_open_beneath(dir, name, O_RDONLY | O_DIRECTORY, err);

		if (folder < 0 && !folder_gone(err->number))
			return -1;
		if (folder >= 0 && cgroup_walk(folder, NULL, remove_child, NULL, err) < 0)
			return -1;
		number = rmdir_at(dir, name);
		if (number == EBUSY && !patience_wait(&patience, v2 ? folder : -1))
			return folder < 0 ? fail(err, EBUSY, "rmdir") : still_busy(folder, err);
	}
	return number == 0 ? 0 : fail(err, number, "rmdir");
}

/* Open the folder of the first N components of PATH, O_PATH. */
static int open_prefix(int root, const char *path, unsigned n, struct error *err)
{
	auto_free char *prefix = component_prefix(path, n);

	return path_open_beneath(root, prefix + 1, O_PATH | O_DIRECTORY, err);
}

/* The last of the first N components of PATH. */
static void component_at(const char *path, unsigned n, char *name)
{
	while (n-- > 0)
		component_next(&path, name);
}

/* Remove from the leaf up what is ours of FOLDER's path.  Parents only if empty: another container may live there. */
static int remove_path(int root, const struct cgroup_folder *folder, struct error *err)
{
	unsigned depth = component_count(folder->path);
	char name[NAME_MAX + 1] = "";

	for (unsigned up = 0; up <= folder->made_parents && up < depth; up++) {
		unsigned above = depth - up - 1;
		auto_fd held = above > 0 ? open_prefix(root, folder->path, above, err) : -1;
		int parent = above > 0 ? held : root;

		if (parent < 0) {
			if (folder_gone(err->number))
				continue;
			return -1;
		}
		component_at(folder->path, above + 1, name);
		if (up == 0 && remove_tree(parent, name, folder->v2, err) < 0)
			return -1;
		if (up > 0 && rmdir_at(parent, name) != 0)
			break;
	}
	return 0;
}

int folder_remove(struct cgroup_folder *folder, struct error *err)
{
	auto_fd root = -1;

	if (folder->fd >= 0)
		close(folder->fd);
	if (folder->join >= 0)
		close(folder->join);
	folder->fd = folder->join = -1;
	if (!folder->made)
		return 0;
	if (!component_plain(folder->path))
		return fail(err, EINVAL, "cgroup %s", folder->path);
	root = folder_open_root(folder, err);
	if (root < 0 && !folder_gone(err->number))
		return -1;
	if (root < 0)
		log_warn("the cgroup %s of the container stays: %s", folder->path, err->message);
	else if (remove_path(root, folder, err) < 0)
		return -1;
	folder->made = false;
	folder->made_parents = 0;
	return 0;
}

int cgroup_remove(struct cgroup *cgroup, struct error *err)
{
	struct error first = { 0 };
	int result = 0;

	/* First the unit: if its folder vanished, systemd would take that for a failure. */
	if (cgroup->unit && unit_stop(cgroup, err) < 0)
		return -1;
	/* So far we have only decided what to make. */
	if (cgroup->looked)
		return 0;
	/* One that stays must not keep the others from going. */
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		auto_free char *name = NULL;

		if (folder_remove(&cgroup->folders[i], err) == 0)
			continue;
		if (result < 0)
			continue;
		name = folder_name(&cgroup->folders[i]);
		wrap(err, "remove the cgroup %s", name);
		first = *err;
		result = -1;
	}
	if (result < 0)
		*err = first;
	return result;
}
