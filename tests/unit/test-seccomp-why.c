/* Which rule decides a call, in words; and that it is what the program does. */
#include "plan/seccomp-why.h"
#include "test-seccomp-generate.h"

static struct arena arena;

static int teardown(void **state)
{
	(void) state;
	arena_free(&arena);
	return 0;
}

static const struct seccomp_answer *ask(const char *text, const char *name, size_t *n)
{
	const struct seccomp_question question = { .name = name };
	const struct seccomp_answer *answers = NULL;
	struct error err = { 0 };

	assert_int_equal(seccomp_why(&arena, read_profile(&arena, text), &question, &answers, n, &err), 0);
	return answers;
}

static const char profile[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"], \"syscalls\": ["
	"{\"names\": [\"read\", \"openat2\", \"connect\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"personality\"], \"action\": \"SCMP_ACT_LOG\", \"args\": [{\"index\": 0, \"value\": 8, \"op\": \"SCMP_CMP_EQ\"}]},"
	"{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
	"{\"index\": 0, \"value\": 4096, \"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}, {\"index\": 1, \"value\": 5, \"op\": \"SCMP_CMP_LT\"}]}]}";

static void words(void **state)
{
	const struct seccomp_answer *a;
	size_t n;

	(void) state;
	a = ask(profile, "read", &n);
	assert_int_equal(n, 2);
	assert_string_equal(a[0].arch, "SCMP_ARCH_X86_64");
	assert_int_equal(a[0].number, 0);
	assert_int_equal(a[1].number, 3);
	assert_int_equal(a[0].n, 1);
	assert_null(a[0].cases[0].conditions);
	assert_string_equal(a[0].cases[0].pointer, "/linux/seccomp/syscalls/0");
	assert_string_equal(seccomp_action_words(&arena, a[0].cases[0].action), "allowed");

	a = ask(profile, "personality", &n);
	assert_int_equal(a[0].n, 2);
	assert_string_equal(a[0].cases[0].conditions, "argument 0 = 8");
	assert_string_equal(a[0].cases[1].pointer, "/linux/seccomp/defaultAction");
	assert_string_equal(seccomp_action_words(&arena, a[0].cases[1].action), "error 1, operation not permitted");
	a = ask(profile, "clone", &n);
	assert_string_equal(a[0].cases[0].conditions, "argument 0 & 0x1000 = 0, argument 1 < 5");

	/* By its own number and by socketcall's. */
	a = ask(profile, "connect", &n);
	assert_int_equal(n, 3);
	assert_string_equal(a[2].by, "socketcall");
	assert_int_equal(a[2].cases[0].action, ALLOW);

	a = ask(profile, "close_range", &n);
	assert_false(a[0].cases[0].newer);
	a = ask(profile, "500", &n);
	assert_int_equal(n, 1);
	assert_true(a[0].cases[0].newer);
	assert_int_equal(a[0].cases[0].action, ERRNO(ENOSYS));
	ask(profile, "s390_runtime_instr", &n);
	assert_int_equal(n, 0);
}

static void nobody_knows_it(void **state)
{
	const struct seccomp_question question = { .name = "mkdri" };
	const struct seccomp_answer *answers;
	struct error err = { 0 };
	size_t n;

	(void) state;
	assert_int_equal(seccomp_why(&arena, read_profile(&arena, profile), &question, &answers, &n, &err), -1);
	assert_non_null(strstr(err.message, "mkdri"));
}

static void every_action(void **state)
{
	static const uint32_t actions[] = { SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP, ERRNO(2), SECCOMP_RET_TRACE | 7,
					    SECCOMP_RET_LOG, SECCOMP_RET_ALLOW, SECCOMP_RET_USER_NOTIF, ERRNO(0) };

	(void) state;
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(seccomp_action_words(&arena, actions[i]), seccomp_action_words(&arena, actions[k]));
}

static void a_number_of_x32(void **state)
{
	static const char with[] = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X32\"], \"syscalls\": ["
				   "{\"names\": [\"write\"], \"action\": \"SCMP_ACT_ALLOW\"}]}";
	const struct seccomp_answer *a;
	size_t n;

	(void) state;
	a = ask(profile, "1073741825", &n);
	assert_int_equal(n, 1);
	assert_string_equal(a[0].arch, "SCMP_ARCH_X32");
	assert_int_equal(a[0].cases[0].action, SECCOMP_RET_KILL_THREAD);
	assert_string_equal(a[0].cases[0].pointer, "/linux/seccomp/architectures");
	assert_true(a[0].cases[0].excluded && !a[0].cases[0].newer);
	/* -1: a tracer has the call skipped */
	a = ask(profile, "4294967295", &n);
	assert_string_equal(a[0].arch, "SCMP_ARCH_X86_64");
	assert_string_equal(a[0].cases[0].pointer, "/linux/seccomp/defaultAction");
	assert_false(a[0].cases[0].excluded || a[0].cases[0].newer);

	a = ask(with, "1073741825", &n);
	assert_string_equal(a[0].arch, "SCMP_ARCH_X32");
	assert_int_equal(a[0].cases[0].action, ALLOW);
	a = ask(with, "1073741999", &n);
	assert_int_equal(a[0].cases[0].action, ERRNO(ENOSYS));
	assert_true(a[0].cases[0].newer);

	a = ask("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}", "1073741825", &n);
	assert_int_equal(a[0].cases[0].action, ALLOW);
	assert_false(a[0].cases[0].excluded);
}

static int some_number(void)
{
	switch (dice(10)) {
	case 0:
		return -1;
	case 1: case 2: case 3:
		return (int) (SECCOMP_X32_BIT + dice(560));
	default:
		return (int) dice(520);
	}
}

/* The arguments are all known: then there is one answer, and the program gives it. */
static void the_program_does_so(void **state)
{
	(void) state;
	srand(getenv("SEED") ? (unsigned) atoi(getenv("SEED")) : 20260101);
	for (unsigned i = 0; i < 150; i++) {
		struct oci_seccomp some;
		struct seccomp_plan plan;
		struct arena a = { 0 };
		struct error err = { 0 };

		generate(&a, &some, i % 3);
		if (plan_seccomp(&a, &some, false, &plan, &err) == 0 && plan.n_filter)
			for (unsigned k = 0; k < 60; k++) {
				struct seccomp_data data = { .nr = some_number(), .arch = AUDIT_ARCH_X86_64 };
				struct seccomp_question question = { .name = arena_printf(&a, "%u", (unsigned) data.nr) };
				const struct seccomp_answer *answers;
				size_t n;

				for (int m = 0; m < 6; m++) {
					question.known[m] = true;
					data.args[m] = question.arguments[m] = some_value();
				}
				assert_int_equal(seccomp_why(&a, &some, &question, &answers, &n, &err), 0);
				assert_int_equal(answers[0].n, 1);
				assert_int_equal(answers[0].cases[0].action, run_filter(plan.filter, plan.n_filter, &data));
			}
		arena_free(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words), cmocka_unit_test(nobody_knows_it), cmocka_unit_test(every_action),
		cmocka_unit_test(a_number_of_x32), cmocka_unit_test(the_program_does_so),
	};

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return 0;
	return cmocka_run_group_tests(tests, NULL, teardown);
}
