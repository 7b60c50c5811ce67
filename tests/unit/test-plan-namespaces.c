/* Namespaces made and joined, the root, host names, sysctls. */
#include "test-plan-fixture.h"

static void test_new_namespaces(void **state)
{
	(void) state;
	assert_plan(.namespaces = NAMESPACES ", {'type':'cgroup'}, {'type':'time'}, {'type':'user'}", .linux = MAPPINGS);
	assert_int_equal(plan.ns.create, CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWUSER);
	assert_true(plan.ns.create_cgroup);
	assert_true(plan.ns.create_time);
	assert_true(plan.ns.user);
	assert_int_equal(plan.ns.n_join, 0);
	assert_false(plan.ns.middle);
}

static void test_absent_ones_are_the_hosts(void **state)
{
	(void) state;
	assert_plan(.namespaces = "{'type':'mount'}");
	assert_int_equal(plan.ns.create, CLONE_NEWNS);
	assert_false(plan.ns.create_cgroup || plan.ns.create_time || plan.ns.user || plan.ns.middle);
}

static void test_joined_namespaces(void **state)
{
	(void) state;
	assert_plan(.namespaces = "{'type':'mount', 'path':'/proc/7/ns/mnt'}, {'type':'network', 'path':'/run/netns/x'}, "
				  "{'type':'pid', 'path':'/proc/7/ns/pid'}, {'type':'user', 'path':'/proc/7/ns/user'}, "
				  "{'type':'uts', 'path':''}");
	assert_int_equal(plan.ns.create, CLONE_NEWUTS);
	assert_int_equal(plan.ns.n_join, 4);
	assert_int_equal(plan.ns.join[0].flag, CLONE_NEWUSER);
	assert_string_equal(plan.ns.join[0].pointer, "/linux/namespaces/3");
	assert_int_equal(plan.ns.join[1].flag, CLONE_NEWPID);
	assert_int_equal(plan.ns.join[2].flag, CLONE_NEWNET);
	assert_string_equal(plan.ns.join[2].path, "/run/netns/x");
	assert_int_equal(plan.ns.join[3].flag, CLONE_NEWNS);	/* last: afterwards other files are seen */
	assert_true(plan.ns.user);
	assert_true(plan.ns.middle);
	assert_null(plan.ns.uids);
}

static void test_middle_process(void **state)
{
	(void) state;
	assert_plan(.namespaces = "{'type':'mount'}, {'type':'network', 'path':'/run/netns/x'}");
	assert_false(plan.ns.middle);
	assert_plan(.namespaces = "{'type':'mount'}, {'type':'network', 'path':'/run/netns/x'}, {'type':'user'}", .linux = MAPPINGS);
	assert_true(plan.ns.middle);
	assert_plan(.namespaces = "{'type':'mount'}, {'type':'user', 'path':'/proc/7/ns/user'}");
	assert_true(plan.ns.middle);
}

static void test_id_maps(void **state)
{
	(void) state;
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_int_equal(plan.ns.n_uids, 1);
	assert_int_equal(plan.ns.uids[0].host_id, 100000);
	assert_int_equal(plan.ns.gids[0].host_id, 200000);
	/* containerd gives mappings with a joined one, too: it has its own. */
	assert_plan(.namespaces = NAMESPACES ", {'type':'user', 'path':'/proc/7/ns/user'}", .linux = MAPPINGS);
	assert_null(plan.ns.uids);
	assert_int_equal(plan.ns.n_gids, 0);
}

#define ONE_ID "'uidMappings':[{'containerID':0,'hostID':1000,'size':1}], 'gidMappings':[{'containerID':0,'hostID':1000,'size':1}]"
#define MANY_IDS "'uidMappings':[{'containerID':0,'hostID':1000,'size':1},{'containerID':1,'hostID':100000,'size':9}], " \
		 "'gidMappings':[{'containerID':0,'hostID':1000,'size':1},{'containerID':1,'hostID':100000,'size':9}]"

