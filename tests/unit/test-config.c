/* config.json: how it is loaded, and the errors of an unreadable one; the template, the features. */
#include "folder.h"
#include "test-config-fixture.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/capability-names.h"
#include "config/mount-option.h"
#include "config/rlimit-names.h"

static int set_up(void **state)
{
	config = (struct config) { 0 };
	return folder_make(state);
}

static int tear_down(void **state)
{
	config_free(&config);
	return folder_remove(state);
}

static void write_file(const char *name, const char *text, size_t n)
{
	auto_fd fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(write(fd, text, n) == (ssize_t) n);
}

/* ---- files --------------------------------------------------------------- */

static void a_config_is_loaded(void **state)
{
	auto_free char *text = config_template(false, 0, 0);

	(void) state;
	write_file("config.json", text, strlen(text));
	assert_int_equal(config_load(folder_fd, "config.json", &config, &err), 0);
	assert_non_null(config.spec);
	assert_null(config.process);
	assert_string_equal(config.name, "config.json");
	assert_int_equal(config.length, strlen(text));
	assert_memory_equal(config.text, text, config.length);
	assert_string_equal(config.spec->hostname, "ctr-run");
}

static void a_missing_file_is_told_in_the_words_clients_know(void **state)
{
	(void) state;
	assert_int_equal(config_load(folder_fd, "config.json", &config, &err), -1);
	assert_string_equal(err.message, "JSON specification file config.json not found: no such file or directory");
	assert_int_equal(err.number, ENOENT);
}

static void what_is_no_file_is_refused_without_waiting(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	auto_fd s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void) state;
	alarm(5);
	assert_int_equal(mkdirat(folder_fd, "d", 0755), 0);
	assert_int_equal(mkfifoat(folder_fd, "f", 0644), 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
	assert_int_equal(bind(s, (struct sockaddr *) &address, sizeof address), 0);
	assert_int_equal(config_load(folder_fd, "d", &config, &err), -1);
	assert_string_equal(err.message, "d is a directory (expected a regular file)");
	assert_int_equal(config_load(folder_fd, "f", &config, &err), -1);
	assert_string_equal(err.message, "f is a FIFO (expected a regular file)");
	assert_int_equal(config_load(folder_fd, "s", &config, &err), -1);
	assert_string_equal(err.message, "s is a socket or a device (expected a regular file)");
	assert_int_equal(config_load(folder_fd, "/dev/null", &config, &err), -1);
	assert_string_equal(err.message, "/dev/null is a device (expected a regular file)");
	assert_int_equal(symlinkat("d", folder_fd, "l"), 0);
	assert_int_equal(config_load(folder_fd, "l", &config, &err), -1);
	assert_string_equal(err.message, "l is a directory (expected a regular file)");
	alarm(0);
}

static void size_is_bounded(void **state)
{
	auto_fd fd = openat(folder_fd, "big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	(void) state;
	assert_int_equal(ftruncate(fd, (16 << 20) + 1), 0);
	assert_int_equal(config_load(folder_fd, "big", &config, &err), -1);
	assert_string_equal(err.message, "big has 16777217 bytes (expected at most 16777216)");
	config_free(&config);
	assert_int_equal(ftruncate(fd, 16 << 20), 0);
	assert_int_equal(config_load(folder_fd, "big", &config, &err), -1);
	assert_string_equal(err.message,
			    "not valid JSON: expected a value or a key in double quotes, found \"\\u0000\"");
}

static void a_process_file_is_loaded_and_checked(void **state)
{
	static const char good[] = "{\"cwd\":\"/\",\"args\":[\"sh\"]}", bad[] = "{\"cwd\":\"tmp\",\n\"args\":[],\"env\":[\"A\"]}";

	(void) state;
	write_file("p", good, sizeof good - 1);
	assert_int_equal(config_load_process(folder_fd, "p", &config, &err), 0);
	assert_null(config.spec);
	assert_string_equal(config.process->args[0], "sh");
	config_free(&config);
	write_file("p", bad, sizeof bad - 1);
	assert_int_equal(config_load_process(folder_fd, "p", &config, &err), -1);
	assert_int_equal(config.faults.n, 3);
	assert_string_equal(err.pointer, "/cwd");
	assert_string_equal(config.faults.list[1].pointer, "/args");
	assert_int_equal(config.faults.list[1].line, 2);
	assert_int_equal(config.faults.list[1].column, 8);
}

static void faults_are_sorted_by_place(void **state)
{
	auto_free char *text = with("\n\"hostname\":\"h\",\n\"process\":{\"args\":[],\"cwd\":5},\n\"mounts\":[{\"destination\":\"\"}]");
	static const char *const wanted[] = { "/hostname", "/process/args", "/process/cwd", "/mounts/0/destination" };

	(void) state;
	parse(text);
	assert_int_equal(config.faults.n, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_string_equal(config.faults.list[i].pointer, wanted[i]);
	assert_string_equal(err.file, "config.json");
	assert_string_equal(err.pointer, "/hostname");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 12);
	assert_string_equal(err.message, "unable to set hostname without a private UTS namespace");
}

static void what_could_not_be_read_is_not_judged(void **state)
{
	(void) state;
	/* Without its namespaces nothing can be said about what needs one. */
	assert_fault("\"hostname\":\"h\",\"linux\":{\"namespaces\":@{},\"sysctl\":{\"net.x.y\":\"1\"}}",
		     "/linux/namespaces expected an array, found an object");
	assert_fault(PROCESS("\"rlimits\":[@{\"type\":\"RLIMIT_CORE\",\"soft\":5}]"),
		     "/process/rlimits/0/hard is missing (expected a number)");
	assert_fault("\"process\":{\"cwd\":\"/\",\"args\":@\"sh\"}", "/process/args expected an array, found the string \"sh\"");
}

static void later_errors_get_their_place(void **state)
{
	(void) state;
	assert_fine("\n\"hostname\":\"\"");
	fail_at(&err, "/hostname", "is bad");
	config_locate(&config, &err);
	assert_string_equal(err.file, "config.json");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 12);
	fail_at(&err, "/mounts/7", "is bad");	/* not there: its nearest parent */
	config_locate(&config, &err);
	assert_int_equal(err.line, 1);
	assert_int_equal(err.column, 1);
}

