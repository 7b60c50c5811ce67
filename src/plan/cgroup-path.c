/*
 * cgroup-path.c - where in the cgroup tree the container lives
 *
 * An absolute cgroupsPath starts at the root of each hierarchy.  Where a
 * relative one leads is the runtime's choice (config-linux.md), and ours is
 * runc's, which callers know: below the caller's own cgroup in v1; in v2 below
 * the parent of that, since a cgroup that has processes, as the caller's has,
 * cannot hand controllers to its children.  Without cgroupsPath it is the
 * relative path ID.
 *
 * The annotation run.oci.delegate-cgroup (crun's) names a cgroup below that, in
 * which the container begins: its own cgroup, the root of its cgroup namespace,
 * then has no process and can hand controllers down.  The limits apply to its
 * own.
 */
#include <string.h>

#include "base/error.h"
#include "plan/planner.h"

#define DELEGATE "run.oci.delegate-cgroup"

/* True if anything but devices is limited: device rules matter only for those who could make a device node. */
static bool has_limits(const struct oci_resources *r)
{
	return r && (r->memory || r->cpu || r->pids || r->block_io || r->n_hugepage_limits || r->network || r->rdma.n ||
		     r->unified.n);
}

static int unsupported(struct planner *p, const char *pointer, const char *why)
{
	fail_code(p->err, ERROR_UNSUPPORTED, "%s", why);
	return blame(p->err, pointer);
}

static int plan_place(struct planner *p)
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
	/* A caller who may do everything on this machine gets the cgroup or an error: without it nothing would deny
	 * devices.  So does one who explicitly asks for systemd's. */
	plan->required = given || p->options->systemd_cgroup || has_limits(resources) ||
			 (resources && resources->n_devices && p->host->privileged && !p->plan->ns.user);
	if (p->host->layout == CGROUP_NONE) {
		if (plan->required)
			return unsupported(p, plan->pointer, "no cgroup file system is mounted at /sys/fs/cgroup");
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

static int plan_delegate(struct planner *p)
{
	const char *path = json_map_get(&p->config->annotations, DELEGATE);
	struct cgroup_plan *plan = &p->plan->cgroup;

	if (!path || !*path)
		return 0;
	if (plan->disabled || p->host->layout != CGROUP_V2)
		return unsupported(p, "/annotations/" DELEGATE,
				   "needs a cgroup of the container's in cgroup v2: in v1 it is not safe to give one "
				   "away");
	plan->delegate = clean_path(p->arena, path);
	if (!plan->delegate[1])
		return fail_at(p->err, "/annotations/" DELEGATE, "must name a cgroup below the container's own");
	plan->required = true;
	return 0;
}

int plan_cgroup(struct planner *p)
{
	return plan_place(p) < 0 ? -1 : plan_delegate(p);
}
