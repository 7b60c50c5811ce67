/* affinity.c - the CPUs a process may run on */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "tune/list.h"
#include "tune/tune.h"

int affinity_apply(const char *list, struct error *err)
{
	unsigned long mask[LIST_WORDS];
	unsigned highest;

	if (!list_parse(list, LIST_MAX, mask, &highest))
		return fail_at(err, "/process/execCPUAffinity", "\"%s\" is not a list of CPUs such as \"0-3,7\"", list);
	/* By number: glibc's cpu_set_t ends at 1024. */
	if (syscall(SYS_sched_setaffinity, 0, sizeof mask, mask) < 0) {
		fail(err, errno, "run on the CPUs %s%s", list,
		     errno == EINVAL ? " (none of them is there and allowed by the cgroup's cpuset)" : "");
		return blame(err, "/process/execCPUAffinity");
	}
	return 0;
}

void affinity_reset(void)
{
	unsigned long mask[LIST_WORDS];

	/* The kernel reduces it to the CPUs that there are. */
	memset(mask, 0xff, sizeof mask);
	syscall(SYS_sched_setaffinity, 0, sizeof mask, mask);
}
