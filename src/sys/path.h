/*
 * path.h - paths inside a root that is not ours
 *
 * The only place where a path of a container is turned into an object.  A root
 * is an O_PATH descriptor; every look-up is one openat2(2) (5.6) that cannot
 * leave it: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS.  The result is held as a
 * descriptor and never looked up again (CVE-2021-30465 and most of its kin
 * were a path resolved twice).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct error;

/* openat2(2), retried while a rename storm makes it say EAGAIN (128 times).  -1 with errno. */
int path_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/* Open PATH inside ROOT, following its symlinks but never leaving it.  FLAGS as for open(2), O_CLOEXEC is added.
 * The caller owns the descriptor.  -1 with errno and ERR. */
int path_open(int root, const char *path, int flags, struct error *err);

/* Open PATH below DIRFD, crossing no symlink, magic link or other mount: for procfs and cgroup files. */
int path_open_beneath(int dirfd, const char *path, int flags, struct error *err);

/* Make the folder PATH inside ROOT with all its parents (MODE, no umask), and open it O_PATH.  Each step is
 * verified to be a folder inside ROOT; what exists is kept.  The target of a dangling link on the way is made, inside
 * ROOT.  *MADE (may be NULL): the last folder is new. */
int path_make_dir(int root, const char *path, mode_t mode, bool *made, struct error *err);

/* Make an empty regular file PATH inside ROOT (MODE, no umask; its parent folders 0755) unless something is there;
 * open it O_PATH.  If PATH is a dangling link, its target is made, inside ROOT. */
int path_make_file(int root, const char *path, mode_t mode, struct error *err);

/* Open O_PATH the parent folder of PATH inside ROOT, made (0755) if it is missing and MAKE, and put the last component
 * into NAME (NAME_MAX + 1 bytes).  For mknodat, symlinkat. */
int path_open_parent(int root, const char *path, bool make, char *name, struct error *err);

/* True if FD is a character device MAJOR:MINOR. */
bool path_is_device(int fd, unsigned major, unsigned minor);

/* PATH without doubled slashes, "." and "..", which stop at the root; always begins with "/".  OUT has room for
 * strlen(PATH) + 2. */
void path_clean(const char *path, char *out);
