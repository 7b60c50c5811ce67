/* seccomp-why.c - see seccomp-why.h */
#include <inttypes.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "libocispec/arena.h"
#include "plan/seccomp.h"
#include "plan/seccomp-why.h"

enum holds { NEVER, PERHAPS, ALWAYS };

struct asking {
	struct arena *arena;
	const struct seccomp_rules *rules;
	const struct seccomp_arch *arch;
	struct seccomp_answer *answer;
};

/* ---- conditions ------------------------------------------------------- */

static enum holds holds(const struct seccomp_condition *c, const struct seccomp_question *q, bool wide)
{
	uint64_t value = q->arguments[c->argument];
	bool result;

	if (!q->known[c->argument])
		return PERHAPS;
	if (!wide)
		value = (uint32_t) value;
	result = c->compare == COMPARE_EQ ? (value & c->mask) == c->value :
		 c->compare == COMPARE_GE ? value >= c->value : value > c->value;
	return result != c->negated ? ALWAYS : NEVER;
}

static const char *comparison(const struct seccomp_condition *c)
{
	static const char *const words[][2] = {
		[COMPARE_EQ] = { "=", "is not" }, [COMPARE_GE] = { ">=", "<" }, [COMPARE_GT] = { ">", "<=" },
	};

	return words[c->compare][c->negated];
}

static const char *number(struct arena *arena, uint64_t value)
{
	return arena_printf(arena, value < 4096 ? "%" PRIu64 : "0x%" PRIx64, value);
}

static const char *condition_words(struct arena *arena, const struct seccomp_condition *c, bool wide)
{
	uint64_t all = wide ? UINT64_MAX : UINT32_MAX;

	if (c->compare == COMPARE_EQ && (c->mask & all) != all)
		return arena_printf(arena, "argument %u & 0x%" PRIx64 " %s %s", c->argument, c->mask, comparison(c),
				    number(arena, c->value));
	return arena_printf(arena, "argument %u %s %s", c->argument, comparison(c), number(arena, c->value));
}

/* ---- answers ---------------------------------------------------------- */

static void add_case(struct asking *a, const char *conditions, uint32_t action, int origin)
{
	struct seccomp_case *list = (struct seccomp_case *) a->answer->cases,
			    *one = arena_push(a->arena, &list, a->answer->n++, sizeof *list);

	*one = (struct seccomp_case) {
		.conditions = conditions, .action = action, .newer = origin == -2,
		.pointer = origin < 0 ? "/linux/seccomp/defaultAction"
				      : arena_printf(a->arena, "/linux/seccomp/syscalls/%d", origin),
	};
	a->answer->cases = list;
}

/* True if RULE holds whatever the unknown arguments are: then no later one counts. */
static bool add_rule(struct asking *a, const struct seccomp_rule *rule, const struct seccomp_question *q)
{
	const char *words = NULL;

	for (unsigned i = 0; i < rule->n; i++) {
		const struct seccomp_condition *c = &rule->conditions[i];
		enum holds result = holds(c, q, a->arch->wide);

		if (result == NEVER)
			return false;
		if (result == ALWAYS)
			continue;
		words = words ? arena_printf(a->arena, "%s, %s", words, condition_words(a->arena, c, a->arch->wide)) :
			condition_words(a->arena, c, a->arch->wide);
	}
	add_case(a, words, rule->action, (int) rule->origin);
	return !words;
}

static int add_answer(struct asking *a, struct seccomp_answer **list, size_t *n, int64_t number_there, const char *by,
		      const struct seccomp_question *q, struct error *err)
{
	struct seccomp_class class;
	int origin;

	if (number_there < 0)
		return 0;
	a->answer = arena_push(a->arena, list, (*n)++, sizeof **list);
	*a->answer = (struct seccomp_answer) { .arch = a->arch->name, .number = (uint32_t) number_there, .by = by };
	if (seccomp_decision(a->arena, a->rules, a->arch, (uint32_t) number_there, &class, &origin, err) < 0)
		return -1;
	for (size_t i = 0; i < class.n; i++)
		if (add_rule(a, class.rules[i], q))
			return 0;
	add_case(a, NULL, class.action, origin);
	return 0;
}

