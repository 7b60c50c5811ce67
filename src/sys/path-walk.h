/*
 * path-walk.h - openat2(2) by hand
 *
 * For kernels before 5.6 and for seccomp filters (of an outer container) that
 * do not know the call.  Used by path.c alone.
 */
#pragma once
#include <stdint.h>

/* Like path_openat2(): a descriptor, or -1 with the errno that openat2(2) would give. */
int path_walk(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
