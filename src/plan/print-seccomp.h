/* print-seccomp.h - a seccomp profile in a few lines */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct arena;
struct oci_seccomp;

/* What PROFILE does with the calls that it names: one for each action. */
struct seccomp_share {
	uint32_t action;	/* SECCOMP_RET_* with its data */
	size_t calls;		/* names with this action, each entry of the profile for itself */
	size_t conditional;	/* of these, those that ask for arguments */
};

struct seccomp_summary {
	const struct seccomp_share *shares;
	size_t n;
	uint32_t fallback;	/* what becomes of all others */
	uint32_t beyond;	/* and of those that are newer than the newest one named */
	const char *architectures;	/* "x86_64 x86 x32": the own one first */
};

/* Sum PROFILE up, in ARENA.  A profile that is wrong (plan_seccomp() says how) has no shares. */
struct seccomp_summary seccomp_sum_up(struct arena *arena, const struct oci_seccomp *profile);
