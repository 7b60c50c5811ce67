/* What a config may not say, on any host: each check with its words and its place. */
#include "test-config-fixture.h"

static int tear_down(void **state)
{
	(void) state;
	config_free(&config);
	return 0;
}

static void top_level_members_are_checked(void **state)
{
	(void) state;
	assert_fine("\"ociVersion\":\"1.0.0-rc5-dev\"");
	assert_fine("\"ociVersion\":\"1.9.12+build.7\"");
	assert_fine("\"annotations\":{\"a\":\"\",\"run.oci.x\":\"y\"}");
	assert_fine("\"hostname\":\"\",\"domainname\":\"\"");
	assert_fine(LINUX("\"maskedPaths\":[]") ",\"hostname\":\"h\",\"domainname\":\"d\"");
	ASSERT_FAULTS(
		{ "\"ociVersion\":@\"1.0\"", "/ociVersion \"1.0\" is not a version (expected one like 1.3.0)" },
		{ "\"ociVersion\":@\"\"", "/ociVersion \"\" is not a version (expected one like 1.3.0)" },
		{ "\"ociVersion\":@\"1.02.0\"", "/ociVersion \"1.02.0\" is not a version (expected one like 1.3.0)" },
		{ "\"ociVersion\":@\"2.0.0\"", "/ociVersion \"2.0.0\" is not supported (expected 1.x.y)" },
		{ "\"ociVersion\":@\"0.9.0\"", "/ociVersion \"0.9.0\" is not supported (expected 1.x.y)" },
		{ "\"root\":{\"path\":@\"\"}", "/root/path must not be empty" },
		{ "\"annotations\":{\"\":@\"x\"}", "/annotations/ a key must not be empty" },
		{ "\"hostname\":@\"h\"", "/hostname unable to set hostname without a private UTS namespace" },
		{ "\"domainname\":@\"h\"", "/domainname unable to set domainname without a private UTS namespace" },
		{ LINUX("\"devices\":[]") ",\"hostname\":@\"0123456789012345678901234567890123456789012345678901234567890123456789\"",
		  "/hostname has 70 bytes, the kernel takes at most 64" });
	parse("{\"ociVersion\":\"1.3.0\"}");
	assert_int_equal(config.faults.n, 1);
	assert_string_equal(config.faults.list[0].pointer, "/root");
}

