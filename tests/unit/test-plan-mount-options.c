/* What the words of a mount's options set, clear and pass on. */
#include "test-plan-fixture.h"
#include "plan/mount-options.h"

#define BIND(options) "{'destination':'/data', 'source':'/srv', 'options':['bind'" options "]}"
#define RBIND(options) "{'destination':'/data', 'source':'/srv', 'options':['rbind'" options "]}"
#define TMPFS(options) "{'destination':'/tmp', 'type':'tmpfs', 'source':'tmpfs', 'options':[" options "]}"
#define ATIME ((uint64_t) MOUNT_ATTR__ATIME)
#define ACCESS_TIMES (ATIME | MOUNT_ATTR_NODIRATIME)
#define OTHERS ((uint64_t) (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW))

/* ---- options ----------------------------------------------------------- */

static void test_bits(void **state)
{
	static const struct { const char *set, *clear; uint64_t flag; } pairs[] = {
		{ "ro", "rw", MOUNT_ATTR_RDONLY }, { "nosuid", "suid", MOUNT_ATTR_NOSUID }, { "nodev", "dev", MOUNT_ATTR_NODEV },
		{ "noexec", "exec", MOUNT_ATTR_NOEXEC }, { "nodiratime", "diratime", MOUNT_ATTR_NODIRATIME },
		{ "nosymfollow", "symfollow", MOUNT_ATTR_NOSYMFOLLOW },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		for (int recursive = 0; recursive < 2; recursive++) {
			const char *r = recursive ? "r" : "";
			char mount[256];
			const struct step *s;

			snprintf(mount, sizeof mount, RBIND(", '%s%s'"), r, pairs[i].set);
			assert_plan(.mounts = mount);
			s = step_on("/data");
			assert_int_equal(recursive ? s->set_all : s->set, pairs[i].flag);
			assert_int_equal((recursive ? s->clear_all : s->clear) & pairs[i].flag, 0);
			assert_int_equal(recursive ? s->set : s->set_all, 0);

			snprintf(mount, sizeof mount, RBIND(", '%s%s'"), r, pairs[i].clear);
			assert_plan(.mounts = mount);
			s = step_on("/data");
			assert_int_equal(recursive ? s->set_all : s->set, 0);
			assert_int_equal((recursive ? s->clear_all : s->clear) & pairs[i].flag, pairs[i].flag);

			/* The last wins. */
			snprintf(mount, sizeof mount, RBIND(", '%s%s', '%s%s'"), r, pairs[i].set, r, pairs[i].clear);
			assert_plan(.mounts = mount);
			s = step_on("/data");
			assert_int_equal(recursive ? s->set_all : s->set, 0);
			assert_int_equal((recursive ? s->clear_all : s->clear) & pairs[i].flag, pairs[i].flag);
			snprintf(mount, sizeof mount, RBIND(", '%s%s', '%s%s'"), r, pairs[i].clear, r, pairs[i].set);
			assert_plan(.mounts = mount);
			s = step_on("/data");
			assert_int_equal(recursive ? s->set_all : s->set, pairs[i].flag);
			assert_int_equal((recursive ? s->clear_all : s->clear) & pairs[i].flag, 0);
		}
}

static void test_access_times(void **state)
{
	static const struct { const char *options; uint64_t set, clear; } cases[] = {
		{ "'noatime'", MOUNT_ATTR_NOATIME, ACCESS_TIMES },
		{ "'strictatime'", MOUNT_ATTR_STRICTATIME, ACCESS_TIMES },
		{ "'relatime'", 0, ACCESS_TIMES },
		{ "'atime'", 0, ACCESS_TIMES },			/* of a source that is noatime */
		{ "'nostrictatime'", 0, ACCESS_TIMES },
		{ "'norelatime'", 0, 0 },
		{ "'noatime', 'strictatime'", MOUNT_ATTR_STRICTATIME, ACCESS_TIMES },
		{ "'strictatime', 'noatime'", MOUNT_ATTR_NOATIME, ACCESS_TIMES },
		{ "'noatime', 'relatime'", 0, ACCESS_TIMES },
		{ "'noatime', 'atime'", 0, ACCESS_TIMES },
		{ "'strictatime', 'atime'", MOUNT_ATTR_STRICTATIME, ACCESS_TIMES },
		{ "'strictatime', 'nostrictatime'", 0, ACCESS_TIMES },
		{ "'noatime', 'nostrictatime'", MOUNT_ATTR_NOATIME, ACCESS_TIMES },
		{ "'relatime', 'norelatime'", 0, 0 },
		{ "'noatime', 'norelatime'", MOUNT_ATTR_NOATIME, ACCESS_TIMES },
		{ "'noatime', 'nodiratime'", MOUNT_ATTR_NOATIME | MOUNT_ATTR_NODIRATIME, ATIME },
		{ "'nodiratime'", MOUNT_ATTR_NODIRATIME, ATIME },
		{ "'nodiratime', 'relatime', 'diratime'", 0, ACCESS_TIMES },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char mount[256];

		snprintf(mount, sizeof mount, BIND(", %s"), cases[i].options);
		assert_plan(.mounts = mount);
		if (step_on("/data")->set != cases[i].set || (step_on("/data")->clear & ACCESS_TIMES) != cases[i].clear)
			give_up("%s: set %llx, clear %llx", cases[i].options, (unsigned long long) step_on("/data")->set,
				 (unsigned long long) step_on("/data")->clear);
	}
	assert_plan(.mounts = RBIND(", 'rnoatime', 'strictatime'"));
	assert_int_equal(step_on("/data")->set_all, MOUNT_ATTR_NOATIME);
	assert_int_equal(step_on("/data")->clear_all, ATIME);
	assert_int_equal(step_on("/data")->set, MOUNT_ATTR_STRICTATIME);
}

static void test_tree_of_one_mount(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'rro', 'rnosuid', 'rdev', 'suid', 'rnoatime', 'strictatime'"));
	assert_int_equal(step_on("/data")->set, MOUNT_ATTR_RDONLY | MOUNT_ATTR_STRICTATIME);
	assert_int_equal(step_on("/data")->clear, (OTHERS & ~(uint64_t) MOUNT_ATTR_RDONLY) | ACCESS_TIMES);
	assert_int_equal(step_on("/data")->set_all | step_on("/data")->clear_all, 0);
	assert_plan(.mounts = BIND(", 'rnoatime'"));
	assert_int_equal(step_on("/data")->set, MOUNT_ATTR_NOATIME);
	assert_int_equal(step_on("/data")->clear, ATIME);
	assert_plan(.mounts = TMPFS("'rro'"));
	assert_int_equal(step_on("/tmp")->set, 0);
	assert_non_null(late_step(STEP_SEAL, "/tmp"));
}

/* As mount(2) has it: one named, all named. */
static void test_unnamed(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'rprivate', 'rro'"));
	assert_int_equal(step_on("/data")->clear, 0);
	assert_plan(.mounts = BIND(", 'ro'"));
	assert_int_equal(step_on("/data")->clear, OTHERS & ~(uint64_t) MOUNT_ATTR_RDONLY);
	assert_plan(.mounts = BIND(", 'dev'"));
	assert_int_equal(step_on("/data")->clear, OTHERS);
	assert_plan(.mounts = RBIND(", 'rnosuid', 'noexec'"));
	assert_int_equal(step_on("/data")->clear, OTHERS & ~(uint64_t) (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
	assert_int_equal(step_on("/data")->clear_all, 0);
	assert_plan(.mounts = BIND(", 'ro', 'noatime'"), .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_int_equal(step_on("/data")->clear, ATIME | MOUNT_ATTR_NOSYMFOLLOW);
	assert_plan(.mounts = TMPFS("'nosuid'"));
	assert_int_equal(step_on("/tmp")->clear, 0);
}

static void test_superblock_flags(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/mnt', 'type':'xfs', 'source':'/dev/sdb', "
			      "'options':['sync', 'dirsync', 'lazytime', 'mand', 'silent', 'iversion']}");
	assert_int_equal(step_on("/mnt")->super,
			 MS_SYNCHRONOUS | MS_DIRSYNC | MS_LAZYTIME | MS_MANDLOCK | MS_SILENT | MS_I_VERSION);
	assert_null(step_on("/mnt")->data);
	assert_plan(.mounts = "{'destination':'/mnt', 'type':'xfs', 'options':['sync', 'async', 'lazytime', 'nolazytime', "
			      "'mand', 'nomand', 'silent', 'loud', 'iversion', 'noiversion', 'ro', 'rw', 'defaults']}");
	assert_int_equal(step_on("/mnt")->super, 0);
	assert_null(step_on("/mnt")->data);
	assert_plan(.mounts = BIND(", 'sync'"));	/* not the file system's maker */
	assert_int_equal(step_on("/data")->super, 0);
}

static void test_propagation(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'rslave', 'shared', 'rslave', 'ro'"));
	const struct step *s = step_on("/data");
	assert_int_equal(s->n_propagation, 2);
	assert_int_equal(s->propagation[0], MS_SHARED);
	assert_int_equal(s->propagation[1], MS_SLAVE | MS_REC);
	assert_plan(.mounts = BIND(", 'private', 'rprivate', 'unbindable', 'runbindable'"));
	assert_int_equal(step_on("/data")->n_propagation, 4);
	assert_int_equal(step_on("/data")->propagation[3], MS_UNBINDABLE | MS_REC);
	assert_refused("/mounts/0/options/5", "more than 4",
		       .mounts = BIND(", 'private', 'rprivate', 'unbindable', 'runbindable', 'slave'"));
}

static void test_flags_for_binds(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'copy-symlink', 'src-nofollow', 'dest-nofollow'"));
	assert_true(step_on("/data")->copy_symlink);
	assert_true(step_on("/data")->no_follow_source);
	assert_true(step_on("/data")->no_follow_target);
	assert_refused("/mounts/0/options/1", "\"copy-symlink\" is for bind mounts only", .mounts = TMPFS("'ro', 'copy-symlink'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bits),
		TEST(test_access_times),
		TEST(test_tree_of_one_mount),
		TEST(test_unnamed),
		TEST(test_superblock_flags),
		TEST(test_propagation),
		TEST(test_flags_for_binds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
