# A container's root: where it is, that nothing of the host's remains, whether it is read-only, how it propagates.
load helpers
load lib/mounts

@test "a read-only root cannot be written, what is mounted on it can" {
	add_mount /tmp tmpfs tmpfs
	see 'touch /x /etc/x; touch /tmp/x && ls /tmp'
	says "/x: Read-only file system" "/etc/x: Read-only file system" $'\nx'
	has "$(attributes /)" ro
	has "$(awk -v t="$SUITE" '$5 == t { print $6 }' /proc/self/mountinfo)" rw
}

@test "without readonly the root is writable" {
	spec '.root.readonly = false'
	see 'echo text >/file'
	same text "$(cat rootfs/file)"
	spec 'del(.root.readonly)'
	see 'rm /file'
	[ ! -e rootfs/file ]
}

@test "root.path is relative to the bundle, or absolute" {
	mv rootfs "$T/elsewhere"
	spec '.root.path = $p' --arg p "$T/elsewhere"
	see 'cat /etc/hostname'
	same example "$output"
	spec '.root.path = "../elsewhere"'
	see 'cat /etc/hostname'
	same example "$output"
}

@test "nothing of the host's file system is left, neither mounts nor below" {
	see 'cut -d " " -f 5 /proc/self/mountinfo | grep -v "^/\(proc\|sys\|dev\|$\)"; ls -d /..; ls /../..; cat /proc/1/mountinfo | wc -l'
	says_not "$T"
	same "$(sort -u "$T/mounts" | wc -l)" "$(tail -n 1 <<<"$output")"
	# Every mount hangs below the container's own root.
	awk '$5 == "/" { n++ } END { exit n != 1 }' "$T/mounts"
}

@test "--no-pivot gives the same root" {
	shell 'cat /proc/self/mountinfo | grep -c " / "; ls /; cat /etc/hostname; touch /x; true'
	run -0 rt run --no-pivot web
	says example "Read-only file system"
	says_not rootfs
}

@test "--no-pivot: the container cannot get back out by its root's parent" {
	shell 'ls /../../..; cd ..; cd ..; ls; cut -d " " -f 5 /proc/self/mountinfo'
	run -0 rt run --no-pivot web
	says_not bundle
}

@test "--no-pivot leaves no whole proc or sysfs of the host behind" {
	shell 'grep -c " / .* - proc " /proc/self/mountinfo'
	run -0 rt run --no-pivot web
	same 1 "${lines[0]}"
}

@test "--no-pivot with a private root is refused" {
	spec '.linux.rootfsPropagation = "rprivate"'
	rt_fail create --no-pivot web
	says "/linux/rootfsPropagation"
}

@test "a rootfs that is missing, a file, or a symlink to nowhere is an error" {
	spec '.root.path = "nothing"'
	rt_fail create web
	says "/root/path" nothing "no such file or directory"
	: >file
	spec '.root.path = "file"'
	rt_fail create web
	says "/root/path" "not a directory"
	ln -s nowhere link
	spec '.root.path = "link"'
	rt_fail create web
	says "/root/path"
	spec '.root.path = ""'
	rt_fail create web
	says "/root/path" "must not be empty"
	spec 'del(.root)'
	rt_fail create web
	says "/root" "is missing"
}

@test "the root may be a mount of its own, with what is mounted below it" {
	mkdir "$T/root"
	test_mount --bind rootfs "$T/root"
	test_mount -t tmpfs below "$T/root/tmp"
	: >"$T/root/tmp/file"
	spec '.root.path = $p' --arg p "$T/root"
	see 'ls /tmp'
	same file "$output"
}

@test "the root may be the top of a file system" {
	mkdir "$T/root"
	test_mount -t tmpfs whole "$T/root"
	cp -a rootfs/. "$T/root"
	spec '.root.path = $p' --arg p "$T/root"
	see 'cat /etc/hostname'
	same example "$output"
	see 'cat /etc/hostname'
}

@test "a read-only root file system whose mount points are there works" {
	mkdir "$T/root"
	cp -a rootfs/. "$T/root"
	mkdir -p "$T/root/dev/pts"
	test_mount --bind "$T/root" "$T/root"
	mount -o remount,bind,ro "$T/root"
	spec '.root.path = $p' --arg p "$T/root"
	see 'echo x >/dev/null; cat /etc/hostname'
	same example "$output"
	spec '.root.readonly = false'
	see 'touch /x; true'
	says "Read-only file system"
}

@test "overlayfs serves as a root" {
	mkdir -p "$T/upper" "$T/work" "$T/root"
	test_mount -t overlay -o "lowerdir=$BUNDLE/rootfs,upperdir=$T/upper,workdir=$T/work" overlay "$T/root" ||
		skip "no overlayfs here"
	spec '.root.path = $p | .root.readonly = false' --arg p "$T/root"
	see 'echo text >/new'
	same text "$(cat "$T/upper/new")"
	[ ! -e rootfs/new ]
}

@test "a rootfs below a folder that others may not enter works, in a user namespace too" {
	chmod 700 "$BUNDLE"
	chown -R 100000:100000 rootfs
	user_namespace
	see 'cat /etc/hostname'
	same example "$output"
}

