# The kernel's file systems: proc, sysfs, devpts, mqueue.
load helpers
load lib/mounts

@test "proc shows the processes of the container only" {
	see 'ls /proc | grep "^[0-9]" | sort -n | head -n 1; cat /proc/1/comm; ls /proc | grep -c "^[0-9]"'
	same 1 "$(head -n 1 <<<"$output")"
	[ "$(tail -n 1 <<<"$output")" -le 6 ]
	same "proc proc rw" "$(filesystem /proc)"
}

@test "proc takes options: hidepid, subset" {
	spec '(.mounts[] | select(.destination == "/proc")).options = ["nosuid", "noexec", "nodev", "hidepid=2"]'
	see
	has "$(filesystem /proc | cut -d ' ' -f 3)" hidepid=invisible
	has "$(attributes /proc)" nosuid noexec nodev
}

@test "sysfs shows the network devices of the container only" {
	see 'ls /sys/class/net'
	same lo "$output"
	same "sysfs sysfs rw" "$(filesystem /sys)"
	same ro,nosuid,nodev,noexec,relatime "$(attributes /sys)"
}

@test "the attributes of a sysfs are its mount's alone: the host's stays writable" {
	see 'touch /sys/x 2>&1; mount -o remount,rw /sys 2>&1; true'
	says "Read-only file system"
	[[ $(findmnt -no FS-OPTIONS /sys 2>/dev/null || echo rw) == *rw* ]]
}

@test "devpts is the container's own" {
	see 'ls /dev/pts; stat -c "%a" /dev/pts/ptmx'
	same $'ptmx\n666' "$output"
	has "$(filesystem /dev/pts | cut -d ' ' -f 3)" gid=5 mode=620 ptmxmode=666
}

@test "/dev/ptmx leads to the container's own devpts, and gives terminals" {
	see 'readlink /dev/ptmx; exec 3<>/dev/ptmx && ls /dev/pts'
	same $'pts/ptmx\n0\nptmx' "$output"
}

@test "mqueue is the container's own" {
	see 'touch /dev/mqueue/mine && ls /dev/mqueue'
	same mine "$output"
	same mqueue "$(filesystem /dev/mqueue | cut -d ' ' -f 1)"
	see 'ls /dev/mqueue'
	same "" "$output"
}

@test "proc, sysfs, mqueue, devpts and tmpfs in a user namespace" {
	user_namespace
	see 'stat -c "%u %n" /dev /dev/pts /dev/pts/ptmx /dev/shm'
	says_not 65534
	for target in /proc /dev /dev/pts /dev/shm /dev/mqueue /sys; do
		is_mounted "$target"
	done
}

@test "without a network namespace of its own a user namespace sees the host's sysfs, read-only" {
	spec '.linux.namespaces |= map(select(.type != "network")) + [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	see 'ls -d /sys/kernel; touch /sys/x 2>&1; true'
	says /sys/kernel "Read-only file system"
	has "$(attributes /sys)" ro nosuid nodev noexec
}

@test "a gid that the user namespace does not have is an error that says so" {
	spec '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1}] |
		.linux.gidMappings = .linux.uidMappings'
	rt_fail create web
	says "/mounts/2" "gid=5 is not mapped"
}

@test "a rootfs whose /proc or /sys is a symlink is refused" {
	rm -r rootfs/proc
	mkdir rootfs/real
	ln -s real rootfs/proc
	rt_fail create web
	says "/mounts/0" "must be mounted on ordinary directory"
	rm rootfs/proc
	mkdir rootfs/proc
	rm -r rootfs/sys
	ln -s /real rootfs/sys
	rt_fail create web
	says "/mounts/5" "must be mounted on ordinary directory"
}
