/*
 * keyring.c - a session keyring of the container's own
 *
 * Without it the container's processes would hold our caller's session
 * keyring, with the keys in it.  It is joined by name so that a process exec'd
 * later finds the keyring of the container's first process; for this the user
 * needs the right to search it, which the kernel does not give by itself.
 */
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "base/log.h"
#include "secure/secure.h"

/* From the kernel's include/linux/key.h, which is not exported. */
#define KEY_POS_ALL	0x3f000000u
#define KEY_USR_VIEW	0x00010000u
#define KEY_USR_READ	0x00020000u
#define KEY_USR_SEARCH	0x00080000u
#define KEY_USR_LINK	0x00100000u

/* A filter around us (we run in a container) refuses keyctl: then also to what we start, which inherits the
 * filter.  The kernel itself never answers "join" with EPERM. */
static bool filtered(int number)
{
	return number == EPERM && prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;
}

int keyring_join(const char *name, struct error *err)
{
	long ring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);

	if (ring < 0) {
		if (errno == ENOSYS || filtered(errno)) {
			log_debug("no session keyring: %s", errno_text(errno));
			return 0;
		}
		if (errno == EDQUOT)
			return fail(err, EDQUOT,
				    "create session keyring %s: the user's quota of keys is used up: raise "
				    "kernel.keys.maxkeys (root_maxkeys for root) by sysctl, or give --no-new-keyring",
				    name);
		return fail(err, errno, "create session keyring %s", name);
	}
	/* The rights that the kernel gives on a new session keyring, plus search.  EACCES: it exists, and its owner has
	 * set other rights; we can use it all the same. */
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, ring, KEY_POS_ALL | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_LINK |
		    KEY_USR_SEARCH) < 0 && errno != EACCES && !filtered(errno))
		return fail(err, errno, "set permissions of session keyring %s", name);
	return 0;
}
