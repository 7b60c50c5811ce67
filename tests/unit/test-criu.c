/* What is sent to CRIU, byte for byte as protoc writes it from CRIU 4.1's own rpc.proto; its answers; its log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "criu/dump-log.h"
#include "criu/rpc.h"
#include "criu/swrk.h"

#define NEWNET 0x40000000

static char *hex(const void *bytes, size_t n)
{
	struct text t = { 0 };

	for (size_t i = 0; i < n; i++)
		text_addf(&t, "%02x", ((const unsigned char *) bytes)[i]);
	return text_take(&t);
}

static size_t unhex(const char *s, unsigned char *out)
{
	size_t n = 0;

	for (; *s; s += 2, n++) {
		unsigned byte = 0;
		assert_int_equal(sscanf(s, "%2x", &byte), 1);
		out[n] = (unsigned char) byte;
	}
	return n;
}

static void is_written(const struct criu_request *request, const char *expected)
{
	auto_text t = { 0 };

	wire_write(&criu_request_type, request, &t);
	auto_free char *got = hex(t.s, t.n);
	assert_string_equal(got, expected);
}

static bool reads(const char *bytes, struct criu_reply *reply)
{
	unsigned char raw[512];
	size_t n = unhex(bytes, raw);

	*reply = (struct criu_reply) { 0 };
	return wire_read(&criu_reply_type, reply, raw, n);
}

static void short_requests(void **state)
{
	const struct criu_features both = { true, true };

	(void) state;
	is_written(&(struct criu_request) { .type = CRIU_VERSION, .keep_open = true }, "080a2001");
	is_written(&(struct criu_request) { .type = CRIU_FEATURE_CHECK, .keep_open = true, .features = &both }, "080920012a0408011001");
	is_written(&(struct criu_request) { .type = CRIU_NOTIFY, .notify_success = true }, "08061801");
	is_written(&(struct criu_request) { .type = CRIU_NOTIFY }, "0806");
}

static void dump_request(void **state)
{
	struct criu_pair mounts[] = { { "/data", "/data" }, { "/proc/keys", "/proc/keys" } };
	const char *external[] = { "net[4026532180]:extRootNetNS", "file[3c:3]" }, *hierarchies[] = { "", "name=systemd" };
	const struct criu_page_server server = { "::1", 65535 };
	const struct criu_options o = {
		.images = 7, .pid = 4242, .leave_running = true, .ext_unix_sk = true, .tcp_established = true, .shell_job = true,
		.file_locks = true, .log_level = 4, .log_file = "dump.log", .page_server = &server, .notify_scripts = true,
		.root = "/root/fs", .parent_images = "../1", .track_mem = true, .auto_dedup = true, .work = 300, .link_remap = true,
		.mounts = { mounts, 2 }, .manage_cgroups = true, .cgroups = CRIU_CGROUPS_SOFT, .external = { external, 2 },
		.empty_ns = NEWNET, .cgroup_hierarchies = { hierarchies, 2 }, .freeze_cgroup = "/sys/fs/cgroup/x",
		.tcp_skip_in_flight = true, .lazy_pages = true, .orphan_pts_master = true, .config_file = "/etc/criu/runc.conf",
		.network_lock = CRIU_LOCK_SKIP,
	};

	(void) state;
	is_written(&(struct criu_request) { .type = CRIU_DUMP, .options = &o },
		   "080112f0010807109221180120012801380140014804520864756d702e6c6f675a090a033a3a3110ffff0360016a082f726f"
		   "6f742f667372042e2e2f3178018001018801ac02900101ba010e0a052f6461746112052f64617461ba01180a0a2f70726f63"
		   "2f6b657973120a2f70726f632f6b657973c00101900203aa021c6e65745b343032363533323138305d3a657874526f6f744e"
		   "65744e53aa020a66696c655b33633a335db0028080808004da0200da020c6e616d653d73797374656d64e202102f7379732f"
		   "66732f6367726f75702f78f002018003019003019a03132f6574632f637269752f72756e632e636f6e66800403");
}

static void restore_request(void **state)
{
	struct criu_pair mounts[] = { { "/data", "/run/x/3" } }, roots[] = { { "", "/web" }, { "cpu", "/web" } };
	struct criu_pair join[] = { { "uts", "/proc/9/fd/8" } };
	/* Descriptor 0 and the mode "ignore" are zero, and are sent. */
	struct criu_inherit inherit[] = { { "pipe:[12]", 0 }, { "extRootNetNS", 4 } };
	const struct criu_options o = {
		.images = 7, .evasive_devices = true, .log_level = 4, .log_file = "restore.log", .notify_scripts = true, .root = "/r",
		.mounts = { mounts, 1 }, .manage_cgroups = true, .cgroups = CRIU_CGROUPS_IGNORE, .cgroup_roots = { roots, 2 },
		.restore_sibling = true, .inherit = { inherit, 2 }, .empty_ns = NEWNET, .join = { join, 1 }, .orphan_pts_master = true,
		.tcp_close = true, .lsm_profile = "apparmor:x", .lsm_mount_context = "y",
	};

	(void) state;
	is_written(&(struct criu_request) { .type = CRIU_RESTORE, .options = &o },
		   "080212a601080730014804520b726573746f72652e6c6f6760016a022f72ba01110a052f6461746112082f72756e2f782f33"
		   "c00101ca01080a0012042f776562ca010b0a0363707512042f776562d00101da010d0a09706970653a5b31325d1000da0110"
		   "0a0c657874526f6f744e65744e531004900200b0028080808004ba02130a03757473120c2f70726f632f392f66642f389003"
		   "01a00301aa030a61707061726d6f723a78fa030179");
}

