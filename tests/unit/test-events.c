/* Statistics: what the kernel's files say, and the line that is made from it, letter by letter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "container/events-json.h"
#include "libocispec/arena.h"

static struct arena arena;

static int tear_down(void **state)
{
	(void) state;
	arena_free(&arena);
	return 0;
}

/* ---- files ---- */

static void numbers(void **state)
{
	stats_count n = 7;

	(void) state;
	assert_true(stats_parse_number("123\n", &n) && n == 123);
	assert_true(stats_parse_number("0", &n) && n == 0);
	assert_true(stats_parse_number("max\n", &n) && n == UINT64_MAX);
	assert_true(stats_parse_number("-1\n", &n) && n == 0);
	assert_true(stats_parse_number("18446744073709551615\n", &n) && n == UINT64_MAX);
	/* More than there can be. */
	assert_true(stats_parse_number("99999999999999999999999\n", &n) && n == UINT64_MAX);
	assert_false(stats_parse_number("", &n));
	assert_false(stats_parse_number("maximum\n", &n));
	assert_false(stats_parse_number("12 34\n", &n));
	assert_false(stats_parse_number("-\n", &n));
}

static void values_are_sorted(void **state)
{
	struct stats_value *list = NULL;
	size_t n;

	(void) state;
	stats_parse_values(&arena, "rss 5\ncache 3\nbad\nworse x\n\nactive_anon 7\nlast 9", &list, &n);
	assert_int_equal(n, 4);
	assert_string_equal(list[0].key, "active_anon");
	assert_string_equal(list[1].key, "cache");
	assert_string_equal(list[2].key, "last");
	assert_int_equal(stats_value(list, n, "rss"), 5);
	assert_int_equal(stats_value(list, n, "none"), 0);
	assert_int_equal(stats_value(NULL, 0, "none"), 0);
}

static void lists_of_numbers(void **state)
{
	struct stats_numbers list = { 0 }, ranges = { 0 }, many = { 0 }, user = { 0 }, kernel = { 0 };

	(void) state;
	stats_parse_numbers(&arena, "5 0 77 \n", &list);
	assert_int_equal(list.n, 3);
	assert_int_equal(list.list[2], 77);
	stats_parse_ranges(&arena, "0-2,8,10-11\n", &ranges);
	assert_int_equal(ranges.n, 6);
	assert_int_equal(ranges.list[3], 8);
	assert_int_equal(ranges.list[5], 11);
	/* What no machine has is no reason to fill the memory. */
	stats_parse_ranges(&arena, "0-18446744073709551615,0-65535,5-1\n", &many);
	assert_int_equal(many.n, 65536);
	stats_parse_cpus(&arena, "cpu user system\n0 11 12\n1 21 22\n2 31\n", &user, &kernel);
	assert_int_equal(user.n, 2);
	assert_int_equal(kernel.n, 2);
	assert_int_equal(user.list[1], 21);
	assert_int_equal(kernel.list[0], 12);
}

static void block_devices(void **state)
{
	struct stats_ios v1 = { 0 }, bytes = { 0 }, serviced = { 0 };

	(void) state;
	stats_parse_blkio(&arena, "8:0 Read 100\n8:0 Write 50\n8:0 Total 150\n259:16 7\nTotal 150\n8 Read 1\n8:x Read 1\n", &v1);
	assert_int_equal(v1.n, 4);
	assert_string_equal(v1.list[1].op, "Write");
	assert_int_equal(v1.list[1].value, 50);
	assert_int_equal(v1.list[3].major, 259);
	assert_int_equal(v1.list[3].minor, 16);
	assert_string_equal(v1.list[3].op, "");
	stats_parse_io_stat(&arena, "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n7:0 \n8:16 rbytes=9 cost.usage=1\n", &bytes,
			    &serviced);
	assert_int_equal(bytes.n, 3);
	assert_int_equal(serviced.n, 2);
	assert_string_equal(bytes.list[1].op, "Write");
	assert_int_equal(bytes.list[1].value, 2);
	assert_int_equal(serviced.list[0].value, 3);
	assert_int_equal(bytes.list[2].minor, 16);
}

