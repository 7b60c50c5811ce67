/*
 * Every system call number, with the arguments that matter, through our program, through libseccomp's and through a model
 *
 * libseccomp 2.5 is wrong about some profiles (several ranges over one argument in 64 bits, programs in which the first
 * call of an architecture is compared before its number is loaded), and builds some for ever.  So profiles are generated in three kinds:
 * plain ones, on which all three agree; wild ones of one action, on which we have to agree with the model, and
 * libseccomp's faults are counted; and wild ones of many actions, where ours has to be the action of a rule that holds.
 *
 * PROFILES=n changes how many are generated of each kind (default 200), SEED=n which, VERBOSE=1 shows differences.
 */
#include <stdlib.h>
#include <sys/wait.h>

#include "test-seccomp-generate.h"

#define ROOM 16384

/* libseccomp's program, made by a child: it does not always come to an end. */
static struct shared {
	int n;	/* negative: refused, with this errno */
	struct sock_filter filter[ROOM];
} *theirs;

static int ask_oracle(const struct oci_seccomp *profile)
{
	int status;
	pid_t pid;

	fflush(NULL);
	theirs->n = -EDEADLK;
	pid = fork();
	if (!pid) {
		alarm(5);
		theirs->n = oracle_filter(profile, 0, theirs->filter, ROOM);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return theirs->n;
}

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

static void model_add(int arch, int64_t number, const struct oci_syscall *entry, int selector)
{
	if (number < 0)
		return;
	if (number > model.newest[arch])
		model.newest[arch] = number;
	if (oracle_action(entry->action, entry->has_errno_ret, entry->errno_ret) == model.fallback)
		return;
	assert_true(model.n[arch] < 8192);
	model.words[arch][model.n[arch]++] = (struct word) { (uint32_t) number, entry, selector };
}

static void model_make(const struct oci_seccomp *profile)
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
static int model_arch(const struct seccomp_data *data)
{
	int k = data->arch == AUDIT_ARCH_I386 ? 1 : data->arch == AUDIT_ARCH_X86_64 ? 0 : -1;

	if (k == 0 && (uint32_t) data->nr >= 0x40000000)
		k = 2;
	return k >= 0 && model.present[k] ? k : -1;
}

static bool condition_holds(const struct oci_syscall_arg *c, uint64_t value, bool wide)
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

static bool word_holds(const struct word *w, const struct seccomp_data *data, bool wide)
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

static bool never_fails(const struct oci_syscall_arg *c, bool wide)
{
	return c->op == OCI_SECCOMP_OPERATOR_SCMP_CMP_MASKED_EQ && !(wide ? c->value : (uint32_t) c->value);
}

static bool unconditional(const struct word *w, bool wide)
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

static bool denies(uint32_t action)
{
	action &= SECCOMP_RET_ACTION_FULL;
	return action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG && action != SECCOMP_RET_TRACE;
}

/* The actions that would be right for DATA; more than one where rules of different actions hold. */
static unsigned model_actions(const struct seccomp_data *data, uint32_t *actions)
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

/* ---- what is tried ---------------------------------------------------- */

static uint64_t values[256];
static unsigned n_values;

static void try_value(uint64_t v)
{
	for (unsigned i = 0; i < n_values; i++)
		if (values[i] == v)
			return;
	if (n_values < sizeof values / sizeof *values)
		values[n_values++] = v;
}

/* Each value that the profile has for NUMBER, its neighbours, and the same with other halves. */
static void choose_values(int arch, uint32_t number)
{
	n_values = 0;
	try_value(0);
	try_value(UINT64_MAX);
	for (unsigned i = 0; arch >= 0 && i < model.n[arch]; i++) {
		const struct word *w = &model.words[arch][i];

		if (w->number != number)
			continue;
		if (w->selector >= 0) {
			try_value((uint64_t) w->selector);
			try_value((uint64_t) w->selector + 1);
		}
		for (size_t k = 0; k < w->entry->n_args; k++) {
			uint64_t both[] = { w->entry->args[k].value, w->entry->args[k].value_two };

			for (int v = 0; v < 2; v++) {
				try_value(both[v]);
				try_value(both[v] - 1);
				try_value(both[v] + 1);
				try_value(both[v] ^ 1ull << 32);
				try_value((uint32_t) both[v]);
				try_value(both[v] & ~(uint64_t) UINT32_MAX);
			}
		}
	}
}

/* ---- the comparison --------------------------------------------------- */

struct result {
	unsigned long tried;
	unsigned wrong;		/* ours against the model */
	unsigned apart;		/* libseccomp's against ours */
	bool refused_ours, refused_theirs, endless;
};

static void show(const char *who, const struct seccomp_data *data, uint32_t is, uint32_t wanted)
{
	if (getenv("VERBOSE"))
		fprintf(stderr, "arch %x nr %u (%x) args %llx %llx %llx: %x, but %s says %x\n", data->arch, data->nr, data->nr,
			(unsigned long long) data->args[0], (unsigned long long) data->args[1],
			(unsigned long long) data->args[2], is, who, wanted);
}

static void compare(const struct seccomp_plan *ours, int n_theirs, const struct seccomp_data *data, struct result *result)
{
	uint32_t is = run_filter(ours->filter, ours->n_filter, data), actions[64], other;
	unsigned n = model_actions(data, actions), i = 0;

	result->tried++;
	while (i < n && actions[i] != is)
		i++;
	if (i == n && result->wrong++ < 5)
		show("the model", data, is, actions[0]);
	if (n_theirs < 0 || is == ERRNO(ENOSYS))	/* which libseccomp does not say by itself */
		return;
	other = run_filter(theirs->filter, (unsigned) n_theirs, data);
	if (is != other && result->apart++ < 5)
		show("libseccomp", data, is, other);
}

static void compare_number(const struct seccomp_plan *ours, int n_theirs, uint32_t arch, uint32_t number, struct result *result)
{
	struct seccomp_data data = { .nr = (int) number, .arch = arch };

	choose_values(model_arch(&data), number);
	for (unsigned i = 0; i < n_values; i++) {
		for (int k = 0; k < 6; k++)
			data.args[k] = values[i];
		compare(ours, n_theirs, &data, result);
		for (int again = 0; again < 3 && n_values > 2; again++) {
			for (int k = 0; k < 6; k++)
				data.args[k] = values[dice(n_values)];
			compare(ours, n_theirs, &data, result);
		}
	}
}

static void print_profile(const struct oci_seccomp *profile)
{
	size_t length;
	char *text = json_write(&oci_seccomp_type, profile, true, &length);

	fprintf(stderr, "%s\n", text);
	free(text);
}

static struct result compare_profile(struct arena *a, const struct oci_seccomp *profile)
{
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64 };
	static const uint32_t bases[] = { 0, 0x40000000, 0xfffffe00, 0x7fffff00, 0x3fffff00 };
	int n_theirs = ask_oracle(profile);
	struct result result = { .refused_theirs = n_theirs < 0, .endless = n_theirs == -EDEADLK };
	struct seccomp_plan ours;
	struct error err = { 0 };

	if (plan_seccomp(a, profile, false, &ours, &err) < 0) {
		if (n_theirs >= 0 && getenv("VERBOSE"))
			fprintf(stderr, "refused, but not by libseccomp: %s: %s\n", err.pointer, err.message);
		result.refused_ours = true;
		return result;
	}
	if (!ours.n_filter)	/* all is allowed; libseccomp still shuts out other architectures */
		return result;
	model_make(profile);
	for (size_t k = 0; k < sizeof archs / sizeof *archs; k++)
		for (size_t b = 0; b < sizeof bases / sizeof *bases; b++)
			for (uint32_t i = 0; i < (b < 2 ? 1024u : 512u); i++)
				compare_number(&ours, n_theirs, archs[k], bases[b] + i, &result);
	if ((result.wrong || result.apart) && getenv("VERBOSE"))
		print_profile(profile);
	return result;
}

