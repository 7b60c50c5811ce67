/* print-seccomp.c - see print-seccomp.h */
#include <ctype.h>
#include <string.h>

#include "base/error.h"
#include "libocispec/arena.h"
#include "plan/print-names.h"
#include "plan/print-seccomp.h"
#include "plan/seccomp.h"

/* "SCMP_ARCH_X86_64" as people write it. */
static const char *short_name(struct arena *arena, const char *arch)
{
	char *name = arena_strdup(arena, strncmp(arch, "SCMP_ARCH_", 10) ? arch : arch + 10);

	for (char *c = name; *c; c++)
		*c = (char) tolower((unsigned char) *c);
	return name;
}

static struct seccomp_share *share_of(struct arena *arena, struct seccomp_share **list, size_t *n, uint32_t action)
{
	for (size_t i = 0; i < *n; i++)
		if ((*list)[i].action == action)
			return &(*list)[i];
	struct seccomp_share *share = arena_push(arena, list, (*n)++, sizeof *share);

	share->action = action;
	return share;
}

struct seccomp_summary seccomp_sum_up(struct arena *arena, const struct oci_seccomp *profile)
{
	const struct seccomp_arch *archs[SECCOMP_MAX_ARCHS];
	struct seccomp_summary sum = { 0 };
	struct seccomp_share *list = NULL;
	struct words names = { 0 };
	struct seccomp_rules rules;
	struct error ignored;
	size_t n_archs = 0;

	if (seccomp_make_rules(arena, profile, &rules, &ignored) < 0 ||
	    seccomp_choose_archs(profile, archs, &n_archs, &ignored) < 0)
		return sum;
	for (size_t i = 0; i < rules.n; i++) {
		struct seccomp_share *share = share_of(arena, &list, &sum.n, rules.list[i].action);
		size_t calls = profile->syscalls[rules.list[i].origin].n_names;

		/* Alternatives are several rules of one entry. */
		if (i && rules.list[i].origin == rules.list[i - 1].origin)
			continue;
		share->calls += calls;
		share->conditional += rules.list[i].n ? calls : 0;
	}
	for (size_t i = 0; i < n_archs; i++)
		words_add(arena, &names, short_name(arena, archs[i]->name));
	sum.shares = list;
	sum.fallback = rules.fallback;
	sum.beyond = rules.beyond;
	sum.architectures = words_join(arena, &names, " ");
	return sum;
}