static void the_process_is_checked(void **state)
{
	(void) state;
	assert_fine("\"process\":null");
	assert_fine(PROCESS("\"env\":[\"A=\",\"B=c=d\"],\"user\":{\"uid\":4294967294,\"umask\":511},\"oomScoreAdj\":-1000"));
	assert_fine(PROCESS("\"consoleSize\":{\"height\":70000,\"width\":1}"));	/* no terminal: to be ignored */
	ASSERT_FAULTS(
		{ "\"process\":{\"cwd\":\"/\",\"args\":@[]}", "/process/args args must not be empty" },
		{ "\"process\":@{\"cwd\":\"/\"}", "/process/args args must not be empty" },
		{ "\"process\":{\"cwd\":@\"\",\"args\":[\"a\"]}", "/process/cwd Cwd property must not be empty" },
		{ "\"process\":{\"cwd\":@\"tmp\",\"args\":[\"a\"]}", "/process/cwd Cwd must be an absolute path, found \"tmp\"" },
		{ PROCESS("\"env\":[\"A=b\",@\"A\"]"), "/process/env/1 invalid environment variable: missing '=' in \"A\"" },
		{ PROCESS("\"env\":[@\"=b\"]"), "/process/env/0 invalid environment variable: name cannot be empty in \"=b\"" },
		{ PROCESS("\"user\":{\"uid\":@4294967295}"), "/process/user/uid 4294967295 is not an id (expected 0 to 4294967294)" },
		{ PROCESS("\"user\":{\"uid\":@4294967296}"), "/process/user/uid 4294967296 is out of range (expected 0 to 4294967295)" },
		{ PROCESS("\"user\":{\"gid\":@18446744073709551616}"),
		  "/process/user/gid 18446744073709551616 is out of range (expected 0 to 4294967295)" },
		{ PROCESS("\"user\":{\"additionalGids\":[0,@4294967295]}"),
		  "/process/user/additionalGids/1 4294967295 is not an id (expected 0 to 4294967294)" },
		{ PROCESS("\"user\":{\"umask\":@512}"), "/process/user/umask 512 is out of range (expected 0 to 511, which is octal "
		  "0777: JSON numbers are decimal)" },
		{ PROCESS("\"oomScoreAdj\":@1001"), "/process/oomScoreAdj 1001 is out of range (expected -1000 to 1000)" },
		{ PROCESS("\"terminal\":true,\"consoleSize\":{\"height\":1,\"width\":@65536}"),
		  "/process/consoleSize/width 65536 is out of range (expected 0 to 65535)" },
		{ PROCESS("\"capabilities\":{\"bounding\":[\"CAP_KILL\",@\"CAP_FLY\"]}"),
		  "/process/capabilities/bounding/1 unknown capability \"CAP_FLY\"" },
		{ PROCESS("\"capabilities\":{\"ambient\":[@\"KILL\"]}"),
		  "/process/capabilities/ambient/0 unknown capability \"KILL\" (names begin with CAP_)" },
		{ PROCESS("\"rlimits\":[{\"type\":@\"NOFILE\",\"soft\":1,\"hard\":1}]"),
		  "/process/rlimits/0/type invalid rlimit type \"NOFILE\" (expected one like RLIMIT_NOFILE)" },
		{ PROCESS("\"rlimits\":[@{\"type\":\"RLIMIT_CPU\",\"soft\":2,\"hard\":1}]"),
		  "/process/rlimits/0 soft (2) is above hard (1)" },
		{ PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1},{\"type\":@\"RLIMIT_CPU\",\"soft\":1,\"hard\":1}]"),
		  "/process/rlimits/1/type \"RLIMIT_CPU\" is given twice, first in entry 0" },
		{ PROCESS("\"execCPUAffinity\":{\"initial\":\"0-3,8\",\"final\":@\"3-1\"}"),
		  "/process/execCPUAffinity/final \"3-1\" is not a list of processors (expected one like 0-3,8)" });
}

static void scheduling_is_checked(void **state)
{
	(void) state;
	assert_fine(PROCESS("\"scheduler\":{\"policy\":\"SCHED_BATCH\",\"nice\":19,\"flags\":[\"SCHED_FLAG_RESET_ON_FORK\"]}"));
	assert_fine(PROCESS("\"scheduler\":{\"policy\":\"SCHED_RR\",\"priority\":99}"));
	assert_fine(PROCESS("\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"runtime\":10000,\"deadline\":20000}"));
	assert_fine(PROCESS("\"ioPriority\":{\"class\":\"IOPRIO_CLASS_IDLE\"}"));
	ASSERT_FAULTS(
		{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"nice\":@20}"),
		  "/process/scheduler/nice 20 is out of range (expected -20 to 19)" },
		{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"priority\":@1}"),
		  "/process/scheduler/priority SCHED_OTHER takes no priority, SCHED_FIFO and SCHED_RR do" },
		{ PROCESS("\"scheduler\":@{\"policy\":\"SCHED_FIFO\"}"),
		  "/process/scheduler/priority 0 is out of range (SCHED_FIFO takes 1 to 99)" },
		{ PROCESS("\"scheduler\":@{\"policy\":\"SCHED_OTHER\",\"runtime\":1}"),
		  "/process/scheduler SCHED_OTHER takes no runtime, deadline or period, SCHED_DEADLINE does" },
		{ PROCESS("\"scheduler\":@{\"policy\":\"SCHED_DEADLINE\",\"runtime\":5000,\"deadline\":4000}"),
		  "/process/scheduler SCHED_DEADLINE needs 1024 <= runtime <= deadline <= period < 2^63" },
		{ PROCESS("\"scheduler\":@{\"policy\":\"SCHED_DEADLINE\",\"runtime\":5000,\"deadline\":9223372036854775808}"),
		  "/process/scheduler SCHED_DEADLINE needs 1024 <= runtime <= deadline <= period < 2^63" },
		{ PROCESS("\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":@8}"),
		  "/process/ioPriority/priority 8 is out of range (expected 0 to 7)" });
}

