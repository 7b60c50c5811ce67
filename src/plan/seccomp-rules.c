/*
 * seccomp-rules.c - which system calls are decided alike
 *
 * For each architecture every name in the profile becomes a number, and every
 * number collects its rules.  Several rules for one call are treated as
 * libseccomp does:
 *   - a rule without conditions beats all others, and the first of them wins;
 *   - of rules with conditions the more specific are tried first (goes_before());
 *   - the same conditions with another action are a contradiction and refused.
 * Numbers with the same rules share a class, neighbours of one class a range.
 */
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "libocispec/arena.h"
#include "plan/seccomp.h"

#define DENSE 1024	/* numbers from an architecture's base on; only a handful of ARM's lie beyond */

struct link {		/* one rule of one number */
	const struct seccomp_rule *rule;
	struct link *next;
};

struct slot {		/* the rules of one number */
	struct link *first, *last;
};

struct far_slot {
	uint32_t number;
	struct slot slot;
};

struct table {
	struct arena *a;
	const struct seccomp_rules *rules;
	const struct seccomp_arch *arch;
	const struct seccomp_rule **fitted;	/* rules->list as fit() for this architecture; made when first needed */
	struct slot dense[DENSE];
	struct far_slot *sparse;		/* ascending */
	size_t n_sparse;
	int64_t newest;				/* the highest of the dense numbers that the profile knows; -1: none */
	struct seccomp_class **classes;
	size_t n_classes;
	struct seccomp_block *block;
};

/* ---- rules as an architecture sees them ------------------------------- */

/* Cut arguments to 32 bits unless WIDE, drop conditions that always hold, and sort the others by argument. */
static void fit(struct seccomp_rule *rule, bool wide)
{
	unsigned n = 0;

	for (unsigned i = 0; i < rule->n; i++) {
		struct seccomp_condition c = rule->conditions[i];
		unsigned at;

		if (!wide) {
			c.mask = (uint32_t) c.mask;
			c.value = (uint32_t) c.value;
		}
		if (!c.mask)
			continue;
		for (at = n++; at && rule->conditions[at - 1].argument > c.argument; at--)
			rule->conditions[at] = rule->conditions[at - 1];
		rule->conditions[at] = c;
	}
	rule->n = n;
}

static const struct seccomp_rule *fitted_rule(struct table *t, size_t i)
{
	struct seccomp_rule *rule;

	if (t->fitted[i])
		return t->fitted[i];
	if (!t->rules->list[i].n)
		return t->fitted[i] = &t->rules->list[i];
	rule = arena_alloc(t->a, sizeof *rule);
	*rule = t->rules->list[i];
	fit(rule, t->arch->wide);
	return t->fitted[i] = rule;
}

/* The rule for socketcall or ipc with this selector.  The rule's conditions then apply to their other arguments, which
 * are not the call's own; libseccomp does the same, and it goes wrong for no known profile. */
static const struct seccomp_rule *selecting_rule(struct table *t, size_t i, uint64_t selector)
{
	struct seccomp_rule *rule = arena_alloc(t->a, sizeof *rule);
	unsigned n = 1;

	*rule = t->rules->list[i];
	for (unsigned k = 0; k < t->rules->list[i].n; k++)
		if (t->rules->list[i].conditions[k].argument != 0)
			rule->conditions[n++] = t->rules->list[i].conditions[k];
	rule->n = n;
	rule->conditions[0] = (struct seccomp_condition) { .mask = UINT64_MAX, .value = selector };
	fit(rule, t->arch->wide);
	return rule;
}

/* ---- collecting ------------------------------------------------------- */

static struct slot *slot_of(struct table *t, uint32_t number)
{
	size_t i = t->n_sparse;

	if (number - t->arch->base < DENSE)
		return &t->dense[number - t->arch->base];
	while (i && t->sparse[i - 1].number >= number)
		i--;
	if (i < t->n_sparse && t->sparse[i].number == number)
		return &t->sparse[i].slot;
	arena_push(t->a, &t->sparse, t->n_sparse, sizeof *t->sparse);
	memmove(&t->sparse[i + 1], &t->sparse[i], (t->n_sparse - i) * sizeof *t->sparse);
	t->n_sparse++;
	t->sparse[i] = (struct far_slot) { .number = number };
	return &t->sparse[i].slot;
}

