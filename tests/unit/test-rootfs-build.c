/* test-rootfs-build.c - a whole root, built by the steps of a plan: the defaults, propagation, the cgroup view */
#include <linux/magic.h>

#include "test-rootfs-fixture.h"

/* ---- a whole container ---------------------------------------------------- */

/* Mounts that no step has made: the host's. */
static unsigned foreign_mounts(void)
{
	static const char *const known[] = { " / / ", " /rootfs / ", " /proc", " /sys", " /dev" };
	unsigned n = mounts_with("");
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[1024];

	while (fgets(line, sizeof line, f))
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (strstr(line, known[i])) {
				n--;
				break;
			}
	fclose(f);
	return n;
}

/* Nothing of the host is held open any more, not even by number. */
static void check_descriptors(void)
{
	char path[64], text[PATH_MAX];

	for (int fd = 3; fd < 256; fd++) {
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		ssize_t n = readlink(path, text, sizeof text - 1);

		CHECK(n < 0 || strncmp(text, "pipe:", 5) == 0);
	}
}

static int check_defaults(void *terminal)
{
	struct stat st;
	char cwd[PATH_MAX];

	check_descriptors();
	CHECK(getcwd(cwd, sizeof cwd) && strcmp(cwd, "/") == 0);
	CHECK(fs_type("/proc") == PROC_SUPER_MAGIC && fs_type("/sys") == SYSFS_MAGIC && fs_type("/dev") == TMPFS_MAGIC);
	CHECK(fs_type("/dev/pts") == DEVPTS_SUPER_MAGIC && fs_type("/dev/shm") == TMPFS_MAGIC);
	CHECK(mount_flags("/sys") & ST_RDONLY && mount_flags("/dev/shm") & ST_NODEV && !(mount_flags("/dev") & ST_RDONLY));
	CHECK(stat("/dev/null", &st) == 0 && st.st_mode == (S_IFCHR | 0666) && st.st_rdev == makedev(1, 3));
	CHECK(stat("/dev/tty", &st) == 0 && st.st_rdev == makedev(5, 0));
	CHECK(links_to("/dev/ptmx", "pts/ptmx") && links_to("/dev/fd", "/proc/self/fd"));
	CHECK(stat("/dev/shm", &st) == 0 && (st.st_mode & 07777) == 01777);
	/* The root is sealed, and the old one gone. */
	CHECK(open("/new", O_CREAT | O_WRONLY, 0644) < 0 && errno == EROFS);
	CHECK(holds("/etc/who", "container"));
	CHECK(foreign_mounts() == 0);
	CHECK(mounts_with("shared:") == 0 && mounts_with("master:") == 0);
	/* Masks and read-only paths. */
	CHECK(holds("/proc/keys", "") && holds("/proc/interrupts", ""));
	CHECK(open("/proc/sys/kernel/hostname", O_WRONLY) < 0 && errno == EROFS);
	CHECK(mount_flags("/proc/keys") & ST_RDONLY);
	CHECK(fs_type("/sys/firmware") == TMPFS_MAGIC && mkdir("/sys/firmware/x", 0755) < 0 && errno == EROFS);
	if (terminal) {
		CHECK(stat("/dev/console", &st) == 0 && S_ISCHR(st.st_mode) && major(st.st_rdev) == 136);
		CHECK(fs_type("/dev/console") == DEVPTS_SUPER_MAGIC);
	}
	return 0;
}

static void make_image(struct world *w)
{
	put_folder(w->rootfs, "etc");
	put_file(w->rootfs, "etc/who", "container");
}

TEST(the_default_mounts_are_there)
{
	const unsigned before = mounts_with("");

	make_image(w);
	add_defaults(w);
	SUCCEEDS(w, check_defaults, NULL);
	CHECK(mounts_with("") == before);
}

TEST(a_terminal_is_on_the_console)
{
	make_image(w);
	w->terminal = true;
	add_defaults(w);
	SUCCEEDS(w, check_defaults, w);
}

TEST(without_pivot_root_it_looks_the_same)
{
	make_image(w);
	w->plan.rootfs.no_pivot = true;
	add_defaults(w);
	/* mountinfo shows only what is below the root */
	SUCCEEDS(w, check_defaults, NULL);
}

/* The host's /proc is below the root, out of sight, but must not help to mount a new one in a user namespace. */
static int mount_proc_in_user_namespace(void *unused)
{
	(void) unused;
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) == 0);
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(mount("proc", "/mnt", "proc", 0, NULL) < 0 && errno == EPERM ? 0 : 1);
	CHECK(waitpid(pid, &status, 0) == pid);
	return status ? 1 : 0;
}

