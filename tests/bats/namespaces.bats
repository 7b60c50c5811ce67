# Namespaces are new, joined or the host's, as the config says.
load helpers
load lib/mounts
load lib/namespaces

@test "each namespace of the config is a new one, the others are the host's" {
	local type
	spec '.linux.namespaces = [{type: "pid"}, {type: "network"}, {type: "ipc"}, {type: "uts"}, {type: "mount"}, {type: "cgroup"}, {type: "time"}]'
	rt create web
	for type in pid net ipc uts mnt cgroup time; do
		[ "$(ns_of "$(pid_of web)" "$type")" != "$(ns_of self "$type")" ] || { echo "$type is the host's"; return 1; }
	done
	same "$(ns_of self user)" "$(ns_of "$(pid_of web)" user)"
}

@test "namespaces that are not in the config are the host's" {
	local type
	spec '.linux.namespaces = [{type: "mount"}] | del(.hostname)'
	rt create web
	for type in pid net ipc uts cgroup time user; do
		same "$(ns_of self "$type")" "$(ns_of "$(pid_of web)" "$type")"
	done
	[ "$(ns_of "$(pid_of web)" mnt)" != "$(ns_of self mnt)" ]
}

@test "the first process is pid 1 of its namespace" {
	see 'echo $$ $(readlink /proc/self/ns/pid)'
	[[ $output == "1 pid:["* ]]
}

@test "with the host's pid namespace the first process has the same pid inside" {
	no_namespace pid
	rt run -d web
	run -0 rt exec web cat "/proc/$(pid_of web)/comm"
	[ "$output" = sleep ]
	rt kill web KILL
	wait_status web stopped
}

@test "a new network namespace has a loopback device and nothing else" {
	see 'cat /proc/net/dev | sed 1,2d | cut -d : -f 1'
	same lo "$(tr -d ' ' <<<"$output")"
}

@test "a namespace of every type is joined by path" {
	local type name
	others --net --ipc --uts --cgroup --pid --fork
	for type in network:net ipc:ipc uts:uts cgroup:cgroup pid:pid; do
		namespace "${type%:*}" "/proc/$OTHER/ns/${type#*:}"
	done
	spec 'del(.hostname)'
	rt create web
	for name in net ipc uts cgroup pid; do
		same "$(ns_of "$OTHER" "$name")" "$(ns_of "$(pid_of web)" "$name")"
	done
	rt start web
	is web running
}

@test "a namespace is joined through a file it is bound to" {
	: >"$T/net"
	others --net
	test_mount --bind "/proc/$OTHER/ns/net" "$T/net"
	namespace network "$T/net"
	rt create web
	same "$(ns_of "$OTHER" net)" "$(ns_of "$(pid_of web)" net)"
}

@test "a time namespace is joined" {
	others --time --fork
	namespace time "/proc/$OTHER/ns/time"
	rt create web
	same "$(ns_of "$OTHER" time)" "$(ns_of "$(pid_of web)" time)"
}

@test "one container joins another's namespaces" {
	rt run -d first
	new_bundle second
	namespace network "/proc/$(pid_of first)/ns/net"
	namespace pid "/proc/$(pid_of first)/ns/pid"
	rt run -d second
	same "$(ns_of "$(pid_of first)" net)" "$(ns_of "$(pid_of second)" net)"
	run -0 rt exec first ps
	same 2 "$(grep -c 'sleep 1000' <<<"$output")"
	rt delete --force second
	is first running
}

@test "one container joins all that another has, its user and time namespaces too" {
	local type

	user_namespace
	namespace time
	spec '.linux.timeOffsets = {boottime: {secs: 1337, nanosecs: 5}}'
	rt run -d first
	new_bundle second
	for type in user:user time:time network:net pid:pid ipc:ipc uts:uts; do
		namespace "${type%:*}" "/proc/$(pid_of first)/ns/${type#*:}"
	done
	spec 'del(.hostname)'
	rt run -d second
	for type in user time net pid ipc uts; do
		same "$(ns_of "$(pid_of first)" $type)" "$(ns_of "$(pid_of second)" $type)"
	done
	run -0 rt exec second cat /proc/self/timens_offsets /proc/self/uid_map
	same "boottime 1337 5" "$(sed -n 's/  */ /g; /^boot/p' <<<"$output")"
	same "0 100000 65536" "$(xargs <<<"${lines[2]}")"
}

@test "in a joined pid namespace kill and delete end what the container started, and only that" {
	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
	shell 'sleep 1000 & sleep 1000 & wait'
	rt run -d web
	wait_for rt exec web sh -c '[ $(ps | grep -c "[s]leep 1000") -ge 3 ]'
	rt delete --force web
	[ -d "/proc/$OTHER" ]
	for pid in /proc/[0-9]*; do
		[ "$pid" != "/proc/$OTHER" ] && [ "$(readlink "$pid/ns/pid")" = "$(ns_of "$OTHER" pid)" ] || continue
		# Those that nobody reaps there are still seen.
		grep -q 'State:.Z' "$pid/status"
	done
}

@test "a joined mount namespace holds the container's mounts, and delete leaves it alone" {
	others --mount --propagation private
	namespace mount "/proc/$OTHER/ns/mnt"
	shell 'cat /etc/hostname'
	run -0 rt run web
	[ "$output" = example ]
	[ -d "/proc/$OTHER" ]
}

@test "a path of a namespace of another type is refused" {
	others --net
	namespace ipc "/proc/$OTHER/ns/net"
	rt_fail create web
	says "/linux/namespaces/$(jq '.linux.namespaces | map(.type) | index("ipc")' config.json)" "/proc/$OTHER/ns/net"
	spec '(.linux.namespaces[] | select(.type == "ipc")).path = "/etc/passwd"'
	rt_fail create web
	says /etc/passwd
}

@test "a path that does not exist, is relative, or is no namespace is refused" {
	namespace network /proc/0/ns/net
	rt_fail create web
	says "/linux/namespaces/" /proc/0/ns/net "no such file or directory"
	namespace network proc/1/ns/net
	rt_fail create web
	says "must be an absolute path"
	mkfifo "$T/fifo"
	namespace network "$T/fifo"
	rt_fail create web
	says "$T/fifo"
}

@test "duplicates and unknown types are refused" {
	spec '.linux.namespaces += [{type: "ipc"}, {type: "net"}]'
	rt_fail create web
	says 'duplicated ns "ipc"' '"net" is not one of pid, network, mount' "/linux/namespaces/"
}

@test "an empty path is none" {
	spec '.linux.namespaces |= map(.path = "")'
	rt create web
	[ "$(ns_of "$(pid_of web)" net)" != "$(ns_of self net)" ]
}

@test "a joined network namespace is not changed by the container's end" {
	others --net
	namespace network "/proc/$OTHER/ns/net"
	program true
	rt run web
	rt run web
	[ -d "/proc/$OTHER/ns" ]
	[ "$(nsenter -t "$OTHER" -n sed 1,2d /proc/self/net/dev | wc -l)" = 1 ]
}