static void add(struct table *t, uint32_t number, const struct seccomp_rule *rule)
{
	struct slot *slot = slot_of(t, number);
	struct link *link;

	if (slot->first && !slot->first->rule->n)
		return;
	link = arena_alloc(t->a, sizeof *link);
	link->rule = rule;
	if (!rule->n || !slot->first)
		slot->first = link;
	else
		slot->last->next = link;
	slot->last = link;
}

/* Add one name of an entry, with the entry's rules: rules->list from FIRST up to END. */
static void add_name(struct table *t, const char *name, size_t first, size_t end)
{
	struct seccomp_numbers numbers = seccomp_numbers(t->arch, name);

	if (!numbers.known) {
		log_debug("seccomp: libseccomp does not know the system call %s", name);
		return;
	}
	if (numbers.direct > t->newest && numbers.direct < t->arch->base + DENSE)
		t->newest = numbers.direct;
	if (numbers.multiplexed > t->newest)
		t->newest = numbers.multiplexed;
	for (size_t i = first; i < end; i++) {
		if (numbers.multiplexed >= 0)
			add(t, (uint32_t) numbers.multiplexed, selecting_rule(t, i, numbers.selector));
		if (numbers.direct >= 0)
			add(t, (uint32_t) numbers.direct, fitted_rule(t, i));
	}
}

static void collect(struct table *t)
{
	const struct oci_seccomp *profile = t->rules->profile;
	size_t first = 0, end;

	for (unsigned i = 0; i < profile->n_syscalls; i++, first = end) {
		for (end = first; end < t->rules->n && t->rules->list[end].origin == i;)
			end++;
		/* Even an entry without a rule tells how new the profile is. */
		for (size_t k = 0; k < profile->syscalls[i].n_names; k++)
			add_name(t, profile->syscalls[i].names[k], first, end);
	}
}

/* ---- several rules for one number ------------------------------------- */

