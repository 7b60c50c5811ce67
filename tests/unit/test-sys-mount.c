/*
 * Mounts, namespaces, procfs, ptys and id maps by descriptor.  Runs as root in
 * its own mount namespace, or is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/fd.h"
#include "sys/idmap.h"
#include "sys/mountfd.h"
#include "sys/namespace.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/procfs.h"
#include "sys/pty.h"

static struct error err;
static int top;		/* a tmpfs of our own, attached at /mnt */

static int set_up(void **state)
{
	(void) state;
	if (geteuid())
		return 0;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) < 0 ||
	    mount("test", "/mnt", "tmpfs", 0, NULL) < 0)
		return 1;
	return (top = open("/mnt", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0;
}

#define NEEDS_ROOT() do { (void) state; if (geteuid()) skip(); } while (0)

static unsigned long flags_of(int fd)
{
	struct statvfs vfs;

	assert_int_equal(fstatvfs(fd, &vfs), 0);
	return vfs.f_flag;
}

static int folder(const char *name)
{
	int fd = path_make_dir(top, name, 0755, NULL, &err);

	assert_true(fd >= 0);
	return fd;
}

static void new_mount_with_options(void **state)
{
	NEEDS_ROOT();
	auto_fd target = folder("new"), inside = -1;
	auto_fd mount = mount_new("tmpfs", "shm", "size=64k,,mode=1711,nr_inodes=100", 0,
				  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, &err);
	struct stat st;

	assert_true(mount >= 0);
	assert_int_equal(fcntl(mount, F_GETFD), FD_CLOEXEC);
	assert_int_equal(flags_of(mount) & (ST_NOSUID | ST_NODEV | ST_NOEXEC), ST_NOSUID | ST_NODEV);
	assert_int_equal(mount_attach(mount, target, &err), 0);
	inside = path_open(top, "new", O_PATH, &err);
	assert_int_equal(fstat(inside, &st), 0);
	assert_int_equal(st.st_mode & 07777, 01711);
	assert_int_equal(umount2("/mnt/new", MNT_DETACH), 0);
}

static void read_only_superblock(void **state)
{
	NEEDS_ROOT();
	auto_fd mount = mount_new("tmpfs", NULL, NULL, MS_RDONLY | MS_SYNCHRONOUS, 0, &err);

	assert_true(mount >= 0);
	assert_int_equal(flags_of(mount) & ST_RDONLY, ST_RDONLY);
	assert_int_equal(mkdirat(mount, "x", 0755), -1);
	assert_int_equal(errno, EROFS);
}

static void the_kernel_explains_itself(void **state)
{
	NEEDS_ROOT();
	assert_int_equal(mount_new("tmpfs", NULL, "size=64k,bogus=1", 0, 0, &err), -1);
	assert_int_equal(err.number, EINVAL);
	assert_non_null(strstr(err.message, "mount a new tmpfs with the option bogus=1"));
	assert_non_null(strstr(err.message, "Unknown parameter 'bogus'"));
	assert_int_equal(mount_new("tmpfs", NULL, "size=many", 0, 0, &err), -1);
	assert_non_null(strstr(err.message, "size=many"));
	assert_int_equal(mount_new("nosuchfs", NULL, NULL, 0, 0, &err), -1);
	assert_int_equal(err.number, ENODEV);
	assert_non_null(strstr(err.message, "does not know"));
	assert_int_equal(mount_new("none", NULL, NULL, 0, 0, &err), -1);
	assert_int_equal(mount_new("", NULL, NULL, 0, 0, &err), -1);
}

static void quoted_contexts_keep_their_commas(void **state)
{
	static const char *const keys[] = { "context", "fscontext", "defcontext", "rootcontext" };
	char data[80], said[80];

	NEEDS_ROOT();
	/* This kernel may have no SELinux: what counts is that the whole value arrives as one. */
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		snprintf(data, sizeof data, "mode=700,%s=\"u:r:t:s0:c1,c2\",size=1", keys[i]);
		snprintf(said, sizeof said, "the option %s=u:r:t:s0:c1,c2", keys[i]);
		assert_int_equal(mount_new("tmpfs", NULL, data, 0, 0, &err), -1);
		assert_non_null(strstr(err.message, said));
		assert_null(strstr(err.message, "size="));
	}
}

