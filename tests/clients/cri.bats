load helpers
load containerd

BOX=localhost/box:latest

setup_file()
{
	# containerd asks for cpu.shares whether its user does or not.
	need_controller cpu || return 0
	need containerd ctr curl protoc || return 0
	[ "$(cni_folder)" ] || lacks "there are no CNI plugins" || return 0
	cat >/etc/cni/net.d/10-pods.conflist <<-EOT
		{ "cniVersion": "0.4.0", "name": "pods", "plugins": [
			{ "type": "bridge", "bridge": "pods0", "isGateway": true,
			  "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.99.0.0/24" }]] } },
			{ "type": "loopback" } ] }
	EOT
	containerd_start
	ctr -n k8s.io image import "$IMAGES/box.tar"
	ctr -n k8s.io image import "$IMAGES/pause.tar"
	wait_for cri Version ''
	pod one
}

teardown_file()
{
	began || return 0
	local id

	for id in $(ctr -n k8s.io container ls -q labels.\"io.cri-containerd.kind\"==sandbox); do
		cri StopPodSandbox "pod_sandbox_id: '$id'" || :
		cri RemovePodSandbox "pod_sandbox_id: '$id'" || :
	done
	end containerd
	ip link del pods0 2>/dev/null || :
	for id in /sys/fs/cgroup/{k8s.io,pods} /sys/fs/cgroup/*/{k8s.io,pods}; do
		[ ! -d "$id" ] || rmdir "$id" 2>/dev/null || :
	done
	rm -rf /run/netns/cni-* 2>/dev/null || :
	umount /run/netns 2>/dev/null || :
}

# cri METHOD TEXT: a call as the kubelet makes it.  gRPC is a POST of HTTP/2 whose body is one byte "not compressed", four of
# length, and the message; the status comes behind the answer.
cri()
{
	local method=$1 call=$W/tmp/call.$BASHPID status n
	printf '%s' "$2" | protoc --proto_path="$TOP/tests/clients" --encode="runtime.v1.${method}Request" cri.proto >"$call.message"
	n=$(stat -c %s "$call.message")
	{
		printf "\\x00\\x$(printf %02x $((n >> 24 & 255)))\\x$(printf %02x $((n >> 16 & 255)))\\x$(printf %02x $((n >> 8 & 255)))\\x$(printf %02x $((n & 255)))"
		cat "$call.message"
	} >"$call.request"
	curl --silent --show-error --http2-prior-knowledge --unix-socket /run/containerd/containerd.sock --max-time 120 \
		-H 'content-type: application/grpc' -H 'te: trailers' -H 'user-agent: grpc-test' --data-binary "@$call.request" \
		--dump-header "$call.head" --output "$call.answer" "http://localhost/runtime.v1.RuntimeService/$method" || return 1
	status=$(sed -n 's/^grpc-status: *\([0-9]*\).*/\1/p' "$call.head" | tail -n 1)
	if [ "$status" != 0 ]; then
		sed -n 's/^grpc-message: *//p' "$call.head"
		rm -f "$call".*
		return 1
	fi
	tail -c +6 "$call.answer" | protoc --proto_path="$TOP/tests/clients" --decode="runtime.v1.${method}Response" cri.proto
	rm -f "$call".*
}

sandbox_config()
{
	# The kubelet gives no hostname to pods in the network of the node.
	local hostname=$1
	[ "$1" != node ] || hostname=
	echo "metadata { name: '$1' uid: '$1' namespace: 'tests' } hostname: '$hostname' log_directory: '$W/tmp/logs' linux { cgroup_parent: '/pods/$1' ${2-} }"
}

# pod NAME [LINUX-FIELDS] [HANDLER]: its id goes to $W/tmp/pod.NAME
pod()
{
	mkdir -p "$W/tmp/logs"
	echo "${2-}" >"$W/tmp/linux.$1"
	cri RunPodSandbox "config { $(sandbox_config "$1" "${2-}") } runtime_handler: '${3-$RUNTIME_NAME}'" >"$W/tmp/answer.$1" || {
		cat "$W/tmp/answer.$1"
		return 1
	}
	sed -n 's/^pod_sandbox_id: "\(.*\)"/\1/p' "$W/tmp/answer.$1" >"$W/tmp/pod.$1"
}

end_pod()
{
	local id=$(<"$W/tmp/pod.$1")
	ok cri StopPodSandbox "pod_sandbox_id: '$id'"
	ok cri RemovePodSandbox "pod_sandbox_id: '$id'"
}

# create POD NAME FIELDS: $id is the container's
create()
{
	ok cri CreateContainer "pod_sandbox_id: '$(<"$W/tmp/pod.$1")' sandbox_config { $(sandbox_config "$1" "$(<"$W/tmp/linux.$1")") }
		config { metadata { name: '$2' } image { image: '$BOX' } log_path: '$2.log' $3 }"
	id=$(sed -n 's/^container_id: "\(.*\)"/\1/p' <<<"$output")
}

start()
{
	create "$@"
	ok cri StartContainer "container_id: '$id'"
}

status_of()
{
	cri ContainerStatus "container_id: '$1'"
}

exited()
{
	status_of "$1" | grep -q '^  state: 2'
}

# The log of container NAME, without its times.
log_of()
{
	cut -d ' ' -f 4- "$W/tmp/logs/$1.log"
}

finish()
{
	ok cri StopContainer "container_id: '$1' timeout: ${2-0}"
	ok cri RemoveContainer "container_id: '$1'"
}

# once NAME PROGRAM-WORDS... : run a container of pod one to its end; $output is its log
once()
{
	local name=$1 fields=$2 words=
	shift 2
	for word; do
		words+=" command: '$word'"
	done
	start one "$name" "$words $fields"
	wait_for exited "$id"
	output=$(log_of "$name")
	cri RemoveContainer "container_id: '$id'" >/dev/null
}

@test "the kubelet finds the runtime ready" {
	ok cri Status ''
	says RuntimeReady
	[ "$(grep -c 'status: true' <<<"$output")" -ge 2 ] || { sed -n '/NetworkReady/,$p' <<<"$output"; return 1; }
	ok cri PodSandboxStatus "pod_sandbox_id: '$(<"$W/tmp/pod.one")'"
	says "10.99.0." "runtime_handler: \"$RUNTIME_NAME\""
}

@test "a container: created, running, exited with its status and its log" {
	create one c1 "command: 'sh' args: '-c' args: 'echo out; echo err >&2; exit 3'"
	ok status_of "$id"
	says_not "state: 1"
	ok cri StartContainer "container_id: '$id'"
	wait_for exited "$id"
	ok status_of "$id"
	says "exit_code: 3" "reason: \"Error\""
	ok log_of c1
	says out err
	ok cri RemoveContainer "container_id: '$id'"
}

@test "what cannot be run is refused with the reason" {
	create one c2 "command: 'nope'"
	fails cri StartContainer "container_id: '$id'"
	says "executable file not found"
	ok status_of "$id"
	says "exit_code: 128" "reason: \"StartError\""
	ok cri RemoveContainer "container_id: '$id'"
	create one c3 "command: '/etc/plain'"
	fails cri StartContainer "container_id: '$id'"
	says "permission denied"
	ok cri RemoveContainer "container_id: '$id'"
}

@test "exec with output, status and time limit" {
	start one c4 "command: 'sleep' args: '1000'"
	ok cri ExecSync "container_id: '$id' cmd: 'sh' cmd: '-c' cmd: 'echo in; echo bad >&2; exit 4'"
	says 'stdout: "in\n"' 'stderr: "bad\n"' "exit_code: 4"
	fails cri ExecSync "container_id: '$id' cmd: 'nope'"
	says "executable file not found"
	fails cri ExecSync "container_id: '$id' cmd: 'sleep' cmd: '1000' timeout: 1"
	says -i timed || says "timeout"
	finish "$id"
}

@test "stop: TERM, then KILL" {
	start one c5 "command: 'sh' args: '-c' args: 'trap \"exit 9\" TERM; touch /tmp/ready; while :; do sleep 0.1; done'"
	wait_for cri ExecSync "container_id: '$id' cmd: 'cat' cmd: '/tmp/ready'"
	ready()
	{
		cri ExecSync "container_id: '$id' cmd: 'ls' cmd: '/tmp'" | grep ready
	}
	wait_for ready
	ok cri StopContainer "container_id: '$id' timeout: 30"
	ok status_of "$id"
	says "exit_code: 9"
	ok cri RemoveContainer "container_id: '$id'"
	# As pid 1 it does not hear TERM.
	start one c6 "command: 'sleep' args: '1000' linux { security_context { namespace_options { pid: 1 } } }"
	ok cri StopContainer "container_id: '$id' timeout: 1"
	ok status_of "$id"
	says "exit_code: 137"
	ok cri RemoveContainer "container_id: '$id'"
}

@test "environment, directory, terminal, mounts" {
	once c7 "working_dir: '/tmp' envs { key: 'A' value: 'b' }" sh -c 'echo $A; pwd'
	is $'b\n/tmp'
	once c8 "tty: true" tty
	says /dev/pts/0
	mkdir -p "$W/tmp/m"; echo data >"$W/tmp/m/f"
	once c9 "mounts { container_path: '/m' host_path: '$W/tmp/m' readonly: true }" sh -c 'cat /m/f; touch /m/g || echo ro'
	says data ro
	start one c10 "command: 'sleep' args: '1000' mounts { container_path: '/m' host_path: '$W/tmp/m' propagation: 1 }"
	mkdir -p "$W/tmp/m/later"
	mount -t tmpfs later "$W/tmp/m/later"
	ok cri ExecSync "container_id: '$id' cmd: 'grep' cmd: '/m/later' cmd: '/proc/mounts'"
	says /m/later "exit_code: 0" || says /m/later
	umount "$W/tmp/m/later"
	finish "$id"
}

@test "security context: user, groups, capabilities, no new privileges, seccomp, read-only, masks, privileged" {
	once c11 "linux { security_context { run_as_user { value: 1234 } run_as_group { value: 55 } supplemental_groups: 66 } }" sh -c 'id -u; id -G'
	says 1234 "55 66"
	once c12 "linux { security_context { run_as_username: 'app' } }" id -un
	is app
	once c13 "linux { security_context { capabilities { drop_capabilities: 'ALL' add_capabilities: 'NET_ADMIN' } no_new_privs: true } }" \
		grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status
	says 0000000000001000 $'NoNewPrivs:\t1'
	once c14 "linux { security_context { seccomp { profile_type: 0 } readonly_rootfs: true masked_paths: '/proc/keys' } }" \
		sh -c 'grep Seccomp: /proc/self/status; touch /x || echo ro; wc -c </proc/keys'
	says $'Seccomp:\t2' ro 0
	pod privileged "security_context { privileged: true }"
	start privileged c15 "command: 'sleep' args: '1000' linux { security_context { privileged: true } }"
	ok cri ExecSync "container_id: '$id' cmd: 'sh' cmd: '-c' cmd: 'mkdir /m && mount -t tmpfs none /m && test -c /dev/kmsg && echo mounted'"
	says mounted
	finish "$id"
	end_pod privileged
}

@test "limits, and their update while it runs" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	start one c16 "command: 'sleep' args: '1000' linux { resources { memory_limit_in_bytes: 67108864 cpu_period: 100000 cpu_quota: 50000 cpu_shares: 512 oom_score_adj: 500 } }"
	[ "$(cat /sys/fs/cgroup/memory/pods/one/"$id"/memory.limit_in_bytes)" = 67108864 ]
	[ "$(cat /sys/fs/cgroup/cpu/pods/one/"$id"/cpu.cfs_quota_us)" = 50000 ]
	ok cri UpdateContainerResources "container_id: '$id' linux { memory_limit_in_bytes: 134217728 cpu_quota: 25000 cpu_period: 100000 }"
	[ "$(cat /sys/fs/cgroup/memory/pods/one/"$id"/memory.limit_in_bytes)" = 134217728 ]
	[ "$(cat /sys/fs/cgroup/cpu/pods/one/"$id"/cpu.cfs_quota_us)" = 25000 ]
	ok cri ContainerStats "container_id: '$id'"
	says working_set_bytes
	finish "$id"
}

