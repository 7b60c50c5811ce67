/* mount-old.c - see mount-old.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"
#include "sys/mount-old.h"
#include "sys/mount-refused.h"
#include "sys/mountinfo.h"
#include "sys/path.h"
#include "sys/workshop.h"

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256	/* 5.10 */
#endif
#define ST_NOSYMFOLLOW_LINUX 0x2000

/* The kernel reads one page of options and drops the rest. */
#define DATA_MAX 4095

/* One attribute as the three interfaces spell it. */
static const struct { uint64_t attribute, flag; long statfs; } bits[] = {
	{ MOUNT_ATTR_RDONLY,	  MS_RDONLY,	  ST_RDONLY },
	{ MOUNT_ATTR_NOSUID,	  MS_NOSUID,	  ST_NOSUID },
	{ MOUNT_ATTR_NODEV,	  MS_NODEV,	  ST_NODEV },
	{ MOUNT_ATTR_NOEXEC,	  MS_NOEXEC,	  ST_NOEXEC },
	{ MOUNT_ATTR_NODIRATIME,  MS_NODIRATIME,  ST_NODIRATIME },
	{ MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW, ST_NOSYMFOLLOW_LINUX },
};

/* ---- copies and new file systems ------------------------------------------ */

int mount_old_clone(int dirfd, const char *path, bool recursive, bool no_follow, struct error *err)
{
	auto_fd opened = -1, place = -1;
	char from[FD_NAME], to[FD_NAME], name[16];
	struct stat st;

	if (*path && (opened = openat(dirfd, path, O_PATH | O_CLOEXEC | (no_follow ? O_NOFOLLOW : 0))) < 0)
		return fail(err, errno, "clone the mount of %s", path);
	if (fstat(*path ? opened : dirfd, &st) < 0)
		return fail(err, errno, "look at %s", *path ? path : "an open file");
	if ((place = mount_workshop_place(S_ISDIR(st.st_mode), name, err)) < 0)
		return -1;
	if (mount(fd_name(*path ? opened : dirfd, from), fd_name(place, to), NULL, MS_BIND | (recursive ? MS_REC : 0),
		  NULL) == 0)
		return mount_workshop_taken(name, err);
	return mount_clone_refused(path, recursive, err);
}

static unsigned long flags_of(uint64_t attributes)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (attributes & bits[i].attribute)
			flags |= bits[i].flag;
	switch (attributes & MOUNT_ATTR__ATIME) {
	case MOUNT_ATTR_NOATIME: return flags | MS_NOATIME;
	case MOUNT_ATTR_STRICTATIME: return flags | MS_STRICTATIME;
	default: return flags | MS_RELATIME;
	}
}

/* The attributes of MOUNT.  They also show a file system that is itself read-only. */
static int attributes_of(int mount, uint64_t *attributes, struct error *err)
{
	struct statfs fs;

	if (fstatfs(mount, &fs) < 0)
		return fail(err, errno, "look at the attributes of a mount");
	*attributes = fs.f_flags & ST_NOATIME ? MOUNT_ATTR_NOATIME :
		      fs.f_flags & ST_RELATIME ? MOUNT_ATTR_RELATIME : MOUNT_ATTR_STRICTATIME;
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (fs.f_flags & bits[i].statfs)
			*attributes |= bits[i].attribute;
	return 0;
}

/* mount(2) ignores flags that it does not know. */
static int check_taken(int mount, uint64_t wanted, struct error *err)
{
	uint64_t has;

	if (attributes_of(mount, &has, err) < 0)
		return -1;
	if (wanted & ~has & MOUNT_ATTR_NOSYMFOLLOW)
		return fail(err, EINVAL, "change the attributes of a mount (nosymfollow needs Linux 5.10)");
	if (wanted & ~has & ~(uint64_t) MOUNT_ATTR__ATIME)
		return fail(err, EINVAL, "change the attributes of a mount");
	return 0;
}

/* The file system gives its reason only in the kernel's log. */
static int refuse_new(const char *type, const char *data, struct error *err)
{
	const bool options = errno == EINVAL && data && *data;
	char what[200] = "";

	if (options)
		snprintf(what, sizeof what, " with the options %.150s (dmesg may say more)", data);
	return mount_refused(-1, type, what, err);
}

int mount_old_new(const char *type, const char *source, const char *data, uint64_t super, uint64_t attr,
		  struct error *err)
{
	const uint64_t of_mount = super & MS_RDONLY ? attr : attr & ~(uint64_t) MOUNT_ATTR_RDONLY;
	char to[FD_NAME], name[16];
	auto_fd place = -1, new = -1;

	if (data && strlen(data) > DATA_MAX)
		return fail(err, E2BIG, "mount a new %s: its options are longer than %d bytes", type, DATA_MAX);
	if ((place = mount_workshop_place(true, name, err)) < 0)
		return -1;
	if (mount(source && *source ? source : type, fd_name(place, to), type,
		  (unsigned long) super | flags_of(of_mount), data) < 0)
		return refuse_new(type, data, err);
	if ((new = mount_workshop_taken(name, err)) < 0)
		return -1;
	if (attr & ~of_mount && mount_old_change(new, MOUNT_ATTR_RDONLY, 0, 0, false, err) < 0)
		return -1;
	return check_taken(new, attr, err) < 0 ? -1 : take_fd(new);
}

