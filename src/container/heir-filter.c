/*
 * heir-filter.c - see heir-filter.h
 *
 * A filter is inherited, but then it judges the birth as well, and all that the
 * heir does until its program runs.  With noNewPrivileges a profile need not
 * allow more than execve(2) and what comes after.
 */
#include <errno.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "container/heir-filter.h"
#include "plan/plan.h"

static const struct { long number; uint64_t arguments[6]; } needed[] = {
#if defined(__s390__)
	{ SYS_clone, { 0, CLONE_PARENT | SIGCHLD } },
#else
	{ SYS_clone, { CLONE_PARENT | SIGCHLD } },
#endif
	{ SYS_setsid, { 0 } }, { SYS_getsid, { 0 } }, { SYS_getpid, { 0 } }, { SYS_ioctl, { 0, TIOCSCTTY } },
	{ SYS_dup3, { 0 } }, { SYS_fcntl, { 0 } }, { SYS_close, { 0 } },
	{ SYS_openat, { 0 } }, { SYS_getdents64, { 0 } },
	{ SYS_sendmsg, { 0 } }, { SYS_recvmsg, { 0 } },
	{ SYS_rt_sigaction, { 0 } }, { SYS_rt_sigprocmask, { 0 } },
	{ SYS_brk, { 0 } }, { SYS_munmap, { 0 } },
	{ SYS_execve, { 0 } }, { SYS_exit_group, { 0 } },
#ifdef SYS_mmap2
	{ SYS_mmap2, { 0 } },
#else
	{ SYS_mmap, { 0 } },
#endif
#ifdef SYS_dup2
	{ SYS_dup2, { 0 } },
#endif
};

/* For these there is another way, if they are refused as by an older kernel or filter. */
static const long optional[] = { SYS_clone3, SYS_close_range };

static bool allows(uint32_t answer)
{
	return answer == SECCOMP_RET_ALLOW || answer == SECCOMP_RET_LOG;
}

bool heir_filter_may_be_early(const struct seccomp_plan *filter)
{
	static const uint64_t none[6];

	if (filter->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!allows(plan_filter_answer(filter, needed[i].number, needed[i].arguments)))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(optional); i++) {
		const uint32_t answer = plan_filter_answer(filter, optional[i], none);

		if (!allows(answer) && answer != (SECCOMP_RET_ERRNO | ENOSYS) && answer != (SECCOMP_RET_ERRNO | EPERM))
			return false;
	}
	return true;
}