static void mounts_and_hooks_are_checked(void **state)
{
	(void) state;
	assert_fine("\"mounts\":[{\"destination\":\"rel\",\"type\":\"tmpfs\",\"options\":[\"size=1k\",\"nosuid\"]},"
		    "{\"destination\":\"/b\",\"source\":\"/x\",\"options\":[\"rbind\",\"rro\",\"\",\"copy-symlink\"]}]");
	assert_fine("\"mounts\":[{\"destination\":\"/b\",\"source\":\"/x\",\"options\":[\"bind\",\"z\",\"Z\",\"U\","
		    "\"volume-opt=type=tmpfs\"]}]");
	assert_fine("\"hooks\":{\"poststop\":[{\"path\":\"/x\",\"timeout\":1,\"args\":[],\"env\":[\"A=b\"]}]}");
	ASSERT_FAULTS(
		{ "\"mounts\":[{\"destination\":@\"\"}]", "/mounts/0/destination must not be empty" },
		{ "\"mounts\":[@{\"destination\":\"/a\",\"options\":[\"rbind\"]}]", "/mounts/0/source a bind mount needs a source" },
		{ "\"mounts\":[{\"destination\":\"/a\",\"source\":\"/b\",\"options\":[\"bind\",\"ro\",@\"size=5\"]}]",
		  "/mounts/0/options/2 bind mounts cannot have any filesystem-specific options applied, found \"size=5\"" },
		{ "\"mounts\":[@{\"destination\":\"/a\",\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]}]",
		  "/mounts/0/gidMappings is missing (uidMappings and gidMappings go together)" },
		{ "\"hooks\":{\"createRuntime\":[{\"path\":@\"x\"}]}",
		  "/hooks/createRuntime/0/path hook path must be an absolute path, found \"x\"" },
		{ "\"hooks\":{\"prestart\":[{\"path\":\"/x\",\"timeout\":@0}]}",
		  "/hooks/prestart/0/timeout 0 is out of range (expected at least 1 second)" },
		{ "\"hooks\":{\"poststart\":[{\"path\":\"/x\",\"env\":[@\"A\"]}]}",
		  "/hooks/poststart/0/env/0 invalid environment variable: missing '=' in \"A\"" });
}

#define MAP(c, h, s) "{\"containerID\":" #c ",\"hostID\":" #h ",\"size\":" #s "}"
#define USERNS(uids, gids) "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"user\"}],\"uidMappings\":[" uids \
	"],\"gidMappings\":[" gids "]}"

