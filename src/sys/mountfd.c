/* mountfd.c - see mountfd.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "sys/disable.h"
#include "sys/mount-old.h"
#include "sys/mount-refused.h"
#include "sys/mountfd.h"
#include "sys/mountinfo.h"
#include "sys/revealing.h"
#include "sys/workshop.h"

/* fsconfig(2) copies no more than this of a string, including its '\0'. */
#define VALUE_MAX_SIZE 256

int mount_clone(int dirfd, const char *path, bool recursive, bool no_follow, struct error *err)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	int fd;

	if (mount_needs_workshop())
		return mount_old_clone(dirfd, path, recursive, no_follow, err);
	if (!*path)
		flags |= AT_EMPTY_PATH;
	if (recursive)
		flags |= AT_RECURSIVE;
	if (no_follow)
		flags |= AT_SYMLINK_NOFOLLOW;
	fd = open_tree(dirfd, path, flags);
	if (fd >= 0)
		return fd;
	return mount_clone_refused(path, recursive, err);
}

/* ---- fsopen, fsconfig, fsmount ---------------------------------------- */

/* The kernel made the file system for us, but does not let us see it. */
static int fail_revealing(const char *type, struct error *err)
{
	const int number = errno;
	struct mountinfo mounts;
	auto_text why = { 0 };

	if (mountinfo_read("/proc/self", &mounts, err) == 0)
		revealing_explain(&mounts, type, &why);
	mountinfo_free(&mounts);
	fail(err, number,
	     "mount a new %s (a user namespace gets none that shows more than what is mounted here already%s%s)",
	     type, why.n ? "; " : "", why.n ? why.s : "");
	errno = number;
	return -1;
}

static int set_string(int fs, const char *type, const char *key, const char *value, struct error *err)
{
	auto_free char *what = NULL;

	if (strlen(value) >= VALUE_MAX_SIZE)
		return fail(err, EINVAL, "%s%s with the option %s=%.40s...: its value is longer than %d bytes",
			    mount_deed(type), type, key, value, VALUE_MAX_SIZE - 1);
	if (!fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0))
		return 0;
	what = xasprintf(" with the option %s=%s", key, value);
	return mount_refused(fs, type, what, err);
}

static int set_flag(int fs, const char *type, const char *key, struct error *err)
{
	auto_free char *what = NULL;

	if (!fsconfig(fs, FSCONFIG_SET_FLAG, key, NULL, 0))
		return 0;
	what = xasprintf(" with the option %s", key);
	return mount_refused(fs, type, what, err);
}

