/* The mounts of a process, from the kernel's text: good lines, odd names, and malformed lines. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/error.h"
#include "sys/mountinfo.h"

static struct error err;

static void lines(void **state)
{
	struct mountinfo m;

	(void) state;
	assert_true(mountinfo_parse(xstrdup("40 36 0:44 / /proc rw,relatime shared:3 master:1 - proc proc rw\n"
					    "36 35 254:1 /a\\040b /c\\011d\\134040 rw - ext4 /dev/vda rw\n"
					    "41 40 0:45 / /proc/x rw - tmpfs  rw\n"), &m));
	assert_int_equal(m.n, 3);
	assert_int_equal(m.entries[0].id, 36);
	assert_int_equal(m.entries[0].parent, 35);
	assert_int_equal(m.entries[0].major, 254);
	assert_int_equal(m.entries[0].minor, 1);
	assert_string_equal(m.entries[0].root, "/a b");
	/* An escaped backslash is no escape. */
	assert_string_equal(m.entries[0].place, "/c\td\\040");
	assert_string_equal(m.entries[0].type, "ext4");
	assert_false(m.entries[0].shared);
	assert_string_equal(m.entries[1].type, "proc");
	assert_true(m.entries[1].shared);
	assert_string_equal(mountinfo_find(&m, 41)->place, "/proc/x");
	assert_string_equal(mountinfo_find(&m, 40)->options, "rw");
	assert_null(mountinfo_find(&m, 35));
	assert_true(mountinfo_below(&m, mountinfo_find(&m, 41), 36));
	assert_true(mountinfo_below(&m, mountinfo_find(&m, 36), 36));
	assert_false(mountinfo_below(&m, mountinfo_find(&m, 36), 41));
	mountinfo_free(&m);
	mountinfo_free(&m);
}

static void rings(void **state)
{
	struct mountinfo m;

	(void) state;
	assert_true(mountinfo_parse(xstrdup("1 2 0:1 / /a rw - tmpfs t rw\n2 1 0:1 / /b rw - tmpfs t rw\n3 3 0:1 / /c rw - tmpfs t rw\n"), &m));
	assert_false(mountinfo_below(&m, mountinfo_find(&m, 1), 7));
	assert_false(mountinfo_below(&m, mountinfo_find(&m, 3), 7));
	mountinfo_free(&m);
}

static void no_lines(void **state)
{
	static const char *const bad[] = {
		"\n", "36\n", "36 35\n", "36 35 0:1 / /x rw tmpfs t rw\n", "x 35 0:1 / /x rw - tmpfs t rw\n", "36 x 0:1 / /x rw - tmpfs t rw\n",
		"36 35 01 / /x rw - tmpfs t rw\n", "36 35 0:x / /x rw - tmpfs t rw\n", "36  0:1 / /x rw - tmpfs t rw\n",
		"36 35 0:1  /x rw - tmpfs t rw\n", "36 35 0:1 /  rw - tmpfs t rw\n", "36 35 0:1 / /x rw - \n",
		"36 35 4294967296:1 / /x rw - tmpfs t rw\n",
	};
	struct mountinfo m;

	(void) state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (mountinfo_parse(xstrdup(bad[i]), &m))
			FAIL("taken: %s", bad[i]);
		mountinfo_free(&m);
	}
	assert_true(mountinfo_parse(xstrdup(""), &m));
	assert_int_equal(m.n, 0);
	assert_null(mountinfo_find(&m, 1));
	mountinfo_free(&m);
}

static void own(void **state)
{
	struct mountinfo m;
	struct statx stx;
	struct stat st;

	(void) state;
	assert_int_equal(mountinfo_read("/proc/self", &m, &err), 0);
	assert_int_equal(statx(AT_FDCWD, "/proc", 0, STATX_MNT_ID, &stx), 0);
	if (stx.stx_mask & STATX_MNT_ID) {
		const struct mount_entry *e = mountinfo_find(&m, stx.stx_mnt_id);
		assert_non_null(e);
		assert_string_equal(e->type, "proc");
		assert_int_equal(stat("/proc", &st), 0);
		assert_int_equal(makedev(e->major, e->minor), st.st_dev);
	}
	mountinfo_free(&m);
	assert_int_equal(mountinfo_read("/proc/self/nothing", &m, &err), -1);
	assert_int_equal(err.number, ENOENT);
	mountinfo_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(rings),
		cmocka_unit_test(no_lines),
		cmocka_unit_test(own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
