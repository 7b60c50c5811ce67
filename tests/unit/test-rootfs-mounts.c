/* test-rootfs-mounts.c - the steps that mount, make and change one thing each */
#include <linux/magic.h>

#include "test-rootfs-fixture.h"

/* ---- binds ------------------------------------------------------------------ */

static int check_binds(void *unused)
{
	(void) unused;
	CHECK(holds("/ro/canary", "canary") && mount_flags("/ro") & ST_RDONLY && mount_flags("/ro") & ST_NOSUID);
	CHECK(open("/ro/canary", O_WRONLY) < 0 && errno == EROFS);
	CHECK(holds("/deep/down/file", "canary") && is_type("/deep/down/file", S_IFREG));
	CHECK(holds("/tree/sub/inner", "inner") && mount_flags("/tree/sub") & ST_RDONLY);
	CHECK(!holds("/flat/sub/inner", "inner"));
	CHECK(!(mount_flags("/rw") & ST_NOSUID));
	CHECK(links_to("/copied", "somewhere/else"));
	CHECK(links_to("/as-link", "somewhere/else"));
	return 0;
}

TEST(binds)
{
	char path[160], link[160];
	struct step *step;
	unsigned before;

	snprintf(path, sizeof path, "%s/canary", w->outside);
	put_folder(w->base, "tree");
	put_folder(w->base, "tree/sub");
	snprintf(link, sizeof link, "%s/tree/sub", w->base);
	CHECK(mount("tmpfs", link, "tmpfs", MS_NOSUID, NULL) == 0);
	put_file(w->base, "tree/sub/inner", "inner");
	before = mounts_with("");
	put_link("somewhere/else", w->base, "a-link");

	add_bind(w, w->outside, "/ro")->set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
	add_bind(w, path, "/deep/down/file");
	snprintf(link, sizeof link, "%s/tree", w->base);
	step = add_bind(w, link, "/tree");
	step->recursive = true;
	step->set_all = MOUNT_ATTR_RDONLY;
	add_bind(w, link, "/flat");
	snprintf(link, sizeof link, "%s/tree/sub", w->base);
	add_bind(w, link, "/rw")->clear = MOUNT_ATTR_NOSUID;
	snprintf(link, sizeof link, "%s/a-link", w->base);
	add_bind(w, link, "/copied")->copy_symlink = true;
	put_link("somewhere/else", w->rootfs, "as-link");
	add_bind(w, link, "/as-link")->copy_symlink = true;
	add(w, STEP_SEAL, NULL)->of = -1;
	SUCCEEDS(w, check_binds, NULL);
	CHECK(mounts_with("") == before);
}

TEST(a_missing_source_is_named)
{
	add_bind(w, "/no/such/source", "/here")->pointer = "/mounts/7";
	REFUSED(w, "/no/such/source");
	CHECK(strstr(w->error.message, "no such file or directory") && strcmp(w->error.pointer, "/mounts/7") == 0);
}

TEST(a_folder_on_a_file_is_refused)
{
	put_file(w->rootfs, "file", "");
	add_bind(w, w->outside, "/file");
	REFUSED(w, "not a directory");
	w->plan.rootfs.n_steps = 0;
	put_folder(w->rootfs, "folder");
	add_bind(w, "/etc/hostname", "/folder");
	REFUSED(w, "not a directory");
}

static int check_kept_link(void *unused)
{
	(void) unused;
	CHECK(holds("/target", "kept") && links_to("/link", "nowhere"));
	return 0;
}

TEST(no_follow_of_source_and_target)
{
	char path[160];

	snprintf(path, sizeof path, "%s/link", w->base);
	put_link("nowhere", w->base, "link");
	put_file(w->rootfs, "target", "kept");
	put_link("target", w->rootfs, "link");
	struct step *step = add_bind(w, path, "/link");

	step->no_follow_source = step->no_follow_target = true;
	SUCCEEDS(w, check_kept_link, NULL);
}

static int check_idmap(void *unused)
{
	struct stat st;

	(void) unused;
	CHECK(stat("/mapped/file", &st) == 0 && st.st_uid == 1000 && st.st_gid == 1000);
	CHECK(stat("/mapped2/file", &st) == 0 && st.st_uid == 1000);
	CHECK(stat("/plain/file", &st) == 0 && st.st_uid == 0);
	return 0;
}

