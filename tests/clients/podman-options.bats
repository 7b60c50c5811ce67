load helpers
load podman

# What podman can do besides: options that came with newer versions, or that few use.

# ---- mounts -------------------------------------------------------------------

@test "binds that are not recursive; read-only is what is asked for, not what is below it" {
	mkdir -p "$W/tmp/r/sub"
	mount -t tmpfs sub "$W/tmp/r/sub"
	ok podman run --rm --mount "type=bind,source=$W/tmp/r,target=/m,bind-nonrecursive" box \
		sh -c 'grep " /m/" /proc/mounts || echo none'
	is none
	ok podman run --rm --mount "type=bind,source=$W/tmp/r,target=/m,ro" box \
		sh -c 'touch /m/x || echo ro; touch /m/sub/x && echo rw'
	says ro rw
	umount "$W/tmp/r/sub"
}

@test "an image as a volume, ramfs, devpts, a folder of a volume, globs" {
	need_version podman 5
	ok podman run --rm --mount type=image,source=localhost/box,destination=/image box cat /image/data/file
	is original
	ok podman run --rm --mount type=image,source=localhost/box,destination=/image,rw=true box \
		sh -c 'echo x >/image/data/file; cat /image/data/file'
	is x
	ok podman run --rm --mount type=ramfs,target=/r box grep ' /r ramfs' /proc/mounts
	ok podman run --rm --mount type=devpts,target=/dev/pts2 box grep ' /dev/pts2 devpts' /proc/mounts
	ok podman volume create volume
	ok podman run --rm -v volume:/v box sh -c 'mkdir /v/in; echo deep >/v/in/f'
	ok podman run --rm --mount type=volume,source=volume,target=/v,subpath=in box cat /v/f
	is deep
	ok podman volume rm volume
	touch "$W/tmp/glob1" "$W/tmp/glob2"
	ok podman run --rm --mount "type=glob,source=$W/tmp/glob*,target=/glob" box ls /glob
	is $'glob1\nglob2'
}

@test "idmapped binds with maps of their own, with and without a user namespace" {
	need_version podman 5
	mkdir -p "$W/tmp/o"
	touch "$W/tmp/o/f"
	chown 1000:1000 "$W/tmp/o/f"
	local bind="type=bind,source=$W/tmp/o,target=/o,idmap=uids=1000-0-1;gids=1000-0-1"
	ok podman run --rm --uidmap 0:200000:65536 --mount "$bind" box stat -c %u:%g /o/f
	ok podman run --rm --mount "$bind" box stat -c %u:%g /o/f
	is 0:0
	ok podman run --rm --userns=auto -v "$W/tmp/o:/o:idmap" box stat -c %u:%g /o/f
	is 1000:1000
}

@test "--systemd=always mounts what systemd wants" {
	ok podman run --rm --systemd=always box sh -c 'grep -cE " (/run|/run/lock|/tmp) " /proc/mounts; echo $container'
	says 3 podman
}

# ---- security, identity -------------------------------------------------------

@test "options of proc, all unmasked, masks of files, personality, umask" {
	ok podman run --rm --security-opt proc-opts=hidepid=2 box grep ' /proc proc' /proc/mounts
	says hidepid
	ok podman run --rm --security-opt unmask=ALL box grep ' /proc/' /proc/mounts || is ""
	ok podman run --rm --security-opt seccomp=unconfined --personality LINUX32 box uname -m
	says i686
	ok podman run --rm --umask 0027 box sh -c umask
	is 0027
	ok podman run --rm --security-opt mask=/proc/version:/proc/uptime box \
		sh -c 'cat /proc/version /proc/uptime | wc -c'
	is 0
}

@test "--timeout, --passwd-entry, --hostuser" {
	gives 137 podman run --rm --timeout 1 box sleep 100 || gives 255 podman run --rm --timeout 1 box sleep 100
	ok podman run --rm --user 777:888 --passwd-entry 'me:*:777:888::/:/bin/sh' box id -un
	is me
	ok podman run --rm --hostuser tester box grep tester /etc/passwd
	says tester
}

@test "run --preserve-fd, exec --preserve-fd: one, two, with a gap" {
	need_version podman 5
	ok bash -c "exec 3<<<three; podman run --rm --preserve-fd 3 box sh -c 'cat <&3'"
	is three
	ok bash -c "exec 7<<<seven; podman run --rm --preserve-fd 7 box sh -c 'cat <&7'"
	is seven
	ok bash -c "exec 3<<<three 4<<<four; podman exec --preserve-fd 3,4 long sh -c 'cat <&3; cat <&4'"
	is $'three\nfour'
	ok podman exec --preserve-fd 5 long sh -c 'cat <&5' 5<<<five
	is five
}

# ---- devices, limits ----------------------------------------------------------

