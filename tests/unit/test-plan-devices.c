/* What is made in /dev, what is hidden or read-only, and in which order. */
#include "test-plan-fixture.h"

#define DEV "{'destination':'/dev', 'type':'tmpfs', 'options':['mode=755']}"
#define BOUND_DEV "{'destination':'/dev', 'source':'/dev', 'options':['rbind']}"
#define USER .namespaces = NAMESPACES USER_NAMESPACE

static const char *const nodes[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty" };
static const char *const links[] = { "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/core", "/dev/ptmx" };

static void test_default_devices(void **state)
{
	(void) state;
	assert_plan(.mounts = DEV);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		const struct step *s = step_on(nodes[i]);
		assert_int_equal(s->action, STEP_DEVICE);
		assert_int_equal(s->mode, S_IFCHR | 0666);
		assert_int_equal(s->uid, 0);
		assert_null(s->source);
		assert_false(s->outside);
		assert_true(s > step_on("/dev"));
		assert_string_equal(s->pointer, "");
	}
	assert_int_equal(step_on("/dev/null")->major, 1);
	assert_int_equal(step_on("/dev/null")->minor, 3);
	assert_int_equal(step_on("/dev/tty")->major, 5);
	assert_int_equal(step_on("/dev/tty")->minor, 0);
}

static void test_default_links(void **state)
{
	(void) state;
	assert_plan(.mounts = DEV);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		assert_int_equal(step_on(links[i])->action, STEP_SYMLINK);
	assert_string_equal(step_on("/dev/fd")->source, "/proc/self/fd");
	assert_string_equal(step_on("/dev/stderr")->source, "/proc/self/fd/2");
	assert_string_equal(step_on("/dev/core")->source, "/proc/kcore");
	assert_string_equal(step_on("/dev/ptmx")->source, "pts/ptmx");
}

static void test_dev_that_is_not_mounted_gets_them_too(void **state)
{
	(void) state;
	assert_plan();
	assert_int_equal(step_on("/dev/null")->action, STEP_DEVICE);
	assert_int_equal(step_on("/dev/ptmx")->action, STEP_SYMLINK);
}

static void test_bound_dev_is_left_alone(void **state)
{
	(void) state;
	assert_plan(.mounts = BOUND_DEV, .linux = "'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229}, "
						   "{'path':'/opt/null','type':'c','major':1,'minor':3}]");
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		assert_null(find_step(nodes[i]));
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		assert_null(find_step(links[i]));
	assert_null(find_step("/dev/fuse"));
	assert_int_equal(step_on("/opt/null")->action, STEP_DEVICE);
}

static void test_mounted_paths_are_left_alone(void **state)
{
	(void) state;
	assert_plan(.mounts = DEV ", {'destination':'/dev/null', 'source':'/dev/null', 'options':['bind']}, "
				  "{'destination':'/dev/ptmx', 'source':'/dev/ptmx', 'options':['bind']}");
	assert_int_equal(step_on("/dev/null")->action, STEP_BIND);
	assert_int_equal(step_on("/dev/ptmx")->action, STEP_BIND);
	for (size_t i = 0; i < plan.rootfs.n_steps; i++)
		assert_true(plan.rootfs.steps[i].action != STEP_DEVICE || strcmp(plan.rootfs.steps[i].target, "/dev/null"));
}

static void test_configured_devices(void **state)
{
	(void) state;
	assert_plan(.linux = "'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229,'fileMode':438,'uid':1,'gid':2}, "
			     "{'path':'/dev/sda','type':'b','major':8,'minor':0,'fileMode':24960}, "
			     "{'path':'/run/fifo','type':'p'}, {'path':'/dev//raw','type':'u','major':1,'minor':2}]");
	assert_int_equal(step_on("/dev/fuse")->mode, S_IFCHR | 0666);
	assert_int_equal(step_on("/dev/fuse")->major, 10);
	assert_int_equal(step_on("/dev/fuse")->uid, 1);
	assert_int_equal(step_on("/dev/fuse")->gid, 2);
	assert_string_equal(step_on("/dev/fuse")->pointer, "/linux/devices/0");
	assert_int_equal(step_on("/dev/sda")->mode, S_IFBLK | 0600);	/* 24960 is 060600: S_IFBLK was in it */
	assert_int_equal(step_on("/run/fifo")->mode, S_IFIFO | 0666);
	assert_int_equal(step_on("/dev/raw")->mode, S_IFCHR | 0666);
}

static void test_configured_device_replaces_a_default_one(void **state)
{
	(void) state;
	assert_plan(.linux = "'devices':[{'path':'/dev/null','type':'c','major':1,'minor':3,'fileMode':384,'uid':7}]");
	assert_int_equal(step_on("/dev/null")->mode, S_IFCHR | 0600);
	assert_int_equal(step_on("/dev/null")->uid, 7);
	assert_string_equal(step_on("/dev/null")->pointer, "/linux/devices/0");
}

