# A container without its own mount namespace is in ours: its mounts are below its rootfs, visible to all, and go with it.
load helpers
load lib/namespaces

setup()
{
	fresh
	without_mount_namespace
}

without_mount_namespace()
{
	spec '.linux.namespaces |= map(select(.type != "mount"))'
	shell 'sleep 100'
}

# What is mounted below our bundles.
ours()
{
	grep -c " $T/[^ ]*rootfs[/ ]" /proc/self/mountinfo || true
}

no_mounts()
{
	[ "$(ours)" = 0 ] || { grep " $T/" /proc/self/mountinfo; return 1; }
}

@test "it is in our mount namespace, and in its root; so is who is exec'd" {
	need_kernel 5.12
	rt run -d web
	[ "$(ns_of "$(pid_of web)" mnt)" = "$(ns_of self mnt)" ]
	[ "$(ours)" -gt 5 ]
	grep -q " $BUNDLE/rootfs/proc " /proc/self/mountinfo
	shown=$(rt exec web sh -c 'readlink /proc/self/ns/mnt; cat /etc/hostname; ls -d /..; pwd; ls /proc/1/root/proc | grep -c version')
	[ "$shown" = "$(ns_of self mnt)"$'\nexample\n/..\n/\n1' ]
	rt exec --cwd /etc web pwd | grep -x /etc
	rt delete --force web
	no_mounts
}

@test "run, create and delete, and all that fails leave no mount" {
	need_kernel 5.12
	shell 'grep -c " /proc/sys " /proc/self/mountinfo'
	[ "$(rt run web)" = 1 ]
	no_mounts
	rt create web
	[ "$(ours)" -gt 5 ]
	rt delete web
	no_mounts
	program /nope
	rt_fail run web
	says "no such file or directory"
	no_mounts
	shell true
	spec '.hooks = {createContainer: [{path: "/bin/false"}]}'
	rt_fail create web
	no_mounts
	spec '.hooks = null | .mounts += [{destination: "/x", type: "bind", source: "/nope", options: ["bind"]}]'
	rt_fail create web
	says /nope
	no_mounts
}

@test "what is read-only or masked is so for the container alone" {
	need_kernel 5.12
	spec '.linux.maskedPaths = ["/etc/hostname"] | .linux.readonlyPaths = ["/etc"] | .root.readonly = true'
	rt run -d web
	rt_fail exec web sh -c 'cat /etc/hostname; echo x >/etc/x; echo x >/x'
	says "/etc/x: Read-only file system" "/x: Read-only file system"
	[ -z "$(cat rootfs/etc/hostname)" ]
	rt delete --force web
	no_mounts
	[ "$(cat rootfs/etc/hostname)" = example ]
	echo x >rootfs/etc/x
}

@test "where the rootfs lies on a shared mount its mounts go nowhere else" {
	need_kernel 5.12
	mkdir "$T/shared" "$T/peer"
	test_mount --bind "$T/shared" "$T/shared"
	mount --make-private "$T/shared"
	mount --make-shared "$T/shared"
	test_mount --bind "$T/shared" "$T/peer"
	mv "$BUNDLE" "$T/shared/bundle"
	cd "$T/shared/bundle"
	rt run -d web
	grep -q " $T/shared/bundle/rootfs/proc " /proc/self/mountinfo
	[ ! -e "$T/peer/bundle/rootfs/proc/self" ]
	# The one that it all lies on is a peer's at its birth.
	[ "$(grep -c " $T/peer/" /proc/self/mountinfo)" -le 1 ]
	rt delete --force web
	no_mounts
}

@test "its own mounts may be shared among themselves" {
	need_kernel 5.12
	spec '.linux.rootfsPropagation = "rshared"'
	shell 'cat /proc/self/mountinfo'
	rt run web >"$T/mounts"
	awk '$5 == "/" || $5 == "/proc" { n += $7 ~ /^shared:/ } END { exit n != 2 }' "$T/mounts"
	no_mounts
}

@test "what somebody has mounted over its mounts is not touched" {
	need_kernel 5.12
	rt run -d web
	test_mount -t tmpfs over "$BUNDLE/rootfs"
	touch rootfs/there
	rt_fail delete --force web
	says "something else is mounted over them"
	[ -e rootfs/there ]
	umount "$BUNDLE/rootfs"
	test_mounts=()
	rt delete --force web
	no_mounts
}

@test "two on one rootfs: the last comes first" {
	need_kernel 5.12
	rt run -d one
	spec '.linux.cgroupsPath += "-two"'
	rt run -d two
	rt_fail delete --force one
	says "something else is mounted over them"
	rt delete --force two
	rt delete --force one
	no_mounts
}

@test "a rootfs behind a symlink is unmounted too, even when the link is gone" {
	need_kernel 5.12
	ln -s . "$BUNDLE/here"
	spec '.root.path = "here/rootfs"'
	rt run -d web
	[ "$(ours)" -gt 5 ]
	[ "$(rt state web | jq -r .rootfs)" = "$BUNDLE/rootfs" ]
	rm "$BUNDLE/here"
	rt delete --force web
	no_mounts
	ln -s . "$BUNDLE/here"
	program /nope
	rt_fail run web
	no_mounts
}

@test "after the machine has started anew there is nothing to unmount" {
	need_kernel 5.12
	rt create web
	kill -KILL "$(pid_of web)"
	wait_status web stopped
	sed -i 's/"bootId":"[^"]*"/"bootId":"00000000-0000-0000-0000-000000000000"/' "$STATE/web/state.json"
	before=$(ours)
	rt delete web
	[ "$(ours)" = "$before" ]
	umount -R rootfs
}

@test "without anything to mount nothing is mounted" {
	spec '.mounts = [] | .root.readonly = false | del(.linux.maskedPaths, .linux.readonlyPaths)'
	shell 'ls /; sleep 100'
	rt run -d web
	no_mounts
	rt exec web cat /etc/hostname | grep -x example
	rt delete --force web
	[ -c rootfs/dev/null ]
}

@test "explain says so" {
	rt explain . | grep "entered by chroot, its mounts are made on the host"
	[ "$(rt explain --json . | jq .root.mountsOnHost)" = true ]
}

@test "a terminal" {
	need_kernel 5.12
	spec '.process.terminal = true'
	shell 'tty; cat /etc/hostname'
	[[ $(script -qec "${RT[*]} run web" /dev/null </dev/null) == *example* ]]
	no_mounts
}

@test "with a user namespace it can mount nothing" {
	user_namespace
	rt_fail create web
	says "/linux/namespaces" 'need a namespace of type "mount"'
	no_mounts
}

@test "our own mount namespace cannot be joined" {
	spec '.linux.namespaces += [{type: "mount", path: "/proc/self/ns/mnt"}]'
	rt_fail create web
	says "/linux/namespaces/" "is the mount namespace that we are in"
	no_mounts
}

@test "on a kernel that cannot hold mounts by descriptors it is refused" {
	export CTR_RUN_DISABLE=mount
	rt_fail create web
	says "need open_tree(2), move_mount(2) and mount_setattr(2) (Linux 5.12)"
	no_mounts
}

@test "mounts add is refused" {
	need_kernel 5.12
	rt run -d web
	echo '{"mounts": [{"destination": "/x", "type": "tmpfs", "source": "tmpfs"}]}' >"$T/list.json"
	rt_fail mounts add web "$T/list.json"
	says "no mount namespace of its own"
	is web running
}
