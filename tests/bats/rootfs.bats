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