@test "devices by their CDI names" {
	need_version podman 5
	[ -c /dev/fuse ] || skip "no device to give"
	mkdir -p /etc/cdi
	cat >/etc/cdi/tests.json <<-'EOT'
		{ "cdiVersion": "0.5.0", "kind": "example.com/dev", "devices": [{ "name": "d", "containerEdits": {
			"env": ["CDI=yes"],
			"deviceNodes": [{ "path": "/dev/fuse", "hostPath": "/dev/fuse", "permissions": "rw" }],
			"mounts": [{ "hostPath": "/etc/hostname", "containerPath": "/given", "options": ["ro", "bind"] }]
		} }] }
	EOT
	ok podman run --rm --device example.com/dev=d box sh -c 'echo $CDI; ls /dev/fuse /given'
	says yes /dev/fuse /given
}

@test "limits of devices, swappiness, no OOM kill" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok podman run --rm --device-read-bps /dev/loop0:1mb --device-write-iops /dev/loop0:30 box \
		sh -c 'cd /sys/fs/cgroup/blkio; cat blkio.throttle.read_bps_device blkio.throttle.write_iops_device'
	is $'7:0 1048576\n7:0 30'
	ok podman run --rm --oom-kill-disable --memory 64m --memory-swappiness 5 box \
		sh -c 'cd /sys/fs/cgroup/memory; cat memory.swappiness; grep oom_kill_disable memory.oom_control'
	is $'5\noom_kill_disable 1'
}

@test "update of every limit, and of one that cannot be" {
	need_version podman 5
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok podman run -d --name updated --memory 64m box sleep 1000
	ok podman update --memory 128m --memory-swap 256m --memory-reservation 32m \
		--cpu-shares 300 --cpu-period 50000 --cpu-quota 20000 --cpuset-mems 0 --pids-limit 33 updated
	ok podman exec updated sh -c 'cd /sys/fs/cgroup/memory
		cat memory.limit_in_bytes memory.memsw.limit_in_bytes memory.soft_limit_in_bytes
		cat ../cpu/cpu.shares ../cpu/cpu.cfs_period_us ../cpu/cpu.cfs_quota_us ../pids/pids.max'
	is $'134217728\n268435456\n33554432\n300\n50000\n20000\n33'
	ok podman update --device-read-bps /dev/loop0:2mb updated
	ok podman exec updated cat /sys/fs/cgroup/blkio/blkio.throttle.read_bps_device
	is "7:0 2097152"
	ok podman update --restart on-failure:3 updated
	ok podman update --memory 32m --memory-swap 64m updated
	fails podman update --cpuset-cpus 9999 updated
	ok podman exec updated cat /sys/fs/cgroup/memory/memory.limit_in_bytes
	is 33554432
	ok podman rm -f -t 0 updated
}

# ---- networks, pods -----------------------------------------------------------

@test "a network namespace by its path, macvlan, two networks" {
	ip netns add own
	ok podman run --rm --network ns:/run/netns/own box ls /sys/class/net
	is lo
	ip netns del own
	if [ -e /sys/class/net/uplink ]; then
		ok podman network create -d macvlan -o parent=uplink --subnet 198.51.100.0/24 mac
		ok podman run --rm --network mac box ls /sys/class/net
		says eth0
		ok podman network rm mac
	fi
	ok podman network create first
	ok podman network create second
	ok podman run -d --name both --network first --network second box sleep 1000
	ok podman exec both ls /sys/class/net
	says eth0 eth1
	ok podman network disconnect second both
	ok podman exec both ls /sys/class/net
	[ "$(wc -l <<<"$output")" = 2 ]
	ok podman network connect second both
	ok podman rm -f -t 0 both
	ok podman network rm first second
}

@test "a pod with a user namespace, sysctls and limits" {
	need_version podman 5
	need_controller cpu memory
	ok podman pod create --name pod --userns=auto --sysctl net.ipv4.ip_forward=1 --memory 64m --cpus 0.5
	ok podman run -d --pod pod --name inside box sleep 1000
	ok podman exec inside sh -c 'cat /proc/sys/net/ipv4/ip_forward /proc/self/uid_map'
	says_not 4294967295
	[ "$(head -n 1 <<<"$output")" = 1 ]
	ok podman pod top pod
	says "sleep 1000"
	ok podman pod stop -t 0 pod
	ok podman pod rm -f pod
}

@test "kube play: users of its own, init containers, volumes, capabilities, limits" {
	need_version podman 5
	need_controller cpu memory
	cat >"$W/tmp/pod.yaml" <<-EOT
		apiVersion: v1
		kind: Pod
		metadata: { name: played }
		spec:
		  hostUsers: false
		  initContainers:
		  - name: i
		    image: localhost/box
		    command: [sh, -c, "echo init >/v/f"]
		    volumeMounts: [{ name: v, mountPath: /v }]
		  containers:
		  - name: c
		    image: localhost/box
		    command: [sh, -c, "cat /v/f; sleep 1000"]
		    volumeMounts: [{ name: v, mountPath: /v, readOnly: true }]
		    securityContext:
		      capabilities: { drop: [ALL], add: [NET_ADMIN] }
		      allowPrivilegeEscalation: false
		      procMount: Unmasked
		    resources: { limits: { memory: 64Mi, cpu: 500m }, requests: { memory: 32Mi } }
		  volumes: [{ name: v, emptyDir: {} }]
	EOT
	ok podman kube play "$W/tmp/pod.yaml"
	ok podman exec played-c grep -E 'CapEff|NoNewPrivs' /proc/self/status
	says 0000000000001000 $'NoNewPrivs:\t1'
	logged()
	{
		podman logs played-c | grep init
	}
	wait_for logged
	ok podman kube generate played
	ok podman kube down "$W/tmp/pod.yaml"
}

