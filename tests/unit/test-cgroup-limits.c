/*
 * What linux.resources becomes in cgroup files, in both versions.
 *
 * The cgroups here are folders of a temporary file system with the kernel's
 * file names in them: what is written can be read back, and every controller
 * exists.  What the kernel itself says is tried in test-cgroup-kernel.
 */
#include "plan/weights.h"
#include "test-limits-fixture.h"

/* ---- what tests say ---- */

static int limit(struct cgroup *cgroup, const char *json)
{
	struct arena arena = { 0 };
	struct oci_resources *resources = resources_of(&arena, json);
	struct oci_device_rule all = { .allow = true };
	int result;

	/* The kernel attaches no program to a plain folder: there is to be none. */
	if (!resources->n_devices) {
		resources->devices = &all;
		resources->n_devices = 1;
	}
	err = (struct error) { 0 };
	result = cgroup_limit(cgroup, resources, &err);
	cgroup_close(cgroup);
	arena_free(&arena);
	return result;
}

static void assert_limited(struct cgroup cgroup, const char *json)
{
	int result = limit(&cgroup, json);

	if (result < 0)
		print_error("%s: %s\n", err.pointer, err.message);
	assert_int_equal(result, 0);
}

static void assert_refused(struct cgroup cgroup, const char *json, const char *pointer, const char *part)
{
	assert_int_equal(limit(&cgroup, json), -1);
	assert_string_equal(err.pointer, pointer);
	if (!strstr(err.message, part))
		print_error("%s\n", err.message);
	assert_non_null(strstr(err.message, part));
}

/* ---- tests ---- */

static void shares_become_weight(void **state)
{
	uint64_t sum = 0;

	(void) state;
	assert_int_equal(cpu_weight_of_shares(0), 1);
	assert_int_equal(cpu_weight_of_shares(2), 1);
	assert_int_equal(cpu_weight_of_shares(3), 2);
	assert_int_equal(cpu_weight_of_shares(512), 59);
	assert_int_equal(cpu_weight_of_shares(1023), 100);
	assert_int_equal(cpu_weight_of_shares(1024), 100);
	assert_int_equal(cpu_weight_of_shares(1025), 101);
	assert_int_equal(cpu_weight_of_shares(2048), 174);
	assert_int_equal(cpu_weight_of_shares(262144), 10000);
	assert_int_equal(cpu_weight_of_shares(UINT64_MAX), 10000);
	/* All of them, against libm's log2 and pow. */
	for (unsigned shares = 2; shares <= 262144; shares++)
		sum = sum * 31 + cpu_weight_of_shares(shares);
	assert_true(sum == 18391891938883860598u);
}

static void blkio_weight_becomes_io_weight(void **state)
{
	(void) state;
	assert_int_equal(io_weight_of_blkio(10), 1);
	assert_int_equal(io_weight_of_blkio(500), 4950);
	assert_int_equal(io_weight_of_blkio(1000), 10000);
}

static void v1_memory(void **state)
{
	(void) state;
	assert_limited(make_v1(),
		       "{'memory': {'limit': 1000, 'swap': 3000, 'reservation': 500, 'kernelTCP': 7, 'swappiness': 0, "
		       "'disableOOMKiller': true}}");
	assert_file("memory/memory.limit_in_bytes", "1000");
	assert_file("memory/memory.memsw.limit_in_bytes", "3000");
	assert_file("memory/memory.soft_limit_in_bytes", "500");
	assert_file("memory/memory.swappiness", "0");
	assert_file("memory/memory.oom_control", "1");
	assert_file("memory/memory.kmem.tcp.limit_in_bytes", "7");
	/* An old limit on both would hold back "none" for one. */
	assert_limited(make_v1(), "{'memory': {'limit': -1}}");
	assert_file("memory/memory.limit_in_bytes", "-1");
	assert_file("memory/memory.memsw.limit_in_bytes", "-1");
}