static void namespaces_are_checked(void **state)
{
	(void) state;
	assert_fine("\"linux\":{\"namespaces\":[{\"type\":\"mount\",\"path\":\"\"},{\"type\":\"user\",\"path\":\"/proc/1/ns/user\"}]}");
	assert_fine(USERNS(MAP(0, 1000, 1) "," MAP(1, 100000, 65536), MAP(0, 0, 4294967295)));
	ASSERT_FAULTS(
		{ "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"pid\"},{\"type\":@\"pid\"}]}",
		  "/linux/namespaces/2/type duplicated ns \"pid\", first in entry 1" },
		{ "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"pid\",\"path\":@\"x\"}]}",
		  "/linux/namespaces/1/path the path of a namespace must be an absolute path, found \"x\"" },
		{ LINUX("\"uidMappings\":@[" MAP(0, 0, 1) "]"),
		  "/linux/uidMappings User namespace mappings specified, but user namespace isn't enabled in the config" },
		{ USERNS("{\"containerID\":0,\"hostID\":0,\"size\":@0}", MAP(0, 0, 1)), "/linux/uidMappings/0/size must be at least 1" },
		{ USERNS("{\"containerID\":1,\"hostID\":0,\"size\":@4294967295}", MAP(0, 0, 1)),
		  "/linux/uidMappings/0/size goes beyond id 4294967294, the last there is" },
		{ USERNS(MAP(0, 0, 1), MAP(0, 100, 10) ",{\"containerID\":@9,\"hostID\":500,\"size\":1}"),
		  "/linux/gidMappings/1/containerID overlaps with entry 0" },
		{ USERNS(MAP(0, 0, 1), MAP(0, 100, 10) ",{\"containerID\":90,\"hostID\":@95,\"size\":6}"),
		  "/linux/gidMappings/1/hostID overlaps with entry 0" },
		{ USERNS(MAP(0, 0, 1), MAP(0, 0, 1)) "," PROCESS("\"user\":{\"uid\":0,\"gid\":@5}"),
		  "/process/user/gid 5 is not mapped in the user namespace (see /linux/gidMappings)" },
		{ LINUX("\"timeOffsets\":@{\"boottime\":{\"secs\":1}}"),
		  "/linux/timeOffsets time namespace offsets specified, but time namespace isn't enabled in the config" },
		{ "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"time\"}],\"timeOffsets\":{\"realtime\":@{\"secs\":1}}}",
		  "/linux/timeOffsets/realtime \"realtime\" is not one of boottime, monotonic" },
		{ "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"time\"}],\"timeOffsets\":{\"boottime\":{\"nanosecs\":"
		  "@1000000000}}}", "/linux/timeOffsets/boottime/nanosecs 1000000000 is out of range (expected 0 to 999999999)" },
		{ "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"time\",\"path\":\"/t\"}],\"timeOffsets\":@{\"boottime\":{}}}",
		  "/linux/timeOffsets offsets are for a new time namespace, not for one that is joined" });
}

static void sysctls_are_checked(void **state)
{
	(void) state;
	assert_fine(LINUX("\"sysctl\":{\"kernel.msgmax\":\"1\",\"kernel/sem\":\"1 2\\n\",\"fs.mqueue.msg_max\":\"1\",\"net.ipv4.ip_forward\":"
			  "\"1\",\"net/ipv4/conf/eth0.100/forwarding\":\"1\",\"net.ipv4.conf.eth0/100.forwarding\":\"1\","
			  "\"kernel.domainname\":\"d\"}"));
	ASSERT_FAULTS(
		{ LINUX("\"sysctl\":{\"vm.swappiness\":@\"1\"}"),
		  "/linux/sysctl/vm.swappiness sysctl \"vm.swappiness\" is not in a separate kernel namespace" },
		{ LINUX("\"sysctl\":{\"kernel.semaphore\":@\"1\"}"),
		  "/linux/sysctl/kernel.semaphore sysctl \"kernel.semaphore\" is not in a separate kernel namespace" },
		{ LINUX("\"sysctl\":{\"kernel.hostname\":@\"1\"}"), "/linux/sysctl/kernel.hostname sysctl \"kernel.hostname\" is not "
		  "allowed as it conflicts with the OCI \"hostname\" field" },
		{ LINUX("\"sysctl\":{\"user.max_user_namespaces\":@\"1\"}"), "/linux/sysctl/user.max_user_namespaces sysctl "
		  "\"user.max_user_namespaces\" needs a namespace of type \"user\" of the container's own" },
		{ LINUX("\"sysctl\":{\"net/../vm/swappiness\":@\"1\"}"), "/linux/sysctl/net~1..~1vm~1swappiness \"net/../vm/swappiness\" "
		  "is not the name of a sysctl (expected one like net.ipv4.ip_forward)" },
		{ LINUX("\"sysctl\":{\"net.//.vm\":@\"1\"}"), "/linux/sysctl/net.~1~1.vm \"net.//.vm\" is not the name of a sysctl "
		  "(expected one like net.ipv4.ip_forward)" },
		{ LINUX("\"sysctl\":{\"net\":@\"1\"}"),
		  "/linux/sysctl/net \"net\" is not the name of a sysctl (expected one like net.ipv4.ip_forward)" },
		{ LINUX("\"sysctl\":{\"/net/x\":@\"1\"}"),
		  "/linux/sysctl/~1net~1x \"/net/x\" is not the name of a sysctl (expected one like net.ipv4.ip_forward)" },
		{ LINUX("\"sysctl\":{\"kernel.msgmax\":@\"1\\n2\"}"), "/linux/sysctl/kernel.msgmax the value must be one line" });
}

