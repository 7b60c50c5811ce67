# A container in a user namespace: root inside is somebody else outside.
load helpers
load lib/mounts
load lib/namespaces

@test "root of the container is the mapped user of the host" {
	user_namespace
	rt create web
	same "100000 100000" "$(stat -c '%u %g' "/proc/$(pid_of web)")"
	rt start web
	run -0 rt exec web id -u
	[ "$output" = 0 ]
	run -0 rt exec web cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups
	same "0 100000 65536" "$(head -n 1 <<<"$output" | xargs)"
	same "0 100000 65536" "$(sed -n 2p <<<"$output" | xargs)"
	says allow
}

@test "several mappings, for users and groups each its own" {
	namespace user
	spec '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}, {containerID: 1000, hostID: 5000, size: 1}] |
		.linux.gidMappings = [{containerID: 0, hostID: 200000, size: 10}, {containerID: 50, hostID: 6000, size: 2}] |
		.process.user = {uid: 1000, gid: 51, additionalGids: [3, 50]} |
		(.mounts[] | select(.destination == "/dev/pts")).options |= map(select(startswith("gid=") | not))'
	rt create web
	same "5000 6001" "$(stat -c '%u %g' "/proc/$(pid_of web)")"
	same "6000 200003" "$(grep Groups "/proc/$(pid_of web)/status" | cut -f 2 | xargs -n 1 | sort -n | xargs)"
}

@test "340 mappings are taken, 341 are too many" {
	namespace user
	spec '.linux.uidMappings = [range(340) | {containerID: (. * 2), hostID: (. * 2), size: 1}] | .linux.gidMappings = .linux.uidMappings |
		(.mounts[] | select(.destination == "/dev/pts")).options |= map(select(startswith("gid=") | not))'
	see 'wc -l </proc/self/uid_map'
	same 340 "$output"
	spec '.linux.uidMappings += [{containerID: 700, hostID: 1, size: 1}]'
	rt_fail create web
	says "/linux/uidMappings" 340
}

@test "what the container writes belongs to the mapped user" {
	chown -R 100000:100000 rootfs
	user_namespace
	spec '.root.readonly = false | .process.capabilities |= map_values(["CAP_CHOWN"])'
	see ': >/mine && chown 5:6 /mine && stat -c %u:%g /mine /etc/passwd'
	same $'5:6\n0:0' "$output"
	same 100005:100006 "$(stat -c %u:%g rootfs/mine)"
}

@test "files of the host's root belong to nobody and cannot be written" {
	user_namespace
	spec '.root.readonly = false'
	see 'stat -c %u /etc/passwd; echo x >>/etc/passwd; true'
	says 65534 "Permission denied"
}

@test "all capabilities in a user namespace are none outside" {
	user_namespace
	spec '.process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_MKNOD", "CAP_SYS_MODULE", "CAP_DAC_OVERRIDE", "CAP_SYS_TIME"])'
	see 'mknod /dev/sda b 8 0; date -s 2001-01-01; mount -t tmpfs x /tmp && echo mounted; hostname changed && hostname'
	says "mknod: /dev/sda: Operation not permitted" "can't set date: Operation not permitted" mounted changed
}

@test "a user namespace is joined, with its own mappings" {
	others --user
	printf '0 100000 65536\n' >"/proc/$OTHER/uid_map"
	printf '0 100000 65536\n' >"/proc/$OTHER/gid_map"
	namespace user "/proc/$OTHER/ns/user"
	rt run -d web
	same "$(ns_of "$OTHER" user)" "$(ns_of "$(pid_of web)" user)"
	run -0 rt exec web sh -c 'id -u; cat /proc/self/uid_map'
	says $'0\n' 100000
}

@test "a user namespace is joined together with the network namespace it owns" {
	others --user --net
	printf '0 100000 65536\n' >"/proc/$OTHER/uid_map"
	printf '0 100000 65536\n' >"/proc/$OTHER/gid_map"
	namespace user "/proc/$OTHER/ns/user"
	namespace network "/proc/$OTHER/ns/net"
	spec '.process.capabilities |= map_values(["CAP_NET_ADMIN"])'
	shell 'ip link set lo up && ip address show lo | grep -c inet; exec sleep 1000'
	rt run -d web
	same "$(ns_of "$OTHER" net)" "$(ns_of "$(pid_of web)" net)"
	wait_for grep -q '^[12]$' "$OUT"
}

