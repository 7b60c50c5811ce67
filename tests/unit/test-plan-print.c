/* `explain`: a plan as text and as JSON. */
#include <yajl/yajl_parse.h>

#include "test-plan-fixture.h"

static char *printed;

static int forget(void **state)
{
	free(printed);
	printed = NULL;
	return tear_down(state);
}

#define PRINT_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, forget)

static void print(void (*how)(const struct plan *, struct text *))
{
	struct text t = { 0 };

	how(&plan, &t);
	free(printed);
	printed = text_take(&t);
}

/* Blanks in WORDS stand for any number of blanks in the line. */
static bool line_has(const char *line, size_t n, const char *words)
{
	for (size_t start = 0; start < n; start++) {
		const char *w = words, *c = line + start, *end = line + n;

		while (*w && c < end && *w == *c) {
			if (*w == ' ')
				while (c + 1 < end && c[1] == ' ')
					c++;
			w++;
			c++;
		}
		if (!*w)
			return true;
	}
	return false;
}

static void assert_line(const char *words)
{
	for (const char *line = printed; *line; line += strcspn(line, "\n") + 1)
		if (line_has(line, strcspn(line, "\n"), words))
			return;
	give_up("no line with \"%s\" in:\n%s", words, printed);
}

static void assert_no_line(const char *words)
{
	for (const char *line = printed; *line; line += strcspn(line, "\n") + 1)
		if (line_has(line, strcspn(line, "\n"), words))
			give_up("a line with \"%s\" in:\n%s", words, printed);
}

static void assert_json(void)
{
	yajl_handle h = yajl_alloc(NULL, NULL, NULL);
	bool good = yajl_parse(h, (const unsigned char *) printed, strlen(printed)) == yajl_status_ok &&
		    yajl_complete_parse(h) == yajl_status_ok;

	yajl_free(h);
	if (!good)
		give_up("not JSON:\n%s", printed);
}

#define LARGE \
	.root = "'readonly':true", \
	.mounts = "{'destination':'/proc', 'type':'proc', 'source':'proc'}, " \
		  "{'destination':'/dev', 'type':'tmpfs', 'options':['nosuid', 'strictatime', 'mode=755', 'ro']}, " \
		  "{'destination':'/data', 'source':'/srv', 'options':['rbind', 'ro', 'rnodev', 'rslave', 'idmap']}, " \
		  "{'destination':'/sys/fs/cgroup', 'type':'cgroup', 'options':['ro']}, " \
		  "{'destination':'/mnt', 'type':'ext4', 'source':'/dev/sdb', 'options':['sync', 'ro']}", \
	.namespaces = "{'type':'mount'}, {'type':'pid'}, {'type':'uts'}, {'type':'cgroup'}, {'type':'user'}, {'type':'time'}, " \
		      "{'type':'network', 'path':'/run/netns/blue'}", \
	.linux = MAPPINGS ", 'timeOffsets':{'boottime':{'secs':7}}, 'rootfsPropagation':'rslave', " \
		 "'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229,'fileMode':384,'uid':3,'gid':4}, " \
		 "{'path':'/run/pipe','type':'p','fileMode':384,'uid':3,'gid':4}], " \
		 "'maskedPaths':['/proc/kcore'], 'readonlyPaths':['/proc/sys'], 'sysctl':{'net/ipv4/ip_forward':'1'}, " \
		 "'netDevices':{'ens3':{'name':'eth0'}}, " \
		 "'cgroupsPath':'/a/b', 'resources':{'devices':[{'allow':false,'access':'rwm'}, " \
		 "{'allow':true,'type':'c','major':1,'minor':3,'access':'rw'}], 'memory':{'limit':1048576, 'swap':-1}, " \
		 "'hugepageLimits':[{'pageSize':'2MB','limit':5}], 'rdma':{'mlx':{'hcaHandles':2}}, 'unified':{'io.max':'x y'}}", \
	.process = "'terminal':true, 'consoleSize':{'height':24,'width':80}, 'env':['A=1', 'B=x y'], 'oomScoreAdj':-5, " \
		   "'user':{'uid':1, 'gid':2, 'umask':63, 'additionalGids':[5, 6]}, 'noNewPrivileges':true, " \
		   "'rlimits':[{'type':'RLIMIT_CORE', 'soft':7, 'hard':18446744073709551615}], " \
		   "'capabilities':{'bounding':['CAP_KILL', 'CAP_CHOWN'], 'permitted':['CAP_KILL'], 'effective':['CAP_FOWNER']}", \
	.top = "'hostname':'web', 'domainname':'example.org', " \
	       "'hooks':{'prestart':[{'path':'/bin/one', 'args':['one', 'a b'], 'timeout':5}], 'poststop':[{'path':'/bin/two'}]}"

