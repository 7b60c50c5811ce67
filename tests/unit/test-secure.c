/*
 * What a process may still do, each time tried by a child that gives something up for good.  Most of it needs root.
 */
#include <stdlib.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "child.h"
#include "secure/secure.h"
#include "sys/procfs.h"
#include "test-seccomp-fixture.h"

#define BIT(n) (1ull << (n))

static const char *self_path;

static bool is_root(void)
{
	return geteuid() == 0;
}

/* ---- capabilities and ids --------------------------------------------- */

static unsigned last_cap(void)
{
	unsigned cap = 0;

	while (prctl(PR_CAPBSET_READ, cap) >= 0)
		cap++;
	return cap - 1;
}

static int become_user(struct error *err)
{
	static const gid_t groups[] = { 30, 10, 20 };
	const struct process_plan process = { .uid = 1000, .gid = 1001, .groups = groups, .n_groups = 3, .set_groups = true };
	const struct capability_sets sets = {
		.bounding = BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_KILL) | BIT(CAP_CHOWN),
		.permitted = BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_KILL),
		.effective = BIT(CAP_NET_BIND_SERVICE),
		.inheritable = BIT(CAP_NET_BIND_SERVICE),
		.ambient = BIT(CAP_NET_BIND_SERVICE),
	};
	struct capability_sets other;
	gid_t now[3];

	NEED(capability_drop_bounding(&sets, last_cap(), err) == 0);
	NEED(identity_set(&process, err) == 0);
	NEED(getuid() == 1000 && geteuid() == 1000 && getgid() == 1001 && getegid() == 1001);
	NEED(getgroups(3, now) == 3);
	NEED(prctl(PR_GET_KEEPCAPS) == 0);
	NEED(capability_set(&sets, err) == 0);
	NEED(capability_verify(&sets, err) == 0);
	NEED(prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 0 && prctl(PR_CAPBSET_READ, CAP_CHOWN) == 1);
	NEED(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_BIND_SERVICE, 0, 0) == 1);
	NEED(setuid(0) < 0);

	/* The reader tells each set that differs. */
	other = sets;
	other.bounding = 0;
	NEED(capability_verify(&other, err) < 0 && strstr(err->message, "bounding"));
	other = sets;
	other.effective = BIT(CAP_KILL);
	NEED(capability_verify(&other, err) < 0 && strstr(err->message, "effective"));
	other = sets;
	other.permitted |= BIT(CAP_CHOWN);
	NEED(capability_verify(&other, err) < 0 && strstr(err->message, "permitted"));
	other = sets;
	other.inheritable = 0;
	NEED(capability_verify(&other, err) < 0 && strstr(err->message, "inheritable"));
	other = sets;
	other.ambient = 0;
	NEED(capability_verify(&other, err) < 0 && strstr(err->message, "ambient"));

	/* What is gone is not to be had again. */
	other = sets;
	other.permitted |= BIT(CAP_SYS_ADMIN);
	NEED(capability_set(&other, err) < 0);
	return 0;
}

static void user_with_some_capabilities(void **state)
{
	(void) state;
	if (!is_root())
		skip();
	in_child(become_user);
}

static int become_nobody_at_all(struct error *err)
{
	const struct process_plan process = { .uid = 1000, .gid = 1000, .set_groups = true };
	const struct capability_sets none = { 0 };

	/* What the caller left as ambient must not come along. */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0);
	NEED(capability_drop_bounding(&none, last_cap(), err) == 0);
	NEED(identity_set(&process, err) == 0);
	NEED(getgroups(0, NULL) == 0);
	NEED(capability_set(&none, err) == 0);
	NEED(capability_verify(&none, err) == 0);
	return 0;
}

static void user_without_any(void **state)
{
	(void) state;
	if (!is_root())
		skip();
	in_child(become_nobody_at_all);
}

static int ids_that_are_not_mapped(struct error *err)
{
	struct process_plan process = { .uid = 5 };
	static const gid_t group = 7;

	if (unshare(CLONE_NEWUSER) < 0)
		return SKIPPED;
	NEED(identity_set(&process, err) < 0);
	NEED(strstr(err->message, "does not map it"));
	process = (struct process_plan) { .groups = &group, .n_groups = 1, .set_groups = true };
	NEED(identity_set(&process, err) < 0);
	NEED(strstr(err->message, "additional groups"));
	return 0;
}

