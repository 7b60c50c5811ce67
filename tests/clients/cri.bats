load helpers
load containerd
load cri

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
	# containerd's shim begins to watch the memory after the start, and would miss what happens at once.
	start one c17 "command: 'sh' args: '-c' args: 'sleep 1; tail /dev/zero' linux { resources { memory_limit_in_bytes: 8388608 } }"
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
	pod tuned "sysctls { key: 'net.ipv4.ip_forward' value: '1' } sysctls { key: 'kernel.shm_rmid_forced' value: '1' }
		sysctls { key: 'fs.mqueue.msg_max' value: '100' }"
	idle tuned c23
	inside 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shm_rmid_forced /proc/sys/fs/mqueue/msg_max'
	is $'1\n1\n100'
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

@test "many execs at once, many containers in one pod" {
	local i pids=() ids=()
	start one m0 "command: 'sleep' args: '1000'"
	local target=$id
	for i in $(seq 20); do
		cri ExecSync "container_id: '$target' cmd: 'sh' cmd: '-c' cmd: 'echo number $i; exit $i'" \
			>"$W/tmp/exec.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in $(seq 20); do
		ends 0 "${pids[i - 1]}"
		output=$(<"$W/tmp/exec.$i")
		says "number $i" "exit_code: $i"
	done
	for i in $(seq 8); do
		start one "m$i" "command: 'sleep' args: '1000'"
		ids+=("$id")
	done
	for id in "${ids[@]}" "$target"; do
		finish "$id"
	done
}

@test "seccomp from a file, propagation of mounts to the node" {
	echo '{ "defaultAction": "SCMP_ACT_ALLOW",
		"syscalls": [{ "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95 }] }' \
		>"$W/tmp/seccomp.json"
	once c25 "linux { security_context { seccomp { profile_type: 2 localhost_ref: '$W/tmp/seccomp.json' } } }" \
		mkdir /tmp/x
	says "not supported"
	mkdir -p "$W/tmp/both"
	mount --bind "$W/tmp/both" "$W/tmp/both"
	mount --make-shared "$W/tmp/both"
	pod both "security_context { privileged: true }"
	start both c26 "command: 'sleep' args: '1000' linux { security_context { privileged: true } }
		mounts { container_path: '/m' host_path: '$W/tmp/both' propagation: 2 }"
	ok cri ExecSync "container_id: '$id' cmd: 'sh' cmd: '-c'
		cmd: 'mkdir /m/in && mount -t tmpfs in /m/in && touch /m/in/seen'"
	[ -e "$W/tmp/both/in/seen" ]
	umount "$W/tmp/both/in"
	finish "$id"
	end_pod both
	umount "$W/tmp/both"
}

@test "limits of all kinds, updates of them, and an update that cannot be" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	local cpus=$(</sys/fs/cgroup/cpuset/cpuset.cpus) one
	one=${cpus##*[,-]}
	start one c27 "command: 'sleep' args: '1000' linux { resources {
		cpu_shares: 100 cpuset_cpus: '$cpus' cpuset_mems: '0'
		hugepage_limits { page_size: '2MB' limit: 4194304 }
		memory_limit_in_bytes: 33554432 memory_swap_limit_in_bytes: 33554432 } }"
	# More memory than the old limit of memory and swap, and back: the order in which they are written matters.
	ok cri UpdateContainerResources "container_id: '$id' linux { cpuset_cpus: '$one' cpu_shares: 300
		memory_limit_in_bytes: 67108864 memory_swap_limit_in_bytes: 67108864 }"
	[ "$(<"/sys/fs/cgroup/cpuset/pods/one/$id/cpuset.cpus")" = "$one" ]
	[ "$(<"/sys/fs/cgroup/cpu/pods/one/$id/cpu.shares")" = 300 ]
	ok cri UpdateContainerResources "container_id: '$id' linux {
		memory_limit_in_bytes: 33554432 memory_swap_limit_in_bytes: 33554432 }"
	[ "$(<"/sys/fs/cgroup/memory/pods/one/$id/memory.limit_in_bytes")" = 33554432 ]
	fails cri UpdateContainerResources "container_id: '$id' linux { cpuset_cpus: '7777' }"
	ok cri ExecSync "container_id: '$id' cmd: 'echo' cmd: 'alive'"
	says alive
	finish "$id"
}

# What maps the ids of a pod: the kubelet gives it to the pod, to each container, and to volumes, whose files keep their owners.
maps="{ host_id: 300000 container_id: 0 length: 65536 }"
userns="security_context { namespace_options { userns_options { mode: 0 uids $maps gids $maps } } }"

