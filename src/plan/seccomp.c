/*
 * seccomp.c - plan_seccomp(): from the config's profile to rules, and on to the program
 *
 * Where the spec leaves open what a profile means, runc's reading counts: our
 * own architecture is always included, a rule with the default action is no
 * rule, conditions that name one argument twice are alternatives, and a denied
 * call that the profile cannot have known is answered with ENOSYS, so that the
 * C library tries an older one.
 */
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/names.h"
#include "libocispec/arena.h"
#include "plan/plan.h"
#include "plan/seccomp.h"

#define SECCOMP "/linux/seccomp"

static const uint32_t actions[] = {
	[OCI_SECCOMP_ACTION_UNSET] = SECCOMP_RET_KILL_THREAD,
	[OCI_SECCOMP_ACTION_SCMP_ACT_KILL] = SECCOMP_RET_KILL_THREAD,
	[OCI_SECCOMP_ACTION_SCMP_ACT_KILL_PROCESS] = SECCOMP_RET_KILL_PROCESS,
	[OCI_SECCOMP_ACTION_SCMP_ACT_KILL_THREAD] = SECCOMP_RET_KILL_THREAD,
	[OCI_SECCOMP_ACTION_SCMP_ACT_TRAP] = SECCOMP_RET_TRAP,
	[OCI_SECCOMP_ACTION_SCMP_ACT_ERRNO] = SECCOMP_RET_ERRNO,
	[OCI_SECCOMP_ACTION_SCMP_ACT_TRACE] = SECCOMP_RET_TRACE,
	[OCI_SECCOMP_ACTION_SCMP_ACT_ALLOW] = SECCOMP_RET_ALLOW,
	[OCI_SECCOMP_ACTION_SCMP_ACT_LOG] = SECCOMP_RET_LOG,
	[OCI_SECCOMP_ACTION_SCMP_ACT_NOTIFY] = SECCOMP_RET_USER_NOTIF,
};

static int action_of(enum oci_seccomp_action name, bool has_errno, uint32_t number, const char *pointer,
		     uint32_t *action, struct error *err)
{
	*action = actions[name];
	if (*action == SECCOMP_RET_ERRNO || *action == SECCOMP_RET_TRACE) {
		if (!has_errno)
			number = EPERM;
		/* The kernel keeps 16 bits and accepts no errno above 4095. */
		if (number > (*action == SECCOMP_RET_ERRNO ? 4095u : 0xffffu))
			return fail_at(err, pointer, "%u is too large for %s", number, *action == SECCOMP_RET_ERRNO ?
				       "SCMP_ACT_ERRNO (at most 4095)" : "SCMP_ACT_TRACE (at most 65535)");
		*action |= number;
	} else if (has_errno) {
		return fail_at(err, pointer, "only SCMP_ACT_ERRNO and SCMP_ACT_TRACE take an errno");
	}
	return 0;
}

static struct seccomp_condition condition_of(const struct oci_syscall_arg *arg)
{
	struct seccomp_condition c = { .argument = (uint8_t) arg->index, .mask = UINT64_MAX, .value = arg->value };

	switch (arg->op) {
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_NE:
		c.negated = true;
		break;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_LT:
		c.negated = true;
		c.compare = COMPARE_GE;
		break;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_LE:
		c.negated = true;
		c.compare = COMPARE_GT;
		break;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_GE:
		c.compare = COMPARE_GE;
		break;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_GT:
		c.compare = COMPARE_GT;
		break;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_MASKED_EQ:
		c.mask = arg->value;
		c.value = arg->value_two & c.mask;
		break;
	default:
		break;
	}
	return c;
}

static bool one_argument_twice(const struct oci_syscall *entry)
{
	unsigned seen = 0;

	for (size_t i = 0; i < entry->n_args; i++) {
		if (seen & 1u << entry->args[i].index)
			return true;
		seen |= 1u << entry->args[i].index;
	}
	return false;
}

