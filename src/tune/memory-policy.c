/*
 * memory-policy.c - from which nodes memory comes (set_mempolicy(2))
 *
 * The numbers are the kernel's; headers of 6.1 lack the newest.
 */
#include <string.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "base/names.h"
#include "tune/list.h"
#include "tune/tune.h"

#define MAX_NODES 1024	/* the kernel's CONFIG_NODES_SHIFT is at most 10 */

/* set_mempolicy(2): some modes take no nodes, and "preferred" without one means the processor's own. */
enum nodes { NEEDED, OPTIONAL, NONE };

static const struct { const char *name, *since; int value; enum nodes nodes; } modes[] = {
	[OCI_MEMPOLICY_MODE_UNSET] = { "MPOL_DEFAULT", NULL, 0, NONE },
	[OCI_MEMPOLICY_MODE_MPOL_DEFAULT] = { "MPOL_DEFAULT", NULL, 0, NONE },
	[OCI_MEMPOLICY_MODE_MPOL_PREFERRED] = { "MPOL_PREFERRED", NULL, 1, OPTIONAL },
	[OCI_MEMPOLICY_MODE_MPOL_BIND] = { "MPOL_BIND", NULL, 2, NEEDED },
	[OCI_MEMPOLICY_MODE_MPOL_INTERLEAVE] = { "MPOL_INTERLEAVE", NULL, 3, NEEDED },
	[OCI_MEMPOLICY_MODE_MPOL_LOCAL] = { "MPOL_LOCAL", "3.8", 4, NONE },
	[OCI_MEMPOLICY_MODE_MPOL_PREFERRED_MANY] = { "MPOL_PREFERRED_MANY", "5.15", 5, NEEDED },
	[OCI_MEMPOLICY_MODE_MPOL_WEIGHTED_INTERLEAVE] = { "MPOL_WEIGHTED_INTERLEAVE", "6.9", 6, NEEDED },
};

static const struct name_value flag_names[] = {
	{ "MPOL_F_NUMA_BALANCING", 1 << 13 },
	{ "MPOL_F_RELATIVE_NODES", 1 << 14 },
	{ "MPOL_F_STATIC_NODES", 1 << 15 },
	{ NULL, 0 }
};

static int refused(const struct oci_memory_policy *policy, int number, struct error *err)
{
	const char *name = modes[policy->mode].name, *since = modes[policy->mode].since;

	if (number == ENOSYS)
		fail_code(err, ERROR_UNSUPPORTED, "set the memory policy %s: this kernel has no NUMA support", name);
	else if (number == EINVAL)
		fail(err, number, "set the memory policy %s for nodes \"%s\" (no such node here, flags that do not go "
		     "together%s%s)", name, policy->nodes ? policy->nodes : "",
		     since ? ", or a kernel older than " : "", since ? since : "");
	else
		fail(err, number, "set the memory policy %s", name);
	err->number = number;
	return blame(err, "/linux/memoryPolicy");
}

int memory_policy_apply(const struct oci_memory_policy *policy, struct error *err)
{
	unsigned long mask[LIST_WORDS] = { 0 };
	bool any = policy->nodes && policy->nodes[strspn(policy->nodes, ", \t\n")];
	int mode = modes[policy->mode].value;
	unsigned highest = 0;

	for (size_t i = 0; i < policy->n_flags; i++) {
		const struct name_value *flag = name_find(flag_names, policy->flags[i]);

		if (!flag)
			return fail_at(err, "/linux/memoryPolicy/flags", "unknown flag %s", policy->flags[i]);
		mode |= (int) flag->value;
	}
	if (any && !list_parse(policy->nodes, MAX_NODES, mask, &highest))
		return fail_at(err, "/linux/memoryPolicy/nodes", "\"%s\" is not a list of nodes below %d such as "
			       "\"0-3,7\"", policy->nodes, MAX_NODES);
	if (any && modes[policy->mode].nodes == NONE)
		return fail_at(err, "/linux/memoryPolicy/nodes", "%s takes no nodes", modes[policy->mode].name);
	if (!any && modes[policy->mode].nodes == NEEDED)
		return fail_at(err, "/linux/memoryPolicy/nodes", "%s needs at least one node",
			       modes[policy->mode].name);

	/* The kernel reads one bit less than the number it is given. */
	if (syscall(SYS_set_mempolicy, mode, any ? mask : NULL, any ? highest + 2ul : 0ul) < 0)
		return refused(policy, errno, err);
	return 0;
}
