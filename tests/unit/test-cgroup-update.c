/*
 * Limits changed while they are in force: what is merged, what is written, what goes back.
 */
#include "test-limits-fixture.h"

struct result {
	struct arena arena;
	struct cgroup_change change;
	int code;
};

/* NOW was asked for before, WANT is asked for now. */
static struct result update(struct cgroup cgroup, const char *now, const char *want)
{
	struct result r = { 0 };

	r.change.now = resources_of(&r.arena, now);
	r.change.want = resources_of(&r.arena, want);
	err = (struct error) { 0 };
	cgroup_merge(&cgroup, &r.arena, &r.change);
	r.code = cgroup_update(&cgroup, &r.change, &err);
	cgroup_update_end(&r.change);
	cgroup_close(&cgroup);
	return r;
}

/* The merged resources must be ALL. */
static void assert_updated(struct cgroup cgroup, const char *now, const char *want, const char *all)
{
	struct result r = update(cgroup, now, want);
	auto_free char *text = json_write(&oci_resources_type, &r.change.all, false, NULL);

	for (char *c = text; *c; c++)
		if (*c == '"')
			*c = '\'';
	if (r.code < 0)
		print_error("%s: %s\n", err.pointer, err.message);
	assert_int_equal(r.code, 0);
	assert_string_equal(text, all);
	arena_free(&r.arena);
}

static void assert_refused(struct cgroup cgroup, const char *now, const char *want, const char *pointer,
			   const char *part)
{
	struct result r = update(cgroup, now, want);

	assert_int_equal(r.code, -1);
	assert_string_equal(err.pointer, pointer);
	if (!strstr(err.message, part))
		print_error("%s\n", err.message);
	assert_non_null(strstr(err.message, part));
	arena_free(&r.arena);
}

/* ---- merging ---- */

static void what_is_not_given_stays(void **state)
{
	struct cgroup cgroup = make_v2(ALL);

	(void) state;
	make_file("memory.max", "1000\n");
	make_file("pids.max", "5\n");
	assert_updated(cgroup, "{'memory':{'limit':1000,'reservation':7},'pids':{'limit':5}}", "{'pids':{'limit':9}}",
		       "{'memory':{'limit':1000,'reservation':7},'pids':{'limit':9}}");
	assert_file("pids.max", "9");
	assert_file("memory.max", "1000");
}

static void zero_is_not_given_where_the_config_says_so(void **state)
{
	(void) state;
	assert_updated(make_v2(ALL),
		       "{'memory':{'limit':1000},'cpu':{'shares':512,'quota':2000,'burst':5},'pids':{'limit':5},"
		       "'blockIO':{'weight':100}}",
		       "{'memory':{'limit':0,'swap':0,'reservation':0},'cpu':{'shares':0,'quota':0,'burst':0,'cpus':''},"
		       "'pids':{'limit':0},'blockIO':{'weight':0}}",
		       "{'memory':{'limit':1000},'cpu':{'shares':512,'quota':2000,'burst':0},'pids':{'limit':0},"
		       "'blockIO':{'weight':100}}");
	assert_file("memory.max", "");
	assert_file("cpu.max", "");
	assert_file("cpu.max.burst", "0");
	assert_file("pids.max", "1");
}

static void nothing_before(void **state)
{
	struct cgroup cgroup = make_v1();
	struct result r = { .change.now = NULL };

	(void) state;
	r.change.want = resources_of(&r.arena, "{'cpu':{'cpus':'0-1'}}");
	cgroup_merge(&cgroup, &r.arena, &r.change);
	assert_int_equal(cgroup_update(&cgroup, &r.change, &err), 0);
	assert_file("cpuset/cpuset.cpus", "0-1");
	assert_string_equal(r.change.all.cpu->cpus, "0-1");
	cgroup_update_end(&r.change);
	cgroup_close(&cgroup);
	arena_free(&r.arena);
}

