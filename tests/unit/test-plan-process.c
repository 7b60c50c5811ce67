/* The process: who it is, what it may do, where its cgroup lies. */
#include <linux/capability.h>
#include <sys/resource.h>

#include "test-plan-fixture.h"

#define BIT(cap) (1ull << (cap))
#define CAPS(bounding, effective, permitted, inheritable, ambient) \
	"'capabilities':{'bounding':[" bounding "], 'effective':[" effective "], 'permitted':[" permitted "], " \
	"'inheritable':[" inheritable "], 'ambient':[" ambient "]}"
#define USER .namespaces = NAMESPACES USER_NAMESPACE
#define SINGLE "'uidMappings':[{'containerID':0,'hostID':1000,'size':1}], 'gidMappings':[{'containerID':0,'hostID':1000,'size':1}]"

static void test_plain_process(void **state)
{
	const struct process_plan *p = &plan.process;

	(void) state;
	assert_plan();
	assert_true(plan.has_process);
	assert_string_equal(p->args[0], "sh");
	assert_null(p->args[1]);
	assert_null(p->env[0]);
	assert_string_equal(p->cwd, "/");
	assert_int_equal(p->uid, 0);
	assert_int_equal(p->gid, 0);
	assert_int_equal(p->umask, 022);
	assert_true(p->set_groups);
	assert_int_equal(p->n_groups, 0);
	assert_false(p->keep_groups || p->terminal || p->no_new_privs || p->has_oom_score_adj);
	assert_null(p->apparmor);
	assert_null(p->selinux);
	assert_null(p->dropped_caps);
	assert_string_equal(plan.keyring, "_ses.web");
	options.no_new_keyring = true;
	assert_plan(.no_process = true);
	assert_false(plan.has_process);
	assert_null(plan.keyring);
}

static void test_user(void **state)
{
	(void) state;
	assert_plan(.process = "'user':{'uid':1000, 'gid':1001, 'umask':63, 'additionalGids':[5, 6]}");
	assert_int_equal(plan.process.uid, 1000);
	assert_int_equal(plan.process.gid, 1001);
	assert_int_equal(plan.process.umask, 077);
	assert_int_equal(plan.process.n_groups, 2);
	assert_int_equal(plan.process.groups[1], 6);
	assert_plan(.process = "'user':{'umask':0}");
	assert_int_equal(plan.process.umask, 0);
}

static void test_ids_must_be_mapped(void **state)
{
	(void) state;
	assert_plan(USER, .linux = MAPPINGS, .process = "'user':{'uid':65535, 'gid':65535, 'additionalGids':[65535]}");
	assert_refused("/process/user/uid", "65536 is not mapped", USER, .linux = MAPPINGS, .process = "'user':{'uid':65536}");
	assert_refused("/process/user/gid", "not mapped", USER, .linux = MAPPINGS, .process = "'user':{'gid':70000}");
	assert_refused("/process/user/additionalGids/1", "not mapped", USER, .linux = MAPPINGS,
		       .process = "'user':{'additionalGids':[1, 70000]}");
}

static void test_ids_of_an_exec_must_be_mapped(void **state)
{
	struct oci_user user = { .uid = 70000 };
	char *args[] = { (char *) "sh" };
	struct oci_process process = { .args = args, .n_args = 1, .cwd = (char *) "/", .user = &user };
	struct process_plan out;

	(void) state;
	assert_plan(USER, .linux = MAPPINGS);
	assert_int_equal(plan_make_process(&config.arena, config.spec, &process, &host, "", &out, &err), -1);
	assert_string_equal(err.pointer, "/user/uid");
	user.uid = 7;
	assert_int_equal(plan_make_process(&config.arena, config.spec, &process, &host, "", &out, &err), 0);
	assert_int_equal(out.uid, 7);
}

