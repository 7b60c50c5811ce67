/* Cgroups on the running kernel: made, filled, emptied, removed. */
#include <poll.h>

#include "test-cgroup-fixture.h"

/* ---- making and removing ---- */

static void what_is_made_is_removed(void **state)
{
	auto_free char *path = below("/a/b");
	struct cgroup cgroup = paths_of(path, true);

	(void) state;
	assert_fine(cgroup_look(&cgroup, &err));
	assert_false(exists(top));
	for (size_t i = 0; i < cgroup.n_folders; i++) {
		assert_true(cgroup.folders[i].made);
		assert_int_equal(cgroup.folders[i].made_parents, 2);
	}
	/* Between looking and making there is nothing to remove. */
	assert_fine(cgroup_make(&cgroup, &err));
	assert_true(exists(path));
	for (size_t i = 0; i < cgroup.n_folders; i++) {
		assert_true(cgroup.folders[i].fd >= 0);
		assert_int_equal(cgroup.folders[i].join >= 0, !cgroup.folders[i].v2);
		assert_int_equal(cgroup.folders[i].made_parents, 2);
	}
	assert_fine(cgroup_remove(&cgroup, &err));
	assert_false(exists(top));
	/* Twice is fine. */
	end(&cgroup);
}

static void parents_of_others_stay(void **state)
{
	auto_free char *path = below("/a/b");
	struct cgroup cgroup;

	(void) state;
	make_dirs(top);
	cgroup = made_at(path);
	assert_int_equal(cgroup.folders[0].made_parents, 1);
	end(&cgroup);
	assert_true(exists(top));
	remove_dirs(top);
}

/* The one that made the parent goes first; the parent is in use, stays, and is nobody's then. */
static void a_parent_in_use_stays(void **state)
{
	auto_free char *one = below("/1"), *two = below("/2");
	struct cgroup first = made_at(one), second = made_at(two);

	(void) state;
	assert_int_equal(first.folders[0].made_parents, 1);
	assert_int_equal(second.folders[0].made_parents, 0);
	end(&first);
	assert_true(exists(two));
	end(&second);
	assert_true(exists(top));
	remove_dirs(top);
}

static void a_folder_that_was_there_is_used_and_stays(void **state)
{
	struct cgroup cgroup;

	(void) state;
	make_dirs(top);
	cgroup = made_at(top);
	for (size_t i = 0; i < cgroup.n_folders; i++) {
		assert_false(cgroup.folders[i].made);
		assert_true(cgroup.folders[i].fd >= 0);
	}
	assert_int_equal(wait_for(child_in(&cgroup, seven)), 7);
	end(&cgroup);
	assert_true(exists(top));
	remove_dirs(top);
}

static void an_occupied_folder_is_refused(void **state)
{
	auto_free char *below_it = below("/x");
	struct cgroup owner = made_at(top), cgroup = paths_of(top, true);
	pid_t pid = child_in(&owner, sleep_long);

	(void) state;
	nap(20);
	assert_int_equal(cgroup_make(&cgroup, &err), -1);
	assert_non_null(strstr(err.message, "container's cgroup is not empty: 1 process(es) found"));
	cgroup_close(&cgroup);
	/* Beside or below it is another matter. */
	cgroup = made_at(below_it);
	end(&cgroup);
	/* Whoever only has the journal does not kill there. */
	cgroup = paths_of(top, true);
	assert_fine(cgroup_look(&cgroup, &err));
	cgroup_keep_made(&cgroup);
	assert_int_equal(cgroup.n_folders, 0);
	cgroup_close(&cgroup);
	kill(pid, SIGKILL);
	wait_for(pid);
	end(&owner);
}

