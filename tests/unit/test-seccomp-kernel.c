/*
 * The kernel itself runs our programs, and libseccomp's, and agrees with our interpreter
 *
 * A program whose returns are replaced by errors, one number per action, answers every system call and lets none happen:
 * so a child can load it and then make all of them, 64-bit, 32-bit and x32 ones, with the arguments that matter.  After
 * that no call works in the child: it leaves its answers in shared memory and ends by an illegal instruction.
 *
 * PROFILES=n changes how many are generated of each kind (default 25), SEED=n which.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "test-seccomp-generate.h"

#define ROOM 16384
#define NUMBERS 512	/* 0 to 479 are taken, with a hole */
#define VALUES 24

enum way { WAY_64, WAY_32, WAY_X32, WAYS };

/* uretprobe(2) and uprobe(2) are the kernel's own ways back from a probe, which it asks no filter about (6.13). */
static bool is_probe(enum way way, long number)
{
	return way == WAY_64 && (number == 335 || number == 336);
}

static struct answers {
	bool loaded, begun[WAYS], done[WAYS];
	short error[WAYS][NUMBERS][VALUES];
} *answers;

static struct coded {	/* a program with errors for actions */
	struct sock_filter filter[ROOM];
	unsigned n;
	uint32_t actions[64];	/* error 1 stands for the first, ... */
	unsigned n_actions;
} ours, theirs;

static uint64_t values[VALUES];
static unsigned n_values;

static void code(struct coded *c, const struct sock_filter *filter, unsigned n)
{
	memcpy(c->filter, filter, n * sizeof *filter);
	c->n = n;
	c->n_actions = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned k = 0;

		if (filter[i].code != (BPF_RET | BPF_K))
			continue;
		while (k < c->n_actions && c->actions[k] != filter[i].k)
			k++;
		assert_true(k < 64);
		c->actions[k] = filter[i].k;
		if (k == c->n_actions)
			c->n_actions++;
		c->filter[i].k = SECCOMP_RET_ERRNO | (k + 1);
	}
}

#ifdef __x86_64__
static long call_64(long number, uint64_t v)
{
	register long r10 __asm__("r10") = (long) v;
	register long r8 __asm__("r8") = (long) v;
	register long r9 __asm__("r9") = (long) v;
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "0"(number), "D"(v), "S"(v), "d"(v), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return r;
}

/* The sixth argument of a 32-bit call is in ebp, which the compiler may need. */
static long call_32(long number, uint64_t v)
{
	long r;

	__asm__ volatile("push %%rbp\n\tmov %%rbx, %%rbp\n\tint $0x80\n\tpop %%rbp" : "=a"(r) : "0"(number), "b"(v), "c"(v), "d"(v), "S"(v), "D"(v)
			 : "r8", "r9", "r10", "r11", "memory");
	return (int) r;
}
#endif

static void make_calls(const struct coded *c)
{
	struct sock_fprog program = { .len = (unsigned short) c->n, .filter = (struct sock_filter *) c->filter };
	struct rlimit none = { 0 };

	/* cmocka has handlers, which could not end us. */
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		_exit(errno);
	answers->loaded = true;
#ifdef __x86_64__
	/* The last may be unknown to this kernel, and then it ends us. */
	static const enum way order[] = { WAY_64, WAY_X32, WAY_32 };

	for (unsigned w = 0; w < WAYS; w++) {
		enum way way = order[w];

		answers->begun[way] = true;
		for (long i = 0; i < NUMBERS; i++)
			for (unsigned v = 0; v < n_values && !is_probe(way, i); v++)
				answers->error[way][i][v] = (short) -(way == WAY_32 ? call_32(i, values[v]) :
								      call_64(way == WAY_X32 ? i | 0x40000000 : i, values[v]));
		answers->done[way] = true;
	}
#endif
	__builtin_trap();
}

/* True if the kernel took the program. */
static bool ask_kernel(const struct coded *c)
{
	int status;
	pid_t pid;

	memset(answers, 0, sizeof *answers);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		make_calls(c);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!answers->loaded || !answers->done[WAY_X32])
		print_error("status %x, begun %d %d %d\n", status, answers->begun[0], answers->begun[1], answers->begun[2]);
	return answers->loaded;
}

static unsigned long tried;

