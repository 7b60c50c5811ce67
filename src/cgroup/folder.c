/*
 * folder.c - one folder of one hierarchy
 *
 * Look-ups start at a descriptor of the hierarchy's root and cross no link and
 * no other mount.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/path.h"

int folder_open_root(const struct cgroup_folder *folder, struct error *err)
{
	char path[sizeof CGROUP_ROOT "/" + sizeof folder->hierarchy];
	struct statfs fs;
	auto_fd fd = -1;

	/* The name comes from the kernel or from our record: it must be a single folder. */
	if (strchr(folder->hierarchy, '/') || strcmp(folder->hierarchy, "..") == 0)
		return fail(err, EINVAL, "cgroup hierarchy %s", folder->hierarchy);
	snprintf(path, sizeof path, CGROUP_ROOT "%s%s", folder->hierarchy[0] ? "/" : "", folder->hierarchy);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, errno, "open %s", path);
	/* An empty folder where a hierarchy used to be mounted would accept our mkdir and do nothing. */
	if (fstatfs(fd, &fs) < 0)
		return fail(err, errno, "statfs %s", path);
	if (fs.f_type != (folder->v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC))
		return fail(err, ENOENT, "%s is no cgroup mount", path);
	return take_fd(fd);
}

int folder_open_path(int root, const char *path, struct error *err)
{
	return path_open_beneath(root, path[1] ? path + 1 : ".", O_RDONLY | O_DIRECTORY, err);
}

bool folder_has(const struct cgroup_folder *folder, const char *controller)
{
	size_t n = strlen(controller);

	if (folder->v2)
		return false;
	for (const char *at = folder->hierarchy; *at; at += *at == ',') {
		size_t length = strcspn(at, ",");

		if (length == n && memcmp(at, controller, n) == 0)
			return true;
		at += length;
	}
	return false;
}

const struct cgroup_folder *cgroup_v1(const struct cgroup *cgroup, const char *controller)
{
	for (size_t i = 0; i < cgroup->n_folders; i++)
		if (cgroup->folders[i].fd >= 0 && folder_has(&cgroup->folders[i], controller))
			return &cgroup->folders[i];
	return NULL;
}

const struct cgroup_folder *cgroup_v2(const struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->n_folders; i++)
		if (cgroup->folders[i].fd >= 0 && cgroup->folders[i].v2)
			return &cgroup->folders[i];
	return NULL;
}

char *folder_name(const struct cgroup_folder *folder)
{
	return xasprintf(CGROUP_ROOT "%s%s%s", folder->hierarchy[0] ? "/" : "", folder->hierarchy,
			 folder->path[1] ? folder->path : "");
}

bool folder_peek(int dir, const char *name, char *text, size_t size)
{
	auto_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	if (n < 0)
		return false;
	if (n > 0 && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return true;
}

bool words_have(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		if ((at == text || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' ' || at[n] == '\n'))
			return true;
	return false;
}