static void a_frozen_folder_is_refused(void **state)
{
	auto_free char *path = below("/x");
	struct cgroup owner = made_at(top), cgroup = paths_of(path, true);

	(void) state;
	assert_fine(cgroup_freeze(&owner, true, &err));
	/* A child of a frozen one is as cold as that. */
	assert_int_equal(cgroup_make(&cgroup, &err), -1);
	assert_non_null(strstr(err.message, "unexpectedly frozen"));
	cgroup_close(&cgroup);
	assert_false(exists(path));
	assert_fine(cgroup_freeze(&owner, false, &err));
	end(&owner);
}

/* In a private mount namespace the hierarchies are made read-only; what happens there is the exit code. */
static int in_read_only_view(bool required)
{
	struct cgroup cgroup = paths_of(top, required);

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	for (size_t i = 0; i < host.n_hierarchies; i++) {
		auto_free char *full = where(i, "");

		if (mount(NULL, full, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
			return 77;
	}
	if (cgroup_make(&cgroup, &err) < 0)
		return err.number == EROFS ? 1 : 2;
	return cgroup.n_folders == 0 ? 0 : 3;
}

static void a_refusal_matters_only_if_a_cgroup_is_required(void **state)
{
	for (int required = 0; required < 2; required++) {
		pid_t pid = fork();
		int code;

		if (pid == 0)
			_exit(in_read_only_view(required));
		code = wait_for(pid);
		if (code == 77)
			skip();
		assert_int_equal(code, required);
	}
	(void) state;
}

static void a_file_is_no_cgroup(void **state)
{
	struct cgroup cgroup = paths_of("/cgroup.procs", true);

	(void) state;
	assert_int_equal(cgroup_make(&cgroup, &err), -1);
	cgroup_close(&cgroup);
}

/* A parent that two containers make and remove at the same time. */
static int make_and_remove(const char *path)
{
	for (int i = 0; i < 100; i++) {
		struct cgroup cgroup = paths_of(path, true);

		if (cgroup_make(&cgroup, &err) < 0 || cgroup_remove(&cgroup, &err) < 0) {
			print_error("%s\n", err.message);
			return 1;
		}
		cgroup_close(&cgroup);
	}
	return 0;
}

static void two_may_share_a_parent(void **state)
{
	auto_free char *paths[] = { below("/p/q/1"), below("/p/q/2") };
	static const char *const shared[] = { "/p/q", "/p", "" };
	pid_t pids[2];

	(void) state;
	for (int i = 0; i < 2; i++)
		if ((pids[i] = fork()) == 0)
			_exit(make_and_remove(paths[i]));
	assert_int_equal(wait_for(pids[0]), 0);
	assert_int_equal(wait_for(pids[1]), 0);
	assert_false(exists(paths[0]));
	assert_false(exists(paths[1]));
	/* Whose parent it is may be forgotten, as in a_parent_in_use_stays. */
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		auto_free char *path = below(shared[i]);

		for (size_t k = 0; k < host.n_hierarchies; k++) {
			auto_free char *full = where(k, path);

			assert_true(rmdir(full) == 0 || errno == ENOENT);
		}
	}
	free(paths[1]);
}

/* ---- processes ---- */

/* Every line of /proc/self/cgroup whose hierarchy we see ends in our path. */
static int check_membership(void)
{
	auto_free char *text = file_get(AT_FDCWD, "/proc/self/cgroup", &err);
	size_t here = 0;

	for (char *at = text; at && (at = strstr(at, top)); at++)
		here++;
	return here == host.n_hierarchies ? 0 : 1;
}

static void a_child_is_in_all_of_it(void **state)
{
	struct cgroup cgroup = made_at(top);
	pid_t pid;

	(void) state;
	assert_int_equal(wait_for(child_in(&cgroup, check_membership)), 0);
	/* The fallback gets there, too. */
	pid = fork();
	if (pid == 0) {
		nap(300);
		_exit(check_membership());
	}
	assert_fine(cgroup_add(&cgroup, pid, false, &err));
	assert_int_equal(count(&cgroup), 1);
	assert_int_equal(wait_for(pid), 0);
	end(&cgroup);
}

static int family(void)
{
	alarm(60);
	for (int i = 0; i < 30; i++)
		if (fork() == 0)
			return sleep_long();
	return sleep_long();
}

static void a_signal_reaches_everybody(void **state)
{
	struct cgroup cgroup = made_at(top);
	pid_t pid = child_in(&cgroup, family);

	(void) state;
	for (int i = 0; i < 200 && count(&cgroup) < 31; i++)
		nap(10);
	assert_int_equal(count(&cgroup), 31);
	assert_fine(cgroup_signal_all(&cgroup, 0, &err));
	assert_fine(cgroup_signal_all(&cgroup, SIGKILL, &err));
	assert_int_equal(count(&cgroup), 0);
	assert_int_equal(wait_for(pid), 128 + SIGKILL);
	end(&cgroup);
}

/* Each forks a successor and ends: the pids change all the time. */
static int bomb(void)
{
	alarm(60);
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 6; i++)
		if (fork() == 0)
			break;
	for (;;) {
		if (fork() > 0)
			_exit(0);
		alarm(60);
	}
}

