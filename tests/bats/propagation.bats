# A container's mounts stay in it, and the host's reach it only if the config says so.
load helpers
load lib/mounts
load lib/namespaces

# A shared mount at $T/data; the suite's own mount namespace is shared throughout.
shared_data()
{
	mkdir -p "$T/data/from-host" "$T/data/from-container"
	test_mount --bind "$T/data" "$T/data"
	mount --make-shared "$T/data"
}

# What the host mounts in the shared folder is in web's /data.
hears_of_the_host()
{
	mount -t tmpfs x "$T/data/from-host"
	: >"$T/data/from-host/file"
	run -0 rt exec web ls /data/from-host
	same file "$output"
	umount "$T/data/from-host"
}

may_mount()
{
	spec '.process.capabilities |= (.bounding += ["CAP_SYS_ADMIN"] | .permitted += ["CAP_SYS_ADMIN"] | .effective += ["CAP_SYS_ADMIN"])'
}

mounted_here()
{
	awk -v t="$1" '$5 == t { found = 1 } END { exit !found }' /proc/self/mountinfo
}

@test "by default the root is private" {
	see
	same "" "$(propagation /)"
}

@test "below a slave root the host's later mounts are seen, below a private one they are not" {
	local word
	mkdir rootfs/later
	for word in rslave rprivate; do
		spec '.linux.rootfsPropagation = $w | del(.linux.cgroupsPath)' --arg w "$word"
		rt run -d "$word"
	done
	mount -t tmpfs x rootfs/later
	: >rootfs/later/file
	run -0 rt exec rslave ls /later
	same file "$output"
	run -0 rt exec rprivate ls /later
	same "" "$output"
	umount rootfs/later
	run -0 rt exec rslave ls /later
	same "" "$output"
}

@test "a shared root is a group of its own: what is mounted there does not reach the host" {
	spec '.linux.rootfsPropagation = "rshared"'
	may_mount
	mkdir rootfs/later
	shell 'mount -t tmpfs x /later && sleep 1000'
	rt run -d web
	wait_for rt exec web grep -q " /later " /proc/self/mountinfo
	run ! mounted_here "$BUNDLE/rootfs/later"
}

@test "rootfsPropagation is what the root has in the end" {
	local word wanted
	for word in private rprivate slave rslave shared rshared unbindable runbindable; do
		case $word in
		*private) wanted= ;;
		*slave) wanted=master ;;
		*shared) wanted=shared ;;
		*) wanted=unbindable ;;
		esac
		spec '.linux.rootfsPropagation = $w' --arg w "$word"
		see
		same "$wanted" "$(propagation / | sed 's/shared master/shared/')" "$word"
	done
}

@test "an unknown propagation is an error" {
	spec '.linux.rootfsPropagation = "sharedd"'
	rt_fail create web
	says "/linux/rootfsPropagation" '"sharedd" is not one of'
}

@test "a mount made in the container does not reach the host" {
	shared_data
	may_mount
	add_mount /data none "$T/data" rbind
	see 'mount -t tmpfs x /data/from-container && : >/data/from-container/file && ls /data/from-container'
	same file "$output"
	[ -z "$(ls "$T/data/from-container")" ]
}

@test "a mount made in the container reaches the host when the mount is rshared" {
	shared_data
	may_mount
	spec '.linux.rootfsPropagation = "rshared"'
	add_mount /data none "$T/data" rbind rshared
	shell 'mount -t tmpfs x /data/from-container && sleep 1000'
	rt run -d web
	wait_for mounted_here "$T/data/from-container"
	rt delete --force web
	umount "$T/data/from-container"
}

@test "a mount made in a user namespace never reaches the host, and the host's still reach an rshared mount" {
	shared_data
	mkdir rootfs/data
	user_namespace
	may_mount
	spec '.linux.rootfsPropagation = "rshared"'
	add_mount /data none "$T/data" rbind rshared
	shell 'mount -t tmpfs x /data/from-container && : >/data/from-container/file && sleep 1000'
	rt run -d web
	wait_for rt exec web ls /data/from-container/file
	run ! mounted_here "$T/data/from-container"
	mount -t tmpfs x "$T/data/from-host"
	: >"$T/data/from-host/file"
	run -0 rt exec web ls /data/from-host
	umount "$T/data/from-host"
	same file "$output"
}

