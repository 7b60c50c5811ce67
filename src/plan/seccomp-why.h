/*
 * seccomp-why.h - which rule of a profile decides a system call (`ctr-run explain --syscall`)
 *
 * The answer comes from the rules and classes that the program is made from, not from the program, so that it can name
 * them; the tests compare the two.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libocispec/ocispec.h"

struct arena;
struct error;

struct seccomp_question {
	const char *name;		/* of the call, or its number on our own architecture */
	bool known[6];			/* the arguments that are given, */
	uint64_t arguments[6];		/* and their values */
};

/* If all CONDITIONS hold (NULL: in any other case, or always), then ACTION. */
struct seccomp_case {
	const char *conditions;		/* "argument 0 = 8, argument 1 & 0x3 = 0" */
	uint32_t action;		/* SECCOMP_RET_* with its data */
	const char *pointer;		/* what in the config says so */
	bool newer;			/* nothing in the config does: the call is newer than any the profile knows */
	bool excluded;			/* or its architecture is not one of the profile's */
};

struct seccomp_answer {
	const char *arch;		/* "SCMP_ARCH_X86_64" */
	uint32_t number;		/* the call's number there */
	const char *by;			/* "socketcall", "ipc": the call with that number, if it stands for many */
	const struct seccomp_case *cases;	/* the first that holds counts; the last has no conditions */
	size_t n;
};

/* One answer for each number that the call has on the architectures of PROFILE, in ARENA; none if it has no number.
 * -1: the profile is wrong, or nobody knows a call of that name. */
int seccomp_why(struct arena *arena, const struct oci_seccomp *profile, const struct seccomp_question *question,
		const struct seccomp_answer **answers, size_t *n, struct error *err);

/* ACTION in words: "allowed", "error 1, operation not permitted". */
const char *seccomp_action_words(struct arena *arena, uint32_t action);
