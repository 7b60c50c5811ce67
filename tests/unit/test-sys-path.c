/* Paths in a hostile root: nothing leads out, with openat2(2) and with the walk that replaces it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/path.h"

/*
 * top/			never to be touched but through root
 *	canary
 *	root/		the root of the tests
 */
static char top[64];
static int top_fd, root;
static struct error err;

static void put(const char *path)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, path, strlen(path)), strlen(path));
	close(fd);
}

static void put_link(const char *text, const char *path)
{
	assert_int_equal(symlinkat(text, root, path), 0);
}

static int set_up(void **state)
{
	char text[PATH_MAX];

	(void) state;
	snprintf(top, sizeof top, "/tmp/test-sys-path.XXXXXX");
	assert_non_null(mkdtemp(top));
	assert_true((top_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
	assert_int_equal(mkdirat(top_fd, "root", 0755), 0);
	close(openat(top_fd, "canary", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	assert_true((root = openat(top_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC)) >= 0);
	mkdirat(root, "etc", 0755);
	mkdirat(root, "a", 0755);
	mkdirat(root, "a/b", 0755);
	mkdirat(root, "a/b/c", 0755);
	mkdirat(root, "proc", 0755);
	put("etc/passwd");
	put("canary");
	put("a/b/file");
	mkfifoat(root, "fifo", 0644);
	put_link("/etc", "absolute");
	put_link("../../../../etc", "relative");
	put_link("/../canary", "to-canary");
	put_link("../canary", "to-canary-relative");
	put_link("a/b/", "slash");
	put_link("passwd", "etc/same-folder");
	put_link("/nowhere/x", "dangling");
	put_link("nowhere", "dangling-relative");
	put_link("loop2", "loop1");
	put_link("loop1", "loop2");
	put_link("self", "self");
	put_link("b/../b/c/../file", "a/winding");
	put_link(top, "host-path");
	snprintf(text, sizeof text, "%s/canary", top);
	put_link(text, "host-canary");
	for (int i = 0; i < 45; i++) {
		char name[16], next[16];

		snprintf(name, sizeof name, "chain%d", i);
		snprintf(next, sizeof next, "chain%d", i + 1);
		put_link(i == 44 ? "canary" : next, name);
	}
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void) state;
	close(root);
	close(top_fd);
	snprintf(command, sizeof command, "rm -rf %s", top);
	return system(command);
}

/* PATH is the file of the root whose text is its own name. */
static void leads_to(const char *path, const char *file)
{
	char text[64] = "";
	auto_fd fd = path_open(root, path, O_RDONLY, &err);

	if (fd < 0)
		print_error("%s: %s\n", path, err.message);
	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof text - 1) >= 0);
	assert_string_equal(text, file);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void is_refused(const char *path, int number)
{
	int fd = path_open(root, path, O_PATH, &err);

	if (fd >= 0 || errno != number)
		print_error("%s: %d, %s\n", path, fd, err.message);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, number);
	assert_int_equal(err.number, number);
}

static bool same(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void links_stay_inside(void **state)
{
	(void) state;
	leads_to("canary", "canary");
	leads_to("/canary", "canary");
	leads_to("//canary", "canary");
	leads_to("../../../canary", "canary");
	leads_to("/a/../../canary", "canary");
	leads_to("a/b/c/../../../../../canary", "canary");
	leads_to("to-canary", "canary");
	leads_to("to-canary-relative", "canary");
	leads_to("absolute/passwd", "etc/passwd");
	leads_to("relative/passwd", "etc/passwd");
	leads_to("absolute/../canary", "canary");
	leads_to("absolute/same-folder", "etc/passwd");
	leads_to("slash/file", "a/b/file");
	leads_to("slash/../b/./file", "a/b/file");
	leads_to("a/winding", "a/b/file");
	leads_to("./a/./b//file", "a/b/file");
	leads_to("chain6", "canary");
	is_refused("host-path", ENOENT);
	is_refused("host-canary", ENOENT);
}

static void what_does_not_exist(void **state)
{
	(void) state;
	is_refused("missing", ENOENT);
	is_refused("dangling", ENOENT);
	is_refused("dangling-relative/x", ENOENT);
	is_refused("missing/../canary", ENOENT);
	is_refused("canary/x", ENOTDIR);
	is_refused("canary/", ENOTDIR);
	is_refused("canary/.", ENOTDIR);
	is_refused("canary/..", ENOTDIR);
	is_refused("loop1", ELOOP);
	is_refused("self/x", ELOOP);
	is_refused("chain0", ELOOP);
	assert_null(strstr(err.message, "magic"));
	assert_int_equal(path_open(root, "canary", O_PATH | O_DIRECTORY, &err), -1);
	assert_int_equal(errno, ENOTDIR);
}

static void names_and_paths_too_long(void **state)
{
	char path[2 * PATH_MAX];

	(void) state;
	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	is_refused(path, ENAMETOOLONG);
	path[NAME_MAX + 1] = '\0';
	is_refused(path, ENAMETOOLONG);
	path[NAME_MAX] = '\0';
	is_refused(path, ENOENT);
}

static void the_root_itself(void **state)
{
	static const char *const names[] = { "/", ".", "", "..", "/..", "a/..", "a/b/../../../.." };

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_fd fd = path_open(root, names[i], O_PATH | O_DIRECTORY, &err);

		assert_true(fd >= 0 && same(fd, root));
	}
}

static void no_follow_gives_the_link(void **state)
{
	auto_fd fd = path_open(root, "absolute", O_PATH | O_NOFOLLOW, &err);
	struct stat st;

	(void) state;
	assert_true(fd >= 0);
	fstat(fd, &st);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(path_open(root, "absolute", O_RDONLY | O_NOFOLLOW, &err), -1);
	assert_int_equal(errno, ELOOP);
}

static void a_fifo_is_no_trap(void **state)
{
	auto_fd fd = path_open(root, "fifo", O_PATH, &err);
	struct stat st;

	(void) state;
	fstat(fd, &st);
	assert_true(S_ISFIFO(st.st_mode));
}

static void magic_links_are_refused_by_name(void **state)
{
	auto_fd slash = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	static const char *const magic[] = { "/proc/self/root", "/proc/self/cwd/x", "/proc/self/fd/0", "/proc/self/exe",
					     "/proc/self/ns/mnt", "proc/thread-self/root/etc" };

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(magic); i++) {
		assert_int_equal(path_open(slash, magic[i], O_PATH, &err), -1);
		assert_int_equal(errno, EXDEV);
		assert_non_null(strstr(err.message, "leads out through a magic link"));
	}
	/* The ordinary links of procfs are followed. */
	slash = (close(slash), open("/", O_PATH | O_CLOEXEC));
	for (int i = 0; i < 2; i++) {
		auto_fd fd = path_open(slash, i ? "/proc/mounts" : "/proc/self/status", O_RDONLY, &err);

		assert_true(fd >= 0);
	}
}