static int compare_words(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int condition_class(const struct seccomp_condition *c)
{
	return c->compare == COMPARE_EQ ? 3 : c->negated ? 2 : 1;
}

/* Negative: A is tried before B.  Later arguments first; equality before upper bounds before lower ones; the tighter
 * bound first.  libseccomp orders the levels of its tree like this. */
static int condition_order(const struct seccomp_condition *a, const struct seccomp_condition *b)
{
	int class = condition_class(b) - condition_class(a);

	if (a->argument != b->argument)
		return b->argument - a->argument;
	if (class)
		return class;
	return condition_class(a) == 2 ? compare_words(a->value, b->value) : compare_words(b->value, a->value);
}

static bool condition_equal(const struct seccomp_condition *a, const struct seccomp_condition *b)
{
	return a->argument == b->argument && a->compare == b->compare && a->negated == b->negated &&
	       a->mask == b->mask && a->value == b->value;
}

/* True if rule A is tried before B. */
static bool goes_before(const struct seccomp_rule *a, const struct seccomp_rule *b)
{
	for (unsigned i = 0; i < a->n && i < b->n; i++) {
		int order = condition_order(&a->conditions[i], &b->conditions[i]);

		if (order || !condition_equal(&a->conditions[i], &b->conditions[i]))
			return order < 0;
	}
	return a->n < b->n;	/* the shorter one holds whenever the longer one does */
}

static bool same_conditions(const struct seccomp_rule *a, const struct seccomp_rule *b)
{
	for (unsigned i = 0; i < a->n && i < b->n; i++)
		if (!condition_equal(&a->conditions[i], &b->conditions[i]))
			return false;
	return a->n == b->n;
}

static int contradiction(const struct table *t, const struct seccomp_rule *a, const struct seccomp_rule *b,
			 struct error *err)
{
	char pointer[64];

	snprintf(pointer, sizeof pointer, "/linux/seccomp/syscalls/%u", b->origin);
	return fail_at(err, pointer, "contradicts syscalls/%u: the same conditions on %s, but another action",
		       a->origin, t->rules->profile->syscalls[b->origin].names[0]);
}

/* The rules of SLOT in the order in which they are tried, without duplicates.  LIST has room for all. */
static int order_rules(const struct table *t, const struct slot *slot, const struct seccomp_rule **list, size_t *n,
		       struct error *err)
{
	*n = 0;
	for (const struct link *l = slot->first; l; l = l->next) {
		const struct seccomp_rule *rule = l->rule;
		size_t at = *n;
		bool doubled = false;

		for (size_t i = 0; i < *n && !doubled; i++) {
			doubled = same_conditions(list[i], rule);
			if (doubled && list[i]->action != rule->action)
				return contradiction(t, list[i], rule, err);
		}
		if (doubled)
			continue;
		while (at && goes_before(rule, list[at - 1]))
			at--;
		memmove(&list[at + 1], &list[at], (*n - at) * sizeof *list);
		list[at] = rule;
		(*n)++;
	}
	return 0;
}

/* ---- classes and ranges ----------------------------------------------- */

static const struct seccomp_class *class_of(struct table *t, uint32_t action, const struct seccomp_rule **list,
					    size_t n)
{
	struct seccomp_class *class;

	for (size_t i = 0; i < t->n_classes; i++) {
		class = t->classes[i];
		if (class->action == action && class->n == n && (!n || !memcmp(class->rules, list, n * sizeof *list)))
			return class;
	}
	class = arena_alloc(t->a, sizeof *class);
	*class = (struct seccomp_class) { .action = action, .n = n, .wide = t->arch && t->arch->wide };
	if (n) {
		class->rules = arena_alloc(t->a, n * sizeof *list);
		memcpy(class->rules, list, n * sizeof *list);
	}
	*(struct seccomp_class **) arena_push(t->a, &t->classes, t->n_classes++, sizeof *t->classes) = class;
	return class;
}

static int slot_class(struct table *t, const struct slot *slot, const struct seccomp_class **class, struct error *err)
{
	const struct seccomp_rule **list;
	size_t n = 0;

	if (!slot->first) {
		*class = class_of(t, t->rules->fallback, NULL, 0);
		return 0;
	}
	if (!slot->first->rule->n) {
		*class = class_of(t, slot->first->rule->action, NULL, 0);
		return 0;
	}
	for (const struct link *l = slot->first; l; l = l->next)
		n++;
	list = arena_alloc(t->a, n * sizeof *list);
	if (order_rules(t, slot, list, &n, err) < 0)
		return -1;
	*class = class_of(t, t->rules->fallback, list, n);
	return 0;
}

static void range_from(struct table *t, uint32_t first, const struct seccomp_class *class)
{
	struct seccomp_block *block = t->block;
	struct seccomp_range *last = block->n ? &block->ranges[block->n - 1] : NULL;

	if (last && last->class == class)
		return;
	if (last && last->first == first) {
		last->class = class;
		return;
	}
	*(struct seccomp_range *) arena_push(t->a, &block->ranges, block->n++, sizeof *block->ranges) =
		(struct seccomp_range) { .first = first, .class = class };
}

/* Turn slots into ranges. */
static int make_ranges(struct table *t, struct error *err)
{
	const struct seccomp_class *fallback = class_of(t, t->rules->fallback, NULL, 0);
	/* If the profile knows no call of this architecture, none can count as newer. */
	const struct seccomp_class *beyond = t->newest < 0 ? fallback : class_of(t, t->rules->beyond, NULL, 0), *class;
	uint32_t base = t->arch->base, i;

	range_from(t, base == SECCOMP_X32_BIT ? base : 0, fallback);
	for (i = 0; i < DENSE && (int64_t) base + i <= t->newest; i++) {
		if (slot_class(t, &t->dense[i], &class, err) < 0)
			return -1;
		range_from(t, base + i, class);
	}
	range_from(t, base + i, beyond);
	for (size_t k = 0; k < t->n_sparse; k++) {
		if (slot_class(t, &t->sparse[k].slot, &class, err) < 0)
			return -1;
		range_from(t, t->sparse[k].number, class);
		range_from(t, t->sparse[k].number + 1, beyond);
	}
	return 0;
}

static int add_arch(struct arena *a, const struct seccomp_rules *rules, const struct seccomp_arch *arch,
		    struct seccomp_block *block, struct error *err)
{
	struct table t = { .a = a, .rules = rules, .arch = arch, .block = block, .newest = -1 };

	t.fitted = arena_alloc(a, (rules->n + 1) * sizeof *t.fitted);
	collect(&t);
	return make_ranges(&t, err);
}

int seccomp_decision(struct arena *a, const struct seccomp_rules *rules, const struct seccomp_arch *arch,
		     uint32_t number, struct seccomp_class *class, int *origin, struct error *err)
{
	struct table t = { .a = a, .rules = rules, .arch = arch, .newest = -1 };
	const struct seccomp_class *found;
	const struct slot *slot;

	t.fitted = arena_alloc(a, (rules->n + 1) * sizeof *t.fitted);
	collect(&t);
	slot = slot_of(&t, number);
	if (slot_class(&t, slot, &found, err) < 0)
		return -1;
	*class = *found;
	*origin = -1;
	if (slot->first && !slot->first->rule->n) {
		*origin = (int) slot->first->rule->origin;
	} else if (!slot->first && t.newest >= 0 && number > t.newest) {
		class->action = rules->beyond;
		*origin = rules->beyond == rules->fallback ? -1 : -2;
	}
	return 0;
}

/* To the kernel x86_64 and x32 are one architecture, and they share a block: each half belongs to one of them or, if
 * the profile does not have that one, gets OTHER. */
static int add_x86_64(struct arena *a, const struct seccomp_rules *rules, const struct seccomp_arch *low,
		      const struct seccomp_arch *high, uint32_t other, struct seccomp_block *block, struct error *err)
{
	struct table t = { .a = a, .rules = rules, .block = block };

	if (low && add_arch(a, rules, low, block, err) < 0)
		return -1;
	if (!low)
		range_from(&t, 0, class_of(&t, other, NULL, 0));
	if (high)
		return add_arch(a, rules, high, block, err);
	range_from(&t, SECCOMP_X32_BIT, class_of(&t, other, NULL, 0));
	/* A tracer writes -1 over the number of a call to have it skipped: that is no x32 call. */
	range_from(&t, UINT32_MAX, class_of(&t, rules->fallback, NULL, 0));
	return 0;
}

int seccomp_ranges(struct arena *a, const struct seccomp_rules *rules, const struct seccomp_arch *const *archs,
		   size_t n_archs, uint32_t other, struct seccomp_block **blocks, size_t *n_blocks, struct error *err)
{
	*blocks = arena_alloc(a, n_archs * sizeof **blocks);
	*n_blocks = 0;
	for (size_t i = 0; i < n_archs; i++) {
		struct seccomp_block *block = &(*blocks)[*n_blocks];
		const struct seccomp_arch *low = NULL, *high = NULL;
		bool there = false;

		for (size_t k = 0; k < *n_blocks; k++)
			there = there || (*blocks)[k].audit == archs[i]->audit;
		if (there)
			continue;
		block->audit = archs[i]->audit;
		(*n_blocks)++;
		if (archs[i]->audit != AUDIT_ARCH_X86_64) {
			if (add_arch(a, rules, archs[i], block, err) < 0)
				return -1;
			continue;
		}
		for (size_t k = i; k < n_archs; k++) {
			if (archs[k]->audit == AUDIT_ARCH_X86_64 && archs[k]->base == SECCOMP_X32_BIT)
				high = archs[k];
			else if (archs[k]->audit == AUDIT_ARCH_X86_64)
				low = archs[k];
		}
		if (add_x86_64(a, rules, low, high, other, block, err) < 0)
			return -1;
	}
	return 0;
}