static void no_swap_accounting(void **state)
{
	struct cgroup cgroup = make_v1();

	(void) state;
	assert_int_equal(unlinkat(cgroup.folders[0].fd, "memory.memsw.limit_in_bytes", 0), 0);
	assert_refused(cgroup, "{'memory': {'limit': 5, 'swap': 10}}", "/linux/resources/memory/swap",
		       "does not account swap");
	cgroup = make_v1();
	assert_int_equal(unlinkat(cgroup.folders[0].fd, "memory.memsw.limit_in_bytes", 0), 0);
	assert_limited(cgroup, "{'memory': {'limit': 5, 'swap': -1}}");
	cgroup = make_v2(ALL);
	assert_int_equal(unlinkat(cgroup.folders[0].fd, "memory.swap.max", 0), 0);
	assert_refused(cgroup, "{'memory': {'limit': 5, 'swap': 10}}", "/linux/resources/memory/swap",
		       "does not account swap");
	cgroup = make_v2(ALL);
	assert_int_equal(unlinkat(cgroup.folders[0].fd, "memory.swap.max", 0), 0);
	assert_limited(cgroup, "{'memory': {'limit': 5, 'swap': 5}}");
}

static void v2_memory(void **state)
{
	(void) state;
	assert_limited(make_v2(ALL), "{'memory': {'limit': 1000, 'swap': 3000, 'reservation': 500}}");
	assert_file("memory.max", "1000");
	assert_file("memory.swap.max", "2000");
	assert_file("memory.low", "500");
	assert_limited(make_v2(ALL), "{'memory': {'limit': 1000, 'swap': 1000, 'reservation': -1}}");
	assert_file("memory.swap.max", "0");
	assert_file("memory.low", "max");
	assert_limited(make_v2(ALL), "{'memory': {'limit': -1}}");
	assert_file("memory.max", "max");
	assert_file("memory.swap.max", "max");
	assert_limited(make_v2(ALL), "{'memory': {'limit': 1000, 'swap': -1}}");
	assert_file("memory.swap.max", "max");
	/* 0 is "not given", as dockerd writes it. */
	assert_limited(make_v2(ALL),
		       "{'memory': {'limit': 0, 'swap': 0, 'reservation': 0, 'kernel': 0, 'disableOOMKiller': false}}");
	assert_file("memory.max", "");
}

static void v2_memory_refusals(void **state)
{
	struct cgroup cgroup;

	(void) state;
	assert_refused(make_v2(ALL), "{'memory': {'swap': 3000}}", "/linux/resources/memory/swap",
		       "without memory limit");
	assert_refused(make_v2(ALL), "{'memory': {'limit': 1000, 'swap': 999}}", "/linux/resources/memory/swap",
		       "should be >=");
	assert_refused(make_v2(ALL), "{'memory': {'swappiness': 60}}", "/linux/resources/memory/swappiness", "only v1");
	assert_refused(make_v2(ALL), "{'memory': {'kernel': 60}}", "/linux/resources/memory/kernel", "only v1");
	assert_refused(make_v2(ALL), "{'memory': {'disableOOMKiller': true}}",
		       "/linux/resources/memory/disableOOMKiller", "only v1");
	cgroup = make_v2(ALL);
	make_file("memory.current", "5000\n");
	assert_refused(cgroup, "{'memory': {'limit': 4999, 'checkBeforeUpdate': true}}",
		       "/linux/resources/memory/limit", "5000");
	cgroup = make_v2(ALL);
	make_file("memory.current", "5000\n");
	assert_limited(cgroup, "{'memory': {'limit': 4999}}");
}

/* Inside a cgroup namespace the root of the hierarchy, which stands for a folder to be made, has this file, too. */
static void v2_usage_is_not_foreseen(void **state)
{
	struct cgroup cgroup = make_v2(ALL);
	struct limits limits = { .cgroup = &cgroup, .v2 = cgroup_v2(&cgroup), .foreseen = true, .v2_controllers = ALL };
	const struct oci_memory memory = { .limit = 4999, .check_before_update = true };

	(void) state;
	make_file("memory.current", "5000\n");
	assert_int_equal(limits_memory(&limits, &memory, &err), 0);
	assert_int_equal(limits.n, 1);
	limits_free(&limits);
	cgroup_close(&cgroup);
}

