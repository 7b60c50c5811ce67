# What a container was labelled with by a security module comes back with it, or is what the options of restore say.
# runs alone: while CRIU saves or makes cgroups, cgroup2 lacks its options (nsdelegate), which other tests look at.
load helpers
load lib/criu
load lib/mounts
TEST_TIMEOUT=120

PROCESS=system_u:system_r:container_t:s0:c11,c22
CONTENT=system_u:object_r:container_file_t:s0:c11,c22
OTHER_PROCESS=system_u:system_r:container_t:s0:c33,c44
OTHER_CONTENT=system_u:object_r:container_file_t:s0:c33,c44

need_selinux()
{
	[ "$(stat -fc %T /sys/fs/selinux 2>/dev/null)" = selinux ] || skip "SELinux is not enabled in this kernel"
	need_command chcon
}

# with_labels PROCESS CONTENT: in the config and on the root file system
with_labels()
{
	chcon -R "$2" rootfs
	spec '.process.selinuxLabel = $p | .linux.mountLabel = $c' --arg p "$1" --arg c "$2"
}

has_process_label()
{
	same "$1" "$(tr -d '\0' <"/proc/$(pid_of web)/attr/current")"
}

# has_labels CONTENT: on what is mounted, but for /dev/mqueue, whose label is an attribute that CRIU does not save
has_labels()
{
	local root=/proc/$(pid_of web)/root path

	for path in /dev /dev/shm /dev/pts /tmp /tmp/file; do
		same "$path $1" "$path $(stat -c %C "$root$path")" || return 1
	done
}

@test "the AppArmor profile comes back, or the one of --lsm-profile" {
	need_criu
	grep -qsx Y /sys/module/apparmor/parameters/enabled || skip "AppArmor is not enabled in this kernel"
	need_command apparmor_parser
	for name in one two; do
		echo "profile ctr-run-test-$name flags=(attach_disconnected,mediate_deleted) {
			file, network, capability, signal, ptrace, mount, umount, pivot_root, unix, mqueue, userns, }" >"$T/profile-$name"
		apparmor_parser -r "$T/profile-$name"
	done
	spec '.process.apparmorProfile = "ctr-run-test-one"'
	start_counting web
	save web
	back web
	grep -q 'ctr-run-test-one (enforce)' "/proc/$(pid_of web)/attr/current"
	never_stopped_counting
	IMAGES=$T/images2
	save web
	spec '.process.apparmorProfile = "ctr-run-test-two"'
	back --lsm-profile apparmor:ctr-run-test-two web
	grep -q 'ctr-run-test-two (enforce)' "/proc/$(pid_of web)/attr/current"
	never_stopped_counting
}

# Debian builds CRIU without libselinux: it knows no labels of processes.
criu_has_selinux()
{
	ldd "$CRIU" | grep -q libselinux
}

need_criu_with_selinux()
{
	criu_has_selinux || skip "this CRIU was built without SELinux"
}

save_with_labels()
{
	need_criu
	need_selinux
	need_criu_with_selinux
	add_mount /tmp tmpfs tmpfs nosuid
	with_labels "$PROCESS" "$CONTENT"
	start_counting web
	rt exec web touch /tmp/file
	save web
}

@test "SELinux: the labels of the process and of what is mounted come back" {
	save_with_labels
	back web
	never_stopped_counting
	has_process_label "$PROCESS"
	has_labels "$CONTENT"
}

@test "SELinux: --lsm-profile and --lsm-mount-context give it others" {
	save_with_labels
	with_labels "$OTHER_PROCESS" "$OTHER_CONTENT"
	back --lsm-profile "selinux:$OTHER_PROCESS" --lsm-mount-context "$OTHER_CONTENT" web
	never_stopped_counting
	has_process_label "$OTHER_PROCESS"
	has_labels "$OTHER_CONTENT"
}

@test "SELinux: a process whose label CRIU has not restored does not run" {
	need_criu
	need_selinux
	! criu_has_selinux || skip "this CRIU restores labels"
	with_labels "$PROCESS" "$CONTENT"
	start_counting web
	save web
	rt_fail restore -d --image-path "$IMAGES" web
	says "/process/selinuxLabel" "criu has not restored it" "built without SELinux"
	[ ! -e "$STATE/web" ]
	[ ! -d "$(cgroup_dir)" ]
	rt_fail restore -d --lsm-profile "selinux:$PROCESS" --image-path "$IMAGES" web
	says "selinux LSM specified but selinux not supported"
}

@test "SELinux: what is mounted has its context again, or that of --lsm-mount-context" {
	need_criu
	need_selinux
	add_mount /tmp tmpfs tmpfs nosuid
	spec '.linux.mountLabel = $c' --arg c "$CONTENT"
	start_counting web
	rt exec web touch /tmp/file
	has_labels "$CONTENT"
	save web
	back web
	never_stopped_counting
	has_labels "$CONTENT"
	IMAGES=$T/images2
	save web
	spec '.linux.mountLabel = $c' --arg c "$OTHER_CONTENT"
	back --lsm-mount-context "$OTHER_CONTENT" web
	never_stopped_counting
	has_labels "$OTHER_CONTENT"
}

@test "--lsm-mount-context changes no mount that has no context" {
	need_criu
	start_counting web
	save web
	back --lsm-mount-context "system_u:object_r:container_file_t:s0:c1,c2" web
	never_stopped_counting
}
