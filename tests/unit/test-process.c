/* test-process.c - channel, gate, lookup, heir, hooks' state: the parts of process/ that need no container */
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "libocispec/arena.h"
#include "libocispec/json.h"
#include "plan/plan.h"
#include "process/channel.h"
#include "process/gate.h"
#include "process/heir.h"
#include "process/hooks.h"
#include "process/lookup.h"
#include "sys/process.h"
#include "folder.h"

static struct error err;

static void put(const char *name, const char *text, mode_t mode)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	auto_fd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
}

static void an_error_crosses_the_channel_whole(void **state)
{
	struct channel a, b;
	struct error got = { 0 };

	(void) state;
	assert_int_equal(channel_pair(&a, &b, &err), 0);
	fail_at(&err, "/process/cwd", "must begin with /");
	channel_send_error(&b, &err);
	assert_int_equal(channel_expect(&a, MSG_READY, &got), -1);
	assert_string_equal(got.message, "must begin with /");
	assert_string_equal(got.pointer, "/process/cwd");
	assert_int_equal(got.code, ERROR_CONFIG);
	channel_close(&a);
	channel_close(&b);
}

static void a_message_out_of_turn_is_an_error(void **state)
{
	struct channel a, b;

	(void) state;
	assert_int_equal(channel_pair(&a, &b, &err), 0);
	assert_int_equal(channel_send(&b, MSG_ROOTFS, NULL, 0, -1, &err), 0);
	assert_int_equal(channel_expect(&a, MSG_READY, &err), -1);
	assert_non_null(strstr(err.message, "expected READY"));
	assert_non_null(strstr(err.message, "got ROOTFS"));
	channel_close(&b);
	assert_int_equal(channel_expect(&a, MSG_READY, &err), -1);
	assert_non_null(strstr(err.message, "ended before READY"));
	channel_close(&a);
}

static void the_last_word_of_one_who_did_not_hear_all_is_heard(void **state)
{
	struct channel a, b;

	(void) state;
	assert_int_equal(channel_pair(&a, &b, &err), 0);
	assert_int_equal(channel_send(&a, MSG_ROOTFS, NULL, 0, -1, &err), 0);
	assert_int_equal(channel_send(&b, MSG_HANDOVER, NULL, 0, -1, &err), 0);
	channel_close(&b);
	assert_int_equal(channel_next(&a, NULL, 0, NULL, &err), MSG_HANDOVER);
	assert_int_equal(channel_next(&a, NULL, 0, NULL, &err), MSG_COUNT);
	channel_close(&a);
}

static void a_descriptor_travels(void **state)
{
	struct channel a, b;
	int fd = -1;

	(void) state;
	assert_int_equal(channel_pair(&a, &b, &err), 0);
	assert_int_equal(channel_send(&b, MSG_TERMINAL, NULL, 0, a.fd, &err), 0);
	assert_int_equal(channel_next(&a, NULL, 0, &fd, &err), MSG_TERMINAL);
	assert_true(fd >= 0 && fd != a.fd);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	channel_close(&a);
	channel_close(&b);
}

/* The peer is in the container, and may send what it likes: no descriptor may stay with us that nobody knows of. */
static void of_two_descriptors_one_is_closed(void **state)
{
	int fd = -1, free, two[2] = { 0, 1 };
	uint32_t head = MSG_TERMINAL;
	struct iovec part = { .iov_base = &head, .iov_len = sizeof head };
	union { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof two)]; } control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct channel a, b;

	(void) state;
	message.msg_control = &control;
	message.msg_controllen = CMSG_SPACE(sizeof two);
	control.head = (struct cmsghdr) { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	control.head.cmsg_len = CMSG_LEN(sizeof two);
	memcpy(CMSG_DATA(&control.head), two, sizeof two);
	assert_int_equal(channel_pair(&a, &b, &err), 0);
	assert_int_equal(sendmsg(b.fd, &message, 0), sizeof head);
	assert_int_equal(channel_next(&a, NULL, 0, &fd, &err), MSG_TERMINAL);
	/* Numbers are given from the lowest that is free. */
	free = dup(0);
	assert_int_equal(free, fd + 1);
	close(free);
	close(fd);
	channel_close(&a);
	channel_close(&b);
}

