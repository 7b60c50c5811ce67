/* What the words of a seccomp profile mean, and what is refused. */
#include <stdlib.h>

#include "test-seccomp-fixture.h"

#define READ 0
#define WRITE 1
#define PERSONALITY 135

static struct arena arena;

static int teardown(void **state)
{
	(void) state;
	arena_free(&arena);
	return 0;
}

static struct seccomp_plan plan(const char *text)
{
	struct oci_seccomp *profile = read_profile(&arena, text);
	struct seccomp_plan out;
	struct error err = { 0 };

	assert_non_null(profile);
	if (plan_seccomp(&arena, profile, false, &out, &err) < 0) {
		print_error("%s: %s\n", err.pointer, err.message);
		assert_true(false);
	}
	return out;
}

static void refused(const char *text, const char *pointer, const char *message)
{
	struct oci_seccomp *profile = read_profile(&arena, text);
	struct seccomp_plan out;
	struct error err = { 0 };

	assert_non_null(profile);
	assert_int_equal(plan_seccomp(&arena, profile, false, &out, &err), -1);
	assert_string_equal(err.pointer, pointer);
	assert_non_null(strstr(err.message, message));
}

static uint32_t verdict(const struct seccomp_plan *plan, uint32_t number, uint64_t argument)
{
	struct seccomp_data data = { .nr = (int) number, .arch = AUDIT_ARCH_X86_64, .args = { argument } };

	return run_filter(plan->filter, plan->n_filter, &data);
}

static void every_action(void **state)
{
	static const struct { const char *text; uint32_t wanted; } rows[] = {
		{ "\"SCMP_ACT_KILL\"", SECCOMP_RET_KILL_THREAD },
		{ "\"SCMP_ACT_KILL_THREAD\"", SECCOMP_RET_KILL_THREAD },
		{ "\"SCMP_ACT_KILL_PROCESS\"", SECCOMP_RET_KILL_PROCESS },
		{ "\"SCMP_ACT_TRAP\"", SECCOMP_RET_TRAP },
		{ "\"SCMP_ACT_ERRNO\"", SECCOMP_RET_ERRNO | 1 },
		{ "\"SCMP_ACT_ERRNO\", \"errnoRet\": 38", SECCOMP_RET_ERRNO | 38 },
		{ "\"SCMP_ACT_ERRNO\", \"errnoRet\": 0", SECCOMP_RET_ERRNO },
		{ "\"SCMP_ACT_TRACE\"", SECCOMP_RET_TRACE | 1 },
		{ "\"SCMP_ACT_TRACE\", \"errnoRet\": 65535", SECCOMP_RET_TRACE | 65535 },
		{ "\"SCMP_ACT_LOG\"", SECCOMP_RET_LOG },
		{ "\"SCMP_ACT_NOTIFY\"", SECCOMP_RET_USER_NOTIF },
	};

	(void) state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[512];
		struct seccomp_plan out;

		snprintf(text, sizeof text, "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/x\", "
			 "\"syscalls\": [{\"names\": [\"write\"], \"action\": %s}]}", rows[i].text);
		out = plan(text);
		assert_int_equal(verdict(&out, WRITE, 0), rows[i].wanted);
		assert_int_equal(verdict(&out, READ, 0), ALLOW);
	}
}

static void nothing_decided_is_no_filter(void **state)
{
	struct seccomp_plan out;
	struct error err = { 0 };

	(void) state;
	assert_int_equal(plan_seccomp(&arena, NULL, false, &out, &err), 0);
	assert_int_equal(out.n_filter, 0);
	out = plan("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}");
	assert_int_equal(out.n_filter, 0);
	out = plan("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}");
	assert_int_equal(out.n_filter, 0);
	/* This one shuts out 32-bit programs. */
	out = plan("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86_64\"]}");
	assert_true(out.n_filter > 0);
	out = plan("{\"defaultAction\": \"SCMP_ACT_LOG\"}");
	assert_int_equal(verdict(&out, READ, 0), SECCOMP_RET_LOG);
}