static void test_who_writes_id_maps(void **state)
{
	(void) state;
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_null(plan.ns.uid_writer);
	assert_null(plan.ns.gid_writer);
	assert_false(plan.ns.deny_setgroups || plan.ns.narrowed);

	/* One's own id takes no privilege, but setgroups(2). */
	unprivileged();
	host.newuidmap = "/usr/bin/newuidmap";
	host.newgidmap = "/usr/bin/newgidmap";
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = ONE_ID);
	assert_null(plan.ns.uid_writer);
	assert_null(plan.ns.gid_writer);
	assert_true(plan.ns.deny_setgroups);
	assert_false(plan.process.set_groups);

	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MANY_IDS);
	assert_string_equal(plan.ns.uid_writer, "/usr/bin/newuidmap");
	assert_string_equal(plan.ns.gid_writer, "/usr/bin/newgidmap");
	assert_false(plan.ns.deny_setgroups || plan.ns.narrowed);
	assert_int_equal(plan.ns.n_uids, 2);
	assert_true(plan.process.set_groups);

	/* In a user namespace of ours we may map what we have ourselves. */
	host.caps_permitted = ALL_CAPS;
	host.initial_userns = false;
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MANY_IDS);
	assert_null(plan.ns.gid_writer);
	assert_false(plan.ns.deny_setgroups || plan.ns.narrowed);
}

static void test_one_id_without_helpers(void **state)
{
	(void) state;
	unprivileged();
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MANY_IDS);
	assert_true(plan.ns.narrowed && plan.ns.deny_setgroups);
	assert_int_equal(plan.ns.n_uids, 1);
	assert_int_equal(plan.ns.uids->container_id, 0);
	assert_int_equal(plan.ns.uids->host_id, 1000);
	assert_int_equal(plan.ns.uids->size, 1);
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MANY_IDS, .process = "'user':{'uid':5,'gid':6}");
	assert_int_equal(plan.ns.uids->container_id, 5);
	assert_int_equal(plan.ns.gids->container_id, 6);

	/* The group of terminals is nobody's then. */
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MANY_IDS,
		    .mounts = "{'destination':'/dev/pts','type':'devpts','options':['mode=0620','gid=5','ptmxmode=0666']}");
	assert_string_equal(step_on("/dev/pts")->data, "mode=0620,ptmxmode=0666");

	/* Another's id and no other is no wish for many. */
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE,
		    .linux = "'uidMappings':[{'containerID':0,'hostID':7,'size':1}], 'gidMappings':[{'containerID':0,'hostID':7,'size':1}]");
	assert_false(plan.ns.narrowed);
}

static void test_ipc_namespace_comes_late(void **state)
{
	(void) state;
	assert_plan();
	assert_int_equal(plan.ns.late, 0);
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS);
	assert_int_equal(plan.ns.late, CLONE_NEWIPC);
	assert_plan(.namespaces = "{'type':'mount'}" USER_NAMESPACE, .linux = MAPPINGS);
	assert_int_equal(plan.ns.late, 0);
}

static void test_no_id_map_is_the_caller_alone(void **state)
{
	(void) state;
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE);
	assert_int_equal(plan.ns.n_uids, 1);
	assert_int_equal(plan.ns.n_gids, 1);
	assert_int_equal(plan.ns.uids->host_id, host.euid);
	assert_int_equal(plan.ns.gids->host_id, host.egid);
	assert_int_equal(plan.ns.uids->size, 1);
	assert_false(plan.ns.narrowed || plan.ns.uid_writer || plan.ns.gid_writer);
	unprivileged();
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE);
	assert_int_equal(plan.ns.uids->host_id, host.euid);
	assert_true(plan.ns.deny_setgroups && !plan.ns.narrowed && !plan.ns.uid_writer);
}

static void test_id_map_refusals(void **state)
{
	(void) state;
	assert_refused("/linux/uidMappings", "user namespace isn't enabled", .linux = MAPPINGS);
	unprivileged();
	assert_refused("/linux/namespaces", "without CAP_SYS_ADMIN a container needs a namespace of type \"user\" (spec --rootless writes such a config)", .top = NULL);
}

