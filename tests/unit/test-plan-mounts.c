/* What becomes of config.mounts: kinds of step, targets, order, refusals. */
#include "test-plan-fixture.h"

#define BIND(options) "{'destination':'/data', 'source':'/srv', 'options':['bind'" options "]}"
#define RBIND(options) "{'destination':'/data', 'source':'/srv', 'options':['rbind'" options "]}"
#define TMPFS(options) "{'destination':'/tmp', 'type':'tmpfs', 'source':'tmpfs', 'options':[" options "]}"
#define ATIME ((uint64_t) MOUNT_ATTR__ATIME)

/* ---- the kind of step -------------------------------------------------- */

static void test_bind(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND());
	const struct step *s = step_on("/data");
	assert_int_equal(s->action, STEP_BIND);
	assert_string_equal(s->source, "/srv");
	assert_string_equal(s->pointer, "/mounts/0");
	assert_false(s->recursive);
	assert_true(s->outside);
	assert_null(s->type);
	assert_int_equal(s->n_propagation, 0);
}

static void test_type_does_not_make_a_bind(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/data', 'type':'tmpfs', 'source':'/srv', 'options':['rbind']}");
	assert_int_equal(step_on("/data")->action, STEP_BIND);
	assert_true(step_on("/data")->recursive);
	assert_false(step_on("/data")->mode_from_target);
	assert_plan(.mounts = "{'destination':'/data', 'type':'none', 'source':'/srv', 'options':['bind']}");
	assert_int_equal(step_on("/data")->action, STEP_BIND);
	assert_refused("/mounts/0/options", "bind", .mounts = "{'destination':'/data', 'type':'bind', 'source':'/srv'}");
}

static void test_bind_of_a_relative_source(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/data', 'source':'sub/data', 'options':['bind']}");
	assert_string_equal(step_on("/data")->source, "/bundles/web/sub/data");
	assert_plan(.mounts = "{'destination':'/data', 'source':'./data', 'options':['bind']}");
	assert_string_equal(step_on("/data")->source, "/bundles/web/data");
	assert_plan(.mounts = "{'destination':'/data', 'source':'../data', 'options':['bind']}");
	assert_string_equal(step_on("/data")->source, "/bundles/web/../data");
}

static void test_bind_without_privilege_is_opened_by_init(void **state)
{
	(void) state;
	unprivileged();
	assert_plan(.mounts = BIND(), .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_false(step_on("/data")->outside);
}

/* The root is at /bundles/web/rootfs.  Once something is mounted in it, what lies there is the container's. */
static void test_bind_from_an_earlier_mount(void **state)
{
	(void) state;
	assert_plan(.mounts = TMPFS() ", {'destination':'/data', 'source':'rootfs/tmp/x', 'options':['bind']}");
	assert_string_equal(step_on("/data")->within, "/tmp/x");
	assert_false(step_on("/data")->outside);
	assert_plan(.mounts = TMPFS() ", {'destination':'/data', 'source':'/bundles/web/rootfs/./tmp', 'options':['bind']}");
	assert_string_equal(step_on("/data")->within, "/tmp");
	assert_plan(.mounts = "{'destination':'/data', 'source':'rootfs/tmp', 'options':['bind']}, " TMPFS());
	assert_null(step_on("/data")->within);
	assert_plan(.mounts = TMPFS() ", {'destination':'/data', 'source':'rootfs/tmpx', 'options':['bind']}");
	assert_null(step_on("/data")->within);
	assert_true(step_on("/data")->outside);
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS,
		    .mounts = TMPFS() ", {'destination':'/data', 'source':'rootfs/tmp', 'options':['bind', 'idmap']}");
	assert_true(step_on("/data")->idmap);
	assert_false(step_on("/data")->outside);
}

static void test_target_below_the_rootfs(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/bundles/web/rootfs/data', 'source':'/srv', 'options':['bind']}");
	assert_non_null(step_on("/data"));
	assert_plan(.mounts = "{'destination':'/bundles/web/rootfs/', 'source':'/srv', 'options':['bind']}");
	assert_string_equal(plan.rootfs.steps[0].target, "/");
}

