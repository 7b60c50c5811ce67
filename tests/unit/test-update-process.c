/* Limits of running processes: set, undone, and never a stranger's. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "child.h"
#include "container/update-process.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "tune/tune.h"

static const struct cgroup no_cgroup;

/* A child that sleeps, with SOFT as its soft limit. */
static pid_t sleeper(rlim_t soft)
{
	const struct rlimit limit = { .rlim_cur = soft, .rlim_max = 100 };
	pid_t pid = fork();

	if (pid != 0)
		return pid > 0 && prlimit(pid, RLIMIT_CORE, &limit, NULL) == 0 ? pid : -1;
	for (;;)
		pause();
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool has(pid_t pid, rlim_t soft, rlim_t hard)
{
	struct rlimit now;

	return prlimit(pid, RLIMIT_CORE, NULL, &now) == 0 && now.rlim_cur == soft && now.rlim_max == hard;
}

static bool has_score(pid_t pid, int score)
{
	struct error err;
	int now;

	return oom_score_adj_get(pid, &now, &err) == 0 && now == score;
}

static struct processes processes_of(pid_t pid, const struct rlimit_plan *limit)
{
	struct process_stat stat = { 0 };

	assert_int_equal(process_stat(pid, &stat), 0);
	return (struct processes) {
		.cgroup = &no_cgroup, .init = pid, .init_start_time = stat.start_time,
		.limits = limit, .n_limits = 1, .has_score = true, .score = 900,
	};
}

static void all_goes_back(void **state)
{
	const struct rlimit_plan limit = { RLIMIT_CORE, "RLIMIT_CORE", { 10, 100 } };
	pid_t pid = sleeper(50);
	struct processes p = processes_of(pid, &limit);
	struct error err = { 0 };
	int before;

	(void) state;
	assert_int_equal(oom_score_adj_get(pid, &before, &err), 0);
	assert_int_equal(processes_check(&p, &err), 0);
	assert_int_equal(processes_raise(&p, &err), 0);
	assert_true(has(pid, 50, 100));
	assert_int_equal(processes_set(&p, &err), 0);
	assert_true(has(pid, 10, 100) && has_score(pid, 900));
	processes_undo(&p);
	assert_true(has(pid, 50, 100) && has_score(pid, before));
	processes_free(&p);
	end(pid);
}

static void what_is_so_already_is_left_alone(void **state)
{
	const struct rlimit_plan limit = { RLIMIT_CORE, "RLIMIT_CORE", { 50, 100 } };
	pid_t pid = sleeper(50);
	struct processes p = processes_of(pid, &limit);
	struct error err = { 0 };

	(void) state;
	p.has_score = false;
	assert_int_equal(processes_raise(&p, &err), 0);
	assert_int_equal(processes_set(&p, &err), 0);
	assert_int_equal(p.n_before, 0);
	processes_free(&p);
	end(pid);
}

/* A cgroup.procs, DIR's FIFO, with one process more each time that it is read. */
static void multiply(int dir)
{
	char text[100000];
	size_t n = 0;

	while (n < sizeof text - 16) {
		pid_t pid = fork();
		int fd;

		if (pid == 0)
			for (prctl(PR_SET_PDEATHSIG, SIGKILL);;)
				pause();
		n += (size_t) snprintf(text + n, sizeof text - n, "%d\n", (int) pid);
		fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, text, n) < 0)
			_exit(1);
		close(fd);
		usleep(5000);
	}
}