static void test_groups_where_setgroups_is_denied(void **state)
{
	(void) state;
	unprivileged();
	assert_plan(USER, .linux = SINGLE);
	assert_false(plan.process.set_groups);
	assert_refused("/process/user/additionalGids", "cannot set any additional groups in a rootless container", USER, .linux = SINGLE,
		       .process = "'user':{'additionalGids':[0]}");
	host.newuidmap = "/usr/bin/newuidmap";
	host.newgidmap = "/usr/bin/newgidmap";	/* which may */
	assert_plan(USER, .linux = MAPPINGS);
	assert_true(plan.process.set_groups);
	host.caps_permitted = ALL_CAPS;
	assert_plan(USER, .linux = SINGLE);
	assert_true(plan.process.set_groups);
}

static void test_kept_groups(void **state)
{
	(void) state;
	static const char *const values[] = { "1", "true", "yes", "", NULL };

	for (const char *const *value = values; *value; value++) {
		char top[100];

		snprintf(top, sizeof top, "'annotations':{'run.oci.keep_original_groups':'%s'}", *value);
		assert_plan(.top = top);
		assert_true(plan.process.keep_groups);
	}
	assert_plan(.top = "'annotations':{'run.oci.keep_original_groups':'0'}");
	assert_false(plan.process.keep_groups);
}

static void test_environment(void **state)
{
	(void) state;
	assert_plan(.process = "'env':['PATH=/bin', 'A=1', 'AB=2', 'A=3', 'EMPTY=', 'A=4=5']");
	assert_int_equal(plan.process.n_env, 4);
	assert_string_equal(plan.process.env[0], "PATH=/bin");
	assert_string_equal(plan.process.env[1], "A=4=5");
	assert_string_equal(plan.process.env[2], "AB=2");
	assert_string_equal(plan.process.env[3], "EMPTY=");
	assert_null(plan.process.env[4]);
}

static void test_large_environment(void **state)
{
	struct text t = { 0 };

	(void) state;
	text_add(&t, "'env':[");
	for (int i = 0; i < 6000; i++)
		text_addf(&t, "%s'KEY%d=%d'", i ? "," : "", i % 3000, i);
	text_add(&t, "]");
	assert_plan(.process = t.s);
	text_free(&t);
	assert_int_equal(plan.process.n_env, 3000);
	assert_string_equal(plan.process.env[0], "KEY0=3000");
	assert_string_equal(plan.process.env[2999], "KEY2999=5999");
}

/* The environment comes from the image, too: keys that collide in FNV-1a without a secret must not take minutes. */
#define BITS 18		/* of the hash that choose a slot, for so many keys */
#define WAYS 18

static uint32_t fnv_of(uint32_t h, unsigned block, char out[5])
{
	static const char signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	for (int i = 0; i < 4; i++, block /= 64)
		h = (h ^ (unsigned char) (out[i] = signs[block % 64])) * 0x1b3u;
	return h & ((1u << BITS) - 1);
}

/* Find WAYS blocks of four characters that lead from the state *H to the same one. */
static void find_blocks(uint32_t *h, char blocks[WAYS][5])
{
	static unsigned char seen[1u << BITS];
	uint32_t next = 0;
	char block[5] = "";
	unsigned found = 0;

	memset(seen, 0, sizeof seen);
	for (unsigned i = 0; i < 1u << 24 && seen[next] < WAYS; i++)
		seen[next = fnv_of(*h, i, block)]++;
	assert_int_equal(seen[next], WAYS);
	for (unsigned i = 0; found < WAYS; i++)
		if (fnv_of(*h, i, block) == next)
			memcpy(blocks[found++], block, 5);
	*h = next;
}

static void test_colliding_environment(void **state)
{
	uint32_t h = 0x84222325u & ((1u << BITS) - 1);	/* the lower half of FNV-1a's usual beginning */
	char blocks[4][WAYS][5];
	struct text t = { 0 };

	(void) state;
	for (int i = 0; i < 4; i++)
		find_blocks(&h, blocks[i]);
	text_add(&t, "'env':[");
	for (unsigned i = 0; i < WAYS * WAYS * WAYS * WAYS; i++)
		text_addf(&t, "%s'%s%s%s%s=1'", i ? "," : "", blocks[0][i % WAYS], blocks[1][i / WAYS % WAYS],
			  blocks[2][i / WAYS / WAYS % WAYS], blocks[3][i / WAYS / WAYS / WAYS]);
	text_add(&t, "]");
	alarm(10);
	assert_plan(.process = t.s);
	alarm(0);
	text_free(&t);
	assert_int_equal(plan.process.n_env, WAYS * WAYS * WAYS * WAYS);
}

