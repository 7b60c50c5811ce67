/* Reading, writing and keeping descriptors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"

static char top[64];
static int dir;
static struct error err;

static int set_up(void **state)
{
	(void) state;
	snprintf(top, sizeof top, "/tmp/test-sys-fd.XXXXXX");
	assert_non_null(mkdtemp(top));
	return (dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void) state;
	close(dir);
	snprintf(command, sizeof command, "rm -rf %s", top);
	return system(command);
}

static void replace_then_get(void **state)
{
	auto_free char *text = NULL;
	struct stat st;

	(void) state;
	assert_int_equal(file_replace(dir, "state", "one", 3, 0600, &err), 0);
	assert_int_equal(file_replace(dir, "state", "second", 6, 0600, &err), 0);
	text = file_get(dir, "state", &err);
	assert_string_equal(text, "second");
	assert_int_equal(fstatat(dir, "state", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static int entries(int folder)
{
	DIR *list = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int n = 0;

	assert_non_null(list);
	for (struct dirent *e; (e = readdir(list));)
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	closedir(list);
	return n;
}

static void writers_do_not_disturb_each_other(void **state)
{
	char letters[500];
	int status;
	auto_fd folder = -1;

	(void) state;
	mkdirat(dir, "writers", 0755);
	assert_true((folder = openat(dir, "writers", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
	for (int i = 0; i < 4; i++) {
		if (fork())
			continue;
		memset(letters, 'a' + i, sizeof letters);
		for (int k = 0; k < 300; k++)
			if (file_replace(folder, "state", letters, sizeof letters, 0600, &err) < 0 ||
			    (k % 3 == 0 && unlinkat(folder, "state", 0) < 0 && errno != ENOENT)) {
				print_error("%s\n", err.message);
				_exit(1);
			}
		_exit(0);
	}
	for (int left = 4; left;) {
		auto_free char *text = file_get(folder, "state", &err);

		if (text) {
			assert_int_equal(strlen(text), sizeof letters);
			assert_int_equal(strspn(text, (char[]) { text[0], '\0' }), sizeof letters);
		}
		if (waitpid(-1, &status, WNOHANG) > 0) {
			assert_int_equal(status, 0);
			left--;
		}
	}
	unlinkat(folder, "state", 0);
	assert_int_equal(entries(folder), 0);
}

/* Where others may write, nothing of theirs is in the way of a user who may not remove it. */
static void what_others_have_planted_is_in_nobodys_way(void **state)
{
	int status;
	auto_fd folder = -1;

	(void) state;
	if (geteuid())
		skip();
	mkdirat(dir, "everybodys", 0755);
	assert_int_equal(fchmodat(dir, "everybodys", 01777, 0), 0);
	assert_true((folder = openat(dir, "everybodys", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
	close(openat(folder, "pid.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	if (fork() == 0)
		_exit(setgid(1000) < 0 || setuid(1000) < 0 || file_replace(folder, "pid", "1", 1, 0644, &err) < 0 ||
		      file_replace(folder, "pid", "2", 1, 0644, &err) < 0);
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	assert_int_equal(entries(folder), 2);
}

static void a_killed_writer_leaves_nothing(void **state)
{
	int status;
	auto_fd folder = -1, unnamed = -1;

	(void) state;
	mkdirat(dir, "killed", 0755);
	assert_true((folder = openat(dir, "killed", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
	unnamed = openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	if (unnamed < 0)
		skip();
	if (fork() == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit) { 0, 0 });
		setrlimit(RLIMIT_FSIZE, &(struct rlimit) { 0, 0 });
		_exit(file_replace(folder, "state", "x", 1, 0600, &err) == 0);
	}
	assert_true(wait(&status) > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
	assert_int_equal(entries(folder), 0);
}

static void replace_follows_no_link(void **state)
{
	char name[NAME_MAX + 2];

	(void) state;
	assert_int_equal(symlinkat("elsewhere", dir, "trap"), 0);
	assert_int_equal(file_replace(dir, "trap", "x", 1, 0600, &err), 0);
	assert_int_equal(faccessat(dir, "elsewhere", F_OK, 0), -1);
	assert_int_equal(mkdirat(dir, "folder", 0700), 0);
	assert_int_equal(file_replace(dir, "folder", "x", 1, 0600, &err), -1);
	assert_int_equal(err.number, EISDIR);
	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	assert_int_equal(file_replace(dir, name, "x", 1, 0600, &err), 0);
	assert_int_equal(file_replace(dir, name, "y", 1, 0600, &err), 0);
	name[NAME_MAX] = 'n';
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(file_replace(dir, name, "x", 1, 0600, &err), -1);
	assert_int_equal(err.number, ENAMETOOLONG);
}

static void get_has_bounds(void **state)
{
	static char big[(1 << 20) + 2];
	auto_free char *text = NULL;

	(void) state;
	memset(big, 'x', sizeof big);
	assert_int_equal(file_replace(dir, "big", big, sizeof big - 2, 0600, &err), 0);
	assert_non_null(text = file_get(dir, "big", &err));
	assert_int_equal(strlen(text), 1 << 20);
	assert_int_equal(file_replace(dir, "big", big, sizeof big - 1, 0600, &err), 0);
	assert_null(file_get(dir, "big", &err));
	assert_int_equal(err.number, EFBIG);
	assert_null(file_get(dir, "missing", &err));
	assert_int_equal(err.number, ENOENT);
	assert_string_equal(err.message, "open missing: no such file or directory");
	assert_null(file_get(dir, ".", &err));
	assert_int_equal(err.number, EISDIR);
	/* A FIFO without a writer does not hang. */
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	free(text);
	assert_non_null(text = file_get(dir, "fifo", &err));
	assert_string_equal(text, "");
	assert_int_equal(file_put(dir, "fifo", "x", &err), -1);
	assert_int_equal(err.number, ENXIO);
}

static void read_all_keeps_zero_bytes(void **state)
{
	int ends[2];
	size_t n;
	auto_free char *text = NULL;

	(void) state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fd_write_all(ends[1], "a\0b", 3, "pipe", &err), 0);
	close(ends[1]);
	text = fd_read_all(ends[0], 3, &n, &err);
	close(ends[0]);
	assert_int_equal(n, 3);
	assert_memory_equal(text, "a\0b", 4);
}

static void put_says_what_and_where(void **state)
{
	(void) state;
	assert_int_equal(file_put(AT_FDCWD, "/proc/self/oom_score_adj", "1234567\n", &err), -1);
	assert_string_equal(err.message, "write \"1234567\" to /proc/self/oom_score_adj: invalid argument");
	assert_int_equal(file_put(AT_FDCWD, "/proc/self/oom_score_adj", "bad\nsecond", &err), -1);
	assert_string_equal(err.message, "write \"bad...\" to /proc/self/oom_score_adj: invalid argument");
	assert_int_equal(file_put(dir, "missing", "x", &err), -1);
	assert_int_equal(err.number, ENOENT);
	/* It never makes a file and never shortens one. */
	assert_int_equal(faccessat(dir, "missing", F_OK, 0), -1);
}

static bool is_cloexec(int fd)
{
	return fcntl(fd, F_GETFD) == FD_CLOEXEC;
}

static void ranges(void **state)
{
	int low = fcntl(0, F_DUPFD, 50), high = fcntl(0, F_DUPFD, 60);
	pid_t child;
	int status;

	(void) state;
	assert_int_equal(fd_cloexec_from(55, &err), 0);
	assert_false(is_cloexec(low));
	assert_true(is_cloexec(high));
	child = fork();
	if (child == 0) {
		if (fd_close_from(high, &err) < 0)
			_exit(1);
		_exit(fcntl(high, F_GETFD) == -1 && fcntl(low, F_GETFD) == 0 ? 0 : 2);
	}
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	close(low);
	close(high);
}

static void closed_stdio_is_filled(void **state)
{
	/* Each bit: one of the three is closed before. */
	(void) state;
	for (int closed = 0; closed < 8; closed++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			struct stat null, st[3];

			for (int fd = 0; fd < 3; fd++)
				if (closed & 1 << fd)
					close(fd);
			fd_fill_stdio();
			stat("/dev/null", &null);
			for (int fd = 0; fd < 3; fd++) {
				if (fstat(fd, &st[fd]) < 0)
					_exit(1);
				if (closed & 1 << fd && st[fd].st_rdev != null.st_rdev)
					_exit(2);
				if (fcntl(fd, F_GETFD) & FD_CLOEXEC)
					_exit(3);
			}
			_exit(0);
		}
		waitpid(child, &status, 0);
		assert_int_equal(status, 0);
	}
}

static void folders_with_their_parents(void **state)
{
	const mode_t before = umask(022);
	char path[120];
	struct stat st;

	(void) state;
	/* The last is nobody else's, also if the name ends in slashes. */
	snprintf(path, sizeof path, "%s/a//b/c//", top);
	assert_int_equal(folder_make_all(path, &err), 0);
	assert_int_equal(folder_make_all(path, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(path, sizeof path, "%s/a/b", top);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	umask(before);
	assert_int_equal(folder_make_all("", &err), -1);
	assert_int_equal(folder_make_all("/dev/null/x", &err), -1);
	assert_int_equal(err.number, ENOTDIR);
	for (const char *const *p = (const char *const[]) { "a/b/c", "a/b", "a", NULL }; *p; p++) {
		snprintf(path, sizeof path, "%s/%s", top, *p);
		assert_int_equal(rmdir(path), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_with_their_parents),
		cmocka_unit_test(replace_then_get),
		cmocka_unit_test(replace_follows_no_link),
		cmocka_unit_test(writers_do_not_disturb_each_other),
		cmocka_unit_test(what_others_have_planted_is_in_nobodys_way),
		cmocka_unit_test(a_killed_writer_leaves_nothing),
		cmocka_unit_test(get_has_bounds),
		cmocka_unit_test(read_all_keeps_zero_bytes),
		cmocka_unit_test(put_says_what_and_where),
		cmocka_unit_test(ranges),
		cmocka_unit_test(closed_stdio_is_filled),
	};
	bool again = getenv("CTR_RUN_DISABLE");
	int failed = cmocka_run_group_tests_name(again ? "fd, without close_range" : "fd", tests, set_up, tear_down);

	if (failed || again)
		return failed;
	setenv("CTR_RUN_DISABLE", "close_range", 1);
	execl("/proc/self/exe", "test-sys-fd", NULL);
	return 1;
}
