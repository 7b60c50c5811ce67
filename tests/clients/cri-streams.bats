load helpers
load containerd
load cri

# What the kubelet does beside running containers: it streams, reads logs and numbers, serves the network, and cleans up.

# ---- streams ------------------------------------------------------------------

# frame CHANNEL TEXT: as a client sends it; what it is masked with are zeros
frame()
{
	printf "\\x82\\x$(printf %02x $((${#2} + 1 | 128)))\\0\\0\\0\\0\\x0$1"
	printf %s "$2"
}

# stream METHOD REQUEST [CHANNEL TEXT]...: what kubectl exec and attach are, over a WebSocket.  Each message of either side has
# its channel before it: 0 input, 1 output, 2 errors, 3 how it ended, 4 the size of the terminal.  $output has all of the
# output, $errors and $ending the rest.
stream()
{
	local url host line length channel
	ok cri "$1" "$2"
	shift 2
	url=$(sed -n 's/^url: "\(.*\)"/\1/p' <<<"$output")
	host=${url#http://}
	host=${host%%/*}
	rm -f "$W"/tmp/channel.*
	touch "$W"/tmp/channel.{1,2,3}
	exec {socket}<>"/dev/tcp/${host%:*}/${host##*:}"
	printf '%s\r\n' "GET ${url#http://"$host"} HTTP/1.1" "Host: $host" 'Upgrade: websocket' 'Connection: Upgrade' \
		'Sec-WebSocket-Key: Y3RyLXJ1bi1jdHItcnVuLQ==' 'Sec-WebSocket-Version: 13' 'Sec-WebSocket-Protocol: v4.channel.k8s.io' '' >&$socket
	read -r line <&$socket
	[[ $line == *" 101 "* ]] || { echo "no WebSocket: $line"; return 1; }
	while [ "$line" != $'\r' ]; do
		IFS= read -r line <&$socket
	done
	while [ $# -gt 0 ]; do
		frame "$1" "$2" >&$socket
		shift 2
	done
	# 0x82: a whole message of bytes; anything else ends it, as does its result.
	until [ -s "$W/tmp/channel.3" ] || [ "$(timeout $((20 * SLOW)) head -c 1 <&$socket | od -An -tx1)" != " 82" ]; do
		length=$(number 1)
		[ "$length" != 126 ] || length=$(number 2)
		channel=$(number 1)
		head -c $((length - 1)) <&$socket >>"$W/tmp/channel.$channel"
	done
	exec {socket}>&-
	output=$(tr -d '\r\0' <"$W/tmp/channel.1")
	errors=$(<"$W/tmp/channel.2")
	ending=$(<"$W/tmp/channel.3")
}

# A number of $1 bytes from the socket, the highest first
number()
{
	echo $((0x$(head -c "$1" <&$socket | od -An -tx1 | tr -d ' ')))
}

@test "exec: output and errors apart, and the exit status" {
	idle one s1
	stream Exec "container_id: '$id' stdout: true stderr: true cmd: 'sh' cmd: '-c' cmd: 'echo out; echo err >&2'"
	is out
	[ "$errors" = err ]
	[ "$(jq -r .status <<<"$ending")" = Success ]
	stream Exec "container_id: '$id' stdout: true stderr: true cmd: 'sh' cmd: '-c' cmd: 'exit 7'"
	[ "$(jq -r '.details.causes[] | select(.reason == "ExitCode").message' <<<"$ending")" = 7 ]
	# More than a pipe holds.
	stream Exec "container_id: '$id' stdout: true cmd: 'sh' cmd: '-c' cmd: 'head -c 300000 /dev/zero | tr \"\\\\0\" x'"
	[ ${#output} = 300000 ]
	stream Exec "container_id: '$id' stdout: true stderr: true cmd: 'nope'"
	[[ $ending == *"executable file not found"* ]]
	finish "$id"
}

@test "exec with input" {
	idle one s2
	stream Exec "container_id: '$id' stdin: true stdout: true stderr: true cmd: 'sh'" 0 $'echo $((6 * 7)); readlink /proc/self/fd/0 | cut -c 1-4; exit 3\n'
	is $'42\npipe'
	[[ $ending == *'"3"'* ]]
	finish "$id"
}

@test "exec on a terminal, which has the size of the client's" {
	idle one s3
	stream Exec "container_id: '$id' tty: true stdin: true stdout: true
		cmd: 'sh' cmd: '-c' cmd: 'until stty size | grep -x \"40 100\"; do sleep 0.1; done; tty; read word; echo got \$word; echo err >&2'" \
		4 '{"Width":100,"Height":40}' 0 $'word\n'
	says "40 100" /dev/pts/ "got word" err
	[ ! "$errors" ]
	[[ $ending == *Success* ]]
	# A key is a signal there.
	stream Exec "container_id: '$id' tty: true stdin: true stdout: true cmd: 'sh' cmd: '-c' cmd: 'trap \"echo caught; exit 4\" INT; while :; do sleep 0.1; done'" \
		0 $'\x03'
	says caught
	[[ $ending == *'"4"'* ]]
	finish "$id"
}

@test "exec on a terminal as another user, who owns it" {
	idle one s4 "linux { security_context { run_as_username: 'app' readonly_rootfs: true } }"
	stream Exec "container_id: '$id' tty: true stdin: true stdout: true cmd: 'sh' cmd: '-c' cmd: 'stat -c %U \$(tty); echo x >/dev/tty; id -un'"
	is $'app\nx\napp'
	finish "$id"
}

@test "exec on a terminal in a user namespace" {
	need_version containerd 2
	local map="{ host_id: 400000 container_id: 0 length: 65536 }"
	local security="security_context { namespace_options { userns_options { mode: 0 uids $map gids $map } } }"
	pod mapped "$security"
	idle mapped s7 "linux { $security }"
	stream Exec "container_id: '$id' tty: true stdin: true stdout: true
		cmd: 'sh' cmd: '-c' cmd: 'until stty size | grep -x \"40 100\"; do sleep 0.1; done; stat -c %u,%g \$(tty); read word; echo got \$word'" \
		4 '{"Width":100,"Height":40}' 0 $'word\n'
	says "40 100" 0,5 "got word"
	finish "$id"
	end_pod mapped
}

@test "attach: to pipes, to a terminal" {
	start one s5 "command: 'sh' stdin: true stdin_once: true"
	stream Attach "container_id: '$id' stdin: true stdout: true stderr: true" 0 $'echo hello; echo bad >&2; exit 3\n'
	is hello
	[ "$errors" = bad ]
	wait_for exited "$id"
	ok status_of "$id"
	says "exit_code: 3"
	ok cri RemoveContainer "container_id: '$id'"
	start one s6 "command: 'sh' tty: true stdin: true"
	stream Attach "container_id: '$id' tty: true stdin: true stdout: true" 4 '{"Width":77,"Height":33}' 0 $'sleep 0.5; stty size; exit 5\n'
	says "33 77"
	wait_for exited "$id"
	ok status_of "$id"
	says "exit_code: 5"
	ok cri RemoveContainer "container_id: '$id'"
}

# ---- logs and numbers ---------------------------------------------------------

@test "a log that is rotated: the old file rests, the new one grows" {
	local old
	start one s10 "command: 'sh' args: '-c' args: 'i=0; while :; do echo line \$((i += 1)); sleep 0.05; done'"
	wait_for grep -q 'line 3' "$W/tmp/logs/s10.log"
	mv "$W/tmp/logs/s10.log" "$W/tmp/logs/s10.log.1"
	ok cri ReopenContainerLog "container_id: '$id'"
	wait_for grep -q line "$W/tmp/logs/s10.log"
	old=$(wc -l <"$W/tmp/logs/s10.log.1")
	sleep 0.3
	[ "$(wc -l <"$W/tmp/logs/s10.log.1")" = "$old" ]
	# None is lost, none is twice.
	[ "$(tail -n 1 "$W/tmp/logs/s10.log.1" | cut -d ' ' -f 5)" = $(($(head -n 1 "$W/tmp/logs/s10.log" | cut -d ' ' -f 5) - 1)) ]
	finish "$id"
	fails cri ReopenContainerLog "container_id: '$id'"
}

@test "usage of one container, of those with a label, of all, of a pod" {
	idle one s11 "labels { key: 'kind' value: 'counted' }"
	local first=$id
	idle one s12 "labels { key: 'kind' value: 'other' }"
	inside 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; head -c 3000000 /dev/zero >/tmp/file'
	ok cri ListContainerStats "filter { id: '$id' }"
	says "id: \"$id\"" 'name: "s12"'
	[ "$(grep -c '^stats {' <<<"$output")" = 1 ]
	[ "$(sed -n '/usage_core_nano_seconds/{n;s/.*value: //p}' <<<"$output")" -gt 1000000 ]
	[ "$(sed -n '/working_set_bytes/{n;s/.*value: //p}' <<<"$output")" -gt 10000 ]
	ok cri ListContainerStats "filter { label_selector { key: 'kind' value: 'counted' } }"
	says "$first"
	says_not "$id"
	ok cri ListContainerStats ''
	says "$first" "$id"
	ok cri PodSandboxStats "pod_sandbox_id: '$(<"$W/tmp/pod.one")'"
	says "$first" "$id" usage_core_nano_seconds
	finish "$id"
	finish "$first"
}

# ---- network ------------------------------------------------------------------

@test "a pod serves: to the node, to its other containers, with names of its own" {
	pod server "" "$RUNTIME_NAME" "dns_config { servers: '10.10.10.10' searches: 'pods.example' options: 'ndots:8' }"
	ok cri PodSandboxStatus "pod_sandbox_id: '$(<"$W/tmp/pod.server")'"
	local address=$(sed -n 's/.* ip: "\(.*\)"/\1/p' <<<"$output") first
	start server s20 "command: 'httpd' args: '-f' args: '-h' args: '/data'"
	first=$id
	wait_for curl --silent --fail --max-time 5 "http://$address/file"
	ok curl --silent "http://$address/file"
	is original
	idle server s21
	inside 'wget -q -O - http://127.0.0.1/file; cat /etc/resolv.conf; hostname; grep -c server /etc/hosts'
	says $'original\n' "nameserver 10.10.10.10" "search pods.example" "options ndots:8" $'\nserver'
	finish "$id"
	# The network is the pod's, whatever becomes of its containers.
	finish "$first"
	idle server s22
	inside 'ip -o addr show eth0'
	says "$address"
	finish "$id"
	end_pod server
}

# ---- ends ---------------------------------------------------------------------

gone_from_list()
{
	ok cri ListContainers "filter { id: '$1' }"
	is ""
}

@test "containers are removed in any state, and once more" {
	create one s30
	ok cri ListContainers "filter { id: '$id' }"
	says "$id"
	ok cri RemoveContainer "container_id: '$id'"
	gone_from_list "$id"
	idle one s31
	ok cri RemoveContainer "container_id: '$id'"
	gone_from_list "$id"
	idle one s32
	ok cri StopContainer "container_id: '$id'"
	ok cri StopContainer "container_id: '$id'"
	ok cri RemoveContainer "container_id: '$id'"
	gone_from_list "$id"
	ok cri RemoveContainer "container_id: '$id'"
	ok cri RemoveContainer "container_id: 'deadbeef'"
	! has_version containerd 2 || ok cri StopContainer "container_id: 'deadbeef'"
	# One that is frozen is ended, too.
	[ "$RUNTIME_NAME" = ctr-run ] || return 0
	idle one s33
	"$RUNTIME" --root /run/containerd/runc/k8s.io pause "$id"
	ok cri RemoveContainer "container_id: '$id'"
	gone_from_list "$id"
}

@test "a pod that is stopped takes its containers with it, and starts no others" {
	pod short
	local sandbox=$(<"$W/tmp/pod.short") running waiting
	idle short s34 "linux { security_context { namespace_options { pid: 1 } } }"
	running=$id
	create short s35
	waiting=$id
	ok cri StopPodSandbox "pod_sandbox_id: '$sandbox'"
	ok cri PodSandboxStatus "pod_sandbox_id: '$sandbox'"
	says "state: 1"
	ok status_of "$running"
	says "state: 2" "exit_code: 137"
	fails cri StartContainer "container_id: '$waiting'"
	refused short s36 "command: 'true'"
	ok cri StopPodSandbox "pod_sandbox_id: '$sandbox'"
	ok cri RemovePodSandbox "pod_sandbox_id: '$sandbox'"
	ok cri RemovePodSandbox "pod_sandbox_id: '$sandbox'"
	gone_from_list "$running"
	gone_from_list "$waiting"
	! has_version containerd 2 || ok cri StopPodSandbox "pod_sandbox_id: 'deadbeef'"
	[ "$RUNTIME_NAME" = ctr-run ] || return 0
	ok "$RUNTIME" --root /run/containerd/runc/k8s.io list -q
	says_not "$running" "$sandbox"
}

@test "a pod that is removed while its containers run" {
	pod short
	idle short s37
	local sandbox=$(<"$W/tmp/pod.short")
	ok cri RemovePodSandbox "pod_sandbox_id: '$sandbox'"
	gone_from_list "$id"
}

@test "a runtime that does not exist is refused" {
	fails pod nowhere "" no-such-runtime
	says no-such-runtime
}

@test "exec: the time limit ends what runs" {
	idle one s40
	fails cri ExecSync "container_id: '$id' cmd: 'sleep' cmd: '7778' timeout: 1"
	inside 'ps | grep -c "[s]leep 7778"'
	is 0
	finish "$id"
}

@test "a container whose first process dies takes the others with it" {
	start one s41 "command: 'sh' args: '-c' args: 'sleep 8888 & sleep 0.3; exit 6' linux { security_context { namespace_options { pid: 1 } } }"
	wait_for exited "$id"
	ok status_of "$id"
	says "exit_code: 6"
	ok cri RemoveContainer "container_id: '$id'"
	# In the namespace of the pod the runtime has to do it.
	start one s42 "command: 'sh' args: '-c' args: 'sleep 8889 & sleep 0.3; exit 6'"
	wait_for exited "$id"
	ok cri RemoveContainer "container_id: '$id'"
	idle one s43
	inside 'ps | grep -c "[s]leep 888"'
	is 0
	finish "$id"
}
