/*
 * template.c - the bundle that `spec` writes
 *
 * What runc and crun write, so that a guide written for them works.  Two
 * differences: no ambient capabilities, which are impossible without
 * inheritable ones and would only cause a warning; and one more masked path,
 * the power meters of CVE-2020-8694, which Docker masks too.
 */
#include <linux/magic.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "config/config.h"
#include "config/literal.h"
#include "libocispec/version.h"

#define CAPS "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"
#define MOUNT(where, what, from, ...) { \
	.destination = TEXT(where), .type = TEXT(what), .source = TEXT(from), \
	.options = LIST(__VA_ARGS__), .n_options = N(__VA_ARGS__), \
}
#define MASKED "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", \
	"/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/sys/devices/virtual/powercap", "/proc/scsi"
#define READONLY "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"

/* With cgroup v2 the container gets a cgroup namespace, as in runc and crun: its tree then begins at "/". */
static bool is_cgroup2(void)
{
	struct statfs fs;

	return statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static size_t fill_namespaces(struct oci_namespace *list, bool rootless)
{
	size_t n = 0;

	list[n++].type = OCI_NAMESPACE_TYPE_PID;
	/* A user without privileges could not give a network namespace any device, so the host's is used. */
	if (!rootless)
		list[n++].type = OCI_NAMESPACE_TYPE_NETWORK;
	list[n++].type = OCI_NAMESPACE_TYPE_IPC;
	list[n++].type = OCI_NAMESPACE_TYPE_UTS;
	list[n++].type = OCI_NAMESPACE_TYPE_MOUNT;
	if (rootless)
		list[n++].type = OCI_NAMESPACE_TYPE_USER;
	if (is_cgroup2())
		list[n++].type = OCI_NAMESPACE_TYPE_CGROUP;
	return n;
}

char *config_template(bool rootless, unsigned uid, unsigned gid)
{
	struct oci_capabilities capabilities = {
		.bounding = LIST(CAPS), .n_bounding = N(CAPS),
		.effective = LIST(CAPS), .n_effective = N(CAPS),
		.permitted = LIST(CAPS), .n_permitted = N(CAPS),
	};
	struct oci_rlimit rlimit = { .type = TEXT("RLIMIT_NOFILE"), .hard = 1024, .soft = 1024 };
	struct oci_user user = { .has_uid = true, .has_gid = true };
	struct oci_process process = {
		.terminal = true,
		.user = &user,
		.args = LIST("sh"), .n_args = 1,
		.env = LIST("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"),
		.n_env = 2, .cwd = TEXT("/"), .capabilities = &capabilities, .rlimits = &rlimit, .n_rlimits = 1,
		.no_new_privileges = true,
	};
	struct oci_root root = { .path = TEXT("rootfs"), .readonly = true };
	/* In a namespace with one mapped id, group 5 (tty) does not exist and a new sysfs is not allowed. */
	struct oci_mount mounts[] = {
		{ .destination = TEXT("/proc"), .type = TEXT("proc"), .source = TEXT("proc") },
		MOUNT("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
		MOUNT("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620",
		      "gid=5"),
		MOUNT("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),
		MOUNT("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
		MOUNT("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
		MOUNT("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"),
	};
	const struct oci_mount host_sys = MOUNT("/sys", "none", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro");
	struct oci_device_rule deny_all = { .allow = false, .access = TEXT("rwm") };
	struct oci_resources resources = { .devices = &deny_all, .n_devices = 1 };
	struct oci_id_mapping uids = { .host_id = uid, .size = 1 }, gids = { .host_id = gid, .size = 1 };
	struct oci_namespace namespaces[8] = { 0 };
	struct oci_linux linux = {
		.resources = rootless ? NULL : &resources,
		.namespaces = namespaces, .n_namespaces = fill_namespaces(namespaces, rootless),
		.masked_paths = LIST(MASKED), .n_masked_paths = N(MASKED),
		.readonly_paths = LIST(READONLY), .n_readonly_paths = N(READONLY),
	};
	struct oci_config config = {
		.oci_version = TEXT(OCI_VERSION),
		.process = &process, .root = &root, .hostname = TEXT("ctr-run"),
		.mounts = mounts, .n_mounts = ARRAY_SIZE(mounts), .linux = &linux,
	};

	if (rootless) {
		mounts[2].n_options--;
		mounts[5] = host_sys;
		linux.uid_mappings = &uids;
		linux.gid_mappings = &gids;
		linux.n_uid_mappings = linux.n_gid_mappings = 1;
	}
	return json_write(&oci_config_type, &config, true, NULL);
}