@test "a new user namespace with a joined network namespace of the host" {
	others --net
	user_namespace
	namespace network "/proc/$OTHER/ns/net"
	spec '(.mounts[] | select(.destination == "/sys")) = {destination: "/sys", type: "none", source: "/sys", options: ["rbind", "ro"]}'
	rt run -d web
	same "$(ns_of "$OTHER" net)" "$(ns_of "$(pid_of web)" net)"
	same 100000 "$(stat -c %u "/proc/$(pid_of web)")"
}

@test "exec enters the user namespace as the mapped root" {
	user_namespace
	rt run -d web
	run -0 rt exec web sh -c 'readlink /proc/self/ns/user; id -u'
	says "$(ns_of "$(pid_of web)" user)" $'\n0'
	run -0 rt exec --user 1000:1000 web id -u
	[ "$output" = 1000 ]
}

@test "a user namespace without a root: what the runtime makes belongs to the process" {
	user_namespace
	spec '.linux.uidMappings = [{containerID: 1000, hostID: 100000, size: 1}] | .linux.gidMappings = .linux.uidMappings |
		.process.user = {uid: 1000, gid: 1000} | (.mounts[] | select(.destination == "/dev/pts").options) -= ["gid=5"]'
	see 'id -u; id -g; stat -c %u:%g /dev /dev/shm; : >/dev/shm/file'
	same $'1000\n1000\n1000:1000\n1000:1000' "$output"
	shell 'sleep 1000'
	rt run -d web
	run -0 rt exec web sh -c 'id -u; id -g; : >/dev/shm/file; stat -c %u:%g /dev/shm/file'
	same $'1000\n1000\n1000:1000' "$output"
	kernel_since 5.12 || return 0	# `mounts`
	echo '[{"destination": "/dev/shm/data", "type": "bind", "source": "'"$T"'", "options": ["rbind"]}]' >"$T/mounts"
	rt mounts add web "$T/mounts"
	run -0 rt exec web ls /dev/shm/data/mounts
}

@test "root of a user namespace lifts nothing off the mounts that it is given" {
	mkdir "$T/ro" "$T/rw"
	test_mount -t tmpfs x "$T/ro"
	mkdir "$T/ro/covered"
	echo secret >"$T/ro/covered/file"
	test_mount -t tmpfs x "$T/ro/covered"
	mount -o remount,bind,ro "$T/ro"
	user_namespace
	spec '.process.capabilities |= map_values(["CAP_SYS_ADMIN"])'
	spec '.mounts += [{destination: "/tmp", type: "tmpfs", source: "x"},
		{destination: "/tmp/host", type: "bind", source: ($t + "/ro"), options: ["rbind"]},
		{destination: "/tmp/config", type: "bind", source: ($t + "/rw"), options: ["bind", "ro", "nosuid"]},
		{destination: "/tmp/open", type: "bind", source: ($t + "/rw"), options: ["rbind", "rw"]}]' --arg t "$T"
	shell 'sleep 1000'
	rt run -d web
	run ! rt exec web mount -o remount,bind,rw /tmp/host
	run ! rt exec web umount /tmp/host/covered
	# Before 5.12 init mounts, and the kernel locks what it finds, not what is changed there.
	! kernel_since 5.12 || run ! rt exec web mount -o remount,bind,rw,nosuid /tmp/config
	run -0 rt exec web sh -c 'ls /tmp/host/covered; grep -o " /tmp/[hco][a-z]* [^,]*" /proc/self/mountinfo'
	same $' /tmp/host ro\n /tmp/config ro\n /tmp/open rw' "$output"
	kernel_since 5.12 || return 0
	echo '[{"destination": "/tmp/late", "type": "bind", "source": "'"$T"'/ro", "options": ["rbind"]}]' >"$T/mounts"
	rt mounts add web "$T/mounts"
	run ! rt exec web mount -o remount,bind,rw /tmp/late
}

