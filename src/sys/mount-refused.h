/* mount-refused.h - the words for what the kernel will not mount, by whichever calls it was asked */
#pragma once
#include <stdbool.h>

struct error;

/* Make ERR of errno, the kernel's answer to a new file system of TYPE ("": to other options for one that is mounted
 * already), and of what its context FS (fsopen(2); -1: none) has to say.  WHAT goes behind the deed.  -1 with errno as
 * it was. */
int mount_refused(int fs, const char *type, const char *what, struct error *err);

/* How such a message begins: TYPE follows. */
const char *mount_deed(const char *type);

/* The same of errno as the answer to a copy of the mount of PATH ("": an open file).  -1. */
int mount_clone_refused(const char *path, bool recursive, struct error *err);
