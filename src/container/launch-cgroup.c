/* launch-cgroup.c - see launch-cgroup.h */
#include <sched.h>
#include <sys/mount.h>

#include "base/error.h"
#include "container/launch-cgroup.h"
#include "container/launch.h"
#include "container/store.h"
#include "sys/idmap.h"

bool launch_cgroup_owner(const struct launch *launch, uid_t *uid)
{
	const struct namespace_plan *ns = &launch->plan.ns;
	const struct oci_linux *linux = launch->options->loaded->spec->linux;
	unsigned id = launch->plan.has_process ? launch->plan.process.uid : 0;

	if (launch->host.euid != 0)
		return false;
	/* Of a joined one we know what the config says. */
	if (ns->user && !(namespace_joined(ns, CLONE_NEWUSER) ?
			  idmap_to_host(linux->uid_mappings, linux->n_uid_mappings, id, &id) :
			  idmap_to_host(ns->uids, ns->n_uids, id, &id)))
		return false;
	*uid = id;
	return true;
}

/*
 * config-linux.md, "Cgroup ownership": a tree that the container sees as its
 * own, and writable, belongs to its user (v2 only).  A folder that existed
 * before keeps its owner; so does one for a joined user namespace whose ids the
 * config does not name.
 */
static int give_cgroup(struct launch *launch, struct error *err)
{
	const struct plan *plan = &launch->plan;
	bool visible = false;
	uid_t uid;

	for (size_t i = 0; i < plan->rootfs.n_steps; i++)
		visible |= plan->rootfs.steps[i].action == STEP_CGROUP &&
			   !((plan->rootfs.steps[i].set | plan->rootfs.steps[i].set_all) & MOUNT_ATTR_RDONLY);
	if (!visible || !plan->ns.create_cgroup || launch->host.layout != CGROUP_V2 || launch->cgroup.n_folders == 0 ||
	    !launch->cgroup.folders[0].made || !launch_cgroup_owner(launch, &uid))
		return 0;
	launch->cgroup.given = true;
	return cgroup_delegate(&launch->cgroup, uid, err);
}

/* Note it before making it, so that `delete` can undo what a killed create has made. */
static int note_cgroup(struct launch *launch, struct error *err)
{
	store_put_cgroup(&launch->options->loaded->arena, &launch->record, &launch->cgroup);
	return store_write(launch->folder, "journal", &launch->record, err);
}

/* The path of a systemd unit's cgroup is known only once the unit exists: note its name first. */
static int start_unit(struct launch *launch, struct error *err)
{
	if (!launch->cgroup.unit)
		return 0;
	cgroup_describe_unit(&launch->cgroup, launch->record.id, launch->record.created);
	if (note_cgroup(launch, err) < 0)
		return -1;
	return cgroup_start_unit(&launch->cgroup, &launch->host, err) < 0 ? blame(err, launch->plan.cgroup.pointer) : 0;
}

int launch_make_cgroup(struct launch *launch, struct error *err)
{
	const struct cgroup_plan *plan = &launch->plan.cgroup;

	if (cgroup_paths(plan, &launch->host, &launch->cgroup, err) < 0)
		return blame(err, plan->pointer);
	if (start_unit(launch, err) < 0)
		return -1;
	if (cgroup_look(&launch->cgroup, err) < 0)
		return blame(err, plan->pointer);
	if (note_cgroup(launch, err) < 0)
		return -1;
	if (cgroup_make(&launch->cgroup, err) < 0)
		return blame(err, plan->pointer);
	store_put_cgroup(&launch->options->loaded->arena, &launch->record, &launch->cgroup);
	if (cgroup_limit(&launch->cgroup, plan->resources, err) < 0)
		return blame(err, "/linux/resources");
	return give_cgroup(launch, err) < 0 ? blame(err, plan->pointer) : 0;
}

void launch_view_cgroup(const struct cgroup *c, const struct host *host, struct cgroup_view *view)
{
	*view = (struct cgroup_view) { .layout = host->layout, .links = host->links, .n_links = host->n_links };
	for (size_t i = 0; i < c->n_folders && i < HOST_MAX_HIERARCHIES; i++) {
		view->hierarchies[view->n_hierarchies].name = c->folders[i].hierarchy;
		view->hierarchies[view->n_hierarchies++].folder = c->folders[i].fd;
	}
}
