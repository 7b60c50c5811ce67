/*
 * cleanup.h - ownership you can see
 *
 * A variable declared `auto_fd` or `auto_free` releases its resource at the
 * end of its scope.  `take_fd(x)` and `take(x)` hand the resource on to the
 * caller and leave the variable empty.
 */
#pragma once
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline void cleanup_free(void *p)
{
	free(*(void **) p);
}

#define auto_fd   __attribute__((cleanup(cleanup_close))) int
#define auto_free __attribute__((cleanup(cleanup_free)))
#define take_fd(fd) ({ int taken_ = (fd); (fd) = -1; taken_; })
#define take(p)     ({ __typeof__(p) taken_ = (p); (p) = NULL; taken_; })

#define ARRAY_SIZE(a) (sizeof(a) / sizeof *(a))