TEST(without_pivot_root_the_hosts_proc_is_gone)
{
	make_image(w);
	put_folder(w->rootfs, "mnt");
	w->plan.rootfs.no_pivot = true;
	add_defaults(w);
	/* A chroot(2)ed process may make no user namespace: after MS_MOVE the root is that of the mount namespace. */
	SUCCEEDS(w, mount_proc_in_user_namespace, NULL);
}

static int check_user_namespace(void *unused)
{
	struct stat st;

	(void) unused;
	CHECK(fs_type("/proc") == PROC_SUPER_MAGIC);
	CHECK(stat("/dev", &st) == 0 && st.st_uid == 0 && st.st_gid == 0);
	CHECK(stat("/dev/null", &st) == 0 && st.st_rdev == makedev(1, 3));
	CHECK(stat("/made", &st) == 0 && S_ISDIR(st.st_mode));
	CHECK(holds("/proc/keys", ""));
	CHECK(holds("/made/canary", "canary"));
	CHECK(mount_flags("/proc/sys") & ST_RDONLY);
	return 0;
}

static void into_user_namespace(struct world *w)
{
	w->map = (struct oci_id_mapping){ .container_id = 0, .host_id = 100000, .size = 65536 };
	w->namespaces |= CLONE_NEWUSER;
	CHECK(chown(w->rootfs, 100000, 100000) == 0);
	add_defaults(w);
	for (size_t i = 0; i < w->plan.rootfs.n_steps; i++)
		if (w->steps[i].action == STEP_DEVICE) {
			w->steps[i].source = w->steps[i].target;
			w->steps[i].outside = true;
		}
	add(w, STEP_MASK, "/nowhere");
}

/* With the old calls init must ask for its sources: tests/bats/rootfs.bats, under tests/bats/run -k. */
TEST(in_a_user_namespace)
{
	if (old_mounts())
		return;
	add_bind(w, w->outside, "/made")->set = MOUNT_ATTR_RDONLY;
	into_user_namespace(w);
	SUCCEEDS(w, check_user_namespace, NULL);
}

TEST(in_a_user_namespace_that_cannot_walk_to_the_rootfs)
{
	if (old_mounts())
		return;
	CHECK(chmod(w->base, 0700) == 0);
	add_bind(w, w->outside, "/made")->set = MOUNT_ATTR_RDONLY;
	into_user_namespace(w);
	SUCCEEDS(w, check_user_namespace, NULL);
}

static int no_check(void *unused)
{
	(void) unused;
	return 0;
}

static int check_rootless(void *unused)
{
	struct stat st;

	(void) unused;
	CHECK(fs_type("/proc") == PROC_SUPER_MAGIC && fs_type("/dev") == TMPFS_MAGIC);
	CHECK(stat("/dev/null", &st) == 0 && st.st_rdev == makedev(1, 3));
	CHECK(holds("/made/canary", "canary") && mount_flags("/made") & ST_RDONLY && holds("/proc/keys", ""));
	CHECK(stat("/made", &st) == 0 && open("/new", O_CREAT | O_WRONLY, 0644) < 0 && errno == EROFS);
	return 0;
}

/* Without any privilege on the host: init opens everything itself. */
TEST(rootless)
{
	add_bind(w, w->outside, "/made")->set = MOUNT_ATTR_RDONLY;
	into_user_namespace(w);
	CHECK(chown(w->rootfs, 1000, 1000) == 0);
	w->map = (struct oci_id_mapping){ .container_id = 0, .host_id = 1000, .size = 1 };
	CHECK(setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0);
	SUCCEEDS(w, check_rootless, NULL);
}

/* Hooks look for the rootfs at its own path in the container's mount namespace; if that is taken, it is attached on top. */
TEST(the_root_goes_on_top_if_its_path_leads_elsewhere)
{
	char other[128];

	make_image(w);
	snprintf(other, sizeof other, "%s/link", w->base);
	add_defaults(w);
	w->plan.rootfs.path = other;
	CHECK(mkdir(other, 0755) == 0);
	CHECK(mount(w->rootfs, other, NULL, MS_BIND, NULL) == 0);
	SUCCEEDS(w, check_defaults, NULL);
}

/* ---- propagation ---------------------------------------------------------------- */

static int check_propagation(void *unused)
{
	(void) unused;
	CHECK(mounts_with(" /shared ") == 1 && mounts_with("shared:") >= 1 && mounts_with("master:") >= 1);
	return 0;
}

TEST(propagation_of_a_mount)
{
	struct step *step = add_bind(w, w->outside, "/shared");

	add_mount(w, "proc", "/proc", NULL);
	step->recursive = true;
	step->propagation[0] = MS_SHARED | MS_REC;
	step->n_propagation = 1;
	SUCCEEDS(w, check_propagation, NULL);
}

