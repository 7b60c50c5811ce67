/* Random profiles that nobody uses: srand() decides which.  A fuzzer brings its own dice (OWN_DICE). */
#pragma once
#include <stdlib.h>

#include "test-seccomp-fixture.h"

#ifndef OWN_DICE
static inline unsigned dice(unsigned n)
{
	return (unsigned) rand() % n;
}
#endif

enum kind { PLAIN, WILD, MIXED };

static const enum oci_seccomp_action some_actions[] = {
	OCI_SECCOMP_ACTION_SCMP_ACT_ALLOW, OCI_SECCOMP_ACTION_SCMP_ACT_ERRNO, OCI_SECCOMP_ACTION_SCMP_ACT_KILL,
	OCI_SECCOMP_ACTION_SCMP_ACT_KILL_PROCESS, OCI_SECCOMP_ACTION_SCMP_ACT_TRAP, OCI_SECCOMP_ACTION_SCMP_ACT_TRACE,
	OCI_SECCOMP_ACTION_SCMP_ACT_LOG,
};

static inline char *some_name(struct arena *a)
{
	static const char *const odd[] = { "socket", "connect", "accept", "send", "recvmmsg", "semop", "semtimedop", "shmat", "msgctl",
					   "ipc", "socketcall", "no_such_call", "clone", "personality", "arm_fadvise64_64" };

	if (dice(3) == 0)
		return arena_strdup(a, odd[dice(sizeof odd / sizeof *odd)]);
	for (;;) {
		char *name = seccomp_syscall_resolve_num_arch(dice(2) ? SCMP_ARCH_X86_64 : SCMP_ARCH_X86, (int) dice(460)), *copy;

		if (!name)
			continue;
		copy = arena_strdup(a, name);
		free(name);
		return copy;
	}
}

static inline uint64_t some_value(void)
{
	switch (dice(5)) {
	case 0:
		return dice(4);
	case 1:
		return (uint64_t) dice(4) << 32 | dice(4);
	case 2:
		return 1ull << dice(64);
	case 3:
		return UINT64_MAX >> dice(64);
	default:
		return (uint64_t) dice(1u << 30) << 20 ^ (uint64_t) dice(1u << 30);
	}
}

static inline void some_conditions(struct arena *a, struct oci_syscall *entry, enum kind kind)
{
	unsigned n = dice(2) ? 0 : 1 + dice(3);

	entry->args = arena_alloc(a, 3 * sizeof *entry->args);
	while (entry->n_args < n) {
		entry->args[entry->n_args] = (struct oci_syscall_arg) {
			/* Plain: never twice the same. */
			.index = kind == PLAIN ? (uint32_t) entry->n_args * 2 + dice(2) : dice(4) ? dice(3) : dice(6),
			.value = some_value(),
			.value_two = some_value(),
			.op = 1 + dice(7),
			.has_value_two = true,
		};
		entry->n_args++;
	}
}

/* Plain: no name that another entry has, so that no call has two rules with conditions. */
static inline bool is_taken(const struct oci_seccomp *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_syscalls; i++)
		for (size_t k = 0; k < profile->syscalls[i].n_names; k++)
			if (profile->syscalls[i].names[k] && !strcmp(profile->syscalls[i].names[k], name))
				return true;
	return !strcmp(name, "socketcall") || !strcmp(name, "ipc");
}

static inline void some_names(struct arena *a, const struct oci_seccomp *profile, struct oci_syscall *entry, enum kind kind)
{
	unsigned n = 1 + dice(dice(4) ? 4 : 60);

	entry->names = arena_alloc(a, n * sizeof *entry->names);
	while (n--) {
		char *name = some_name(a);

		if (kind != PLAIN || !is_taken(profile, name))
			entry->names[entry->n_names++] = name;
	}
}

static inline void generate(struct arena *a, struct oci_seccomp *profile, enum kind kind)
{
	static char *archs[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" };
	enum oci_seccomp_action action = some_actions[dice(7)];
	unsigned n = 1 + dice(30);

	*profile = (struct oci_seccomp) { .default_action = some_actions[dice(7)], .architectures = archs };
	profile->has_default_errno_ret = profile->default_action == OCI_SECCOMP_ACTION_SCMP_ACT_ERRNO && dice(2);
	profile->default_errno_ret = 1 + dice(3);
	profile->n_architectures = kind == PLAIN && dice(2) ? 0 : 3;
	if (kind != PLAIN) {
		profile->architectures += dice(3);
		profile->n_architectures = dice((unsigned) (archs + 3 - profile->architectures) + 1);
	}
	profile->syscalls = arena_alloc(a, n * sizeof *profile->syscalls);
	for (; profile->n_syscalls < n; profile->n_syscalls++) {
		struct oci_syscall *entry = &profile->syscalls[profile->n_syscalls];

		entry->action = kind == WILD ? action : some_actions[dice(7)];
		some_names(a, profile, entry, kind);
		some_conditions(a, entry, kind);
	}
}