static void test_without_a_mount_namespace_mounts_are_the_hosts(void **state)
{
	(void) state;
	assert_plan(.namespaces = "{'type':'pid'},{'type':'mount'}", .mounts = "{'destination':'/tmp','type':'tmpfs'}");
	assert_false(plan.rootfs.on_host);
	assert_plan(.namespaces = "{'type':'pid'}", .mounts = "{'destination':'/tmp','type':'tmpfs'}");
	assert_true(plan.rootfs.on_host);
	assert_plan(.namespaces = "{'type':'pid'}");
	assert_false(plan.rootfs.on_host);
}

static void test_a_user_namespace_makes_no_mounts_on_the_host(void **state)
{
	(void) state;
	assert_refused("/linux/namespaces", "need a namespace of type \"mount\"", .namespaces = "{'type':'user'}", .linux = MAPPINGS,
		       .mounts = "{'destination':'/tmp','type':'tmpfs'}");
}

static void test_time_offsets(void **state)
{
	(void) state;
	assert_plan(.namespaces = NAMESPACES ", {'type':'time'}",
		    .linux = "'timeOffsets':{'monotonic':{'secs':-5,'nanosecs':7}, 'boottime':{'secs':86400}}");
	assert_string_equal(plan.ns.time_offsets, "monotonic -5 7\nboottime 86400 0\n");
	assert_plan(.namespaces = NAMESPACES ", {'type':'time'}");
	assert_null(plan.ns.time_offsets);
	assert_refused("/linux/timeOffsets", "joined", .namespaces = NAMESPACES ", {'type':'time', 'path':'/proc/7/ns/time'}",
		       .linux = "'timeOffsets':{'boottime':{'secs':1}}");
	assert_refused("/linux/timeOffsets", "time namespace", .linux = "'timeOffsets':{'boottime':{'secs':1}}");
}

static void test_host_names(void **state)
{
	(void) state;
	assert_plan(.top = "'hostname':'web', 'domainname':'example.org'");
	assert_string_equal(plan.hostname, "web");
	assert_string_equal(plan.domainname, "example.org");
	assert_plan(.top = "'hostname':''");
	assert_null(plan.hostname);
	assert_plan(.namespaces = "{'type':'mount'}, {'type':'uts', 'path':'/proc/7/ns/uts'}", .top = "'hostname':'web'");
	assert_string_equal(plan.hostname, "web");
	assert_refused("/hostname", "unable to set hostname without a private UTS namespace", .namespaces = "{'type':'mount'}",
		       .top = "'hostname':'web'");
	assert_refused("/domainname", "without a private UTS namespace", .namespaces = "{'type':'mount'}", .top = "'domainname':'x'");
}

/* ---- the root ----------------------------------------------------------- */

static void test_root(void **state)
{
	(void) state;
	assert_plan();
	assert_string_equal(plan.rootfs.path, "/bundles/web/rootfs");
	assert_int_equal(plan.rootfs.propagation, MS_SLAVE | MS_REC);
	assert_int_equal(plan.rootfs.final_propagation, 0);
	assert_false(plan.rootfs.no_pivot);
}

static void test_root_propagation(void **state)
{
	static const struct { const char *name; uint64_t building, final; } cases[] = {
		{ "private", MS_PRIVATE | MS_REC, MS_PRIVATE }, { "rprivate", MS_PRIVATE | MS_REC, MS_PRIVATE | MS_REC },
		{ "slave", MS_SLAVE | MS_REC, MS_SLAVE }, { "rslave", MS_SLAVE | MS_REC, MS_SLAVE | MS_REC },
		{ "shared", MS_SHARED, MS_SHARED }, { "rshared", MS_SHARED | MS_REC, MS_SHARED | MS_REC },
		{ "unbindable", MS_PRIVATE | MS_REC, MS_UNBINDABLE }, { "runbindable", MS_PRIVATE | MS_REC, MS_UNBINDABLE | MS_REC },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char linux_part[64];

		snprintf(linux_part, sizeof linux_part, "'rootfsPropagation':'%s'", cases[i].name);
		assert_plan(.linux = linux_part);
		assert_int_equal(plan.rootfs.propagation, cases[i].building);
		assert_int_equal(plan.rootfs.final_propagation, cases[i].final);
	}
}

