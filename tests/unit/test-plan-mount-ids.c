/* Mounts and the ids and namespaces of the container: mapped mounts, views that belong to a namespace. */
#include "test-plan-fixture.h"
#include "base/alloc.h"
#include "base/cleanup.h"

#define BIND(options) "{'destination':'/data', 'source':'/srv', 'options':['bind'" options "]}"
#define RBIND(options) "{'destination':'/data', 'source':'/srv', 'options':['rbind'" options "]}"
#define TMPFS(options) "{'destination':'/tmp', 'type':'tmpfs', 'source':'tmpfs', 'options':[" options "]}"
#define ATIME ((uint64_t) MOUNT_ATTR__ATIME)

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
	auto_free char *mounts = NULL;
	(void) state;
	static const char mapped[] = ", 'uidMappings':[{'containerID':0,'hostID':5,'size':1}], "
				     "'gidMappings':[{'containerID':0,'hostID':6,'size':2}]}";

	assert_refused("/mounts/0/options/0", "needs uidMappings and gidMappings", .mounts = TMPFS("'idmap'"));
	assert_refused("/mounts/0/options/1", "bind mounts and new file systems only", .mounts = TMPFS("'remount', 'idmap'"),
		       .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	mounts = xasprintf("{'destination':'/c', 'type':'cgroup'%s", mapped);
	assert_refused("/mounts/0/uidMappings", "bind mounts and new file systems only", .mounts = mounts);
	unprivileged();
	assert_refused("/mounts/0/options/1", "an idmapped mount needs CAP_SYS_ADMIN", .mounts = BIND(", 'idmap'"),
		       .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
}

static void test_idmap_as_crun_spells_it(void **state)
{
	(void) state;
	assert_plan(.mounts = BIND(", 'ridmap=uids=0-100-10#20-200-1;gids=0-300-10'"));
	const struct step *s = step_on("/data");
	assert_true(s->idmap && s->idmap_recursive && s->outside);
	assert_int_equal(s->n_uids, 2);
	assert_int_equal(s->uids[1].container_id, 20);
	assert_int_equal(s->uids[1].host_id, 200);
	assert_int_equal(s->gids[0].size, 10);
	assert_plan(.mounts = BIND(", 'idmap=uids=@5-0-10;gids=@0-7-1'"), .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	s = step_on("/data");
	assert_false(s->idmap_recursive);
	assert_int_equal(s->uids[0].container_id, 5);
	assert_int_equal(s->uids[0].host_id, 100000);
	assert_int_equal(s->gids[0].host_id, 200007);
}

static void test_idmap_of_a_new_file_system_is_made_by_the_runtime(void **state)
{
	(void) state;
	assert_plan(.mounts = TMPFS("'size=1m', 'idmap', 'uid=7000000'"), .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_int_equal(step_on("/tmp")->action, STEP_MOUNT);
	assert_true(step_on("/tmp")->idmap && step_on("/tmp")->outside);
	assert_string_equal(step_on("/tmp")->data, "size=1m,uid=7000000");
	assert_plan(.mounts = TMPFS("'size=1m'"), .namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_false(step_on("/tmp")->outside);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_idmap_of_the_mount),
		TEST(test_mappings_mean_idmap),
		TEST(test_idmap_of_the_container),
		TEST(test_idmap_refusals),
		TEST(test_idmap_as_crun_spells_it),
		TEST(test_idmap_of_a_new_file_system_is_made_by_the_runtime),
		TEST(test_data_ids_must_be_mapped),
		TEST(test_sysfs_of_a_shared_network),
		TEST(test_proc_of_a_shared_pid_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