static void flags(void **state)
{
	static const struct { const char *text; unsigned wanted; } rows[] = {
		{ "", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		{ ", \"flags\": []", 0 },
		{ ", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"]", SECCOMP_FILTER_FLAG_LOG },
		{ ", \"flags\": [\"SECCOMP_FILTER_FLAG_TSYNC\"]", 0 },
		{ ", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\", \"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"]",
		  SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		/* Without a listener there is nobody to wait for. */
		{ ", \"flags\": [\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]", 0 },
	};

	(void) state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];

		snprintf(text, sizeof text, "{\"defaultAction\": \"SCMP_ACT_ERRNO\"%s}", rows[i].text);
		assert_int_equal(plan(text).flags, rows[i].wanted);
	}
	refused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\", \"X\"]}", "/linux/seccomp/flags/1",
		"unknown flag X");
}

static void listener(void **state)
{
	struct seccomp_plan out = plan("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/run/agent\", "
				       "\"listenerMetadata\": \"m\", \"flags\": [\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"], "
				       "\"syscalls\": [{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}");

	(void) state;
	assert_int_equal(out.flags, SECCOMP_FILTER_FLAG_NEW_LISTENER | 1u << 5);
	assert_string_equal(out.listener_path, "/run/agent");
	assert_string_equal(out.listener_metadata, "m");

	/* No rule notifies: there is no listener. */
	out = plan("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"listenerPath\": \"/run/agent\"}");
	assert_null(out.listener_path);
	assert_int_equal(out.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	out = plan("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"listenerPath\": \"/run/agent\", "
		   "\"syscalls\": [{\"names\": [\"no_such\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}");
	assert_null(out.listener_path);

	refused("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}",
		"/linux/seccomp/listenerPath", "must be given");
	refused("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/x\", "
		"\"syscalls\": [{\"names\": [\"sendmsg\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}",
		"/linux/seccomp/syscalls", "handed over");
	refused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"listenerPath\": \"/x\", \"syscalls\": ["
		"{\"names\": [\"recvmsg\", \"execve\"], \"action\": \"SCMP_ACT_ALLOW\"}, "
		"{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}", "/linux/seccomp/syscalls", "must allow sendmsg");
	refused("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerMetadata\": \"m\"}", "/linux/seccomp/listenerMetadata", "listenerPath");
	refused("{\"defaultAction\": \"SCMP_ACT_NOTIFY\", \"listenerPath\": \"/x\"}", "/linux/seccomp/defaultAction", "default");
}

static void bad_profiles(void **state)
{
	(void) state;
	refused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 4096}", "/linux/seccomp/defaultErrnoRet", "too large");
	refused("{\"defaultAction\": \"SCMP_ACT_KILL\", \"defaultErrnoRet\": 1}", "/linux/seccomp/defaultErrnoRet", "only SCMP_ACT_ERRNO");
	refused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", "
		"\"errnoRet\": 1}]}", "/linux/seccomp/syscalls/0/errnoRet", "only SCMP_ACT_ERRNO");
	refused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_PDP11\"]}", "/linux/seccomp/architectures/0",
		"unknown architecture SCMP_ARCH_PDP11");
	refused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", "
		"\"args\": [{\"index\": 6, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}", "/linux/seccomp/syscalls/0/args/0/index",
		"0 to 5");
	refused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
		"{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},"
		"{\"names\": [\"read\"], \"action\": \"SCMP_ACT_LOG\", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
		"/linux/seccomp/syscalls/1", "contradicts syscalls/0");
}

