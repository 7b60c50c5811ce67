/* print-seccomp.h - a seccomp profile in a few lines */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct arena;
struct oci_seccomp;

/* What PROFILE does with the calls that it names: one share for each action. */
struct seccomp_share {
	uint32_t action;	/* SECCOMP_RET_* with its data */
	size_t calls;		/* names with this action, counted once per entry of the profile */
	size_t conditional;	/* those of them with conditions on arguments */
};

struct seccomp_summary {
	const struct seccomp_share *shares;
	size_t n;
	uint32_t fallback;	/* the action for all others */
	uint32_t beyond;	/* and for those that are newer than the newest one named */
	const char *architectures;	/* "x86_64 x86 x32": our own first */
};

/* Summarize PROFILE, in ARENA.  A faulty profile (plan_seccomp() says what is wrong) has no shares. */
struct seccomp_summary seccomp_sum_up(struct arena *arena, const struct oci_seccomp *profile);
