/* Processes by pidfd and start time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/process.h"

static struct error err;

static void stat_with_a_hostile_name(void **state)
{
	static const char *const names[] = { "sh", "a b", ") R 1 1 (", "))))", "", "(", "1 (x) Z 9", "\n" };
	struct process_stat stat;
	char text[512];

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof text,
			 "4242 (%s) S 17 4242 4242 34816 4242 4194560 1 2 3 4 5 6 7 8 20 -5 1 0 "
			 "987654321 1000 2 18446744073709551615\n",
			 names[i]);
		assert_true(process_stat_parse(text, &stat));
		assert_int_equal(stat.state, 'S');
		assert_int_equal(stat.parent, 17);
		assert_int_equal(stat.flags, 4194560);
		assert_int_equal(stat.start_time, 987654321);
	}
	/* Only of the dead: the last of 52 fields. */
	assert_true(process_stat_parse("1 (sh) Z 1 1 1 0 -1 4228420 1 2 3 4 5 6 7 8 20 0 1 0 99 0 0 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 "
				       "17 1 0 0 0 0 0 0 0 0 0 0 0 0 1280\n", &stat));
	assert_int_equal(stat.exit_status, 1280);
	assert_true(process_stat_parse("1 (sh) Z 1 1 1 0 -1 4228420 1 2 3 4 5 6 7 8 20 0 1 0 99 0 0\n", &stat));
	assert_int_equal(stat.exit_status, -1);
	assert_false(process_stat_parse("", &stat));
	assert_false(process_stat_parse("1 (sh", &stat));
	assert_false(process_stat_parse("1 (sh) S 1 1", &stat));
}

static void own_stat(void **state)
{
	struct process_stat stat;
	char name[16] = "x) Z 1 (y";

	(void) state;
	prctl(PR_SET_NAME, name);
	assert_int_equal(process_stat(getpid(), &stat), 0);
	assert_int_equal(stat.state, 'R');
	assert_int_equal(stat.parent, getppid());
	assert_false(stat.flags & PROCESS_FORKNOEXEC);
	assert_true(stat.start_time > 0);
	assert_int_equal(process_stat(0x3fffffff, &stat), -1);
	assert_int_equal(errno, ENOENT);
}

