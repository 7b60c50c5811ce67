/* How a process runs: each setting is tried in a child. */
#include <stdlib.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "base/error.h"
#include "child.h"
#include "tune/list.h"
#include "tune/tune.h"

/* Without CAP_SYS_RESOURCE and CAP_SYS_NICE, whatever the machine gives. */
static void give_up_resources(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	syscall(SYS_capget, &head, data);
	data[0].effective &= ~(1u << CAP_SYS_RESOURCE | 1u << CAP_SYS_NICE);
	data[0].permitted &= data[0].effective;
	data[0].inheritable = data[1].inheritable = 0;
	syscall(SYS_capset, &head, data);
}

/* ---- lists ------------------------------------------------------------ */

static void lists(void **state)
{
	static const struct { const char *list; bool good; uint64_t mask; unsigned highest; } rows[] = {
		{ "0", true, 1, 0 },
		{ "0-3,7", true, 0x8f, 7 },
		{ "7,0-3", true, 0x8f, 7 },
		{ " 1-2 , 4\n", true, 0x16, 4 },
		{ "0,,2,", true, 5, 2 },
		{ "0 2", true, 5, 2 },
		{ "3-3", true, 8, 3 },
		{ "", false, 0, 0 },
		{ ",", false, 0, 0 },
		{ "1 - 2", false, 0, 0 },
		{ "-1", false, 0, 0 },
		{ "3-1", false, 0, 0 },
		{ "1-", false, 0, 0 },
		{ "64", false, 0, 0 },
		{ "0x1", false, 0, 0 },
		{ "99999999999999999999", false, 0, 0 },
		{ "1;2", false, 0, 0 },
	};
	unsigned long mask[LIST_WORDS];
	unsigned highest;

	(void) state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(list_parse(rows[i].list, 64, mask, &highest), rows[i].good);
		if (!rows[i].good)
			continue;
		assert_int_equal(mask[0], rows[i].mask);
		assert_int_equal(highest, rows[i].highest);
	}
	assert_true(list_parse("0-8191", LIST_MAX, mask, &highest));
	assert_int_equal(highest, 8191);
	assert_int_equal(mask[LIST_WORDS - 1], ULONG_MAX);
	assert_false(list_parse("8192", LIST_MAX, mask, &highest));
}

/* ---- limits ----------------------------------------------------------- */

static int lower_limits(struct error *err)
{
	static const struct rlimit_plan limits[] = {
		{ RLIMIT_CORE, "RLIMIT_CORE", { 0, 0 } },
		{ RLIMIT_NOFILE, "RLIMIT_NOFILE", { 100, 200 } },
	};
	const struct process_plan process = { .rlimits = limits, .n_rlimits = 2 };
	struct rlimit now;

	NEED(rlimits_raise(getpid(), &process, err) == 0);
	NEED(rlimits_apply(&process, err) == 0);
	/* Descriptors are still needed. */
	NEED(getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur > 100);
	NEED(rlimits_apply_nofile(&process, err) == 0);
	NEED(getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur == 100 && now.rlim_max == 200);
	NEED(getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_cur == 0 && now.rlim_max == 0);
	return 0;
}

static int refused_limits(struct error *err)
{
	static const struct rlimit_plan low = { RLIMIT_NPROC, "RLIMIT_NPROC", { 1000, 1000 } };
	static const struct rlimit_plan high[] = { { RLIMIT_CORE, "RLIMIT_CORE", { 0, 0 } },
						   { RLIMIT_NPROC, "RLIMIT_NPROC", { 1000, RLIM_INFINITY } } };
	struct process_plan process = { .rlimits = &low, .n_rlimits = 1 };

	NEED(rlimits_apply(&process, err) == 0);
	give_up_resources();
	process = (struct process_plan) { .rlimits = high, .n_rlimits = 2 };
	NEED(rlimits_raise(getpid(), &process, err) < 0);
	NEED(err->number == EPERM && !strcmp(err->pointer, "/process/rlimits/1"));
	NEED(strstr(err->message, "set RLIMIT_NPROC to 1000:unlimited: the hard limit is 1000 now, and raising it needs "
		    "CAP_SYS_RESOURCE: operation not permitted"));
	*err = (struct error) { 0 };
	NEED(rlimits_apply(&process, err) < 0);
	NEED(err->number == EPERM && !strcmp(err->pointer, "/process/rlimits/1"));
	return 0;
}