static void unknown_names(void **state)
{
	static const char text[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mkdir\", \"s390_runtime_instr\"], "
				   "\"action\": \"SCMP_ACT_ERRNO\"}, {\"names\": [\"rmdir\", \"mkdri\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";
	struct seccomp_plan out = plan(text);
	struct error err = { 0 };

	(void) state;
	assert_int_equal(verdict(&out, 83, 0), ERRNO(EPERM));
	/* Strict: one that no machine has is an error, one of another machine is none. */
	assert_int_equal(plan_seccomp(&arena, read_profile(&arena, text), true, &out, &err), -1);
	assert_string_equal(err.pointer, "/linux/seccomp/syscalls/1/names/1");
	assert_non_null(strstr(err.message, "mkdri"));
}

static void other_architectures(void **state)
{
	/* All of them may be listed; those of other machines cannot happen here. */
	struct seccomp_plan out = plan("{\"defaultAction\": \"SCMP_ACT_LOG\", \"architectures\": [\"SCMP_ARCH_AARCH64\", "
				       "\"SCMP_ARCH_S390X\", \"SCMP_ARCH_LOONGARCH64\", \"SCMP_ARCH_M68K\", \"SCMP_ARCH_X86\"]}");
	struct seccomp_data data = { .nr = 1, .arch = AUDIT_ARCH_I386 };

	(void) state;
	assert_int_equal(run_filter(out.filter, out.n_filter, &data), SECCOMP_RET_LOG);
	data.arch = AUDIT_ARCH_AARCH64;
	assert_int_equal(run_filter(out.filter, out.n_filter, &data), SECCOMP_RET_KILL_THREAD);
	data.arch = AUDIT_ARCH_X86_64;
	assert_int_equal(run_filter(out.filter, out.n_filter, &data), SECCOMP_RET_LOG);
	/* x32 was not listed. */
	data.nr = 0x40000001;
	assert_int_equal(run_filter(out.filter, out.n_filter, &data), SECCOMP_RET_KILL_THREAD);
	/* A tracer that skips a call. */
	data.nr = -1;
	assert_int_equal(run_filter(out.filter, out.n_filter, &data), SECCOMP_RET_LOG);
}

static void newer_calls(void **state)
{
	static const char known[] = "\"syscalls\": [{\"names\": [\"read\", \"openat2\"], \"action\": \"SCMP_ACT_ALLOW\"}]}";
	char text[512];
	struct seccomp_plan out;

	(void) state;
	snprintf(text, sizeof text, "{\"defaultAction\": \"SCMP_ACT_ERRNO\", %s", known);
	out = plan(text);
	assert_int_equal(verdict(&out, 437, 0), ALLOW);
	assert_int_equal(verdict(&out, 436, 0), ERRNO(EPERM));
	assert_int_equal(verdict(&out, 438, 0), ERRNO(ENOSYS));
	assert_int_equal(verdict(&out, 0x3fffffff, 0), ERRNO(ENOSYS));

	/* Whatever the default denies with; a tracer knows better. */
	static const struct { const char *action; uint32_t older, newer; } defaults[] = {
		{ "\"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 13", ERRNO(EACCES), ERRNO(ENOSYS) },
		{ "\"SCMP_ACT_KILL\"", SECCOMP_RET_KILL_THREAD, ERRNO(ENOSYS) },
		{ "\"SCMP_ACT_KILL_PROCESS\"", SECCOMP_RET_KILL_PROCESS, ERRNO(ENOSYS) },
		{ "\"SCMP_ACT_TRAP\"", SECCOMP_RET_TRAP, ERRNO(ENOSYS) },
		{ "\"SCMP_ACT_TRACE\"", SECCOMP_RET_TRACE | 1, SECCOMP_RET_TRACE | 1 },
		{ "\"SCMP_ACT_LOG\"", SECCOMP_RET_LOG, SECCOMP_RET_LOG },
	};

	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		snprintf(text, sizeof text, "{\"defaultAction\": %s, %s", defaults[i].action, known);
		out = plan(text);
		assert_int_equal(verdict(&out, 436, 0), defaults[i].older);
		assert_int_equal(verdict(&out, 438, 0), defaults[i].newer);
	}

	/* A rule that repeats the default tells how new the profile is, too. */
	out = plan("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}, "
		   "{\"names\": [\"openat2\"], \"action\": \"SCMP_ACT_ERRNO\"}]}");
	assert_int_equal(verdict(&out, 437, 0), ERRNO(EPERM));
	assert_int_equal(verdict(&out, 438, 0), ERRNO(ENOSYS));
}

