/* What is in the way of a new procfs or sysfs, judged by the existing mounts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "sys/mountinfo.h"
#include "sys/revealing.h"

static void assert_why(const char *type, const char *table, const char *expected)
{
	struct mountinfo mounts;
	auto_text why = { 0 };

	assert_true(mountinfo_parse(xstrdup(table), &mounts));
	revealing_explain(&mounts, type, &why);
	assert_string_equal(why.s ? why.s : "", expected);
	mountinfo_free(&mounts);
}

#define ROOT "1 0 8:1 / / rw - ext4 /dev/sda rw\n"
#define PROC "2 1 0:2 / /proc rw - proc proc rw\n"

static void nothing_in_the_way(void **state)
{
	(void) state;
	assert_why("proc", ROOT PROC, "");
	assert_why("proc", ROOT PROC "3 2 0:3 / /proc/sys/fs/binfmt_misc rw - autofs x rw\n", "");
	assert_why("sysfs", ROOT "2 1 0:2 / /sys rw - sysfs x rw\n3 2 0:3 / /sys/fs/cgroup rw - cgroup2 x rw\n"
				 "4 2 0:4 / /sys/kernel/security rw - securityfs x rw\n", "");
	/* What is mounted on a mount on it, or on something else. */
	assert_why("proc", ROOT PROC "3 2 0:3 / /proc/fs/nfsd rw - nfsd x rw\n4 3 0:4 / /proc/fs/nfsd/x rw - tmpfs x rw\n"
				     "5 1 0:5 / /procession rw - tmpfs x rw\n", "");
	/* One whole is enough, wherever it is. */
	assert_why("proc", ROOT PROC "3 2 0:3 / /proc/keys rw - tmpfs x rw\n4 1 0:2 / /mnt/proc rw - proc x rw\n", "");
	assert_why("proc", ROOT PROC "3 2 0:3 / /proc/keys rw - tmpfs x rw\n4 1 0:2 / /mnt/proc rw - proc x rw\n"
				     "5 4 0:3 / /mnt/proc/sys/fs/binfmt_misc rw - autofs x rw\n", "");
}

static void covered(void **state)
{
	(void) state;
	assert_why("proc", ROOT PROC "3 2 0:3 / /proc/keys rw - tmpfs x rw\n",
		   "over parts of /proc there is something mounted: /proc/keys");
	assert_why("proc", ROOT PROC "3 2 0:3 / /proc/a rw - tmpfs x rw\n4 2 0:3 / /proc/b rw - tmpfs x rw\n5 2 0:3 / /proc/c rw - tmpfs x rw\n"
				     "6 2 0:3 / /proc/d rw - tmpfs x rw\n7 2 0:3 / /proc/e rw - tmpfs x rw\n8 2 0:3 / /proc/f\\040g rw - tmpfs x rw\n",
		   "over parts of /proc there is something mounted: /proc/a, /proc/b, /proc/c, /proc/d and 2 more");
	/* That which hides least is told of. */
	assert_why("sysfs", ROOT "2 1 0:2 / /sys rw - sysfs x rw\n3 2 0:3 / /sys/a rw - tmpfs x rw\n4 2 0:3 / /sys/b rw - tmpfs x rw\n"
				 "5 1 0:2 / /x rw - sysfs x rw\n6 5 0:3 / /x/c rw - tmpfs x rw\n",
		   "over parts of /x there is something mounted: /x/c");
	/* A whole one that is covered all over. */
	assert_why("proc", ROOT PROC "3 2 0:3 / /proc rw - tmpfs x rw\n", "over parts of /proc there is something mounted: /proc");
}

static void not_there(void **state)
{
	(void) state;
	assert_why("proc", ROOT, "no proc is mounted here");
	assert_why("sysfs", ROOT PROC, "no sysfs is mounted here");
	assert_why("proc", ROOT "2 1 0:2 /sys /mnt rw - proc proc rw\n", "no proc is mounted here as a whole: /mnt shows only its /sys");
	assert_why("proc", "", "no proc is mounted here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_the_way),
		cmocka_unit_test(covered),
		cmocka_unit_test(not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
