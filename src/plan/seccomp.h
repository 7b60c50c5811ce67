/*
 * seccomp.h - from a profile to a program (private to src/plan)
 *
 *	profile -> rules	seccomp.c: actions and conditions, checked
 *	rules -> ranges		seccomp-rules.c: per architecture, which numbers are decided alike
 *	ranges -> program	seccomp-code.c: a decision tree in BPF
 *
 * libseccomp is asked only for the number of a name on an architecture (and is
 * the oracle of the tests): it takes tens of milliseconds to build what takes a
 * third of one here, and its program of a thousand instructions in a row costs
 * the kernel another 1.5 ms in every container.
 */
#pragma once
#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libocispec/ocispec.h"

struct arena;
struct error;

/* ---- architectures (seccomp-arch.c) ----------------------------------- */

enum seccomp_family {
	FAMILY_X86, FAMILY_ARM, FAMILY_MIPS, FAMILY_PPC, FAMILY_S390, FAMILY_PARISC, FAMILY_RISCV, FAMILY_LOONGARCH,
	FAMILY_OTHER
};

/* x32 shares the kernel's name with x86_64, and its numbers have this bit. */
#define SECCOMP_X32_BIT 0x40000000u

/* What happens to calls of architectures that are not in the profile: KILL, from before the kernel had finer
 * actions. */
#define SECCOMP_OTHER_ARCHITECTURE SECCOMP_RET_KILL_THREAD

struct seccomp_arch {
	const char *name;	/* the spec's: "SCMP_ARCH_X86" */
	uint32_t token;		/* libseccomp's; 0: we know no more than the name */
	uint32_t audit;		/* what the kernel puts into seccomp_data.arch */
	uint32_t base;		/* its first number */
	enum seccomp_family family;	/* architectures that one kernel can run */
	bool wide;		/* arguments are compared in 64 bits */
};

/* The architecture called NAME in the spec, or NULL. */
const struct seccomp_arch *seccomp_arch_find(const char *name);

/* The architecture of this program. */
const struct seccomp_arch *seccomp_arch_own(void);

/*
 * The numbers by which the call NAME is made on ARCH.  Old architectures have calls that stand for many: connect(2) is
 * socketcall(2) with 3 as its first argument, and only since 4.3 also a call of its own.
 */
struct seccomp_numbers {
	bool known;		/* libseccomp knows the name at all */
	int64_t direct;		/* -1: none */
	int64_t multiplexed;	/* the number of socketcall or ipc, -1: none */
	uint64_t selector;	/* and the first argument that selects it */
	const char *by;		/* then "socketcall" or "ipc", else NULL */
};
struct seccomp_numbers seccomp_numbers(const struct seccomp_arch *arch, const char *name);

/* ---- rules ------------------------------------------------------------ */

struct seccomp_condition {
	uint8_t argument;	/* 0-5 */
	enum { COMPARE_EQ, COMPARE_GE, COMPARE_GT } compare;
	bool negated;		/* NE, LT, LE */
	uint64_t mask, value;	/* EQ: of the masked argument; the others have no mask */
};

#define SECCOMP_MAX_CONDITIONS 6

struct seccomp_rule {		/* all conditions hold -> action */
	uint32_t action;	/* SECCOMP_RET_* with data */
	unsigned origin;	/* index in the profile's syscalls */
	unsigned n;
	struct seccomp_condition conditions[SECCOMP_MAX_CONDITIONS];
};

/* A profile made plain. */
struct seccomp_rules {
	const struct oci_seccomp *profile;
	uint32_t fallback;	/* the default action */
	uint32_t beyond;	/* action for calls newer than any that the profile knows */
	struct seccomp_rule *list;	/* in the profile's order, without those whose action is the default */
	size_t n;
};

/* PROFILE with its actions and conditions checked. */
int seccomp_make_rules(struct arena *a, const struct oci_seccomp *profile, struct seccomp_rules *rules,
		       struct error *err);

#define SECCOMP_MAX_ARCHS 32

/* Our own architecture, always included, and those of PROFILE that the same kernel can run; calls of any other cannot
 * occur.  CHOSEN has room for SECCOMP_MAX_ARCHS. */
int seccomp_choose_archs(const struct oci_seccomp *profile, const struct seccomp_arch **chosen, size_t *n,
			 struct error *err);

/* SECCOMP_FILTER_FLAG_* for PROFILE.  If it does not give flags: what runc and crun choose then.  An empty list:
 * none. */
int seccomp_choose_flags(const struct oci_seccomp *profile, bool listener, unsigned *flags, struct error *err);

/* ---- what is decided alike -------------------------------------------- */

struct seccomp_class {
	uint32_t action;	/* when no rule holds */
	const struct seccomp_rule **rules;	/* tried in this order */
	size_t n;
	bool wide;		/* their conditions compare 64 bits */
};

struct seccomp_range {
	uint32_t first;		/* extends to the next range, or to the last number */
	const struct seccomp_class *class;	/* the same pointer for the same decision */
};

struct seccomp_block {
	uint32_t audit;
	struct seccomp_range *ranges;
	size_t n;
};

/* The ranges for each value of seccomp_data.arch among ARCHS, in their order; numbers that belong to none of ARCHS but
 * come with the same value get the action OTHER.  All lives in A.  -1: the profile contradicts itself. */
int seccomp_ranges(struct arena *a, const struct seccomp_rules *rules, const struct seccomp_arch *const *archs,
		   size_t n_archs, uint32_t other, struct seccomp_block **blocks, size_t *n_blocks, struct error *err);

/* How NUMBER on ARCH is decided.  *ORIGIN: the index of the profile's entry that decides where no rule of CLASS holds,
 * -1 for the default action, -2 if the call is newer than any in the profile. */
int seccomp_decision(struct arena *a, const struct seccomp_rules *rules, const struct seccomp_arch *arch,
		     uint32_t number, struct seccomp_class *class, int *origin, struct error *err);

/* True if a profile of these RULES allows everything everywhere, and needs no program.  (A list of architectures would
 * still exclude the others.) */
bool seccomp_allows_all(const struct seccomp_rules *rules);

/* ---- the program ------------------------------------------------------ */

/* The program for BLOCKS; other architectures get OTHER.  Lives in A.  -1: longer than the kernel accepts (4096). */
int seccomp_program(struct arena *a, const struct seccomp_block *blocks, size_t n_blocks, uint32_t other,
		    struct sock_filter **filter, unsigned short *n, struct error *err);