@test "root of a user namespace lifts nothing off a read-only mount in which others lie" {
	need_kernel 5.12
	mkdir -m 777 "$T/data"
	user_namespace
	spec '.process.capabilities |= map_values(["CAP_SYS_ADMIN"])'
	spec '.mounts += [{destination: "/tmp/data", type: "bind", source: $d, options: ["rbind", "ro"]},
		{destination: "/tmp/data/in", type: "tmpfs", source: "x"}]' --arg d "$T/data"
	shell 'sleep 1000'
	rt run -d web
	run ! rt exec web mount -o remount,bind,rw /tmp/data
	run ! rt exec web touch /tmp/data/new
	rt exec web touch /tmp/data/in/new
	same in "$(ls "$T/data")"
}

@test "exec in a container that shares the host's network, ipc and pid namespaces" {
	user_namespace
	no_namespace network ipc pid
	spec '(.mounts[] | select(.destination == "/dev/mqueue")) |= {destination: "/dev/none", type: "tmpfs", source: "x"}'
	rt run -d web
	run -0 rt exec web id -u
	[ "$output" = 0 ]
}

@test "one container joins the user namespace of another" {
	beside_first
	rt run -d second
	same "$(ns_of "$FIRST" user)" "$(ns_of "$(pid_of second)" user)"
}

@test "mappings without the namespace are an error" {
	spec '.linux.uidMappings = [{containerID: 0, hostID: 1, size: 1}]'
	rt_fail create web
	says "/linux/uidMappings" "user namespace isn't enabled"
}

@test "the namespace without mappings: the caller is the process's user, and nobody else is there" {
	namespace user
	spec 'del(.linux.uidMappings, .linux.gidMappings)'
	shell 'tr -s " " </proc/self/uid_map; id -u'
	run rt run web
	[ "$status" = 0 ]
	[ "$output" = " 0 $(id -u) 1"$'\n'0 ]
	spec '.process.user = {uid: 0, gid: 0, additionalGids: [5]}'
	rt_fail run web
	says additionalGids
}

@test "mappings that overlap, are empty, or go too far are errors" {
	user_namespace
	spec '.linux.uidMappings = [{containerID: 0, hostID: 1000, size: 10}, {containerID: 5, hostID: 2000, size: 1}, {containerID: 50, hostID: 1009, size: 1},
		{containerID: 60, hostID: 3000, size: 0}, {containerID: 4294967290, hostID: 4000, size: 10}]'
	rt_fail create web
	says "/linux/uidMappings/1/containerID: overlaps with entry 0" "/linux/uidMappings/2/hostID: overlaps with entry 0" \
		"/linux/uidMappings/3/size" "/linux/uidMappings/4/size"
}

@test "a process whose ids are not mapped is an error" {
	user_namespace 100000 10
	spec '.process.user = {uid: 10, gid: 11, additionalGids: [5, 12]}'
	rt_fail create web
	says "/process/user/uid: 10 is not mapped" "/process/user/gid: 11 is not mapped" "/process/user/additionalGids/1: 12 is not mapped"
}

@test "stdio of the host's root keeps its owner" {
	user_namespace
	shell 'echo text'
	rt run web >"$T/file"
	same text "$(cat "$T/file")"
	[ "$(stat -c %u:%g /dev/null)" = 0:0 ]
}

@test "the message queues belong to the container's root" {
	user_namespace
	spec '.process.capabilities |= map_values([])'
	see 'stat -c %u:%g /dev/mqueue; touch /dev/mqueue/mine && stat -c %u /dev/mqueue/mine; cat /proc/sys/fs/mqueue/queues_max'
	same $'0:0\n0\n256' "$output"

	others --user
	printf '0 100000 65536\n' >"/proc/$OTHER/uid_map"
	printf '0 100000 65536\n' >"/proc/$OTHER/gid_map"
	namespace user "/proc/$OTHER/ns/user"
	see 'stat -c %u:%g /dev/mqueue'
	same 0:0 "$output"
}
