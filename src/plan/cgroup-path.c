/*
 * cgroup-path.c - where in the cgroup tree the container lives
 *
 * An absolute cgroupsPath is one from the root of each hierarchy.  Where a
 * relative one leads is the runtime's choice (config-linux.md), and ours is
 * runc's, which callers know: below the caller's own cgroup in v1; in v2 below
 * the parent of that, since a cgroup that has processes, as the caller's has,
 * cannot hand controllers to its children.  Without cgroupsPath it is the
 * relative path ID.
 */
#include <string.h>

#include "base/error.h"
#include "plan/planner.h"

/* Something beyond device rules is limited: those have a meaning only for who could make a device node. */
static bool has_limits(const struct oci_resources *r)
{
	return r && (r->memory || r->cpu || r->pids || r->block_io || r->n_hugepage_limits || r->network || r->rdma.n ||
		     r->unified.n);
}

static int refuse(struct planner *p, const char *pointer, enum error_code code, const char *why)
{
	fail_code(p->err, code, "%s", why);
	return blame(p->err, pointer);
}

int plan_cgroup(struct planner *p)
{
	static const struct oci_resources nothing;
	struct cgroup_plan *plan = &p->plan->cgroup;
	const char *path = p->linux->cgroups_path;
	const struct oci_resources *resources = p->linux->resources;
	bool given = path && *path;

	plan->resources = resources ? resources : &nothing;
	plan->pointer = given ? "/linux/cgroupsPath" : resources ? "/linux/resources" : "";
	if (p->options->cgroup_disabled) {
		plan->disabled = true;
		return 0;
	}
	/* Who may do everything on this machine gets the cgroup or an error: without it nothing would deny devices.
	 * Who asks for systemd's means it. */
	plan->required = given || p->options->systemd_cgroup || has_limits(resources) ||
			 (resources && resources->n_devices && p->host->privileged && !p->plan->ns.user);
	if (p->host->layout == CGROUP_NONE) {
		if (plan->required)
			return refuse(p, plan->pointer, ERROR_UNSUPPORTED,
				      "no cgroup file system is mounted at /sys/fs/cgroup");
		plan->disabled = true;
		return 0;
	}
	if (p->options->systemd_cgroup)
		return plan_unit(p);
	plan->relative = !given || *path != '/';
	plan->path = clean_path(p->arena, given ? path : p->plan->id);
	if (!strcmp(plan->path, "/"))
		return fail_at(p->err, plan->pointer, "must name a cgroup below the root");
	return 0;
}