static void test_terminal(void **state)
{
	(void) state;
	assert_plan(.process = "'terminal':true, 'consoleSize':{'height':24, 'width':80}");
	assert_true(plan.process.terminal);
	assert_int_equal(plan.process.rows, 24);
	assert_int_equal(plan.process.columns, 80);
	assert_plan(.process = "'consoleSize':{'height':24, 'width':80}");
	assert_int_equal(plan.process.rows, 0);
	assert_refused("/process/consoleSize/width", "", .process = "'terminal':true, 'consoleSize':{'height':1, 'width':65536}");
}

static void test_rlimits(void **state)
{
	(void) state;
	assert_plan(.process = "'rlimits':[{'type':'RLIMIT_NOFILE', 'soft':1024, 'hard':18446744073709551615}]");
	assert_int_equal(plan.process.n_rlimits, 1);
	assert_int_equal(plan.process.rlimits[0].resource, RLIMIT_NOFILE);
	assert_int_equal(plan.process.rlimits[0].value.rlim_cur, 1024);
	assert_true(plan.process.rlimits[0].value.rlim_max == RLIM_INFINITY);
	assert_string_equal(plan.process.rlimits[0].name, "RLIMIT_NOFILE");
	assert_refused("/process/rlimits/0/type", "", .process = "'rlimits':[{'type':'RLIMIT_X', 'soft':1, 'hard':1}]");
}

static void test_oom_score(void **state)
{
	(void) state;
	assert_plan(.process = "'oomScoreAdj':0");
	assert_true(plan.process.has_oom_score_adj);
	assert_plan(.process = "'oomScoreAdj':-7");
	assert_int_equal(plan.process.oom_score_adj, -7);
}

static void test_labels(void **state)
{
	(void) state;
	assert_refused("/process/apparmorProfile", "apparmor is disabled or not supported", .process = "'apparmorProfile':'x'");
	assert_refused("/process/selinuxLabel", "selinux label is specified in config, but selinux is disabled or not supported",
		       .process = "'selinuxLabel':'x'");
	assert_plan(.process = "'apparmorProfile':'unconfined', 'selinuxLabel':''");
	assert_null(plan.process.apparmor);
	assert_null(plan.process.selinux);
	host.apparmor = host.selinux = true;
	assert_plan(.process = "'apparmorProfile':'x', 'selinuxLabel':'y'");
	assert_string_equal(plan.process.apparmor, "x");
	assert_string_equal(plan.process.selinux, "y");
}

/* ---- capabilities ------------------------------------------------------- */

static void test_capabilities(void **state)
{
	(void) state;
	assert_plan(.process = CAPS("'CAP_KILL', 'CAP_CHOWN'", "'CAP_KILL'", "'CAP_KILL', 'CAP_CHOWN'", "'CAP_KILL'", "'CAP_KILL'"));
	assert_int_equal(plan.process.caps.bounding, BIT(CAP_KILL) | BIT(CAP_CHOWN));
	assert_int_equal(plan.process.caps.effective, BIT(CAP_KILL));
	assert_int_equal(plan.process.caps.permitted, BIT(CAP_KILL) | BIT(CAP_CHOWN));
	assert_int_equal(plan.process.caps.inheritable, BIT(CAP_KILL));
	assert_int_equal(plan.process.caps.ambient, BIT(CAP_KILL));
	assert_null(plan.process.dropped_caps);
}

static void test_no_capabilities(void **state)
{
	(void) state;
	assert_plan();
	assert_int_equal(plan.process.caps.bounding | plan.process.caps.effective | plan.process.caps.permitted |
			 plan.process.caps.inheritable | plan.process.caps.ambient, 0);
}

