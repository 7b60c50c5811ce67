# runs alone
# AppArmor and SELinux labels: on the program, on what is mounted, on its keys; never less than was asked for.
load helpers
load lib/mounts
load lib/namespaces
load lib/programs

setup()
{
	fresh
	profiles=()
	PROFILE=ctr-run-$ID
}

teardown()
{
	local profile
	for profile in "${profiles[@]}"; do
		apparmor_parser -R "$profile" >/dev/null 2>&1 || true
	done
	[ -z "${enforcing-}" ] || setenforce 0
	end_others
	sweep
}

has_apparmor()
{
	grep -qsx Y /sys/module/apparmor/parameters/enabled
}

has_selinux()
{
	[ "$(stat -fc %T /sys/fs/selinux 2>/dev/null)" = selinux ]
}

need_apparmor()
{
	has_apparmor || skip "AppArmor is not enabled in this kernel"
	need_command apparmor_parser
}

need_selinux()
{
	has_selinux || skip "SELinux is not enabled in this kernel"
	need_command chcon setenforce
}

# profile NAME [FLAGS] <<RULES: loaded until the end of the test
profile()
{
	{
		echo "profile $1 flags=(attach_disconnected,mediate_deleted${2:+,$2}) {"
		echo "file, network, capability, signal, ptrace, mount, umount, pivot_root, unix, mqueue, userns,"
		cat
		echo "}"
	} >"$T/profile-$1"
	apparmor_parser -r "$T/profile-$1"
	profiles+=("$T/profile-$1")
}

# ---- AppArmor ------------------------------------------------------------

@test "AppArmor: the program runs under its profile, which holds" {
	need_apparmor
	profile "$PROFILE" <<<"deny /etc/hostname r,"
	spec '.process.apparmorProfile = $p' --arg p "$PROFILE"
	shell 'cat /proc/self/attr/current; cat /etc/hostname'
	run rt run web
	[ "$status" != 0 ]
	says "$PROFILE (enforce)" "can't open '/etc/hostname': Permission denied"
}

@test "AppArmor: without /proc in the container, and with one of his own making" {
	need_apparmor
	profile "$PROFILE" <<<""
	spec '.process.apparmorProfile = $p | .mounts |= map(select(.destination != "/proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []' \
		--arg p "$PROFILE"
	mkdir -p rootfs/proc/self/attr/apparmor
	touch rootfs/proc/self/attr/exec rootfs/proc/self/attr/apparmor/exec
	spec '.root.readonly = false'
	rt run -d web
	same "$PROFILE (enforce)" "$(cat "/proc/$(pid_of web)/attr/current")"
	[ ! -s rootfs/proc/self/attr/exec ]
	[ ! -s rootfs/proc/self/attr/apparmor/exec ]
	rt delete --force web
}

@test "AppArmor: kernels without a folder of its own in /proc/PID/attr" {
	need_apparmor
	! has_selinux || skip "the older file is SELinux's here"
	profile "$PROFILE" <<<""
	spec '.process.apparmorProfile = $p' --arg p "$PROFILE"
	program cat /proc/self/attr/current
	CTR_RUN_DISABLE=apparmor-attr run -0 rt run web
	says "$PROFILE (enforce)"
	CTR_RUN_DISABLE=procfs run -0 rt run web
	says "$PROFILE (enforce)"
}

@test "AppArmor: in a user namespace, and for an ordinary user" {
	need_apparmor
	profile "$PROFILE" <<<""
	spec '.process.apparmorProfile = $p' --arg p "$PROFILE"
	user_namespace
	program cat /proc/self/attr/current
	run -0 rt run web
	says "$PROFILE (enforce)"

	mkdir "$T/his"
	mv rootfs "$T/his"
	chown -R 1000:1000 "$T/his"
	cd "$T/his"
	as_user 1000 "$RUNTIME" spec --rootless
	spec '.process.terminal = false | .process.args = ["cat", "/proc/self/attr/current"] | .process.apparmorProfile = $p' --arg p "$PROFILE"
	run -0 as_user 1000 "$RUNTIME" run web
	says "$PROFILE (enforce)"
}