static void test_bind_without_source(void **state)
{
	(void) state;
	assert_refused("/mounts/0/source", "source", .mounts = "{'destination':'/data', 'options':['bind']}");
}

static void test_bind_with_data(void **state)
{
	(void) state;
	assert_refused("/mounts/0/options/2", "bind mounts cannot have any filesystem-specific options applied",
		       .mounts = BIND(", 'ro', 'size=1m'"));
}

static void test_new_file_system(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/mnt', 'type':'ext4', 'source':'/dev/sdb', "
			      "'options':['ro', 'sync', 'data=ordered', 'noatime', 'errors=panic']}");
	const struct step *s = step_on("/mnt");
	assert_int_equal(s->action, STEP_MOUNT);
	assert_string_equal(s->type, "ext4");
	assert_string_equal(s->source, "/dev/sdb");
	assert_string_equal(s->data, "data=ordered,errors=panic");
	assert_int_equal(s->super, MS_RDONLY | MS_SYNCHRONOUS);
	assert_int_equal(s->set, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME);
	assert_false(s->outside);
	assert_null(late_step(STEP_SEAL, "/mnt"));
}

static void test_kernel_file_systems_stay_writable_as_such(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/sys', 'type':'sysfs', 'source':'sysfs', 'options':['ro', 'nosuid']}, "
			      "{'destination':'/sys/fs/cgroup', 'type':'cgroup', 'source':'cgroup', 'options':['ro']}");
	assert_int_equal(step_on("/sys")->super, 0);
	assert_int_equal(step_on("/sys")->set, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID);
	assert_null(late_step(STEP_SEAL, "/sys"));
}

static void test_cgroup(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/sys/fs/cgroup', 'type':'cgroup', 'options':['ro', 'nosuid', 'nodev']}");
	assert_int_equal(step_on("/sys/fs/cgroup")->action, STEP_CGROUP);
	assert_int_equal(step_on("/sys/fs/cgroup")->set, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	assert_plan(.mounts = "{'destination':'/sys/fs/cgroup', 'type':'cgroup', 'options':['rw']}");
	assert_int_equal(step_on("/sys/fs/cgroup")->set, 0);
	assert_plan(.mounts = "{'destination':'/sys/fs/cgroup', 'type':'cgroup2'}");
	assert_int_equal(step_on("/sys/fs/cgroup")->action, STEP_CGROUP);
	host.layout = CGROUP_HYBRID;
	assert_plan(.mounts = "{'destination':'/sys/fs/cgroup', 'type':'cgroup2'}");
	assert_int_equal(step_on("/sys/fs/cgroup")->action, STEP_MOUNT);
}

static void test_remount(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/dev', 'type':'tmpfs', 'options':['remount', 'ro', 'size=1m', 'sync']}");
	const struct step *s = step_on("/dev");
	assert_int_equal(s->action, STEP_REMOUNT);
	assert_int_equal(s->set, MOUNT_ATTR_RDONLY);
	assert_int_equal(s->super, MS_SYNCHRONOUS);
	assert_string_equal(s->data, "size=1m");
	assert_null(late_step(STEP_SEAL, "/dev"));
	assert_plan(.mounts = "{'destination':'/data', 'options':['remount', 'bind', 'ro', 'sync']}");
	assert_int_equal(step_on("/data")->action, STEP_REMOUNT);
	assert_int_equal(step_on("/data")->super, 0);
	assert_refused("/mounts/0/options/2", "bind mounts cannot have",
		       .mounts = "{'destination':'/data', 'options':['remount', 'bind', 'size=1']}");
}

static void test_only_propagation(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/data', 'options':['rshared']}");
	assert_int_equal(step_on("/data")->action, STEP_PROPAGATE);
	assert_int_equal(step_on("/data")->propagation[0], MS_SHARED | MS_REC);
	assert_refused("/mounts/0/type", "needs the type of a file system", .mounts = "{'destination':'/data', 'options':['ro']}");
	assert_refused("/mounts/0/type", "needs the type of a file system", .mounts = "{'destination':'/data', 'type':'none'}");
}

static void test_order_is_kept(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/b', 'type':'tmpfs'}, {'destination':'/a', 'type':'tmpfs'}, "
			      "{'destination':'/b/c', 'source':'/x', 'options':['bind']}");
	assert_string_equal(plan.rootfs.steps[0].target, "/b");
	assert_string_equal(plan.rootfs.steps[1].target, "/a");
	assert_string_equal(plan.rootfs.steps[2].target, "/b/c");
	assert_string_equal(plan.rootfs.steps[2].pointer, "/mounts/2");
}

