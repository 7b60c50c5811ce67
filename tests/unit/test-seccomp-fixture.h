/* A profile from text, an interpreter for what is compiled from it, and libseccomp's own program for the same profile. */
#pragma once
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "libocispec/arena.h"
#include "libocispec/json.h"
#include "plan/plan.h"
#include "plan/seccomp.h"

#define ALLOW 0x7fff0000u
#define ERRNO(n) (0x00050000u | (n))
#define NO_VERDICT 0xdeadbeefu

/* What the kernel accepts in a seccomp filter, and what a program of ours consists of. */
static inline uint32_t run_filter(const struct sock_filter *filter, unsigned n, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (unsigned pc = 0; pc < n;) {
		const struct sock_filter *i = &filter[pc++];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k % 4 || i->k >= sizeof *data)
				return NO_VERDICT;
			memcpy(&a, (const char *) data + i->k, 4);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += a > i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			return NO_VERDICT;
		}
	}
	return NO_VERDICT;
}

static inline struct oci_seccomp *read_profile(struct arena *a, const char *text)
{
	struct json_faults faults = { .arena = a };
	struct oci_seccomp *profile = json_read(a, &oci_seccomp_type, text, strlen(text), &faults);

	if (faults.n) {
		fprintf(stderr, "%s: %s\n", faults.list[0].pointer, faults.list[0].message);
		return NULL;
	}
	return profile;
}

/* tests/data/NAME; the tests run in the project's folder. */
static inline struct oci_seccomp *load_profile(struct arena *a, const char *name)
{
	char *text = arena_alloc(a, 1 << 20), path[256];
	FILE *f;

	snprintf(path, sizeof path, "tests/data/%s", name);
	if (!(f = fopen(path, "re")))
		return NULL;
	text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
	fclose(f);
	return read_profile(a, text);
}

/* ---- the oracle ------------------------------------------------------- */

static inline uint32_t oracle_action(enum oci_seccomp_action action, bool has, uint32_t number)
{
	static const uint32_t table[] = {
		[OCI_SECCOMP_ACTION_SCMP_ACT_KILL] = SCMP_ACT_KILL_THREAD,
		[OCI_SECCOMP_ACTION_SCMP_ACT_KILL_PROCESS] = SCMP_ACT_KILL_PROCESS,
		[OCI_SECCOMP_ACTION_SCMP_ACT_KILL_THREAD] = SCMP_ACT_KILL_THREAD,
		[OCI_SECCOMP_ACTION_SCMP_ACT_TRAP] = SCMP_ACT_TRAP,
		[OCI_SECCOMP_ACTION_SCMP_ACT_ALLOW] = SCMP_ACT_ALLOW,
		[OCI_SECCOMP_ACTION_SCMP_ACT_LOG] = SCMP_ACT_LOG,
		[OCI_SECCOMP_ACTION_SCMP_ACT_NOTIFY] = SCMP_ACT_NOTIFY,
	};

	if (action == OCI_SECCOMP_ACTION_SCMP_ACT_ERRNO)
		return SCMP_ACT_ERRNO(has ? number : EPERM);
	if (action == OCI_SECCOMP_ACTION_SCMP_ACT_TRACE)
		return SCMP_ACT_TRACE(has ? number : EPERM);
	return table[action];
}

static inline struct scmp_arg_cmp oracle_condition(const struct oci_syscall_arg *arg)
{
	static const enum scmp_compare table[] = { 0, SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_EQ, SCMP_CMP_GE,
						   SCMP_CMP_GT, SCMP_CMP_MASKED_EQ };

	return (struct scmp_arg_cmp) { arg->index, table[arg->op], arg->value, arg->value_two };
}

/* One entry as runc hands it on: conditions that name an argument twice one by one. */
static inline int oracle_entry(scmp_filter_ctx context, const struct oci_syscall *entry, uint32_t fallback)
{
	uint32_t action = oracle_action(entry->action, entry->has_errno_ret, entry->errno_ret);
	struct scmp_arg_cmp conditions[64];
	unsigned seen = 0, twice = 0;
	int r = 0;

	if (action == fallback)
		return 0;
	for (size_t i = 0; i < entry->n_args; i++) {
		conditions[i] = oracle_condition(&entry->args[i]);
		twice |= seen & 1u << entry->args[i].index;
		seen |= 1u << entry->args[i].index;
	}
	for (size_t n = 0; n < entry->n_names && !r; n++) {
		int number = seccomp_syscall_resolve_name(entry->names[n]);

		if (number == __NR_SCMP_ERROR)
			continue;
		if (!twice)
			r = seccomp_rule_add_array(context, action, number, (unsigned) entry->n_args, conditions);
		for (size_t i = 0; twice && i < entry->n_args && !r; i++)
			r = seccomp_rule_add_array(context, action, number, 1, &conditions[i]);
	}
	return r;
}

/* libseccomp's program in FILTER, room for ROOM; the number of instructions, or a negative errno.  ALONE: for this
 * architecture (a token of libseccomp's) only; 0: for our own and those of the profile. */
static inline int oracle_filter(const struct oci_seccomp *profile, uint32_t alone, struct sock_filter *filter, unsigned room)
{
	uint32_t fallback = oracle_action(profile->default_action, profile->has_default_errno_ret, profile->default_errno_ret);
	scmp_filter_ctx context = seccomp_init(fallback);
	int r = 0, fd = memfd_create("oracle", MFD_CLOEXEC);
	ssize_t n = -1;

	if (alone && alone != seccomp_arch_native()) {
		/* One of another byte order cannot be added to ours. */
		r = seccomp_arch_remove(context, seccomp_arch_native());
		if (!r)
			r = seccomp_arch_add(context, alone);
	}
	for (size_t i = 0; i < profile->n_architectures && !alone && !r; i++) {
		const struct seccomp_arch *arch = seccomp_arch_find(profile->architectures[i]);

		if (arch && arch->token != seccomp_arch_native())
			r = seccomp_arch_add(context, arch->token);
		if (r == -EEXIST)
			r = 0;
	}
	for (size_t i = 0; i < profile->n_syscalls && !r; i++)
		r = oracle_entry(context, &profile->syscalls[i], fallback);
	if (!r)
		r = seccomp_export_bpf(context, fd);
	if (!r)
		n = pread(fd, filter, room * sizeof *filter, 0);
	seccomp_release(context);
	close(fd);
	return r ? r : (int) (n / (ssize_t) sizeof *filter);
}
