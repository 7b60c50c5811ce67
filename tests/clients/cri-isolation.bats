load helpers
load containerd
load cri

# What a pod's settings keep apart or let through: capabilities, paths, system calls, users, namespaces.

# security FIELDS: as part of a container's config
security()
{
	echo "linux { security_context { $1 } }"
}

# The set of capabilities $1 of a shell in container $id
capability_set()
{
	inside "sed -n 's/^$1:.//p' /proc/self/status"
}

# ---- privileges ---------------------------------------------------------------

@test "capabilities: one more, one less, all, none" {
	idle one i1 "$(security "capabilities { add_capabilities: 'NET_ADMIN' }")"
	inside 'ip link set lo mtu 1400 && echo set'
	is set
	finish "$id"
	idle one i2
	inside 'ip link set lo mtu 1400'
	says "Operation not permitted"
	finish "$id"
	# Dropped from all sets, so that no program gets it back.
	idle one i3 "$(security "capabilities { drop_capabilities: 'NET_RAW' }")"
	for set in CapPrm CapEff CapBnd; do
		capability_set $set
		[ $((0x$output >> 13 & 1)) = 0 ]
		[ $((0x$output & 1)) = 1 ]
	done
	finish "$id"
	idle one i4 "$(security "capabilities { add_capabilities: 'ALL' }")"
	capability_set CapEff
	is "$(sed -n 's/^CapBnd:\t//p' /proc/self/status)"
	finish "$id"
	idle one i5 "$(security "capabilities { drop_capabilities: 'ALL' }")"
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		capability_set $set
		is 0000000000000000
	done
	finish "$id"
}

@test "a privileged container may what another may not" {
	# The kubelet names these paths for every container that is not privileged.
	idle one i6 "$(security "readonly_paths: '/proc/sys' masked_paths: '/proc/keys'")"
	inside 'mount -t tmpfs none /home; echo x >/proc/sys/kernel/domainname; wc -c </proc/keys; cat /dev/kmsg'
	says "denied" "/proc/sys/kernel/domainname: Read-only" $'\n0\n' "/dev/kmsg': No such"
	inside 'ls /dev | wc -l'
	local devices=$output
	finish "$id"
	pod free "security_context { privileged: true }"
	idle free i7 "$(security 'privileged: true')"
	inside 'mount -t tmpfs none /home && echo mounted; grep -c "^sysfs /sys sysfs rw" /proc/mounts; [ -w /proc/sys/kernel/domainname ] && echo sys'
	is $'mounted\n1\nsys'
	inside 'ls /dev | wc -l'
	[ "$output" -gt "$devices" ]
	inside 'grep -w -e Seccomp -e NoNewPrivs /proc/self/status'
	is $'NoNewPrivs:\t0\nSeccomp:\t0'
	finish "$id"
	end_pod free
}

@test "a set-user-id program gains privileges, but not with no_new_privs" {
	mkdir -p "$W/tmp/suid"
	cp /bin/busybox "$W/tmp/suid/su"
	chmod 4755 "$W/tmp/suid/su"
	local volume="mounts { container_path: '/suid' host_path: '$W/tmp/suid' readonly: true }"
	idle one i8 "$volume $(security 'run_as_user { value: 1234 }')"
	inside '/suid/su nobody -c true </dev/null'
	says_not "must be suid"
	finish "$id"
	idle one i9 "$volume $(security 'run_as_user { value: 1234 } no_new_privs: true')"
	inside '/suid/su nobody -c true </dev/null'
	says "must be suid"
	inside 'grep NoNewPrivs /proc/1/status /proc/self/status'
	says_not $'\t0'
	finish "$id"
}

@test "masked and read-only paths: files and folders, for the program and for what is executed later" {
	idle one i10 "$(security "masked_paths: '/bin/orphan' masked_paths: '/data' masked_paths: '/not/there'
		readonly_paths: '/tmp' readonly_paths: '/etc/passwd' readonly_paths: '/not/there'")"
	inside 'ls /data | wc -l; /bin/orphan; touch /data/x; touch /tmp/x; echo x >/etc/passwd; echo y >/etc/group && echo written'
	says "Permission denied" "/data/x: Read-only" "/tmp/x: Read-only" "/etc/passwd: Read-only" written
	is "0"$'\n'"${output#*$'\n'}"
	finish "$id"
	# Without any list nothing is hidden.
	once i11 "" sh -c 'ls /data; touch /tmp/x && echo written'
	is $'file\nwritten'
}

