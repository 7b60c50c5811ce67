/*
 * test-rootfs-hostile.c - images that try to get out
 *
 * Every path the runtime itself touches is replaced, one at a time, by
 * everything a file can be.  The container may start or be refused; what lies
 * outside its root must not be affected.
 */
#include <dirent.h>
#include <linux/magic.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test-rootfs-fixture.h"

enum kind { ABSOLUTE, RELATIVE, INTO, DANGLING, MAGIC, TO_ROOT, TO_PROC, FIFO, PLAIN, DEVICE, SOCKET, N_KINDS };

static void make_parents(const char *root, const char *path)
{
	char full[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(full, sizeof full, "%s%.*s", root, (int) (slash - path), path);
		CHECK(mkdir(full, 0755) == 0 || errno == EEXIST);
	}
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%.107s", path);
	CHECK(fd >= 0 && bind(fd, (struct sockaddr *) &address, sizeof address) == 0);
	close(fd);
}

static void make_trap(struct world *w, const char *path, enum kind kind)
{
	char full[PATH_MAX], text[PATH_MAX];

	make_parents(w->rootfs, path);
	snprintf(full, sizeof full, "%s%s", w->rootfs, path);
	switch (kind) {
	case ABSOLUTE:
		CHECK(symlink(w->outside, full) == 0);
		break;
	case RELATIVE:
		CHECK(symlink("../../../../../../../../../../outside", full) == 0);
		break;
	case INTO:	/* names what does not exist yet: whoever follows it makes it */
		snprintf(text, sizeof text, "%s/made", w->outside);
		CHECK(symlink(text, full) == 0);
		break;
	case DANGLING:
		CHECK(symlink("nowhere/at/all", full) == 0);
		break;
	case MAGIC:
		snprintf(text, sizeof text, "/proc/self/root%s", w->outside);
		CHECK(symlink(text, full) == 0);
		break;
	case TO_ROOT:
		CHECK(symlink("/", full) == 0);
		break;
	case TO_PROC:
		CHECK(symlink("/proc/self/attr", full) == 0);
		break;
	case FIFO:
		CHECK(mkfifo(full, 0644) == 0);
		break;
	case PLAIN:
		put_file(w->rootfs, path + 1, "plain");
		break;
	case DEVICE:
		CHECK(mknod(full, S_IFCHR | 0600, makedev(1, 7)) == 0);
		break;
	case SOCKET:
		make_socket(full);
		break;
	default:
		CHECK(0);
	}
}