@test "AppArmor: exec is under the container's profile, or one of its own" {
	need_apparmor
	profile "$PROFILE" <<<""
	profile "$PROFILE-other" <<<""
	spec '.process.apparmorProfile = $p' --arg p "$PROFILE"
	rt run -d web
	run -0 rt exec web cat /proc/self/attr/current
	same "$PROFILE (enforce)" "$output"
	run -0 rt exec --apparmor "$PROFILE-other" web cat /proc/self/attr/current
	same "$PROFILE-other (enforce)" "$output"
	run -0 rt exec --apparmor unconfined web cat /proc/self/attr/current
	same unconfined "$output"
	rt_fail exec --apparmor "$PROFILE-none" web true
	says "$PROFILE-none" "is it loaded?"
	# The heir inherits it (exec-heir.bats).
	rt delete --force web
	spec '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])'
	rt run -d web
	run -0 rt exec web cat /proc/self/attr/current
	same "$PROFILE (enforce)" "$output"
	run -0 rt exec --apparmor "$PROFILE-other" web cat /proc/self/attr/current
	same "$PROFILE-other (enforce)" "$output"
}

@test "AppArmor: unconfined, and a profile that only complains" {
	need_apparmor
	profile "$PROFILE" complain <<<""
	program cat /proc/self/attr/current
	spec '.process.apparmorProfile = "unconfined"'
	run -0 rt run web
	same unconfined "$output"
	spec '.process.apparmorProfile = $p' --arg p "$PROFILE"
	run -0 rt run web
	same "$PROFILE (complain)" "$output"
}

@test "AppArmor: a profile that is not loaded is an error, and nothing is left" {
	need_apparmor
	spec '.process.apparmorProfile = "ctr-run-no-such"'
	rt_fail create web
	says "/process/apparmorProfile" "set AppArmor profile ctr-run-no-such" "is it loaded?"
	[ -z "$(ls -A "$STATE")" ]
}

@test "AppArmor: a runtime that is itself confined says so when it may not change the profile" {
	need_apparmor
	profile "$PROFILE" <<<""
	profile "$PROFILE-runtime" <<<""
	spec '.process.apparmorProfile = $p | .process.noNewPrivileges = false' --arg p "$PROFILE"
	run aa-exec -p "$PROFILE-runtime" -- "${RT[@]}" run web
	[ "$status" != 0 ]
	says "/process/apparmorProfile" "the profile that we run under does not allow it"
	profile "$PROFILE-runtime" <<<"change_profile -> *,"
	program cat /proc/self/attr/current
	run -0 aa-exec -p "$PROFILE-runtime" -- "${RT[@]}" run web
	says "$PROFILE (enforce)"
}

# As in LXC: its rules mean the container's own /sys, and hit what is mounted nowhere, whose paths begin at its root.
@test "AppArmor: a runtime whose rules by path keep it from the private procfs uses the mounted one" {
	need_apparmor
	profile "$PROFILE-runtime" <<<"deny /sys/net/** w, deny /[0-9]*/attr/** w, change_profile -> *,"
	profile "$PROFILE" <<<""
	spec '.process.apparmorProfile = $p | .linux.sysctl = {"net.ipv4.ip_forward": "1"} | .process.noNewPrivileges = false' --arg p "$PROFILE"
	program cat /proc/sys/net/ipv4/ip_forward /proc/self/attr/current
	run -0 aa-exec -p "$PROFILE-runtime" -- "${RT[@]}" run web
	same $'1\n'"$PROFILE (enforce)" "$output"
}

@test "AppArmor: refused where it is not enabled" {
	! has_apparmor || skip "it is enabled here"
	spec '.process.apparmorProfile = "docker-default"'
	rt_fail create web
	says "/process/apparmorProfile" "apparmor is disabled or not supported"
	spec '.process.apparmorProfile = "unconfined"'
	program true
	rt run web
	spec '.process.apparmorProfile = "" | .process.args = ["sleep", "1000"]'
	rt run -d web
	rt_fail exec --apparmor x web true
	says "apparmor is disabled or not supported"
}

# ---- SELinux -------------------------------------------------------------

PROCESS=system_u:system_r:container_t:s0:c11,c22
CONTENT=system_u:object_r:container_file_t:s0:c11,c22

# Ordinary labels for the config, and for what is in the rootfs; the runtime in the domain that policies have for such.
labelled()
{
	chcon system_u:object_r:container_var_lib_t:s0 "$WORK" "$SUITE"
	chcon -R system_u:object_r:container_var_lib_t:s0 "$T"
	chcon -R "$CONTENT" rootfs
	chcon system_u:object_r:container_engine_exec_t:s0 "$RUNTIME"
	RT=(runcon system_u:system_r:container_engine_t:s0-s0:c0.c1023 "${RT[@]}")
	spec '.process.selinuxLabel = $p | .linux.mountLabel = $c' --arg p "$PROCESS" --arg c "$CONTENT"
}

enforce()
{
	enforcing=yes
	setenforce 1
}