static void limits(void **state)
{
	(void) state;
	in_child(lower_limits);
	in_child(refused_limits);
}

static int oom_scores(struct error *err)
{
	char text[16] = "";
	int fd;

	NEED(oom_score_adj_set(getpid(), 500, err) == 0);
	fd = open("/proc/self/oom_score_adj", O_RDONLY);
	NEED(read(fd, text, sizeof text - 1) > 0 && !strcmp(text, "500\n"));
	give_up_resources();
	NEED(oom_score_adj_set(getpid(), -100, err) < 0);
	NEED(strstr(err->message, "CAP_SYS_RESOURCE") && !strcmp(err->pointer, "/process/oomScoreAdj"));
	return 0;
}

static void oom_score(void **state)
{
	(void) state;
	in_child(oom_scores);
}

/* ---- scheduling ------------------------------------------------------- */

static int schedule(struct error *err)
{
	static char *flag[] = { "SCHED_FLAG_RESET_ON_FORK" }, *bad[] = { "SCHED_FLAG_X" };
	struct oci_scheduler scheduler = { .policy = OCI_SCHED_POLICY_SCHED_BATCH, .nice = 5, .flags = flag, .n_flags = 1 };

	NEED(scheduler_apply(0, &scheduler, err) == 0);
	NEED(sched_getscheduler(0) == (SCHED_BATCH | SCHED_RESET_ON_FORK));
	scheduler.flags = bad;
	NEED(scheduler_apply(0, &scheduler, err) < 0 && strstr(err->message, "unknown flag SCHED_FLAG_X"));
	give_up_resources();
	*err = (struct error) { 0 };
	scheduler = (struct oci_scheduler) { .policy = OCI_SCHED_POLICY_SCHED_FIFO, .priority = 10 };
	NEED(scheduler_apply(0, &scheduler, err) < 0 && strstr(err->message, "SCHED_FIFO") && strstr(err->message, "CAP_SYS_NICE"));
	NEED(!strcmp(err->pointer, "/process/scheduler"));
	return 0;
}

static int io_priority(struct error *err)
{
	struct oci_io_priority priority = { .class = OCI_IOPRIO_CLASS_IOPRIO_CLASS_BE, .has_priority = true, .priority = 6 };

	NEED(io_priority_apply(&priority, err) == 0);
	NEED(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0) == (IOPRIO_CLASS_BE << IOPRIO_CLASS_SHIFT | 6));
	/* The group is our caller's: left alone. */
	NEED(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, getppid()) != (IOPRIO_CLASS_BE << IOPRIO_CLASS_SHIFT | 6));
	NEED(setsid() > 0);
	priority.priority = 3;
	NEED(io_priority_apply(&priority, err) == 0);
	NEED(syscall(SYS_ioprio_get, IOPRIO_WHO_PGRP, 0) == (IOPRIO_CLASS_BE << IOPRIO_CLASS_SHIFT | 3));
	return 0;
}

static int affinity(struct error *err)
{
	cpu_set_t set;

	NEED(affinity_apply("0", err) == 0);
	NEED(sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) == 1 && CPU_ISSET(0, &set));
	NEED(affinity_apply("8000-8191", err) < 0 && strstr(err->message, "none of them"));
	NEED(affinity_apply("0-", err) < 0 && strstr(err->message, "not a list"));
	return 0;
}

static void scheduling(void **state)
{
	(void) state;
	in_child(schedule);
	in_child(io_priority);
	in_child(affinity);
}

/* ---- personality, memory ---------------------------------------------- */