/* The kernel and our interpreter, over all that was called; the number of differences. */
static unsigned differences(const struct coded *c)
{
	unsigned apart = 0;

	assert_true(answers->done[WAY_64] && answers->done[WAY_X32]);
	for (unsigned way = 0; way < WAYS; way++)
		for (unsigned i = 0; answers->done[way] && i < NUMBERS; i++)
			for (unsigned v = 0; v < n_values && !is_probe(way, i); v++) {
				struct seccomp_data data = { .nr = (int) (way == WAY_X32 ? i | 0x40000000 : i),
							     .arch = way == WAY_32 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64 };
				uint32_t wanted;

				for (int k = 0; k < 6; k++)
					data.args[k] = way == WAY_32 ? (uint32_t) values[v] : values[v];
				wanted = run_filter(c->filter, c->n, &data) & SECCOMP_RET_DATA;
				tried++;
				if ((unsigned) answers->error[way][i][v] != wanted && apart++ < 3)
					print_error("way %u number %u argument %llx: the kernel says %d, we %u\n", way, i,
						    (unsigned long long) values[v], answers->error[way][i][v], wanted);
			}
	return apart;
}

static void choose_values(const struct oci_seccomp *profile)
{
	uint64_t some[] = { 0, UINT64_MAX, 3, UINT32_MAX };

	n_values = sizeof some / sizeof *some;
	memcpy(values, some, sizeof some);
	for (size_t i = 0; i < profile->n_syscalls; i++)
		for (size_t k = 0; k < profile->syscalls[i].n_args; k++) {
			uint64_t v = profile->syscalls[i].args[k].value, more[] = { v, v + 1, v - 1, v ^ 1ull << 32 };

			for (unsigned m = 0; m < 4 && n_values < VALUES; m++)
				values[n_values++] = more[m];
		}
}

static bool same_decisions(void)
{
	static struct answers first;

	memcpy(&first, answers, sizeof first);
	if (!ask_kernel(&theirs))
		return false;
	for (unsigned way = 0; way < WAYS; way++)
		for (unsigned i = 0; answers->done[way] && i < NUMBERS; i++)
			for (unsigned v = 0; v < n_values && !is_probe(way, i); v++) {
				uint32_t a = ours.actions[first.error[way][i][v] - 1], b = theirs.actions[answers->error[way][i][v] - 1];

				if (a != b && a != ERRNO(ENOSYS)) {
					print_error("way %u number %u argument %llx: %x, libseccomp's %x\n", way, i,
						    (unsigned long long) values[v], a, b);
					return false;
				}
			}
	return true;
}

static void known_profiles(void **state)
{
	static const char *const names[] = { "seccomp-docker.json", "seccomp-podman.json", "seccomp-containerd.json" };
	static struct sock_filter filter[ROOM];

	(void) state;
	for (size_t i = 0; i < 3; i++) {
		struct arena a = { 0 };
		struct oci_seccomp *profile = load_profile(&a, names[i]);
		struct seccomp_plan plan;
		struct error err = { 0 };
		int n;

		assert_non_null(profile);
		assert_int_equal(plan_seccomp(&a, profile, false, &plan, &err), 0);
		choose_values(profile);
		code(&ours, plan.filter, plan.n_filter);
		assert_true(ask_kernel(&ours));
		assert_int_equal(differences(&ours), 0);
		n = oracle_filter(profile, 0, filter, ROOM);
		assert_true(n > 0);
		code(&theirs, filter, (unsigned) n);
		assert_true(same_decisions());
		if (!answers->done[WAY_32])
			print_message("this kernel makes no 32-bit calls\n");
		arena_free(&a);
	}
	print_message("%lu calls\n", tried);
}

static void generated_profiles(void **state)
{
	unsigned n = getenv("PROFILES") ? (unsigned) atoi(getenv("PROFILES")) : 25, loaded = 0;

	(void) state;
	srand(getenv("SEED") ? (unsigned) atoi(getenv("SEED")) : 20260101);
	tried = 0;
	for (unsigned i = 0; i < 3 * n; i++) {
		struct oci_seccomp profile;
		struct seccomp_plan plan;
		struct arena a = { 0 };
		struct error err = { 0 };

		generate(&a, &profile, i % 3);
		if (plan_seccomp(&a, &profile, false, &plan, &err) == 0 && plan.n_filter) {
			choose_values(&profile);
			code(&ours, plan.filter, plan.n_filter);
			assert_true(ask_kernel(&ours));
			assert_int_equal(differences(&ours), 0);
			loaded++;
		}
		arena_free(&a);
	}
	print_message("%u profiles, %lu calls\n", loaded, tried);
	assert_true(loaded > n);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(known_profiles), cmocka_unit_test(generated_profiles) };

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return 0;
	answers = mmap(NULL, sizeof *answers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (answers == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
