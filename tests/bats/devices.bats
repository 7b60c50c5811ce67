# A container's devices: those that all containers have, and those in the config.
load helpers
load lib/mounts

# Allow all in the cgroup: this file is about the nodes.  cgroup-devices.bats is about the rules.
setup()
{
	fresh
	spec '.linux.resources.devices = [{allow: true, access: "rwm"}]'
}

device()
{
	spec '.linux.devices += [$d]' --argjson d "$1"
}

@test "null, zero, full, random, urandom and tty are there, for everybody" {
	see 'cd /dev && stat -c "%n %F %t:%T %a %u:%g" null zero full random urandom tty'
	same "null character special file 1:3 666 0:0
zero character special file 1:5 666 0:0
full character special file 1:7 666 0:0
random character special file 1:8 666 0:0
urandom character special file 1:9 666 0:0
tty character special file 5:0 666 0:0" "$output"
}

@test "they work" {
	see 'echo x >/dev/null && head -c 3 /dev/zero | wc -c && head -c 3 /dev/urandom | wc -c; echo x >/dev/full; true'
	says $'3\n3' "No space left on device"
}

@test "fd, stdin, stdout, stderr, ptmx and core are links" {
	see 'cd /dev && for l in fd stdin stdout stderr ptmx core; do readlink $l; done; ls -d /dev/console 2>&1'  || true
	says /proc/self/fd $'\n/proc/self/fd/0' /proc/self/fd/1 /proc/self/fd/2 pts/ptmx /proc/kcore "/dev/console: No such file"
}

@test "nothing else is there" {
	see 'cd /dev && echo *'
	same "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero" "$output"
}

@test "a config without a mount at /dev gets them in the rootfs" {
	spec '.mounts |= map(select(.destination | startswith("/dev") | not))'
	see 'echo x >/dev/null; cd /dev; echo *'
	same "core fd full null ptmx random stderr stdin stdout tty urandom zero" "$output"
	# Once more: what is right already stays.
	see 'echo x >/dev/null; head -c 1 /dev/zero | wc -c'
	same 1 "$output"
}

@test "a file of the rootfs where a device belongs is an error" {
	spec '.mounts |= map(select(.destination | startswith("/dev") | not))'
	: >rootfs/dev/null
	rt_fail create web
	says "/dev/null"
	rm rootfs/dev/null
	mknod rootfs/dev/null c 1 5
	rt_fail create web
	says "/dev/null" "is not character device 1:3"
}

@test "the multiplexer of terminals is the container's own, though the config lists the device" {
	device '{"path": "/dev/ptmx", "type": "c", "major": 5, "minor": 2}'
	see 'readlink /dev/ptmx'
	same pts/ptmx "$output"
}

@test "character, unbuffered and block devices and FIFOs of the config are made" {
	device '{"path": "/dev/c", "type": "c", "major": 1, "minor": 3}'
	device '{"path": "/dev/u", "type": "u", "major": 1, "minor": 5}'
	device '{"path": "/dev/b", "type": "b", "major": 7, "minor": 1048575}'
	device '{"path": "/dev/p", "type": "p"}'
	device '{"path": "/dev/big", "type": "c", "major": 4095, "minor": 300}'
	see 'cd /dev && stat -c "%n %F %t:%T %a %u:%g" c u b p big'
	same "c character special file 1:3 666 0:0
u character special file 1:5 666 0:0
b block special file 7:fffff 666 0:0
p fifo 0:0 666 0:0
big character special file fff:12c 666 0:0" "$output"
}

@test "mode and owner are those of the config, whatever the umask" {
	umask 077
	device '{"path": "/dev/x", "type": "c", "major": 1, "minor": 3, "fileMode": 432, "uid": 5, "gid": 6}'
	device '{"path": "/dev/y", "type": "c", "major": 1, "minor": 3, "fileMode": 8630}'
	device '{"path": "/dev/z", "type": "p", "fileMode": 0}'
	see 'cd /dev && stat -c "%n %a %u:%g" x y z'
	same $'x 660 5:6\ny 666 0:0\nz 0 0:0' "$output"
}

@test "a device may lie anywhere, and its folders are made" {
	device '{"path": "/dev/net/tun", "type": "c", "major": 10, "minor": 200}'
	device '{"path": "/opt/devices/mine", "type": "c", "major": 1, "minor": 3}'
	device '{"path": "/dev/../dev/./dots", "type": "c", "major": 1, "minor": 3}'
	see 'stat -c "%F" /dev/net/tun /opt/devices/mine /dev/dots; stat -c %a /dev/net'
	same $'character special file\ncharacter special file\ncharacter special file\n755' "$output"
}

