/* What checkpoint and restore find out without CRIU: options, connections, the files beside the images, names. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/external.h"
#include "checkpoint/images.h"
#include "checkpoint/preflight.h"
#include "checkpoint/settings.h"
#include "libocispec/arena.h"
#include "sys/fd.h"

static struct error err;
static char folder[] = "/tmp/test-checkpoint.XXXXXX";

static void page_servers(void **state)
{
	static const char *const bad[] = { "", ":", "1.2.3.4", "1.2.3.4:", ":80", "::1:80", "[::1:80", "a:0", "a:65536", "a:-1", "a:80x" };
	struct criu_page_server s;

	(void) state;
	assert_int_equal(settings_page_server("1.2.3.4:80", &s, &err), 0);
	assert_string_equal(s.address, "1.2.3.4");
	assert_int_equal(s.port, 80);
	free((char *) s.address);
	assert_int_equal(settings_page_server("[::1]:65535", &s, &err), 0);
	assert_string_equal(s.address, "::1");
	assert_int_equal(s.port, 65535);
	free((char *) s.address);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (settings_page_server(bad[i], &s, &err) == 0)
			FAIL("taken: %s", bad[i]);
}

static void options(void **state)
{
	struct images images = { .folder = 5, .work = -1 };
	struct oci_config config = { 0 };
	struct criu_options o;
	char *other[] = { "network", "mount", NULL };

	(void) state;
	assert_int_equal(settings_fill(&(struct criu_settings) { 0 }, &images, &config, &o, &err), 0);
	assert_int_equal(o.images, 5);
	assert_int_equal(o.work, 0);
	assert_int_equal(o.cgroups, CRIU_CGROUPS_SOFT);
	assert_int_equal(o.network_lock, 0);
	assert_non_null(o.config_file);
	assert_int_equal(settings_fill(&(struct criu_settings) { .manage_cgroups = "ignore", .network_lock = "skip" }, &images, &config, &o,
				       &err), 0);
	assert_int_equal(o.cgroups, CRIU_CGROUPS_IGNORE);
	assert_int_equal(o.network_lock, CRIU_LOCK_SKIP);
	config.annotations = (struct json_map) { .keys = (char *[]) { "org.criu.config" }, .values = (void *[]) { "" }, .n = 1 };
	assert_int_equal(settings_fill(&(struct criu_settings) { 0 }, &images, &config, &o, &err), 0);
	assert_null(o.config_file);
	assert_int_equal(settings_fill(&(struct criu_settings) { .manage_cgroups = "x" }, &images, &config, &o, &err), -1);
	assert_int_equal(settings_fill(&(struct criu_settings) { .empty_ns = other }, &images, &config, &o, &err), -1);
	assert_non_null(strstr(err.message, "\"mount\" is not supported"));
}

static void config_files(void **state)
{
	/* In the reverse order of precedence. */
	static const char *const files[] = { "/etc/criu/crun.conf", "/etc/criu/runc.conf", "/etc/criu/ctr-run.conf" };
	struct oci_config config = { 0 };
	struct images images = { .folder = 5, .work = -1 };
	struct criu_options o;

	(void) state;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("etc", "/etc", "tmpfs", 0, NULL) < 0)
		skip();
	assert_int_equal(mkdir("/etc/criu", 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		close(open(files[i], O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
		assert_int_equal(settings_fill(&(struct criu_settings) { 0 }, &images, &config, &o, &err), 0);
		assert_string_equal(o.config_file, files[i]);
	}
	umount("/etc");
}

static size_t connections(const char *text)
{
	unsigned long long *inodes = NULL;
	size_t n = 0;

	preflight_connections(text, &inodes, &n);
	free(inodes);
	return n;
}

static void open_connections(void **state)
{
	const char *table =
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
		"   0: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0000000000000000 100 0 0 10 0\n"
		"   1: 0100007F:0050 0100007F:8C3E 01 00000000:00000000 00:00000000 00000000     0        0 1002 1 0000000000000000 20 4 30 10 -1\n"
		"   2: 0100007F:8C3E 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 1003 1 0000000000000000 20 4 30 10 -1\n"
		"   3: 0100007F:8C3E 0100007F:0050 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000\n"
		"   4: 0100007F:8C3E 0100007F:0050 08 00000000:00000000 03:00000000 00000000     0        0 1004 3 0000000000000000\n"
		"   5: 0100007F:8C3E 0100007F:0050 01 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000\n";
	unsigned long long *inodes = NULL;
	size_t n = 0;

	(void) state;
	preflight_connections(table, &inodes, &n);
	assert_int_equal(n, 3);
	assert_int_equal(inodes[0], 1002);
	assert_int_equal(inodes[1], 1003);
	assert_int_equal(inodes[2], 1004);
	free(inodes);
	assert_int_equal(connections(""), 0);
	assert_int_equal(connections("titles"), 0);
	assert_int_equal(connections("titles\n\n \n0: a b 01\n0: a b 01 c d e f g h\n0: a b zz c d e f g 12\n"), 0);
}

static void refused_configs(void **state)
{
	struct oci_linux linux = { 0 };
	struct oci_config config = { .linux = &linux };
	struct step steps[] = { { .action = STEP_BIND, .target = "/data", .pointer = "/mounts/0" },
				{ .action = STEP_BIND, .target = "/", .pointer = "/mounts/1" } };
	struct plan plan = { .config = &config, .ns.create = CLONE_NEWNS, .rootfs = { .steps = steps, .n_early = 1 } };
	auto_text complaints = { 0 };

	(void) state;
	preflight_config(&plan, &complaints);
	assert_int_equal(complaints.n, 0);
	plan.rootfs.n_early = 2;
	preflight_config(&plan, &complaints);
	assert_string_equal(complaints.s, "/mounts/1: CRIU takes the rootfs for the container's root\n");
}

static void set_up_images(struct images *images, bool inventory)
{
	struct criu_settings settings = { .image_path = folder };

	assert_int_equal(images_open(&settings, true, DUMP_LOG, images, &err), 0);
	unlinkat(images->folder, "inventory.img", 0);
	unlinkat(images->folder, "ctr-run.json", 0);
	unlinkat(images->folder, "descriptors.json", 0);
	if (inventory)
		close(openat(images->folder, "inventory.img", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static void put(const struct images *images, const char *name, const char *text)
{
	assert_int_equal(file_replace(images->folder, name, text, strlen(text), 0600, &err), 0);
}

static void image_files(void **state)
{
	struct arena arena = { 0 };
	struct images images;
	struct record_image image, back;
	struct utsname here;
	char *inherit[] = { "", "pipe:[7]", "file[3c:3]" }, *descriptors[] = { "/dev/null", "pipe:[7]", "/a \"b\"" }, *below[] = { "/x/y" };

	(void) state;
	uname(&here);
	set_up_images(&images, true);
	image = (struct record_image) {
		.version = IMAGE_VERSION, .criu = 40101, .kernel = here.release, .machine = here.machine, .created = "now",
		.inherit = inherit, .n_inherit = 3, .below = below, .n_below = 1,
	};
	assert_int_equal(images_write(&images, &image, descriptors, 3, &err), 0);
	assert_int_equal(images_read(&images, &arena, &back, &err), 0);
	assert_int_equal(back.criu, 40101);
	assert_int_equal(back.n_inherit, 3);
	assert_string_equal(back.inherit[2], "file[3c:3]");
	assert_int_equal(back.n_below, 1);
	auto_free char *text = file_get(images.folder, "descriptors.json", &err);
	assert_string_equal(text, "[\"/dev/null\",\"pipe:[7]\",\"/a \\\"b\\\"\"]");
	/* Without ours, as runc reads its own: pipes only. */
	unlinkat(images.folder, "ctr-run.json", 0);
	assert_int_equal(images_read(&images, &arena, &back, &err), 0);
	assert_int_equal(back.n_inherit, 3);
	assert_string_equal(back.inherit[0], "");
	assert_string_equal(back.inherit[1], "pipe:[7]");
	assert_string_equal(back.inherit[2], "");
	/* crun's, of a container with a terminal. */
	put(&images, "descriptors.json", "[]");
	assert_int_equal(images_read(&images, &arena, &back, &err), 0);
	assert_int_equal(back.n_inherit, 0);
	unlinkat(images.folder, "descriptors.json", 0);
	assert_int_equal(images_read(&images, &arena, &back, &err), 0);
	images_close(&images);
	arena_free(&arena);
}

static void bad_image_files(void **state)
{
	static const char *const bad[] = { "", "x", "[", "[1]", "{}", "[\"a\"]}, {\"x\":[", "[\"a\"],\"list\":[\"b\"]" };
	struct arena arena = { 0 };
	struct images images;
	struct record_image image;

	(void) state;
	set_up_images(&images, false);
	assert_int_equal(images_read(&images, &arena, &image, &err), -1);
	assert_non_null(strstr(err.message, "there is no checkpoint"));
	images_close(&images);
	set_up_images(&images, true);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		put(&images, "descriptors.json", bad[i]);
		if (images_read(&images, &arena, &image, &err) == 0)
			FAIL("taken: %s", bad[i]);
	}
	put(&images, "ctr-run.json", "{\"version\":2,\"criu\":1,\"kernel\":\"x\",\"machine\":\"x\",\"created\":\"x\"}");
	assert_int_equal(images_read(&images, &arena, &image, &err), -1);
	assert_non_null(strstr(err.message, "version 2"));
	put(&images, "ctr-run.json", "{\"version\":1,\"criu\":1,\"kernel\":\"x\",\"machine\":\"pdp11\",\"created\":\"x\"}");
	assert_int_equal(images_read(&images, &arena, &image, &err), -1);
	assert_non_null(strstr(err.message, "pdp11"));
	images_close(&images);
	arena_free(&arena);
}

/* Root of the user namespace may pass through, nobody else. */
static void admitted(void **state)
{
	const struct oci_id_mapping map = { .container_id = 0, .host_id = 100000, .size = 10 };
	const struct namespace_plan ns = { .gids = &map, .n_gids = 1 }, none = { 0 };
	struct images images;
	struct stat st;

	(void) state;
	if (geteuid() != 0)
		skip();
	set_up_images(&images, false);
	assert_int_equal(fchmod(images.folder, 0700), 0);
	assert_int_equal(images_admit(&images, &none, &err), 0);
	assert_int_equal(fstat(images.folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(images_admit(&images, &ns, &err), 0);
	assert_int_equal(fstat(images.folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0710);
	assert_int_equal(st.st_gid, 100000);
	images_close(&images);
}

static void name_cleaning(void **state)
{
	struct arena arena = { 0 };

	(void) state;
	assert_string_equal(external_name(&arena, "/a//b/./c/"), "/a/b/c");
	assert_string_equal(external_name(&arena, "/../a"), "/a");
	assert_string_equal(external_namespace_name(0x40000000), "extRootNetNS");
	assert_string_equal(external_namespace_name(0x20000000), "extRootPidNS");
	assert_null(external_namespace_name(0x08000000));
	arena_free(&arena);
}

static int make_folder(void **state)
{
	(void) state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	struct images images;

	(void) state;
	set_up_images(&images, false);
	images_close(&images);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_servers), cmocka_unit_test(options), cmocka_unit_test(config_files),
		cmocka_unit_test(open_connections), cmocka_unit_test(refused_configs), cmocka_unit_test(image_files),
		cmocka_unit_test(bad_image_files), cmocka_unit_test(admitted), cmocka_unit_test(name_cleaning),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
