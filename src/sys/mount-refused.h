/* mount-refused.h - the messages for what the kernel will not mount, whichever calls were used */
#pragma once
#include <stdbool.h>

struct error;

/* Fill ERR from errno, the kernel's answer to a new file system of TYPE ("": to other options for one that is mounted
 * already), and from what its context FS (fsopen(2); -1: none) has to say.  WHAT follows mount_deed().  -1 with errno
 * as it was. */
int mount_refused(int fs, const char *type, const char *what, struct error *err);

/* How such a message begins: TYPE follows. */
const char *mount_deed(const char *type);

/* The same, with errno the answer to copying the mount at PATH ("": an open file).  -1. */
int mount_clone_refused(const char *path, bool recursive, struct error *err);
