/*
 * below.c - which cgroup exec goes to: one that the container made below its own, or where its first process is
 *
 * The container chose their names.  A path is split and opened component by
 * component from the container's own folder, so that nothing leads out of it:
 * no "..", and no name that only begins like the container's.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "cgroup/inner.h"
#include "sys/path.h"
#include "sys/process.h"

/* FOLDER becomes the one at PATH, relative to it, which nobody is to remove. */
static int move_down(struct cgroup_folder *folder, const char *path, struct error *err)
{
	auto_free char *name = NULL, *below = NULL;
	char clean[PATH_MAX + 2];
	auto_fd fd = -1, join = -1;

	path_clean(path, clean);
	if (!clean[1] || folder->fd < 0)
		return 0;
	fd = path_open_beneath(folder->fd, clean + 1, O_RDONLY | O_DIRECTORY, err);
	name = folder_name(folder);
	if (fd < 0)
		return wrap(err, "cgroup %s below %s", clean, name);
	if (!folder->v2) {
		join = openat(fd, "tasks", O_WRONLY | O_CLOEXEC);
		if (join < 0)
			return fail(err, errno, "open tasks of the cgroup %s below %s", clean, name);
		close(folder->join);
		folder->join = take_fd(join);
	}
	close(folder->fd);
	folder->fd = take_fd(fd);
	below = xasprintf("%s%s", folder->path[1] ? folder->path : "", clean);
	free(folder->path);
	folder->path = take(below);
	folder->made = false;
	return 0;
}

bool cgroup_below_plain(const char *path)
{
	size_t n;

	if (strlen(path) >= PATH_MAX)
		return false;
	for (; *path; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n > NAME_MAX || (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
	}
	return true;
}

/* The folder whose hierarchy has CONTROLLER, N bytes long: "cpu", "systemd", "name=systemd", "unified". */
static struct cgroup_folder *find(struct cgroup *cgroup, const char *controller, size_t n)
{
	static const char named[] = "name=";
	char name[64];

	if (n > sizeof named - 1 && !strncmp(controller, named, sizeof named - 1)) {
		controller += sizeof named - 1;
		n -= sizeof named - 1;
	}
	snprintf(name, sizeof name, "%.*s", (int) n, controller);
	for (size_t i = 0; i < cgroup->n_folders; i++)
		if (folder_has(&cgroup->folders[i], name) || !strcmp(cgroup->folders[i].hierarchy, name))
			return &cgroup->folders[i];
	return NULL;
}

/* "cpu,memory:path". */
static int enter_named(struct cgroup *cgroup, const char *argument, bool *moved, struct error *err)
{
	const char *path = strchr(argument, ':') + 1;

	for (const char *at = argument; at < path; at++) {
		size_t n = strcspn(at, ",:");
		struct cgroup_folder *folder = find(cgroup, at, n);

		if (n == 0)
			return fail_code(err, ERROR_USAGE, "invalid --cgroup argument: %s (empty <controller> prefix)",
					 argument);
		if (!folder || cgroup->layout == CGROUP_V2)
			return fail_code(err, ERROR_USAGE,
					 "invalid --cgroup argument: %s (unknown controller %.*s: the "
					 "container has no cgroup of it)", argument, (int) n, at);
		if (moved[folder - cgroup->folders])
			return fail_code(err, ERROR_USAGE, "invalid --cgroup argument: %s (the cgroup of %.*s is given "
					 "twice)", argument, (int) n, at);
		moved[folder - cgroup->folders] = true;
		if (move_down(folder, path, err) < 0)
			return -1;
		at += n;
	}
	return 0;
}

/* The root of FOLDER's hierarchy, if that is mounted and FOLDER is no longer in it; else -1. */
static int root_without(const struct cgroup_folder *folder)
{
	struct error ignored;

	return folder->fd < 0 ? folder_open_root(folder, &ignored) : -1;
}

static int check_there(const struct cgroup *cgroup, struct error *err)
{
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		auto_fd root = root_without(&cgroup->folders[i]);
		auto_free char *name = root >= 0 ? folder_name(&cgroup->folders[i]) : NULL;

		if (name)
			return fail(err, ENOENT, "the container's cgroup %s", name);
	}
	return 0;
}