static void test_capability_beyond_the_host(void **state)
{
	(void) state;
	host.caps_bounding = host.caps_permitted = ALL_CAPS & ~BIT(CAP_SYS_RESOURCE);
	assert_plan(.process = CAPS("'CAP_SYS_RESOURCE', 'CAP_KILL'", "'CAP_SYS_RESOURCE'", "'CAP_SYS_RESOURCE'",
				    "'CAP_SYS_RESOURCE'", "'CAP_SYS_RESOURCE'"));
	assert_int_equal(plan.process.caps.bounding, BIT(CAP_KILL));
	assert_int_equal(plan.process.caps.permitted | plan.process.caps.effective | plan.process.caps.inheritable |
			 plan.process.caps.ambient, 0);
	assert_string_equal(plan.process.dropped_caps, "CAP_SYS_RESOURCE");	/* named once */
}

static void test_capability_unknown_to_the_kernel(void **state)
{
	(void) state;
	host.last_cap = CAP_AUDIT_READ;	/* 5.7 */
	assert_plan(.process = CAPS("'CAP_BPF', 'CAP_PERFMON'", "", "'CAP_BPF'", "", ""));
	assert_int_equal(plan.process.caps.bounding, 0);
	assert_string_equal(plan.process.dropped_caps, "CAP_PERFMON, CAP_BPF");
}

static void test_capability_not_permitted_to_us(void **state)
{
	(void) state;
	host.caps_permitted = BIT(CAP_SYS_ADMIN) | BIT(CAP_KILL);
	assert_plan(.process = CAPS("'CAP_CHOWN', 'CAP_KILL'", "'CAP_KILL', 'CAP_CHOWN'", "'CAP_KILL', 'CAP_CHOWN'", "", ""));
	assert_int_equal(plan.process.caps.bounding, BIT(CAP_CHOWN) | BIT(CAP_KILL));
	assert_int_equal(plan.process.caps.permitted, BIT(CAP_KILL));
	assert_int_equal(plan.process.caps.effective, BIT(CAP_KILL));
	assert_string_equal(plan.process.dropped_caps, "CAP_CHOWN");
}

static void test_user_namespace_has_all_capabilities(void **state)
{
	(void) state;
	unprivileged();
	host.caps_bounding = BIT(CAP_KILL);
	assert_plan(USER, .linux = MAPPINGS, .process = CAPS("'CAP_SYS_ADMIN'", "'CAP_SYS_ADMIN'", "'CAP_SYS_ADMIN'", "", ""));
	assert_int_equal(plan.process.caps.effective, BIT(CAP_SYS_ADMIN));
	assert_int_equal(plan.process.caps.bounding, BIT(CAP_SYS_ADMIN));
	assert_null(plan.process.dropped_caps);
}

static void test_ambient_needs_permitted_and_inheritable(void **state)
{
	(void) state;
	assert_plan(.process = CAPS("'CAP_KILL'", "'CAP_KILL'", "'CAP_KILL'", "", "'CAP_KILL'"));
	assert_int_equal(plan.process.caps.ambient, 0);
	assert_null(plan.process.dropped_caps);
	assert_string_equal(plan.process.dropped_ambient, "CAP_KILL");
	assert_plan(.process = CAPS("'CAP_KILL'", "", "", "'CAP_KILL'", "'CAP_KILL'"));
	assert_int_equal(plan.process.caps.ambient, 0);
	assert_int_equal(plan.process.caps.inheritable, BIT(CAP_KILL));
}

static void test_effective_needs_permitted(void **state)
{
	(void) state;
	assert_plan(.process = CAPS("'CAP_KILL'", "'CAP_KILL', 'CAP_CHOWN'", "'CAP_KILL'", "", ""));
	assert_int_equal(plan.process.caps.effective, BIT(CAP_KILL));
	assert_string_equal(plan.process.dropped_caps, "CAP_CHOWN (effective)");
}

static void test_inheritable_needs_bounding(void **state)
{
	(void) state;
	assert_plan(.process = CAPS("", "", "'CAP_KILL'", "'CAP_KILL'", ""));
	assert_int_equal(plan.process.caps.inheritable, 0);
	assert_string_equal(plan.process.dropped_caps, "CAP_KILL (inheritable)");
}