static void test_notify_socket(void **state)
{
	(void) state;
	options.notify_socket = "/run/ctr-run/web/notify";
	assert_plan(.mounts = "{'destination':'/run', 'type':'tmpfs', 'options':['ro', 'mode=755']}");
	const struct step *s = step_on("/run/notify");
	assert_int_equal(s->action, STEP_BIND);
	assert_string_equal(s->source, "/run/ctr-run/web/notify");
	assert_true(s->outside);
	assert_true(s > step_on("/run"));
	assert_non_null(late_step(STEP_SEAL, "/run"));
}

/* ---- targets ----------------------------------------------------------- */

static void test_targets_are_cleaned(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'data', 'type':'tmpfs'}, {'destination':'//a/./b/../c/', 'type':'tmpfs'}, "
			      "{'destination':'/../../up', 'type':'tmpfs'}");
	assert_string_equal(plan.rootfs.steps[0].target, "/data");
	assert_string_equal(plan.rootfs.steps[1].target, "/a/c");
	assert_string_equal(plan.rootfs.steps[2].target, "/up");
}

static void test_root(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/', 'type':'tmpfs', 'options':['tmpcopyup']}, "
			      "{'destination':'a/..', 'source':'/srv', 'options':['bind']}, {'destination':'/run', 'type':'tmpfs'}");
	assert_string_equal(plan.rootfs.steps[0].target, "/");
	assert_int_equal(plan.rootfs.steps[0].action, STEP_MOUNT);
	assert_string_equal(plan.rootfs.steps[1].target, "/");
	assert_int_equal(plan.rootfs.steps[1].action, STEP_BIND);
	assert_refused("/mounts/1/destination", "the root must be the first mount: it would cover the one on /run",
		       .mounts = "{'destination':'/run', 'type':'tmpfs'}, {'destination':'/', 'type':'tmpfs'}");
	assert_refused("/mounts/0/destination", "must not be the root itself", .mounts = "{'destination':'/', 'type':'proc'}");
	assert_refused("/mounts/0/destination", "must not be the root itself", .mounts = "{'destination':'a/..', 'type':'cgroup'}");
	assert_refused("/mounts/0/destination", "must not be the root itself", .mounts = "{'destination':'/', 'options':['remount', 'ro']}");
	assert_refused("/mounts/0/destination", "must not be the root itself", .mounts = "{'destination':'/', 'options':['rshared']}");
	assert_refused("/mounts/0/options", "the root is shared by rootfsPropagation only",
		       .mounts = "{'destination':'/', 'source':'/srv', 'options':['rbind', 'rshared']}");
}

static void test_proc(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/proc', 'type':'proc', 'source':'proc'}");
	assert_int_equal(step_on("/proc")->action, STEP_MOUNT);
	assert_plan(.mounts = "{'destination':'/proc', 'source':'/proc', 'options':['rbind']}");
	assert_refused("/mounts/0/destination", "/proc cannot be mounted because it is not of type proc",
		       .mounts = "{'destination':'/proc', 'type':'tmpfs'}");
	assert_refused("/mounts/0/destination", "/proc cannot be mounted because it is not of type proc",
		       .mounts = "{'destination':'/proc', 'type':'cgroup'}");
	assert_refused("/mounts/0/destination", "because it is not of type proc",
		       .mounts = "{'destination':'/a/../proc/', 'source':'/tmp/proc', 'options':['bind']}");
}

