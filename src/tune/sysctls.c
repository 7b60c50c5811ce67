/*
 * sysctls.c - kernel parameters of the container's own namespaces
 *
 * /proc/sys shows the namespaces of the process that opens a file, so init
 * writes the parameters itself, through a procfs that it shares with nobody.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/alloc.h"
#include "sys/procfs.h"
#include "tune/tune.h"

int sysctls_apply(const struct plan *plan, struct error *err)
{
	auto_fd proc = -1;

	if (!plan->n_sysctls)
		return 0;
	if ((proc = procfs_open(err)) < 0)
		return wrap(err, "set sysctls");
	for (size_t i = 0; i < plan->n_sysctls; i++) {
		const struct sysctl_plan *sysctl = &plan->sysctls[i];
		auto_free char *path = xasprintf("sys/%s", sysctl->path);

		if (procfs_put(proc, path, sysctl->value, err) < 0) {
			wrap(err, "set sysctl %s to \"%s\"", sysctl->path, sysctl->value);
			return blame(err, sysctl->pointer);
		}
	}
	return 0;
}
