/* heir-filter.h - can an heir be born with its seccomp filter? (exec.c) */
#pragma once
#include <stdbool.h>

struct seccomp_plan;

/* True if FILTER lets everything pass that lies between being born and execve(2), so that the maker can load it.  With
 * a listener it is false: that is announced with the pid of the program. */
bool heir_filter_may_be_early(const struct seccomp_plan *filter);