static void devices_and_paths_are_checked(void **state)
{
	(void) state;
	assert_fine(LINUX("\"devices\":[{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":4095,\"minor\":1048575,\"fileMode\":8630},"
			  "{\"path\":\"/p\",\"type\":\"p\"}],\"netDevices\":{\"eth0\":{},\"eth1\":{\"name\":\"c%d\"}}"));
	ASSERT_FAULTS(
		{ LINUX("\"maskedPaths\":[\"/a\",@\"b\"]"), "/linux/maskedPaths/1 a masked path must be an absolute path, found \"b\"" },
		{ LINUX("\"readonlyPaths\":[@\"\"]"), "/linux/readonlyPaths/0 a read-only path must be an absolute path, found \"\"" },
		{ LINUX("\"devices\":[{\"path\":@\"x\",\"type\":\"p\"}]"),
		  "/linux/devices/0/path the path of a device must be an absolute path, found \"x\"" },
		{ LINUX("\"devices\":[{\"path\":\"/x\",\"type\":@\"cc\"}]"), "/linux/devices/0/type \"cc\" is not one of c, b, u, p" },
		{ LINUX("\"devices\":[@{\"path\":\"/x\",\"type\":\"b\",\"minor\":1}]"),
		  "/linux/devices/0/major is missing (only type \"p\" goes without)" },
		{ LINUX("\"devices\":[{\"path\":\"/x\",\"type\":\"u\",\"major\":1,\"minor\":@-1}]"),
		  "/linux/devices/0/minor -1 is out of range (expected 0 to 1048575)" },
		{ LINUX("\"devices\":[{\"path\":\"/x\",\"type\":\"p\",\"fileMode\":@65536}]"),
		  "/linux/devices/0/fileMode 65536 is out of range (octal 0777 is 511: JSON numbers are decimal)" },
		{ LINUX("\"devices\":[{\"path\":\"/x\",\"type\":\"p\",\"gid\":@4294967295}]"),
		  "/linux/devices/0/gid 4294967295 is not an id (expected 0 to 4294967294)" },
		{ LINUX("\"netDevices\":{\"a/b\":@{}}"), "/linux/netDevices/a~1b invalid network device name \"a/b\"" },
		{ LINUX("\"netDevices\":{\"a\":{\"name\":@\"0123456789012345\"}}"),
		  "/linux/netDevices/a/name invalid network device name \"0123456789012345\"" },
		{ LINUX("\"netDevices\":{\"a\":{\"name\":@\"x%s\"}}"), "/linux/netDevices/a/name invalid network device name \"x%s\"" },
		{ "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}],\"netDevices\":@{\"a\":{}}}",
		  "/linux/netDevices unable to move network devices without a NET namespace" });
}

#define SECCOMP(members) LINUX("\"seccomp\":{" members "}")

