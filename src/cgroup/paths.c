/*
 * paths.c - where in the tree, decided without asking the kernel
 *
 * An absolute path in the plan starts at the mount of each hierarchy, a
 * relative one at the caller's own cgroup there.  In cgroup2 the caller's own
 * cgroup has processes in it (the caller), so it cannot give controllers to its
 * children ("no internal processes"): there the place is beside it.  A user to
 * whom only his own cgroup was delegated can still make one below it; it has no
 * controllers unless he has moved all processes further down.
 */
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/inner.h"
#include "plan/unit.h"

bool component_next(const char **at, char *name)
{
	size_t n;

	*at += strspn(*at, "/");
	n = strcspn(*at, "/");
	if (n == 0 || n > NAME_MAX)
		return false;
	memcpy(name, *at, n);
	name[n] = '\0';
	*at += n;
	return true;
}

unsigned component_count(const char *path)
{
	char name[NAME_MAX + 1];
	unsigned n = 0;

	while (component_next(&path, name))
		n++;
	return n;
}

char *component_prefix(const char *path, unsigned n)
{
	char name[NAME_MAX + 1];
	const char *at = path;

	while (n > 0 && component_next(&at, name))
		n--;
	return at == path ? xstrdup("/") : xasprintf("%.*s", (int) (at - path), path);
}

bool component_plain(const char *path)
{
	if (path[0] != '/')
		return false;
	if (path[1] == '\0')
		return true;
	while (*path == '/') {
		size_t n = strcspn(++path, "/");

		if (n == 0 || n > NAME_MAX || (n == 1 && path[0] == '.') ||
		    (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += n;
	}
	return true;
}

/* Where a relative path begins.  The path of a caller outside its cgroup namespace has "..", and is out of reach. */
static char *base_of(const struct cgroup_hierarchy *hierarchy, bool beside)
{
	unsigned depth;

	if (!component_plain(hierarchy->own))
		return xstrdup("/");
	depth = component_count(hierarchy->own);
	return component_prefix(hierarchy->own, beside && depth > 0 ? depth - 1 : depth);
}

static char *join(const char *base, const char *path)
{
	if (base[1] == '\0')
		return xstrdup(path);
	return xasprintf("%s%s", base, path[1] == '\0' ? "" : path);
}

static void add_folder(struct cgroup *cgroup, const struct cgroup_hierarchy *hierarchy, const struct cgroup_plan *plan)
{
	bool v2 = hierarchy->v2 || cgroup->layout == CGROUP_V2;
	auto_free char *base = plan->relative ? base_of(hierarchy, v2) : xstrdup("/");
	struct cgroup_folder *folder = &cgroup->folders[cgroup->n_folders++];

	*folder = (struct cgroup_folder) { .v2 = v2, .fd = -1, .join = -1 };
	snprintf(folder->hierarchy, sizeof folder->hierarchy, "%s", hierarchy->name);
	folder->path = join(base, plan->path);
	if (v2 && plan->relative && cgroup->rootless) {
		auto_free char *own = base_of(hierarchy, false);

		folder->instead = join(own, plan->path);
	}
}

int cgroup_paths(const struct cgroup_plan *plan, const struct host *host, struct cgroup *cgroup, struct error *err)
{
	*cgroup = (struct cgroup) {
		.layout = host->layout, .required = plan->required, .resources = plan->resources,
		.rootless = host->euid != 0 || !host->initial_userns,
	};
	if (plan->disabled)
		return 0;
	if (plan->unit) {
		cgroup->unit = xcalloc(1, sizeof *cgroup->unit);
		*cgroup->unit = (struct cgroup_unit) {
			.name = xstrdup(plan->unit->name), .user = plan->unit->user, .lingers = plan->unit->lingers,
			.plan = plan->unit,
		};
	}
	if (host->n_hierarchies == 0) {
		if (!plan->required)
			return 0;
		fail_code(err, ERROR_UNSUPPORTED, "no cgroup hierarchy is mounted at " CGROUP_ROOT);
		return blame(err, plan->pointer ? plan->pointer : "");
	}
	/* systemd will say where that is. */
	if (plan->unit)
		return 0;
	if (!component_plain(plan->path))
		return fail_at(err, plan->pointer ? plan->pointer : "", "cgroup path %s is not plain", plan->path);
	cgroup->folders = xcalloc(host->n_hierarchies, sizeof *cgroup->folders);
	for (size_t i = 0; i < host->n_hierarchies; i++)
		add_folder(cgroup, &host->hierarchies[i], plan);
	return 0;
}
