/* check-memory.c - NUMA memory policy and Intel RDT: how memory and caches are shared out */
#include "config/check.h"

const char *const memory_policy_flags[] = {"MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES",
					   NULL};

static void check_nodes(const struct check *c, const struct oci_memory_policy *p)
{
	enum oci_mempolicy_mode mode = p->mode;
	bool any = false;

	if (p->nodes && !check_list_of_numbers(p->nodes, &any)) {
		check_fault(c->faults, "/linux/memoryPolicy/nodes",
			    "%s is not a list of nodes (expected one like 0-3,8)", QUOTED(p->nodes));
		return;
	}
	if (any && (mode == OCI_MEMPOLICY_MODE_MPOL_DEFAULT || mode == OCI_MEMPOLICY_MODE_MPOL_LOCAL))
		check_fault(c->faults, "/linux/memoryPolicy/nodes", "%s takes no nodes",
			    oci_mempolicy_mode_names.names[mode]);
	/* set_mempolicy(2): only these three need no nodes. */
	if (!any && mode && mode != OCI_MEMPOLICY_MODE_MPOL_DEFAULT && mode != OCI_MEMPOLICY_MODE_MPOL_LOCAL &&
	    mode != OCI_MEMPOLICY_MODE_MPOL_PREFERRED)
		check_fault(c->faults, "/linux/memoryPolicy/nodes", "%s needs at least one node",
			    oci_mempolicy_mode_names.names[mode]);
}

void check_memory_policy(const struct check *c)
{
	const struct oci_memory_policy *p = c->config->linux->memory_policy;
	bool fixed = false, relative = false;

	if (!p)
		return;
	if (!p->mode)
		check_fault(c->faults, "/linux/memoryPolicy/mode", "is missing (expected one like MPOL_BIND)");
	check_nodes(c, p);
	check_words(c->faults, "/linux/memoryPolicy/flags", p->flags, p->n_flags, memory_policy_flags);
	for (size_t i = 0; i < p->n_flags; i++) {
		fixed |= p->flags[i] && !strcmp(p->flags[i], "MPOL_F_STATIC_NODES");
		relative |= p->flags[i] && !strcmp(p->flags[i], "MPOL_F_RELATIVE_NODES");
	}
	if (fixed && relative)
		check_fault(c->faults, "/linux/memoryPolicy/flags",
			    "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other");
}

/* A group is named like its folder in resctrl; "/" is the one that always exists. */
static bool is_clos_id(const char *s)
{
	return !strcmp(s, "/") || (s[0] && strlen(s) <= 255 && !strpbrk(s, "/\n") && strcmp(s, ".") && strcmp(s, ".."));
}

void check_intel_rdt(const struct check *c)
{
	const struct oci_intel_rdt *rdt = c->config->linux->intel_rdt;

	if (!rdt)
		return;
	if (rdt->clos_id && !is_clos_id(rdt->clos_id))
		check_fault(c->faults, "/linux/intelRdt/closID", "%s is not a name (expected no \"/\", or \"/\" alone)",
			    QUOTED(rdt->clos_id));
	if (rdt->mem_bw_schema && (strncmp(rdt->mem_bw_schema, "MB:", 3) || strchr(rdt->mem_bw_schema, '\n')))
		check_fault(c->faults, "/linux/intelRdt/memBwSchema", "%s must be one line that begins with \"MB:\"",
			    QUOTED(rdt->mem_bw_schema));
	for (size_t i = 0; i < rdt->n_schemata; i++)
		if (rdt->schemata[i] && strchr(rdt->schemata[i], '\n'))
			check_fault(c->faults, AT("/linux/intelRdt/schemata/%zu", i), "must be one line");
}