static void seccomp_is_checked(void **state)
{
	(void) state;
	assert_fine(SECCOMP("\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"architectures\":[\"SCMP_ARCH_X86_64\"],"
			    "\"flags\":[],\"listenerPath\":\"/l\",\"listenerMetadata\":\"m\",\"syscalls\":[{\"names\":[\"mount\"],"
			    "\"action\":\"SCMP_ACT_NOTIFY\"},{\"names\":[\"a\",\"b\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":65535}]"));
	ASSERT_FAULTS(
		{ SECCOMP("\"defaultAction\":@\"SCMP_ACT_NOTIFY\""),
		  "/linux/seccomp/defaultAction SCMP_ACT_NOTIFY cannot be used as default action" },
		{ SECCOMP("\"defaultAction\":\"SCMP_ACT_ALLOW\",\"defaultErrnoRet\":@1"), "/linux/seccomp/defaultErrnoRet "
		  "SCMP_ACT_ALLOW takes no errno, only SCMP_ACT_ERRNO and SCMP_ACT_TRACE do" },
		{ SECCOMP("\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":@4096"),
		  "/linux/seccomp/defaultErrnoRet 4096 is out of range (expected 0 to 4095)" },
		{ SECCOMP("\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerMetadata\":@\"m\""),
		  "/linux/seccomp/listenerMetadata must not be set without listenerPath" },
		{ "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}],\"seccomp\":@{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{"
		  "\"names\":[\"mount\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}}",
		  "/linux/seccomp/listenerPath is missing (SCMP_ACT_NOTIFY needs it)" },
		{ SECCOMP("\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":@[],\"action\":\"SCMP_ACT_ALLOW\"}]"),
		  "/linux/seccomp/syscalls/0/names must name at least one system call" },
		{ SECCOMP("\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[@\"\"],\"action\":\"SCMP_ACT_ALLOW\"}]"),
		  "/linux/seccomp/syscalls/0/names/0 must not be empty" },
		{ SECCOMP("\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_KILL\","
			  "\"errnoRet\":@1}]"), "/linux/seccomp/syscalls/0/errnoRet SCMP_ACT_KILL takes no errno, only SCMP_ACT_ERRNO "
		  "and SCMP_ACT_TRACE do" },
		{ SECCOMP("\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_KILL\","
			  "\"args\":[{\"index\":@6,\"value\":0,\"op\":\"SCMP_CMP_EQ\"}]}]"),
		  "/linux/seccomp/syscalls/0/args/0/index 6 is out of range (a system call has arguments 0 to 5)" });
}

static void resources_are_checked(void **state)
{
	(void) state;
	/* What clients write for "not set" and "no limit". */
	assert_fine(RESOURCES("\"memory\":{\"limit\":0,\"swap\":0,\"swappiness\":100},\"cpu\":{\"shares\":0,\"quota\":0,\"period\":0,"
			      "\"cpus\":\"\",\"mems\":\"0-1,3\",\"idle\":1,\"realtimeRuntime\":-1},\"pids\":{\"limit\":0},\"blockIO\":{\"weight\":0}"));
	assert_fine(RESOURCES("\"memory\":{\"limit\":-1,\"swap\":-1,\"reservation\":-1},\"cpu\":{\"quota\":-5,\"shares\":1},\"pids\":"
			      "{\"limit\":-1},\"devices\":[{\"allow\":false,\"access\":\"rwm\"},{\"allow\":true,\"type\":\"a\",\"major\":-1}]"));
	assert_fine(RESOURCES("\"memory\":{\"limit\":5,\"swap\":5},\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":0}],\"rdma\":{\"m\":"
			      "{\"hcaObjects\":1}},\"unified\":{\"memory.high\":\"max\"}"));
	ASSERT_FAULTS(
		{ RESOURCES("\"memory\":{\"limit\":@-2}"),
		  "/linux/resources/memory/limit -2 is out of range (expected -1 for no limit, or more)" },
		{ RESOURCES("\"memory\":{\"limit\":6,\"swap\":@5}"), "/linux/resources/memory/swap 5 is less than the memory limit "
		  "(memory+swap limit should be >= memory limit)" },
		{ RESOURCES("\"memory\":{\"swap\":@5}"), "/linux/resources/memory/swap unable to set swap limit without memory limit" },
		{ RESOURCES("\"memory\":{\"swappiness\":@101}"), "/linux/resources/memory/swappiness 101 is out of range (expected 0 to 100)" },
		{ RESOURCES("\"cpu\":{\"period\":@999}"),
		  "/linux/resources/cpu/period 999 is out of range (expected 1000 to 1000000 microseconds)" },
		{ RESOURCES("\"cpu\":{\"quota\":@999}"), "/linux/resources/cpu/quota 999 is out of range (expected -1 for no limit, or "
		  "at least 1000 microseconds)" },
		{ RESOURCES("\"cpu\":{\"quota\":5000,\"burst\":@5001}"), "/linux/resources/cpu/burst 5001 is above the quota, 5000" },
		{ RESOURCES("\"cpu\":{\"realtimeRuntime\":@2,\"realtimePeriod\":1}"),
		  "/linux/resources/cpu/realtimeRuntime 2 is above realtimePeriod, 1" },
		{ RESOURCES("\"cpu\":{\"idle\":@2}"), "/linux/resources/cpu/idle 2 is out of range (expected 0 to 1)" },
		{ RESOURCES("\"cpu\":{\"cpus\":@\"0-\"}"),
		  "/linux/resources/cpu/cpus \"0-\" is not a list of processors (expected one like 0-3,8)" },
		{ RESOURCES("\"cpu\":{\"mems\":@\"a\"}"),
		  "/linux/resources/cpu/mems \"a\" is not a list of memory nodes (expected one like 0-1)" },
		{ RESOURCES("\"pids\":{\"limit\":@-2}"),
		  "/linux/resources/pids/limit -2 is out of range (expected -1 for no limit, or more)" },
		{ RESOURCES("\"blockIO\":{\"weight\":@9}"), "/linux/resources/blockIO/weight 9 is out of range (expected 10 to 1000)" },
		{ RESOURCES("\"blockIO\":{\"weightDevice\":[@{\"major\":8,\"minor\":0}]}"),
		  "/linux/resources/blockIO/weightDevice/0 needs weight or leafWeight" },
		{ RESOURCES("\"blockIO\":{\"throttleWriteIOPSDevice\":[{\"major\":@-1,\"minor\":0,\"rate\":1}]}"),
		  "/linux/resources/blockIO/throttleWriteIOPSDevice/0/major -1 is out of range (expected 0 to 4294967295)" },
		{ RESOURCES("\"devices\":[{\"allow\":true,\"type\":@\"x\"}]"), "/linux/resources/devices/0/type \"x\" is not one of a, c, b" },
		{ RESOURCES("\"devices\":[{\"allow\":true,\"access\":@\"rx\"}]"),
		  "/linux/resources/devices/0/access \"rx\" is not made of r, w and m" },
		{ RESOURCES("\"hugepageLimits\":[{\"pageSize\":@\"2mb\",\"limit\":0}]"),
		  "/linux/resources/hugepageLimits/0/pageSize \"2mb\" is not a page size (expected one like 64KB, 2MB, 1GB)" },
		{ RESOURCES("\"network\":{\"priorities\":[{\"name\":@\"\",\"priority\":1}]}"),
		  "/linux/resources/network/priorities/0/name invalid network device name \"\"" },
		{ RESOURCES("\"rdma\":{\"m\":@{}}"), "/linux/resources/rdma/m needs hcaHandles or hcaObjects" },
		{ RESOURCES("\"unified\":{\"a/b.c\":@\"\"}"),
		  "/linux/resources/unified/a~1b.c unified resource \"a/b.c\" must be a file name (no slashes)" },
		{ RESOURCES("\"unified\":{\"memory\":@\"\"}"),
		  "/linux/resources/unified/memory unified resource \"memory\" must be like memory.high" });
}