static void beneath(void **state)
{
	auto_fd fd = path_open_beneath(root, "a/b/file", O_RDONLY, &err), proc;
	static const struct { const char *path; int number; } bad[] = {
		{ "a/../../canary", EXDEV }, { "/canary", EXDEV }, { "..", EXDEV }, { "absolute/passwd", ELOOP },
		{ "etc/same-folder", ELOOP }, { "missing", ENOENT },
	};

	(void) state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(path_open_beneath(root, bad[i].path, O_PATH, &err), -1);
		assert_int_equal(errno, bad[i].number);
	}
	proc = open("/", O_PATH | O_CLOEXEC);
	assert_int_equal(path_open_beneath(proc, "proc/cmdline", O_RDONLY, &err), -1);
	assert_int_equal(errno, EXDEV);
	close(proc);
	proc = open("/proc", O_PATH | O_CLOEXEC);
	assert_int_equal(path_open_beneath(proc, "self/status", O_RDONLY, &err), -1);
	assert_int_equal(errno, ELOOP);
	close(proc);
}

static void make_dir(void **state)
{
	bool made;
	struct stat st;
	mode_t old = umask(077);
	auto_fd fd = path_make_dir(root, "/x/y/z", 0750, &made, &err);

	(void) state;
	umask(old);
	assert_true(fd >= 0 && made);
	assert_int_equal(fstatat(root, "x/y/z", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0750);
	assert_int_equal(fstatat(root, "x/y", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0750);
	close(fd);
	fd = path_make_dir(root, "x//y/./z/", 0700, &made, &err);
	assert_true(fd >= 0 && !made);
	close(fd);
	/* ".." behind what is missing, and one that would leave */
	fd = path_make_dir(root, "new/../x/../../../n1/n2", 0755, &made, &err);
	assert_true(fd >= 0 && made);
	assert_int_equal(faccessat(root, "n1/n2", F_OK, 0), 0);
	assert_int_equal(faccessat(root, "new", F_OK, 0), -1);
	close(fd);
	/* through links that exist */
	fd = path_make_dir(root, "absolute/deep/er", 0755, &made, &err);
	assert_true(fd >= 0 && made);
	assert_int_equal(faccessat(root, "etc/deep/er", F_OK, 0), 0);
	close(fd);
	fd = path_make_dir(root, "slash/../made-beside", 0755, &made, &err);
	assert_true(fd >= 0);
	assert_int_equal(faccessat(root, "a/made-beside", F_OK, 0), 0);
	close(fd);
	fd = path_make_dir(root, "/", 0755, &made, &err);
	assert_true(fd >= 0 && !made && same(fd, root));
}

static void make_dir_refuses(void **state)
{
	static const struct { const char *path; int number; const char *says; } bad[] = {
		{ "canary", ENOTDIR, "" },
		{ "canary/x", ENOTDIR, "" },
		{ "loop1/x", ELOOP, "" },
		{ "fifo/x", ENOTDIR, "" },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		bool made = true;

		assert_int_equal(path_make_dir(root, bad[i].path, 0755, &made, &err), -1);
		assert_int_equal(errno, bad[i].number);
		assert_int_equal(err.number, bad[i].number);
		assert_non_null(strstr(err.message, bad[i].says));
		assert_false(made);
	}
}

static void make_file(void **state)
{
	struct stat st;
	auto_fd fd = path_make_file(root, "f1/f2/file", 0600, &err);

	(void) state;
	assert_true(fd >= 0);
	fstat(fd, &st);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(fstatat(root, "f1", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0755);
	close(fd);
	/* what is there stays, whatever it is */
	fd = path_make_file(root, "fifo", 0644, &err);
	fstat(fd, &st);
	assert_true(S_ISFIFO(st.st_mode));
	close(fd);
	fd = path_make_file(root, "absolute/passwd", 0644, &err);
	assert_true(fd >= 0);
	close(fd);
	fd = -1;
	assert_int_equal(path_make_file(root, "missing/..", 0644, &err), -1);
}

/* resolv.conf of many an image: a link to what is not there yet. */
static void dangling_links_mean_the_inside(void **state)
{
	char host[128];
	bool made;
	auto_fd fd = -1;

	(void) state;
	mkdirat(root, "d", 0755);
	put_link("../d-run/stub/resolv.conf", "d/resolv.conf");
	put_link("resolv.conf", "d/twice");
	put_link("/d-var/run", "d/folder");
	put_link("../../../../d-out", "d/out");
	put_link("gone/../d-dots", "d/dots");
	snprintf(host, sizeof host, "%s/made-outside", top);
	put_link(host, "d/host");

	assert_true((fd = path_make_file(root, "d//twice/", 0644, &err)) >= 0);
	assert_int_equal(faccessat(root, "d-run/stub/resolv.conf", F_OK, 0), 0);
	close(fd);
	assert_true((fd = path_make_dir(root, "d/folder/x/y", 0755, &made, &err)) >= 0);
	assert_int_equal(faccessat(root, "d-var/run/x/y", F_OK, 0), 0);
	close(fd);
	assert_true((fd = path_make_dir(root, "d/out", 0755, &made, &err)) >= 0 && made);
	assert_int_equal(faccessat(root, "d-out", F_OK, 0), 0);
	close(fd);
	assert_true((fd = path_make_dir(root, "d/dots/x", 0755, &made, &err)) >= 0 && made);
	assert_int_equal(faccessat(root, "d/d-dots/x", F_OK, 0), 0);
	close(fd);
	/* An absolute path of the host is one of the root, too. */
	assert_true((fd = path_make_file(root, "d/host", 0644, &err)) >= 0);
	close(fd);
	assert_int_equal(access(host, F_OK), -1);
	assert_int_equal(faccessat(root, host + 1, F_OK, 0), 0);
	assert_int_equal(unlinkat(root, host + 1, 0), 0);
	assert_int_equal(unlinkat(root, top + 1, AT_REMOVEDIR), 0);
	fd = -1;
}

static void open_parent(void **state)
{
	char name[NAME_MAX + 1];
	auto_fd fd = path_open_parent(root, "/a/b/new", false, name, &err), b = openat(root, "a/b", O_PATH | O_CLOEXEC);

	(void) state;
	assert_true(fd >= 0 && same(fd, b));
	assert_string_equal(name, "new");
	close(fd);
	fd = path_open_parent(root, "slash/x//", false, name, &err);
	assert_true(fd >= 0 && same(fd, b));
	assert_string_equal(name, "x");
	close(fd);
	fd = path_open_parent(root, "top", false, name, &err);
	assert_true(fd >= 0 && same(fd, root));
	assert_string_equal(name, "top");
	close(fd);
	fd = path_open_parent(root, "p1/p2/x", false, name, &err);
	assert_int_equal(fd, -1);
	assert_int_equal(err.number, ENOENT);
	fd = path_open_parent(root, "p1/p2/x", true, name, &err);
	assert_true(fd >= 0);
	close(fd);
	fd = path_open_parent(root, "/canary/x", true, name, &err);
	assert_int_equal(fd, -1);
	assert_non_null(strstr(err.message, " /canary"));
	fd = path_open_parent(root, "/d/x/y", false, name, &err);
	assert_int_equal(fd, -1);
	assert_non_null(strstr(err.message, " /d/x "));
	fd = -1;
	assert_int_equal(path_open_parent(root, "/", true, name, &err), -1);
	assert_int_equal(path_open_parent(root, "a/..", true, name, &err), -1);
	assert_int_equal(path_open_parent(root, "a/.", true, name, &err), -1);
}

static void clean(void **state)
{
	static const char *const rows[][2] = {
		{ "", "/" }, { "/", "/" }, { ".", "/" }, { "..", "/" }, { "/..", "/" }, { "a", "/a" }, { "/a/", "/a" },
		{ "//a///b", "/a/b" }, { "a/./b/.", "/a/b" }, { "a/../b", "/b" }, { "a/..", "/" }, { "../../a", "/a" },
		{ "/a/b/../../..", "/" }, { "/a/b/../../../c", "/c" }, { "...", "/..." }, { "/..a/.b", "/..a/.b" },
		{ "a/b/..", "/a" },
	};
	char out[64];

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		path_clean(rows[i][0], out);
		assert_string_equal(out, rows[i][1]);
		/* no more room than was promised */
		assert_true(strlen(out) + 1 <= strlen(rows[i][0]) + 2);
	}
}

static void devices(void **state)
{
	auto_fd null = open("/dev/null", O_PATH | O_CLOEXEC), file = openat(root, "canary", O_PATH | O_CLOEXEC);

	(void) state;
	assert_true(path_is_device(null, 1, 3));
	assert_false(path_is_device(null, 1, 5));
	assert_false(path_is_device(file, 0, 0));
	assert_false(path_is_device(-1, 1, 3));
}

/* After all of the above the outside is as it was. */
static void nothing_came_out(void **state)
{
	int n = 0;
	DIR *dir = fdopendir(dup(top_fd));
	struct stat st;

	(void) state;
	while (readdir(dir))
		n++;
	closedir(dir);
	assert_int_equal(n, 4);
	assert_int_equal(fstatat(top_fd, "canary", &st, 0), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(access("/nowhere", F_OK), -1);
}

/* Descriptors that a refused look-up leaves behind would end in a container. */
static void no_descriptor_is_lost(void **state)
{
	int before = dup(0), after;

	(void) state;
	close(before);
	links_stay_inside(state);
	what_does_not_exist(state);
	make_dir_refuses(state);
	beneath(state);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_stay_inside),
		cmocka_unit_test(what_does_not_exist),
		cmocka_unit_test(names_and_paths_too_long),
		cmocka_unit_test(the_root_itself),
		cmocka_unit_test(no_follow_gives_the_link),
		cmocka_unit_test(a_fifo_is_no_trap),
		cmocka_unit_test(magic_links_are_refused_by_name),
		cmocka_unit_test(beneath),
		cmocka_unit_test(make_dir),
		cmocka_unit_test(make_dir_refuses),
		cmocka_unit_test(make_file),
		cmocka_unit_test(dangling_links_mean_the_inside),
		cmocka_unit_test(open_parent),
		cmocka_unit_test(clean),
		cmocka_unit_test(devices),
		cmocka_unit_test(no_descriptor_is_lost),
		cmocka_unit_test(nothing_came_out),
	};
	bool again = getenv("CTR_RUN_DISABLE");
	int failed = cmocka_run_group_tests_name(again ? "path, without openat2" : "path", tests, set_up, tear_down);

	if (failed || again)
		return failed;
	/* The same by the fallback: the variable is read once in a process. */
	setenv("CTR_RUN_DISABLE", "openat2,statx", 1);
	execl("/proc/self/exe", "test-sys-path", NULL);
	return 1;
}