static void open_only_if_it_is_the_same(void **state)
{
	struct process_stat stat;
	auto_fd fd = -1;

	(void) state;
	assert_int_equal(process_stat(getpid(), &stat), 0);
	assert_true((fd = process_open(getpid(), stat.start_time)) >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(process_signal(fd, 0), 0);
	assert_int_equal(process_open(getpid(), stat.start_time + 1), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(process_open(0x3fffffff, 1), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(process_open(0, 1), -1);
	assert_int_equal(errno, ESRCH);
}

/* Who has no descriptor left to look with does not know that nobody is there. */
static void not_known_is_not_gone(void **state)
{
	struct process_stat stat;
	struct rlimit before, few;
	int next;
	pid_t pid;

	(void) state;
	assert_int_equal(process_stat(getpid(), &stat), 0);
	assert_true((next = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0);
	close(next);
	getrlimit(RLIMIT_NOFILE, &before);
	for (int spare = 0; spare < 2; spare++) {
		few = (struct rlimit) { (rlim_t) (next + spare), before.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		assert_int_equal(process_open(getpid(), stat.start_time), -1);
		assert_int_equal(errno, EMFILE);
		assert_false(process_gone(errno));
	}
	/* A child that cannot be held is not left to itself, either. */
	few.rlim_cur = (rlim_t) next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	pid = process_clone(0, -1, false, NULL, &err);
	if (pid == 0) {
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(process_hold_child(pid, &err), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(waitpid(pid, NULL, 0), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(process_open(0x3fffffff, 1), -1);
	assert_true(process_gone(errno));
	assert_int_equal(process_stat(0x3fffffff, &stat), -1);
	assert_true(process_gone(errno));
}

static void clone_signal_and_wait(void **state)
{
	struct process_stat stat;
	auto_fd fd = -1;
	int status, own = -1;
	pid_t pid = process_clone(0, -1, false, &own, &err);

	(void) state;
	if (pid == 0) {
		pause();
		_exit(0);
	}
	fd = own;
	assert_true(pid > 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(process_stat(pid, &stat), 0);
	assert_true(stat.flags & PROCESS_FORKNOEXEC);
	assert_int_equal(stat.parent, getpid());
	assert_int_equal(process_wait_end(fd, 0), 0);
	assert_int_equal(process_wait_end(fd, 20), 0);
	assert_int_equal(process_signal(fd, SIGTERM), 0);
	assert_int_equal(process_wait_end(fd, 5000), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(process_exit_code(status), 128 + SIGTERM);
	assert_int_equal(process_signal(fd, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(process_open(pid, stat.start_time), -1);
	assert_int_equal(process_wait_end(-1, 0), 0);	/* poll(2) takes -1 for nobody */
	assert_int_equal(process_wait_end(999, 0), -1);
}

static void reaping(void **state)
{
	pid_t pid = process_clone(0, -1, false, NULL, &err);

	(void) state;
	if (pid == 0)
		_exit(7);
	assert_true(pid > 0);
	assert_int_equal(process_exit_code(process_reap(pid)), 7);
	assert_int_equal(process_reap(pid), -1);
	assert_int_equal(errno, ECHILD);
	pid = process_clone(0, -1, false, NULL, &err);
	if (pid == 0)
		raise(SIGTERM);
	assert_true(pid > 0);
	assert_int_equal(process_exit_code(process_reap(pid)), 128 + SIGTERM);
	pid = process_clone(0, -1, false, NULL, &err);
	if (pid == 0)
		for (;;)
			pause();
	assert_true(pid > 0);
	process_kill_child(&pid);
	assert_int_equal(pid, 0);
	process_kill_child(&pid);
}

static void a_sibling_belongs_to_our_parent(void **state)
{
	int ends[2], status;
	pid_t child, pid = 0;

	(void) state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = process_clone(0, -1, false, NULL, &err);
	if (child == 0) {
		int fd = -1;

		pid = process_clone(0, -1, true, &fd, &err);
		if (pid == 0)
			_exit(7);
		if (write(ends[1], &pid, sizeof pid) != sizeof pid || fd < 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read(ends[0], &pid, sizeof pid), sizeof pid);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(process_exit_code(status), 7);
	close(ends[0]);
	close(ends[1]);
}

static void not_a_cgroup(void **state)
{
	auto_fd fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void) state;
	assert_int_equal(process_clone(0, fd, false, NULL, &err), -1);
	assert_true(errno != 0 && err.number == errno);
}

static void new_namespaces(void **state)
{
	int status;
	pid_t pid;

	(void) state;
	if (geteuid())
		skip();
	pid = process_clone(CLONE_NEWPID | CLONE_NEWUTS, -1, false, NULL, &err);
	if (pid == 0)
		_exit(getpid() == 1 ? 0 : 1);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void boot_id(void **state)
{
	char id[37], again[37];

	(void) state;
	assert_int_equal(process_boot_id(id, &err), 0);
	assert_int_equal(process_boot_id(again, &err), 0);
	assert_int_equal(strlen(id), 36);
	assert_int_equal(strspn(id, "0123456789abcdef-"), 36);
	assert_string_equal(id, again);
}

static void lines_of_cgroups(void **state)
{
	char text[] = "12:cpu,cpuacct:/a:b\nno line\n4:\n1:name=systemd:/\n\n0::/x y";
	char *rest = text, *controllers, *path;

	(void) state;
	assert_true(process_cgroup_line(&rest, &controllers, &path));
	assert_string_equal(controllers, "cpu,cpuacct");
	assert_string_equal(path, "/a:b");
	assert_true(process_cgroup_line(&rest, &controllers, &path));
	assert_string_equal(controllers, "name=systemd");
	assert_string_equal(path, "/");
	assert_true(process_cgroup_line(&rest, &controllers, &path));
	assert_string_equal(controllers, "");
	assert_string_equal(path, "/x y");
	assert_false(process_cgroup_line(&rest, &controllers, &path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stat_with_a_hostile_name),
		cmocka_unit_test(own_stat),
		cmocka_unit_test(open_only_if_it_is_the_same),
		cmocka_unit_test(not_known_is_not_gone),
		cmocka_unit_test(clone_signal_and_wait),
		cmocka_unit_test(reaping),
		cmocka_unit_test(a_sibling_belongs_to_our_parent),
		cmocka_unit_test(not_a_cgroup),
		cmocka_unit_test(new_namespaces),
		cmocka_unit_test(boot_id),
		cmocka_unit_test(lines_of_cgroups),
	};
	bool again = getenv("CTR_RUN_DISABLE");
	int failed = cmocka_run_group_tests_name(again ? "process, without clone3 and pidfds" : "process", tests, NULL, NULL);

	if (failed || again)
		return failed;
	setenv("CTR_RUN_DISABLE", "clone3,pidfd", 1);
	execl("/proc/self/exe", "test-sys-process", NULL);
	return 1;
}