static void even_those_that_run_away(void **state)
{
	struct cgroup cgroup = made_at(top);
	pid_t pid = child_in(&cgroup, bomb);

	(void) state;
	nap(50);
	assert_fine(cgroup_signal_all(&cgroup, SIGKILL, &err));
	assert_int_equal(count(&cgroup), 0);
	wait_for(pid);
	end(&cgroup);
}

static void freezing(void **state)
{
	struct cgroup cgroup = made_at(top);
	pid_t pid = child_in(&cgroup, family);

	(void) state;
	nap(20);
	assert_false(cgroup_frozen(&cgroup));
	assert_fine(cgroup_freeze(&cgroup, true, &err));
	assert_true(cgroup_frozen(&cgroup));
	assert_fine(cgroup_freeze(&cgroup, false, &err));
	assert_false(cgroup_frozen(&cgroup));
	/* What is frozen can be killed, and the cgroup used again. */
	assert_fine(cgroup_freeze(&cgroup, true, &err));
	assert_fine(cgroup_signal_all(&cgroup, SIGKILL, &err));
	assert_int_equal(wait_for(pid), 128 + SIGKILL);
	assert_false(cgroup_frozen(&cgroup));
	end(&cgroup);
}

static int short_life(void)
{
	nap(150);
	return 0;
}

static void removal_waits_for_the_last_process(void **state)
{
	struct cgroup cgroup = made_at(top);
	pid_t pid = child_in(&cgroup, short_life);

	(void) state;
	while (count(&cgroup) == 0)
		nap(1);
	/* Not even reaped. */
	end(&cgroup);
	assert_false(exists(top));
	assert_int_equal(wait_for(pid), 0);
}

/* ---- what a container makes in its cgroup ---- */

