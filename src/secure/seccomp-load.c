/*
 * seccomp-load.c - put the plan's filter into force
 *
 * Once this returns the filter judges all our further calls, so the caller
 * orders its steps accordingly (secure.h).
 */
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "secure/secure.h"

/* If the kernel knows the flag, it gets as far as reading the (missing) program. */
static bool knows(unsigned flag)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag, NULL) < 0 && errno == EFAULT;
}

/* EINVAL may be the program or one of the flags: say which. */
static int refused(unsigned flags, int number, struct error *err)
{
	static const struct { unsigned flag; const char *name, *since; } table[] = {
		{ SECCOMP_FILTER_FLAG_LOG, "SECCOMP_FILTER_FLAG_LOG", "4.14" },
		{ SECCOMP_FILTER_FLAG_SPEC_ALLOW, "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "4.17" },
		{ SECCOMP_FILTER_FLAG_NEW_LISTENER, "SCMP_ACT_NOTIFY", "5.0" },
		{ SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "5.19" },
	};

	if (number == EACCES)
		return fail(err, number, "load the seccomp filter (needs no_new_privs or CAP_SYS_ADMIN)");
	if (number == EBUSY && flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		return fail(err, number, "load the seccomp filter (one around this process already has a listener)");
	for (size_t i = 0; number == EINVAL && i < sizeof table / sizeof *table; i++) {
		/* WAIT_KILLABLE_RECV is valid only together with a listener. */
		bool waits = table[i].flag == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
		unsigned with = waits ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;

		if (flags & table[i].flag && !knows(table[i].flag | with)) {
			fail_code(err, ERROR_UNSUPPORTED, "load the seccomp filter: this kernel does not know %s "
				  "(since Linux %s)", table[i].name, table[i].since);
			err->number = number;
			return -1;
		}
	}
	return fail(err, number, "load the seccomp filter");
}

int filter_load(const struct seccomp_plan *seccomp, int *listener, struct error *err)
{
	struct sock_fprog program = { .len = seccomp->n_filter, .filter = (struct sock_filter *) seccomp->filter };
	unsigned flags = seccomp->flags;
	long r;

	if (listener)
		*listener = -1;
	if (!seccomp->n_filter)
		return 0;
	/* The planner sets it if a rule notifies; without a receiver the calls would fail with ENOSYS. */
	if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER && !listener)
		return fail(err, 0, "load the seccomp filter: nobody takes its notifications");

	r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	/* seccomp(2) came with 3.17, and a filter around us may hide it.  Then the kernel decides about speculation. */
	if (r < 0 && (errno == ENOSYS || errno == EPERM) && !(flags & ~(unsigned) SECCOMP_FILTER_FLAG_SPEC_ALLOW))
		r = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	if (r < 0)
		return refused(flags, errno, err);
	if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		*listener = (int) r;
	return 0;
}