@test "a mount made on the host reaches a slave mount, and not a private one" {
	shared_data
	add_mount /slave none "$T/data" rbind rslave
	add_mount /private none "$T/data" rbind rprivate
	rt run -d web
	mount -t tmpfs x "$T/data/from-host"
	: >"$T/data/from-host/file"
	run -0 rt exec web ls /slave/from-host /private/from-host
	same $'/private/from-host:\n\n/slave/from-host:\nfile' "$output"
	umount "$T/data/from-host"
	run -0 rt exec web ls /slave/from-host
	[ -z "$output" ]
}

@test "nothing that the runtime mounts is seen on the host while a container is there" {
	local before
	before=$(cat /proc/self/mountinfo)
	for word in private rslave shared rshared; do
		spec '.linux.rootfsPropagation = $w' --arg w "$word"
		rt create web
		same "$before" "$(cat /proc/self/mountinfo)" "$word"
		rt delete --force web
	done
}

@test "what is mounted in a bind mount reaches the host only if that bind mount is shared, too" {
	local before
	shared_data
	spec '.linux.rootfsPropagation = "rshared"'
	add_mount /data none "$T/data" rbind
	add_mount /data/from-container tmpfs tmpfs
	before=$(cat /proc/self/mountinfo)
	rt run -d web
	same "$before" "$(cat /proc/self/mountinfo)"
	hears_of_the_host
	rt delete --force web
	same "$before" "$(cat /proc/self/mountinfo)"
}

@test "what is hidden in a mount that is shared with the host is hidden in the container only" {
	local before
	shared_data
	mkdir "$T/data/empty" "$T/data/fixed"
	echo secret >"$T/data/secret"
	spec '.linux |= (.rootfsPropagation = "rshared" | .maskedPaths += ["/data/secret", "/data/empty"] | .readonlyPaths += ["/data/fixed"])'
	add_mount /data none "$T/data" rbind rshared
	: >"$T/data/empty/file"
	before=$(cat /proc/self/mountinfo)
	rt run -d web
	same "$before" "$(cat /proc/self/mountinfo)"
	run -0 rt exec web sh -c 'cat /data/secret; ls /data/empty; touch /data/fixed/x; true'
	same "touch: /data/fixed/x: Read-only file system" "$output"
	hears_of_the_host
	rt delete --force web
	same "$before" "$(cat /proc/self/mountinfo)"
}

@test "the terminal is not mounted on the console of a host whose /dev is shared" {
	local before
	mkdir "$T/dev"
	test_mount -t tmpfs dev "$T/dev"
	mkdir "$T/dev/pts"
	: >"$T/dev/console"
	mount --bind /dev/pts "$T/dev/pts"
	mount --make-rshared "$T/dev"
	spec '.linux.rootfsPropagation = "rshared" | .process.terminal = true | .mounts |= map(select(.destination | startswith("/dev") | not))'
	add_mount /dev none "$T/dev" rbind rshared
	program tty
	before=$(cat /proc/self/mountinfo)
	run -0 script -qec "${RT[*]} run web" /dev/null
	says /dev/
	same "$before" "$(cat /proc/self/mountinfo)"
}

@test "a host's mount below the rootfs can be unmounted while the container runs" {
	mkdir rootfs/below
	test_mount -t tmpfs below rootfs/below
	rt run -d web
	umount rootfs/below
	test_mounts=()
	run -0 rt exec web ls -d /below
}

@test "hooks see what the container will see at the path of its root" {
	spec '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", $t]}]' --arg t "cat /proc/self/mountinfo >$T/hook"
	rt create web
	run ! grep -q "$BUNDLE/rootfs/proc" "$T/hook"
}