@test "seccomp: none, unconfined, the default, from a file, and none where it is privileged" {
	local may="capabilities { add_capabilities: 'SYS_ADMIN' }" filter
	echo '{ "defaultAction": "SCMP_ACT_ALLOW",
		"syscalls": [{ "names": ["sethostname"], "action": "SCMP_ACT_ERRNO" }] }' >"$W/tmp/name.json"
	filter="seccomp { profile_type: 2 localhost_ref: '$W/tmp/name.json' }"
	pod filtered "security_context { $filter }"
	idle filtered i12
	inside 'grep Seccomp: /proc/self/status'
	is $'Seccomp:\t0'
	finish "$id"
	idle filtered i13 "$(security 'seccomp { profile_type: 0 }')"
	inside 'grep Seccomp: /proc/self/status'
	is $'Seccomp:\t2'
	finish "$id"
	idle filtered i14 "$(security "$may seccomp { profile_type: 1 }")"
	inside 'hostname other && hostname; grep Seccomp: /proc/self/status'
	is $'other\nSeccomp:\t0'
	finish "$id"
	idle filtered i15 "$(security "$may $filter")"
	inside 'hostname third'
	says "not permitted"
	inside hostname
	is other
	finish "$id"
	end_pod filtered
	pod free "security_context { privileged: true }"
	idle free i16 "$(security "privileged: true $filter")"
	inside 'hostname third && hostname'
	is third
	finish "$id"
	end_pod free
	# What is wrong with a profile is said.
	echo '{ "defaultAction": "SCMP_ACT_NONSENSE" }' >"$W/tmp/wrong.json"
	refused one i17 "command: 'true' $(security "seccomp { profile_type: 2 localhost_ref: '$W/tmp/wrong.json' }")"
	says SCMP_ACT_NONSENSE
	refused one i18 "command: 'true' $(security "seccomp { profile_type: 2 localhost_ref: '$W/tmp/nowhere.json' }")"
	says nowhere.json
}

@test "what the pod asks for is for its first process" {
	pod guarded "security_context { run_as_user { value: 1234 } readonly_rootfs: true seccomp { profile_type: 0 } }"
	idle guarded i19
	inside 'grep -w -e Uid -e Seccomp /proc/1/status; grep -c " / / ro" /proc/1/mountinfo; touch /tmp/x && id -u'
	is $'Uid:\t1234\t1234\t1234\t1234\nSeccomp:\t2\n1\n0'
	finish "$id"
	end_pod guarded
}

# ---- users --------------------------------------------------------------------

@test "user and group: both given, one missing, one that does not exist" {
	once i20 "$(security 'run_as_user { value: 1001 } run_as_group { value: 1002 }')" sh -c 'id -u; id -g; id -G'
	is $'1001\n1002\n1002'
	refused one i21 "command: 'true' $(security 'run_as_group { value: 1002 }')"
	refused one i22 "command: 'true' $(security "run_as_username: 'nobody-of-that-name'")"
	idle one i23 "$(security "run_as_username: 'app' run_as_group { value: 1002 }")"
	inside 'id -un; id -g; touch /home/app/mine && stat -c %u:%g /home/app/mine'
	is $'app\n1002\n1234:1002'
	finish "$id"
}

# The groups of container $id: of its first process, of one that came later, and what its status says.
groups_are()
{
	local wanted=$1 process
	for process in 1 self; do
		inside "sed -n 's/^Groups:.//p' /proc/$process/status | tr ' ' '\n' | grep . | sort -n | tr '\n' ' '"
		is "$wanted"
	done
}

@test "supplemental groups: with those of the image, and instead of them" {
	local own="namespace_options { pid: 1 } run_as_user { value: 1234 } supplemental_groups: 66 supplemental_groups: 77"
	idle one i24 "$(security "$own")"
	groups_are "66 77 1234 2345 "
	finish "$id"
	need_version containerd 2
	ok cri Status ''
	says "supplemental_groups_policy: true"
	idle one i25 "$(security "$own supplemental_groups_policy: 1")"
	groups_are "66 77 1234 "
	ok status_of "$id"
	says "uid: 1234" "gid: 1234" "supplemental_groups: 66" "supplemental_groups: 77"
	says_not "2345"
	finish "$id"
}

# ---- namespaces ---------------------------------------------------------------

@test "shared memory: of the pod, and of the node" {
	local segment
	segment=$(ipcmk -M 4096 | sed 's/.*: //')
	echo here >/dev/shm/node
	idle one i30
	inside "awk 'NR > 1 { print \$2 }' /proc/sysvipc/shm | grep -x $segment; cat /dev/shm/node; echo pod >/dev/shm/pod"
	says "No such file"
	says_not "$segment"
	local first=$id
	# Another container of the pod has the same.
	idle one i31
	inside 'cat /dev/shm/pod'
	is pod
	finish "$id"
	id=$first
	finish "$id"
	[ ! -e /dev/shm/pod ]
	pod node "security_context { namespace_options { network: 2 ipc: 2 } }"
	idle node i32 "$(security 'namespace_options { network: 2 ipc: 2 }')"
	inside "awk 'NR > 1 { print \$2 }' /proc/sysvipc/shm | grep -x $segment; cat /dev/shm/node"
	is "$segment"$'\nhere'
	finish "$id"
	end_pod node
	ipcrm -m "$segment"
	rm /dev/shm/node
}