static void pressure(void **state)
{
	struct stats_psi psi = { 0 };

	(void) state;
	stats_parse_psi("", &psi);
	assert_false(psi.there);
	stats_parse_psi("some avg10=0.05 avg60=12.30 avg300=100.00 total=123456\nfull avg10=0.00 avg60=0.50 avg300=7 total=x\n", &psi);
	assert_true(psi.there);
	assert_int_equal(psi.some.avg10, 5);
	assert_int_equal(psi.some.avg60, 1230);
	assert_int_equal(psi.some.avg300, 10000);
	assert_int_equal(psi.some.total, 123456);
	assert_int_equal(psi.full.avg60, 50);
	assert_int_equal(psi.full.avg300, 700);
	assert_int_equal(psi.full.total, 0);
}

static void rdma(void **state)
{
	struct stats_rdmas list = { 0 };

	(void) state;
	stats_parse_rdma(&arena, "mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=3 hca_object=max\n", &list);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.list[0].device, "mlx4_0");
	assert_int_equal(list.list[0].objects, 2000);
	assert_int_equal(list.list[1].handles, 3);
	assert_int_equal(list.list[1].objects, UINT32_MAX);
}

static void network(void **state)
{
	struct interfaces list = { 0 };

	(void) state;
	interfaces_parse(&arena,
			 "Inter-|   Receive                                                |  Transmit\n"
			 " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
			 "    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0\n"
			 "  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
			 "short: 1 2 3\n"
			 "eth0.7:21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36\n", &list);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.list[0].name, "eth0");
	assert_int_equal(list.list[0].rx_bytes, 1);
	assert_int_equal(list.list[0].rx_dropped, 4);
	assert_int_equal(list.list[0].tx_bytes, 9);
	assert_int_equal(list.list[0].tx_dropped, 12);
	assert_string_equal(list.list[1].name, "eth0.7");
	assert_int_equal(list.list[1].tx_errors, 31);
}

/* ---- lines ---- */

static void assert_line(const struct cgroup_stats *stats, const struct resctrl_stats *rdt, const struct interfaces *interfaces,
			const char *expected)
{
	auto_text t = { 0 };

	events_add_stats(&t, "web", stats, rdt, interfaces);
	assert_string_equal(t.s, expected);
}

/* What runc 1.1 prints for a container of which nothing is known. */
#define EMPTY_CPUSET \
	"\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,\"memory_spread_page\":0," \
	"\"memory_spread_slab\":0,\"memory_pressure\":0,\"sched_load_balance\":0,\"sched_relax_domain_level\":0}"
#define EMPTY_MEMORY \
	"\"usage\":{\"limit\":0,\"failcnt\":0},\"swap\":{\"limit\":0,\"failcnt\":0},\"kernel\":{\"limit\":0,\"failcnt\":0}," \
	"\"kernelTCP\":{\"limit\":0,\"failcnt\":0}"

static void nothing_is_known(void **state)
{
	(void) state;
	assert_line(&(struct cgroup_stats) { 0 }, NULL, &(struct interfaces) { 0 },
		    "{\"type\":\"stats\",\"id\":\"web\",\"data\":{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}}," EMPTY_CPUSET
		    ",\"memory\":{" EMPTY_MEMORY "},\"pids\":{},\"blkio\":{},\"hugetlb\":{},\"intel_rdt\":{},\"network_interfaces\":null}}\n");
}

