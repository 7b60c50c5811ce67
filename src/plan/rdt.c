/*
 * rdt.c - the container's resctrl group: which, and what it may have
 *
 * The names have been checked (config/check-memory.c); tune/resctrl.c finds out
 * whether resctrl and the group exist, before anything is touched.
 */
#include <string.h>

#include "plan/planner.h"

static void add_line(struct planner *p, struct rdt_plan *plan, const char *line, size_t n, const char *pointer)
{
	struct rdt_schema *schema;

	if (n == 0)
		return;
	schema = arena_push(p->arena, &plan->schemata, plan->n_schemata++, sizeof *schema);
	schema->line = arena_printf(p->arena, "%.*s", (int) n, line);
	schema->pointer = pointer;
}

/* Older configs put several lines into one text; those that begin with SKIP, if given, are left out. */
static void add_lines(struct planner *p, struct rdt_plan *plan, const char *text, const char *skip, const char *pointer)
{
	for (size_t n; text && *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		if (!skip || strncmp(text, skip, strlen(skip)) != 0)
			add_line(p, plan, text, n, pointer);
	}
}

void plan_rdt(struct planner *p)
{
	const struct oci_intel_rdt *asked = p->linux->intel_rdt;
	struct rdt_plan *plan;

	if (!asked)
		return;
	plan = arena_alloc(p->arena, sizeof *plan);
	plan->temporary = !asked->clos_id || !*asked->clos_id;
	plan->group = plan->temporary ? p->options->id : !strcmp(asked->clos_id, "/") ? "" : asked->clos_id;
	plan->monitor = asked->enable_monitoring ? p->options->id : NULL;
	/* config-linux.md: the cache first, without a bandwidth if that is given by itself, then the bandwidth, the
	 * general ones last. */
	add_lines(p, plan, asked->l3_cache_schema, asked->mem_bw_schema ? "MB:" : NULL,
		  "/linux/intelRdt/l3CacheSchema");
	add_lines(p, plan, asked->mem_bw_schema, NULL, "/linux/intelRdt/memBwSchema");
	for (size_t i = 0; i < asked->n_schemata; i++)
		add_lines(p, plan, asked->schemata[i], NULL, pointer_index(p->arena, "/linux/intelRdt/schemata", i));
	p->plan->rdt = plan;
}