/* ---- profiles that people use ----------------------------------------- */

static void agree(struct arena *a, const struct oci_seccomp *profile)
{
	struct result result = compare_profile(a, profile);

	assert_false(result.refused_ours || result.refused_theirs);
	assert_int_equal(result.wrong, 0);
	assert_int_equal(result.apart, 0);
}

static void known_profile(const char *name, unsigned at_most)
{
	struct arena a = { 0 };
	struct oci_seccomp *profile = load_profile(&a, name);
	struct seccomp_plan ours;
	struct error err = { 0 };

	assert_non_null(profile);
	agree(&a, profile);
	assert_int_equal(plan_seccomp(&a, profile, false, &ours, &err), 0);
	print_message("%s: %u instructions, libseccomp %d\n", name, ours.n_filter, ask_oracle(profile));
	assert_true(ours.n_filter <= at_most);

	/* The same where what is not listed gets another answer, and for one architecture only. */
	profile->default_errno_ret = profile->default_errno_ret == EPERM ? ENOSYS : EPERM;
	agree(&a, profile);
	profile->default_action = OCI_SECCOMP_ACTION_SCMP_ACT_KILL;
	profile->has_default_errno_ret = false;
	agree(&a, profile);
	profile->n_architectures = 1;
	agree(&a, profile);
	profile->default_action = OCI_SECCOMP_ACTION_SCMP_ACT_ERRNO;
	agree(&a, profile);
	arena_free(&a);
}