@test "processes: of the container, of the pod, of the node" {
	local alone="namespace_options { pid: 1 }"
	pod alone "security_context { $alone }"
	idle alone i33 "$(security "$alone")"
	inside 'tr "\0" " " </proc/1/cmdline; echo; ls -d /proc/[0-9]* | wc -l'
	says $'sleep 1000 \n'
	[ "${output##*$'\n'}" -le 4 ]
	finish "$id"
	end_pod alone
	idle one i34 "$(security 'namespace_options { pid: 0 }')"
	inside 'tr "\0" " " </proc/1/cmdline'
	is "sleep 1000000 "
	finish "$id"
	pod node "security_context { namespace_options { network: 2 pid: 2 } }"
	idle node i35 "$(security 'namespace_options { network: 2 pid: 2 }')"
	inside "tr '\0' ' ' </proc/$(<"$W/containerd.pid")/cmdline"
	says "containerd"
	# Nothing but its own processes is ended with it.
	finish "$id"
	end_pod node
	[ -e "/proc/$(<"$W/containerd.pid")" ]
}

@test "the network of the node, and that of the pod" {
	busybox httpd -f -p 127.0.0.1:7171 -h "$W/tmp" 3>&- &
	local server=$!
	wait_for curl --silent --output /dev/null http://127.0.0.1:7171/
	pod node "security_context { namespace_options { network: 2 } }"
	idle node i36 "$(security 'namespace_options { network: 2 }')"
	inside 'netstat -ltn | grep -c 127.0.0.1:7171; hostname'
	is $'1\nworld'
	finish "$id"
	end_pod node
	idle one i37
	inside 'netstat -ltn | grep -c 127.0.0.1:7171'
	is 0
	finish "$id"
	kill $server
}

@test "cgroups: read-only, and no more than its own" {
	idle one i38
	inside 'for at in /sys/fs/cgroup /sys/fs/cgroup/memory; do [ ! -d $at ] || mkdir $at/x; done; find /sys/fs/cgroup -name pods'
	says "Read-only file system"
	says_not /pods
	finish "$id"
	pod free "security_context { privileged: true }"
	idle free i39 "$(security 'privileged: true')"
	inside 'at=/sys/fs/cgroup; [ ! -d $at/memory ] || at=$at/memory; mkdir $at/mine && rmdir $at/mine && echo made'
	is made
	finish "$id"
	end_pod free
}

# ---- user namespaces ----------------------------------------------------------

# A user namespace of a pod, as the kubelet asks for it: the mappings go to the pod and to each container.
mapped()
{
	local map="{ host_id: $1 container_id: 0 length: 65536 }"
	echo "userns_options { mode: 0 uids $map gids $map }"
}

@test "the runtime says that it has user namespaces and recursive read-only mounts" {
	need_version containerd 2
	ok cri Status ''
	output=$(awk '/^runtime_handlers/ { block = "" } { block = block $0 "\n" } /^}/ { if (block ~ name) printf "%s", block }' \
		name="\"$RUNTIME_NAME\"" <<<"$output")
	says "recursive_read_only_mounts: true" "user_namespaces: true"
}

@test "user namespace of the node, and mappings that cannot be" {
	need_version containerd 2
	local map="{ host_id: 300000 container_id: 0 length: 65536 }"
	local other="{ host_id: 500000 container_id: 0 length: 65536 }" high="{ host_id: 300000 container_id: 1 length: 65536 }"
	local node="namespace_options { userns_options { mode: 2 } }"
	pod onnode "security_context { $node }"
	idle onnode i40 "$(security "$node")"
	inside 'cat /proc/self/uid_map'
	is "$(cat /proc/self/uid_map)"
	finish "$id"
	end_pod onnode
	for wrong in "mode: 0 uids $map uids $other gids $map gids $other" "mode: 0 uids $high gids $high" "mode: 1" "mode: 3"; do
		fails pod wrong "security_context { namespace_options { userns_options { $wrong } } }"
	done
}

