/*
 * hide-host.c - with no_pivot: the host's /proc and /sys must go
 *
 * The kernel lets a process mount a new procfs or sysfs as long as a whole one
 * is somewhere in its mount namespace with nothing mounted over parts of it.
 * The host's own are such, and would make all masks of the container void.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "rootfs/steps.h"
#include "sys/fd.h"

struct entry {
	unsigned long long id, parent;
	char *place;		/* mount point of a whole procfs or sysfs, else NULL */
};

struct table {
	struct entry *entries;
	size_t n;
	char *text;		/* places point into it */
};

static bool is_escape(const char *s)
{
	return s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7';
}

/* Undo the kernel's "\040" for blanks and the like, in place. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (is_escape(s)) {
			*to++ = (char) ((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* "36 35 98:0 /root /place options shared:1 - type source options" */
static bool parse_line(char *line, struct entry *entry)
{
	char *root, *place, *type = strstr(line, " - ");
	const char *p = line;
	uint64_t id, parent;

	if (!type || !number_take(&p, &id) || !number_take(&p, &parent) || *p != ' ' || !(p = strchr(p + 1, ' ')))
		return false;
	entry->id = id;
	entry->parent = parent;
	root = line + (p + 1 - line);
	place = strchr(root, ' ');
	if (!place || !strchr(place + 1, ' '))
		return false;
	*place++ = '\0';
	*strchr(place, ' ') = '\0';
	type += 3;
	type[strcspn(type, " ")] = '\0';
	entry->place = NULL;
	if (strcmp(root, "/") == 0 && (strcmp(type, "proc") == 0 || strcmp(type, "sysfs") == 0)) {
		unescape(place);
		entry->place = place;
	}
	return true;
}

static int by_id(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int read_table(struct table *table, struct error *err)
{
	auto_fd fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	size_t n;

	*table = (struct table){ 0 };
	if (fd < 0)
		return fail(err, errno, "open /proc/self/mountinfo");
	table->text = fd_read_all(fd, 256u << 20, &n, err);
	if (!table->text)
		return wrap(err, "read /proc/self/mountinfo");
	for (char *line = table->text, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct entry entry;

		*end = '\0';
		if (!parse_line(line, &entry)) {
			free(table->entries);
			free(table->text);
			return fail(err, EINVAL, "read /proc/self/mountinfo");
		}
		*(struct entry *) xgrow(&table->entries, table->n++, sizeof entry) = entry;
	}
	qsort(table->entries, table->n, sizeof *table->entries, by_id);
	return 0;
}

static bool is_below(const struct table *table, const struct entry *entry, unsigned long long root)
{
	for (size_t depth = 0; entry && depth <= table->n; depth++) {
		const struct entry key = { .id = entry->parent };

		if (entry->id == root)
			return true;
		if (entry->parent == entry->id)
			return false;
		entry = bsearch(&key, table->entries, table->n, sizeof key, by_id);
	}
	return false;
}

/* Unmount what is at PLACE, all layers of it, and cover the rest: a mount that the user namespace we come from has
 * locked stays, but with something over it the kernel takes it for no whole one any more. */
static int hide(const char *place, struct error *err)
{
	while (umount2(place, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	/* Propagation ended in rootfs_attach(), so the host's own mounts stay.  ENOENT: it went away with the mount it
	 * lay on. */
	if (errno == ENOENT)
		return 0;
	if (errno != EINVAL && errno != EPERM)
		return fail(err, errno, "unmount the host's %s", place);
	if (mount("tmpfs", place, "tmpfs", MS_RDONLY, NULL) < 0 && errno != ENOENT)
		return fail(err, errno, "cover the host's %s", place);
	return 0;
}

int host_hide(int root, struct error *err)
{
	struct statx stx;
	struct table table;
	int result = 0;

	if (statx(root, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) < 0)
		return fail(err, errno, "look at the rootfs");
	if (!(stx.stx_mask & STATX_MNT_ID))
		return fail(err, ENOSYS, "tell the mounts of the rootfs from the host's (needs Linux 5.8)");
	if (read_table(&table, err) < 0)
		return -1;
	for (size_t i = table.n; i-- > 0 && result == 0;)
		if (table.entries[i].place && !is_below(&table, &table.entries[i], stx.stx_mnt_id))
			result = hide(table.entries[i].place, err);
	free(table.entries);
	free(table.text);
	return result;
}