/* Add the rule or rules of the entry at INDEX. */
static int entry_rules(struct arena *a, struct seccomp_rules *rules, unsigned index, struct error *err)
{
	const struct oci_syscall *entry = &rules->profile->syscalls[index];
	struct seccomp_rule rule = { .origin = index };
	char pointer[64];
	bool alternatives;

	snprintf(pointer, sizeof pointer, SECCOMP "/syscalls/%u/errnoRet", index);
	if (action_of(entry->action, entry->has_errno_ret, entry->errno_ret, pointer, &rule.action, err) < 0)
		return -1;
	for (size_t i = 0; i < entry->n_args; i++)
		if (entry->args[i].index >= SECCOMP_MAX_CONDITIONS) {
			snprintf(pointer, sizeof pointer, SECCOMP "/syscalls/%u/args/%zu/index", index, i);
			return fail_at(err, pointer, "a system call has arguments 0 to 5");
		}
	if (rule.action == rules->fallback)
		return 0;

	alternatives = one_argument_twice(entry);
	for (size_t i = 0; i < entry->n_args; i++) {
		rule.conditions[rule.n++] = condition_of(&entry->args[i]);
		if (alternatives) {
			*(struct seccomp_rule *) arena_push(a, &rules->list, rules->n++, sizeof rule) = rule;
			rule.n = 0;
		}
	}
	if (!alternatives)
		*(struct seccomp_rule *) arena_push(a, &rules->list, rules->n++, sizeof rule) = rule;
	return 0;
}

/* A denied call that the profile cannot have known is answered with ENOSYS, so that the C library tries an older one;
 * runc does so too, whatever the default.  A tracer is assumed to know what to do with new calls. */
static bool denies(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_TRACE:
		return false;
	default:
		return true;
	}
}

int seccomp_make_rules(struct arena *a, const struct oci_seccomp *profile, struct seccomp_rules *rules,
		       struct error *err)
{
	*rules = (struct seccomp_rules) { .profile = profile };
	if (action_of(profile->default_action, profile->has_default_errno_ret, profile->default_errno_ret,
		      SECCOMP "/defaultErrnoRet", &rules->fallback, err) < 0)
		return -1;
	if (rules->fallback == SECCOMP_RET_USER_NOTIF)
		return fail_at(err, SECCOMP "/defaultAction", "SCMP_ACT_NOTIFY cannot be the default");
	rules->beyond = denies(rules->fallback) ? SECCOMP_RET_ERRNO | ENOSYS : rules->fallback;
	for (unsigned i = 0; i < profile->n_syscalls; i++)
		if (entry_rules(a, rules, i, err) < 0)
			return -1;
	return 0;
}

int seccomp_choose_archs(const struct oci_seccomp *profile, const struct seccomp_arch **chosen, size_t *n,
			 struct error *err)
{
	const struct seccomp_arch *own = seccomp_arch_own();

	if (!own)
		return fail_code(err, ERROR_UNSUPPORTED, "no seccomp filters for this architecture in this build");
	*n = 0;
	chosen[(*n)++] = own;
	for (size_t i = 0; i < profile->n_architectures; i++) {
		const struct seccomp_arch *arch = seccomp_arch_find(profile->architectures[i]);
		char pointer[64];
		bool there = false;

		if (!arch) {
			snprintf(pointer, sizeof pointer, SECCOMP "/architectures/%zu", i);
			return fail_at(err, pointer, "unknown architecture %s", profile->architectures[i]);
		}
		for (size_t k = 0; k < *n; k++)
			there = there || chosen[k] == arch;
		if (!there && arch->token && arch->family == own->family)
			chosen[(*n)++] = arch;
	}
	return 0;
}

static bool class_has(const struct seccomp_class *class, bool (*test)(uint32_t action))
{
	if (test(class->action))
		return true;
	for (size_t i = 0; i < class->n; i++)
		if (test(class->rules[i]->action))
			return true;
	return false;
}

static bool is_notify(uint32_t action)
{
	return action == SECCOMP_RET_USER_NOTIF;
}

static bool is_refusal(uint32_t action)
{
	return action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG;
}

static bool notifies(const struct seccomp_block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < blocks[i].n; k++)
			if (class_has(blocks[i].ranges[k].class, is_notify))
				return true;
	return false;
}

static const struct seccomp_class *class_of_number(const struct seccomp_block *block, uint32_t number)
{
	size_t i = block->n - 1;

	while (block->ranges[i].first > number)
		i--;
	return block->ranges[i].class;
}

/* The listener exists only once the filter is in force, and is handed over by these calls: if one of them asked the
 * listener, it would wait forever for somebody who does not have it yet.  OWN is the block of our own architecture. */
