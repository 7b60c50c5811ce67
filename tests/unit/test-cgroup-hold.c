/* Limits that hold, on the running kernel. */
#include "test-cgroup-fixture.h"

static int open_devices(void)
{
	if (open("/dev/null", O_RDWR) < 0)
		return 1;
	/* /tmp itself may be "nodev". */
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/tmp", "tmpfs", 0, NULL) < 0)
		return 77;
	/* Made, as is always allowed, but not opened. */
	if (mknod("/tmp/mem", S_IFCHR | 0600, makedev(1, 1)) < 0)
		return 2;
	return open("/tmp/mem", O_RDONLY) < 0 && errno == EPERM ? 0 : 3;
}

static void devices_are_denied(void **state)
{
	struct oci_device_rule deny = { .allow = false, .access = (char *) "rwm" };
	const struct oci_resources resources = { .devices = &deny, .n_devices = 1 };
	struct cgroup cgroup = made_at(top);

	(void) state;
	assert_fine(cgroup_limit(&cgroup, &resources, &err));
	assert_int_equal(wait_for(child_in(&cgroup, open_devices)), 0);
	end(&cgroup);
}

/* One cgroup for two containers after each other: the second one's rules count. */
static void device_programs_do_not_pile_up(void **state)
{
	struct oci_device_rule rules[] = { { .allow = false, .access = (char *) "rwm" },
					   { .allow = true, .access = (char *) "rwm" } };
	struct oci_resources closed = { .devices = rules, .n_devices = 1 }, open = { .devices = rules, .n_devices = 2 };

	(void) state;
	make_dirs(top);
	for (int i = 0; i < 70; i++) {
		struct cgroup cgroup = made_at(top);

		assert_fine(cgroup_limit(&cgroup, i % 2 ? &open : &closed, &err));
		if (i > 66)
			assert_int_equal(wait_for(child_in(&cgroup, open_devices)), i % 2 ? 3 : 0);
		end(&cgroup);
	}
	remove_dirs(top);
}

static int fork_twice(void)
{
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return errno == EAGAIN ? 42 : 1;
		if (pid == 0)
			return sleep_long();
	}
	return 0;
}

static void limits_hold(void **state)
{
	struct oci_pids pids = { .has_limit = true, .limit = 2 };
	const struct oci_resources resources = { .pids = &pids };
	struct cgroup cgroup = made_at(top);

	(void) state;
	if (cgroup_limit(&cgroup, &resources, &err) < 0) {
		assert_string_equal(err.pointer, "/linux/resources/pids/limit");
		assert_non_null(strstr(err.message, "no pids controller"));
	} else {
		assert_int_equal(wait_for(child_in(&cgroup, fork_twice)), 42);
	}
	assert_fine(cgroup_signal_all(&cgroup, SIGKILL, &err));
	end(&cgroup);
}

/* The kernel weighs quota, period and burst against each other: any order of old and new values must work. */
static void bandwidth_in_any_order(void **state)
{
	static const struct oci_cpu steps[] = {
		{ .has_quota = true,
		  .quota = 50000,
		  .has_period = true,
		  .period = 100000,
		  .has_burst = true,
		  .burst = 50000 },
		{ .has_quota = true,
		  .quota = 2000,
		  .has_period = true,
		  .period = 4000,
		  .has_burst = true,
		  .burst = 1000 },
		{ .has_quota = true,
		  .quota = 900000,
		  .has_period = true,
		  .period = 1000000,
		  .has_burst = true,
		  .burst = 900000 },
		{ .has_quota = true, .quota = -1, .has_burst = true },
	};
	struct cgroup cgroup = made_at(top);

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct oci_cpu cpu = steps[i];
		const struct oci_resources resources = { .cpu = &cpu };

		if (cgroup_limit(&cgroup, &resources, &err) < 0) {
			print_error("%s\n", err.message);
			assert_non_null(strstr(err.message, "no cpu controller"));
		}
	}
	end(&cgroup);
}

static void memory_up_and_down(void **state)
{
	static const struct oci_memory steps[] = {
		{ .limit = 64 << 20, .swap = 128 << 20 }, { .limit = 256 << 20, .swap = 512 << 20 },
		{ .limit = 32 << 20, .swap = 32 << 20 },  { .limit = -1 },
		{ .limit = 16 << 20, .swap = -1 },
	};
	struct cgroup cgroup = made_at(top);

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct oci_memory memory = steps[i];
		const struct oci_resources resources = { .memory = &memory };

		if (cgroup_limit(&cgroup, &resources, &err) < 0) {
			print_error("%s\n", err.message);
			assert_non_null(strstr(err.message, "no memory controller"));
		}
	}
	end(&cgroup);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(devices_are_denied),
		T(device_programs_do_not_pile_up),
		T(limits_hold),
		T(bandwidth_in_any_order),
		T(memory_up_and_down),
	};

	if (!usable()) {
		printf("[  SKIPPED ] %zu test(s).\n", ARRAY_SIZE(tests));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