static void test_text(void **state)
{
	(void) state;
	assert_plan(LARGE);
	print(plan_print_text);
	assert_line("Container web");
	assert_line("bundle /bundles/web");
	assert_line("root /bundles/web/rootfs");
	assert_line("read-only, entered by pivot_root, rslave");
	assert_line("host name web");
	assert_line("domain name example.org");
	assert_line("keyring _ses.web");
	assert_line("new pid mount uts user cgroup time");
	assert_line("joined network /run/netns/blue /linux/namespaces/6");
	assert_line("the host's ipc");
	assert_line("boottime 7 0");
	assert_line("0 in the container is 100000 on the host, and so on for 65536 ids");
	assert_line("1 mount proc /proc /mounts/0");
	assert_line("2 mount tmpfs /dev nosuid strictatime mode=755 /mounts/1");
	assert_line("3 bind /srv /data rnodev ro symfollow rslave with-all-below idmap /mounts/2");
	assert_line("4 mount the cgroup tree /sys/fs/cgroup ro /mounts/3");
	assert_line("5 mount ext4 /dev/sdb /mnt ro sync /mounts/4");
	assert_line("bind the host's c 1:3 /dev/null");
	assert_line("bind the host's c 10:229 /dev/fuse /linux/devices/0");
	assert_line("make fifo /run/pipe 0600 3:4 /linux/devices/1");
	assert_line("link /proc/self/fd /dev/fd");
	assert_line("bind the terminal /dev/console /process/terminal");
	assert_line("read-only /dev /mounts/1");
	assert_line("read-only /proc/sys /linux/readonlyPaths/0");
	assert_line("hide /proc/kcore /linux/maskedPaths/0");
	assert_line("read-only / /root/readonly");
	assert_line("ens3 as eth0 /linux/netDevices/ens3");
	assert_line("net/ipv4/ip_forward 1");
}

static void test_text_of_the_process(void **state)
{
	(void) state;
	assert_plan(LARGE);
	print(plan_print_text);
	assert_line("args sh");
	assert_line("user uid 1, gid 2");
	assert_line("groups 5 6");
	assert_line("umask 0077");
	assert_line("terminal 80 columns, 24 rows");
	assert_line("environment A=1");
	assert_line("\"B=x y\"");
	assert_line("limits RLIMIT_CORE soft 7, hard unlimited");
	assert_line("oom score -5");
	assert_line("new privileges never");
	assert_line("seccomp no filter");
	assert_line("bounding effective permitted inheritable ambient");
	assert_line("CAP_CHOWN yes - - - -");
	assert_line("CAP_KILL yes - yes - -");
	assert_line("cannot be granted here: CAP_FOWNER (effective)");
	assert_line("path /a/b");
	assert_line("devices deny all rwm");
	assert_line("allow c 1:3 rw");
	assert_line("memory.limit 1048576");
	assert_line("memory.swap -1");
	assert_line("hugepageLimits[0].pageSize 2MB");
	assert_line("rdma.mlx.hcaHandles 2");
	assert_line("unified.io.max \"x y\"");
	assert_line("prestart /bin/one \"a b\" at most 5 s");
	assert_line("poststop /bin/two");
}