static void lists_are_merged_by_entry(void **state)
{
	(void) state;
	assert_updated(make_v1(),
		       "{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':1},{'major':8,'minor':16,'rate':2}]},"
		       "'hugepageLimits':[{'pageSize':'2MB','limit':1},{'pageSize':'1GB','limit':2}],"
		       "'network':{'classID':5,'priorities':[{'name':'eth0','priority':1}]},"
		       "'rdma':{'a':{'hcaHandles':1},'b':{'hcaHandles':2}}}",
		       "{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':3}]},"
		       "'hugepageLimits':[{'pageSize':'2MB','limit':4}],"
		       "'network':{'priorities':[{'name':'lo','priority':2}]},'rdma':{'b':{'hcaObjects':5}}}",
		       "{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':16,'rate':2},{'major':8,'minor':0,'rate':3}]},"
		       "'hugepageLimits':[{'pageSize':'1GB','limit':2},{'pageSize':'2MB','limit':4}],"
		       "'network':{'classID':5,'priorities':[{'name':'eth0','priority':1},{'name':'lo','priority':2}]},"
		       "'rdma':{'a':{'hcaHandles':1},'b':{'hcaHandles':2,'hcaObjects':5}}}");
	assert_file("blkio/blkio.throttle.read_bps_device", "8:0 3");
	assert_file("hugetlb/hugetlb.2MB.limit_in_bytes", "4");
	assert_file("hugetlb/hugetlb.1GB.limit_in_bytes", "");
	assert_file("rdma/rdma.max", "b hca_object=5");
	assert_updated(make_v2(ALL), "{'unified':{'memory.high':'1','pids.max':'2'}}", "{'unified':{'memory.high':'3'}}",
		       "{'unified':{'pids.max':'2','memory.high':'3'}}");
	assert_file("memory.high", "3");
	assert_file("pids.max", "");
}

/* ---- memory and swap ---- */

static void no_memory_limit_is_no_swap_limit(void **state)
{
	(void) state;
	assert_updated(make_v1(), "{'memory':{'limit':1000,'swap':2000}}", "{'memory':{'limit':-1}}",
		       "{'memory':{'limit':-1,'swap':-1}}");
	assert_file("memory/memory.limit_in_bytes", "-1");
	assert_file("memory/memory.memsw.limit_in_bytes", "-1");
	assert_updated(make_v2(ALL), "{'memory':{'limit':1000,'swap':2000}}", "{'memory':{'limit':-1}}",
		       "{'memory':{'limit':-1,'swap':-1}}");
	assert_file("memory.max", "max");
	assert_file("memory.swap.max", "max");
}

static void v2_has_swap_apart(void **state)
{
	struct cgroup cgroup = make_v2(ALL);

	(void) state;
	make_file("memory.swap.max", "500\n");
	assert_updated(cgroup, "{'memory':{'limit':1000,'swap':1500}}", "{'memory':{'limit':4000}}",
		       "{'memory':{'limit':4000,'swap':4500}}");
	assert_file("memory.max", "4000");
	assert_file("memory.swap.max", "500");
	/* Memory+swap alone: less the limit that holds. */
	assert_updated(make_v2(ALL), "{'memory':{'limit':1000,'swap':1500}}", "{'memory':{'swap':3000}}",
		       "{'memory':{'limit':1000,'swap':3000}}");
	assert_file("memory.swap.max", "2000");
	/* As much as there can be is not less than nothing. */
	assert_updated(make_v2(ALL), "{'memory':{'limit':1000,'swap':2000}}", "{'memory':{'limit':9223372036854775807}}",
		       "{'memory':{'limit':9223372036854775807,'swap':9223372036854775807}}");
	assert_refused(make_v2(ALL), "{'pids':{'limit':5}}", "{'memory':{'swap':3000}}", "/linux/resources/memory/swap",
		       "without memory limit");
}

static void v1_has_both_in_one(void **state)
{
	(void) state;
	assert_updated(make_v1(), "{'memory':{'limit':1000,'swap':1500}}", "{'memory':{'limit':1200}}",
		       "{'memory':{'limit':1200,'swap':1500}}");
	assert_file("memory/memory.limit_in_bytes", "1200");
	assert_file("memory/memory.memsw.limit_in_bytes", "");
}

static void the_check_that_was_asked_for_once_stays(void **state)
{
	struct cgroup cgroup = make_v2(ALL);

	(void) state;
	make_file("memory.current", "900\n");
	assert_refused(cgroup, "{'memory':{'limit':1000,'checkBeforeUpdate':true}}", "{'memory':{'limit':500}}",
		       "/linux/resources/memory/limit", "900");
	assert_file("memory.max", "");
}

/* ---- cpu ---- */