static void lookup_follows_the_path_of_the_process(void **state)
{
	char path[128], *env[] = { path, NULL }, *found;

	(void) state;
	snprintf(path, sizeof path, "PATH=/nowhere:%s", folder);
	put("tool", "#!/bin/sh\n", 0755);
	found = lookup_program("tool", env, &err);
	assert_non_null(found);
	assert_string_equal(strrchr(found, '/'), "/tool");
	free(found);
	assert_null(lookup_program("no-such-tool", env, &err));
	assert_string_equal(err.message, "exec: \"no-such-tool\": executable file not found in $PATH: no such file or directory");
	assert_int_equal(err.code, ERROR_EXEC);
}

static void lookup_says_what_clients_match(void **state)
{
	char path[128], *env[] = { path, NULL };

	(void) state;
	snprintf(path, sizeof path, "PATH=%s", folder);
	put("plain", "x", 0644);
	assert_null(lookup_program("plain", env, &err));
	assert_string_equal(err.message, "exec: \"plain\": permission denied (it has no x bit: its mode is 0644)");
	assert_null(lookup_program("/tmp", env, &err));
	assert_string_equal(err.message, "exec: \"/tmp\": permission denied (it is a directory)");
	assert_null(lookup_program("/no/such", env, &err));
	assert_string_equal(err.message, "exec: \"/no/such\": no such file or directory");
	assert_null(lookup_program("", env, &err));
}

static void hooks_read_the_state_of_the_spec(void **state)
{
	char *keys[] = { (char *) "a/b" };
	void *values[] = { (char *) "c\"d" };
	struct json_map annotations = { keys, values, 1 };

	(void) state;
	auto_free char *json = hooks_state("web", "/srv/web", OCI_STATUS_CREATING, 12, &annotations);
	assert_string_equal(json, "{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"status\":\"creating\",\"pid\":12,\"bundle\":\"/srv/web\","
				  "\"annotations\":{\"a/b\":\"c\\\"d\"}}");
}

/* ---- heir.c ----------------------------------------------------------------- */

static void once_an_heir_may_speak_each_message_counts_once_and_when_it_is_due(void **state)
{
	const struct process_plan plain = { 0 }, with_terminal = { .terminal = true };
	const struct seccomp_plan filter = { 0 }, notifies = { .flags = SECCOMP_FILTER_FLAG_NEW_LISTENER };
	struct heir heir = { .wanted = true };

	(void) state;
	assert_true(heir_in_turn(&heir, MSG_NEED_CGROUP, -1, &plain, &filter));
	assert_false(heir_in_turn(&heir, MSG_NEED_CGROUP, -1, &plain, &filter));
	assert_false(heir_in_turn(&heir, MSG_TERMINAL, 7, &plain, &filter));
	assert_false(heir_in_turn(&heir, MSG_SECCOMP, 7, &plain, &filter));
	assert_false(heir_in_turn(&heir, MSG_HANDOVER, -1, &plain, &filter));
	assert_true(heir_in_turn(&heir, MSG_READY, -1, &plain, &filter));
	assert_false(heir_is_ready(&heir));
	assert_true(heir_in_turn(&heir, MSG_BORN, -1, &plain, &filter));
	assert_true(heir_is_ready(&heir));
	assert_false(heir_in_turn(&heir, MSG_BORN, -1, &plain, &filter));
	assert_false(heir_in_turn(&heir, MSG_NAMESPACES, -1, &plain, &filter));
	assert_false(heir_in_turn(&heir, MSG_ROOTFS, -1, &plain, &filter));

	heir = (struct heir) { .wanted = true };
	assert_false(heir_in_turn(&heir, MSG_TERMINAL, -1, &with_terminal, &filter));
	heir = (struct heir) { .wanted = true };
	assert_true(heir_in_turn(&heir, MSG_TERMINAL, 7, &with_terminal, &filter));
	assert_true(heir_in_turn(&heir, MSG_BORN, -1, &with_terminal, &notifies));
	assert_true(heir_in_turn(&heir, MSG_SECCOMP, 7, &with_terminal, &notifies));
	assert_false(heir_in_turn(&heir, MSG_SECCOMP, 7, &with_terminal, &notifies));

	/* Without one all that speaks is ours, but nothing is born. */
	heir = (struct heir) { 0 };
	assert_true(heir_in_turn(&heir, MSG_NEED_MAP, 7, &plain, &filter));
	assert_true(heir_in_turn(&heir, MSG_NEED_MAP, 7, &plain, &filter));
	assert_false(heir_in_turn(&heir, MSG_BORN, -1, &plain, &filter));
	heir = (struct heir) { 0 };
	assert_true(heir_in_turn(&heir, MSG_READY, -1, &plain, &filter));
	assert_true(heir_is_ready(&heir));
}

