/*
 * Mounts as before Linux 5.12: made in a workshop, moved to their place.  Runs as root in its own mount namespace, or is
 * skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/mountfd.h"
#include "sys/workshop.h"
#include "sys/mountinfo.h"
#include "sys/path.h"

static struct error err;
static int top; /* a tmpfs of our own, attached at /mnt */

/* A mount namespace whose mounts are all shared, as systemd leaves them; but nothing goes from it to the machine. */
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

static int open_workshop(void **state)
{
	(void) state;
	return geteuid() ? 0 : mount_workshop_open(false, &err);
}

static int close_workshop(void **state)
{
	(void) state;
	return geteuid() ? 0 : mount_workshop_close(&err);
}

#define NEEDS_ROOT() do { (void) state; if (geteuid()) skip(); } while (0)

static unsigned long flags_of(int fd)
{
	struct statfs fs;

	assert_int_equal(fstatfs(fd, &fs), 0);
	return (unsigned long) fs.f_flags;
}

static int folder(const char *name)
{
	int fd = path_make_dir(top, name, 0755, NULL, &err);

	assert_true(fd >= 0);
	return fd;
}

static int see(const char *name)
{
	int fd = path_open(top, name, O_PATH, &err);

	assert_true(fd >= 0);
	return fd;
}

#define ALL (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME | ST_NODIRATIME | ST_RELATIME)

static size_t n_mounts(void)
{
	struct mountinfo info;
	size_t n;

	assert_int_equal(mountinfo_read("/proc/self", &info, &err), 0);
	n = info.n;
	mountinfo_free(&info);
	return n;
}

static void it_is_known_to_be_needed(void **state)
{
	NEEDS_ROOT();
	assert_true(mount_needs_workshop());
}

static void without_a_workshop_it_says_what_is_missing(void **state)
{
	NEEDS_ROOT();
	assert_int_equal(mount_workshop_close(&err), 0);
	assert_int_equal(mount_clone(AT_FDCWD, "/mnt", false, false, &err), -1);
	assert_int_equal(err.number, ENOSYS);
	assert_non_null(strstr(err.message, "Linux 5.12"));
	assert_int_equal(mount_new("tmpfs", NULL, NULL, 0, 0, &err), -1);
	assert_int_equal(mount_idmap(top, top, false, &err), -1);
	assert_non_null(strstr(err.message, "Linux 5.12"));
	assert_int_equal(mount_workshop_open(false, &err), 0);
}

static void new_file_systems_have_their_attributes(void **state)
{
	static const struct { uint64_t super, attr; unsigned long wanted; } rows[] = {
		{ 0, 0, ST_RELATIME },
		{ 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, ST_RDONLY | ST_NOSUID | ST_RELATIME },
		{ MS_RDONLY, MOUNT_ATTR_RDONLY, ST_RDONLY | ST_RELATIME },
		{ 0, MOUNT_ATTR_NOATIME | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, ST_NOATIME | ST_NODEV | ST_NOEXEC },
		{ 0, MOUNT_ATTR_STRICTATIME | MOUNT_ATTR_NODIRATIME, ST_NODIRATIME },
	};

	NEEDS_ROOT();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_fd mount = mount_new("tmpfs", "source", "size=1m,mode=700", rows[i].super, rows[i].attr, &err);
		struct stat st;

		assert_true(mount >= 0);
		assert_int_equal(flags_of(mount) & ALL, rows[i].wanted);
		assert_int_equal(fstat(mount, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0700);
		/* "ro" of the mount alone: the file system is not. */
		assert_int_equal(mount_change(mount, 0, MOUNT_ATTR_RDONLY, 0, false, &err), 0);
		assert_int_equal(mkdirat(mount, "x", 0755), rows[i].super & MS_RDONLY ? -1 : 0);
	}
	assert_int_equal(mount_new("tmpfs", NULL, "bogus=1", 0, 0, &err), -1);
	assert_non_null(strstr(err.message, "bogus=1"));
	assert_int_equal(mount_new("nosuchfs", NULL, NULL, 0, 0, &err), -1);
	assert_non_null(strstr(err.message, "does not know that file system"));
}

