/* With the systemd driver: the name of the unit, its slice, and what systemd is asked for. */
#include "test-plan-fixture.h"

#include "libocispec/arena.h"
#include "plan/unit.h"

#define PATH "/linux/cgroupsPath"

#ifdef HAVE_SYSTEMD

/* What the property NAME is; NULL if it is not asked for. */
static const char *property(const char *name)
{
	const struct unit_plan *unit = plan.cgroup.unit;

	for (size_t i = 0; i < unit->properties.n; i++)
		if (!strcmp(unit->properties.list[i].property.name, name))
			return unit_value_text(&config.arena, &unit->properties.list[i].property.value);
	return NULL;
}

static unsigned since(const char *name)
{
	for (size_t i = 0; i < plan.cgroup.unit->properties.n; i++)
		if (!strcmp(plan.cgroup.unit->properties.list[i].property.name, name))
			return plan.cgroup.unit->properties.list[i].since;
	return 0;
}

#define assert_property(name, value) assert_string_equal(property(name), value)
#define assert_no_property(name) assert_null(property(name))

static void assert_unit(const char *name, const char *slice, const char *path)
{
	assert_non_null(plan.cgroup.unit);
	assert_string_equal(plan.cgroup.unit->name, name);
	assert_string_equal(plan.cgroup.unit->slice, slice);
	assert_string_equal(plan.cgroup.unit->path, path);
	assert_true(plan.cgroup.required);
}

static void test_names(void **state)
{
	static const struct {
		const char *given, *name, *slice, *path;
	} rows[] = {
		{ "''", "ctr-run-web.scope", "system.slice", "/system.slice/ctr-run-web.scope" },
		{ "'machine.slice:libpod:abc'", "libpod-abc.scope", "machine.slice", "/machine.slice/libpod-abc.scope" },
		{ "':docker:abc'", "docker-abc.scope", "system.slice", "/system.slice/docker-abc.scope" },
		{ "'a.slice::abc'", "abc.scope", "a.slice", "/a.slice/abc.scope" },
		{ "'-:x:y'", "x-y.scope", "-.slice", "/x-y.scope" },
		{ "'-.slice:x:y'", "x-y.scope", "-.slice", "/x-y.scope" },
		{ "'kubepods-burstable-pod1_2.slice:cri-containerd:abc'", "cri-containerd-abc.scope",
		  "kubepods-burstable-pod1_2.slice",
		  "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-abc.scope" },
		{ "'x.slice:ignored:a-b.slice'", "a-b.slice", "x.slice", "/a.slice/a-b.slice" },
	};

	(void) state;
	options.systemd_cgroup = true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_free char *linux_part = NULL;

		assert_true(asprintf(&linux_part, "'cgroupsPath':%s", rows[i].given) > 0);
		assert_plan(.linux = linux_part);
		assert_unit(rows[i].name, rows[i].slice, rows[i].path);
	}
}

static void test_bad_names(void **state)
{
	static const struct {
		const char *given, *why;
	} rows[] = {
		{ "/a/b", "\"slice:prefix:name\"" },
		{ "a.slice:b", "got \"a.slice:b\" instead" },
		{ "a.slice:b:c:d", "\"slice:prefix:name\"" },
		{ "a.slice:b:", "empty" },
		{ "a:b:c", "invalid slice name: a" },
		{ "a/b.slice:x:y", "invalid slice name" },
		{ "../a.slice:x:y", "invalid slice name" },
		{ "a--b.slice:x:y", "invalid slice name" },
		{ "-a.slice:x:y", "invalid slice name" },
		{ "a-.slice:x:y", "invalid slice name" },
		{ ".slice:x:y", "invalid slice name" },
		{ "a.slice:x:y/z", "no name for a unit" },
		{ "a.slice:x:../z", "no name for a unit" },
		{ "a.slice:x y:z", "no name for a unit" },
		{ "a.slice:x:-a.slice", "invalid slice name" },
	};

	(void) state;
	options.systemd_cgroup = true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_free char *linux_part = NULL;

		assert_true(asprintf(&linux_part, "'cgroupsPath':'%s'", rows[i].given) > 0);
		assert_refused(PATH, rows[i].why, .linux = linux_part);
	}
}

static void test_long_names(void **state)
{
	char name[300], text[340];

	(void) state;
	options.systemd_cgroup = true;
	memset(name, 'x', sizeof name);
	name[255 - strlen(".scope")] = '\0';
	snprintf(text, sizeof text, "'cgroupsPath':'a.slice::%s'", name);
	assert_plan(.linux = text);
	assert_int_equal(strlen(plan.cgroup.unit->name), 255);
	snprintf(text, sizeof text, "'cgroupsPath':'a.slice:y:%s'", name);
	assert_refused(PATH, "longer than 255", .linux = text);
}