@test "a pod with a user namespace, volumes keep their owners" {
	need_version containerd 2
	pod mapped "$userns"
	start mapped c28 "command: 'sleep' args: '1000' linux { $userns }"
	ok cri ExecSync "container_id: '$id' cmd: 'sh' cmd: '-c'
		cmd: 'cat /proc/self/uid_map; stat -c owner=%u /data/file; touch /x; hostname; ls /sys/class/net'"
	says 300000 owner=0 mapped eth0
	finish "$id"
	mkdir -p "$W/tmp/volume"
	echo mine >"$W/tmp/volume/f"
	chown 5:6 "$W/tmp/volume/f"
	start mapped c29 "command: 'sh' args: '-c' args: 'stat -c %u:%g /m/f; touch /m/g' linux { $userns }
		mounts { container_path: '/m' host_path: '$W/tmp/volume' uidMappings $maps gidMappings $maps }"
	wait_for exited "$id"
	ok log_of c29
	is 5:6
	[ "$(stat -c %u "$W/tmp/volume/g")" = 0 ]
	ok cri RemoveContainer "container_id: '$id'"
	end_pod mapped
}

@test "read-only mounts that are recursive or not" {
	need_version containerd 2
	mkdir -p "$W/tmp/r/sub"
	mount -t tmpfs sub "$W/tmp/r/sub"
	once c30 "mounts { container_path: '/m' host_path: '$W/tmp/r' readonly: true recursive_read_only: true }" \
		sh -c 'touch /m/sub/x || echo ro'
	says ro
	once c31 "mounts { container_path: '/m' host_path: '$W/tmp/r' readonly: true }" \
		sh -c 'touch /m/sub/x && echo rw; touch /m/x || echo ro'
	says rw ro
	umount "$W/tmp/r/sub"
}

# With a pid namespace of its own only: in that of the pod its pids may be taken (CRIU: "File exists").
@test "checkpoint of a container, and a new one made of it: it goes on counting" {
	need_version containerd 2
	need_criu
	need docker-registry
	local lines last alone="linux { security_context { namespace_options { pid: 1 } } }"
	# containerd looks for the image below the checkpoint in a registry, by a digest that ours does not have.
	printf 'version: 0.1\nstorage: { filesystem: { rootdirectory: %s } }\nhttp: { addr: "127.0.0.1:80" }\n' \
		"$W/registry" >"$W/tmp/registry.yml"
	mkdir -p "$W/registry"
	daemon registry docker-registry serve "$W/tmp/registry.yml"
	wait_for curl --silent http://127.0.0.1/v2/
	ok ctr -n k8s.io image push --plain-http $BOX
	counted()
	{
		cri ExecSync "container_id: '$id' cmd: 'sh' cmd: '-c' cmd: 'wc -l </tmp/count; tail -n 1 /tmp/count'" \
			>"$W/tmp/counted"
		read -r lines last < <(sed -n 's/.*stdout: "\([0-9]*\)\\n\([0-9]*\)\\n.*/\1 \2/p' "$W/tmp/counted")
		[ "${lines:-0}" -ge "$1" ]
	}
	start one c32 "$alone command: 'sh' args: '-c'
		args: 'i=0; while :; do i=\$((i+1)); echo \$i >>/tmp/count; sleep 0.1; done'"
	wait_for counted 5
	ok cri CheckpointContainer "container_id: '$id' location: '$W/tmp/checkpoint.tar'"
	finish "$id"
	mkdir "$W/tmp/checkpoint"
	tar -C "$W/tmp/checkpoint" -xf "$W/tmp/checkpoint.tar"
	sed -i "s|\"sha256:[0-9a-f]*\"|\"$BOX\"|g" "$W/tmp/checkpoint/config.dump"
	tar -C "$W/tmp/checkpoint" -cf "$W/tmp/checkpoint.tar" .
	start one c33 "image { image: '$W/tmp/checkpoint.tar' } $alone"
	counted 5
	wait_for counted $((lines + 5))
	# Had it begun anew, the last number would be less than there are lines.
	[ "$last" -ge "$lines" ]
	finish "$id"
	end registry
}

@test "pods and containers outlive containerd" {
	start one c34 "command: 'sleep' args: '1000'"
	kill -KILL "$(<"$W/containerd.pid")"
	wait_for gone "$(<"$W/containerd.pid")"
	containerd_start
	wait_for cri Version ''
	ok cri ExecSync "container_id: '$id' cmd: 'echo' cmd: 'back'"
	says back
	finish "$id"
}

@test "what the kubelet removed is gone from the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok ctr-run --root /run/containerd/runc/k8s.io list -q
	is "$(<"$W/tmp/pod.one")"
}