# ---- more of what run can do --------------------------------------------------

@test "--init reaps and forwards" {
	ok podman run --rm --init box sh -c 'tr "\0" " " </proc/1/cmdline'
	says init
	ok podman run -d --name initialised --init box sleep 1000
	ok podman stop -t 30 initialised
	ok podman inspect -f '{{.State.ExitCode}}' initialised
	is 143
	ok podman rm initialised
}

@test "hooks of a folder are run" {
	mkdir -p "$W/tmp/hooks"
	printf '#!/bin/sh\ncat >%s/hook.$1\n' "$W/tmp" >"$W/tmp/hook"
	chmod +x "$W/tmp/hook"
	cat >"$W/tmp/hooks/h.json" <<EOT
{ "version": "1.0.0", "hook": { "path": "$W/tmp/hook", "args": ["hook", "ran"] },
  "when": { "always": true }, "stages": ["createRuntime", "poststop"] }
EOT
	ok podman --hooks-dir "$W/tmp/hooks" run --rm box true
	ok jq -r .status "$W/tmp/hook.ran"
	is stopped
}

@test "secrets, environment files, timezone, hosts, annotations" {
	echo secret | podman secret create s -
	echo A=1 >"$W/tmp/env"
	ok podman run --rm --secret s --env-file "$W/tmp/env" --add-host there:192.0.2.9 --annotation x=y box sh -c 'cat /run/secrets/s; echo $A; grep there /etc/hosts'
	says secret 1 192.0.2.9
	ok podman secret rm s
}

@test "--preserve-fds" {
	ok bash -c 'echo kept >$W/tmp/kept; podman run --rm --preserve-fds 1 box sh -c "cat <&3" 3<$W/tmp/kept'
	is kept
}

@test "--sdnotify=container" {
	ok podman run -d --name notifies --sdnotify ignore box sleep 1000
	ok podman rm -f -t 0 notifies
}

@test "--pidfile, --cidfile" {
	ok podman run -d --name filed --pidfile "$W/tmp/pid" --cidfile "$W/tmp/cid" box sleep 1000
	[ "$(podman inspect -f '{{.State.Pid}}' filed)" = "$(<"$W/tmp/pid")" ]
	ok podman rm -f -t 0 filed
}

@test "build with RUN, USER, WORKDIR, ENTRYPOINT" {
	mkdir -p "$W/tmp/build"
	cat >"$W/tmp/build/Containerfile" <<-EOT
		FROM localhost/box
		RUN echo built >/built && mkdir -p /work && chown app /work
		USER app
		WORKDIR /work
		RUN id -u >uid; cat /proc/self/cgroup >/dev/null
		ENTRYPOINT ["sh", "-c"]
		CMD ["cat /built uid; pwd"]
	EOT
	ok podman build -q -t made "$W/tmp/build"
	ok podman run --rm made
	is $'built\n1234\n/work'
	printf 'FROM localhost/box\nRUN exit 9\n' >"$W/tmp/build/Containerfile"
	fails podman build -q "$W/tmp/build"
	says "exit status 9"
	printf 'FROM localhost/box\nRUN ["nope"]\n' >"$W/tmp/build/Containerfile"
	fails podman build -q "$W/tmp/build"
	says nope
	ok podman rmi made
}

@test "play kube" {
	need_pods
	cat >"$W/tmp/pod.yaml" <<-EOT
		apiVersion: v1
		kind: Pod
		metadata: { name: played }
		spec:
		  containers:
		  - name: c
		    image: localhost/box
		    command: [sleep, "1000"]
		    securityContext: { readOnlyRootFilesystem: true, runAsUser: 1234 }
		    resources: { limits: { memory: 64Mi } }
	EOT
	ok podman play kube "$W/tmp/pod.yaml"
	ok podman exec played-c id -u
	is 1234
	ok podman play kube --down "$W/tmp/pod.yaml"
}

# ---- and the rest -------------------------------------------------------------

@test "twenty-five execs at once" {
	local i pids=()
	for i in $(seq 25); do
		podman exec long sh -c "exit $i" 3>&- &
		pids+=($!)
	done
	for i in $(seq 25); do
		ends "$i" "${pids[i - 1]}"
	done
}

@test "rename, clone, start with standard input" {
	ok podman create -i --name one box cat
	ok podman rename one uno
	ok podman container clone uno due
	ok bash -c 'echo typed | podman start -ai uno'
	is typed
	ok podman rm -f uno due
}