/* A list of overlay layers that is too long for one fsconfig(2): one layer per call (6.8). */
static int set_layers(int fs, char *layers, struct error *err)
{
	char *from, *to;

	for (bool more = true; more; layers = from) {
		for (from = to = layers; *from && *from != ':'; from++) {
			if (*from == '\\' && from[1])
				from++;
			*to++ = *from;
		}
		more = *from++ == ':';
		*to = '\0';
		if (set_string(fs, "overlay", "lowerdir+", layers, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_context(const char *option)
{
	static const char *const keys[] = { "context=", "fscontext=", "defcontext=", "rootcontext=" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strncmp(option, keys[i], strlen(keys[i])))
			return true;
	return false;
}

/* Take one option off *DATA, in place, where mount(2) takes it off: it ends at a comma, for overlay not at one behind a
 * backslash.  Only around SELinux's contexts, which have commas, quotes are more than a letter of the value:
 * context="a:b:c0,c1".  NULL at the end. */
static char *next_option(char **data, bool backslash)
{
	char *start = *data, *from = start, *to = start;
	const bool quotes = is_context(start);
	bool quoted = false;

	if (!*start)
		return NULL;
	for (; *from && (*from != ',' || quoted); from++) {
		if (quotes && *from == '"') {
			quoted = !quoted;
			continue;
		}
		/* The backslash stays: overlay removes it itself. */
		if (backslash && *from == '\\' && from[1])
			*to++ = *from++;
		*to++ = *from;
	}
	*data = *from ? from + 1 : from;
	*to = '\0';
	return start;
}

static int set_options(int fs, const char *type, const char *data, struct error *err)
{
	auto_free char *copy = xstrdup(data);
	bool overlay = !strcmp(type, "overlay");
	char *rest = copy, *option, *value;
	int result;

	while ((option = next_option(&rest, overlay))) {
		if (!*option)
			continue;
		value = strchr(option, '=');
		if (value)
			*value++ = '\0';
		if (!value)
			result = set_flag(fs, type, option, err);
		else if (overlay && !strcmp(option, "lowerdir") && strlen(value) >= VALUE_MAX_SIZE)
			result = set_layers(fs, value, err);
		else
			result = set_string(fs, type, option, value, err);
		if (result < 0)
			return -1;
	}
	return 0;
}

static int set_super_flags(int fs, const char *type, uint64_t super, struct error *err)
{
	static const struct { uint64_t flag; const char *name; } flags[] = {
		{ MS_RDONLY, "ro" }, { MS_SYNCHRONOUS, "sync" }, { MS_DIRSYNC, "dirsync" }, { MS_LAZYTIME, "lazytime" },
		{ MS_MANDLOCK, "mand" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (super & flags[i].flag && set_flag(fs, type, flags[i].name, err) < 0)
			return -1;
	return 0;
}

/* File systems that a user namespace gets only if that reveals nothing. */
static bool is_view(const char *type)
{
	return !strcmp(type, "proc") || !strcmp(type, "sysfs");
}

/* PIDNS: -1, or the pid namespace of a procfs. */
static int make_new(const char *type, int pidns, const char *source, const char *data, uint64_t super, uint64_t attr,
		    struct error *err)
{
	auto_fd fs = fsopen(type, FSOPEN_CLOEXEC);
	int mount;

	if (fs < 0)
		return mount_refused(-1, type, "", err);
	if (source && *source && set_string(fs, type, "source", source, err) < 0)
		return -1;
	if (pidns >= 0 && fsconfig(fs, FSCONFIG_SET_FD, "pidns", NULL, pidns) < 0)
		return mount_refused(fs, type, " with the option pidns", err);
	if (set_super_flags(fs, type, super, err) < 0 || (data && set_options(fs, type, data, err) < 0))
		return -1;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return mount_refused(fs, type, "", err);
	mount = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned) attr);
	if (mount >= 0)
		return mount;
	return errno == EPERM && is_view(type) ? fail_revealing(type, err) : mount_refused(fs, type, "", err);
}

int mount_new(const char *type, const char *source, const char *data, uint64_t super, uint64_t attr, struct error *err)
{
	int mount;

	if (!*type || !strcmp(type, "none"))
		return fail(err, ENODEV, "mount \"%s\": a new mount needs the type of a file system", type);
	if (!mount_needs_workshop())
		return make_new(type, -1, source, data, super, attr, err);
	mount = mount_old_new(type, source, data, super, attr, err);
	return mount < 0 && err->number == EPERM && is_view(type) ? fail_revealing(type, err) : mount;
}

int mount_new_proc(int pidns, const char *source, const char *data, uint64_t super, uint64_t attr, struct error *err)
{
	if (mount_needs_workshop() || disabled("pidns"))
		return fail(err, EINVAL, "mount a proc of another pid namespace (Linux 6.18)");
	return make_new("proc", pidns, source, data, super, attr, err);
}

int mount_reconfigure(int mount, const char *data, uint64_t super, struct error *err)
{
	auto_fd fs = -1;

	if (mount_needs_workshop())
		return mount_old_reconfigure(mount, data, super, err);
	fs = fspick(mount, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
	if (fs < 0)
		return mount_refused(-1, "", errno == EINVAL ? " (not a mount point)" : "", err);
	if (set_super_flags(fs, "", super, err) < 0 || (data && set_options(fs, "", data, err) < 0))
		return -1;
	return fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0 ? mount_refused(fs, "", "", err) : 0;
}

/* ---- attributes and place --------------------------------------------- */

static int set_attributes(int mount, struct mount_attr *attr, bool recursive)
{
	const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
	int result = mount_setattr(mount, "", flags, attr, sizeof *attr);

	/* Linux 5.12 and 5.13 do not know nosymfollow, so no mount there has it. */
	if (result < 0 && errno == EINVAL && attr->attr_clr & MOUNT_ATTR_NOSYMFOLLOW) {
		struct mount_attr known = *attr;

		known.attr_clr &= ~(uint64_t) MOUNT_ATTR_NOSYMFOLLOW;
		result = mount_setattr(mount, "", flags, &known, sizeof known);
	}
	return result;
}

/* Those of the bits CLEAR that MOUNT has, out of the only ones that can be locked (mount_namespaces(7)). */
static uint64_t attributes_present(int mount, uint64_t clear)
{
	static const struct { unsigned long flag; uint64_t bit; } lockable[] = {
		{ ST_RDONLY, MOUNT_ATTR_RDONLY }, { ST_NOSUID, MOUNT_ATTR_NOSUID }, { ST_NODEV, MOUNT_ATTR_NODEV },
		{ ST_NOEXEC, MOUNT_ATTR_NOEXEC }
	};
	struct statvfs fs;
	uint64_t present = 0;

	if (fstatvfs(mount, &fs) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(lockable); i++)
		if (fs.f_flag & lockable[i].flag)
			present |= lockable[i].bit;
	return present & clear;
}

int mount_change(int mount, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive, struct error *err)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };
	const char *why = "";

	if (mount_needs_workshop())
		return mount_old_change(mount, set, clear, propagation, recursive, err);
	attr.propagation = propagation & ~(uint64_t) MS_REC;
	/* relatime is 0 in the field of the access times: to set any of them the field must be cleared. */
	if ((set | clear) & MOUNT_ATTR__ATIME)
		attr.attr_clr |= MOUNT_ATTR__ATIME;
	if (propagation & MS_REC && !recursive) {
		struct mount_attr all = { .propagation = attr.propagation };

		if (set_attributes(mount, &all, true) < 0)
			return fail(err, errno, "change the propagation of a mount and all below it");
		attr.propagation = 0;
	}
	if (!attr.attr_set && !attr.attr_clr && !attr.propagation)
		return 0;
	if (!set_attributes(mount, &attr, recursive))
		return 0;
	if (errno == EPERM && !recursive && attr.attr_clr) {
		uint64_t locked = attributes_present(mount, clear);

		attr.attr_clr &= ~locked;
		if (locked && !set_attributes(mount, &attr, recursive))
			return 0;
		errno = EPERM;
	}
	if (errno == EPERM)
		why = " (an attribute that an outer user namespace has locked cannot be taken away)";
	else if (errno == EINVAL)
		why = " (not a mount point, or an attribute this kernel does not know)";
	return fail(err, errno, "change the attributes of a mount%s%s", recursive ? " and all below it" : "", why);
}

int mount_idmap(int mount, int userns, bool recursive, struct error *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned) userns };
	const char *why = "";

	if (mount_needs_workshop())
		return fail(err, ENOSYS, "map the ids of a mount (needs mount_setattr(2), Linux 5.12)");
	if (!set_attributes(mount, &attr, recursive))
		return 0;
	if (errno == EINVAL)
		why = " (its file system does not support that on this kernel, or the mount is idmapped already)";
	else if (errno == EPERM)
		why = " (needs CAP_SYS_ADMIN in the user namespace of the file system)";
	return fail(err, errno, "map the ids of a mount%s%s", recursive ? " and all below it" : "", why);
}

static bool both_folders_or_none(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) < 0 || fstat(b, &y) < 0 || S_ISDIR(x.st_mode) == S_ISDIR(y.st_mode);
}

int mount_attach(int mount, int target, struct error *err)
{
	const unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
	const char *why = "";

	if (!(mount_needs_workshop() ? mount_old_attach(mount, target) : move_mount(mount, "", target, "", flags)))
		return 0;
	/* mount(2) answers ENOTDIR to this; move_mount(2) EINVAL, as to much else. */
	if ((errno == EINVAL || errno == ENOTDIR) && !both_folders_or_none(mount, target))
		return fail(err, ENOTDIR, "attach the mount (a folder goes on a folder only, a file on a file)");
	if (errno == EINVAL)
		why = " (the target is in another mount namespace, or the mount is part of a shared or locked tree)";
	else if (errno == ENOENT)
		why = " (the target was removed meanwhile)";
	return fail(err, errno, "attach the mount%s", why);
}