/* As mount(2) has it: elsewhere a quote is a letter. */
static void quotes_in_other_values_stay(void **state)
{
	auto_fd lower = -1, mount = -1;

	NEEDS_ROOT();
	assert_int_equal(mount_new("tmpfs", NULL, "bogus=\"a,size=1\"", 0, 0, &err), -1);
	assert_non_null(strstr(err.message, "the option bogus=\"a"));
	assert_null(strstr(err.message, "size="));
	lower = folder("the \"lower\"");
	close(lower);
	close(folder("the \"lower\"/there"));
	lower = folder("\"upper");
	close(folder("work\""));
	mount = mount_new("overlay", "overlay",
			  "lowerdir=/mnt/the \"lower\",upperdir=/mnt/\"upper,workdir=/mnt/work\"", 0, 0, &err);
	if (mount < 0 && err.number == ENODEV)
		skip();
	if (mount < 0)
		print_error("%s\n", err.message);
	assert_true(mount >= 0);
	assert_int_equal(faccessat(mount, "there", F_OK, 0), 0);
}

static void long_values_are_refused_by_name(void **state)
{
	char data[400];

	NEEDS_ROOT();
	memset(data, 'x', sizeof data);
	memcpy(data, "huge=", 5);
	data[sizeof data - 1] = '\0';
	assert_int_equal(mount_new("tmpfs", NULL, data, 0, 0, &err), -1);
	assert_non_null(strstr(err.message, "huge=xxx"));
	assert_non_null(strstr(err.message, "longer than 255 bytes"));
}

static void overlay_with_long_layers(void **state)
{
	char data[1200];
	auto_fd a = -1, b = -1, c = -1, u = -1, w = -1, mount = -1, file = -1;
	char deep[260];

	NEEDS_ROOT();
	snprintf(deep, sizeof deep, "%0150d", 1);
	a = folder("o1");
	b = folder("o2");
	close(a);
	close(b);
	snprintf(data, sizeof data, "o1/%s", deep);
	a = folder(data);
	snprintf(data, sizeof data, "o2/%s,x:y", deep);
	b = folder(data);
	snprintf(data, sizeof data, "o1/%s/from-a", deep);
	c = folder(data);
	snprintf(data, sizeof data, "o2/%s,x:y/from-b", deep);
	close(c);
	c = folder(data);
	u = folder("upper");
	w = folder("work");
	snprintf(data, sizeof data, "lowerdir=/mnt/o1/%s:/mnt/o2/%s\\,x\\:y,upperdir=/mnt/upper,workdir=/mnt/work",
		 deep, deep);
	mount = mount_new("overlay", "overlay", data, 0, 0, &err);
	/* no overlay at all, or one before 6.8 */
	if (mount < 0 && (err.number == ENODEV || err.number == EINVAL))
		skip();
	if (mount < 0)
		print_error("%s\n", err.message);
	assert_true(mount >= 0);
	assert_int_equal(faccessat(mount, "from-a", F_OK, 0), 0);
	assert_int_equal(faccessat(mount, "from-b", F_OK, 0), 0);
}