/* A tower of N folders in the first hierarchy, with a process at its top. */
static pid_t tower(const struct cgroup *cgroup, unsigned n)
{
	auto_fd dir = dup(cgroup->folders[0].fd);
	pid_t pid;

	for (unsigned i = 0; i < n; i++) {
		int next;

		assert_int_equal(mkdirat(dir, "sub", 0755), 0);
		assert_int_equal(mkdirat(dir, "side", 0755), 0);
		next = openat(dir, "sub", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(dir);
		dir = next;
	}
	pid = fork();
	if (pid == 0) {
		if (file_put(dir, "cgroup.procs", "0", &err) < 0)
			_exit(99);
		_exit(sleep_long());
	}
	/* To move by cgroup.procs takes a grace period, on a busy machine more than one. */
	for (int i = 0; i < 5000 && count(cgroup) == 0; i++)
		nap(1);
	return pid;
}

static void deep_trees_are_found_and_removed(void **state)
{
	struct rlimit old, few = { 64, 64 };
	struct cgroup cgroup = made_at(top);
	pid_t pid;

	(void) state;
	getrlimit(RLIMIT_NOFILE, &old);
	few.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	pid = tower(&cgroup, 120);
	assert_int_equal(count(&cgroup), 1);
	assert_fine(cgroup_signal_all(&cgroup, SIGKILL, &err));
	wait_for(pid);
	end(&cgroup);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_false(exists(top));
}

/* ---- from a record ---- */

static void folders_are_opened_again(void **state)
{
	struct cgroup cgroup = made_at(top);

	(void) state;
	assert_fine(cgroup_open(&cgroup, true, &err));
	assert_int_equal(wait_for(child_in(&cgroup, check_membership)), 0);
	remove_dirs(top);
	assert_fine(cgroup_open(&cgroup, true, &err));
	for (size_t i = 0; i < cgroup.n_folders; i++)
		assert_int_equal(cgroup.folders[i].fd, -1);
	assert_int_equal(count(&cgroup), 0);
	assert_false(cgroup_frozen(&cgroup));
	assert_fine(cgroup_signal_all(&cgroup, SIGKILL, &err));
	end(&cgroup);
}

/* Of a file in a cgroup2 that is gone poll(2) says at once, and for ever, that it has changed: whoever waits for it
 * together with others would do nothing else.  Any file will do: not every machine has memory.events. */
static void a_watch_ends_with_its_cgroup(void **state)
{
	struct cgroup cgroup = made_at(top);
	int folder = cgroup_birth_fd(&cgroup);

	(void) state;
	if (folder >= 0) {
		struct cgroup_oom_watch watch = { .fd = openat(folder, "cgroup.events", O_RDONLY | O_CLOEXEC),
						  .events = POLLPRI, .folder = -1 };
		struct pollfd p = { watch.fd, POLLPRI, 0 };

		assert_true(watch.fd >= 0);
		assert_fine(cgroup_remove(&cgroup, &err));
		assert_int_equal(poll(&p, 1, 0), 1);
		assert_int_equal(poll(&p, 1, 0), 1);
		assert_false(cgroup_oom_happened(&watch));
		assert_int_equal(watch.fd, -1);
	}
	end(&cgroup);
}

static void a_record_cannot_lead_elsewhere(void **state)
{
	struct cgroup cgroup = { .n_folders = 1 };

	(void) state;
	cgroup.folders = xcalloc(1, sizeof *cgroup.folders);
	cgroup.folders[0] =
		(struct cgroup_folder) { .path = xstrdup("/x/../.."), .made = true, .fd = -1, .join = -1, .v2 = true };
	assert_int_equal(cgroup_open(&cgroup, false, &err), -1);
	assert_int_equal(cgroup_remove(&cgroup, &err), -1);
	free(cgroup.folders[0].path);
	cgroup.folders[0].path = xstrdup("/x");
	snprintf(cgroup.folders[0].hierarchy, sizeof cgroup.folders[0].hierarchy, "../../../tmp");
	assert_int_equal(cgroup_open(&cgroup, false, &err), -1);
	assert_int_equal(cgroup_remove(&cgroup, &err), -1);
	cgroup.folders[0].made = false;
	cgroup_close(&cgroup);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(what_is_made_is_removed),
		T(parents_of_others_stay),
		T(a_parent_in_use_stays),
		T(a_folder_that_was_there_is_used_and_stays),
		T(an_occupied_folder_is_refused),
		T(a_frozen_folder_is_refused),
		T(a_refusal_matters_only_if_a_cgroup_is_required),
		T(a_file_is_no_cgroup),
		T(two_may_share_a_parent),
		T(a_child_is_in_all_of_it),
		T(a_signal_reaches_everybody),
		T(even_those_that_run_away),
		T(freezing),
		T(removal_waits_for_the_last_process),
		T(deep_trees_are_found_and_removed),
		T(folders_are_opened_again),
		T(a_watch_ends_with_its_cgroup),
		T(a_record_cannot_lead_elsewhere),
	};

	if (!usable()) {
		printf("[  SKIPPED ] %zu test(s).\n", ARRAY_SIZE(tests));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