static int check_hand_over(const struct seccomp_block *own, struct error *err)
{
	static const struct { uint32_t number; const char *name; } needed[] = {
		{ SYS_sendmsg, "sendmsg" }, { SYS_recvmsg, "recvmsg" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		const struct seccomp_class *class = class_of_number(own, needed[i].number);

		if (class_has(class, is_notify))
			return fail_at(err, SECCOMP "/syscalls", "SCMP_ACT_NOTIFY cannot be used for %s, by which the "
				       "listener itself is handed over", needed[i].name);
		if (class_has(class, is_refusal))
			return fail_at(err, SECCOMP "/syscalls",
				       "a profile with SCMP_ACT_NOTIFY must allow %s, by which the "
				       "listener itself is handed over", needed[i].name);
	}
	return 0;
}

/* run.oci.seccomp_fail_unknown_syscall: a name that libseccomp does not know is more likely misspelt than new. */
static int check_names(const struct oci_seccomp *profile, struct error *err)
{
	char pointer[96];

	for (size_t i = 0; i < profile->n_syscalls; i++)
		for (size_t k = 0; k < profile->syscalls[i].n_names; k++) {
			if (seccomp_numbers(seccomp_arch_own(), profile->syscalls[i].names[k]).known)
				continue;
			snprintf(pointer, sizeof pointer, SECCOMP "/syscalls/%zu/names/%zu", i, k);
			return fail_at(err, pointer, "no system call is called \"%s\"", profile->syscalls[i].names[k]);
		}
	return 0;
}

int seccomp_choose_flags(const struct oci_seccomp *profile, bool listener, unsigned *flags, struct error *err)
{
	static const struct name_value names[] = {
		{ "SECCOMP_FILTER_FLAG_TSYNC", 0 },	/* we have one thread, and the flag excludes a listener */
		{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
		{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
		{ NULL, 0 }
	};

	*flags = profile->flags ? 0 : SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (size_t i = 0; i < profile->n_flags; i++) {
		const struct name_value *flag = name_find(names, profile->flags[i]);
		char pointer[64];

		if (!flag) {
			snprintf(pointer, sizeof pointer, SECCOMP "/flags/%zu", i);
			return fail_at(err, pointer, "unknown flag %s", profile->flags[i]);
		}
		*flags |= (unsigned) flag->value;
	}
	if (listener)
		*flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	else	/* the kernel refuses it alone */
		*flags &= ~(unsigned) SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	return 0;
}

bool seccomp_allows_all(const struct seccomp_rules *rules)
{
	return rules->fallback == SECCOMP_RET_ALLOW && !rules->n && !rules->profile->n_architectures;
}

int plan_seccomp(struct arena *arena, const struct oci_seccomp *profile, bool strict, struct seccomp_plan *out,
		 struct error *err)
{
	const struct seccomp_arch *archs[SECCOMP_MAX_ARCHS];
	struct seccomp_block *blocks;
	struct seccomp_rules rules;
	struct sock_filter *filter;
	size_t n_archs = 0, n_blocks;
	bool listener;

	*out = (struct seccomp_plan) { 0 };
	if (!profile)
		return 0;
	if (profile->listener_metadata && !profile->listener_path)
		return fail_at(err, SECCOMP "/listenerMetadata", "is of no use without listenerPath");
	if (seccomp_make_rules(arena, profile, &rules, err) < 0 ||
	    seccomp_choose_archs(profile, archs, &n_archs, err) < 0)
		return -1;
	if (strict && check_names(profile, err) < 0)
		return -1;
	if (seccomp_allows_all(&rules))
		return 0;
	if (seccomp_ranges(arena, &rules, archs, n_archs, SECCOMP_OTHER_ARCHITECTURE, &blocks, &n_blocks, err) < 0)
		return -1;

	listener = notifies(blocks, n_blocks);
	if (listener && !profile->listener_path)
		return fail_at(err, SECCOMP "/listenerPath", "must be given: a rule says SCMP_ACT_NOTIFY");
	if (listener && check_hand_over(&blocks[0], err) < 0)
		return -1;
	if (seccomp_choose_flags(profile, listener, &out->flags, err) < 0)
		return -1;
	if (seccomp_program(arena, blocks, n_blocks, SECCOMP_OTHER_ARCHITECTURE, &filter, &out->n_filter, err) < 0)
		return blame(err, SECCOMP);
	out->filter = filter;
	if (listener) {
		out->listener_path = profile->listener_path;
		out->listener_metadata = profile->listener_metadata;
	}
	return 0;
}