static int mount_in_shared(void *unused)
{
	(void) unused;
	CHECK(mounts_with("shared:") > 0);
	CHECK(mount("tmpfs", "/volume/canary-mount", "tmpfs", 0, NULL) == 0);
	return 0;
}

/* rootfsPropagation shared: what is mounted in a shared volume reaches the host, as asked, and nothing else does. */
TEST(shared_root_propagation)
{
	char path[160];
	const unsigned before = mounts_with("");

	put_folder(w->base, "volume");
	snprintf(path, sizeof path, "%s/volume", w->base);
	CHECK(mount("tmpfs", path, "tmpfs", 0, NULL) == 0);
	put_folder(w->base, "volume/canary-mount");
	make_image(w);
	w->plan.rootfs.propagation = w->plan.rootfs.final_propagation = MS_SHARED | MS_REC;
	struct step *step = add_bind(w, path, "/volume");

	step->recursive = true;
	step->propagation[0] = MS_SHARED | MS_REC;
	step->n_propagation = 1;
	add_defaults(w);
	SUCCEEDS(w, mount_in_shared, NULL);
	CHECK(mounts_with("canary-mount") == 1);
	CHECK(mounts_with("") == before + 1 + 1);	/* the volume itself */
}

static int check_unbindable(void *unused)
{
	(void) unused;
	CHECK(mounts_with("unbindable") == mounts_with(""));
	return 0;
}

TEST(other_root_propagations)
{
	static const uint64_t kinds[] = { MS_PRIVATE, MS_PRIVATE | MS_REC, MS_SLAVE, MS_SLAVE | MS_REC, MS_UNBINDABLE, MS_SHARED };
	const unsigned before = mounts_with("");

	make_image(w);
	add_defaults(w);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		w->plan.rootfs.propagation = w->plan.rootfs.final_propagation = kinds[i];
		for (int no_pivot = 0; no_pivot < 2; no_pivot++) {
			w->plan.rootfs.no_pivot = no_pivot;
			SUCCEEDS(w, no_check, NULL);
			CHECK(mounts_with("") == before);
		}
	}
	w->plan.rootfs.no_pivot = false;
	w->plan.rootfs.propagation = w->plan.rootfs.final_propagation = MS_UNBINDABLE | MS_REC;
	SUCCEEDS(w, check_unbindable, NULL);
}

/* ---- the cgroup view ------------------------------------------------------------ */

static struct step *plan_view(struct world *w, enum cgroup_layout layout)
{
	static const struct cgroup_link links[] = { { "cpu", "cpu,cpuacct" }, { "cpuacct", "cpu,cpuacct" } };
	static const char *const names[] = { "cpu,cpuacct", "memory", "unified" };
	char path[128];

	w->view = (struct cgroup_view){ .layout = layout, .links = links, .n_links = layout == CGROUP_V2 ? 0 : 2 };
	w->use_view = &w->view;
	/* Any folder will do: the view only binds what it is given. */
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", w->base, names[i]);
		CHECK(mkdir(path, 0755) == 0);
		put_file(path, "tasks", names[i]);
		w->view.hierarchies[i].name = names[i];
		w->view.hierarchies[i].folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		CHECK(w->view.hierarchies[i].folder >= 0);
	}
	w->view.n_hierarchies = 3;
	struct step *step = add(w, STEP_CGROUP, "/sys/fs/cgroup");

	step->set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	return step;
}

static int check_v1(void *read_only)
{
	CHECK(fs_type("/sys/fs/cgroup") == TMPFS_MAGIC);
	CHECK(holds("/sys/fs/cgroup/memory/tasks", "memory") && holds("/sys/fs/cgroup/unified/tasks", "unified"));
	CHECK(holds("/sys/fs/cgroup/cpu/tasks", "cpu,cpuacct") && links_to("/sys/fs/cgroup/cpuacct", "cpu,cpuacct"));
	CHECK(!read_only == !(mount_flags("/sys/fs/cgroup") & ST_RDONLY));
	CHECK(!read_only == !(mount_flags("/sys/fs/cgroup/memory") & ST_RDONLY));
	CHECK(mount_flags("/sys/fs/cgroup/memory") & ST_NODEV && mount_flags("/sys/fs/cgroup") & ST_NODEV);
	return 0;
}

TEST(the_cgroup_view_of_v1_and_hybrid)
{
	struct step *step = plan_view(w, CGROUP_HYBRID);

	SUCCEEDS(w, check_v1, w);
	step->set &= ~(uint64_t) MOUNT_ATTR_RDONLY;
	SUCCEEDS(w, check_v1, NULL);
	w->view.hierarchies[1].folder = -1;
	SUCCEEDS(w, no_check, NULL);
}

