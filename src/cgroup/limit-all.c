/*
 * limit-all.c - all of linux.resources, part by part; see limit.h
 */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/limit.h"

/* "memory.high": "1M", as it is; a value of several lines is written line by line. */
static int limits_unified(struct limits *limits, const struct json_map *unified, struct error *err)
{
	for (size_t i = 0; i < unified->n; i++) {
		const char *file = unified->keys[i];
		auto_free char *pointer = pointer_to_key("/linux/resources/unified", file);
		char controller[64];

		if (!limits->v2)
			return fail_at(err, pointer, "invalid configuration: cgroup v1 has no unified resources");
		if (strchr(file, '/') || file[0] == '.' || strlen(file) >= sizeof limits->writes->file)
			return fail_at(err, pointer, "unified resource %s must be a file name (no slashes)", file);
		snprintf(controller, sizeof controller, "%.*s", (int) strcspn(file, "."), file);
		if (strcmp(controller, "cgroup") != 0 && !words_have(limits->v2_controllers, controller))
			return limits_folder(limits, &(struct controller) { NULL, controller }, pointer, err) ? 0 : -1;
		for (const char *at = unified->values[i]; at && *at; at += *at == '\n') {
			size_t n = strcspn(at, "\n");

			if (n > 0)
				limits_add(limits, limits->v2, pointer, file, xasprintf("%.*s", (int) n, at));
			at += n;
		}
	}
	return 0;
}

int limits_collect(struct limits *limits, const struct oci_resources *r, struct error *err)
{
	if ((r->memory && limits_memory(limits, r->memory, err) < 0) ||
	    (r->cpu && limits_cpu(limits, r->cpu, err) < 0) || (r->cpu && limits_cpuset(limits, r->cpu, err) < 0) ||
	    (r->pids && limits_pids(limits, r->pids, err) < 0) ||
	    (r->block_io && limits_block_io(limits, r->block_io, err) < 0) || limits_hugetlb(limits, r, err) < 0 ||
	    (r->network && limits_network(limits, r->network, err) < 0) || limits_rdma(limits, &r->rdma, err) < 0)
		return -1;
	/* `unified` has the last word, in the order of the config. */
	limits->n_free = limits->n;
	return limits_unified(limits, &r->unified, err);
}

int cgroup_limit(struct cgroup *cgroup, const struct oci_resources *resources, struct error *err)
{
	struct limits limits = { .cgroup = cgroup, .v2 = cgroup_v2(cgroup) };
	int result = -1;

	if (cgroup->n_folders == 0)
		return 0;
	limits_look(&limits);
	/* What this machine cannot do is noticed before the first value is written. */
	if (limits_collect(&limits, resources, err) == 0 && limit_devices(cgroup, resources, err) == 0 &&
	    limits_write(&limits, err) == 0)
		result = 0;
	limits_free(&limits);
	return result;
}