@test "an OOM kill is the reason" {
	need_controller memory
	start one c17 "command: 'tail' args: '/dev/zero' linux { resources { memory_limit_in_bytes: 8388608 } }"
	wait_for exited "$id"
	killed()
	{
		status_of "$id" | grep OOMKilled
	}
	wait_for killed
	ok status_of "$id"
	says "exit_code: 137"
	ok cri RemoveContainer "container_id: '$id'"
}

@test "namespaces: of the pod, of the node, of another container" {
	once c18 "" hostname
	is one
	start one c19 "command: 'sleep' args: '2222'"
	local target=$id
	start one c20 "command: 'sleep' args: '3333' linux { security_context { namespace_options { pid: 3 target_id: '$target' } } }"
	ok cri ExecSync "container_id: '$id' cmd: 'ps'"
	says "sleep 2222" "sleep 3333"
	finish "$id"
	finish "$target"
	pod node "security_context { namespace_options { network: 2 pid: 2 ipc: 2 } }"
	start node c21 "command: 'sleep' args: '1000' linux { security_context { namespace_options { network: 2 pid: 2 ipc: 2 } } }"
	ok cri ExecSync "container_id: '$id' cmd: 'ls' cmd: '/sys/class/net'"
	says uplink
	# The kubelet stops what has no pid namespace of its own, too.
	finish "$id"
	end_pod node
	pod shared "security_context { namespace_options { pid: 0 } }"
	start shared c22 "command: 'sleep' args: '4444' linux { security_context { namespace_options { pid: 0 } } }"
	ok cri ExecSync "container_id: '$id' cmd: 'ps'"
	says "sleep 1000000" "sleep 4444"
	finish "$id"
	end_pod shared
}