static int check_empty(void *unused)
{
	struct stat st;

	(void) unused;
	CHECK(fs_type("/sys/fs/cgroup") == TMPFS_MAGIC && mount_flags("/sys/fs/cgroup") & ST_RDONLY);
	CHECK(stat("/sys/fs/cgroup", &st) == 0 && st.st_nlink == 2);
	return 0;
}

TEST(without_a_cgroup_the_view_is_empty)
{
	plan_view(w, CGROUP_V1);
	w->use_view = NULL;
	SUCCEEDS(w, check_empty, NULL);
}

static int check_v2(void *unused)
{
	(void) unused;
	CHECK(fs_type("/sys/fs/cgroup") == CGROUP2_SUPER_MAGIC && mount_flags("/sys/fs/cgroup") & ST_RDONLY);
	CHECK(access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0);
	return 0;
}

TEST(the_cgroup_view_of_v2)
{
	plan_view(w, CGROUP_V2);
	w->plan.ns.create_cgroup = true;
	SUCCEEDS(w, check_v2, NULL);
	/* The host's tree is bound. */
	w->plan.ns.create_cgroup = false;
	CHECK(umount2("/sys/fs/cgroup", MNT_DETACH) == 0);
	CHECK(mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL) == 0);
	SUCCEEDS(w, check_v2, NULL);
	/* In a user namespace. */
	w->map = (struct oci_id_mapping){ .container_id = 0, .host_id = 0, .size = 65536 };
	w->namespaces |= CLONE_NEWUSER;
	w->plan.ns.create_cgroup = true;
	SUCCEEDS(w, check_v2, NULL);
	w->plan.ns.create_cgroup = false;
	SUCCEEDS(w, check_v2, NULL);
	/* Without privilege, where it is read-only in any case. */
	w->steps[0].set &= ~(uint64_t) MOUNT_ATTR_RDONLY;
	w->map = (struct oci_id_mapping){ .container_id = 0, .host_id = 1000, .size = 1 };
	CHECK(chown(w->rootfs, 1000, 1000) == 0);
	CHECK(setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0);
	SUCCEEDS(w, check_v2, NULL);
}

/* ---- without a mount namespace ---------------------------------------------------- */

static int check_plain_root(void *unused)
{
	(void) unused;
	CHECK(holds("/etc/who", "container") && links_to("/link", "text"));
	return 0;
}

TEST(without_a_mount_namespace_nothing_is_mounted)
{
	const unsigned before = mounts_with("");

	make_image(w);
	w->namespaces = CLONE_NEWPID;
	add_symlink(w, "text", "/link");
	SUCCEEDS(w, check_plain_root, NULL);
	add_mount(w, "proc", "/proc", NULL)->pointer = "/mounts/0";
	REFUSED(w, "mount namespace");
	CHECK(strcmp(w->error.pointer, "/mounts/0") == 0);
	CHECK(mounts_with("") == before);
}

TEST(the_rootfs_must_be_a_folder)
{
	char link[128];

	snprintf(link, sizeof link, "%s/root-link", w->base);
	CHECK(symlink(w->rootfs, link) == 0);
	w->plan.rootfs.path = link;
	REFUSED(w, "invalid rootfs: not an absolute path, or a symlink");
	CHECK(strcmp(w->error.pointer, "/root/path") == 0);
	w->plan.rootfs.path = "/no/such/rootfs";
	REFUSED(w, "no such file or directory");
	w->plan.rootfs.path = "/etc/hostname";
	REFUSED(w, "not a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_mounts_are_there),
		cmocka_unit_test(a_terminal_is_on_the_console),
		cmocka_unit_test(without_pivot_root_it_looks_the_same),
		cmocka_unit_test(without_pivot_root_the_hosts_proc_is_gone),
		cmocka_unit_test(in_a_user_namespace),
		cmocka_unit_test(in_a_user_namespace_that_cannot_walk_to_the_rootfs),
		cmocka_unit_test(rootless),
		cmocka_unit_test(the_root_goes_on_top_if_its_path_leads_elsewhere),
		cmocka_unit_test(propagation_of_a_mount),
		cmocka_unit_test(shared_root_propagation),
		cmocka_unit_test(other_root_propagations),
		cmocka_unit_test(the_cgroup_view_of_v1_and_hybrid),
		cmocka_unit_test(without_a_cgroup_the_view_is_empty),
		cmocka_unit_test(the_cgroup_view_of_v2),
		cmocka_unit_test(without_a_mount_namespace_nothing_is_mounted),
		cmocka_unit_test(the_rootfs_must_be_a_folder),
	};

	return with_and_without(tests, "test-rootfs-build");
}