TEST(binds_with_mapped_ids)
{
	static const struct oci_id_mapping map = { .container_id = 0, .host_id = 1000, .size = 10 };
	char path[160];

	put_folder(w->base, "data");
	put_file(w->base, "data/file", "");
	snprintf(path, sizeof path, "%s/data", w->base);
	add_bind(w, path, "/plain");
	for (int i = 0; i < 2; i++) {
		struct step *step = add_bind(w, path, i ? "/mapped2" : "/mapped");

		step->idmap = true;
		step->uids = step->gids = &map;
		step->n_uids = step->n_gids = 1;
	}
	if (old_mounts()) {
		REFUSED(w, "Linux 5.12");
		return;
	}
	/* tmpfs knows it since 6.3. */
	if (enter(w, check_idmap, NULL) < 0 && w->error.number == EINVAL)
		return;
	SUCCEEDS(w, check_idmap, NULL);
}

/* ---- tmpfs -------------------------------------------------------------------- */

static int check_tmpfs(void *unused)
{
	struct stat st;

	(void) unused;
	CHECK(stat("/var/tmp", &st) == 0 && (st.st_mode & 07777) == 01751);
	CHECK(stat("/new", &st) == 0 && (st.st_mode & 07777) == 01777);
	CHECK(mount_flags("/sealed") & ST_RDONLY && holds("/sealed/file", "canary"));
	return 0;
}

TEST(tmpfs_modes_and_seals)
{
	char path[160];

	put_folder(w->rootfs, "var");
	put_folder(w->rootfs, "var/tmp");
	snprintf(path, sizeof path, "%s/var/tmp", w->rootfs);
	CHECK(chmod(path, 01751) == 0);
	add_mount(w, "tmpfs", "/var/tmp", NULL)->mode_from_target = true;
	add_mount(w, "tmpfs", "/new", NULL)->mode_from_target = true;
	add_mount(w, "tmpfs", "/sealed", "size=64k");
	snprintf(path, sizeof path, "%s/canary", w->outside);
	add_bind(w, path, "/sealed/file");
	add(w, STEP_SEAL, NULL)->of = 2;
	SUCCEEDS(w, check_tmpfs, NULL);
}

static int check_copy(void *unused)
{
	struct stat st;

	(void) unused;
	CHECK(fs_type("/data") == TMPFS_MAGIC && mount_flags("/data") & ST_RDONLY);
	CHECK(stat("/data", &st) == 0 && st.st_uid == 7 && st.st_gid == 8 && (st.st_mode & 07777) == 0710);
	CHECK(stat("/data/a/b/file", &st) == 0 && st.st_uid == 3 && (st.st_mode & 07777) == 04751 && st.st_mtime == 1234567);
	CHECK(holds("/data/a/b/file", "deep"));
	CHECK(links_to("/data/link", "/etc/shadow"));
	CHECK(lstat("/data/fifo", &st) == 0 && S_ISFIFO(st.st_mode) && (st.st_mode & 07777) == 0640);
	CHECK(stat("/data/zero", &st) == 0 && st.st_rdev == makedev(1, 5));
	CHECK(is_type("/data/outside", S_IFLNK) && access("/data/outside/canary", F_OK) < 0);
	return 0;
}

TEST(tmpfs_copies_up)
{
	char path[160];
	const struct timespec times[2] = { { .tv_sec = 1234567 }, { .tv_sec = 1234567 } };

	put_folder(w->rootfs, "data");
	put_folder(w->rootfs, "data/a");
	put_folder(w->rootfs, "data/a/b");
	put_file(w->rootfs, "data/a/b/file", "deep");
	snprintf(path, sizeof path, "%s/data/a/b/file", w->rootfs);
	CHECK(chown(path, 3, 3) == 0 && chmod(path, 04751) == 0 && utimensat(AT_FDCWD, path, times, 0) == 0);
	put_link("/etc/shadow", w->rootfs, "data/link");
	put_link(w->outside, w->rootfs, "data/outside");
	snprintf(path, sizeof path, "%s/data/fifo", w->rootfs);
	CHECK(mkfifo(path, 0640) == 0);
	snprintf(path, sizeof path, "%s/data/zero", w->rootfs);
	CHECK(mknod(path, S_IFCHR | 0600, makedev(1, 5)) == 0);
	snprintf(path, sizeof path, "%s/data", w->rootfs);
	CHECK(chown(path, 7, 8) == 0 && chmod(path, 0710) == 0);
	struct step *step = add_mount(w, "tmpfs", "/data", NULL);

	step->copy_up = step->mode_from_target = step->owner_from_target = true;
	step->set = MOUNT_ATTR_RDONLY;
	SUCCEEDS(w, check_copy, NULL);
}

/* ---- devices, links, remounts -------------------------------------------------- */