@test "sysctls of the pod, devices of the container" {
	pod tuned "sysctls { key: 'net.ipv4.ip_forward' value: '1' } sysctls { key: 'kernel.shm_rmid_forced' value: '1' }"
	start tuned c23 "command: 'sleep' args: '1000'"
	ok cri ExecSync "container_id: '$id' cmd: 'cat' cmd: '/proc/sys/net/ipv4/ip_forward' cmd: '/proc/sys/kernel/shm_rmid_forced'"
	says '1\n1\n'
	finish "$id"
	end_pod tuned
	[ ! -b /dev/loop0 ] || {
		once c24 "devices { container_path: '/dev/given' host_path: '/dev/loop0' permissions: 'rwm' }" ls /dev/given
		is /dev/given
	}
}

@test "a pod with the default handler, and ten of them at once" {
	local i pids=()
	pod default "" ""
	end_pod default
	for i in $(seq 10); do
		pod "many$i" 3>&- &
		pids+=($!)
	done
	for i in $(seq 10); do
		ends 0 "${pids[i - 1]}"
	done
	for i in $(seq 10); do
		end_pod "many$i"
	done
}

@test "what the kubelet removed is gone from the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok ctr-run --root /run/containerd/runc/k8s.io list -q
	is "$(<"$W/tmp/pod.one")"
}
