/*
 * disable.h - pretend that the kernel lacks something
 *
 * CTR_RUN_DISABLE=openat2,close_range makes the named calls count as missing,
 * so that the fallbacks are tested on kernels that have everything.  The names
 * are those of the calls, except for
 *
 *	mount	open_tree, move_mount, fsopen ... mount_setattr, all of them
 *	pidfd	pidfd_open, pidfd_send_signal, CLONE_PIDFD
 *	setns	setns(2) into several namespaces of a pidfd
 *	procfs	a detached procfs
 *	pidns	the mount option of procfs
 *	apparmor-attr	AppArmor's own folder in /proc/PID/attr
 *	cgroup.kill	that file of cgroup2
 *
 * What a kernel or a filter around us really refuses need not be named here:
 * tests/bats/run -k VERSION simulates such kernels.
 */
#pragma once
#include <stdbool.h>

/* True if WHAT is in CTR_RUN_DISABLE.  The variable is read once, and never in a set-id program. */
bool disabled(const char *what);
