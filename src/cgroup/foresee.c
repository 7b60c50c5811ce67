/* foresee.c - what cgroup_limit() would write, for `explain` */
#include "base/cleanup.h"
#include "cgroup/limit.h"
#include "libocispec/arena.h"

/* The folder may not exist yet: its path is what counts. */
static const char *file_name(struct arena *arena, const struct limit_write *w)
{
	auto_free char *folder = folder_name(w->folder);

	return arena_printf(arena, "%s/%s", folder, w->file);
}

static int foresee(const struct cgroup *cgroup, const struct oci_resources *resources, struct limits *limits,
		   struct error *err)
{
	limits->cgroup = cgroup;
	limits->foreseen = true;
	limits->v2 = cgroup_v2(cgroup);
	limits_look(limits);
	if (limits_collect(limits, resources, err) < 0)
		return -1;
	return limits_foresee_devices(limits, resources, err);
}

int cgroup_foresee(struct arena *arena, struct cgroup_plan *plan, const struct host *host, struct error *err)
{
	struct planned_write *list = NULL;
	struct cgroup cgroup = { 0 };
	struct limits limits = { 0 };
	int result;

	plan->writes = NULL;
	plan->n_writes = 0;
	if (plan->disabled || plan->unit)
		return 0;
	result = cgroup_paths(plan, host, &cgroup, err);
	if (result == 0)
		result = cgroup_look(&cgroup, err);
	if (result == 0 && cgroup.n_folders)
		result = foresee(&cgroup, plan->resources, &limits, err);
	for (size_t i = 0; result == 0 && i < limits.n; i++) {
		struct planned_write *write = arena_push(arena, &list, plan->n_writes++, sizeof *list);

		write->file = file_name(arena, &limits.writes[i]);
		write->value = arena_strdup(arena, limits.writes[i].value);
		write->pointer = arena_strdup(arena, limits.writes[i].pointer);
	}
	plan->writes = list;
	limits_free(&limits);
	cgroup_close(&cgroup);
	return result;
}