static void test_last_entry_of_a_path_counts(void **state)
{
	size_t n = 0;

	(void) state;
	assert_plan(.linux = "'devices':[{'path':'/dev/x','type':'c','major':1,'minor':3,'uid':1}, "
			     "{'path':'/dev/x','type':'c','major':1,'minor':3,'uid':2}]");
	assert_int_equal(step_on("/dev/x")->uid, 2);
	for (size_t i = 0; i < plan.rootfs.n_steps; i++)
		n += !strcmp(plan.rootfs.steps[i].target, "/dev/x");
	assert_int_equal(n, 1);
}

static void test_user_namespace_binds_the_hosts_nodes(void **state)
{
	(void) state;
	assert_plan(USER, .linux = MAPPINGS ", 'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229}, "
				   "{'path':'/run/fifo','type':'p'}]");
	assert_string_equal(step_on("/dev/null")->source, "/dev/null");
	assert_true(step_on("/dev/null")->outside);
	assert_string_equal(step_on("/dev/fuse")->source, "/dev/fuse");
	assert_null(step_on("/run/fifo")->source);
	assert_false(step_on("/run/fifo")->outside);
}

static void test_without_privilege_init_binds_them(void **state)
{
	(void) state;
	unprivileged();
	assert_plan(USER, .linux = MAPPINGS);
	assert_string_equal(step_on("/dev/null")->source, "/dev/null");
	assert_false(step_on("/dev/null")->outside);
	/* Root of an outer user namespace, without one of the container's own. */
	host.caps_permitted = ALL_CAPS;
	assert_plan();
	assert_string_equal(step_on("/dev/null")->source, "/dev/null");
	assert_false(step_on("/dev/null")->outside);
}

static void test_console(void **state)
{
	(void) state;
	assert_plan(.process = "'terminal':true", .mounts = DEV);
	assert_int_equal(step_on("/dev/console")->action, STEP_CONSOLE);
	assert_true(step_on("/dev/console") < plan.rootfs.steps + plan.rootfs.n_early);
	assert_plan(.process = "'terminal':true", .mounts = BOUND_DEV);
	assert_int_equal(step_on("/dev/console")->action, STEP_CONSOLE);
	assert_plan(.mounts = DEV);
	assert_null(find_step("/dev/console"));
	assert_plan(.no_process = true, .mounts = DEV);
	assert_null(find_step("/dev/console"));
}

static void test_read_only_bind_with_a_device_inside_is_filled(void **state)
{
	(void) state;
	assert_plan(.mounts = "{'destination':'/opt', 'source':'/srv', 'options':['bind', 'ro']}",
		    .linux = "'devices':[{'path':'/opt/null','type':'c','major':1,'minor':3}]");
	assert_int_equal(step_on("/opt")->set, MOUNT_ATTR_RDONLY);
	assert_true(step_on("/opt")->filled);
	assert_null(late_step(STEP_SEAL, "/opt"));
}

static void test_hidden_and_read_only_paths(void **state)
{
	(void) state;
	assert_plan(.linux = "'maskedPaths':['/proc/kcore', '/sys/../proc/keys'], 'readonlyPaths':['/proc/sys']");
	const struct step *mask = late_step(STEP_MASK, "/proc/kcore"), *readonly = late_step(STEP_READONLY, "/proc/sys");
	assert_non_null(mask);
	assert_true(mask->optional);
	assert_string_equal(mask->pointer, "/linux/maskedPaths/0");
	assert_non_null(late_step(STEP_MASK, "/proc/keys"));
	assert_non_null(readonly);
	assert_true(readonly->optional);
	assert_string_equal(readonly->pointer, "/linux/readonlyPaths/0");
}

static void test_order_of_the_late_steps(void **state)
{
	(void) state;
	assert_plan(.root = "'readonly':true", .mounts = "{'destination':'/tmp', 'type':'tmpfs', 'options':['ro']}",
		    .linux = "'maskedPaths':['/m'], 'readonlyPaths':['/r']");
	const struct step *late = plan.rootfs.steps + plan.rootfs.n_early;
	assert_int_equal(plan.rootfs.n_steps - plan.rootfs.n_early, 4);
	assert_int_equal(late[0].action, STEP_SEAL);
	assert_int_equal(late[1].action, STEP_READONLY);
	assert_int_equal(late[2].action, STEP_MASK);
	assert_int_equal(late[3].action, STEP_SEAL);
	assert_int_equal(late[3].of, -1);
	assert_string_equal(late[3].pointer, "/root/readonly");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_default_devices),
		TEST(test_default_links),
		TEST(test_dev_that_is_not_mounted_gets_them_too),
		TEST(test_bound_dev_is_left_alone),
		TEST(test_mounted_paths_are_left_alone),
		TEST(test_configured_devices),
		TEST(test_configured_device_replaces_a_default_one),
		TEST(test_last_entry_of_a_path_counts),
		TEST(test_user_namespace_binds_the_hosts_nodes),
		TEST(test_without_privilege_init_binds_them),
		TEST(test_console),
		TEST(test_read_only_bind_with_a_device_inside_is_filled),
		TEST(test_hidden_and_read_only_paths),
		TEST(test_order_of_the_late_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