static void clone_change_attach(void **state)
{
	NEEDS_ROOT();
	auto_fd source = folder("source"), below = folder("source/below"), target = folder("target");
	auto_fd mount = -1, seen = -1;

	assert_int_equal(mount_attach(mount_new("tmpfs", NULL, NULL, 0, 0, &err), below, &err), 0);
	close(folder("source/below/in-tmpfs"));
	mount = mount_clone(source, "", true, false, &err);
	assert_true(mount >= 0);
	assert_int_equal(mount_change(mount, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0, MS_PRIVATE, true, &err), 0);
	assert_int_equal(mount_change(mount, MOUNT_ATTR_NOATIME, 0, 0, false, &err), 0);
	assert_int_equal(mount_change(mount, 0, MOUNT_ATTR_NOATIME, 0, false, &err), 0);
	assert_int_equal(flags_of(mount) & (ST_RDONLY | ST_RELATIME | ST_NOATIME), ST_RDONLY | ST_RELATIME);
	assert_int_equal(mount_change(mount, 0, 0, MS_SLAVE | MS_REC, false, &err), 0);
	assert_int_equal(mount_change(mount, 0, 0, 0, false, &err), 0);
	assert_int_equal(mount_attach(mount, target, &err), 0);
	seen = path_open(top, "target/below", O_PATH, &err);
	assert_int_equal(faccessat(seen, "in-tmpfs", F_OK, 0), 0);
	assert_int_equal(flags_of(seen) & ST_RDONLY, ST_RDONLY);
	/* not recursive: the folder below the mount */
	close(mount);
	mount = mount_clone(AT_FDCWD, "/mnt/source", false, false, &err);
	assert_int_equal(faccessat(mount, "below/in-tmpfs", F_OK, 0), -1);
	umount2("/mnt/target", MNT_DETACH);
	umount2("/mnt/source/below", MNT_DETACH);
}

static void reconfigure_what_is_mounted(void **state)
{
	NEEDS_ROOT();
	auto_fd target = folder("again"), file = path_make_file(top, "no-mount", 0644, &err), seen = -1;
	struct statfs fs;

	assert_int_equal(mount_attach(mount_new("tmpfs", NULL, "size=1m", 0, 0, &err), target, &err), 0);
	assert_true((seen = path_open(top, "again", O_PATH, &err)) >= 0);
	assert_int_equal(mount_reconfigure(seen, "size=2m", MS_RDONLY, &err), 0);
	assert_int_equal(fstatfs(seen, &fs), 0);
	assert_int_equal(fs.f_blocks * (unsigned long) fs.f_bsize, 2 << 20);
	assert_int_equal(flags_of(seen) & ST_RDONLY, ST_RDONLY);
	assert_int_equal(mount_reconfigure(seen, "bogus", 0, &err), -1);
	assert_non_null(strstr(err.message, "reconfigure a file system with the option bogus"));
	assert_int_equal(mount_reconfigure(file, "size=2m", 0, &err), -1);
	assert_non_null(strstr(err.message, "not a mount point"));
	umount2("/mnt/again", MNT_DETACH);
}

static void attach_says_why_not(void **state)
{
	NEEDS_ROOT();
	auto_fd file = path_make_file(top, "file", 0644, &err), mount = mount_new("tmpfs", NULL, NULL, 0, 0, &err);

	assert_int_equal(mount_attach(mount, file, &err), -1);
	assert_int_equal(err.number, ENOTDIR);
	assert_int_equal(mount_change(file, MOUNT_ATTR_RDONLY, 0, 0, false, &err), -1);
	assert_int_equal(err.number, EINVAL);
	assert_int_equal(mount_clone(AT_FDCWD, "/mnt/missing", false, false, &err), -1);
	assert_int_equal(err.number, ENOENT);
}

static void clone_of_a_link(void **state)
{
	NEEDS_ROOT();
	auto_fd source = folder("pointed"), followed = -1, link = -1;
	struct stat st;

	assert_int_equal(symlinkat("pointed", top, "pointer"), 0);
	followed = mount_clone(top, "pointer", false, false, &err);
	fstat(followed, &st);
	assert_true(S_ISDIR(st.st_mode));
	link = mount_clone(top, "pointer", false, true, &err);
	fstat(link, &st);
	assert_true(S_ISLNK(st.st_mode));
}

