/*
 * disable.h - pretend that the kernel lacks something
 *
 * CTR_RUN_DISABLE=openat2,close_range makes the named calls count as missing,
 * so that the fallbacks are tested on kernels that have everything.  Names in
 * use: openat2, statx, close_range, clone3, procfs (the detached one),
 * apparmor-attr (AppArmor's own folder in /proc/PID/attr).
 */
#pragma once
#include <stdbool.h>

/* True if WHAT is in CTR_RUN_DISABLE.  The variable is read once, and never in a set-id program. */
bool disabled(const char *what);