static void test_inside_proc(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/proc/cpuinfo', 'source':'/lxcfs/cpuinfo', 'options':['bind']}, "
			      "{'destination':'/proc/sys/kernel/ns_last_pid', 'source':'/x', 'options':['bind']}");
	assert_refused("/mounts/0/destination", "/proc/self/attr cannot be mounted because it is inside /proc",
		       .mounts = "{'destination':'/proc/self/attr', 'type':'tmpfs'}");
	assert_refused("/mounts/0/destination", "inside /proc", .mounts = "{'destination':'/proc/sub', 'type':'proc'}");
	assert_refused("/mounts/0/destination", "inside /proc", .mounts = "{'destination':'/proc/net/dev', 'source':'/x', 'options':['bind']}");
	/* A name that only begins alike. */
	assert_plan(.mounts = "{'destination':'/process', 'type':'tmpfs'}");
}

/* ---- tmpfs and what is filled before it is read-only -------------------- */

static void test_tmpfs(void **state)
{
	(void) state;
	assert_plan(.mounts = TMPFS("'size=64k', '', 'nosuid'"));
	assert_string_equal(step_on("/tmp")->data, "size=64k");
	assert_true(step_on("/tmp")->mode_from_target);
	assert_plan(.mounts = TMPFS("'size=64k', 'mode=1777'"));
	assert_string_equal(step_on("/tmp")->data, "size=64k,mode=1777");
	assert_false(step_on("/tmp")->mode_from_target);
	assert_plan(.mounts = TMPFS("'xmode=1'"));
	assert_true(step_on("/tmp")->mode_from_target);
	/* Nothing else takes over the mode (crun 1.29 did this to procfs). */
	assert_plan(.mounts = "{'destination':'/proc', 'type':'proc'}, {'destination':'/dev/mqueue', 'type':'mqueue'}");
	assert_false(step_on("/proc")->mode_from_target);
	assert_false(step_on("/dev/mqueue")->mode_from_target);
}

static void test_copy_up(void **state)
{
	(void) state;
	assert_plan(.mounts = TMPFS("'tmpcopyup', 'ro'"));
	assert_true(step_on("/tmp")->copy_up);
	assert_true(step_on("/tmp")->owner_from_target);
	assert_null(step_on("/tmp")->data);
	assert_non_null(late_step(STEP_SEAL, "/tmp"));
	assert_plan(.mounts = TMPFS("'tmpcopyup', 'gid=0'"));
	assert_false(step_on("/tmp")->owner_from_target);
	assert_plan(.mounts = TMPFS("'nodev'"));
	assert_false(step_on("/tmp")->owner_from_target);
	assert_refused("/mounts/0/options/1", "\"tmpcopyup\" is for tmpfs only", .mounts = BIND(", 'tmpcopyup'"));
	assert_refused("/mounts/0/options/0", "is for tmpfs only",
		       .mounts = "{'destination':'/proc', 'type':'proc', 'options':['tmpcopyup']}");
}

static void test_read_only_tmpfs_is_sealed_late(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/a', 'type':'tmpfs'}, " TMPFS("'ro', 'nodev'"));
	const struct step *seal = late_step(STEP_SEAL, "/tmp");
	assert_int_equal(step_on("/tmp")->set, MOUNT_ATTR_NODEV);
	assert_int_equal(step_on("/tmp")->super, 0);
	assert_non_null(seal);
	assert_int_equal(seal->of, 1);
	assert_string_equal(seal->pointer, "/mounts/1");
	assert_plan(.mounts = TMPFS("'ro', 'rw'"));
	assert_null(late_step(STEP_SEAL, "/tmp"));
}