static const struct oci_id_mapping map[] = { { 0, 100000, 1000 }, { 1000, 5000, 1 }, { 4294967290, 4294967290, 5 } };

static void id_maps(void **state)
{
	unsigned out = 7;

	(void) state;
	assert_true(idmap_to_host(map, 3, 0, &out) && out == 100000);
	assert_true(idmap_to_host(map, 3, 999, &out) && out == 100999);
	assert_true(idmap_to_host(map, 3, 1000, &out) && out == 5000);
	assert_false(idmap_to_host(map, 3, 1001, &out));
	assert_true(idmap_to_host(map, 3, 4294967294, &out) && out == 4294967294);
	assert_false(idmap_to_host(map, 3, 4294967295, &out));
	assert_false(idmap_to_host(map, 0, 0, &out));
	/* no wrap-around onto root of the host */
	assert_false(idmap_to_host(&(struct oci_id_mapping) { 0, 4294967290, 100 }, 1, 6, &out));
	assert_false(idmap_to_host(&(struct oci_id_mapping) { 0, 4294967290, 100 }, 1, 5, &out));
}

static void idmapped_mount(void **state)
{
	NEEDS_ROOT();
	auto_fd userns = idmap_namespace(map, 1, map, 1, &err), mount = -1, file = -1;
	struct stat st;
	int before = dup(0), after;

	close(before);
	assert_true(userns >= 0);
	mount = mount_new("tmpfs", NULL, NULL, 0, 0, &err);
	close(openat(mount, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	if (mount_idmap(mount, userns, false, &err) < 0) {
		assert_int_equal(err.number, EINVAL);	/* tmpfs: 6.3 */
		skip();
	}
	assert_int_equal(fstatat(mount, "f", &st, 0), 0);
	assert_int_equal(st.st_uid, 100000);
	close(mount);
	mount = -1;
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

static void bad_id_maps(void **state)
{
	static struct oci_id_mapping many[400];
	const struct oci_id_mapping overlap[] = { { 0, 0, 10 }, { 5, 100, 10 } };

	NEEDS_ROOT();
	assert_int_equal(idmap_namespace(overlap, 2, map, 1, &err), -1);
	assert_int_equal(err.number, EINVAL);
	assert_non_null(strstr(err.message, "/uid_map"));
	assert_non_null(strstr(err.message, "overlap"));
	for (unsigned i = 0; i < 400; i++)
		many[i] = (struct oci_id_mapping) { i, 100000 + i, 1 };
	assert_int_equal(idmap_namespace(map, 1, many, 341, &err), -1);
	assert_non_null(strstr(err.message, "341 mappings"));
	assert_non_null(strstr(err.message, "/gid_map"));
	assert_int_equal(idmap_namespace(map, 1, many, 340, &err), -1);
	assert_non_null(strstr(err.message, "one page"));
	/* no child is left */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* What is mounted over the file of procfs gets no id map, and neither does the namespace. */
static void id_map_under_a_mount(void **state)
{
	char path[64], text[16] = "";
	int hold[2];
	pid_t pid;

	NEEDS_ROOT();
	assert_int_equal(pipe(hold), 0);
	pid = fork();
	if (pid == 0) {
		close(hold[1]);
		(void) !unshare(CLONE_NEWUSER);
		(void) !read(hold[0], text, 1);
		_exit(0);
	}
	auto_fd folder_fd = folder("maps");
	assert_int_equal(close(openat(folder_fd, "fake", O_WRONLY | O_CREAT | O_CLOEXEC, 0644)), 0);
	snprintf(path, sizeof path, "/proc/%d/uid_map", (int) pid);
	assert_int_equal(mount("/mnt/maps/fake", path, NULL, MS_BIND, NULL), 0);
	assert_int_equal(idmap_write_uids(pid, map, 1, &err), -1);
	assert_int_equal(err.number, EXDEV);
	assert_int_equal(umount2(path, MNT_DETACH), 0);
	auto_fd file = open("/mnt/maps/fake", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(file, text, sizeof text), 0);
	close(hold[1]);
	close(hold[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void namespaces_by_path(void **state)
{
	char path[64];

	(void) state;
	for (int i = 0; i < N_NAMESPACES; i++) {
		const struct namespace_kind *kind = &namespace_kinds[i];
		auto_fd fd = -1;

		snprintf(path, sizeof path, "/proc/self/ns/%s", kind->proc);
		assert_true((fd = namespace_open(path, kind->flag, &err)) >= 0);
		assert_ptr_equal(namespace_by_flag(kind->flag), kind);
		assert_int_equal(namespace_open(path, namespace_kinds[(i + 1) % N_NAMESPACES].flag, &err), -1);
		assert_non_null(strstr(err.message, kind->name));
	}
	assert_string_equal(namespace_kinds[OCI_NAMESPACE_TYPE_NETWORK - 1].name, "network");
	assert_string_equal(namespace_kinds[OCI_NAMESPACE_TYPE_TIME - 1].name, "time");
	assert_int_equal(namespace_open("/dev/null", CLONE_NEWNET, &err), -1);
	assert_string_equal(err.message, "/dev/null is not a namespace: invalid argument");
	assert_int_equal(namespace_open("/proc/self/ns/nope", CLONE_NEWNET, &err), -1);
	assert_int_equal(err.number, ENOENT);
}

static void enter_a_namespace(void **state)
{
	int status;
	pid_t pid;

	NEEDS_ROOT();
	pid = fork();
	if (pid == 0) {
		int fd = namespace_open("/proc/self/ns/uts", CLONE_NEWUTS, &err);

		_exit(fd < 0 || unshare(CLONE_NEWUTS) < 0 || namespace_enter(fd, CLONE_NEWUTS, &err) < 0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void private_procfs(void **state)
{
	auto_fd proc = procfs_open(&err), fd = -1;
	struct statfs fs;
	char name[16] = "before";
	auto_free char *comm = NULL;

	(void) state;
	assert_true(proc >= 0);
	assert_int_equal(fstatfs(proc, &fs), 0);
	assert_int_equal(fs.f_type, PROC_SUPER_MAGIC);
	assert_int_equal(procfs_put(proc, "self/comm", "after", &err), 0);
	assert_int_equal(procfs_put(proc, "thread-self/comm", name, &err), 0);
	comm = file_get(AT_FDCWD, "/proc/self/comm", &err);
	assert_string_equal(comm, "before\n");
	assert_true((fd = procfs_open_file(proc, "self/status", O_RDONLY, &err)) >= 0);
	assert_int_equal(procfs_put(proc, "self/nope", "x", &err), -1);
	assert_int_equal(err.number, ENOENT);
	assert_int_equal(procfs_put(proc, "self/fd/0", "x", &err), -1);
	assert_int_equal(err.number, ELOOP);
	assert_int_equal(procfs_put(proc, "mounts", "x", &err), -1);
	assert_int_equal(err.number, ELOOP);
	assert_int_equal(procfs_put(proc, "../etc/passwd", "x", &err), -1);
	assert_int_equal(procfs_put(proc, "self/oom_score_adj", "what", &err), -1);
	assert_non_null(strstr(err.message, "write \"what\" to /proc/self/oom_score_adj"));
}

/* What a container could have put over parts of /proc is not met. */
static void mounts_over_proc(void **state)
{
	auto_fd proc = -1;

	NEEDS_ROOT();
	assert_int_equal(mount("x", "/proc/sys", "tmpfs", 0, NULL), 0);
	proc = procfs_open(&err);
	assert_true(proc >= 0);
	if (getenv("CTR_RUN_DISABLE")) {
		assert_int_equal(procfs_put(proc, "sys/kernel/domainname", "x", &err), -1);
		assert_int_equal(err.number, EXDEV);
		assert_non_null(strstr(err.message, "another mount lies over it"));
	} else {
		auto_fd fd = procfs_open_file(proc, "sys/kernel/domainname", O_RDONLY, &err);

		assert_true(fd >= 0);
	}
	assert_int_equal(umount2("/proc/sys", MNT_DETACH), 0);
}

static void a_false_proc_is_found_out(void **state)
{
	int status;
	pid_t pid;

	NEEDS_ROOT();
	if (!getenv("CTR_RUN_DISABLE"))
		skip();
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWNS) < 0)
			_exit(1);
		mount("/proc/sys", "/proc", NULL, MS_BIND, NULL);
		if (procfs_open(&err) >= 0)
			_exit(2);
		mount("x", "/proc", "tmpfs", 0, NULL);
		_exit(procfs_open(&err) >= 0 ? 3 : 0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void terminals(void **state)
{
	auto_fd devpts = -1, master = -1, peer = -1, bad = open("/", O_PATH | O_CLOEXEC);
	struct winsize size;
	char text[8] = "";
	int status;
	pid_t pid;

	NEEDS_ROOT();
	devpts = mount_new("devpts", "devpts", "newinstance,ptmxmode=0666,mode=620", 0,
			   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, &err);
	assert_true(devpts >= 0);
	assert_int_equal(pty_open(bad, &master, &peer, &err), -1);
	assert_int_equal(err.number, ENODEV);
	assert_int_equal(pty_open(devpts, &master, &peer, &err), 0);
	assert_true(isatty(peer));
	assert_true(fcntl(master, F_GETFD) & fcntl(peer, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(pty_set_size(master, 25, 80, &err), 0);
	assert_int_equal(ioctl(peer, TIOCGWINSZ, &size), 0);
	assert_true(size.ws_row == 25 && size.ws_col == 80);
	pid = fork();
	if (pid == 0) {
		int tty;

		if (pty_take(peer, &err) < 0)
			_exit(1);
		tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
		for (int fd = 0; fd < 3; fd++)
			if (!isatty(fd) || fcntl(fd, F_GETFD))
				_exit(2);
		_exit(tty >= 0 && write(1, "ok", 2) == 2 ? 0 : 3);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(read(master, text, 2), 2);
	assert_string_equal(text, "ok");
	assert_int_equal(pty_set_size(bad, 1, 1, &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_mount_with_options),
		cmocka_unit_test(read_only_superblock),
		cmocka_unit_test(the_kernel_explains_itself),
		cmocka_unit_test(quoted_contexts_keep_their_commas),
		cmocka_unit_test(quotes_in_other_values_stay),
		cmocka_unit_test(long_values_are_refused_by_name),
		cmocka_unit_test(overlay_with_long_layers),
		cmocka_unit_test(clone_change_attach),
		cmocka_unit_test(reconfigure_what_is_mounted),
		cmocka_unit_test(attach_says_why_not),
		cmocka_unit_test(clone_of_a_link),
		cmocka_unit_test(id_maps),
		cmocka_unit_test(idmapped_mount),
		cmocka_unit_test(id_map_under_a_mount),
		cmocka_unit_test(bad_id_maps),
		cmocka_unit_test(namespaces_by_path),
		cmocka_unit_test(enter_a_namespace),
		cmocka_unit_test(private_procfs),
		cmocka_unit_test(mounts_over_proc),
		cmocka_unit_test(a_false_proc_is_found_out),
		cmocka_unit_test(terminals),
	};
	bool again = getenv("CTR_RUN_DISABLE");
	int failed = cmocka_run_group_tests_name(again ? "mounts, with fallbacks" : "mounts", tests, set_up, NULL);

	if (failed || again)
		return failed;
	setenv("CTR_RUN_DISABLE", "procfs,openat2,clone3", 1);
	execl("/proc/self/exe", "test-sys-mount", NULL);
	return 1;
}
