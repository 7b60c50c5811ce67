/*
 * planner.c - what the topics of a plan have in common; see planner.h
 */
#include <string.h>

#include "libocispec/json.h"
#include "plan/planner.h"
#include "sys/path.h"

#ifndef HAVE_APPARMOR
#define WITHOUT_APPARMOR " (built --without-apparmor)"
#else
#define WITHOUT_APPARMOR ""
#endif
#ifndef HAVE_SELINUX
#define WITHOUT_SELINUX " (built --without-selinux)"
#else
#define WITHOUT_SELINUX ""
#endif

const char plan_no_apparmor[] =
	"apparmor profile is specified in config, but apparmor is disabled or not supported" WITHOUT_APPARMOR;
const char plan_no_selinux[] =
	"selinux label is specified in config, but selinux is disabled or not supported" WITHOUT_SELINUX;

const char *pointer_index(struct arena *arena, const char *prefix, size_t i)
{
	return arena_printf(arena, "%s/%zu", prefix, i);
}

const char *pointer_key(struct arena *arena, const char *prefix, const char *key)
{
	const size_t size = strlen(prefix) + 2 * strlen(key) + 4;
	char *pointer = arena_alloc(arena, size);

	memcpy(pointer, prefix, strlen(prefix));
	json_pointer_add(pointer, size, key);
	return pointer;
}

const char *clean_path(struct arena *arena, const char *path)
{
	char *out = arena_alloc(arena, strlen(path) + 2);

	path_clean(path, out);
	return out;
}

struct step *step_add(struct planner *p, enum step_action action, const char *target, const char *pointer)
{
	struct step *step = arena_push(p->arena, &p->steps, p->n_steps, sizeof *step);

	p->n_steps++;
	step->action = action;
	step->target = target;
	step->pointer = pointer;
	return step;
}