/* The folder outside holds its canary and nothing else, untouched. */
static void check_outside(const struct world *w, const struct stat *folder, const struct stat *file)
{
	struct stat st;
	char path[128];
	unsigned n = 0;
	DIR *dir = opendir(w->outside);

	CHECK(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	CHECK(n == 3);
	CHECK(stat(w->outside, &st) == 0 && st.st_ctim.tv_nsec == folder->st_ctim.tv_nsec && st.st_mode == folder->st_mode);
	snprintf(path, sizeof path, "%s/canary", w->outside);
	CHECK(stat(path, &st) == 0 && st.st_ctim.tv_nsec == file->st_ctim.tv_nsec && st.st_ino == file->st_ino);
	CHECK(holds(path, "canary"));
}

static int check_inside(void *unused)
{
	struct stat st;

	(void) unused;
	/* Whatever it looks like now, nothing of the host is in it. */
	CHECK(access("/canary", F_OK) < 0);
	CHECK(stat("/proc", &st) < 0 || fs_type("/proc") == PROC_SUPER_MAGIC);
	if (fs_type("/proc") == PROC_SUPER_MAGIC)
		CHECK(open("/proc/sysrq-trigger", O_WRONLY) < 0);
	return 0;
}

struct variant {
	bool dev, terminal, no_pivot, user;
};

static void plan_variant(struct world *w, const struct variant *variant)
{
	w->plan.rootfs.n_steps = w->plan.rootfs.n_early = 0;
	w->plan.rootfs.no_pivot = variant->no_pivot;
	w->terminal = variant->terminal;
	w->namespaces &= ~(uint64_t) CLONE_NEWUSER;
	if (variant->user) {
		w->namespaces |= CLONE_NEWUSER;
		w->map = (struct oci_id_mapping){ .container_id = 0, .host_id = 0, .size = 65536 };
	}
	add_defaults(w);
	for (size_t i = 0; i < w->plan.rootfs.n_steps; i++) {
		struct step *step = &w->steps[i];

		/* Without it the image's own /dev is worked in. */
		if (!variant->dev && step->action == STEP_MOUNT && strncmp(step->target, "/dev", 4) == 0) {
			step->action = STEP_SYMLINK;
			step->source = "x";
			step->target = "/dev/replaced";
		}
		if (variant->user && step->action == STEP_DEVICE) {
			step->source = step->target;
			step->outside = true;
		}
	}
	w->plan.rootfs.n_early = 0;
	for (size_t i = 0; i < w->plan.rootfs.n_steps; i++)
		if (w->steps[i].action < STEP_SEAL)
			w->plan.rootfs.n_early = i + 1;
}

static void fresh_rootfs(struct world *w, unsigned i)
{
	char name[32];

	snprintf(name, sizeof name, "rootfs%u", i);
	put_folder(w->base, name);
	snprintf(w->rootfs, sizeof w->rootfs, "%s/%s", w->base, name);
}

static void try_everywhere(struct world *w, const struct variant *variant)
{
	static const char *const places[] = {
		"/dev", "/dev/null", "/dev/tty", "/dev/console", "/dev/ptmx", "/dev/pts", "/dev/shm", "/dev/mqueue",
		"/dev/fd", "/dev/stdin", "/proc", "/sys", "/sys/firmware", "/proc/sys",
	};
	struct stat folder, file;
	char path[128];
	const unsigned before = mounts_with("");
	unsigned up = 0, n = 0;

	snprintf(path, sizeof path, "%s/canary", w->outside);
	CHECK(stat(w->outside, &folder) == 0 && stat(path, &file) == 0);
	for (size_t place = 0; place < sizeof places / sizeof *places; place++)
		for (enum kind kind = 0; kind < N_KINDS; kind++) {
			fresh_rootfs(w, n++);
			make_trap(w, places[place], kind);
			plan_variant(w, variant);
			int result = enter(w, check_inside, NULL);

			if (result > 0)
				fprintf(stderr, "%s of kind %d: %d\n", places[place], (int) kind, result);
			CHECK(result <= 0);
			if (result < 0 && getenv("VERBOSE"))
				fprintf(stderr, "%s of kind %d: %s\n", places[place], (int) kind, w->error.message);
			up += result == 0;
			check_outside(w, &folder, &file);
			CHECK(mounts_with("") == before);
		}
	CHECK(up > n / 3);
}

TEST(no_image_gets_out)
{
	try_everywhere(w, &(struct variant){ .dev = true, .terminal = true });
}

TEST(no_image_without_a_dev_mount_gets_out)
{
	try_everywhere(w, &(struct variant){ .dev = false });
}

TEST(no_image_gets_out_without_pivot_root)
{
	try_everywhere(w, &(struct variant){ .dev = true, .no_pivot = true });
}

TEST(no_image_gets_out_of_a_user_namespace)
{
	try_everywhere(w, &(struct variant){ .dev = false, .user = true });
}

TEST(proc_and_sys_must_be_folders)
{
	static const char *const places[] = { "/proc", "/sys" };

	for (size_t i = 0; i < 2; i++) {
		fresh_rootfs(w, (unsigned) i);
		make_trap(w, places[i], i ? RELATIVE : TO_ROOT);
		plan_variant(w, &(struct variant){ .dev = true });
		REFUSED(w, "must be mounted on ordinary directory");
		CHECK(strstr(w->error.message, places[i]));
	}
}

/* The config says /etc/hosts; the image makes that a file of procfs. */
TEST(a_link_into_proc_is_refused)
{
	put_file(w->base, "hosts", "hosts");
	put_link("proc/sys/kernel", w->rootfs, "etc");
	add_mount(w, "proc", "/proc", NULL);
	char path[128];

	snprintf(path, sizeof path, "%s/hosts", w->base);
	add_bind(w, path, "/etc/core_pattern");
	REFUSED(w, "leads into /proc");
	w->steps[1].target = "/proc/uptime";
	SUCCEEDS(w, NULL, NULL);
}

static int count_canaries(void *unused)
{
	(void) unused;
	CHECK(holds("/outside/volume/canary", "canary"));
	return 0;
}

/* Links on the way to a mount's target are the image's own business, as long as they stay inside. */
TEST(links_to_targets_stay_inside)
{
	put_link("../../../../outside", w->rootfs, "data");
	add_bind(w, w->outside, "/data/volume");
	add(w, STEP_SEAL, NULL)->of = -1;
	SUCCEEDS(w, count_canaries, NULL);
}

/* A second process exchanges the folder and the link all the time. */
static pid_t start_renamer(const char *root)
{
	pid_t pid = fork();

	if (pid == 0) {
		int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			CHECK(renameat2(folder, "data", folder, "trap", RENAME_EXCHANGE) == 0);
	}
	CHECK(pid > 0);
	return pid;
}

TEST(no_race_is_won)
{
	struct stat folder, file;
	char path[128];
	const unsigned before = mounts_with("");
	unsigned up = 0;
	struct step *step;

	snprintf(path, sizeof path, "%s/canary", w->outside);
	CHECK(stat(w->outside, &folder) == 0 && stat(path, &file) == 0);
	put_folder(w->rootfs, "data");
	/* From the root of the container there is no such path, but from the host's there is. */
	put_link(w->outside, w->rootfs, "trap");
	add_mount(w, "tmpfs", "/data/a/b", NULL);
	add_bind(w, path, "/data/c/d/file");
	step = add_device(w, "/data/e/node", 1, 3);
	add_symlink(w, "pts/ptmx", "/data/ptmx");
	step = add_mount(w, "tmpfs", "/data/up", NULL);
	step->copy_up = true;
	add(w, STEP_READONLY, "/data");
	add(w, STEP_MASK, "/data/e");
	const pid_t renamer = start_renamer(w->rootfs);

	for (int i = 0; i < 200; i++)
		up += enter(w, NULL, NULL) == 0;
	kill(renamer, SIGKILL);
	waitpid(renamer, NULL, 0);
	check_outside(w, &folder, &file);
	CHECK(mounts_with("") == before);
	CHECK(up > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_image_gets_out),
		cmocka_unit_test(no_image_without_a_dev_mount_gets_out),
		cmocka_unit_test(no_image_gets_out_without_pivot_root),
		cmocka_unit_test(no_image_gets_out_of_a_user_namespace),
		cmocka_unit_test(proc_and_sys_must_be_folders),
		cmocka_unit_test(a_link_into_proc_is_refused),
		cmocka_unit_test(links_to_targets_stay_inside),
		cmocka_unit_test(no_race_is_won),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