int mount_old_reconfigure(int fd, const char *data, uint64_t super, struct error *err)
{
	char path[FD_NAME];
	uint64_t has;

	if (data && strlen(data) > DATA_MAX)
		return fail(err, E2BIG, "reconfigure a file system: its options are longer than %d bytes", DATA_MAX);
	if (attributes_of(fd, &has, err) < 0)
		return -1;
	if (mount(NULL, fd_name(fd, path), NULL, MS_REMOUNT | (unsigned long) super | flags_of(has), data) < 0)
		return mount_refused(-1, "",
				     errno == EINVAL ? " (not a mount point, or an option that it does not know)" : "",
				     err);
	return 0;
}

/* ---- attributes and place --------------------------------------------------- */

static int change_one(int fd, uint64_t set, uint64_t clear, struct error *err)
{
	const uint64_t lockable = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	const char *why = "";
	uint64_t has, wanted;
	char path[FD_NAME];
	int result;

	if (attributes_of(fd, &has, err) < 0)
		return -1;
	/* relatime is 0 in the field of the access times. */
	if ((set | clear) & MOUNT_ATTR__ATIME)
		clear |= MOUNT_ATTR__ATIME;
	wanted = (has & ~clear) | set;
	result = mount(NULL, fd_name(fd, path), NULL, MS_REMOUNT | MS_BIND | flags_of(wanted), NULL);
	/* As in mount_change(): what is locked stays. */
	if (result < 0 && errno == EPERM && has & clear & lockable)
		result = mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags_of(wanted | (has & clear & lockable)),
			       NULL);
	if (result == 0)
		return check_taken(fd, set, err);
	if (errno == EPERM)
		why = " (an attribute that an outer user namespace has locked cannot be taken away)";
	else if (errno == EINVAL)
		why = " (not a mount point)";
	return fail(err, errno, "change the attributes of a mount%s", why);
}

/* True if ENTRY cannot be reached: something is mounted on it, or on a folder on the way to it. */
static bool is_hidden(const struct mountinfo *info, const struct mount_entry *entry)
{
	for (size_t i = 0; i < info->n; i++) {
		const struct mount_entry *other = &info->entries[i];
		size_t n = strlen(other->place);

		if (other->parent == entry->id && strcmp(other->place, entry->place) == 0)
			return true;
		if (other != entry && other->parent == entry->parent && strncmp(other->place, entry->place, n) == 0 &&
		    entry->place[n] == '/')
			return true;
	}
	return false;
}

/* What is mounted at ENTRY, which lies below TOP, whose root is the descriptor TOP_FD. */
static int open_below(int top_fd, const struct mount_entry *top, const struct mount_entry *entry)
{
	size_t n = strcmp(top->place, "/") ? strlen(top->place) : 0;
	const char *rest = entry->place + n;
	uint64_t id;

	if (strncmp(top->place, entry->place, n) != 0 || *rest != '/')
		return -1;
	auto_fd fd = path_openat2(top_fd, rest + 1, O_PATH | O_NOFOLLOW, 0,
				  RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (fd < 0 || !mount_id(fd, &id) || id != entry->id)
		return -1;
	return take_fd(fd);
}

/* One pass over all mounts below that of FD; *MISSED is how many of them were moved away meanwhile. */
static int change_below(int fd, uint64_t set, uint64_t clear, size_t *missed, struct error *err)
{
	const struct mount_entry *top = NULL;
	struct mountinfo info;
	uint64_t id = 0;
	int result = mountinfo_read("/proc/self", &info, err);

	*missed = 0;
	if (result == 0 && (!mount_id(fd, &id) || !(top = mountinfo_find(&info, id))))
		result = fail(err, EINVAL, "find a mount in /proc/self/mountinfo");
	for (size_t i = 0; i < info.n && result == 0; i++) {
		const struct mount_entry *entry = &info.entries[i];

		if (entry->id == id || !mountinfo_below(&info, entry, id) || is_hidden(&info, entry))
			continue;
		auto_fd below = open_below(fd, top, entry);

		if (below >= 0)
			result = change_one(below, set, clear, err);
		else
			++*missed;
	}
	mountinfo_free(&info);
	return result;
}

/* mount_setattr(2) changes a tree in one call; here, somebody who renames folders in it can make us look again. */
static int change_tree(int fd, uint64_t set, uint64_t clear, struct error *err)
{
	size_t missed = 1;

	if (change_one(fd, set, clear, err) < 0)
		return -1;
	for (int tries = 0; tries < 16 && missed; tries++)
		if (change_below(fd, set, clear, &missed, err) < 0)
			return wrap(err, "change the attributes of all mounts of a tree");
	return missed ? fail(err, EAGAIN, "change the attributes of all mounts of a tree: they keep being moved") : 0;
}

int mount_old_change(int fd, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive, struct error *err)
{
	const unsigned long all = recursive || propagation & MS_REC ? MS_REC : 0;
	char path[FD_NAME];

	if ((set || clear) && (recursive ? change_tree(fd, set, clear, err) : change_one(fd, set, clear, err)) < 0)
		return -1;
	propagation &= ~(uint64_t) MS_REC;
	if (propagation && mount(NULL, fd_name(fd, path), NULL, (unsigned long) propagation | all, NULL) < 0)
		return fail(err, errno, "change the propagation of a mount%s%s", all ? " and all below it" : "",
			    errno == EINVAL ? " (not a mount point)" : "");
	return 0;
}

int mount_old_attach(int fd, int target)
{
	char from[FD_NAME], to[FD_NAME];

	return mount(fd_name(fd, from), fd_name(target, to), NULL, MS_MOVE, NULL);
}
