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
#include "test-seccomp-model.h"

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
	/* What exec asks before an heir is born: arguments are the kernel's, for the own architecture only. */
	if (data->arch == seccomp_arch_own()->audit) {
		const uint64_t arguments[6] = { data->args[0], data->args[1], data->args[2], data->args[3], data->args[4], data->args[5] };

		other = plan_filter_answer(ours, data->nr, arguments);
		if (is != other && result->wrong++ < 5)
			show("plan_filter_answer()", data, is, other);
	}
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