static void everything_is_known(void **state)
{
	stats_count cpus[] = { 1, 2 };
	struct stats_value raw[] = { { "anon", 5 }, { "file", 0 } };
	struct stats_io io[] = { { 8, 0, 100, "Read" }, { 0, 16, 0, "" } };
	struct stats_pages pages[] = { { "2MB", 1, 2, 3 }, { "1GB", 0, 0, 0 } };
	struct stats_rdma rdma[] = { { "mlx", 2, 0 } };
	struct interface_stats eth = { "eth0", 1, 2, 3, 4, 5, 6, 7, 8 };
	struct cgroup_stats s = {
		.cpu = { .total = 10, .kernel = 3, .user = 7, .percpu = { cpus, 2 }, .percpu_kernel = { cpus, 1 },
			 .percpu_user = { cpus, 2 }, .periods = 4, .throttled_periods = 2, .throttled_time = 9,
			 .psi = { true, { 1234, 1230, 1200, 77 }, { 5, 50, 0, 0 } } },
		.cpuset = { .cpus = { cpus, 2 }, .mems = { cpus, 1 }, .sched_load_balance = 1, .sched_relax_domain_level = -1 },
		.memory = { .cache = 6, .usage = { UINT64_MAX, 1, 2, 3 }, .raw = raw, .n_raw = 2 },
		.pids = { 4, 10 }, .io = { [IO_BYTES] = { io, 2 }, [IO_SECTORS] = { io, 1 } },
		.pages = pages, .n_pages = 2, .rdma_current = { rdma, 1 },
	};

	struct resctrl_domain domains[] = { { 7, 3, 99 }, { 0, 0, 0 } };
	struct resctrl_stats rdt = {
		.l3 = { true, "fff", 1, 16, "L3:0=fff", "L3:0=3" }, .memory = { true, 10, 1, 20, 8, "MB:0=100", "MB:0=50" },
		.traffic = true, .occupancy = true, .domains = domains, .n_domains = 2,
	};

	(void) state;
	assert_line(&s, &rdt, &(struct interfaces) { &eth, 1 },
		    "{\"type\":\"stats\",\"id\":\"web\",\"data\":{\"cpu\":{\"usage\":{\"total\":10,\"percpu\":[1,2],\"percpu_kernel\":[1],"
		    "\"percpu_user\":[1,2],\"kernel\":3,\"user\":7},\"throttling\":{\"periods\":4,\"throttledPeriods\":2,\"throttledTime\":9},"
		    "\"psi\":{\"some\":{\"avg10\":12.34,\"avg60\":12.3,\"avg300\":12,\"total\":77},"
		    "\"full\":{\"avg10\":0.05,\"avg60\":0.5,\"avg300\":0,\"total\":0}}},"
		    "\"cpuset\":{\"cpus\":[1,2],\"cpu_exclusive\":0,\"mems\":[1],\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,"
		    "\"memory_spread_page\":0,\"memory_spread_slab\":0,\"memory_pressure\":0,\"sched_load_balance\":1,"
		    "\"sched_relax_domain_level\":-1},"
		    "\"memory\":{\"cache\":6,\"usage\":{\"limit\":18446744073709551615,\"usage\":1,\"max\":2,\"failcnt\":3},"
		    "\"swap\":{\"limit\":0,\"failcnt\":0},\"kernel\":{\"limit\":0,\"failcnt\":0},\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
		    "\"raw\":{\"anon\":5,\"file\":0}},\"pids\":{\"current\":4,\"limit\":10},"
		    "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":100},{\"minor\":16}],"
		    "\"sectorsRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":100}]},"
		    "\"hugetlb\":{\"2MB\":{\"usage\":1,\"max\":2,\"failcnt\":3},\"1GB\":{\"failcnt\":0}},\"intel_rdt\":{"
		    "\"l3_cache_info\":{\"cbm_mask\":\"fff\",\"min_cbm_bits\":1,\"num_closids\":16},"
		    "\"l3_cache_schema_root\":\"L3:0=fff\",\"l3_cache_schema\":\"L3:0=3\","
		    "\"mem_bw_info\":{\"bandwidth_gran\":10,\"delay_linear\":1,\"min_bandwidth\":20,\"num_closids\":8},"
		    "\"mem_bw_schema_root\":\"MB:0=100\",\"mem_bw_schema\":\"MB:0=50\","
		    "\"mbm_stats\":[{\"mbm_total_bytes\":7,\"mbm_local_bytes\":3},{}],\"cmt_stats\":[{\"llc_occupancy\":99},{}]},"
		    "\"network_interfaces\":[{\"Name\":\"eth0\",\"RxBytes\":1,\"RxPackets\":2,\"RxErrors\":3,\"RxDropped\":4,"
		    "\"TxBytes\":5,\"TxPackets\":6,\"TxErrors\":7,\"TxDropped\":8}],"
		    "\"rdma\":{\"limit\":[],\"current\":[{\"device\":\"mlx\",\"hca_handles\":2}]}}}\n");
}

static void memory_has_ended(void **state)
{
	auto_text t = { 0 };

	(void) state;
	events_add_oom(&t, "a.b");
	assert_string_equal(t.s, "{\"type\":\"oom\",\"id\":\"a.b\"}\n");
}

int main(void)
{
#define T(name) cmocka_unit_test_teardown(name, tear_down)
	const struct CMUnitTest tests[] = {
		T(numbers), T(values_are_sorted), T(lists_of_numbers), T(block_devices), T(pressure), T(rdma), T(network),
		T(nothing_is_known), T(everything_is_known), T(memory_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
