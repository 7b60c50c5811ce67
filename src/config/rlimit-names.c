/* rlimit-names.c - see rlimit-names.h */
#include <stddef.h>
#include <sys/resource.h>

#include "config/rlimit-names.h"

#define ROW(name) { #name, name }

const struct name_value rlimit_names[] = {
	ROW(RLIMIT_AS),
	ROW(RLIMIT_CORE),
	ROW(RLIMIT_CPU),
	ROW(RLIMIT_DATA),
	ROW(RLIMIT_FSIZE),
	ROW(RLIMIT_LOCKS),
	ROW(RLIMIT_MEMLOCK),
	ROW(RLIMIT_MSGQUEUE),
	ROW(RLIMIT_NICE),
	ROW(RLIMIT_NOFILE),
	ROW(RLIMIT_NPROC),
	ROW(RLIMIT_RSS),
	ROW(RLIMIT_RTPRIO),
	ROW(RLIMIT_RTTIME),
	ROW(RLIMIT_SIGPENDING),
	ROW(RLIMIT_STACK),
	{ NULL, 0 }
};
