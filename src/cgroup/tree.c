/*
 * tree.c - a walk through a cgroup and all below it
 *
 * The tree that a container made in its cgroup may be too deep for our stack
 * and our descriptor limit.  So the walk keeps the names of each level in
 * memory, goes down by name and up by "..", which cannot lead elsewhere:
 * folders in cgroupfs never move to another parent, and we go up only as far as
 * we went down.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "sys/path.h"

struct level {
	char **names;	/* of the folders here */
	size_t n, next;
};

static void level_free(struct level *level)
{
	for (size_t i = 0; i < level->n; i++)
		free(level->names[i]);
	free(level->names);
}

static int level_read(int dir, struct level *level, struct error *err)
{
	struct stat st;
	struct dirent *entry;
	auto_fd again = -1;
	DIR *stream;

	*level = (struct level) { 0 };
	/* In kernfs the link count tells how many folders there are: most cgroups have none, and need no listing. */
	if (fstat(dir, &st) == 0 && st.st_nlink == 2)
		return 0;
	again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (again < 0)
		return folder_gone(errno) ? 0 : fail(err, errno, "open a folder of the cgroup");
	stream = fdopendir(again);
	if (!stream)
		return fail(err, errno, "list a folder of the cgroup");
	again = -1;
	while ((entry = readdir(stream)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			*(char **) xgrow(&level->names, level->n, sizeof *level->names) = xstrdup(entry->d_name);
			level->n++;
		}
	closedir(stream);
	return 0;
}

struct walk {
	int dir;		/* where we are */
	struct level *levels;
	size_t depth;		/* levels in use */
	cgroup_visit *enter, *leave;
	void *context;
};

static int arrive(struct walk *walk, struct error *err)
{
	if (walk->enter && walk->enter(walk->dir, NULL, walk->context, err) < 0)
		return -1;
	if (level_read(walk->dir, xgrow(&walk->levels, walk->depth, sizeof *walk->levels), err) < 0)
		return -1;
	walk->depth++;
	return 0;
}

static void move(struct walk *walk, int to)
{
	close(walk->dir);
	walk->dir = to;
}

static int go_down(struct walk *walk, struct level *level, struct error *err)
{
	int child = path_open_beneath(walk->dir, level->names[level->next], O_RDONLY | O_DIRECTORY, err);

	if (child < 0) {
		level->next++;
		return folder_gone(err->number) ? 0 : -1;
	}
	move(walk, child);
	return arrive(walk, err);
}

static int go_up(struct walk *walk, struct error *err)
{
	struct level *above = &walk->levels[walk->depth - 2];
	const char *left = above->names[above->next++];
	int parent = openat(walk->dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (parent < 0)
		return fail(err, errno, "open the parent of a folder of the cgroup");
	level_free(&walk->levels[--walk->depth]);
	move(walk, parent);
	return walk->leave ? walk->leave(walk->dir, left, walk->context, err) : 0;
}

int cgroup_walk(int dir, cgroup_visit *enter, cgroup_visit *leave, void *context, struct error *err)
{
	struct walk walk = { .enter = enter, .leave = leave, .context = context };
	int result;

	walk.dir = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (walk.dir < 0)
		return folder_gone(errno) ? 0 : fail(err, errno, "open the cgroup");
	result = arrive(&walk, err);
	while (result == 0) {
		struct level *level = &walk.levels[walk.depth - 1];

		if (level->next < level->n)
			result = go_down(&walk, level, err);
		else if (walk.depth > 1)
			result = go_up(&walk, err);
		else
			break;
	}
	while (walk.depth > 0)
		level_free(&walk.levels[--walk.depth]);
	free(walk.levels);
	close(walk.dir);
	return result;
}