/* NUMBER is one of x32, which the profile does not have. */
static void add_excluded(struct asking *a, struct seccomp_answer **list, size_t *n, uint32_t number_there)
{
	struct seccomp_case *one = arena_alloc(a->arena, sizeof *one);
	const bool all = seccomp_allows_all(a->rules);

	*one = (struct seccomp_case) {
		.action = all ? a->rules->fallback : SECCOMP_OTHER_ARCHITECTURE, .excluded = !all,
		.pointer = all ? "/linux/seccomp/defaultAction" : "/linux/seccomp/architectures",
	};
	*(struct seccomp_answer *) arena_push(a->arena, list, (*n)++, sizeof **list) =
		(struct seccomp_answer) { .arch = "SCMP_ARCH_X32", .number = number_there, .cases = one, .n = 1 };
}

/* A number is one of our own architecture, or of x32; libseccomp may not know the call's name yet. */
static int add_number(struct asking *a, const struct seccomp_arch *const *archs, size_t n_archs,
		      struct seccomp_answer **list, size_t *n, uint32_t number_there,
		      const struct seccomp_question *question, struct error *err)
{
	const struct seccomp_arch *x32 = NULL;

	a->arch = archs[0];
	if (a->arch->audit != AUDIT_ARCH_X86_64 || number_there < SECCOMP_X32_BIT)
		return add_answer(a, list, n, number_there, NULL, question, err);
	for (size_t i = 0; i < n_archs; i++)
		if (archs[i]->base == SECCOMP_X32_BIT)
			x32 = archs[i];
	if (x32) {
		a->arch = x32;
		return add_answer(a, list, n, number_there, NULL, question, err);
	}
	if (number_there < UINT32_MAX) {
		add_excluded(a, list, n, number_there);
		return 0;
	}
	/* A tracer writes -1 over the number of a call to have it skipped. */
	a->answer = arena_push(a->arena, list, (*n)++, sizeof **list);
	*a->answer = (struct seccomp_answer) { .arch = a->arch->name, .number = number_there };
	add_case(a, NULL, a->rules->fallback, -1);
	return 0;
}

int seccomp_why(struct arena *arena, const struct oci_seccomp *profile, const struct seccomp_question *question,
		const struct seccomp_answer **answers, size_t *n, struct error *err)
{
	const struct seccomp_arch *archs[SECCOMP_MAX_ARCHS];
	struct seccomp_answer *list = NULL;
	struct seccomp_rules rules;
	size_t n_archs = 0;
	bool known = false;
	uint64_t number_there;

	*n = 0;
	if (seccomp_make_rules(arena, profile, &rules, err) < 0 ||
	    seccomp_choose_archs(profile, archs, &n_archs, err) < 0)
		return -1;
	if (number_parse(question->name, 0, UINT32_MAX, &number_there)) {
		struct asking a = { .arena = arena, .rules = &rules };

		if (add_number(&a, archs, n_archs, &list, n, (uint32_t) number_there, question, err) < 0)
			return -1;
		*answers = list;
		return 0;
	}
	for (size_t i = 0; i < n_archs; i++) {
		struct asking a = { .arena = arena, .rules = &rules, .arch = archs[i] };
		struct seccomp_numbers numbers = seccomp_numbers(archs[i], question->name);
		struct seccomp_question selected = *question;

		known = known || numbers.known;
		if (add_answer(&a, &list, n, numbers.direct, NULL, question, err) < 0)
			return -1;
		/* The arguments in the question are the call's own, not those of the call that stands for it. */
		memset(selected.known, 0, sizeof selected.known);
		selected.known[0] = true;
		selected.arguments[0] = numbers.selector;
		if (add_answer(&a, &list, n, numbers.multiplexed, numbers.by, &selected, err) < 0)
			return -1;
	}
	if (!known)
		return fail_code(err, ERROR_USAGE, "no system call is called \"%s\"", question->name);
	*answers = list;
	return 0;
}

const char *seccomp_action_words(struct arena *arena, uint32_t action)
{
	unsigned data = action & SECCOMP_RET_DATA;

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		return "allowed";
	case SECCOMP_RET_LOG:
		return "allowed, and logged";
	case SECCOMP_RET_ERRNO:
		return data ? arena_printf(arena, "error %u, %s", data, errno_text((int) data))
			    : "not done, and said to have worked";
	case SECCOMP_RET_TRAP:
		return "SIGSYS";
	case SECCOMP_RET_TRACE:
		return arena_printf(arena, "a tracer's to decide, which is told %u", data);
	case SECCOMP_RET_USER_NOTIF:
		return "the listener's to decide";
	case SECCOMP_RET_KILL_PROCESS:
		return "the end of the process";
	default:
		return "the end of the thread";
	}
}
