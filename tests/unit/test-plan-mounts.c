/* What becomes of config.mounts: kinds of step, attributes, order, refusals. */
#include "test-plan-fixture.h"
#include "config/mount-option-names.h"
#include "plan/mount-options.h"

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

static void test_root_is_no_target(void **state)
{
	(void) state;
	assert_refused("/mounts/0/destination", "must not be the root itself", .mounts = "{'destination':'/', 'type':'tmpfs'}");
	assert_refused("/mounts/0/destination", "must not be the root itself", .mounts = "{'destination':'a/..', 'type':'tmpfs'}");
}

static void test_proc(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/proc', 'type':'proc', 'source':'proc'}");
	assert_int_equal(step_on("/proc")->action, STEP_MOUNT);
	assert_plan(.mounts = "{'destination':'/proc', 'source':'/proc', 'options':['rbind']}");
	assert_refused("/mounts/0/destination", "/proc cannot be mounted because it is not of type proc",
		       .mounts = "{'destination':'/proc', 'type':'tmpfs'}");
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

/* ---- options ----------------------------------------------------------- */

static void test_every_option_of_the_spec_is_known(void **state)
{
	(void) state;
	for (size_t i = 0; mount_option_names[i]; i++) {
		bool known = false;
		for (size_t k = 0; mount_option_name(k); k++)
			known = known || !strcmp(mount_option_name(k), mount_option_names[i]);
		if (!known)
			give_up("%s is in features but not in the table", mount_option_names[i]);
	}
	for (size_t k = 1; mount_option_name(k); k++)	/* bsearch(3) needs it */
		assert_true(strcmp(mount_option_name(k - 1), mount_option_name(k)) < 0);
}

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
			assert_int_equal(recursive ? s->clear_all : s->clear, 0);
			assert_int_equal(recursive ? s->set : s->set_all, 0);

			snprintf(mount, sizeof mount, RBIND(", '%s%s'"), r, pairs[i].clear);
			assert_plan(.mounts = mount);
			s = step_on("/data");
			assert_int_equal(recursive ? s->set_all : s->set, 0);
			assert_int_equal(recursive ? s->clear_all : s->clear, pairs[i].flag);

			/* The last wins. */
			snprintf(mount, sizeof mount, RBIND(", '%s%s', '%s%s'"), r, pairs[i].set, r, pairs[i].clear);
			assert_plan(.mounts = mount);
			s = step_on("/data");
			assert_int_equal(recursive ? s->set_all : s->set, 0);
			assert_int_equal(recursive ? s->clear_all : s->clear, pairs[i].flag);
			snprintf(mount, sizeof mount, RBIND(", '%s%s', '%s%s'"), r, pairs[i].clear, r, pairs[i].set);
			assert_plan(.mounts = mount);
			s = step_on("/data");
			assert_int_equal(recursive ? s->set_all : s->set, pairs[i].flag);
			assert_int_equal(recursive ? s->clear_all : s->clear, 0);
		}
}