static void a_mount_is_seen_when_it_is_attached(void **state)
{
	NEEDS_ROOT();
	auto_fd target = folder("target"), mount = mount_new("tmpfs", NULL, NULL, 0, 0, &err), seen = -1;
	struct stat a, b;

	assert_int_equal(mkdirat(mount, "inside", 0755), 0);
	assert_int_equal(faccessat(top, "target/inside", F_OK, 0), -1);
	assert_int_equal(mount_attach(mount, target, &err), 0);
	assert_int_equal(faccessat(top, "target/inside", F_OK, 0), 0);
	seen = see("target");
	assert_true(fstat(seen, &a) == 0 && fstat(mount, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	/* What is held is still the mount, for whoever wants to seal it. */
	assert_int_equal(mount_change(mount, MOUNT_ATTR_RDONLY, 0, 0, false, &err), 0);
	assert_int_equal(flags_of(seen) & ST_RDONLY, ST_RDONLY);
	assert_int_equal(umount2("/mnt/target", MNT_DETACH), 0);
}

static void attributes_change_one_by_one(void **state)
{
	NEEDS_ROOT();
	auto_fd mount = mount_new("tmpfs", NULL, NULL, 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOATIME, &err), copy = -1;

	assert_int_equal(mount_change(mount, MOUNT_ATTR_NODEV, 0, 0, false, &err), 0);
	assert_int_equal(flags_of(mount) & ALL, ST_NOSUID | ST_NODEV | ST_NOATIME);
	assert_int_equal(mount_change(mount, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR_NOSUID, 0, false, &err), 0);
	assert_int_equal(flags_of(mount) & ALL, ST_NODEV);
	copy = mount_clone(mount, "", false, false, &err);
	assert_int_equal(flags_of(copy) & ALL, ST_NODEV);
	assert_int_equal(mount_change(copy, 0, MOUNT_ATTR__ATIME | MOUNT_ATTR_NODEV, 0, false, &err), 0);
	assert_int_equal(flags_of(copy) & ALL, ST_RELATIME);
	assert_int_equal(flags_of(mount) & ALL, ST_NODEV);
	assert_int_equal(mount_change(top, MOUNT_ATTR_NOSYMFOLLOW, 0, 0, false, &err), 0);
	assert_int_equal(flags_of(top) & 0x2000, 0x2000);
	assert_int_equal(mount_change(top, 0, MOUNT_ATTR_NOSYMFOLLOW, 0, false, &err), 0);
	auto_fd below = folder("no-mount");
	assert_int_equal(mount_change(below, MOUNT_ATTR_RDONLY, 0, 0, false, &err), -1);
	assert_int_equal(err.number, EINVAL);
}

/* tree, tree/a, tree/a/b, tree/c with another mount on top of it, tree/d/e hidden by a mount on tree/d */
static void make_tree(void)
{
	static const char *const places[] = { "tree", "tree/a", "tree/a/b", "tree/c", "tree/c", "tree/d/e", "tree/d" };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		auto_fd target = folder(places[i]);

		assert_int_equal(mount_attach(mount_new("tmpfs", NULL, NULL, 0, 0, &err), target, &err), 0);
	}
}

static void a_tree_changes_as_a_whole(void **state)
{
	static const char *const seen[] = { "tree", "tree/a", "tree/a/b", "tree/c", "tree/d" };

	NEEDS_ROOT();
	make_tree();
	auto_fd tree = see("tree"), target = folder("tree-target");
	auto_fd copy = mount_clone(tree, "", true, false, &err);
	assert_true(copy >= 0);
	assert_int_equal(mount_change(copy, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC, 0, MS_PRIVATE, true, &err), 0);
	assert_int_equal(mount_attach(copy, target, &err), 0);
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
		char path[64];
		auto_fd before = see(seen[i]);

		snprintf(path, sizeof path, "tree-target%s", seen[i] + strlen("tree"));
		auto_fd after = see(path);
		assert_int_equal(flags_of(before) & ALL, ST_RELATIME);
		assert_int_equal(flags_of(after) & ALL, ST_RELATIME | ST_RDONLY | ST_NOEXEC);
	}
	/* The same with what is attached. */
	assert_int_equal(mount_change(copy, 0, MOUNT_ATTR_NOEXEC, 0, true, &err), 0);
	auto_fd deep = see("tree-target/a/b");
	assert_int_equal(flags_of(deep) & ALL, ST_RELATIME | ST_RDONLY);
	/* Not recursive: one mount, and what is below it left behind. */
	auto_fd one = mount_clone(tree, "", false, false, &err);
	assert_int_equal(faccessat(one, "a/b", F_OK, 0), -1);
	assert_int_equal(umount2("/mnt/tree-target", MNT_DETACH), 0);
	assert_int_equal(umount2("/mnt/tree", MNT_DETACH), 0);
}

