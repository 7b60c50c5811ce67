/* mount-option.c - see mount-option.h */
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "config/mount-option.h"

#define ONE false
#define ALL true

/* Sorted, for bsearch(3).  The last column: whether it affects only the mount, or the whole tree below it. */
const struct mount_option mount_options[] = {
#define O(n, k, v, r) { .name = n, .kind = MOUNT_OPTION_##k, .value = v, .recursive = r }
#define CRUN(n, k)    { .name = n, .kind = MOUNT_OPTION_##k }
	O("async",		UNSUPER,		MS_SYNCHRONOUS,			ONE),
	O("atime",		UNATIME,		MOUNT_ATTR_NOATIME,		ONE),
	O("bind",		BIND,			0,				ONE),
	CRUN("copy-symlink", COPY_SYMLINK),
	O("defaults",		NOTHING,		0,				ONE),
	CRUN("dest-nofollow", NO_FOLLOW_TARGET),
	O("dev",		CLEAR,			MOUNT_ATTR_NODEV,		ONE),
	O("diratime",		CLEAR,			MOUNT_ATTR_NODIRATIME,		ONE),
	O("dirsync",		SUPER,			MS_DIRSYNC,			ONE),
	O("exec",		CLEAR,			MOUNT_ATTR_NOEXEC,		ONE),
	O("idmap",		IDMAP,			0,				ONE),
	O("iversion",		SUPER,			MS_I_VERSION,			ONE),
	O("lazytime",		SUPER,			MS_LAZYTIME,			ONE),
	O("loud",		UNSUPER,		MS_SILENT,			ONE),
	O("mand",		SUPER,			MS_MANDLOCK,			ONE),
	O("noatime",		ATIME,			MOUNT_ATTR_NOATIME,		ONE),
	O("nodev",		SET,			MOUNT_ATTR_NODEV,		ONE),
	O("nodiratime",		SET,			MOUNT_ATTR_NODIRATIME,		ONE),
	O("noexec",		SET,			MOUNT_ATTR_NOEXEC,		ONE),
	O("noiversion",		UNSUPER,		MS_I_VERSION,			ONE),
	O("nolazytime",		UNSUPER,		MS_LAZYTIME,			ONE),
	O("nomand",		UNSUPER,		MS_MANDLOCK,			ONE),
	O("norelatime",		UNATIME,		MOUNT_ATTR_RELATIME,		ONE),
	O("nostrictatime",	UNATIME,		MOUNT_ATTR_STRICTATIME,		ONE),
	O("nosuid",		SET,			MOUNT_ATTR_NOSUID,		ONE),
	O("nosymfollow",	SET,			MOUNT_ATTR_NOSYMFOLLOW,		ONE),
	O("private",		PROPAGATE,		MS_PRIVATE,			ONE),
	O("ratime",		UNATIME,		MOUNT_ATTR_NOATIME,		ALL),
	O("rbind",		BIND,			MS_REC,				ONE),
	O("rdev",		CLEAR,			MOUNT_ATTR_NODEV,		ALL),
	O("rdiratime",		CLEAR,			MOUNT_ATTR_NODIRATIME,		ALL),
	O("relatime",		ATIME,			MOUNT_ATTR_RELATIME,		ONE),
	O("remount",		REMOUNT,		0,				ONE),
	O("rexec",		CLEAR,			MOUNT_ATTR_NOEXEC,		ALL),
	O("ridmap",		IDMAP,			0,				ALL),
	O("rnoatime",		ATIME,			MOUNT_ATTR_NOATIME,		ALL),
	O("rnodev",		SET,			MOUNT_ATTR_NODEV,		ALL),
	O("rnodiratime",	SET,			MOUNT_ATTR_NODIRATIME,		ALL),
	O("rnoexec",		SET,			MOUNT_ATTR_NOEXEC,		ALL),
	O("rnorelatime",	UNATIME,		MOUNT_ATTR_RELATIME,		ALL),
	O("rnostrictatime",	UNATIME,		MOUNT_ATTR_STRICTATIME,		ALL),
	O("rnosuid",		SET,			MOUNT_ATTR_NOSUID,		ALL),
	O("rnosymfollow",	SET,			MOUNT_ATTR_NOSYMFOLLOW,		ALL),
	O("ro",			SET,			MOUNT_ATTR_RDONLY,		ONE),
	O("rprivate",		PROPAGATE,		MS_PRIVATE | MS_REC,		ONE),
	O("rrelatime",		ATIME,			MOUNT_ATTR_RELATIME,		ALL),
	O("rro",		SET,			MOUNT_ATTR_RDONLY,		ALL),
	O("rrw",		CLEAR,			MOUNT_ATTR_RDONLY,		ALL),
	O("rshared",		PROPAGATE,		MS_SHARED | MS_REC,		ONE),
	O("rslave",		PROPAGATE,		MS_SLAVE | MS_REC,		ONE),
	O("rstrictatime",	ATIME,			MOUNT_ATTR_STRICTATIME,		ALL),
	O("rsuid",		CLEAR,			MOUNT_ATTR_NOSUID,		ALL),
	O("rsymfollow",		CLEAR,			MOUNT_ATTR_NOSYMFOLLOW,		ALL),
	O("runbindable",	PROPAGATE,		MS_UNBINDABLE | MS_REC,		ONE),
	O("rw",			CLEAR,			MOUNT_ATTR_RDONLY,		ONE),
	O("shared",		PROPAGATE,		MS_SHARED,			ONE),
	O("silent",		SUPER,			MS_SILENT,			ONE),
	O("slave",		PROPAGATE,		MS_SLAVE,			ONE),
	CRUN("src-nofollow", NO_FOLLOW_SOURCE),
	O("strictatime",	ATIME,			MOUNT_ATTR_STRICTATIME,		ONE),
	O("suid",		CLEAR,			MOUNT_ATTR_NOSUID,		ONE),
	O("symfollow",		CLEAR,			MOUNT_ATTR_NOSYMFOLLOW,		ONE),
	O("sync",		SUPER,			MS_SYNCHRONOUS,			ONE),
	O("tmpcopyup",		COPY_UP,		0,				ONE),
	O("unbindable",		PROPAGATE,		MS_UNBINDABLE,			ONE),
#undef O
#undef CRUN
	{ .name = NULL }
};

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct mount_option *) row)->name);
}

const struct mount_option *mount_option_find(const char *name)
{
	return bsearch(name, mount_options, ARRAY_SIZE(mount_options) - 1, sizeof *mount_options, compare);
}