static void test_access_times(void **state)
{
	static const struct { const char *options; uint64_t set, clear; } cases[] = {
		{ "'noatime'", MOUNT_ATTR_NOATIME, ATIME },
		{ "'strictatime'", MOUNT_ATTR_STRICTATIME, ATIME },
		{ "'relatime'", 0, ATIME },
		{ "'atime'", 0, ATIME },			/* of a source that is noatime */
		{ "'nostrictatime'", 0, ATIME },
		{ "'norelatime'", 0, 0 },
		{ "'noatime', 'strictatime'", MOUNT_ATTR_STRICTATIME, ATIME },
		{ "'strictatime', 'noatime'", MOUNT_ATTR_NOATIME, ATIME },
		{ "'noatime', 'relatime'", 0, ATIME },
		{ "'noatime', 'atime'", 0, ATIME },
		{ "'strictatime', 'atime'", MOUNT_ATTR_STRICTATIME, ATIME },
		{ "'strictatime', 'nostrictatime'", 0, ATIME },
		{ "'noatime', 'nostrictatime'", MOUNT_ATTR_NOATIME, ATIME },
		{ "'relatime', 'norelatime'", 0, 0 },
		{ "'noatime', 'norelatime'", MOUNT_ATTR_NOATIME, ATIME },
		{ "'noatime', 'nodiratime'", MOUNT_ATTR_NOATIME | MOUNT_ATTR_NODIRATIME, ATIME },
		{ "'nodiratime', 'relatime', 'diratime'", 0, ATIME | MOUNT_ATTR_NODIRATIME },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char mount[256];

		snprintf(mount, sizeof mount, BIND(", %s"), cases[i].options);
		assert_plan(.mounts = mount);
		if (step_on("/data")->set != cases[i].set || step_on("/data")->clear != cases[i].clear)
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
	assert_int_equal(step_on("/data")->clear, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR__ATIME);
	assert_int_equal(step_on("/data")->set_all | step_on("/data")->clear_all, 0);
	assert_plan(.mounts = BIND(", 'rnoatime'"));
	assert_int_equal(step_on("/data")->set, MOUNT_ATTR_NOATIME);
	assert_int_equal(step_on("/data")->clear, ATIME);
	assert_plan(.mounts = TMPFS("'rro'"));
	assert_int_equal(step_on("/tmp")->set, 0);
	assert_non_null(late_step(STEP_SEAL, "/tmp"));
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
	assert_null(step_on("/tmp")->data);
	assert_non_null(late_step(STEP_SEAL, "/tmp"));
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

static void test_read_only_bind_is_sealed_if_it_is_filled(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'ro'"));
	assert_int_equal(step_on("/data")->set, MOUNT_ATTR_RDONLY);
	assert_null(late_step(STEP_SEAL, "/data"));
	assert_plan(.mounts = BIND(", 'ro'") ", {'destination':'/data/sub', 'type':'tmpfs'}");
	assert_int_equal(step_on("/data")->set, 0);
	assert_int_equal(late_step(STEP_SEAL, "/data")->of, 0);
	/* A neighbour, and one that comes before, fill nothing. */
	assert_plan(.mounts = "{'destination':'/data/sub', 'type':'tmpfs'}, " BIND(", 'ro'") ", {'destination':'/data2', 'type':'tmpfs'}");
	assert_null(late_step(STEP_SEAL, "/data"));
	/* What is recursive cannot wait: it would reach what is mounted later. */
	assert_plan(.mounts = RBIND(", 'rro'") ", {'destination':'/data/sub', 'type':'tmpfs'}");
	assert_int_equal(step_on("/data")->set_all, MOUNT_ATTR_RDONLY);
	assert_null(late_step(STEP_SEAL, "/data"));
}

static void test_read_only_dev_is_sealed_late(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/dev', 'type':'devtmpfs', 'options':['ro']}");
	assert_int_equal(step_on("/dev")->set, 0);
	assert_non_null(late_step(STEP_SEAL, "/dev"));
}

/* ---- ids --------------------------------------------------------------- */

static void test_idmap_of_the_mount(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/data', 'source':'/srv', 'options':['rbind', 'ridmap'], "
			      "'uidMappings':[{'containerID':0,'hostID':5,'size':1}], "
			      "'gidMappings':[{'containerID':0,'hostID':6,'size':2}]}");
	const struct step *s = step_on("/data");
	assert_true(s->idmap);
	assert_true(s->idmap_recursive);
	assert_int_equal(s->n_uids, 1);
	assert_int_equal(s->uids[0].host_id, 5);
	assert_int_equal(s->gids[0].host_id, 6);
}

static void test_mappings_mean_idmap(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/data', 'source':'/srv', 'options':['bind'], "
			      "'uidMappings':[{'containerID':0,'hostID':5,'size':1}], "
			      "'gidMappings':[{'containerID':0,'hostID':6,'size':2}]}");
	assert_true(step_on("/data")->idmap);
	assert_false(step_on("/data")->idmap_recursive);
	assert_refused("/mounts/0/gidMappings", "",
		       .mounts = "{'destination':'/data', 'source':'/srv', 'options':['bind'], "
				 "'uidMappings':[{'containerID':0,'hostID':5,'size':1}]}");
}

static void test_idmap_of_the_container(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'idmap'"), .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_int_equal(step_on("/data")->uids[0].host_id, 100000);
	assert_int_equal(step_on("/data")->gids[0].host_id, 200000);
	/* A joined one whose mappings nobody told. */
	assert_plan(.mounts = BIND(", 'idmap'"), .namespaces = NAMESPACES ", {'type':'user', 'path':'/proc/7/ns/user'}");
	assert_true(step_on("/data")->idmap);
	assert_null(step_on("/data")->uids);
	assert_refused("/mounts/0/options/1", "needs uidMappings and gidMappings", .mounts = BIND(", 'idmap'"));
}