static void files_and_links_are_mounts_too(void **state)
{
	NEEDS_ROOT();
	auto_fd file = path_make_file(top, "file", 0640, &err), other = path_make_file(top, "other", 0600, &err), mount = -1;
	struct stat st;

	mount = mount_clone(file, "", false, false, &err);
	assert_true(mount >= 0);
	assert_int_equal(mount_attach(mount, other, &err), 0);
	assert_int_equal(fstatat(top, "other", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(umount2("/mnt/other", MNT_DETACH), 0);
	assert_int_equal(symlinkat("file", top, "link"), 0);
	auto_fd followed = mount_clone(top, "link", false, false, &err), link = mount_clone(top, "link", false, true, &err);
	assert_true(fstat(followed, &st) == 0 && S_ISREG(st.st_mode));
	assert_true(fstat(link, &st) == 0 && S_ISLNK(st.st_mode));
	auto_fd dir = mount_new("tmpfs", NULL, NULL, 0, 0, &err);
	assert_int_equal(mount_attach(dir, file, &err), -1);
	assert_int_equal(err.number, ENOTDIR);
	assert_int_equal(mount_clone(top, "missing", false, false, &err), -1);
	assert_int_equal(err.number, ENOENT);
}

static void options_of_what_is_mounted_change(void **state)
{
	NEEDS_ROOT();
	auto_fd mount = mount_new("tmpfs", NULL, "size=1m", 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOATIME, &err);
	struct statfs fs;

	assert_int_equal(mount_reconfigure(mount, "size=2m", 0, &err), 0);
	assert_int_equal(fstatfs(mount, &fs), 0);
	assert_int_equal(fs.f_blocks * (unsigned long) fs.f_bsize, 2 << 20);
	assert_int_equal(flags_of(mount) & ALL, ST_NOSUID | ST_NOATIME);
	assert_int_equal(mount_reconfigure(mount, NULL, MS_RDONLY, &err), 0);
	assert_int_equal(mkdirat(mount, "x", 0755), -1);
	assert_int_equal(mount_reconfigure(mount, "bogus", 0, &err), -1);
	auto_fd below = folder("again");
	assert_int_equal(mount_reconfigure(below, "size=2m", 0, &err), -1);
	assert_non_null(strstr(err.message, "not a mount point"));
}

static void closing_leaves_nothing_but_what_was_attached(void **state)
{
	NEEDS_ROOT();
	assert_int_equal(mount_workshop_close(&err), 0);
	size_t before = n_mounts();

	assert_int_equal(mount_workshop_open(false, &err), 0);
	assert_int_equal(mount_workshop_open(false, &err), 0);	/* once is enough */
	assert_int_equal(n_mounts(), before + 1);
	auto_fd left = mount_new("tmpfs", NULL, NULL, 0, 0, &err), target = folder("kept");
	assert_int_equal(mount_attach(mount_new("tmpfs", NULL, NULL, 0, 0, &err), target, &err), 0);
	assert_int_equal(mount_workshop_close(&err), 0);
	assert_int_equal(n_mounts(), before + 1);
	assert_int_equal(umount2("/mnt/kept", MNT_DETACH), 0);
	assert_int_equal(mount_workshop_close(&err), 0);
	assert_int_equal(n_mounts(), before);
	assert_int_equal(mount_workshop_open(false, &err), 0);
}

/* In a copy of a namespace where all is shared: what was copied before stays a peer, the rest does not. */
static void copies_can_stay_peers(void **state)
{
	NEEDS_ROOT();
	auto_fd here = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), peer = folder("peer"), target = -1;

	assert_int_equal(mount_workshop_close(&err), 0);
	assert_int_equal(mount_attach(-1, peer, &err), -1);
	assert_int_equal(mount("peer", "/mnt/peer", "tmpfs", 0, NULL), 0);
	assert_int_equal(mkdir("/mnt/peer/sub", 0755) + mkdir("/mnt/elsewhere", 0755), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL), 0);
	size_t before = n_mounts();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL), 0);
	assert_int_equal(mount_workshop_open(true, &err), 0);
	auto_fd copy = mount_clone(AT_FDCWD, "/mnt/peer", true, false, &err);
	assert_int_equal(mount_workshop_keep_peers(&err), 0);
	assert_true((target = open("/mnt/elsewhere", O_PATH | O_CLOEXEC)) >= 0);
	assert_int_equal(mount_attach(copy, target, &err), 0);
	assert_int_equal(mount("seen", "/mnt/elsewhere/sub", "tmpfs", 0, NULL), 0);
	assert_int_equal(mount("unseen", "/mnt/tree", "tmpfs", 0, NULL), 0);
	assert_int_equal(mount_workshop_close(&err), 0);
	assert_int_equal(setns(here, CLONE_NEWNS), 0);
	assert_int_equal(n_mounts(), before + 1);
	assert_int_equal(umount2("/mnt/peer/sub", MNT_DETACH), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL), 0);
	assert_int_equal(umount2("/mnt/peer", MNT_DETACH), 0);
	assert_int_equal(mount_workshop_open(false, &err), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_workshop, close_workshop)
	const struct CMUnitTest tests[] = {
		TEST(it_is_known_to_be_needed),
		TEST(without_a_workshop_it_says_what_is_missing),
		TEST(new_file_systems_have_their_attributes),
		TEST(a_mount_is_seen_when_it_is_attached),
		TEST(attributes_change_one_by_one),
		TEST(a_tree_changes_as_a_whole),
		TEST(files_and_links_are_mounts_too),
		TEST(options_of_what_is_mounted_change),
		TEST(closing_leaves_nothing_but_what_was_attached),
		TEST(copies_can_stay_peers),
	};

	setenv("CTR_RUN_DISABLE", "mount", 1);
	return cmocka_run_group_tests_name("mounts without the calls of 5.2 to 5.12", tests, set_up, NULL);
}