@test "two containers share a rootfs" {
	spec 'del(.linux.cgroupsPath)'
	rt create "$ID-a"
	rt create "$ID-b"
	rt start "$ID-a"
	rt start "$ID-b"
	is "$ID-a" running
	is "$ID-b" running
}

@test "the working directory is inside, and is made if it is missing" {
	spec '.process.cwd = "/new/deep" | .root.readonly = false'
	see 'pwd; stat -c "%a %u" .'
	same $'/new/deep\n755 0' "$output"
}

# ---- a mount on "/" -------------------------------------------------------

# first_mount DESTINATION TYPE SOURCE OPTIONS...: before all others
first_mount()
{
	add_mount "$@"
	spec '.mounts |= .[-1:] + .[:-1]'
}

# Another root, beside the bundle's.
other_root()
{
	cp -a rootfs "$T/other"
	echo other >"$T/other/etc/hostname"
	rm -rf rootfs/proc "$T/other/dev"
}

@test "a bind mount on / is the root, for exec too, and mount points are made in it" {
	other_root
	first_mount / none "$T/other" bind
	add_mount /made/below tmpfs tmpfs
	spec '.root.readonly = false'
	shell 'cat /etc/hostname; touch /here; exec sleep 1000'
	rt run -d web
	wait_for [ -e "$T/other/here" ]
	same other "$(cat "$OUT")"
	same other "$(rt exec web cat /etc/hostname)"
	[ -d "$T/other/made/below" ]
	[ ! -e rootfs/made ]
	[ ! -e rootfs/proc ]
	# Nothing is left of the rootfs, neither below nor beside.
	rt exec web sh -c 'cat /proc/self/mountinfo; cd ..; ls' >"$T/seen"
	same 1 "$(awk '$5 == "/"' "$T/seen" | wc -l)"
	run ! grep rootfs "$T/seen"
}

@test "a root that is bound read-only, with root.readonly, with --no-pivot, in a user namespace" {
	need_root
	other_root
	first_mount / none "$T/other" bind ro
	spec '.root.readonly = false'
	see 'touch /x; ls -d /dev /proc; cat /etc/hostname'
	says "Read-only file system" other
	spec '.mounts[0].options = ["bind"]'
	see 'touch /x && rm /x'
	spec '.root.readonly = true'
	see 'touch /y; true'
	says "Read-only file system"
	shell 'cat /etc/hostname; touch /y; ls /..; cd ..; cd ..; ls'
	run -0 rt run --no-pivot web
	says other "Read-only file system"
	says_not bundle rootfs
	user_namespace
	chown -R 100000:100000 "$T/other"
	see 'cat /etc/hostname; cat /proc/self/uid_map'
	says other 100000
}

@test "a tmpfs on / may begin with what the rootfs holds, which stays as it is" {
	first_mount / tmpfs tmpfs tmpcopyup
	spec '.root.readonly = false'
	see 'cat /etc/hostname; rm -r /etc; touch /new; ls /'
	says example new
	says_not etc
	[ -e rootfs/etc/hostname ]
	[ ! -e rootfs/new ]
	spec '.mounts[0].options += ["ro"]'
	see 'touch /new; cat /etc/hostname'
	says "Read-only file system" example
}

@test "masks, devices and hooks find the root that is mounted on /" {
	need_root
	other_root
	first_mount / none "$T/other" bind
	echo secret >"$T/other/etc/secret"
	spec '.linux.maskedPaths += ["/etc/secret"] | .linux.readonlyPaths += ["/etc"] | .root.readonly = false |
		.linux.devices = [{path: "/etc/nothing", type: "c", major: 1, minor: 3}] |
		.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", $hook]}]' \
		--arg hook "nsenter -t \$(jq .pid) -m cat $BUNDLE/rootfs/etc/hostname >$T/hook"
	see 'cat /etc/secret; touch /etc/x; [ -c /etc/nothing ] && echo device'
	says "Read-only file system" device
	says_not secret:
	same other "$(cat "$T/hook")"
}

@test "a root shared with the host: what is mounted on / stays in the container" {
	need_root
	other_root
	test_mount --bind rootfs "$BUNDLE/rootfs"
	mount --make-shared rootfs
	first_mount / none "$T/other" bind
	spec '.linux.rootfsPropagation = "rshared"'
	see 'cat /etc/hostname'
	says other
	says_not example
	same example "$(cat rootfs/etc/hostname)"
	same 1 "$(awk -v p="$BUNDLE/rootfs" '$5 == p' /proc/self/mountinfo | wc -l)"
}

@test "a mount on / must come first, needs a mount namespace, and cannot be added later" {
	rt run -d web
	echo '[{"destination": "/", "type": "tmpfs", "source": "tmpfs"}]' >"$T/mounts.json"
	rt_fail mounts add web "$T/mounts.json"
	says "must not be the root itself"
	add_mount / tmpfs tmpfs
	rt_fail run late
	says "/mounts/$(mount_index)/destination" "the root must be the first mount" "/proc"
	spec '.mounts = [.mounts[-1]] | .linux.namespaces |= map(select(.type != "mount")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	rt_fail run on-host
	says "/mounts/0/destination" "must not be the root itself"
}