static void test_no_pivot(void **state)
{
	(void) state;
	options.no_pivot = true;
	assert_plan();
	assert_true(plan.rootfs.no_pivot);
	assert_plan(.linux = "'rootfsPropagation':'rslave'");
	assert_refused("/linux/rootfsPropagation", "[r]private is not safe without pivot_root", .linux = "'rootfsPropagation':'private'");
	assert_refused("/linux/rootfsPropagation", "[r]private is not safe", .linux = "'rootfsPropagation':'rprivate'");
}

/* ---- sysctls ------------------------------------------------------------ */

static void test_sysctl_spellings(void **state)
{
	static const struct { const char *json, *path; } cases[] = {
		{ "'net.ipv4.ip_forward':'1'", "net/ipv4/ip_forward" },
		{ "'net/ipv4/ip_forward':'1'", "net/ipv4/ip_forward" },
		{ "'net/ipv4/conf/eth0.100/forwarding':'1'", "net/ipv4/conf/eth0.100/forwarding" },
		{ "'net.ipv4.conf.eth0/100.forwarding':'1'", "net/ipv4/conf/eth0.100/forwarding" },
		{ "'kernel.shmmax':'1'", "kernel/shmmax" },
		{ "'fs.mqueue.msg_max':'1'", "fs/mqueue/msg_max" },
		{ "'kernel.domainname':'1'", "kernel/domainname" },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char linux_part[128];

		snprintf(linux_part, sizeof linux_part, "'sysctl':{%s}", cases[i].json);
		assert_plan(.linux = linux_part);
		assert_int_equal(plan.n_sysctls, 1);
		assert_string_equal(plan.sysctls[0].path, cases[i].path);
		assert_string_equal(plan.sysctls[0].value, "1");
	}
	assert_plan(.linux = "'sysctl':{'net/ipv4/ip_forward':'1'}");
	assert_string_equal(plan.sysctls[0].pointer, "/linux/sysctl/net~1ipv4~1ip_forward");
	assert_plan(.linux = "'sysctl':{'net.a.b':'1', 'net.a.c':'2', 'net/a/b':'3'}");
	assert_int_equal(plan.n_sysctls, 2);
	assert_string_equal(plan.sysctls[0].value, "3");
	assert_plan(.namespaces = NAMESPACES USER_NAMESPACE, .linux = MAPPINGS ", 'sysctl':{'user.max_user_namespaces':'0'}");
}

static void test_sysctl_refusals(void **state)
{
	(void) state;
	assert_refused("/linux/sysctl/kernel.panic", "not in a separate kernel namespace", .linux = "'sysctl':{'kernel.panic':'1'}");
	assert_refused("/linux/sysctl/kernel~1shmmax2", "not in a separate", .linux = "'sysctl':{'kernel/shmmax2':'1'}");
	assert_refused("/linux/sysctl/network.x", "not in a separate", .linux = "'sysctl':{'network.x':'1'}");
	assert_refused("/linux/sysctl/net~1..~1kernel~1panic", "", .linux = "'sysctl':{'net/../kernel/panic':'1'}");
	assert_refused("/linux/sysctl/net.~1~1.kernel.panic", "", .linux = "'sysctl':{'net.//.kernel.panic':'1'}");
	assert_refused("/linux/sysctl/net", "", .linux = "'sysctl':{'net':'1'}");
	assert_refused("/linux/sysctl/kernel.hostname", "conflicts", .linux = "'sysctl':{'kernel.hostname':'1'}");
	assert_refused("/linux/sysctl/kernel.domainname", "conflicts", .linux = "'sysctl':{'kernel.domainname':'1'}",
		       .top = "'domainname':'x'");
	assert_refused("/linux/sysctl/net.a.b", "one line", .linux = "'sysctl':{'net.a.b':'1\\n2'}");
	assert_refused("/linux/sysctl/net.a.b", "network", .namespaces = "{'type':'mount'}", .linux = "'sysctl':{'net.a.b':'1'}");
	assert_refused("/linux/sysctl/kernel.sem", "ipc", .namespaces = "{'type':'mount'}", .linux = "'sysctl':{'kernel.sem':'1'}");
	assert_refused("/linux/sysctl/user.max_user_namespaces", "user", .linux = "'sysctl':{'user.max_user_namespaces':'1'}");
}