static void memory_policy_and_the_like_are_checked(void **state)
{
	(void) state;
	assert_fine(LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"MPOL_F_STATIC_NODES\"]},"
			  "\"intelRdt\":{\"closID\":\"/\",\"memBwSchema\":\"MB:0=5\"},\"personality\":{\"domain\":\"LINUX32\",\"flags\":[]}"));
	assert_fine(LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_PREFERRED\"}"));
	ASSERT_FAULTS(
		{ LINUX("\"memoryPolicy\":@{}"), "/linux/memoryPolicy/mode is missing (expected one like MPOL_BIND)" },
		{ LINUX("\"memoryPolicy\":@{\"mode\":\"MPOL_BIND\"}"), "/linux/memoryPolicy/nodes MPOL_BIND needs at least one node" },
		{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_LOCAL\",\"nodes\":@\"1\"}"), "/linux/memoryPolicy/nodes MPOL_LOCAL takes no nodes" },
		{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":@\"1-\"}"),
		  "/linux/memoryPolicy/nodes \"1-\" is not a list of nodes (expected one like 0-3,8)" },
		{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_DEFAULT\",\"flags\":@[\"MPOL_F_STATIC_NODES\",\"MPOL_F_RELATIVE_NODES\"]}"),
		  "/linux/memoryPolicy/flags MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other" },
		{ LINUX("\"intelRdt\":{\"closID\":@\"..\"}"),
		  "/linux/intelRdt/closID \"..\" is not a name (expected no \"/\", or \"/\" alone)" },
		{ LINUX("\"intelRdt\":{\"memBwSchema\":@\"MB:0=1\\nL3:\"}"),
		  "/linux/intelRdt/memBwSchema \"MB:0=1\\u000aL3:\" must be one line that begins with \"MB:\"" },
		{ LINUX("\"intelRdt\":{\"schemata\":[@\"a\\nb\"]}"), "/linux/intelRdt/schemata/0 must be one line" },
		{ LINUX("\"personality\":@{}"), "/linux/personality/domain is missing (expected LINUX or LINUX32)" },
		{ LINUX("\"personality\":{\"domain\":\"LINUX\",\"flags\":[@\"X\"]}"),
		  "/linux/personality/flags/0 \"X\" is not known: the spec has no flags yet" });
}

