/* affinity.c - the CPUs a process may run on */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "tune/list.h"
#include "tune/tune.h"

/* The list may name CPUs that are not there: with --debug, say what the kernel has made of it. */
static void tell(void)
{
	unsigned long mask[LIST_WORDS] = { 0 };
	size_t n = LIST_WORDS;
	auto_text hex = { 0 };

	if (!log_is_debug() || syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) < 0)
		return;
	while (n > 1 && !mask[n - 1])
		n--;
	text_addf(&hex, "%lx", mask[--n]);
	while (n-- > 0)
		text_addf(&hex, "%0*lx", (int) (2 * sizeof *mask), mask[n]);
	log_debug("CPU affinity: 0x%s", hex.s);
}

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
	tell();
	return 0;
}

void affinity_reset(void)
{
	unsigned long mask[LIST_WORDS];

	/* The kernel reduces it to the CPUs that there are. */
	memset(mask, 0xff, sizeof mask);
	syscall(SYS_sched_setaffinity, 0, sizeof mask, mask);
}