/* ---- gate.c ------------------------------------------------------------------ */

static void what_start_meets_is_not_always_a_running_container(void **state)
{
	struct error why = { 0 };
	struct channel ch;
	struct rlimit limit, none;
	auto_fd dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), self = process_hold(getpid());
	pid_t child = fork();

	(void) state;
	if (child == 0)
		_exit(0);
	auto_fd ended = process_hold(child), gate = gate_make(dir, &why);
	assert_true(dir >= 0 && self >= 0 && gate >= 0 && ended >= 0);

	/* No number is free for the connection. */
	const int next = dup(dir);
	assert_int_equal(close(next), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit) { (rlim_t) next, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(gate_connect(dir, self, &ch, &why), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(why.number, EMFILE);
	assert_int_not_equal(why.code, ERROR_STATE);
	assert_null(strstr(why.message, "cannot start"));

	assert_int_equal(gate_connect(dir, self, &ch, &why), 0);
	channel_close(&ch);
	cleanup_close(&gate);
	assert_int_equal(gate_connect(dir, self, &ch, &why), -1);
	assert_non_null(strstr(why.message, "cannot start an already running container"));
	assert_int_equal(why.code, ERROR_STATE);
	assert_int_equal(unlinkat(dir, "start", 0), 0);
	assert_int_equal(gate_connect(dir, self, &ch, &why), -1);
	assert_non_null(strstr(why.message, "cannot start an already running container"));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(gate_connect(dir, ended, &ch, &why), -1);
	assert_non_null(strstr(why.message, "cannot start a container that has stopped"));
}

/* ---- heir-filter.c ---------------------------------------------------------- */

static bool may_be_early(const char *text)
{
	struct arena arena = { 0 };
	struct json_faults faults = { .arena = &arena };
	struct oci_seccomp *profile = json_read(&arena, &oci_seccomp_type, text, strlen(text), &faults);
	struct seccomp_plan filter;

	assert_non_null(profile);
	assert_int_equal(plan_seccomp(&arena, profile, false, &filter, &err), 0);
	bool result = heir_filter_may_be_early(&filter);
	arena_free(&arena);
	return result;
}

/* With a listener that only SCMP_ACT_NOTIFY uses. */
#define PROFILE(names, rest) "{\"listenerPath\": \"/x\", \"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [" names "], \"action\": \"SCMP_ACT_" rest "}]}"
#define ENOSYS_FOR(names) PROFILE(names, "ERRNO\", \"errnoRet\": 38")

static void an_heir_has_its_filter_from_birth_if_that_lets_it_live(void **state)
{
	(void) state;
	assert_true(may_be_early(ENOSYS_FOR("\"ptrace\", \"mount\"")));
	assert_true(may_be_early(ENOSYS_FOR("\"clone3\", \"close_range\"")));
	assert_false(may_be_early(PROFILE("\"clone3\"", "KILL\"")));
	assert_false(may_be_early(ENOSYS_FOR("\"clone\"")));
	assert_false(may_be_early(ENOSYS_FOR("\"sendmsg\"")));
	assert_false(may_be_early(PROFILE("\"ptrace\"", "NOTIFY\"")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_crosses_the_channel_whole),
		cmocka_unit_test(a_message_out_of_turn_is_an_error),
		cmocka_unit_test(the_last_word_of_one_who_did_not_hear_all_is_heard),
		cmocka_unit_test(a_descriptor_travels),
		cmocka_unit_test(of_two_descriptors_one_is_closed),
		cmocka_unit_test(lookup_follows_the_path_of_the_process),
		cmocka_unit_test(lookup_says_what_clients_match),
		cmocka_unit_test(hooks_read_the_state_of_the_spec),
		cmocka_unit_test(once_an_heir_may_speak_each_message_counts_once_and_when_it_is_due),
		cmocka_unit_test(what_start_meets_is_not_always_a_running_container),
		cmocka_unit_test(an_heir_has_its_filter_from_birth_if_that_lets_it_live),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
