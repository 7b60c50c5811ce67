/* revealing.c - see revealing.h */
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "sys/mountinfo.h"
#include "sys/revealing.h"

#define SHOWN 4	/* how many of the mounts in the way are named */

/* Folders that are always empty, made by the kernel as mount points: nothing is hidden there. */
static const char *const harmless[] = {
	"/proc/fs/nfsd", "/proc/openprom", "/proc/sys/fs/binfmt_misc", "/sys/firmware/efi/efivars", "/sys/fs/bpf",
	"/sys/fs/cgroup", "/sys/fs/fuse/connections", "/sys/fs/pstore", "/sys/fs/resctrl", "/sys/fs/selinux",
	"/sys/fs/smackfs", "/sys/hypervisor/s390", "/sys/kernel/config", "/sys/kernel/debug", "/sys/kernel/security",
	"/sys/kernel/tracing",
};

/* Where CHILD lies in the file system of TYPE that is mounted as PARENT: "/sys/kernel" in a procfs on /x/proc. */
static const char *inside(const struct mount_entry *parent, const struct mount_entry *child)
{
	size_t n = strlen(parent->place);

	return !strncmp(child->place, parent->place, n) ? child->place + n : child->place;
}

static bool hides_nothing(const char *type, const char *where)
{
	const char *top = strcmp(type, "proc") ? "/sys" : "/proc";
	size_t n = strlen(top);

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (!strncmp(harmless[i], top, n) && !strcmp(harmless[i] + n, where))
			return true;
	return false;
}

static bool is_in_the_way(const struct mount_entry *whole, const struct mount_entry *entry, const char *type)
{
	return entry->parent == whole->id && entry->id != whole->id && !hides_nothing(type, inside(whole, entry));
}

static size_t count_in_the_way(const struct mountinfo *mounts, const struct mount_entry *whole, const char *type)
{
	size_t n = 0;

	for (size_t i = 0; i < mounts->n; i++)
		n += is_in_the_way(whole, &mounts->entries[i], type);
	return n;
}

static void name_them(const struct mountinfo *mounts, const struct mount_entry *whole, const char *type, size_t n,
		      struct text *why)
{
	size_t shown = 0;

	text_addf(why, "over parts of %s there is something mounted: ", whole->place);
	for (size_t i = 0; i < mounts->n && shown < SHOWN; i++)
		if (is_in_the_way(whole, &mounts->entries[i], type))
			text_addf(why, "%s%s", shown++ ? ", " : "", mounts->entries[i].place);
	if (n > shown)
		text_addf(why, " and %zu more", n - shown);
}

void revealing_explain(const struct mountinfo *mounts, const char *type, struct text *why)
{
	const struct mount_entry *best = NULL, *part = NULL;
	size_t least = 0;

	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *entry = &mounts->entries[i];

		if (strcmp(entry->type, type) != 0)
			continue;
		if (strcmp(entry->root, "/") != 0) {
			part = entry;
			continue;
		}
		size_t n = count_in_the_way(mounts, entry, type);

		if (!n)
			return;
		if (!best || n < least) {
			best = entry;
			least = n;
		}
	}
	if (best)
		name_them(mounts, best, type, least, why);
	else if (part)
		text_addf(why, "no %s is mounted here as a whole: %s shows only its %s", type, part->place, part->root);
	else
		text_addf(why, "no %s is mounted here", type);
}