static void test_text_of_the_smallest(void **state)
{
	(void) state;
	assert_plan(.no_process = true, .namespaces = "{'type':'mount'}");
	print(plan_print_text);
	assert_line("the host's pid network ipc uts user cgroup time");
	assert_line("path /web (below the caller's own)");
	assert_line("done without if it cannot be made");
	assert_line("none");
	assert_no_line("Hooks");
	assert_no_line("Kernel parameters");
	assert_no_line("Capabilities");
	options.cgroup_disabled = true;
	assert_plan();
	print(plan_print_text);
	assert_line("path none");
	assert_line("groups none");
}

static void test_no_line_ends_in_blanks(void **state)
{
	(void) state;
	assert_plan(LARGE);
	print(plan_print_text);
	assert_null(strstr(printed, " \n"));
	assert_null(strstr(printed, "\n\n\n"));
	assert_true(printed[strlen(printed) - 1] == '\n');
}

static void test_hostile_text_is_quoted(void **state)
{
	(void) state;
	assert_plan(.process = "'env':['A=\\u001b[2J\\u0007']", .mounts = "{'destination':'/a\\n  2  mount', 'type':'tmpfs'}");
	print(plan_print_text);
	assert_null(strchr(printed, '\033'));
	assert_null(strchr(printed, '\a'));
	assert_line("\"/a\\n 2 mount\"");
	assert_line("\"A=\\u001b[2J\\u0007\"");
	print(plan_print_json);
	assert_json();
}

static void test_json(void **state)
{
	static const char *const lines[] = {
		"\"id\": \"web\",", "\"bundle\": \"/bundles/web\",", "\"hostname\": \"web\",", "\"path\": \"/bundles/web/rootfs\",",
		"\"propagation\": \"rslave\"", "\"timeOffsets\": \"boottime 7 0\\n\",", "\"hostID\": 100000,",
		"\"action\": \"bind\",", "\"target\": \"/data\",", "\"source\": \"/srv\",", "\"rnodev\",", "\"idmap\": true,",
		"\"openedByRuntime\": true,", "\"pointer\": \"/mounts/2\"", "\"action\": \"seal\",", "\"ofStep\": 1,",
		"\"action\": \"readonly\",", "\"optional\": true,", "\"action\": \"mask\",", "\"major\": 10,", "\"minor\": 229,",
		"\"mode\": \"0600\",", "\"net/ipv4/ip_forward\": \"1\"", "\"limit\": 1048576,", "\"required\": true,",
		"\"umask\": \"0077\"", "\"hard\": 18446744073709551615", "\"oomScoreAdj\": -5", "\"noNewPrivileges\": true,",
		"\"capabilitiesLeftOut\": \"CAP_FOWNER (effective)\",", "\"columns\": 80,", "\"timeout\": 5", "\"fileSystemFlags\": [",
	};

	(void) state;
	assert_plan(LARGE);
	print(plan_print_json);
	assert_json();
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_line(lines[i]);
	assert_true(printed[strlen(printed) - 1] == '\n');
	assert_plan(.no_process = true, .namespaces = "{'type':'mount'}");
	print(plan_print_json);
	assert_json();
	assert_no_line("\"process\"");
}

static void test_seccomp(void **state)
{
	(void) state;
	assert_plan();
	plan.seccomp.n_filter = 427;
	plan.seccomp.flags = 4;
	print(plan_print_text);
	assert_line("seccomp filter of 427 instructions, SECCOMP_FILTER_FLAG_SPEC_ALLOW");
	print(plan_print_json);
	assert_json();
	assert_line("\"instructions\": 427,");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PRINT_TEST(test_text),
		PRINT_TEST(test_text_of_the_process),
		PRINT_TEST(test_text_of_the_smallest),
		PRINT_TEST(test_no_line_ends_in_blanks),
		PRINT_TEST(test_hostile_text_is_quoted),
		PRINT_TEST(test_json),
		PRINT_TEST(test_seccomp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