/* ---- template, features, names ------------------------------------------- */

static void the_template_is_sound(void **state)
{
	(void) state;
	for (int rootless = 0; rootless < 2; rootless++) {
		auto_free char *text = config_template(rootless, 1000, 1001);
		const struct oci_config *spec;
		parse(text);
		assert_int_equal(config.faults.n, 0);
		spec = config.spec;
		assert_string_equal(spec->oci_version, "1.3.0");
		assert_string_equal(spec->process->args[0], "sh");
		assert_true(spec->process->terminal && spec->process->no_new_privileges && spec->root->readonly);
		assert_int_equal(spec->process->capabilities->n_bounding, 3);
		assert_int_equal(spec->n_mounts, 7);
		assert_int_equal(spec->linux->n_uid_mappings, rootless);
		if (rootless) {
			assert_int_equal(spec->linux->uid_mappings[0].host_id, 1000);
			assert_int_equal(spec->linux->gid_mappings[0].host_id, 1001);
			assert_string_equal(spec->mounts[5].source, "/sys");
		} else {
			assert_int_equal(spec->linux->resources->n_devices, 1);
		}
	}
}

static struct oci_features *features(struct arena *arena)
{
	auto_free char *text = config_features();
	struct json_faults faults = { .arena = arena };
	struct oci_features *f = json_read(arena, &oci_features_type, text, strlen(text), &faults);

	assert_int_equal(faults.n, 0);
	return f;
}

static void features_are_complete(void **state)
{
	struct arena arena = { 0 };
	struct oci_features *f = features(&arena);

	(void) state;
	assert_string_equal(f->oci_version_min, "1.0.0");
	assert_string_equal(f->oci_version_max, "1.3.0");
	assert_int_equal(f->n_hooks, 6);
	/* All that the reader of a mount knows, and nothing else. */
	for (size_t i = 0; i < f->n_mount_options; i++)
		assert_string_equal(f->mount_options[i], mount_options[i].name);
	assert_null(mount_options[f->n_mount_options].name);
	assert_int_equal(f->linux->n_namespaces, 8);
	assert_int_equal(f->linux->n_capabilities, 41);
	assert_int_equal(f->linux->seccomp->n_actions, 9);
	assert_int_equal(f->linux->seccomp->n_operators, 7);
	assert_int_equal(f->linux->seccomp->n_archs, 23);
	assert_true(f->linux->cgroup->v1 && f->linux->cgroup->v2);
	assert_true(f->linux->intel_rdt->has_enabled && f->linux->net_devices->has_enabled);
	arena_free(&arena);
}

static void mount_options_are_found_by_name(void **state)
{
	(void) state;
	for (const struct mount_option *option = mount_options; option->name; option++) {
		if (option > mount_options)	/* bsearch(3) needs it */
			assert_true(strcmp(option[-1].name, option->name) < 0);
		assert_ptr_equal(mount_option_find(option->name), option);
	}
	assert_null(mount_option_find(""));
	assert_null(mount_option_find("size=1k"));
	assert_non_null(mount_option_find("copy-symlink"));
}

static void tables_of_names_are_right(void **state)
{
	size_t n = 0;

	(void) state;
	for (; capability_names[n].name; n++)
		assert_int_equal(capability_names[n].value, n);
	assert_int_equal(n, 41);
	assert_string_equal(capability_names[21].name, "CAP_SYS_ADMIN");
	assert_int_equal(name_find(rlimit_names, "RLIMIT_NOFILE")->value, 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_config_is_loaded), TEST(a_missing_file_is_told_in_the_words_clients_know),
		TEST(what_is_no_file_is_refused_without_waiting), TEST(size_is_bounded), TEST(a_process_file_is_loaded_and_checked),
		TEST(faults_are_sorted_by_place), TEST(what_could_not_be_read_is_not_judged), TEST(later_errors_get_their_place),
		TEST(the_template_is_sound), TEST(features_are_complete), TEST(mount_options_are_found_by_name),
		TEST(tables_of_names_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