@test "the config may change a default device's mode and owner" {
	device '{"path": "/dev/null", "type": "c", "major": 1, "minor": 3, "fileMode": 384, "uid": 3}'
	see 'stat -c "%a %u" /dev/null'
	same "600 3" "$output"
}

@test "the same device is taken as it is when it is there already, another is an error" {
	mknod -m 600 rootfs/same c 1 3
	device '{"path": "/same", "type": "c", "major": 1, "minor": 3}'
	see 'stat -c %t:%T /same'
	same 1:3 "$output"
	: >rootfs/file
	device '{"path": "/file", "type": "c", "major": 1, "minor": 3}'
	rt_fail create web
	says "/linux/devices/1" "is not character device 1:3"
	spec '.linux.devices[1] = {path: "/file", type: "p"}'
	rt_fail create web
	says "no FIFO"
}

@test "a /dev that is bound stays as it is" {
	mkdir "$T/dev"
	: >"$T/dev/mine"
	spec '.mounts |= map(select(.destination | startswith("/dev") | not))'
	add_mount /dev none "$T/dev" bind
	see 'cd /dev && echo *'
	same mine "$output"
	same mine "$(ls "$T/dev")"
}

@test "a device that the config mounts itself is not made" {
	: >"$T/file"
	add_mount /dev/random none "$T/file" bind
	see 'stat -c %F /dev/random'
	same "regular empty file" "$output"
}

@test "in a user namespace the host's nodes are bound" {
	user_namespace
	see 'echo x >/dev/null && head -c 3 /dev/zero | wc -c; stat -c %t:%T /dev/null'
	same $'3\n1:3' "$output"
	is_mounted /dev/null
}

@test "in a user namespace a device may have another name than the host's" {
	user_namespace
	device '{"path": "/dev/sink", "type": "c", "major": 1, "minor": 3}'
	device '{"path": "/dev/numbers", "type": "c", "major": 1, "minor": 9}'
	device '{"path": "/dev/full", "type": "c", "major": 1, "minor": 5}'
	see 'echo x >/dev/sink && head -c 3 /dev/numbers | wc -c; stat -c %t:%T /dev/sink /dev/numbers /dev/full'
	same $'3\n1:3\n1:9\n1:5' "$output"
	is_mounted /dev/sink
	# Without numbers it is what has that name.
	spec '.linux.devices = [{path: "/dev/kmsg", type: "c", major: 0, minor: 0}]'
	see 'stat -c %t:%T /dev/kmsg'
	same 1:b "$output"
}

@test "in a user namespace a device that the host does not have is an error" {
	user_namespace
	device '{"path": "/dev/ctr-run-none", "type": "c", "major": 4095, "minor": 3}'
	rt_fail create web
	says "/linux/devices/0" "open the host's /dev/ctr-run-none" "no such file or directory"
	spec '.linux.devices = [{path: "/dev/null", type: "c", major: 4095, minor: 5}]'
	rt_fail create web
	says "/linux/devices/0" "1:3, not 4095:5"
	spec '.linux.devices = [{path: "/dev/null", type: "b", major: 1, minor: 3}]'
	[ -e /sys/dev/block/1:3 ] || { rt_fail create web && says "/linux/devices/0" "not the kind of device"; }
}

@test "a bad device is an error: type, numbers, path, mode" {
	spec '.linux.devices = [
		{path: "/dev/a", type: "x", major: 1, minor: 1},
		{path: "/dev/b", type: "c", minor: 1},
		{path: "/dev/c", type: "b", major: 4096, minor: -1},
		{path: "dev/d", type: "p"},
		{path: "/dev/e", type: "c", major: 1, minor: 1, fileMode: 200000},
		{type: "c", major: 1, minor: 1},
		{path: "/dev/g", type: "c", major: 1, minor: 1, uid: 4294967295},
		{path: "/dev/h", type: "c", major: 1, minor: 3}, {path: "/dev/h", type: "c", major: 1, minor: 5},
		{path: "/dev/i", type: "c", major: 1, minor: 3}, {path: "/dev/i", type: "b", major: 1, minor: 3},
		{path: "/dev/j", type: "c", major: 1, minor: 3}, {path: "/dev/j", type: "u", major: 1, minor: 3},
		{path: "/dev/k", type: "p"}, {path: "/dev/k", type: "p", major: 1, minor: 3}]'
	rt_fail create web
	says "/linux/devices/0/type: \"x\" is not one of c, b, u, p" "/linux/devices/1/major: is missing" \
		"/linux/devices/2/major: 4096 is out of range" "/linux/devices/2/minor: -1 is out of range" \
		"/linux/devices/3/path" "/linux/devices/4/fileMode" "/linux/devices/5" "/linux/devices/6/uid" "/linux/devices/8/path" \
		"/linux/devices/10/path"
	says_not "/linux/devices/12" "/linux/devices/14"
}
