/* What a profile means, as directly from the spec's words as possible: no ranges, no order, no program. */
#pragma once
#include "test-seccomp-fixture.h"

/* ---- the model -------------------------------------------------------- */

/* One entry of the profile that speaks of one number. */
struct word {
	uint32_t number;
	const struct oci_syscall *entry;
	int selector;	/* of socketcall or ipc, -1: a call of its own */
};

static const char *const arch_names[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" };

static struct model {
	bool present[3];
	struct word words[3][8192];
	unsigned n[3];
	int64_t newest[3];
	uint32_t fallback;
} model;

static inline void model_add(int arch, int64_t number, const struct oci_syscall *entry, int selector)
{
	if (number < 0)
		return;
	if (number > model.newest[arch])
		model.newest[arch] = number;
	if (oracle_action(entry->action, entry->has_errno_ret, entry->errno_ret) == model.fallback)
		return;
	if (model.n[arch] < sizeof model.words[arch] / sizeof *model.words[arch])
		model.words[arch][model.n[arch]++] = (struct word) { (uint32_t) number, entry, selector };
}

static inline void model_make(const struct oci_seccomp *profile)
{
	memset(&model, 0, sizeof model);
	model.fallback = oracle_action(profile->default_action, profile->has_default_errno_ret, profile->default_errno_ret);
	for (int k = 0; k < 3; k++) {
		const struct seccomp_arch *arch = seccomp_arch_find(arch_names[k]);

		model.newest[k] = -1;
		model.present[k] = k == 0;
		for (size_t i = 0; i < profile->n_architectures; i++)
			if (!strcmp(profile->architectures[i], arch_names[k]))
				model.present[k] = true;
		for (size_t i = 0; i < profile->n_syscalls; i++)
			for (size_t n = 0; n < profile->syscalls[i].n_names; n++) {
				struct seccomp_numbers numbers = seccomp_numbers(arch, profile->syscalls[i].names[n]);

				model_add(k, numbers.direct, &profile->syscalls[i], -1);
				model_add(k, numbers.multiplexed, &profile->syscalls[i], (int) numbers.selector);
			}
	}
}

/* -1: what the profile does not have. */
static inline int model_arch(const struct seccomp_data *data)
{
	int k = data->arch == AUDIT_ARCH_I386 ? 1 : data->arch == AUDIT_ARCH_X86_64 ? 0 : -1;

	if (k == 0 && (uint32_t) data->nr >= 0x40000000)
		k = 2;
	return k >= 0 && model.present[k] ? k : -1;
}

static inline bool condition_holds(const struct oci_syscall_arg *c, uint64_t value, bool wide)
{
	uint64_t datum = wide ? c->value : (uint32_t) c->value, second = wide ? c->value_two : (uint32_t) c->value_two;

	value = wide ? value : (uint32_t) value;
	switch (c->op) {
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_NE:
		return value != datum;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_LT:
		return value < datum;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_LE:
		return value <= datum;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_EQ:
		return value == datum;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_GE:
		return value >= datum;
	case OCI_SECCOMP_OPERATOR_SCMP_CMP_GT:
		return value > datum;
	default:
		return (value & datum) == (second & datum);
	}
}

static inline bool word_holds(const struct word *w, const struct seccomp_data *data, bool wide)
{
	const struct oci_syscall *entry = w->entry;
	unsigned seen = 0, twice = 0;
	bool all = true, any = false;

	if (w->selector >= 0 && (uint32_t) data->args[0] != (uint32_t) w->selector)
		return false;
	for (size_t i = 0; i < entry->n_args; i++) {
		/* The selector takes the place of what is said of the first argument. */
		bool holds = (w->selector >= 0 && entry->args[i].index == 0) ||
			     condition_holds(&entry->args[i], data->args[entry->args[i].index], wide);

		twice |= seen & 1u << entry->args[i].index;
		seen |= 1u << entry->args[i].index;
		all = all && holds;
		any = any || holds;
	}
	return twice ? any : all;
}

static inline bool never_fails(const struct oci_syscall_arg *c, bool wide)
{
	return c->op == OCI_SECCOMP_OPERATOR_SCMP_CMP_MASKED_EQ && !(wide ? c->value : (uint32_t) c->value);
}

static inline bool unconditional(const struct word *w, bool wide)
{
	unsigned seen = 0, twice = 0, never = 0;

	if (w->selector >= 0)
		return false;
	for (size_t i = 0; i < w->entry->n_args; i++) {
		twice |= seen & 1u << w->entry->args[i].index;
		seen |= 1u << w->entry->args[i].index;
		never += never_fails(&w->entry->args[i], wide);
	}
	return twice ? never > 0 : never == w->entry->n_args;
}

static inline bool denies(uint32_t action)
{
	action &= SECCOMP_RET_ACTION_FULL;
	return action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG && action != SECCOMP_RET_TRACE;
}

/* The actions that would be right for DATA; more than one where rules of different actions hold. */
static inline unsigned model_actions(const struct seccomp_data *data, uint32_t *actions)
{
	int k = model_arch(data);
	unsigned n = 0;

	if (k < 0) {	/* -1 is what a tracer writes to skip a call */
		actions[0] = data->nr == -1 && data->arch == AUDIT_ARCH_X86_64 ? model.fallback : SECCOMP_RET_KILL_THREAD;
		return 1;
	}
	if (denies(model.fallback) && model.newest[k] >= 0 && (uint32_t) data->nr > model.newest[k]) {
		actions[0] = ERRNO(ENOSYS);
		return 1;
	}
	for (unsigned i = 0; i < model.n[k]; i++) {
		const struct word *w = &model.words[k][i];
		uint32_t action = oracle_action(w->entry->action, w->entry->has_errno_ret, w->entry->errno_ret);

		if (w->number != (uint32_t) data->nr)
			continue;
		if (unconditional(w, k == 0)) {
			actions[0] = action;
			return 1;
		}
		if (word_holds(w, data, k == 0) && n < 64)
			actions[n++] = action;
	}
	if (!n)
		actions[n++] = model.fallback;
	return n;
}
