/* left.c - see left.h */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "base/number.h"
#include "cgroup/cgroup.h"
#include "container/left.h"
#include "container/store.h"
#include "sys/fd.h"
#include "sys/process.h"

#define NOTES "@cgroups"

struct note {
	char *name;
	struct cgroup_left left;	/* its path belongs to the note */
};

/* The folder of the notes, made if MAKE; -1 with errno. */
static int open_notes(int root, bool make)
{
	if (make && mkdirat(root, NOTES, 0700) < 0 && errno != EEXIST)
		return -1;
	return openat(root, NOTES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int write_note(int root, const struct cgroup_left *left, const char *boot, struct error *err)
{
	auto_free char *name = xasprintf("%llu:%s", (unsigned long long) left->inode, left->hierarchy);
	auto_free char *text = xasprintf("%s %d %s", boot, left->v2, left->path);

	/* The last one who needs no note any more removes the folder. */
	for (int tries = 5;; tries--) {
		auto_fd notes = open_notes(root, true);

		if (notes < 0 && (errno != ENOENT || tries == 0))
			return fail(err, errno, "make " NOTES " in the state root");
		if (notes >= 0 && file_replace(notes, name, text, strlen(text), 0600, err) == 0)
			return 0;
		if (notes >= 0 && (err->number != ENOENT || tries == 0))
			return -1;
	}
}

/* False if it is none, or of another boot. */
static bool parse_note(const char *name, const char *text, const char *boot, struct cgroup_left *left)
{
	const char *hierarchy = strchr(name, ':');
	size_t n = strlen(boot), length = strlen(name);

	*left = (struct cgroup_left) { .inode = strtoull(name, NULL, 10) };
	/* One that was not renamed: its writer was killed, or will write it once more. */
	if (length > 4 && !strcmp(name + length - 4, ".tmp"))
		return false;
	if (!hierarchy || strlen(hierarchy + 1) >= sizeof left->hierarchy || strncmp(text, boot, n) != 0 ||
	    text[n] != ' ' || (text[n + 1] != '0' && text[n + 1] != '1') || text[n + 2] != ' ')
		return false;
	memcpy(left->hierarchy, hierarchy + 1, strlen(hierarchy + 1) + 1);
	left->v2 = text[n + 1] == '1';
	left->path = xstrdup(text + n + 3);
	return true;
}

/* The longest path first: what is below goes before what is above. */
static int compare(const void *a, const void *b)
{
	size_t x = strlen(((const struct note *) a)->left.path), y = strlen(((const struct note *) b)->left.path);

	return (x < y) - (x > y);
}

static size_t read_notes(int folder, const char *boot, struct note **notes)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;
	size_t n = 0;

	while (dir && (e = readdir(dir))) {
		struct error ignored;
		struct cgroup_left left;
		auto_free char *text = e->d_name[0] == '.' ? NULL : file_get(folder, e->d_name, &ignored);

		if (!text)
			continue;
		if (!parse_note(e->d_name, text, boot, &left)) {
			unlinkat(folder, e->d_name, 0);
			continue;
		}
		*(struct note *) xgrow(notes, n++, sizeof **notes) = (struct note) { xstrdup(e->d_name), left };
	}
	if (dir)
		closedir(dir);
	if (n > 0)
		qsort(*notes, n, sizeof **notes, compare);
	return n;
}

static void try_again(int root, const char *boot)
{
	auto_fd folder = open_notes(root, false);
	struct note *notes = NULL;
	size_t n, stay = 0;

	if (folder < 0)
		return;
	n = read_notes(folder, boot, &notes);
	for (size_t i = 0; i < n; i++) {
		if (cgroup_left_remove(&notes[i].left))
			unlinkat(folder, notes[i].name, 0);
		else
			stay++;
		free(notes[i].name);
		free(notes[i].left.path);
	}
	free(notes);
	if (stay == 0)
		unlinkat(root, NOTES, AT_REMOVEDIR);
}

int left_remove_cgroup(const char *root, struct cgroup *cgroup, struct error *err)
{
	int result = cgroup_remove(cgroup, err);
	struct error ignored;
	auto_fd folder = store_open_root(root, &ignored);
	char boot[37];

	if (folder < 0 || (cgroup->n_left == 0 && !file_exists(folder, NOTES)) || process_boot_id(boot, &ignored) < 0)
		return result;
	for (size_t i = 0; i < cgroup->n_left; i++)
		if (write_note(folder, &cgroup->left[i], boot, &ignored) < 0)
			log_warn("the cgroup %s will stay: %s", cgroup->left[i].path, ignored.message);
	try_again(folder, boot);
	return result;
}
