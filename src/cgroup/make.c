/*
 * make.c - find the folders, and make them
 *
 * One walk from the root of each hierarchy makes what is missing.  On the way
 * every new cpuset gets its parent's cpus (v1), and in every parent the
 * controllers that its children need are enabled (v2).
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/path.h"

static bool refused(const struct error *err)
{
	return err->number == EACCES || err->number == EPERM || err->number == EROFS;
}

/* Fail because the container needs a folder here and may not have one. */
static int deny(const struct cgroup *cgroup, struct error *err)
{
	auto_free char *why = xstrdup(err->message);
	int number = err->number;

	if (!cgroup->rootless)
		return -1;
	/* Users look for this text. */
	fail(err, 0, "rootless needs no limits + no cgrouppath when no permission is granted for cgroups: %s "
	     "(where systemd runs, --systemd-cgroup asks it for one)", why);
	err->number = number;
	return -1;
}

/* ---- look ---- */

/* How many leading components of PATH exist below ROOT? */
static int count_existing(int root, const char *path, unsigned depth, struct error *err)
{
	for (unsigned n = depth; n > 0; n--) {
		auto_free char *prefix = component_prefix(path, n);
		auto_fd fd = path_open_beneath(root, prefix + 1, O_PATH | O_DIRECTORY, err);

		if (fd >= 0)
			return (int) n;
		if (err->number != ENOENT)
			return wrap(err, "cgroup %s", prefix);
	}
	return 0;
}

static int folder_look(struct cgroup_folder *folder, struct error *err)
{
	auto_fd root = folder_open_root(folder, err), there = -1;
	unsigned depth = component_count(folder->path);
	int existing;

	if (root < 0)
		return -1;
	there = folder_open_path(root, folder->path, err);
	if (there >= 0) {
		folder->made = false;
		folder->made_parents = 0;
		folder->fd = take_fd(there);
		return 0;
	}
	if (err->number != ENOENT)
		return wrap(err, "cgroup %s", folder->path);
	existing = count_existing(root, folder->path, depth - 1, err);
	if (existing < 0)
		return -1;
	folder->made = true;
	folder->made_parents = depth - 1 - (unsigned) existing;
	folder->fd = take_fd(root);
	return 0;
}

/* May we make what is missing of FOLDER, and go there from where we are?  The first needs write access to the last
 * folder that exists, the second to cgroup.procs of the common ancestor, which is the same folder. */
static bool is_ours(const struct cgroup_folder *folder)
{
	unsigned depth = component_count(folder->path);
	auto_free char *prefix = component_prefix(folder->path, depth - 1 - folder->made_parents);
	auto_free char *begin = xasprintf(".%s", prefix);
	auto_free char *procs = xasprintf("%s/cgroup.procs", begin);

	return faccessat(folder->fd, begin, W_OK, AT_EACCESS) == 0 &&
	       faccessat(folder->fd, procs, W_OK, AT_EACCESS) == 0;
}

/* A relative path leads beside the caller's cgroup; or below it, if nothing but that was delegated to him. */
static void look_instead(struct cgroup_folder *folder)
{
	struct cgroup_folder other = *folder;
	struct error ignored;

	if (!folder->instead || !folder->made || is_ours(folder))
		return;
	other.path = folder->instead;
	other.fd = -1;
	if (folder_look(&other, &ignored) == 0 && (!other.made || is_ours(&other))) {
		cleanup_close(&folder->fd);
		other.instead = folder->path;
		*folder = other;
	} else {
		cleanup_close(&other.fd);
	}
}

int cgroup_look(struct cgroup *cgroup, struct error *err)
{
	cgroup->looked = true;
	for (size_t i = 0; i < cgroup->n_folders;) {
		struct cgroup_folder *folder = &cgroup->folders[i];

		cleanup_close(&folder->fd);
		if (folder_look(folder, err) == 0) {
			look_instead(folder);
			i++;
			continue;
		}
		if (refused(err) && !cgroup->required) {
			folder_drop(cgroup, i);
			continue;
		}
		return refused(err) ? deny(cgroup, err) : -1;
	}
	return 0;
}

/* ---- make ---- */

/* Open the folder NAME in DIR, made if missing.  MISSING: we expect it to be, and try to make it first. */
static int step_down(int dir, const char *name, bool missing, bool *made, struct error *err)
{
	int fd = missing ? -1 : path_open_beneath(dir, name, O_RDONLY | O_DIRECTORY, err);

	*made = false;
	if (fd >= 0 || (!missing && err->number != ENOENT))
		return fd;
	*made = mkdirat(dir, name, 0755) == 0;
	if (!*made && errno != EEXIST)
		return fail(err, errno, "make the folder %s%s", name,
			    errno == EAGAIN ? " (cgroup.max.depth or cgroup.max.descendants above it)" :
			    errno == EROFS  ? " (as usual in a container; --cgroup-manager disabled does without)"
					    : "");
	return path_open_beneath(dir, name, O_RDONLY | O_DIRECTORY, err);
}

/* Go from the hierarchy's root in folder->fd down to the folder itself.  *THERE is how many components existed. */
static int folder_walk(struct cgroup_folder *folder, const struct oci_resources *resources, unsigned *there,
		       struct error *err)
{
	unsigned n = 0, expected = component_count(folder->path) - (folder->made ? folder->made_parents + 1 : 0);
	bool made = false, cpuset = folder_has(folder, "cpuset");
	auto_fd dir = take_fd(folder->fd);
	char name[NAME_MAX + 1];