static void v1_cpu(void **state)
{
	(void) state;
	assert_limited(make_v1(),
		       "{'cpu': {'shares': 512, 'quota': -1, 'period': 50000, 'burst': 0, 'realtimeRuntime': 10, "
		       "'realtimePeriod': 20, 'cpus': '0-1', 'mems': '0'}}");
	assert_file("cpu,cpuacct/cpu.shares", "512");
	assert_file("cpu,cpuacct/cpu.cfs_quota_us", "-1");
	assert_file("cpu,cpuacct/cpu.cfs_period_us", "50000");
	assert_file("cpu,cpuacct/cpu.cfs_burst_us", "0");
	assert_file("cpu,cpuacct/cpu.rt_runtime_us", "10");
	assert_file("cpu,cpuacct/cpu.rt_period_us", "20");
	assert_file("cpuset/cpuset.cpus", "0-1");
	assert_file("cpuset/cpuset.mems", "0");
	assert_limited(make_v1(), "{'cpu': {'shares': 512, 'idle': 1}}");
	assert_file("cpu,cpuacct/cpu.shares", "");
	assert_file("cpu,cpuacct/cpu.idle", "1");
	assert_refused(make_v1(), "{'cpu': {'shares': 1}}", "/linux/resources/cpu/shares",
		       "minimum allowed cpu-shares is 2");
	assert_refused(make_v1(), "{'cpu': {'shares': 262145}}", "/linux/resources/cpu/shares",
		       "maximum allowed cpu-shares is 262144");
}

static void v2_cpu(void **state)
{
	struct cgroup cgroup;

	(void) state;
	assert_limited(
		make_v2(ALL),
		"{'cpu': {'shares': 1024, 'quota': 20000, 'period': 50000, 'burst': 7, 'cpus': '0', 'mems': ''}}");
	assert_file("cpu.weight", "100");
	assert_file("cpu.max", "20000 50000");
	assert_file("cpu.max.burst", "7");
	assert_file("cpuset.cpus", "0");
	assert_file("cpuset.mems", "");
	assert_limited(make_v2(ALL), "{'cpu': {'quota': -1, 'period': 50000}}");
	assert_file("cpu.max", "max 50000");
	/* Each alone leaves the other as it is. */
	assert_limited(make_v2(ALL), "{'cpu': {'quota': 20000}}");
	assert_file("cpu.max", "20000");
	cgroup = make_v2(ALL);
	make_file("cpu.max", "7000 100000\n");
	assert_limited(cgroup, "{'cpu': {'period': 200000}}");
	assert_file("cpu.max", "7000 200000");
	assert_limited(make_v2(ALL), "{'cpu': {'shares': 9, 'idle': 1}}");
	assert_file("cpu.idle", "1");
	assert_file("cpu.weight", "");
	assert_refused(make_v2(ALL), "{'cpu': {'realtimeRuntime': 5}}", "/linux/resources/cpu/realtimeRuntime",
		       "real-time");
}

static void pids(void **state)
{
	(void) state;
	assert_limited(make_v1(), "{'pids': {'limit': 0}}");
	assert_file("pids/pids.max", "1");
	assert_limited(make_v2(ALL), "{'pids': {'limit': -1}}");
	assert_file("pids.max", "max");
	assert_limited(make_v2(ALL), "{'pids': {}}");
	assert_file("pids.max", "");
	assert_limited(make_v2("memory\n"), "{'pids': {'limit': -1}}");
}

