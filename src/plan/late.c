/*
 * late.c - what makes things read-only or hides them, once all else is in place
 *
 * Theory.  A read-only mount that still has to be filled - with device nodes,
 * with what tmpcopyup copies, with the mount points of later mounts - is made
 * writable first and sealed in the end.  But not if it is the host's: a bind
 * mount is read-only from the start, or meanwhile a symlink in the image could
 * lead some other target, or the working directory, into it; nor would it be
 * locked in a user namespace.  Then come the read-only paths, then the masks
 * (which may lie in those), and the root itself last: after that nothing can be
 * made any more.
 */
#include <string.h>
#include <sys/mount.h>

#include "base/text.h"
#include "plan/planner.h"

/* This excludes the kernel's own file systems, where nothing can be made anyway, and those on a disk, for which "ro"
 * may mean that they must not be written to at all. */
static bool needs_filling(const struct planner *p, size_t i)
{
	const struct step *step = &p->steps[i], *end = p->steps + p->n_steps;

	if (step->action == STEP_MOUNT)
		return !strcmp(step->type, "tmpfs") || !strcmp(step->type, "ramfs") || !strcmp(step->target, "/dev");
	/* v1's cgroup view is a tmpfs; an unprivileged user's has no folders. */
	if (step->action != STEP_BIND && (step->action != STEP_CGROUP || p->host->layout == CGROUP_V2))
		return false;
	for (const struct step *later = step + 1; later < end; later++)
		if (text_lies_below(later->target, step->target) && strcmp(later->target, step->target))
			return true;
	return false;
}

void plan_seals(struct planner *p)
{
	size_t n = p->n_steps;

	for (size_t i = 0; i < n; i++) {
		struct step *step = &p->steps[i];
		if (!(step->set & MOUNT_ATTR_RDONLY) || !needs_filling(p, i))
			continue;
		if (step->action == STEP_BIND) {
			step->filled = true;
			continue;
		}
		/* The cgroup mounts below it are read-only from the start. */
		if (step->action != STEP_CGROUP)
			step->set &= ~(uint64_t) MOUNT_ATTR_RDONLY;
		step_add(p, STEP_SEAL, step->target, step->pointer)->of = (int) i;
	}
}

static bool is_planned(const struct planner *p, size_t first, const char *target)
{
	for (size_t i = first; i < p->n_steps; i++)
		if (!strcmp(p->steps[i].target, target))
			return true;
	return false;
}

/* Not every kernel has all of these paths.  One that is listed again, by a client that adds its own to a default list,
 * needs no second mount. */
static void plan_paths(struct planner *p, enum step_action action, char **paths, size_t n, const char *pointer)
{
	const size_t first = p->n_steps;

	for (size_t i = 0; i < n; i++) {
		const char *target = clean_path(p->arena, paths[i]);
		if (!is_planned(p, first, target))
			step_add(p, action, target, pointer_index(p->arena, pointer, i))->optional = true;
	}
}

void plan_late_steps(struct planner *p)
{
	const struct oci_linux *linux = p->linux;

	plan_seals(p);
	plan_paths(p, STEP_READONLY, linux->readonly_paths, linux->n_readonly_paths, "/linux/readonlyPaths");
	plan_paths(p, STEP_MASK, linux->masked_paths, linux->n_masked_paths, "/linux/maskedPaths");
	if (p->config->root && p->config->root->readonly)
		step_add(p, STEP_SEAL, "/", "/root/readonly")->of = -1;
}