static void it_ends_where_there_are_new_ones_again_and_again(void **state)
{
	struct rlimit_plan limit = { RLIMIT_CORE, "RLIMIT_CORE", { 0, 0 } };
	char folder[] = "/tmp/test-update-process.XXXXXX";
	struct cgroup_folder fake = { .fd = -1, .path = (char *) "/x" };
	const struct cgroup cgroup = { .folders = &fake, .n_folders = 1 };
	struct processes p = { .cgroup = &cgroup, .limits = &limit, .n_limits = 1, .patience = 1 };
	struct error err = { 0 };
	time_t begin;
	pid_t pid;

	(void) state;
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit.value), 0);
	limit.value.rlim_cur = limit.value.rlim_cur == 0;
	assert_non_null(mkdtemp(folder));
	fake.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkfifoat(fake.fd, "cgroup.procs", 0600), 0);
	pid = fork();
	if (pid == 0)
		multiply(fake.fd);
	assert_true(pid > 0);
	begin = time(NULL);
	assert_int_equal(processes_set(&p, &err), -1);
	assert_int_equal(err.code, ERROR_TIMEOUT);
	assert_true(time(NULL) - begin < 20);
	assert_true(p.n_before > 1);
	processes_undo(&p);
	processes_free(&p);
	end(pid);
	unlinkat(fake.fd, "cgroup.procs", 0);
	close(fake.fd);
	rmdir(folder);
}

/* The next process has the number PID. */
static bool reuse(pid_t pid)
{
	char text[16];
	struct error err;

	snprintf(text, sizeof text, "%d", (int) pid - 1);
	/* Start times are counted in hundredths of a second. */
	usleep(30000);
	return file_put(AT_FDCWD, "/proc/sys/kernel/ns_last_pid", text, &err) == 0;
}

static int meet_strangers(struct error *err)
{
	const struct rlimit_plan limit = { RLIMIT_CORE, "RLIMIT_CORE", { 10, 100 } };
	pid_t pid = sleeper(50), stranger;
	struct processes p;

	NEED(pid > 0);
	p = processes_of(pid, &limit);
	NEED(processes_raise(&p, err) == 0 && processes_set(&p, err) == 0);
	NEED(has(pid, 10, 100));
	end(pid);
	if (!reuse(pid))
		return SKIPPED;
	stranger = sleeper(70);
	if (stranger != pid)
		return SKIPPED;
	/* Neither changed nor changed back. */
	NEED(processes_set(&p, err) == 0 && processes_raise(&p, err) == 0);
	NEED(has(stranger, 70, 100) && !has_score(stranger, 900));
	NEED(oom_score_adj_set(stranger, 800, err) == 0);
	processes_undo(&p);
	NEED(has(stranger, 70, 100) && has_score(stranger, 800));
	processes_free(&p);
	end(stranger);
	return 0;
}

/* In a pid namespace, where we can tell the next number. */
static int with_numbers(struct error *err)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0)
		return SKIPPED;
	pid = fork();
	if (pid == 0) {
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0)
			_exit(SKIPPED);
		status = meet_strangers(err);
		if (status != 0 && status != SKIPPED)
			fprintf(stderr, "line %d: %s\n", status, err->message);
		_exit(status == 0 || status == SKIPPED ? status : 1);
	}
	NEED(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_stranger_with_the_number_is_left_alone(void **state)
{
	(void) state;
	in_child(with_numbers);
}

/* Even where the present limit is higher. */
static void no_limit_of_descriptors_above_the_kernels(void **state)
{
	struct error err = { 0 };
	auto_free char *text = file_get(AT_FDCWD, "/proc/sys/fs/nr_open", &err);
	struct rlimit_plan limit = { RLIMIT_NOFILE, "RLIMIT_NOFILE", { 10, 0 } };

	(void) state;
	assert_non_null(text);
	limit.value.rlim_max = strtoull(text, NULL, 10);
	assert_int_equal(rlimit_check(&limit, &err), 0);
	limit.value.rlim_max++;
	assert_int_equal(rlimit_check(&limit, &err), -1);
	assert_non_null(strstr(err.message, "nr_open"));
	limit.resource = RLIMIT_CORE;
	assert_int_equal(rlimit_check(&limit, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_goes_back),
		cmocka_unit_test(what_is_so_already_is_left_alone),
		cmocka_unit_test(it_ends_where_there_are_new_ones_again_and_again),
		cmocka_unit_test(a_stranger_with_the_number_is_left_alone),
		cmocka_unit_test(no_limit_of_descriptors_above_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