@test "SELinux: the program has its label, and what is mounted the other" {
	need_selinux
	labelled
	rt run -d web
	local root=/proc/$(pid_of web)/root path
	same "$PROCESS" "$(tr -d '\0' <"/proc/$(pid_of web)/attr/current")"
	for path in / /dev /dev/shm /dev/mqueue /dev/pts /proc/acpi; do
		same "$path $CONTENT" "$path $(stat -c %C "$root$path")"
	done
}

@test "SELinux: its keys have its label, too" {
	need_selinux
	labelled
	inside keyring
	run -0 rt run web
	says "_ses.web" "$PROCESS"
}

@test "SELinux: what the label may not do is refused" {
	need_selinux
	labelled
	# The pipes of a test are not for a container: it writes to a folder of its own.
	mkdir -m 777 "$T/data"
	echo text >"$T/data/file"
	chcon -R "$CONTENT" "$T/data"
	add_mount /data none "$T/data" bind
	shell 'cat /data/file >/data/seen 2>&1'
	enforce
	rt run web
	same text "$(cat "$T/data/seen")"
	# It belongs to another container.
	chcon system_u:object_r:container_file_t:s0:c33,c44 "$T/data/file"
	run rt run web
	[ "$status" != 0 ]
	same "cat: can't open '/data/file': Permission denied" "$(cat "$T/data/seen")"
}

@test "SELinux: a whole life where the policy is in force" {
	need_selinux
	labelled
	mkdir -m 777 "$T/data"
	chcon -R "$CONTENT" "$T/data"
	add_mount /data none "$T/data" bind
	enforce
	rt create web
	rt start web
	rt exec web sh -c '{ echo x >/dev/null; echo y >/dev/shm/y; tr -d "\0" </proc/self/attr/current; } >/data/seen 2>&1'
	same "$PROCESS" "$(cat "$T/data/seen")"
	rt pause web
	rt resume web
	rt kill web KILL
	wait_status web stopped
	rt delete web
}

@test "SELinux: a change of label that the policy forbids is told" {
	need_selinux
	labelled
	chcon system_u:object_r:bin_t:s0 "$RUNTIME"
	RT=("${RT[@]:2}")
	enforce
	rt_fail run web
	says "the security policy may not let it run as $PROCESS" "noNewPrivileges"
}

@test "SELinux: a label that the policy does not know is an error, and nothing is left" {
	need_selinux
	spec '.process.selinuxLabel = "system_u:system_r:no_such_t:s0"'
	rt_fail create web
	says "/process/selinuxLabel" "system_u:system_r:no_such_t:s0" "invalid argument"
	spec 'del(.process.selinuxLabel) | .linux.mountLabel = "no_such_label"'
	rt_fail create web
	says "no_such_label"
	[ -z "$(ls -A "$STATE")" ]
}

@test "SELinux: exec has the container's label, or one of its own" {
	need_selinux
	labelled
	rt run -d web
	run -0 rt exec web sh -c 'tr -d "\0" </proc/self/attr/current'
	same "$PROCESS" "$output"
	run -0 rt exec --process-label system_u:system_r:container_t:s0:c5,c6 web sh -c 'tr -d "\0" </proc/self/attr/current'
	same system_u:system_r:container_t:s0:c5,c6 "$output"
	# The heir inherits it (exec-heir.bats).
	rt delete --force web
	spec '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])'
	rt run -d web
	run -0 rt exec --process-label system_u:system_r:container_t:s0:c5,c6 web sh -c 'tr -d "\0" </proc/self/attr/current'
	same system_u:system_r:container_t:s0:c5,c6 "$output"
}

@test "SELinux: the kind of context can be chosen" {
	need_selinux
	labelled
	spec '.annotations = {"run.oci.mount_context_type": "rootcontext"}'
	see 'touch /dev/shm/x'
	[[ $(filesystem /dev/shm) == *rootcontext=* ]]
}

@test "SELinux: refused where it is not enabled" {
	! has_selinux || skip "it is enabled here"
	spec '.process.selinuxLabel = "a:b:c:s0"'
	rt_fail create web
	says "/process/selinuxLabel" "selinux is disabled or not supported"
	spec 'del(.process.selinuxLabel) | .linux.mountLabel = "a:b:c:s0"'
	rt_fail create web
	says "/linux/mountLabel" "selinux is disabled or not supported"
}

@test "features says what this build can do" {
	"$RUNTIME" features >"$T/features"
	same '{"enabled":true}' "$(jq -c .linux.apparmor "$T/features")"
	same '{"enabled":true}' "$(jq -c .linux.selinux "$T/features")"
}