static int check_nodes(void *unused)
{
	struct stat st;

	(void) unused;
	CHECK(stat("/dir/node", &st) == 0 && S_ISCHR(st.st_mode) && st.st_uid == 5 && st.st_gid == 6 && (st.st_mode & 07777) == 04640);
	CHECK(stat("/dir/fifo", &st) == 0 && S_ISFIFO(st.st_mode) && (st.st_mode & 07777) == 0622);
	CHECK(stat("/old", &st) == 0 && st.st_rdev == makedev(1, 7) && (st.st_mode & 07777) == 0600);
	CHECK(stat("/bound", &st) == 0 && st.st_rdev == makedev(1, 3));
	CHECK(links_to("/dev/ptmx", "pts/ptmx") && links_to("/dev/fd", "/mine"));
	return 0;
}

TEST(nodes_and_links)
{
	char path[160];
	struct step *step = add_device(w, "/dir/node", 10, 200);

	step->mode = S_IFCHR | 04640;
	step->uid = 5;
	step->gid = 6;
	step = add_device(w, "/dir/fifo", 0, 0);
	step->mode = S_IFIFO | 0622;
	snprintf(path, sizeof path, "%s/old", w->rootfs);
	CHECK(mknod(path, S_IFCHR | 0600, makedev(1, 7)) == 0);
	add_device(w, "/old", 1, 7);
	step = add_device(w, "/bound", 1, 3);
	step->source = "/dev/null";
	step->outside = true;
	put_folder(w->rootfs, "dev");
	put_link("/mine", w->rootfs, "dev/fd");
	put_file(w->rootfs, "dev/ptmx", "old");
	add_symlink(w, "/proc/self/fd", "/dev/fd");
	add_symlink(w, "pts/ptmx", "/dev/ptmx");
	SUCCEEDS(w, check_nodes, NULL);
}

TEST(a_device_of_another_kind_is_refused)
{
	put_file(w->rootfs, "node", "");
	add_device(w, "/node", 1, 3);
	REFUSED(w, "what is there is not character device 1:3");
	put_link("nowhere", w->rootfs, "node2");
	w->steps[0].target = "/node2";
	REFUSED(w, "what is there is not character device 1:3");
	w->steps[0].source = "/dev/zero";
	w->steps[0].outside = true;
	w->steps[0].major = 4095;	/* which the host has under no name */
	REFUSED(w, "device 1:5, not 4095:3");
}

static int check_remount(void *unused)
{
	(void) unused;
	CHECK(mount_flags("/mnt") & ST_RDONLY && mount_flags("/mnt") & ST_NOEXEC && mount_flags("/mnt") & ST_NOSUID);
	struct statfs fs;

	CHECK(statfs("/mnt", &fs) == 0 && (uint64_t) fs.f_blocks * (uint64_t) fs.f_bsize == 128 * 1024);
	return 0;
}

TEST(remount_keeps_what_it_is_not_told)
{
	add_mount(w, "tmpfs", "/mnt", "size=64k")->set = MOUNT_ATTR_NOEXEC;
	add(w, STEP_REMOUNT, "/mnt")->set = MOUNT_ATTR_RDONLY;
	struct step *step = add(w, STEP_REMOUNT, "/mnt");

	step->set = MOUNT_ATTR_NOSUID;
	step->data = "size=128k";
	SUCCEEDS(w, check_remount, NULL);
	w->steps[1].target = "/etc";
	put_folder(w->rootfs, "etc");
	REFUSED(w, "not a mount point");
}

TEST(a_label_and_two_masks_of_one_path)
{
	put_folder(w->rootfs, "a");
	put_file(w->rootfs, "b", "secret");
	for (int i = 0; i < 3; i++) {
		add(w, STEP_MASK, "/a");
		add(w, STEP_MASK, "/b");
		add(w, STEP_MASK, "/b/c");
		add(w, STEP_READONLY, "/none");
	}
	SUCCEEDS(w, NULL, NULL);
	w->steps[2].optional = false;
	REFUSED(w, "/b/c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(binds),
		cmocka_unit_test(a_missing_source_is_named),
		cmocka_unit_test(a_folder_on_a_file_is_refused),
		cmocka_unit_test(no_follow_of_source_and_target),
		cmocka_unit_test(binds_with_mapped_ids),
		cmocka_unit_test(tmpfs_modes_and_seals),
		cmocka_unit_test(tmpfs_copies_up),
		cmocka_unit_test(nodes_and_links),
		cmocka_unit_test(a_device_of_another_kind_is_refused),
		cmocka_unit_test(remount_keeps_what_it_is_not_told),
		cmocka_unit_test(a_label_and_two_masks_of_one_path),
	};

	return with_and_without(tests, "test-rootfs-mounts");
}