static void unmapped_ids(void **state)
{
	(void) state;
	in_child(ids_that_are_not_mapped);
}

static int never_more(struct error *err)
{
	NEED(no_new_privs_set(err) == 0);
	NEED(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	return 0;
}

static void no_new_privs(void **state)
{
	(void) state;
	in_child(never_more);
}

/* ---- seccomp ---------------------------------------------------------- */

static struct seccomp_plan filter_of(const char *text)
{
	static struct arena arena;
	struct seccomp_plan out;
	struct error err = { 0 };

	assert_int_equal(plan_seccomp(&arena, read_profile(&arena, text), false, &out, &err), 0);
	return out;
}

static int under_a_filter(struct error *err)
{
	/* The rest is allowed, or the child could not report. */
	struct seccomp_plan filter = filter_of("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
					       "{\"names\": [\"personality\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 95, "
					       "\"args\": [{\"index\": 0, \"value\": 8, \"op\": \"SCMP_CMP_EQ\"}]}, "
					       "{\"names\": [\"getppid\"], \"action\": \"SCMP_ACT_ERRNO\"}]}");
	int fd = 0;

	NEED(no_new_privs_set(err) == 0);
	NEED(filter_load(&filter, &fd, err) == 0);
	NEED(fd == -1);
	NEED(prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER);
	NEED(syscall(SYS_getppid) == -1 && errno == EPERM);
	NEED(personality(8) == -1 && errno == 95);
	NEED(personality(0xffffffff) != -1);
	return 0;
}

static void filter(void **state)
{
	(void) state;
	in_child(under_a_filter);
}

static int under_dockers_filter(struct error *err)
{
	struct arena arena = { 0 };
	struct oci_seccomp *profile = load_profile(&arena, "seccomp-docker.json");
	struct seccomp_plan filter;

	if (!profile)
		return SKIPPED;
	NEED(plan_seccomp(&arena, profile, false, &filter, err) == 0);
	NEED(no_new_privs_set(err) == 0);
	NEED(filter_load(&filter, NULL, err) == 0);
	NEED(syscall(SYS_getppid) > 0);
	NEED(syscall(SYS_unshare, CLONE_NEWUSER) == -1 && errno == EPERM);
	NEED(syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS);
	NEED(syscall(4000) == -1 && errno == ENOSYS);
	NEED(syscall(SYS_socket, 40, 1, 0) == -1 && errno == EPERM);
	NEED(personality(8) != -1);
	NEED(syscall(SYS_personality, 0x1234567) == -1 && errno == EPERM);
	return 0;
}

static void dockers_filter(void **state)
{
	(void) state;
	in_child(under_dockers_filter);
}

static int without_the_right_to(struct error *err)
{
	struct seccomp_plan filter = filter_of("{\"defaultAction\": \"SCMP_ACT_LOG\"}");
	const struct process_plan process = { .uid = 1000, .gid = 1000, .set_groups = true };
	const struct capability_sets none = { 0 };

	if (is_root())
		NEED(identity_set(&process, err) == 0 && capability_set(&none, err) == 0);
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return SKIPPED;
	NEED(filter_load(&filter, NULL, err) < 0);
	NEED(strstr(err->message, "no_new_privs or CAP_SYS_ADMIN"));
	return 0;
}

static void filter_without_privileges(void **state)
{
	(void) state;
	in_child(without_the_right_to);
}

static int notified(struct error *err)
{
	struct seccomp_plan filter = filter_of("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/x\", \"syscalls\": ["
					       "{\"names\": [\"mkdirat\", \"mkdir\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}");
	struct seccomp_notif call = { 0 };
	struct seccomp_notif_resp answer = { 0 };
	int fd = -1, status;
	pid_t pid;

	NEED(no_new_privs_set(err) == 0);
	NEED(filter_load(&filter, NULL, err) < 0);	/* nobody to notify */
	NEED(filter_load(&filter, &fd, err) == 0);
	NEED(fd >= 0);
	NEED(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	pid = fork();
	if (!pid)
		_exit(mkdir("/nowhere/x", 0700) == -1 && errno == 95 ? 0 : 1);
	NEED(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0);
	NEED((pid_t) call.pid == pid);
	answer.id = call.id;
	answer.error = -95;
	NEED(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0);
	NEED(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

static void notify(void **state)
{
	(void) state;
	in_child(notified);
}

/* ---- keyring ---------------------------------------------------------- */

static int with_a_keyring(struct error *err)
{
	char name[64], text[256] = "";
	long outer = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0), ring, again;

	if (outer < 0)
		return SKIPPED;
	snprintf(name, sizeof name, "ctr-run-test-%d", getpid());
	NEED(keyring_join(name, err) == 0);
	ring = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	NEED(ring > 0 && ring != outer);
	NEED(syscall(SYS_keyctl, KEYCTL_DESCRIBE, ring, text, sizeof text - 1) > 0);
	NEED(strstr(text, name));
	NEED(strstr(text, ";3f1b0000;"));
	/* Who joins by the same name gets the same keyring. */
	NEED(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0);
	NEED(keyring_join(name, err) == 0);
	again = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	NEED(again == ring);
	return 0;
}

static void keyring(void **state)
{
	(void) state;
	in_child(with_a_keyring);
}

static int keyctl_filtered(struct error *err)
{
	struct seccomp_plan filter = filter_of("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
					       "{\"names\": [\"keyctl\"], \"action\": \"SCMP_ACT_ERRNO\"}]}");

	NEED(no_new_privs_set(err) == 0);
	NEED(filter_load(&filter, NULL, err) == 0);
	NEED(keyring_join("ctr-run-test", err) == 0);
	return 0;
}

static void keyring_inside_a_container(void **state)
{
	(void) state;
	in_child(keyctl_filtered);
}

/* ---- labels ----------------------------------------------------------- */

static void labels_fail_closed(void **state)
{
	struct error err = { 0 };
	auto_fd proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void) state;
	assert_int_equal(label_exec(proc, NULL, NULL, &err), 0);
	assert_int_equal(label_exec(proc, "", "", &err), 0);
	assert_int_equal(label_keyring(proc, NULL, &err), 0);
	assert_int_equal(label_exec(proc, "ctr-run-no-such-profile", NULL, &err), -1);
	assert_string_equal(err.pointer, "/process/apparmorProfile");
	assert_non_null(strstr(err.message, "set AppArmor profile ctr-run-no-such-profile"));
	err = (struct error) { 0 };
	assert_int_equal(label_exec(proc, NULL, "no:such:label:s0", &err), -1);
	assert_string_equal(err.pointer, "/process/selinuxLabel");
}

/* ---- self-protection -------------------------------------------------- */

static int hidden(struct error *err)
{
	NEED(self_hide(err) == 0);
	NEED(prctl(PR_GET_DUMPABLE) == 0);
	return 0;
}

static void self_hidden(void **state)
{
	(void) state;
	in_child(hidden);
}

/* This program called again: protect itself, say where it runs from, and wait to be attacked. */
static int helper(char **argv)
{
	struct error err = { 0 };
	char link[64] = "";

	if (!strcmp(argv[2], "plain")) {
		if (no_new_privs_set(&err) < 0)
			return 1;
	} else if (!strcmp(argv[2], "filtered")) {
		/* As in a container: no mount calls.  Inherited by what is exec'd, and not loaded twice. */
		struct seccomp_plan filter = filter_of("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
						       "{\"names\": [\"open_tree\"], \"action\": \"SCMP_ACT_ERRNO\"}]}");

		if (prctl(PR_GET_SECCOMP) == 0 && (no_new_privs_set(&err) < 0 || filter_load(&filter, NULL, &err) < 0))
			return 1;
	}
	if (strcmp(argv[2], "unprotected") && self_protect(argv, &err) < 0) {
		printf("%s\n", err.message);
		return 1;
	}
	(void) !readlink("/proc/self/exe", link, sizeof link - 1);
	printf("%s\n", link);
	fflush(stdout);
	(void) !read(0, link, 1);
	return 0;
}

/* A copy that nobody runs, at PATH: what runs cannot be written in any case. */
static bool copy_of_self(char *path)
{
	auto_fd in = open(self_path, O_RDONLY | O_CLOEXEC), out = mkostemp(path, O_CLOEXEC);
	struct stat st;

	return in >= 0 && out >= 0 && fstat(in, &st) == 0 && fchmod(out, 0755) == 0 &&
	       sendfile(out, in, NULL, (size_t) st.st_size) == st.st_size;
}

/* What a process of the container does: hold the program, wait until it has ended, write. */
static bool attack(const char *program, const char *how, char *runs_from, size_t size)
{
	char path[64];
	int in[2], out[2], held, again;
	ssize_t n;
	pid_t pid;
	bool written;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	pid = fork();
	if (!pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		execl(program, program, "protect", how, NULL);
		_exit(1);
	}
	close(in[0]);
	close(out[1]);
	n = read(out[0], runs_from, size - 1);
	runs_from[n > 0 ? n : 0] = '\0';
	runs_from[strcspn(runs_from, "\n")] = '\0';
	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	held = open(path, O_RDONLY | O_CLOEXEC);
	close(in[1]);
	close(out[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(held >= 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", held);
	again = open(path, O_RDWR | O_CLOEXEC);
	/* A memfd may be opened; its seal forbids the rest. */
	written = again >= 0 && pwrite(again, "\177", 1, 0) == 1;
	if (again >= 0)
		close(again);
	close(held);
	return written;
}

static void program_cannot_be_written(void **state)
{
	char from[256], program[] = "/tmp/ctr-run-test-XXXXXX";

	(void) state;
	if (!is_root() || !copy_of_self(program))
		skip();
	/* First that the attack is one: the byte that it writes over is the same. */
	assert_true(attack(program, "unprotected", from, sizeof from));
	assert_false(attack(program, "plain", from, sizeof from));
	assert_string_equal(from, "/");
	assert_false(attack(program, "filtered", from, sizeof from));
	assert_string_equal(from, "/memfd:ctr-run (deleted)");
	unlink(program);
}

/* early.c runs before the program has relocated itself: it may call nobody. */
static void early_calls_nobody(void **state)
{
	static const char *const allowed[] = {
		"_start\n", "__ehdr_start\n", "__init_array_start\n", "_end\n", "_GLOBAL_OFFSET_TABLE_\n",
	};
	char path[512], command[600], line[256], *end;
	struct stat st;
	FILE *f;

	(void) state;
	snprintf(path, sizeof path - 64, "%s", self_path);
	if (!(end = strstr(path, "/tests/unit/")))
		skip();
	snprintf(end, 64, "/src/secure/early.o");
	if (stat(path, &st) < 0)
		skip();
	snprintf(command, sizeof command, "nm -u %s 2>/dev/null", path);
	f = popen(command, "re");
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		bool known = strstr(line, "san");	/* with sanitizers the file is empty but for their own */

		for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
			known |= strcmp(strrchr(line, ' ') + 1, allowed[i]) == 0;
		assert_true(known);
	}
	pclose(f);
}

int main(int argc, char **argv)
{
	static char path[512];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user_with_some_capabilities),
		cmocka_unit_test(user_without_any),
		cmocka_unit_test(unmapped_ids),
		cmocka_unit_test(no_new_privs),
		cmocka_unit_test(filter),
		cmocka_unit_test(dockers_filter),
		cmocka_unit_test(filter_without_privileges),
		cmocka_unit_test(notify),
		cmocka_unit_test(keyring),
		cmocka_unit_test(keyring_inside_a_container),
		cmocka_unit_test(labels_fail_closed),
		cmocka_unit_test(self_hidden),
		cmocka_unit_test(program_cannot_be_written),
		cmocka_unit_test(early_calls_nobody),
	};

	if (argc > 2 && !strcmp(argv[1], "protect"))
		return helper(argv);
	(void) !readlink("/proc/self/exe", path, sizeof path - 1);
	self_path = path;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
