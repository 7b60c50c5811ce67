/* mount-refused.h - the words for what the kernel will not mount, by whichever calls it was asked */
#pragma once
#include <stdbool.h>

struct error;

/* errno as the kernel's answer to a new file system of TYPE ("": to other options for one that is mounted already), with what FS
 * (-1: none) has to say.  WHAT is added to the deed.  -1, errno is kept. */
int mount_refused(int fs, const char *type, const char *what, struct error *err);

/* How such a message begins: TYPE follows. */
const char *mount_deed(const char *type);

/* errno as the answer to a copy of the mount of PATH ("": an open file).  -1. */
int mount_clone_refused(const char *path, bool recursive, struct error *err);
