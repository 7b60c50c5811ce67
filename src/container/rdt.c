/* rdt.c - see rdt.h */
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "container/rdt.h"
#include "container/record.h"
#include "libocispec/arena.h"
#include "plan/plan.h"
#include "tune/resctrl.h"
#include "tune/resctrl-stats.h"

static int open_recorded(const struct record_state *record, struct resctrl *r, struct error *err)
{
	const struct record_rdt *from = record->rdt;

	*r = (struct resctrl) {
		.root = resctrl_open(err), .group = from->group, .monitor = from->monitor, .temporary = from->temporary,
		.made_group = from->made_group, .made_monitor = from->made_monitor,
	};
	return r->root;
}

int rdt_look(struct arena *arena, const struct rdt_plan *plan, struct resctrl *r, struct record_state *record,
	     struct error *err)
{
	if (!plan)
		return 0;
	r->root = resctrl_open(err);
	if (r->root < 0 || resctrl_look(plan, r, err) < 0)
		return blame(err, "/linux/intelRdt");
	record->rdt = arena_alloc(arena, sizeof *record->rdt);
	*record->rdt = (struct record_rdt) {
		.group = (char *) r->group, .monitor = (char *) r->monitor, .temporary = r->temporary,
		.made_group = r->made_group, .made_monitor = r->made_monitor,
	};
	return 0;
}

int rdt_make(const struct rdt_plan *plan, struct resctrl *r, struct record_state *record, struct error *err)
{
	int result;

	if (!plan)
		return 0;
	result = resctrl_make(plan, r, err);
	/* After a failure nothing is left; a group that somebody else made meanwhile is not ours. */
	record->rdt->made_group = result == 0 && r->made_group;
	record->rdt->made_monitor = result == 0 && r->made_monitor;
	return result < 0 ? blame(err, "/linux/intelRdt") : 0;
}

int rdt_join(const struct record_state *record, pid_t pid, struct error *err)
{
	struct resctrl r;

	if (!record->rdt)
		return 0;
	auto_fd root = open_recorded(record, &r, err);
	return root < 0 || resctrl_join(&r, pid, err) < 0 ? blame(err, "/linux/intelRdt") : 0;
}

int rdt_remove(const struct record_state *record, bool all, struct error *err)
{
	struct resctrl r;
	struct error closed = { 0 };

	if (!record->rdt || (!record->rdt->made_group && !record->rdt->made_monitor))
		return 0;
	auto_fd root = open_recorded(record, &r, &closed);
	if (root >= 0)
		return resctrl_remove(&r, all, err);
	/* Its groups went with it. */
	log_warn("the container's group of resctrl cannot be removed: %s", closed.message);
	return 0;
}

int rdt_update(const struct record_state *record, const char *const *schemata, size_t n, char **old, struct error *err)
{
	struct resctrl r;

	*old = NULL;
	auto_fd root = open_recorded(record, &r, err);
	if (root < 0 || !(*old = resctrl_read(&r, err)))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (schemata[i] && resctrl_write(&r, schemata[i], err) < 0) {
			rdt_restore(record, *old);
			free(*old);
			*old = NULL;
			return -1;
		}
	return 0;
}

void rdt_restore(const struct record_state *record, char *old)
{
	struct error err = { 0 };
	struct resctrl r;

	if (!old)
		return;
	auto_fd root = open_recorded(record, &r, &err);
	for (char *line; root >= 0 && (line = strsep(&old, "\n")); )
		if (*line && resctrl_write(&r, line + strspn(line, " "), &err) < 0)
			log_warn("%s", err.message);
}

bool rdt_stats(const struct record_state *record, struct arena *arena, struct resctrl_stats *stats)
{
	struct error ignored;
	struct resctrl r;

	if (!record->rdt)
		return false;
	auto_fd root = open_recorded(record, &r, &ignored);
	if (root < 0)
		return false;
	resctrl_read_stats(&r, arena, stats);
	return true;
}