static void test_read_only_bind_is_so_from_the_start_also_if_it_is_filled(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'ro'"));
	assert_int_equal(step_on("/data")->set, MOUNT_ATTR_RDONLY);
	assert_false(step_on("/data")->filled);
	assert_plan(.mounts = BIND(", 'ro'") ", {'destination':'/data/sub', 'type':'tmpfs'}");
	assert_int_equal(step_on("/data")->set, MOUNT_ATTR_RDONLY);
	assert_true(step_on("/data")->filled);
	assert_null(late_step(STEP_SEAL, "/data"));
	/* A neighbour, and one that comes before, fill nothing. */
	assert_plan(.mounts = "{'destination':'/data/sub', 'type':'tmpfs'}, " BIND(", 'ro'") ", {'destination':'/data2', 'type':'tmpfs'}");
	assert_false(step_on("/data")->filled);
	/* What is recursive makes what lies below read-only, too: nothing is mounted there. */
	assert_plan(.mounts = RBIND(", 'rro'") ", {'destination':'/data/sub', 'type':'tmpfs'}");
	assert_int_equal(step_on("/data")->set_all, MOUNT_ATTR_RDONLY);
	assert_false(step_on("/data")->filled);
}

static void test_read_only_dev_is_sealed_late(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/dev', 'type':'devtmpfs', 'options':['ro']}");
	assert_int_equal(step_on("/dev")->set, 0);
	assert_non_null(late_step(STEP_SEAL, "/dev"));
}

/* ---- SELinux ------------------------------------------------------------ */

static void test_mount_label(void **state)
{
	static const char mounts[] = "{'destination':'/proc', 'type':'proc'}, {'destination':'/tmp', 'type':'tmpfs', "
				     "'options':['size=1m']}, {'destination':'/pts', 'type':'devpts'}, " BIND();

	(void) state;
	assert_refused("/linux/mountLabel", "selinux is disabled or not supported", .mounts = mounts, .linux = "'mountLabel':'a:b:c:s0:c1,c2'");
	assert_plan(.mounts = mounts, .linux = "'mountLabel':''");
	assert_string_equal(step_on("/tmp")->data, "size=1m");
	assert_null(plan.rootfs.mount_label);
	host.selinux = true;
	assert_plan(.mounts = mounts, .linux = "'mountLabel':'a:b:c:s0:c1,c2'");
	assert_string_equal(plan.rootfs.mount_label, "a:b:c:s0:c1,c2");
	assert_null(step_on("/proc")->data);
	assert_null(step_on("/data")->data);
	assert_string_equal(step_on("/tmp")->data, "size=1m,context=\"a:b:c:s0:c1,c2\"");
	assert_string_equal(step_on("/pts")->data, "context=\"a:b:c:s0:c1,c2\"");
	assert_plan(.mounts = mounts, .linux = "'mountLabel':'l'", .top = "'annotations':{'run.oci.mount_context_type':'rootcontext'}");
	assert_string_equal(step_on("/pts")->data, "rootcontext=\"l\"");
	assert_refused("/annotations/run.oci.mount_context_type", "is not one of context", .mounts = mounts,
		       .linux = "'mountLabel':'l'", .top = "'annotations':{'run.oci.mount_context_type':'x'}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bind),
		TEST(test_type_does_not_make_a_bind),
		TEST(test_bind_of_a_relative_source),
		TEST(test_bind_without_privilege_is_opened_by_init),
		TEST(test_bind_from_an_earlier_mount),
		TEST(test_target_below_the_rootfs),
		TEST(test_bind_without_source),
		TEST(test_bind_with_data),
		TEST(test_new_file_system),
		TEST(test_kernel_file_systems_stay_writable_as_such),
		TEST(test_cgroup),
		TEST(test_remount),
		TEST(test_only_propagation),
		TEST(test_order_is_kept),
		TEST(test_notify_socket),
		TEST(test_targets_are_cleaned),
		TEST(test_root),
		TEST(test_proc),
		TEST(test_inside_proc),
		TEST(test_tmpfs),
		TEST(test_copy_up),
		TEST(test_read_only_tmpfs_is_sealed_late),
		TEST(test_read_only_bind_is_so_from_the_start_also_if_it_is_filled),
		TEST(test_read_only_dev_is_sealed_late),
		TEST(test_mount_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