static void quota_and_period_are_independent(void **state)
{
	struct cgroup cgroup = make_v2(ALL);

	(void) state;
	assert_updated(make_v1(), "{'cpu':{'quota':5000,'period':10000}}", "{'cpu':{'quota':7000}}",
		       "{'cpu':{'quota':7000,'period':10000}}");
	assert_file("cpu,cpuacct/cpu.cfs_quota_us", "7000");
	assert_file("cpu,cpuacct/cpu.cfs_period_us", "");
	make_file("cpu.max", "5000 10000\n");
	assert_updated(cgroup, "{'cpu':{'quota':5000,'period':10000}}", "{'cpu':{'period':20000}}",
		       "{'cpu':{'quota':5000,'period':20000}}");
	assert_file("cpu.max", "5000 20000");
	cgroup = make_v2(ALL);
	make_file("cpu.max", "5000 10000\n");
	assert_updated(cgroup, "{}", "{'cpu':{'quota':6000}}", "{'cpu':{'quota':6000}}");
	/* One word is written: the other stays, here as in the kernel. */
	assert_file("cpu.max", "6000 10000");
}

static void shares_wait_for_the_end_of_idle(void **state)
{
	(void) state;
	assert_updated(make_v2(ALL), "{'cpu':{'idle':1}}", "{'cpu':{'shares':2048}}", "{'cpu':{'shares':2048,'idle':1}}");
	assert_file("cpu.weight", "");
	assert_updated(make_v2(ALL), "{'cpu':{'shares':2048,'idle':1}}", "{'cpu':{'idle':0}}",
		       "{'cpu':{'shares':2048,'idle':0}}");
	assert_file("cpu.idle", "0");
	assert_file("cpu.weight", "174");
	assert_updated(make_v2(ALL), "{'cpu':{'shares':1024}}", "{'cpu':{'idle':1}}", "{'cpu':{'shares':1024,'idle':1}}");
	assert_file("cpu.idle", "1");
	assert_file("cpu.weight", "");
}

/* ---- all or nothing ---- */

/* What cannot be is found before anything is written. */
static void a_missing_controller_changes_nothing(void **state)
{
	struct cgroup cgroup = make_v2("memory pids\n");

	(void) state;
	make_file("memory.max", "1000\n");
	assert_refused(cgroup, "{}", "{'memory':{'limit':500},'cpu':{'quota':5000}}", "/linux/resources/cpu/quota",
		       "cpu controller");
	assert_file("memory.max", "1000");
}

/* A file that cannot be opened comes last; those before it go back. */
static void a_refusal_restores_the_others(void **state)
{
	struct cgroup cgroup = make_v1();

	(void) state;
	make_file("memory/memory.limit_in_bytes", "1000\n");
	make_file("memory/memory.memsw.limit_in_bytes", "3000\n");
	make_file("cpu,cpuacct/cpu.shares", "1024\n");
	make_file("blkio/blkio.throttle.read_bps_device", "8:1 700\n8:0 500\n");
	make_file("net_cls,net_prio/net_prio.ifpriomap", "eth0 3");
	assert_int_equal(unlinkat(cgroup.folders[7].fd, "rdma.max", 0), 0);
	assert_refused(cgroup, "{}",
		       "{'memory':{'limit':500,'swap':2000},'cpu':{'shares':2},"
		       "'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':300}]},"
		       "'network':{'priorities':[{'name':'eth0','priority':7}]},'rdma':{'a':{'hcaHandles':1}}}",
		       "/linux/resources/rdma/a", "no such file");
	assert_file("memory/memory.limit_in_bytes", "1000");
	assert_file("memory/memory.memsw.limit_in_bytes", "3000");
	assert_file("cpu,cpuacct/cpu.shares", "1024");
	assert_file("blkio/blkio.throttle.read_bps_device", "8:0 500");
	assert_file("net_cls,net_prio/net_prio.ifpriomap", "eth0 3");
}

/* Something else of the same change was refused after the cgroup's part was done. */
static void a_success_can_be_undone(void **state)
{
	struct cgroup cgroup = make_v1();
	struct result r = { 0 };

	(void) state;
	make_file("memory/memory.limit_in_bytes", "1000\n");
	make_file("pids/pids.max", "7\n");
	r.change.want = resources_of(&r.arena, "{'memory':{'limit':2000},'pids':{'limit':1}}");
	cgroup_merge(&cgroup, &r.arena, &r.change);
	assert_int_equal(cgroup_update(&cgroup, &r.change, &err), 0);
	assert_file("memory/memory.limit_in_bytes", "2000");
	assert_file("pids/pids.max", "1");
	cgroup_update_undo(&cgroup, &r.change);
	assert_file("memory/memory.limit_in_bytes", "1000");
	assert_file("pids/pids.max", "7");
	/* Once is enough. */
	make_file("pids/pids.max", "9\n");
	cgroup_update_undo(&cgroup, &r.change);
	assert_file("pids/pids.max", "9");
	cgroup_close(&cgroup);
	arena_free(&r.arena);
}