static void alternatives(void **state)
{
	/* The same argument twice: either holds. */
	struct seccomp_plan out = plan("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"personality\"], "
				       "\"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
				       "{\"index\": 0, \"value\": 8, \"op\": \"SCMP_CMP_EQ\"}, "
				       "{\"index\": 0, \"value\": 4294967295, \"op\": \"SCMP_CMP_EQ\"}]}]}");

	(void) state;
	assert_int_equal(verdict(&out, PERSONALITY, 8), ALLOW);
	assert_int_equal(verdict(&out, PERSONALITY, 0xffffffff), ALLOW);
	assert_int_equal(verdict(&out, PERSONALITY, 0xffffffffffffffff), ERRNO(EPERM));
	assert_int_equal(verdict(&out, PERSONALITY, 0), ERRNO(EPERM));
}

static void bounds_of_64_bits(void **state)
{
	/* libseccomp 2.5 lets 0xffffffff through here. */
	struct seccomp_plan out = plan("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"write\"], "
				       "\"action\": \"SCMP_ACT_KILL\", \"args\": ["
				       "{\"index\": 0, \"value\": 1889825783157647, \"op\": \"SCMP_CMP_LT\"}, "
				       "{\"index\": 0, \"value\": 32768, \"op\": \"SCMP_CMP_LT\"}, "
				       "{\"index\": 0, \"value\": 1073741823, \"op\": \"SCMP_CMP_LT\"}]}]}");

	(void) state;
	assert_int_equal(verdict(&out, WRITE, 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(verdict(&out, WRITE, 0xffffffff), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(verdict(&out, WRITE, 1889825783157646), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(verdict(&out, WRITE, 1889825783157647), ALLOW);
}

static void first_unconditional_rule_wins(void **state)
{
	struct seccomp_plan out = plan("{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": ["
				       "{\"names\": [\"write\"], \"action\": \"SCMP_ACT_LOG\", \"args\": ["
				       "{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}, "
				       "{\"names\": [\"write\"], \"action\": \"SCMP_ACT_ALLOW\"}, "
				       "{\"names\": [\"write\"], \"action\": \"SCMP_ACT_TRAP\"}]}");

	(void) state;
	assert_int_equal(verdict(&out, WRITE, 1), ALLOW);
	assert_int_equal(verdict(&out, WRITE, 2), ALLOW);
}

/* As many rules with conditions of their own as are asked for, on calls 0, 1, 2 ... */
static struct oci_seccomp *long_profile(unsigned rules)
{
	struct oci_seccomp *profile = arena_alloc(&arena, sizeof *profile);
	unsigned call = 0;

	profile->default_action = OCI_SECCOMP_ACTION_SCMP_ACT_ERRNO;
	profile->syscalls = arena_alloc(&arena, rules * sizeof *profile->syscalls);
	for (; profile->n_syscalls < rules; profile->n_syscalls++) {
		struct oci_syscall *entry = &profile->syscalls[profile->n_syscalls];
		char *name;

		while (!(name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, (int) (call % 330))))
			call++;
		entry->action = OCI_SECCOMP_ACTION_SCMP_ACT_ALLOW;
		entry->names = arena_alloc(&arena, sizeof *entry->names);
		entry->names[entry->n_names++] = arena_strdup(&arena, name);
		free(name);
		entry->args = arena_alloc(&arena, sizeof *entry->args);
		entry->args[entry->n_args++] = (struct oci_syscall_arg) { .index = call % 6, .value = call,
									  .op = OCI_SECCOMP_OPERATOR_SCMP_CMP_EQ };
		call++;
	}
	return profile;
}

static void long_programs(void **state)
{
	struct oci_seccomp *profile = long_profile(600);
	struct seccomp_plan out;
	struct error err = { 0 };

	(void) state;
	/* Every jump over more than 255 instructions finds its way. */
	assert_int_equal(plan_seccomp(&arena, profile, false, &out, &err), 0);
	assert_true(out.n_filter > 2000);
	for (unsigned i = 0; i < 330; i++) {
		struct seccomp_data data = { .nr = (int) i, .arch = AUDIT_ARCH_X86_64 };
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, (int) i);

		free(name);
		if (!name)
			continue;
		for (int k = 0; k < 6; k++)
			data.args[k] = i;
		assert_int_equal(run_filter(out.filter, out.n_filter, &data), ALLOW);
		for (int k = 0; k < 6; k++)
			data.args[k] = i + 5000;
		assert_int_equal(run_filter(out.filter, out.n_filter, &data), ERRNO(EPERM));
	}

	profile = long_profile(3000);
	assert_int_equal(plan_seccomp(&arena, profile, false, &out, &err), -1);
	assert_non_null(strstr(err.message, "4096"));
	assert_string_equal(err.pointer, "/linux/seccomp");
}

static void a_jump_beyond_the_end_is_no_answer(void **state)
{
	static const struct sock_filter back[] = {
		BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX), BPF_STMT(BPF_RET | BPF_K, ALLOW),
	};
	static const uint64_t none[6];
	const struct seccomp_plan program = { .filter = back, .n_filter = sizeof back / sizeof *back };

	(void) state;
	alarm(5);
	assert_int_equal(plan_filter_answer(&program, READ, none), SECCOMP_RET_KILL_PROCESS);
	alarm(0);
}

static void multiplexed_numbers(void **state)
{
	static const char *const archs[] = { "SCMP_ARCH_X86", "SCMP_ARCH_S390", "SCMP_ARCH_S390X", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64",
					     "SCMP_ARCH_PPC64LE", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPSEL" };
	static const char *const names[] = { "socket", "bind", "connect", "listen", "accept", "getsockname", "getpeername",
		"socketpair", "send", "recv", "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg",
		"accept4", "recvmmsg", "sendmmsg", "semop", "semget", "semctl", "semtimedop", "msgsnd", "msgrcv", "msgget", "msgctl",
		"shmat", "shmdt", "shmget", "shmctl" };

	(void) state;
	/* Our table of the calls' own numbers is what libseccomp says when asked the other way round. */
	for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			const struct seccomp_arch *arch = seccomp_arch_find(archs[i]);
			struct seccomp_numbers numbers = seccomp_numbers(arch, names[k]);
			int64_t found = -1;

			for (int n = 0; n < 460; n++) {
				char *name = seccomp_syscall_resolve_num_arch(arch->token, (int) arch->base + n);

				if (name && !strcmp(name, names[k]))
					found = arch->base + n;
				free(name);
			}
			if (found != numbers.direct)
				print_error("%s on %s is %d\n", names[k], archs[i], (int) found);
			assert_int_equal(numbers.direct, found);
			assert_true(numbers.multiplexed > 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action),
		cmocka_unit_test(nothing_decided_is_no_filter),
		cmocka_unit_test(flags),
		cmocka_unit_test(listener),
		cmocka_unit_test(bad_profiles),
		cmocka_unit_test(unknown_names),
		cmocka_unit_test(other_architectures),
		cmocka_unit_test(newer_calls),
		cmocka_unit_test(alternatives),
		cmocka_unit_test(bounds_of_64_bits),
		cmocka_unit_test(first_unconditional_rule_wins),
		cmocka_unit_test(long_programs),
		cmocka_unit_test(a_jump_beyond_the_end_is_no_answer),
		cmocka_unit_test(multiplexed_numbers),
	};

	/* The numbers in here are x86_64's. */
	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return 0;
	return cmocka_run_group_tests(tests, NULL, teardown);
}