/* An id may have a plus sign, the name of a unit may not. */
static void test_ids_are_escaped(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	options.id = "a+b_c.d";
	assert_plan(.linux = NULL);
	assert_string_equal(plan.cgroup.unit->name, "ctr-run-a\\x2bb_c.d.scope");
}

static void test_user(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_plan(.linux = NULL);
	assert_false(plan.cgroup.unit->user);
	host.user_manager = true;
	assert_plan(.linux = NULL);
	assert_true(plan.cgroup.unit->user);
	assert_unit("ctr-run-web.scope", "user.slice", "/user.slice/ctr-run-web.scope");
}

static void test_usual_properties(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_plan(.linux = NULL);
	assert_property("Slice", "system.slice");
	assert_property("Delegate", "yes");
	assert_property("DefaultDependencies", "no");
	assert_property("CollectMode", "inactive-or-failed");
	assert_property("MemoryAccounting", "yes");
	assert_property("IOAccounting", "yes");
	assert_no_property("BlockIOAccounting");
	assert_false(plan.cgroup.unit->lingers);
	host.layout = CGROUP_V1;
	assert_plan(.linux = "'cgroupsPath':'::x.slice'");
	assert_no_property("Slice");
	assert_no_property("Delegate");
	assert_property("BlockIOAccounting", "yes");
	assert_no_property("IOAccounting");
}

#define RESOURCES(text) "'resources':{" text "}"

static void test_memory(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_plan(.linux = RESOURCES("'memory':{'limit':1000000, 'swap':1500000, 'reservation':4096}"));
	assert_property("MemoryMax", "1000000");
	assert_property("MemorySwapMax", "500000");
	assert_property("MemoryLow", "4096");
	assert_no_property("MemoryLimit");
	assert_plan(.linux = RESOURCES("'memory':{'limit':1000000, 'swap':1000000}"));
	assert_property("MemorySwapMax", "0");
	assert_plan(.linux = RESOURCES("'memory':{'limit':-1}"));
	assert_property("MemoryMax", "infinity");
	assert_property("MemorySwapMax", "infinity");
	host.layout = CGROUP_V1;
	assert_plan(.linux = RESOURCES("'memory':{'limit':1000000, 'swap':1500000, 'reservation':4096}"));
	assert_property("MemoryLimit", "1000000");
	assert_no_property("MemoryMax");
	assert_no_property("MemorySwapMax");
	assert_no_property("MemoryLow");
}

static void test_processors(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_plan(.linux = RESOURCES("'cpu':{'shares':1024, 'quota':12345, 'cpus':'0-3,9', 'mems':'1'}"));
	assert_property("CPUWeight", "100");
	assert_property("CPUQuotaPerSecUSec", "130000");
	assert_no_property("CPUQuotaPeriodUSec");
	assert_property("AllowedCPUs", "0f 02");
	assert_property("AllowedMemoryNodes", "02");
	assert_int_equal(since("AllowedCPUs"), 244);
	assert_plan(.linux = RESOURCES("'cpu':{'quota':50000, 'period':25000}"));
	assert_property("CPUQuotaPerSecUSec", "2000000");
	assert_property("CPUQuotaPeriodUSec", "25000");
	assert_int_equal(since("CPUQuotaPeriodUSec"), 242);
	assert_plan(.linux = RESOURCES("'cpu':{'quota':-1, 'idle':1, 'shares':7}"));
	assert_property("CPUQuotaPerSecUSec", "infinity");
	assert_property("CPUWeight", "0");
	assert_int_equal(since("CPUWeight"), 252);
	host.layout = CGROUP_V1;
	assert_plan(.linux = RESOURCES("'cpu':{'shares':512, 'idle':1, 'cpus':'0'}"));
	assert_property("CPUShares", "512");
	assert_no_property("CPUWeight");
	assert_no_property("AllowedCPUs");
}

static void test_tasks_and_io(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_plan(.linux = RESOURCES("'pids':{'limit':7}, 'blockIO':{'weight':10}"));
	assert_property("TasksMax", "7");
	assert_property("IOWeight", "1");
	/* systemd refuses 0; the kernel's file gets it. */
	assert_plan(.linux = RESOURCES("'pids':{'limit':0}"));
	assert_property("TasksMax", "1");
	assert_plan(.linux = RESOURCES("'pids':{'limit':-1}"));
	assert_property("TasksMax", "infinity");
	assert_plan(.linux = RESOURCES("'pids':{}"));
	assert_no_property("TasksMax");
	host.layout = CGROUP_V1;
	assert_plan(.linux = RESOURCES("'blockIO':{'weight':500}"));
	assert_property("BlockIOWeight", "500");
}