@test "in a user namespace: users, capabilities, paths, shared processes, memory, the pod's settings" {
	need_version containerd 2
	local map="$(mapped 400000)"
	pod mapped "security_context { namespace_options { $map } } sysctls { key: 'net.ipv4.ip_forward' value: '1' }
		sysctls { key: 'kernel.shm_rmid_forced' value: '1' } sysctls { key: 'fs.mqueue.msg_max' value: '100' }"
	idle mapped i41 "$(security "namespace_options { $map } run_as_user { value: 1234 } supplemental_groups: 66
		readonly_rootfs: true no_new_privs: true masked_paths: '/data' readonly_paths: '/proc/sys' seccomp { profile_type: 0 }")"
	inside 'id -u; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shm_rmid_forced /proc/sys/fs/mqueue/msg_max
		ls /data | wc -l; ls -ldn /home/app | tr -s " " | cut -d " " -f 3; touch /x'
	is $'1234\n1\n1\n100\n0\n1234\ntouch: /x: Read-only file system'
	inside 'grep Seccomp: /proc/self/status; id -G'
	says $'Seccomp:\t2' 66
	inside 'echo seen >/dev/shm/from; echo ok >/dev/null; ls -ln /dev/null | tr -s " " | cut -d " " -f 3'
	local first=$id
	# Another of the same pod shares processes and memory, but what it may is bounded by the namespace.
	idle mapped i42 "$(security "namespace_options { $map pid: 0 } capabilities { add_capabilities: 'ALL' }")"
	inside 'cat /dev/shm/from; tr "\0" " " </proc/1/cmdline; hostname'
	is $'seen\nsleep 1000000 mapped'
	inside 'mount -t tmpfs none /home && echo mounted; hostname changed && hostname; mknod /tmp/d b 7 0; echo 1 >/proc/sys/kernel/panic'
	says mounted changed "Operation not permitted" "/proc/sys/kernel/panic"
	# What it makes belongs on the node to nobody of the node.
	inside 'touch /dev/shm/mine; cat /proc/self/uid_map | tr -s " "'
	is " 0 400000 65536"
	finish "$id"
	id=$first
	finish "$id"
	end_pod mapped
}

@test "in a user namespace: devices, a terminal, volumes that are read-only or get more mounts later" {
	need_version containerd 2
	local map="{ host_id: 400000 container_id: 0 length: 65536 }" at=$W/tmp/given
	local maps="uidMappings $map gidMappings $map"
	mkdir -p "$at/sub" "$at/later"
	mount -t tmpfs sub "$at/sub"
	touch "$at/mine"
	chown 5:6 "$at/mine"
	pod mapped "security_context { namespace_options { $(mapped 400000) } }"
	start mapped i45 "command: 'sh' args: '-c' args: 'tty; stat -c %u,%g \$(tty); exec sleep 1000' tty: true
		devices { container_path: '/dev/kmsg' host_path: '/dev/kmsg' permissions: 'rw' }
		mounts { container_path: '/deep' host_path: '$at' readonly: true recursive_read_only: true $maps }
		mounts { container_path: '/shallow' host_path: '$at' readonly: true $maps }
		mounts { container_path: '/slave' host_path: '$at' propagation: 1 $maps }
		$(security "namespace_options { $(mapped 400000) }")"
	wait_for grep -q ' 0,' "$W/tmp/logs/i45.log"
	ok log_of i45
	says /dev/pts/0 0,5
	inside 'stat -c %t,%T,%F /dev/kmsg; stat -c %u,%g /deep/mine /shallow/mine /slave/mine'
	is $'1,b,character special file\n5,6\n5,6\n5,6'
	inside 'touch /deep/x; touch /deep/sub/x; touch /shallow/x; touch /slave/x && rm /slave/x && echo written'
	says "/deep/x: Read-only" "/deep/sub/x: Read-only" "/shallow/x: Read-only" written
	mount -t tmpfs later "$at/later"
	touch "$at/later/file"
	inside 'ls /slave/later'
	is file
	finish "$id"
	end_pod mapped
	umount "$at/later" "$at/sub"
}

@test "two pods with different mappings, and a container that comes again" {
	need_version containerd 2
	pod left "security_context { namespace_options { $(mapped 400000) } }"
	pod right "security_context { namespace_options { $(mapped 500000) } }"
	idle left i43 "$(security "namespace_options { $(mapped 400000) }")"
	inside 'touch /tmp/mine; cat /proc/self/uid_map | tr -s " "'
	is " 0 400000 65536"
	local first=$id
	idle right i44 "$(security "namespace_options { $(mapped 500000) }")"
	inside 'cat /proc/self/uid_map | tr -s " "'
	is " 0 500000 65536"
	finish "$id"
	finish "$first"
	# Its rootfs is a new one, its namespace the old.
	idle left i43 "$(security "namespace_options { $(mapped 400000) }")"
	inside 'ls /tmp | wc -l; stat -c %u:%g /home/app /bin/busybox'
	is $'0\n1234:1234\n0:0'
	finish "$id"
	end_pod left
	end_pod right
}
