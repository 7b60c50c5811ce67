/*
 * namespaces.c - which namespaces are made, which are joined, and in what order
 *
 * Theory.  Most kinds are made at birth, by flags of clone3(2).  Two are not:
 * the root of a cgroup namespace is the cgroup that its maker is in, so init
 * makes it once it has arrived there; the offsets of a time namespace can be
 * written only while nobody is inside, so the runtime makes it for its child.
 *
 * A joined user namespace comes first, because it is what gives the right to
 * join those that it owns; the mount namespace comes last, because after it
 * the caller sees other files.
 */
#include <linux/capability.h>
#include <sched.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "config/find-namespace.h"
#include "plan/planner.h"
#include "sys/namespace.h"

static const enum oci_namespace_type join_order[] = {
	OCI_NAMESPACE_TYPE_USER, OCI_NAMESPACE_TYPE_PID,    OCI_NAMESPACE_TYPE_NETWORK, OCI_NAMESPACE_TYPE_IPC,
	OCI_NAMESPACE_TYPE_UTS,	 OCI_NAMESPACE_TYPE_CGROUP, OCI_NAMESPACE_TYPE_TIME,	OCI_NAMESPACE_TYPE_MOUNT,
};

static int flag_of(enum oci_namespace_type type)
{
	return namespace_kinds[type - 1].flag;
}

static bool is_joined(const struct oci_namespace *ns)
{
	return ns && ns->path && *ns->path;
}

static void create_or_join(struct planner *p, const struct oci_namespace *ns)
{
	struct namespace_plan *plan = &p->plan->ns;
	struct namespace_join *join;

	if (!is_joined(ns)) {
		if (ns->type == OCI_NAMESPACE_TYPE_CGROUP)
			plan->create_cgroup = true;
		else if (ns->type == OCI_NAMESPACE_TYPE_TIME)
			plan->create_time = true;
		else
			plan->create |= (uint64_t) flag_of(ns->type);
		return;
	}
	join = arena_push(p->arena, &plan->join, plan->n_join, sizeof *join);
	join->flag = flag_of(ns->type);
	join->path = ns->path;
	join->pointer = pointer_index(p->arena, "/linux/namespaces", (size_t) (ns - p->linux->namespaces));
	plan->n_join++;
}

/* A new user namespace takes the config's mappings; a joined one has its own, and mappings that callers give as well
 * (containerd and CRI-O do) serve only where the container's ids must be known. */
static int plan_user(struct planner *p, const struct oci_namespace *user)
{
	struct namespace_plan *plan = &p->plan->ns;

	plan->user = user;
	if (!user && !(p->host->caps_permitted >> CAP_SYS_ADMIN & 1))
		return fail_at(p->err, "/linux/namespaces",
			       "without CAP_SYS_ADMIN a container needs a namespace of type \"user\" "
			       "(spec --rootless writes such a config)");
	/* The root of an ipc namespace's mqueue belongs to the namespace's maker. */
	if (user)
		plan->late = plan->create & CLONE_NEWIPC;
	/* A time namespace must belong to the container's user namespace, which is new. */
	plan->time_inside = plan->create_time && user && !is_joined(user);
	if (user && !is_joined(user))
		plan_id_maps(p->arena, p->config, p->host, false, plan);
	return 0;
}

static const char *time_offsets(struct planner *p)
{
	const struct json_map *offsets = &p->linux->time_offsets;
	const char *text = NULL;

	for (size_t i = 0; i < offsets->n; i++) {
		const struct oci_time_offset *offset = offsets->values[i];
		text = arena_printf(p->arena, "%s%s %lld %u\n", text ? text : "", offsets->keys[i],
				    (long long) offset->secs, offset->nanosecs);
	}
	return text;
}

const struct namespace_join *namespace_joined(const struct namespace_plan *plan, int flag)
{
	for (size_t i = 0; i < plan->n_join; i++)
		if (plan->join[i].flag == flag)
			return &plan->join[i];
	return NULL;
}

bool namespace_is_own(const struct namespace_plan *plan, int flag)
{
	const bool made = flag == CLONE_NEWCGROUP ? plan->create_cgroup : flag == CLONE_NEWTIME ? plan->create_time :
			  (plan->create & (uint64_t) flag) != 0;

	return made || namespace_joined(plan, flag);
}

int plan_namespaces(struct planner *p)
{
	const struct oci_namespace *user = config_namespace(p->config, OCI_NAMESPACE_TYPE_USER), *ns;
	struct namespace_plan *plan = &p->plan->ns;

	for (size_t i = 0; i < ARRAY_SIZE(join_order); i++)
		if ((ns = config_namespace(p->config, join_order[i])))
			create_or_join(p, ns);
	plan->time_offsets = time_offsets(p);

	/* A process that enters a user namespace cannot come back, so the runtime sends another one.  With a new user
	 * namespace, the others must be joined before it is made: afterwards the rights to do so are gone.  Nor can
	 * the runtime return to a pid or time namespace that belongs to an outer user namespace. */
	plan->middle = is_joined(user) || (user && plan->n_join);
	if (plan_user(p, user) < 0)
		return -1;
	if (!p->host->privileged && (namespace_joined(plan, CLONE_NEWPID) || (plan->create_time && !plan->time_inside)))
		plan->middle = true;
	return 0;
}