static void v1_block_io(void **state)
{
	(void) state;
	assert_limited(
		make_v1(),
		"{'blockIO': {'weight': 100, 'leafWeight': 20, "
		"'weightDevice': [{'major': 8, 'minor': 0, 'weight': 30}], "
		"'throttleReadBpsDevice': [{'major': 8, 'minor': 0, 'rate': 600}], "
		"'throttleWriteIOPSDevice': [{'major': 8, 'minor': 1, 'rate': 0}]}}");
	/* BFQ's name where there is one. */
	assert_file("blkio/blkio.weight", "100");
	assert_file("blkio/blkio.bfq.weight_device", "8:0 30");
	assert_file("blkio/blkio.leaf_weight", "20");
	assert_file("blkio/blkio.throttle.read_bps_device", "8:0 600");
	assert_file("blkio/blkio.throttle.write_iops_device", "8:1 0");
	assert_limited(make_v1(), "{'blockIO': {'weight': 0}}");
	assert_refused(make_v1(), "{'blockIO': {'weightDevice': [{'major': 8, 'minor': 0, 'leafWeight': 30}]}}",
		       "/linux/resources/blockIO/weightDevice/0/leafWeight", "cannot weigh leaves");
}

static void v2_block_io(void **state)
{
	struct cgroup cgroup;

	(void) state;
	assert_limited(make_v2(ALL), "{'blockIO': {'weight': 500}}");
	assert_file("io.weight", "4950");
	cgroup = make_v2(ALL);
	make_file("io.bfq.weight", "");
	assert_limited(cgroup, "{'blockIO': {'weight': 500}}");
	assert_file("io.bfq.weight", "500");
	assert_limited(make_v2(ALL), "{'blockIO': {'throttleReadBpsDevice': [{'major': 8, 'minor': 0, 'rate': 600}]}}");
	assert_file("io.max", "8:0 rbps=600");
	assert_limited(make_v2(ALL),
		       "{'blockIO': {'throttleWriteIOPSDevice': [{'major': 8, 'minor': 16, 'rate': 0}]}}");
	assert_file("io.max", "8:16 wiops=max");
	assert_refused(make_v2(ALL), "{'blockIO': {'leafWeight': 500}}", "/linux/resources/blockIO/leafWeight",
		       "only v1");
}

static void huge_pages(void **state)
{
	(void) state;
	assert_limited(make_v2(ALL), "{'hugepageLimits': [{'pageSize': '2MB', 'limit': 18446744073709551615}]}");
	assert_file("hugetlb.2MB.max", "18446744073709551615");
	assert_file("hugetlb.2MB.rsvd.max", "18446744073709551615");
	/* Without a reservation file: fine. */
	assert_limited(make_v1(),
		       "{'hugepageLimits': [{'pageSize': '2MB', 'limit': 5}, {'pageSize': '1GB', 'limit': 0}]}");
	assert_file("hugetlb/hugetlb.2MB.rsvd.limit_in_bytes", "5");
	assert_file("hugetlb/hugetlb.1GB.limit_in_bytes", "0");
	assert_refused(make_v2(ALL),
		       "{'hugepageLimits': [{'pageSize': '2MB', 'limit': 5}, {'pageSize': '3MB', 'limit': 5}]}",
		       "/linux/resources/hugepageLimits/1/pageSize", "no huge pages of 3MB");
	assert_refused(make_v2(ALL), "{'hugepageLimits': [{'pageSize': '../x', 'limit': 5}]}",
		       "/linux/resources/hugepageLimits/0/pageSize", "must be like");
}

static void network_and_rdma(void **state)
{
	(void) state;
	assert_limited(make_v1(), "{'network': {'classID': 1048577, 'priorities': [{'name': 'eth0', 'priority': 5}]}, "
				  "'rdma': {'mlx5_1': {'hcaHandles': 3, 'hcaObjects': 10000}}}");
	assert_file("net_cls,net_prio/net_cls.classid", "1048577");
	assert_file("net_cls,net_prio/net_prio.ifpriomap", "eth0 5");
	assert_file("rdma/rdma.max", "mlx5_1 hca_handle=3 hca_object=10000");
	assert_limited(make_v2(ALL), "{'rdma': {'mlx5_1': {'hcaObjects': 1}}, 'network': {'classID': 0}}");
	assert_file("rdma.max", "mlx5_1 hca_object=1");
	assert_refused(make_v2(ALL), "{'network': {'classID': 1}}", "/linux/resources/network/classID",
		       "cgroup v2 has no net_cls");
	assert_refused(make_v2(ALL), "{'network': {'priorities': [{'name': 'eth0', 'priority': 5}]}}",
		       "/linux/resources/network/priorities/0", "cgroup v2 has no net_prio");
}

