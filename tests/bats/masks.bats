# Masked paths cannot be read, read-only paths cannot be written, whatever they are.
load helpers
load lib/mounts

paths()
{
	spec '.linux.maskedPaths = [] | .linux.readonlyPaths = []'
	spec ".linux.$1 = \$ARGS.positional" --args -- "${@:2}"
}

@test "a masked file is empty and cannot be written" {
	echo secret >rootfs/etc/secret
	paths maskedPaths /etc/secret /proc/kcore /proc/keys
	see 'cat /etc/secret /proc/keys; head -c 10 /proc/kcore; echo x >/etc/secret; stat -c %F /etc/secret'
	says_not secret$'\n'
	says "character special"
	same secret "$(cat rootfs/etc/secret)"
}

@test "a masked folder is empty and read-only" {
	mkdir rootfs/hidden
	: >rootfs/hidden/secret
	paths maskedPaths /hidden /sys/firmware /proc/acpi
	see 'ls -A /hidden /sys/firmware; touch /hidden/x /sys/firmware/x; mkdir /hidden/y; true'
	says_not secret
	says "/hidden/x: Read-only file system" "/sys/firmware/x: Read-only file system"
	has "$(attributes /hidden)" ro nosuid nodev noexec
}

@test "a mask is a device that swallows, not the container's own null" {
	# The rootfs's /dev/null is somebody else's.
	spec '.mounts |= map(select(.destination | startswith("/dev") | not))'
	mknod rootfs/dev/null c 1 3
	chown 1000 rootfs/dev/null
	paths maskedPaths /proc/timer_list
	see 'stat -c "%t:%T %u" /proc/timer_list'
	same "1:3 0" "$output"
	has "$(attributes /proc/timer_list)" ro
}

@test "what lies at the machine's /dev/null is no mask unless it is the null device" {
	local kind
	need_root
	echo secret >"$T/file"
	mknod "$T/zero" c 1 5
	mkfifo "$T/fifo"
	spec '.linux.maskedPaths = ["/etc/passwd"]'
	program cat /etc/passwd
	for kind in file zero fifo; do
		run unshare -m sh -c 'mount --bind "$1" /dev/null; shift; exec "$@"' x "$T/$kind" "${RT[@]}" run web </dev/null 3>&- 4>&-
		same 1 "$status" "$kind"
		says "/dev/null is not the null device"
		[ ! -e "$STATE/web" ]
	done
}

@test "what is mounted below a masked folder is hidden too" {
	mkdir "$T/data"
	: >"$T/data/secret"
	add_mount /a/b none "$T/data" bind
	paths maskedPaths /a
	see 'ls -AR /a'
	says_not secret
}

@test "read-only paths can be read and not written" {
	mkdir -p rootfs/data/folder
	echo text >rootfs/data/file
	spec '.root.readonly = false'
	paths readonlyPaths /data /etc/passwd /proc/sys
	see 'cat /data/file; touch /data/x /data/folder/x; echo x >/data/file; echo x >>/etc/passwd; echo x >/proc/sys/kernel/hostname; rm /data/file; true'
	says text "/data/x: Read-only" "/data/folder/x: Read-only" "create /data/file: Read-only" "create /etc/passwd: Read-only" \
		"create /proc/sys/kernel/hostname: Read-only"
	same text "$(cat rootfs/data/file)"
}

@test "a read-only path keeps the other attributes of its mount" {
	mkdir "$T/data"
	add_mount /data none "$T/data" bind nosuid nodev noexec noatime
	add_mount /data/below tmpfs tmpfs noexec
	paths readonlyPaths /data
	see 'touch /data/below/ok'
	same ro,nosuid,nodev,noexec,noatime "$(attributes /data)"
	has "$(attributes /data/below)" rw noexec
}

@test "paths that do not exist are no error" {
	paths maskedPaths /no /no/where /etc/passwd/x
	see
	paths readonlyPaths /no /no/where /etc/passwd/x
	see
}

@test "a path may be listed twice, and be read-only and masked" {
	echo secret >rootfs/etc/secret
	spec '.linux.maskedPaths = ["/etc/secret", "/etc/secret", "/proc/sys/kernel/hostname", "/proc/scsi", "/proc/scsi"] |
		.linux.readonlyPaths = ["/proc/sys", "/etc", "/etc", "/etc/secret"]'
	see 'cat /etc/secret /proc/sys/kernel/hostname; touch /etc/x; true'
	says_not secret$'\n' ctr-run
	says "/etc/x: Read-only"
}

@test "a path that is listed again is not mounted again" {
	mkdir rootfs/folder
	spec '.linux.maskedPaths = ["/etc/passwd", "/folder", "/folder", "/etc//passwd", "/x/../folder/"] |
		.linux.readonlyPaths = ["/proc/sys", "/proc/sys/"]'
	see 'cut -d " " -f 5 /proc/self/mountinfo'
	same "/etc/passwd /folder /proc/sys" "$(grep -x -e /etc/passwd -e /folder -e /proc/sys <<<"$output" | sort | xargs)"
}

@test "the root itself, by any name, can be read-only and cannot be masked" {
	local name

	ln -s / rootfs/way
	spec '.root.readonly = false'
	for name in / /bin/.. /way; do
		paths readonlyPaths "$name"
		see 'touch /x 2>&1; true'
		says "/x: Read-only"
		paths readonlyPaths
		paths maskedPaths "$name"
		rt_fail create web
		says "/linux/maskedPaths/0" "it is the root itself"
		paths maskedPaths
	done
}

@test "a symlink of the rootfs is followed inside the root: what it leads to is masked" {
	mkdir -p rootfs/real "$T/outside"
	echo secret >rootfs/real/file
	echo outside >"$T/outside/file"
	ln -s /real/file rootfs/link
	ln -s "$T/outside/file" rootfs/away
	ln -s ../../../../real rootfs/up
	paths maskedPaths /link /away /up
	see 'cat /real/file; ls /real'
	says_not secret
	same outside "$(cat "$T/outside/file")"
}

@test "the container cannot take a mask away" {
	echo secret >rootfs/etc/secret
	paths maskedPaths /etc/secret
	spec '.process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_SYS_CHROOT"]) |
		.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings'
	# A new mount namespace below a user namespace keeps them locked together.
	shell 'unshare -Urm sh -c "umount /etc/secret; cat /etc/secret"; true'
	run rt run web
	says_not secret$'\n'
}

@test "a relative path is an error" {
	spec '.linux.maskedPaths = ["proc/keys"] | .linux.readonlyPaths = ["/proc", "etc"]'
	rt_fail create web
	says "/linux/maskedPaths/0" "/linux/readonlyPaths/1" "must be an absolute path"
}

@test "the paths of the template are all closed" {
	see 'for p in kcore keys timer_list; do head -c 1 /proc/$p | wc -c; done; ls -A /proc/acpi /sys/firmware 2>/dev/null | grep -v : ;
		echo x >/proc/sys/kernel/core_pattern; for p in bus fs irq sys; do [ ! -e /proc/$p ] || echo "$p is there"; done'
	same $'0\n0\n0' "$(grep '^[0-9]*$' <<<"$output" | head -n 3)"
	says "create /proc/sys/kernel/core_pattern: Read-only"
	for path in bus fs irq sys; do
		grep -q "^$path is there" <<<"$output" || continue
		has "$(attributes "/proc/$path")" ro
	done
	[ ! -e /proc/sysrq-trigger ] || has "$(attributes /proc/sysrq-trigger)" ro
}