static int domain(struct error *err)
{
	static char *flag[] = { "X" };
	struct oci_personality wanted = { .domain = OCI_PERSONALITY_DOMAIN_LINUX32 };

	NEED(personality_apply(&wanted, err) == 0);
	NEED(personality(0xffffffff) == PER_LINUX32);
	wanted.domain = OCI_PERSONALITY_DOMAIN_LINUX;
	NEED(personality_apply(&wanted, err) == 0);
	NEED(personality(0xffffffff) == PER_LINUX);
	wanted.flags = flag;
	wanted.n_flags = 1;
	NEED(personality_apply(&wanted, err) < 0 && !strcmp(err->pointer, "/linux/personality/flags"));
	return 0;
}

static void execution_domain(void **state)
{
	(void) state;
	in_child(domain);
}

static int memory(struct error *err)
{
	static char *flag[] = { "MPOL_F_STATIC_NODES" }, *bad[] = { "MPOL_F_X" };
	struct oci_memory_policy policy = { .mode = OCI_MEMPOLICY_MODE_MPOL_BIND, .nodes = "0", .flags = flag, .n_flags = 1 };
	static const struct { enum oci_mempolicy_mode mode; char *nodes; const char *message; } rows[] = {
		{ OCI_MEMPOLICY_MODE_MPOL_BIND, NULL, "needs at least one node" },
		{ OCI_MEMPOLICY_MODE_MPOL_INTERLEAVE, "", "needs at least one node" },
		{ OCI_MEMPOLICY_MODE_MPOL_LOCAL, "0", "takes no nodes" },
		{ OCI_MEMPOLICY_MODE_MPOL_BIND, "1024", "nodes below 1024" },
		{ OCI_MEMPOLICY_MODE_MPOL_BIND, "x", "not a list" },
	};

	if (memory_policy_apply(&policy, err) == 0)
		NEED(memory_policy_apply(&(struct oci_memory_policy) { .mode = OCI_MEMPOLICY_MODE_MPOL_DEFAULT }, err) == 0);
	else
		NEED(err->number == ENOSYS && strstr(err->message, "no NUMA support"));
	policy.flags = bad;
	NEED(memory_policy_apply(&policy, err) < 0 && strstr(err->message, "unknown flag MPOL_F_X"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		policy = (struct oci_memory_policy) { .mode = rows[i].mode, .nodes = rows[i].nodes };
		NEED(memory_policy_apply(&policy, err) < 0 && strstr(err->message, rows[i].message));
	}
	return 0;
}

static void memory_policy(void **state)
{
	(void) state;
	in_child(memory);
}

/* ---- namespaces ------------------------------------------------------- */

static int network(struct error *err)
{
	struct ifreq request = { .ifr_name = "lo" };
	struct sysctl_plan list[] = { { "net/ipv4/ip_unprivileged_port_start", "80", CLONE_NEWNET, "/linux/sysctl/a" },
				      { "net/ipv4/no_such_thing", "1", CLONE_NEWNET, "/linux/sysctl/b" } };
	struct plan plan = { .sysctls = list, .n_sysctls = 1 };
	char text[16] = "";
	int fd, sock;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		return SKIPPED;
	NEED(loopback_up(err) == 0);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	NEED(ioctl(sock, SIOCGIFFLAGS, &request) == 0);
	NEED((request.ifr_flags & (IFF_UP | IFF_LOOPBACK | IFF_RUNNING)) == (IFF_UP | IFF_LOOPBACK | IFF_RUNNING));

	NEED(sysctls_apply(&plan, err) == 0);
	fd = open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_RDONLY | O_CLOEXEC);
	NEED(read(fd, text, sizeof text - 1) > 0 && !strcmp(text, "80\n"));
	plan.n_sysctls = 2;
	NEED(sysctls_apply(&plan, err) < 0);
	NEED(!strcmp(err->pointer, "/linux/sysctl/b") && strstr(err->message, "set sysctl net/ipv4/no_such_thing to \"1\""));
	return 0;
}

static void network_namespace(void **state)
{
	(void) state;
	if (geteuid())
		skip();
	in_child(network);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),	    cmocka_unit_test(limits),	     cmocka_unit_test(oom_score),
		cmocka_unit_test(scheduling),	    cmocka_unit_test(execution_domain), cmocka_unit_test(memory_policy),
		cmocka_unit_test(network_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