	*there = 0;
	for (const char *at = folder->path; component_next(&at, name); n++) {
		int child;

		if (folder->v2)
			controllers_enable(dir, resources);
		child = step_down(dir, name, n >= expected, &made, err);
		if (child >= 0 && !made)
			*there = n + 1;
		if (child < 0)
			return -1;
		if (cpuset && cpuset_inherit(dir, child, err) < 0) {
			close(child);
			return -1;
		}
		close(dir);
		dir = child;
	}
	folder->fd = take_fd(dir);
	return 0;
}

/* FOLDER existed before, and neither it nor any folder below it may contain processes: whatever is done to all the
 * container's processes, such as killing them, is done to the whole tree. */
static int folder_check_empty(const struct cgroup_folder *folder, struct error *err)
{
	struct procs procs = { 0 };
	int result = procs_read_tree(folder->fd, &procs, err);
	size_t n = procs_sort(procs.pids, procs.n) + procs.hidden;

	free(procs.pids);
	if (result == 0 && n > 0)
		return fail_code(err, ERROR_STATE,
				 "container's cgroup is not empty: %zu process(es) found in it or below", n);
	return result;
}

/* May a container live here? */
static int folder_check(struct cgroup_folder *folder, struct error *err)
{
	char state[32] = "";

	if (!folder->made && folder_check_empty(folder, err) < 0)
		return -1;
	/* A new child of the root cannot be frozen or threaded. */
	if (folder->made && folder->made_parents == 0 && component_count(folder->path) == 1)
		return 0;
	if (folder_has(folder, "freezer") && folder_peek(folder->fd, "freezer.state", state, sizeof state) &&
	    strcmp(state, "THAWED") != 0)
		return fail_code(err, ERROR_STATE, "container's cgroup unexpectedly frozen");
	if (folder->v2) {
		unsigned long long frozen = 0;

		if (keyed_read(folder->fd, "cgroup.events", "frozen", &frozen) && frozen)
			return fail_code(err, ERROR_STATE, "container's cgroup unexpectedly frozen");
		if (folder_peek(folder->fd, "cgroup.type", state, sizeof state) && strncmp(state, "domain", 6) != 0)
			return fail(err, ENOTSUP, "its cgroup.type is \"%s\", and a container needs a domain", state);
		if (strcmp(state, "domain invalid") == 0)
			return fail(err, ENOTSUP, "its cgroup.type is \"%s\", as its parent is threaded; "
				    "a container needs a domain", state);
	}
	return 0;
}

/* Make what is missing of FOLDER, and note what that was, even after an error. */
static int folder_build(struct cgroup_folder *folder, const struct oci_resources *resources, struct error *err)
{
	unsigned depth = component_count(folder->path), least = depth, there;

	for (int tries = 5; tries > 0; tries--) {
		int result;

		/* The first time, cgroup_look() has left the root open, unless the folder exists. */
		if (tries < 5 || !folder->made) {
			cleanup_close(&folder->fd);
			folder->fd = folder_open_root(folder, err);
		}
		if (folder->fd < 0)
			return -1;
		result = folder_walk(folder, resources, &there, err);
		if (there < least)
			least = there;
		folder->made = least < depth;
		folder->made_parents = least < depth ? depth - least - 1 : 0;
		/* Another container that ends may remove an empty parent under our feet: try again. */
		if (result == 0 || !folder_gone(err->number))
			return result;
	}
	return -1;
}

static int folder_make(struct cgroup_folder *folder, const struct cgroup *cgroup, struct error *err)
{
	/* Found by cgroup_look(); nothing to do in its parents either. */
	bool ready = !folder->made && !folder->v2 && !folder_has(folder, "cpuset");

	if (!ready && folder_build(folder, cgroup->resources, err) < 0)
		return -1;
	/* A unit that has just been started is nobody else's. */
	if (!cgroup->unit && folder_check(folder, err) < 0)
		return -1;
	folder->made |= cgroup->unit != NULL;
	if (!folder->v2) {
		folder->join = openat(folder->fd, "tasks", O_WRONLY | O_CLOEXEC);
		if (folder->join < 0)
			return fail(err, errno, "open tasks");
	}
	return 0;
}

int cgroup_make(struct cgroup *cgroup, struct error *err)
{
	struct error ignored;

	if (!cgroup->looked && cgroup_look(cgroup, err) < 0)
		return -1;
	cgroup->looked = false;
	for (size_t i = 0; i < cgroup->n_folders;) {
		struct cgroup_folder *folder = &cgroup->folders[i];
		auto_free char *name = NULL;

		if (folder_make(folder, cgroup, err) == 0) {
			i++;
			continue;
		}
		if (refused(err) && !cgroup->required) {
			folder_remove(folder, &ignored);
			folder_drop(cgroup, i);
			continue;
		}
		name = folder_name(folder);
		wrap(err, "make the cgroup %s", name);
		if (refused(err))
			deny(cgroup, err);
		/* Folders that were only looked at so far are not ours. */
		for (size_t k = i + 1; k < cgroup->n_folders; k++)
			cgroup->folders[k].made = false;
		cgroup_remove(cgroup, &ignored);
		return -1;
	}
	cgroup->resources = NULL;
	return 0;
}