/* Members whose values the spec lists, but which are plain strings to the reader. */
static void every_word_of_the_spec_is_known(void **state)
{
	FILE *f = fopen("tests/unit/spec-properties.txt", "re");
	char line[1400], path[200], type[1100], *word, *rest;
	size_t n = 0;

	(void) state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		auto_text pointer = { 0 };
		if (sscanf(line, "config %199s %1099s", path, type) != 2 || strncmp(type, "[enum(", 6))
			continue;
		for (word = path; (word = strchr(word, '.')); )
			*word = '/';
		text_addf(&pointer, "/%s/0", path);
		/* BOGUS must be refused at its place, every listed word be fine there. */
		for (word = strtok_r(type + 6, "|)]", &rest), n++; word; word = strtok_r(NULL, "|)]", &rest))
			for (int bogus = 0; bogus < 2; bogus++) {
				auto_free char *text = NULL;
				auto_text json = { 0 };
				size_t hits = 0, depth = 0;
				for (const char *p = path, *slash; ; p = slash + 1, depth++) {
					slash = strchr(p, '/');
					text_addf(&json, "\"%.*s\":%s", (int) (slash ? slash - p : (long) strlen(p)), p, slash ? "{" : "");
					if (!slash)
						break;
				}
				text_addf(&json, "[\"%s\"]", bogus ? "BOGUS" : word);
				while (depth--)
					text_add(&json, "}");
				text = with(json.s);
				parse(text);
				for (size_t i = 0; i < config.faults.n; i++)
					hits += !strcmp(config.faults.list[i].pointer, pointer.s);
				if (hits != (bogus ? 1 : 0))
					FAIL("%s: %s", pointer.s, bogus ? "BOGUS" : word);
			}
	}
	fclose(f);
	assert_int_equal(n, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, NULL, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(top_level_members_are_checked), TEST(the_process_is_checked), TEST(scheduling_is_checked),
		TEST(mounts_and_hooks_are_checked), TEST(namespaces_are_checked), TEST(sysctls_are_checked),
		TEST(devices_and_paths_are_checked), TEST(seccomp_is_checked), TEST(resources_are_checked),
		TEST(memory_policy_and_the_like_are_checked), TEST(every_word_of_the_spec_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