static void test_idmap_refusals(void **state)
{
	(void) state;
	assert_refused("/mounts/0/options/1", "give them as uidMappings and gidMappings",
		       .mounts = BIND(", 'idmap=uids=0-1-10;gids=0-1-10'"));
	assert_int_equal(err.code, ERROR_UNSUPPORTED);
	assert_refused("/mounts/0/options/0", "is for bind mounts only", .mounts = TMPFS("'idmap'"));
	assert_refused("/mounts/0/uidMappings", "for bind mounts only",
		       .mounts = "{'destination':'/tmp', 'type':'tmpfs', 'uidMappings':[{'containerID':0,'hostID':5,'size':1}], "
				 "'gidMappings':[{'containerID':0,'hostID':6,'size':2}]}");
	unprivileged();
	assert_refused("/mounts/0", "an idmapped mount needs CAP_SYS_ADMIN", .mounts = BIND(", 'idmap'"),
		       .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
}

static void test_data_ids_must_be_mapped(void **state)
{
	static const char one[] = "'uidMappings':[{'containerID':0,'hostID':1000,'size':1}], "
				  "'gidMappings':[{'containerID':0,'hostID':1000,'size':1}]";

	(void) state;
	assert_refused("/mounts/0/options", "gid=5 is not mapped",
		       .mounts = "{'destination':'/dev/pts', 'type':'devpts', 'options':['newinstance', 'gid=5', 'mode=620']}",
		       .namespaces = NAMESPACES USER_NAMESPACE, .linux = one);
	assert_plan(.mounts = "{'destination':'/dev/pts', 'type':'devpts', 'options':['newinstance', 'gid=5', 'mode=620']}",
		    .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_plan(.mounts = "{'destination':'/dev/pts', 'type':'devpts', 'options':['gid=5']}");
}

/* ---- file systems that belong to a namespace ---------------------------- */

static void test_sysfs_of_a_shared_network(void **state)
{
	static const char mounts[] = "{'destination':'/sys', 'type':'sysfs', 'options':['ro', 'nosuid', 'noatime']}";

	(void) state;
	assert_plan(.mounts = mounts, .namespaces = "{'type':'mount'}, {'type':'user'}", .linux = MAPPINGS);
	const struct step *s = step_on("/sys");
	assert_int_equal(s->action, STEP_BIND);
	assert_string_equal(s->source, "/sys");
	assert_true(s->recursive);
	assert_true(s->outside);
	assert_int_equal(s->set_all, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID);
	assert_plan(.mounts = mounts, .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_int_equal(step_on("/sys")->action, STEP_MOUNT);
	assert_plan(.mounts = mounts, .namespaces = "{'type':'mount'}");
	assert_int_equal(step_on("/sys")->action, STEP_MOUNT);
}

static void test_proc_of_a_shared_pid_namespace(void **state)
{
	static const char mounts[] = "{'destination':'/proc', 'type':'proc', 'source':'proc'}";

	(void) state;
	assert_plan(.mounts = mounts, .namespaces = "{'type':'mount'}, {'type':'user'}", .linux = MAPPINGS);
	assert_int_equal(step_on("/proc")->action, STEP_BIND);
	assert_string_equal(step_on("/proc")->source, "/proc");
	assert_plan(.mounts = mounts, .namespaces = "{'type':'mount'}, {'type':'user'}, {'type':'pid'}", .linux = MAPPINGS);
	assert_int_equal(step_on("/proc")->action, STEP_MOUNT);
	assert_plan(.mounts = mounts, .namespaces = "{'type':'mount'}, {'type':'pid', 'path':'/proc/7/ns/pid'}, {'type':'user'}",
		    .linux = MAPPINGS);
	assert_int_equal(step_on("/proc")->action, STEP_MOUNT);
}

/* ---- SELinux ------------------------------------------------------------ */

static void test_mount_label(void **state)
{
	static const char mounts[] = "{'destination':'/proc', 'type':'proc'}, {'destination':'/tmp', 'type':'tmpfs', "
				     "'options':['size=1m']}, {'destination':'/pts', 'type':'devpts'}, " BIND();

	(void) state;
	assert_plan(.mounts = mounts, .linux = "'mountLabel':'a:b:c:s0:c1,c2'");
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
		TEST(test_root_is_no_target),
		TEST(test_proc),
		TEST(test_inside_proc),
		TEST(test_every_option_of_the_spec_is_known),
		TEST(test_bits),
		TEST(test_access_times),
		TEST(test_tree_of_one_mount),
		TEST(test_superblock_flags),
		TEST(test_propagation),
		TEST(test_flags_for_binds),
		TEST(test_tmpfs),
		TEST(test_copy_up),
		TEST(test_read_only_tmpfs_is_sealed_late),
		TEST(test_read_only_bind_is_sealed_if_it_is_filled),
		TEST(test_read_only_dev_is_sealed_late),
		TEST(test_idmap_of_the_mount),
		TEST(test_mappings_mean_idmap),
		TEST(test_idmap_of_the_container),
		TEST(test_idmap_refusals),
		TEST(test_data_ids_must_be_mapped),
		TEST(test_sysfs_of_a_shared_network),
		TEST(test_proc_of_a_shared_pid_namespace),
		TEST(test_mount_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