static void unified_goes_back_too(void **state)
{
	struct cgroup cgroup = make_v2(ALL);

	(void) state;
	make_file("memory.high", "max\n");
	make_file("pids.max", "7\n");
	assert_refused(cgroup, "{}", "{'pids':{'limit':1},'unified':{'memory.high':'5','memory.nope':'1'}}",
		       "/linux/resources/unified/memory.nope", "no such file");
	assert_file("memory.high", "max");
	assert_file("pids.max", "7");
}

static void assert_before(const char *file, const char *value, const char *old, const char *expected)
{
	auto_free char *before = limit_before(file, value, old);

	if (!expected) {
		assert_null(before);
		return;
	}
	assert_non_null(before);
	assert_string_equal(before, expected);
}

static void the_way_back(void **state)
{
	(void) state;
	assert_before("memory.max", "5", "max\n", "max");
	assert_before("cpu.max", "5000 10000", "max 100000\n", "max 100000");
	assert_before("cpu.max", "5000", "5000 100000\n", "5000 100000");
	/* Nothing would not be written at all. */
	assert_before("cpuset.cpus", "0-1", "\n", "\n");
	assert_before("cpuset.cpus", "0-1", "", "\n");
	assert_before("memory.oom_control", "1", "oom_kill_disable 0\nunder_oom 1\n", "0");
	assert_before("memory.oom_control", "1", "under_oom 1\n", NULL);
	/* The entry of a device, or none. */
	assert_before("io.max", "8:0 rbps=5", "8:16 rbps=1 wbps=2 riops=max wiops=max\n8:0 rbps=9 wbps=max riops=max wiops=max\n",
		      "8:0 rbps=9 wbps=max riops=max wiops=max");
	assert_before("io.max", "8:0 rbps=5", "8:16 rbps=1 wbps=2 riops=max wiops=max\n", "8:0 rbps=max");
	assert_before("io.max", "8:0 wiops=5", "", "8:0 wiops=max");
	assert_before("blkio.throttle.write_iops_device", "8:0 5", "", "8:0 0");
	assert_before("blkio.bfq.weight_device", "8:0 5", "8:1 7\n", "8:0 default");
	assert_before("io.weight", "100", "default 50\n8:0 70\n", "default 50");
	assert_before("io.bfq.weight", "8:0 100", "default 50\n8:0 70\n", "8:0 70");
	assert_before("blkio.bfq.weight", "100", "50\n", "50");
	assert_before("rdma.max", "mlx hca_handle=1", "", "mlx hca_handle=max hca_object=max");
	assert_before("rdma.max", "mlx hca_handle=1", "mlx hca_handle=2 hca_object=3\n", "mlx hca_handle=2 hca_object=3");
	assert_before("net_prio.ifpriomap", "eth0 1", "lo 0\n", "eth0 0");
	/* Nobody knows. */
	assert_before("some.thing", "a 1", "b 1\nc 2\n", NULL);
	assert_before("misc.max", "b 7", "a 1\nb 2\n", "b 2");
}

static void without_a_cgroup_there_is_nothing_to_limit(void **state)
{
	(void) state;
	assert_refused((struct cgroup) { .layout = CGROUP_V1 }, "{}", "{'pids':{'limit':1}}", "/linux/resources/pids/limit",
		       "the container has no cgroup");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(what_is_not_given_stays),
		T(zero_is_not_given_where_the_config_says_so),
		T(nothing_before),
		T(lists_are_merged_by_entry),
		T(no_memory_limit_is_no_swap_limit),
		T(v2_has_swap_apart),
		T(v1_has_both_in_one),
		T(the_check_that_was_asked_for_once_stays),
		T(quota_and_period_are_independent),
		T(shares_wait_for_the_end_of_idle),
		T(a_missing_controller_changes_nothing),
		T(a_refusal_restores_the_others),
		T(a_success_can_be_undone),
		T(unified_goes_back_too),
		T(the_way_back),
		T(without_a_cgroup_there_is_nothing_to_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
