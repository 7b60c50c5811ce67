/*
 * fuzz-seccomp.c - profiles that nobody would write: our program against the model, and against libseccomp's
 *
 * The input is what the dice show: tests/unit/test-seccomp-generate.h makes a profile from it, test-seccomp-model.h says what
 * that means.  libseccomp 2.5 is wrong about some wild profiles and never finishes others (test-seccomp-oracle.c): it is asked
 * only about small plain ones without conditions, and not about i386's multiplexed calls, on which it sometimes differs.
 */
#define OWN_DICE
static unsigned dice(unsigned n);

#include "tests/unit/test-seccomp-generate.h"
#include "tests/unit/test-seccomp-model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const uint8_t *left;
static size_t n_left;

/* Up to four bytes; zeros when all are taken. */
static unsigned dice(unsigned n)
{
	unsigned value = 0;

	for (unsigned most = n - 1; most && n_left; most >>= 8, n_left--)
		value = value << 8 | *left++;
	return value % n;
}

static void must(bool true_)
{
	if (!true_)
		abort();
}

/* socketcall(2) and ipc(2). */
static bool many_in_one(const struct seccomp_data *data)
{
	return data->arch == AUDIT_ARCH_I386 && (data->nr == 102 || data->nr == 117);
}

static void compare(const struct seccomp_plan *ours, const struct sock_filter *theirs, int n_theirs, const struct seccomp_data *data)
{
	uint32_t is = run_filter(ours->filter, ours->n_filter, data), actions[64];
	unsigned n = model_actions(data, actions), i = 0;

	while (i < n && actions[i] != is)
		i++;
	must(i < n);
	if (n_theirs > 0 && is != ERRNO(ENOSYS) && !many_in_one(data))
		must(run_filter(theirs, (unsigned) n_theirs, data) == is);
}

/* The numbers that the profile speaks of, and their neighbours, with its values and their neighbours. */
static void compare_all(const struct seccomp_plan *ours, const struct sock_filter *theirs, int n_theirs)
{
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_X86_64 };

	for (int k = 0; k < 3; k++)
		for (unsigned i = 0; i < model.n[k]; i++) {
			const struct word *w = &model.words[k][i];

			for (unsigned v = 0; v <= 5 * w->entry->n_args; v++) {
				struct seccomp_data data = { .nr = (int) (w->number + (v % 3) - 1), .arch = archs[k] };
				const struct oci_syscall_arg *arg = v ? &w->entry->args[(v - 1) / 5] : NULL;
				uint64_t value = arg ? (v % 2 ? arg->value : arg->value_two) + v % 5 - 1 : 0;

				for (int m = 0; m < 6; m++)
					data.args[m] = value;
				if (w->selector >= 0)
					data.args[0] = (uint64_t) w->selector;
				compare(ours, theirs, n_theirs, &data);
				data.nr = (int) w->number;
				compare(ours, theirs, n_theirs, &data);
			}
		}
}

static bool is_small(const struct oci_seccomp *profile)
{
	for (size_t i = 0; i < profile->n_syscalls; i++)
		if (profile->syscalls[i].n_args > 0)
			return false;
	return profile->n_syscalls <= 6;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct sock_filter theirs[16384];
	struct oci_seccomp profile;
	struct seccomp_plan ours;
	struct arena arena = { 0 };
	struct error err = { 0 };
	enum kind kind;
	int n_theirs = 0;

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return 0;
	left = bytes;
	n_left = n;
	kind = (enum kind) dice(3);
	generate(&arena, &profile, kind);
	if (plan_seccomp(&arena, &profile, false, &ours, &err) < 0) {
		must(err.message[0] && kind != PLAIN);
	} else if (ours.n_filter) {
		if (kind == PLAIN && is_small(&profile))
			n_theirs = oracle_filter(&profile, 0, theirs, sizeof theirs / sizeof *theirs);
		must(n_theirs >= 0);
		model_make(&profile);
		compare_all(&ours, theirs, n_theirs);
	}
	arena_free(&arena);
	return 0;
}