/* ---- resctrl --------------------------------------------------------------- */

static void test_rdt(void **state)
{
	(void) state;
	assert_plan(.linux = "'sysctl':{}");
	assert_null(plan.rdt);
	assert_plan(.linux = "'intelRdt':{}");
	assert_string_equal(plan.rdt->group, "web");
	assert_true(plan.rdt->temporary && !plan.rdt->monitor && !plan.rdt->n_schemata);
	assert_plan(.linux = "'intelRdt':{'closID':'/','enableMonitoring':true}");
	assert_string_equal(plan.rdt->group, "");
	assert_string_equal(plan.rdt->monitor, "web");
	assert_false(plan.rdt->temporary);
	assert_plan(.linux = "'intelRdt':{'closID':'x','schemata':['L2:0=1'],'memBwSchema':'MB:0=5','l3CacheSchema':'L3:0=f\\nL3:1=e\\n'}");
	assert_int_equal(plan.rdt->n_schemata, 4);
	assert_string_equal(plan.rdt->schemata[0].line, "L3:0=f");
	assert_string_equal(plan.rdt->schemata[1].line, "L3:1=e");
	assert_string_equal(plan.rdt->schemata[1].pointer, "/linux/intelRdt/l3CacheSchema");
	assert_string_equal(plan.rdt->schemata[2].line, "MB:0=5");
	assert_string_equal(plan.rdt->schemata[3].line, "L2:0=1");
	assert_string_equal(plan.rdt->schemata[3].pointer, "/linux/intelRdt/schemata/0");
}

/* ---- network devices ------------------------------------------------------ */

static void test_net_devices(void **state)
{
	(void) state;
	assert_plan(.linux = "'netDevices':{'eth0':{}, 'eth1':{'name':''}, 'eth2':{'name':'c%d'}}");
	assert_int_equal(plan.n_net_devices, 3);
	assert_string_equal(plan.net_devices[0].name, "eth0");
	assert_string_equal(plan.net_devices[1].name, "eth1");
	assert_string_equal(plan.net_devices[2].host, "eth2");
	assert_string_equal(plan.net_devices[2].name, "c%d");
	assert_string_equal(plan.net_devices[2].pointer, "/linux/netDevices/eth2");
	host.caps_permitted &= ~(1ull << 12);
	assert_refused("/linux/netDevices", "CAP_NET_ADMIN", .linux = "'netDevices':{'eth0':{}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new_namespaces),
		TEST(test_absent_ones_are_the_hosts),
		TEST(test_joined_namespaces),
		TEST(test_middle_process),
		TEST(test_id_maps),
		TEST(test_who_writes_id_maps),
		TEST(test_one_id_without_helpers),
		TEST(test_ipc_namespace_comes_late),
		TEST(test_no_id_map_is_the_caller_alone),
		TEST(test_id_map_refusals),
		TEST(test_without_a_mount_namespace_mounts_are_the_hosts),
		TEST(test_a_user_namespace_makes_no_mounts_on_the_host),
		TEST(test_time_offsets),
		TEST(test_host_names),
		TEST(test_root),
		TEST(test_root_propagation),
		TEST(test_no_pivot),
		TEST(test_sysctl_spellings),
		TEST(test_sysctl_refusals),
		TEST(test_rdt),
		TEST(test_net_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