static void replies(void **state)
{
	struct criu_reply r;

	(void) state;
	/* With fields that we do not know. */
	assert_true(reads("080a1001520f080410011a0476342e312001320178", &r));
	assert_int_equal(r.type, CRIU_VERSION);
	assert_true(r.success);
	assert_int_equal(r.version.major, 4);
	assert_int_equal(r.version.minor, 1);
	assert_int_equal(r.version.sublevel, 1);
	assert_true(reads("080910014206080010011801", &r));
	assert_false(r.features.memory_tracking);
	assert_true(r.features.lazy_pages);
	assert_true(reads("080610012a120a0c706f73742d726573746f726510f1f401", &r));
	assert_string_equal(r.notify.script, "post-restore");
	assert_int_equal(r.notify.pid, 31345);
	assert_true(reads("08021000220b08ffffffffffffffffff0138114a164572726f722028637269752f782e633a31293a206e6f", &r));
	assert_false(r.success);
	assert_int_equal(r.restore.pid, -1);
	assert_int_equal(r.number, 17);
	assert_string_equal(r.message, "Error (criu/x.c:1): no");
	assert_true(reads("080110011a020800", &r));
	assert_int_equal(r.type, CRIU_DUMP);
	/* Numbers of fixed size, which no field of ours has. */
	assert_true(reads("0801e1060102030405060708e50601020304", &r));
	assert_true(reads("", &r));
}

static void long_texts(void **state)
{
	struct criu_reply r;
	auto_text inner = { 0 }, whole = { 0 };

	(void) state;
	for (int i = 0; i < 100; i++)
		text_add(&inner, "x");
	text_add_bytes(&whole, "\x2a\x66\x0a\x64", 4);
	text_add_bytes(&whole, inner.s, inner.n);
	r = (struct criu_reply) { 0 };
	assert_true(wire_read(&criu_reply_type, &r, whole.s, whole.n));
	assert_int_equal(strlen(r.notify.script), sizeof r.notify.script - 1);
}

static void bad_replies(void **state)
{
	static const char *const bad[] = {
		"08", "0a", "0a05", "08ffffffffffffffffffff01", "0b", "0f", "00", "2a0508", "2a02ffff", "520308", "0a0101", "4801", "2d01020304",
		"0d0000", "8080808080808080808001", "f8ffffffff0f01",
	};
	struct criu_reply r;

	(void) state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (reads(bad[i], &r))
			FAIL("taken: %s", bad[i]);
}

static void names(void **state)
{
	(void) state;
	assert_string_equal(criu_type_name(CRIU_DUMP), "DUMP");
	assert_string_equal(criu_type_name(CRIU_VERSION), "VERSION");
	assert_string_equal(criu_type_name(99), "UNKNOWN");
	assert_string_equal(criu_type_name(-1), "UNKNOWN");
}

static void quotes(const char *log, const char *expected)
{
	char out[256];

	criu_log_errors(log, strlen(log), out, sizeof out);
	assert_string_equal(out, expected);
}

static void logs(void **state)
{
	(void) state;
	quotes("", "");
	quotes("(00.000000) Version: 4.1.1\n(00.1) Warn  (criu/x.c:1): Error of sorts\n", "");
	quotes("(00.031560) Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n"
	       "(00.081543) Error (criu/files-reg.c:1790): Can't lookup mount=162 for fd=0 path=/dev/null\n"
	       "(00.081553) Error (criu/cr-dump.c:1681): Dump files (pid: 26581) failed with -1\n"
	       "(00.125901) Error (criu/cr-dump.c:2111): Dumping FAILED.\n",
	       "Can't lookup mount=162 for fd=0 path=/dev/null; Dump files (pid: 26581) failed with -1");
	/* If there is nothing better. */
	quotes("(00.1) Error (criu/cr-dump.c:2111): Dumping FAILED.", "Dumping FAILED.");
	quotes("Error (a:1): 1\nError (a:1): 2\nError (a:1): 3\nError (a:1): 4\n", "1; 2; 3");
	quotes("pie: 1: Error (criu/pie/restorer.c:1): in a\tpie\x1b[2J\n", "in a?pie?[2J");
	quotes("Error (no end\nError (x): \n", "");
}

static void long_logs(void **state)
{
	auto_text t = { 0 };
	char small[32], out[1024];

	(void) state;
	text_add(&t, "Error (a:1): ");
	for (int i = 0; i < 500; i++)
		text_add(&t, "long ");
	text_add(&t, "\nError (a:1): next\n");
	criu_log_errors(t.s, t.n, out, sizeof out);
	assert_true(strlen(out) < 300);
	assert_non_null(strstr(out, "; next"));
	criu_log_errors(t.s, t.n, small, sizeof small);
	assert_int_equal(strlen(small), sizeof small - 1);
	criu_log_quote(-1, "/nonexistent/dump.log", out, sizeof out);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_requests), cmocka_unit_test(dump_request), cmocka_unit_test(restore_request),
		cmocka_unit_test(replies), cmocka_unit_test(long_texts), cmocka_unit_test(bad_replies), cmocka_unit_test(names),
		cmocka_unit_test(logs), cmocka_unit_test(long_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
