/* test-store.c - ids, the lock on an id, the record of a container */
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "container/store.h"
#include "libocispec/arena.h"
#include "folder.h"

static struct error err;

static void container_ids_are_checked(void **state)
{
	char longest[300];

	(void) state;
	assert_int_equal(store_check_id("web_1.0+x-Y", &err), 0);
	assert_int_equal(store_check_id("", &err), -1);
	assert_string_equal(err.message, "container id cannot be empty");
	static const char *const bad[] = { ".", "..", "a/b", "../x", "a b", "a\n", "\xc3\xa4", "a\\" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(store_check_id(bad[i], &err), -1);
		assert_non_null(strstr(err.message, "invalid container ID format"));
	}
	store_check_id("a/b", &err);
	assert_non_null(strstr(err.message, "invalid character \"/\" in \"a/b\""));
	store_check_id("a\xc3\xa4-\xc3\xb6", &err);
	assert_non_null(strstr(err.message, "invalid character \"\xc3\xa4\" in"));
	memset(longest, 'a', sizeof longest);
	longest[255] = '\0';
	assert_int_equal(store_check_id(longest, &err), 0);
	longest[255] = 'a';
	longest[256] = '\0';
	assert_int_equal(store_check_id(longest, &err), -1);
}

static void of_two_creates_one_wins(void **state)
{
	(void) state;
	auto_fd first = store_make(folder, "twice", &err);
	assert_true(first >= 0);
	assert_int_equal(store_make(folder, "twice", &err), -1);
	assert_int_equal(err.code, ERROR_EXISTS);
	assert_string_equal(err.message, "container with given ID already exists: twice");
	auto_fd other = store_open(folder, "twice", &err);
	assert_true(other >= 0);
	assert_true(store_locked(other));
	close(take_fd(first));
	assert_false(store_locked(other));
	assert_int_equal(store_remove(folder, "twice", other, &err), 0);
	assert_int_equal(store_open(folder, "twice", &err), -1);
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_string_equal(err.message, "container \"twice\" does not exist");
}

static void a_record_is_read_as_it_was_written(void **state)
{
	struct arena arena = { 0 };
	struct record_state record = { .version = RECORD_VERSION, .id = (char *) "r", .bundle = (char *) "/b", .rootfs = (char *) "/b/rootfs",
		.pid = 42, .start_time = 18446744073709551615ull, .boot_id = (char *) "x", .created = (char *) "now", .uid = 7 }, *got;

	(void) state;
	auto_fd fd = store_make(folder, "r", &err);
	assert_int_equal(store_write(fd, "state.json", &record, &err), 0);
	got = store_read(fd, "r", "state.json", &arena, &err);
	assert_non_null(got);
	assert_int_equal(got->pid, 42);
	assert_true(got->start_time == 18446744073709551615ull);
	assert_null(store_read(fd, "r", "journal", &arena, &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	record.version = RECORD_VERSION + 1;
	assert_int_equal(store_write(fd, "state.json", &record, &err), 0);
	assert_null(store_read(fd, "r", "state.json", &arena, &err));
	assert_int_equal(err.code, ERROR_UNSUPPORTED);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(container_ids_are_checked),
		cmocka_unit_test(of_two_creates_one_wins),
		cmocka_unit_test(a_record_is_read_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
