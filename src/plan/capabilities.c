/*
 * capabilities.c - the five capability sets, as far as they can be granted here
 *
 * What cannot be granted is left out and named for a warning, never an error
 * (config.md, "capabilities").  The kernel's rules, capabilities(7):
 *  1. nobody gets beyond the caller's bounding and permitted sets - except in
 *     a user namespace, where a process that enters gets both of them full
 *     (set_cred_user_ns() in kernel/user_namespace.c);
 *  2. effective lies within permitted;
 *  3. inheritable lies within bounding, once that has been reduced;
 *  4. ambient lies within permitted and inheritable.
 */
#include "config/capability-names.h"
#include "plan/planner.h"

static uint64_t set_of(char **names, size_t n)
{
	uint64_t set = 0;

	for (size_t i = 0; i < n; i++) {
		const struct name_value *row = name_find(capability_names, names[i]);
		if (row)
			set |= 1ull << row->value;
	}
	return set;
}

static struct capability_sets sets_of(const struct oci_capabilities *asked)
{
	return (struct capability_sets) {
		.bounding = set_of(asked->bounding, asked->n_bounding),
		.effective = set_of(asked->effective, asked->n_effective),
		.permitted = set_of(asked->permitted, asked->n_permitted),
		.inheritable = set_of(asked->inheritable, asked->n_inheritable),
		.ambient = set_of(asked->ambient, asked->n_ambient),
	};
}

bool plan_may_have(const struct oci_capabilities *capabilities, int capability)
{
	if (!capabilities)
		return false;
	/* A file with capabilities, or a set-uid one, gives at most the bounding set. */
	const struct capability_sets sets = sets_of(capabilities);
	return (sets.bounding | sets.permitted) >> capability & 1;
}

/* The text THERE, followed by the names of LOST, each with SUFFIX. */
static const char *name_lost(struct arena *arena, const char *there, uint64_t lost, const char *suffix)
{
	for (const struct name_value *row = capability_names; row->name; row++)
		if (lost >> row->value & 1)
			there = arena_printf(arena, "%s%s%s%s", there ? there : "", there ? ", " : "", row->name,
					     suffix);
	return there;
}

void plan_capabilities(struct arena *arena, const struct oci_capabilities *asked, const struct host *host,
		       bool user_namespace, struct process_plan *out)
{
	uint64_t known = host->last_cap >= 63 ? ~0ull : (1ull << (host->last_cap + 1)) - 1;
	uint64_t bounding = user_namespace ? known : known & host->caps_bounding;
	uint64_t permitted = user_namespace ? known : bounding & host->caps_permitted;
	struct capability_sets want, *got = &out->caps;

	if (!asked)
		return;
	want = sets_of(asked);
	got->bounding = want.bounding & bounding;
	got->permitted = want.permitted & permitted;
	got->effective = want.effective & got->permitted;
	got->inheritable = want.inheritable & permitted & got->bounding;
	got->ambient = want.ambient & got->permitted & got->inheritable;

	uint64_t nowhere = (want.bounding & ~bounding) |
			   ((want.permitted | want.effective | want.inheritable | want.ambient) & ~permitted);
	const char *lost = name_lost(arena, NULL, nowhere, "");

	lost = name_lost(arena, lost, want.effective & ~got->effective & ~nowhere, " (effective)");
	out->dropped_caps = name_lost(arena, lost, want.inheritable & ~got->inheritable & ~nowhere, " (inheritable)");
	uint64_t not_ambient = want.ambient & ~got->ambient & ~nowhere;

	out->dropped_ambient = name_lost(arena, NULL, not_ambient, "");
	/*
	 * execve(2) gives root what it may have, ambient or not.  buildah before 1.38 wants for each RUN all
	 * capabilities as ambient and none as inheritable, which is not worth a line each time.
	 */
	out->misses_ambient = not_ambient && (out->uid || got->inheritable ||
					      not_ambient & ~(got->permitted & got->bounding));
}