static void test_unified(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_plan(.linux = RESOURCES("'memory':{'limit':1000}, 'unified':{'memory.max':'1M', 'memory.high':'max', 'memory.min':'0', "
				       "'memory.low':'5', 'memory.swap.max':'7', 'cpu.max':'50000 200000', 'cpu.weight':'33', "
				       "'pids.max':'0', 'cpuset.cpus':'1,3', 'io.weight':'default 44', 'hugetlb.2MB.max':'1'}"));
	assert_property("MemoryMax", "1048576");
	assert_property("MemoryHigh", "infinity");
	assert_property("MemoryMin", "0");
	assert_property("MemoryLow", "5");
	assert_property("MemorySwapMax", "7");
	assert_property("CPUQuotaPerSecUSec", "250000");
	assert_property("CPUQuotaPeriodUSec", "200000");
	assert_property("CPUWeight", "33");
	assert_property("TasksMax", "1");
	assert_property("AllowedCPUs", "0a");
	assert_property("IOWeight", "44");
	/* What is not in systemd's bounds is left to the kernel to judge. */
	assert_plan(.linux = RESOURCES("'unified':{'memory.max':'0', 'cpu.max':'max', 'cpu.weight':'20000', 'pids.max':'many', "
				       "'cpuset.cpus':'x', 'cpuset.mems':'9-1', 'memory.high':'-1'}"));
	assert_no_property("MemoryMax");
	assert_no_property("MemoryHigh");
	assert_property("CPUQuotaPerSecUSec", "infinity");
	assert_no_property("CPUWeight");
	assert_no_property("TasksMax");
	assert_no_property("AllowedCPUs");
	assert_no_property("AllowedMemoryNodes");
}

/* ---- annotations ---------------------------------------------------------- */

#define ANNOTATION(name, value) "'annotations':{'org.systemd.property." name "':'" value "'}"

static void test_annotations(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_plan(.top = ANNOTATION("TimeoutStopUSec", "uint64 123456789"));
	assert_property("TimeoutStopUSec", "123456789");
	assert_plan(.top = ANNOTATION("TimeoutStopSec", "1.25"));
	assert_property("TimeoutStopUSec", "1250000");
	assert_plan(.top = ANNOTATION("CollectMode", "\\\"inactive\\\""));
	assert_property("CollectMode", "inactive");
	assert_true(plan.cgroup.unit->lingers);
	assert_plan(.top = ANNOTATION("After", "[\\\"a.service\\\", \\\"b@c.mount\\\"]"));
	assert_property("After", "a.service b@c.mount");
	assert_plan(.top = ANNOTATION("SendSIGHUP", "true"));
	assert_property("SendSIGHUP", "yes");
	assert_plan(.top = ANNOTATION("KillSignal", "int32 15"));
	assert_property("KillSignal", "15");
	/* Nobody looks at them where systemd has no part in it. */
	options.systemd_cgroup = false;
	assert_plan(.top = ANNOTATION("ExecStopPost", "x"));
}

/* CVE-2024-3154: whoever chooses annotations must not have the machine. */
static void test_forbidden_annotations(void **state)
{
	static const char *const names[] = {
		"ExecStart",
		"ExecStopPost",
		"PIDs",
		"Slice",
		"Delegate",
		"Conflicts",
		"Requires",
		"OnFailure",
		"FailureAction",
		"SuccessAction",
		"JobTimeoutAction",
		"MemoryMax",
		"TasksMax",
		"DevicePolicy",
		"DeviceAllow",
		"Description",
		"User",
		"BPFProgram",
		"IPAddressAllow",
		"Wants",
		"PartOf",
		"BindsTo",
		"",
		"timeoutStopUSec",
		"TimeoutStop",
		"Sec",
		"USec",
	};

	(void) state;
	options.systemd_cgroup = true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char top[200], pointer[200];

		snprintf(top, sizeof top, "'annotations':{'org.systemd.property.%s':'1'}", names[i]);
		snprintf(pointer, sizeof pointer, "/annotations/org.systemd.property.%s", names[i]);
		assert_refused(pointer, "may not be set by a container", .top = top);
	}
}

static void test_bad_annotations(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_refused("/annotations/org.systemd.property.TimeoutStopUSec", "expected a number",
		       .top = ANNOTATION("TimeoutStopUSec", "x"));
	assert_refused("/annotations/org.systemd.property.After", "no name of a unit", .top = ANNOTATION("After", "[\\\"a/b\\\"]"));
	assert_refused("/annotations/org.systemd.property.CollectMode", "in quotes", .top = ANNOTATION("CollectMode", "inactive"));
}