int cgroup_below(struct cgroup *cgroup, char *const *arguments, struct error *err)
{
	auto_free bool *moved = xcalloc(cgroup->n_folders + 1, sizeof *moved);

	for (size_t i = 0; arguments[i]; i++) {
		const char *argument = arguments[i], *colon = strchr(argument, ':');

		if (colon && strchr(colon + 1, ':'))
			return fail_code(err, ERROR_USAGE, "invalid --cgroup argument: %s", argument);
		if (!colon && arguments[1])
			return fail_code(err, ERROR_USAGE,
					 "invalid --cgroup argument: %s (missing <controller>: prefix)", argument);
		if (!cgroup_below_plain(colon ? colon + 1 : argument))
			return fail_code(err, ERROR_USAGE, "bad sub cgroup path: %s is not a sub cgroup path",
					 colon ? colon + 1 : argument);
		if (cgroup->n_folders == 0)
			return fail_code(err, ERROR_USAGE,
					 "invalid --cgroup argument: %s (the container has no cgroup)", argument);
		if (check_there(cgroup, err) < 0)
			return -1;
		if (colon && enter_named(cgroup, argument, moved, err) < 0)
			return -1;
		for (size_t k = 0; !colon && k < cgroup->n_folders; k++)
			if (move_down(&cgroup->folders[k], argument, err) < 0)
				return -1;
	}
	return 0;
}

/* The cgroup2 path in TEXT, which comes from process_cgroups(); NULL if there is none. */
static const char *cgroup2_path(char *text)
{
	char *controllers, *path;

	while (process_cgroup_line(&text, &controllers, &path))
		if (!*controllers)
			return path;
	return NULL;
}

int cgroup_follow(struct cgroup *cgroup, pid_t pid, struct error *err)
{
	auto_free char *text = process_cgroups(pid, err);
	const char *path = text ? cgroup2_path(text) : NULL;

	if (!text)
		return -1;
	if (!path || strlen(path) >= PATH_MAX || !component_plain(path))
		return fail(err, ENOENT, "the cgroup of process %d", (int) pid);
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		struct cgroup_folder *folder = &cgroup->folders[i];
		size_t n = folder->path[1] ? strlen(folder->path) : 0;

		if (!folder->v2)
			continue;
		/* Somebody else has moved the container's processes elsewhere: then he has to say where to go. */
		if (!text_lies_below(path, folder->path))
			return fail(err, EBUSY, "process %d is in the cgroup %s", (int) pid, path);
		return move_down(folder, path + n, err);
	}
	return 0;
}

/* FOLDER becomes the one at PATH below the ROOT of its hierarchy, which nobody is to remove. */
static int stand_in(struct cgroup_folder *folder, int root, const char *path, struct error *err)
{
	auto_fd fd = -1, join = -1;

	if (!component_plain(path) || strlen(path) >= PATH_MAX)
		return fail(err, ENOENT, "%s", path);
	fd = folder_open_path(root, path, err);
	if (fd < 0)
		return -1;
	if (!folder->v2 && (join = openat(fd, "tasks", O_WRONLY | O_CLOEXEC)) < 0)
		return fail(err, errno, "open tasks of %s", path);
	free(folder->path);
	folder->path = xstrdup(path);
	folder->fd = take_fd(fd);
	folder->join = take_fd(join);
	folder->made = false;
	return 0;
}

/* The folder of CGROUP in the hierarchy that /proc/PID/cgroup calls CONTROLLERS. */
static struct cgroup_folder *folder_of_line(struct cgroup *cgroup, const char *controllers)
{
	if (*controllers)
		return find(cgroup, controllers, strcspn(controllers, ","));
	for (size_t i = 0; i < cgroup->n_folders; i++)
		if (cgroup->folders[i].v2)
			return &cgroup->folders[i];
	return NULL;
}

int cgroup_replace_gone(struct cgroup *cgroup, pid_t pid, struct error *err)
{
	auto_free char *text = NULL;
	char *controllers, *path;
	size_t n = 0;

	for (size_t i = 0; i < cgroup->n_folders; i++)
		n += cgroup->folders[i].fd < 0;
	if (!n)
		return 0;
	text = process_cgroups(pid, err);
	if (!text)
		return -1;
	for (char *rest = text; process_cgroup_line(&rest, &controllers, &path);) {
		struct cgroup_folder *folder = folder_of_line(cgroup, controllers);
		auto_fd root = folder ? root_without(folder) : -1;

		if (root >= 0 && stand_in(folder, root, path, err) < 0)
			return wrap(err, "the cgroup of process %d", (int) pid);
	}
	return 0;
}