static void docker(void **state)
{
	(void) state;
	known_profile("seccomp-docker.json", 270);
}

static void podman(void **state)
{
	(void) state;
	known_profile("seccomp-podman.json", 250);
}

/* ---- profiles that nobody uses ----------------------------------------- */

static unsigned generated(enum kind kind, const char *what)
{
	unsigned n = getenv("PROFILES") ? (unsigned) atoi(getenv("PROFILES")) : 200, refused = 0, wrong = 0, apart = 0, stricter = 0;
	unsigned endless = 0;
	unsigned long tried = 0;

	srand(getenv("SEED") ? (unsigned) atoi(getenv("SEED")) : 20260101);
	for (unsigned i = 0; i < n; i++) {
		struct oci_seccomp profile;
		struct arena a = { 0 };
		struct result result;

		generate(&a, &profile, kind);
		result = compare_profile(&a, &profile);
		tried += result.tried;
		refused += result.refused_ours;
		stricter += result.refused_ours && !result.refused_theirs;
		wrong += result.wrong > 0;
		apart += result.apart > 0;
		endless += result.endless;
		arena_free(&a);
	}
	print_message("%s: %u profiles, %u refused (%u by us only), %lu cases, libseccomp is apart in %u and finds no end in %u\n",
		      what, n, refused, stricter, tried, apart, endless);
	assert_int_equal(wrong, 0);
	assert_true(refused < n);
	return apart;
}

static void plain(void **state)
{
	unsigned n = getenv("PROFILES") ? (unsigned) atoi(getenv("PROFILES")) : 200;

	(void) state;
	/* Once in some hundred it drops a chain of three upper bounds. */
	assert_true(generated(PLAIN, "plain") <= n / 50);
}

static void wild(void **state)
{
	(void) state;
	generated(WILD, "wild, one action");
}

static void mixed(void **state)
{
	(void) state;
	generated(MIXED, "wild, many actions");
}

static void containerd(void **state)
{
	(void) state;
	known_profile("seccomp-containerd.json", 270);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(docker), cmocka_unit_test(podman), cmocka_unit_test(containerd), cmocka_unit_test(plain),
		cmocka_unit_test(wild),	  cmocka_unit_test(mixed),
	};

	/* The model knows the architectures of x86 machines. */
	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return 0;
	theirs = mmap(NULL, sizeof *theirs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (theirs == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