#else

static void test_not_there(void **state)
{
	(void) state;
	options.systemd_cgroup = true;
	assert_refused("", "--without-systemd", .top = NULL);
}

#endif

static void test_values(void **state)
{
	static const struct {
		const char *type, *text, *value;
	} rows[] = {
		{ "t", "5", "5" },
		{ "t", "uint64 5", "5" },
		{ "t", " @t 5 ", "5" },
		{ "t", "18446744073709551615", "infinity" },
		{ "t", "18446744073709551616", NULL },
		{ "t", "-1", NULL },
		{ "t", "int32 5", NULL },
		{ "t", "uint64", NULL },
		{ "t", "5 6", NULL },
		{ "t", "0x5", NULL },
		{ "t", "", NULL },
		{ "t", "'5'", NULL },
		{ "t", "uint64  7", "7" },
		{ "u", "4294967295", "4294967295" },
		{ "u", "4294967296", NULL },
		{ "u", "uint32 1", "1" },
		{ "i", "2147483647", "2147483647" },
		{ "i", "2147483648", NULL },
		{ "i", "-2147483648", "-2147483648" },
		{ "i", "-2147483649", NULL },
		{ "i", "--1", NULL },
		{ "i", "- 1", NULL },
		{ "i", "+1", NULL },
		{ "b", "true", "yes" },
		{ "b", "boolean false", "no" },
		{ "b", "1", NULL },
		{ "b", "truely", NULL },
		{ "b", "t", NULL },
		{ "s", "'a'", "a" },
		{ "s", "\"a'b\"", "a'b" },
		{ "s", "'a\\'b\\\\'", "a'b\\" },
		{ "s", "'a", NULL },
		{ "s", "a", NULL },
		{ "s", "'a\\n'", NULL },
		{ "s", "'a\nb'", NULL },
		{ "s", "'a'b", NULL },
		{ "s", "'\\", NULL },
		{ "s", "''", "" },
		{ "s", "string 'x'", "x" },
		{ "as", "[]", "" },
		{ "as", "@as []", "" },
		{ "as", "['a']", "a" },
		{ "as", "[ 'a' , 'b' ]", "a b" },
		{ "as", "['a',]", NULL },
		{ "as", "['a' 'b']", NULL },
		{ "as", "[,]", NULL },
		{ "as", "['a'", NULL },
		{ "as", "'a'", NULL },
		{ "as", "[", NULL },
		{ "as", "@s 'a'", NULL },
	};
	struct bus_value value;

	(void) state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int result = unit_value_parse(&config.arena, rows[i].type, rows[i].text, &value, &err);

		if ((result == 0) != (rows[i].value != NULL))
			give_up("%s as %s: %d", rows[i].text, rows[i].type, result);
		if (result == 0) {
			assert_string_equal(value.type, rows[i].type);
			assert_string_equal(unit_value_text(&config.arena, &value), rows[i].value);
		}
	}
}

static void test_seconds(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} rows[] = {
		{ "30", true, 30000000 },
		{ "0.5", true, 500000 },
		{ "1.0000009", true, 1000000 },
		{ "uint64 2", true, 2000000 },
		{ "double 1.5", true, 1500000 },
		{ "0", true, 0 },
		{ "-1", false, 0 },
		{ "", false, 0 },
		{ "1s", false, 0 },
		{ ".5", false, 0 },
		{ "1.2.3", false, 0 },
		{ "18446744073708", true, 18446744073708000000u },
		{ "18446744073710", false, 0 },
		{ "99999999999999999999", false, 0 },
	};
	struct bus_value value;

	(void) state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int result = unit_seconds_parse(rows[i].text, &value, &err);

		if ((result == 0) != rows[i].good || (result == 0 && value.number != rows[i].value))
			give_up("\"%s\": %d, %llu", rows[i].text, result, (unsigned long long) value.number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef HAVE_SYSTEMD
		TEST(test_names),
		TEST(test_bad_names),
		TEST(test_long_names),
		TEST(test_ids_are_escaped),
		TEST(test_user),
		TEST(test_usual_properties),
		TEST(test_memory),
		TEST(test_processors),
		TEST(test_tasks_and_io),
		TEST(test_unified),
		TEST(test_annotations),
		TEST(test_forbidden_annotations),
		TEST(test_bad_annotations),
#else
		TEST(test_not_there),
#endif
		TEST(test_values),
		TEST(test_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