static void test_unknown_capability(void **state)
{
	(void) state;
	assert_refused("/process/capabilities/permitted/1", "CAP_NONSENSE",
		       .process = CAPS("", "", "'CAP_KILL', 'CAP_NONSENSE'", "", ""));
}

/* ---- cgroup ------------------------------------------------------------- */

static void test_cgroup_paths(void **state)
{
	static const struct { const char *given, *path; bool relative; } cases[] = {
		{ "'cgroupsPath':'/a//b/../c'", "/a/c", false },
		{ "'cgroupsPath':'a/b'", "/a/b", true },
		{ "'cgroupsPath':'../../a'", "/a", true },
		{ "'cgroupsPath':''", "/web", true },
		{ NULL, "/web", true },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_plan(.linux = cases[i].given);
		assert_string_equal(plan.cgroup.path, cases[i].path);
		assert_int_equal(plan.cgroup.relative, cases[i].relative);
		assert_false(plan.cgroup.disabled || plan.cgroup.unit);
	}
	assert_refused("/linux/cgroupsPath", "below the root", .linux = "'cgroupsPath':'/'");
	assert_refused("/linux/cgroupsPath", "below the root", .linux = "'cgroupsPath':'/a/..'");
}

static void test_cgroup_is_required(void **state)
{
	static const char deny[] = "'resources':{'devices':[{'allow':false, 'access':'rwm'}]}";

	(void) state;
	assert_plan();
	assert_false(plan.cgroup.required);
	assert_plan(.linux = "'cgroupsPath':'/x'");
	assert_true(plan.cgroup.required);
	assert_string_equal(plan.cgroup.pointer, "/linux/cgroupsPath");
	assert_plan(.linux = "'resources':{'memory':{'limit':1048576}}");
	assert_true(plan.cgroup.required);
	assert_string_equal(plan.cgroup.pointer, "/linux/resources");
	assert_plan(.linux = deny);
	assert_true(plan.cgroup.required);
	assert_non_null(plan.cgroup.resources);
	unprivileged();
	assert_plan(USER, .linux = "'uidMappings':[{'containerID':0,'hostID':1000,'size':1}], "
		    "'gidMappings':[{'containerID':0,'hostID':1000,'size':1}], 'resources':{'devices':[{'allow':false, 'access':'rwm'}]}");
	assert_false(plan.cgroup.required);
}

static void test_no_cgroup_file_system(void **state)
{
	(void) state;
	host.layout = CGROUP_NONE;
	host.n_hierarchies = 0;
	assert_plan();
	assert_true(plan.cgroup.disabled);
	assert_refused("/linux/cgroupsPath", "no cgroup file system is mounted", .linux = "'cgroupsPath':'/x'");
	options.cgroup_disabled = true;
	assert_plan(.linux = "'cgroupsPath':'/x'");
	assert_true(plan.cgroup.disabled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain_process),
		TEST(test_user),
		TEST(test_ids_must_be_mapped),
		TEST(test_ids_of_an_exec_must_be_mapped),
		TEST(test_groups_where_setgroups_is_denied),
		TEST(test_kept_groups),
		TEST(test_environment),
		TEST(test_large_environment),
		TEST(test_colliding_environment),
		TEST(test_terminal),
		TEST(test_rlimits),
		TEST(test_oom_score),
		TEST(test_labels),
		TEST(test_capabilities),
		TEST(test_no_capabilities),
		TEST(test_capability_beyond_the_host),
		TEST(test_capability_unknown_to_the_kernel),
		TEST(test_capability_not_permitted_to_us),
		TEST(test_user_namespace_has_all_capabilities),
		TEST(test_ambient_needs_permitted_and_inheritable),
		TEST(test_effective_needs_permitted),
		TEST(test_inheritable_needs_bounding),
		TEST(test_unknown_capability),
		TEST(test_cgroup_paths),
		TEST(test_cgroup_is_required),
		TEST(test_no_cgroup_file_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
