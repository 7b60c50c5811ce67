/*
 * heir-filter.c - can an heir be born with its seccomp filter?
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
#include "plan/plan.h"
#include "process/heir.h"

static const int needed[] = {
	SYS_setsid, SYS_getsid, SYS_getpid, SYS_dup3, SYS_fcntl, SYS_close, SYS_openat, SYS_getdents64, SYS_sendmsg,
	SYS_recvmsg, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_brk, SYS_munmap, SYS_execve, SYS_exit_group,
#ifdef SYS_mmap2
	SYS_mmap2,
#else
	SYS_mmap,
#endif
#ifdef SYS_dup2
	SYS_dup2,
#endif
};

/* For these there is another way, if they are refused as by an older kernel or filter. */
static const int optional[] = { SYS_clone3, SYS_close_range };

static bool allows(uint32_t answer)
{
	return answer == SECCOMP_RET_ALLOW || answer == SECCOMP_RET_LOG;
}

bool heir_filter_may_be_early(const struct seccomp_plan *filter)
{
	static const uint64_t none[6], terminal[6] = { 0, TIOCSCTTY };
#if defined(__s390__)
	static const uint64_t birth[6] = { 0, CLONE_PARENT | SIGCHLD };
#else
	static const uint64_t birth[6] = { CLONE_PARENT | SIGCHLD };
#endif

	if (filter->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER ||
	    !allows(plan_filter_answer(filter, SYS_clone, birth)) ||
	    !allows(plan_filter_answer(filter, SYS_ioctl, terminal)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!allows(plan_filter_answer(filter, needed[i], none)))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(optional); i++) {
		const uint32_t answer = plan_filter_answer(filter, optional[i], none);

		if (!allows(answer) && answer != (SECCOMP_RET_ERRNO | ENOSYS) && answer != (SECCOMP_RET_ERRNO | EPERM))
			return false;
	}
	return true;
}
