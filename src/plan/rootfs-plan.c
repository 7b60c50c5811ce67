/*
 * rootfs-plan.c - the root of the container, and the list of what is done in it
 */
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "base/error.h"
#include "plan/planner.h"

/*
 * While the tree is built none of its mounts may show up on the host, hence
 * rslave unless the config wants the two to share.  In the end the root gets
 * what was asked for.  Unbindable comes only then: until then the root must be
 * bound.
 */
static const struct { uint64_t building, final; } propagations[] = {
	[OCI_PROPAGATION_UNSET]	      = { MS_SLAVE | MS_REC,   0 },
	[OCI_PROPAGATION_PRIVATE]     = { MS_PRIVATE | MS_REC, MS_PRIVATE },
	[OCI_PROPAGATION_RPRIVATE]    = { MS_PRIVATE | MS_REC, MS_PRIVATE | MS_REC },
	[OCI_PROPAGATION_SLAVE]	      = { MS_SLAVE | MS_REC,   MS_SLAVE },
	[OCI_PROPAGATION_RSLAVE]      = { MS_SLAVE | MS_REC,   MS_SLAVE | MS_REC },
	[OCI_PROPAGATION_SHARED]      = { MS_SHARED,	       MS_SHARED },
	[OCI_PROPAGATION_RSHARED]     = { MS_SHARED | MS_REC,  MS_SHARED | MS_REC },
	[OCI_PROPAGATION_UNBINDABLE]  = { MS_PRIVATE | MS_REC, MS_UNBINDABLE },
	[OCI_PROPAGATION_RUNBINDABLE] = { MS_PRIVATE | MS_REC, MS_UNBINDABLE | MS_REC },
};

static int plan_root(struct planner *p)
{
	const struct oci_root *root = p->config->root;
	enum oci_propagation propagation = p->linux->rootfs_propagation;
	struct rootfs_plan *plan = &p->plan->rootfs;

	plan->path = *root->path == '/' ? root->path : arena_printf(p->arena, "%s/%s", p->options->bundle, root->path);
	plan->path = clean_path(p->arena, plan->path);
	plan->no_pivot = p->options->no_pivot;
	plan->propagation = propagations[propagation].building;
	plan->final_propagation = propagations[propagation].final;
	/* With SELinux off, file systems have no context; but whoever asked for one relies on it. */
	plan->mount_label = p->linux->mount_label && *p->linux->mount_label ? p->linux->mount_label : NULL;
	if (plan->mount_label && !p->host->selinux)
		return fail_at(p->err, "/linux/mountLabel", "%s", plan_no_selinux);
	/* Without pivot_root the host's mounts stay below ours, and slaves among them could be cut loose. */
	if (plan->no_pivot && plan->final_propagation & MS_PRIVATE)
		return fail_at(p->err, "/linux/rootfsPropagation",
			       "[r]private is not safe without pivot_root (--no-pivot)");
	return 0;
}

static void take_steps(struct planner *p)
{
	p->plan->rootfs.steps = p->steps;
	p->plan->rootfs.n_steps = p->n_steps;
}

/* config-linux.md, Namespaces: a container inherits namespaces that are not named.  Only the host's root can mount
 * there. */
static int plan_host_mounts(struct planner *p)
{
	struct plan *plan = p->plan;

	if (namespace_is_own(&plan->ns, CLONE_NEWNS))
		return 0;
	for (size_t i = 0; i < p->n_steps; i++)
		plan->rootfs.on_host |= p->steps[i].action != STEP_DEVICE && p->steps[i].action != STEP_SYMLINK;
	if (plan->rootfs.on_host && plan->ns.user)
		return fail_at(p->err, "/linux/namespaces",
			       "with a user namespace, mounts and all that is read-only need a namespace of type "
			       "\"mount\"");
	return 0;
}

int plan_live_rootfs(struct planner *p)
{
	if (plan_root(p) < 0 || plan_mounts(p) < 0)
		return -1;
	p->plan->rootfs.n_early = p->n_steps;
	plan_seals(p);
	take_steps(p);
	return 0;
}

int plan_rootfs(struct planner *p)
{
	struct rootfs_plan *plan = &p->plan->rootfs;

	if (plan_root(p) < 0 || plan_mounts(p) < 0)
		return -1;
	plan_devices(p);
	plan_symlinks(p);
	plan->n_early = p->n_steps;
	plan_late_steps(p);
	take_steps(p);
	return plan_host_mounts(p);
}