static void unified(void **state)
{
	(void) state;
	assert_limited(make_v2(ALL),
		       "{'memory': {'limit': 1000}, 'unified': {'memory.high': '600', 'memory.max': '9000'}}");
	assert_file("memory.high", "600");
	/* It has the last word. */
	assert_file("memory.max", "9000");
	/* One write a line: the last one is what stays in a plain file. */
	assert_limited(make_v2(ALL), "{'unified': {'io.max': '8:0 rbps=1\\n8:0 wbps=2\\n'}}");
	assert_file("io.max", "8:0 wbps=2");
	assert_refused(make_v2(ALL), "{'unified': {'a/b': '1'}}", "/linux/resources/unified/a~1b", "no slashes");
	assert_refused(make_v2("pids\n"), "{'unified': {'memory.high': '1'}}", "/linux/resources/unified/memory.high",
		       "memory controller");
	assert_refused(make_v2(ALL), "{'unified': {'memory.nope': '1'}}", "/linux/resources/unified/memory.nope",
		       "no such file");
	assert_refused(make_v1(), "{'unified': {'memory.high': '1'}}", "/linux/resources/unified/memory.high",
		       "cgroup v1");
}

/* Each controller is where it is on this machine. */
static void hybrid(void **state)
{
	struct cgroup cgroup = make_v1();

	(void) state;
	cgroup.layout = CGROUP_HYBRID;
	/* Take hugetlb and rdma away from v1. */
	for (size_t i = 0; i < cgroup.n_folders; i++)
		if (strcmp(cgroup.folders[i].hierarchy, "hugetlb") == 0 ||
		    strcmp(cgroup.folders[i].hierarchy, "rdma") == 0)
			memcpy(cgroup.folders[i].hierarchy, "none", 5);
	add_folder(&cgroup, "unified", true);
	make_file("unified/cgroup.controllers", "hugetlb misc\n");
	make_file("unified/hugetlb.2MB.max", "");
	make_file("unified/misc.max", "");
	assert_limited(
		cgroup,
		"{'memory': {'limit': 10}, 'hugepageLimits': [{'pageSize': '2MB', 'limit': 5}], "
		"'unified': {'misc.max': 'a 1'}}");
	assert_file("memory/memory.limit_in_bytes", "10");
	assert_file("unified/hugetlb.2MB.max", "5");
	assert_file("unified/misc.max", "a 1");
}

static void a_missing_controller_is_named(void **state)
{
	struct cgroup v1 = { .layout = CGROUP_V1 };

	(void) state;
	add_folder(&v1, "memory", false);
	assert_refused(v1, "{'cpu': {'quota': 5000}}", "/linux/resources/cpu/quota",
		       "no cpu controller: it is not mounted in cgroup v1");
	assert_refused(make_v2("memory\n"), "{'pids': {'limit': 5}}", "/linux/resources/pids/limit", "pids controller");
	assert_refused(make_v2("memoryx cpuset\n"), "{'cpu': {'shares': 5}}", "/linux/resources/cpu/shares",
		       "cpu controller");
}

/* Without a cgroup (none was made) there is nothing to limit. */
static void no_cgroup(void **state)
{
	(void) state;
	assert_limited((struct cgroup) { 0 }, "{'memory': {'limit': 10}}");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(shares_become_weight),
		T(blkio_weight_becomes_io_weight),
		T(v1_memory),
		T(no_swap_accounting),
		T(v2_memory),
		T(v2_memory_refusals),
		T(v2_usage_is_not_foreseen),
		T(v1_cpu),
		T(v2_cpu),
		T(pids),
		T(v1_block_io),
		T(v2_block_io),
		T(huge_pages),
		T(network_and_rdma),
		T(unified),
		T(hybrid),
		T(a_missing_controller_is_named),
		T(no_cgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
