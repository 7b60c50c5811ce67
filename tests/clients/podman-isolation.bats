load helpers
load podman

# What holds podman's containers: limits, security, file systems, namespaces.

# ---- limits -------------------------------------------------------------------

@test "limits are in the cgroup" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok podman run --rm --memory 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 --pids-limit 77 --cpuset-cpus 0 \
		-v /sys/fs/cgroup:/host:ro box sh -c '
			at() { sed -n "s/^[0-9]*:\(.*,\)*$1\(,.*\)*://p" /proc/self/cgroup; }
			cd /sys/fs/cgroup
			cat memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu/cpu.shares \
				pids/pids.max cpuset/cpuset.cpus'
	is $'67108864\n33554432\n50000\n100000\n512\n77\n0'
}

@test "very little memory is enough for the runtime itself" {
	need_controller memory
	ok podman run --rm --memory 1m --network none box true
	ok podman run --rm --memory 512k --network none box true
}

@test "update --memory, --cpus, --cpuset-cpus" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok podman run -d --name grows --memory 64m box sleep 1000
	ok podman update --memory 128m --cpus 0.25 --cpuset-cpus 0 grows
	ok podman exec grows sh -c 'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us cpuset/cpuset.cpus'
	is $'134217728\n25000\n0'
	ok podman rm -f -t 0 grows
}

@test "--ulimit, --sysctl, --shm-size, --oom-score-adj, --umask" {
	ok podman run --rm --ulimit nofile=333:444 --ulimit nproc=4000 --ulimit core=0 box sh -c 'ulimit -n; ulimit -Hn; ulimit -c'
	is $'333\n444\n0'
	ok podman run --rm --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=9999 box cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax
	is $'1\n9999'
	ok podman run --rm --shm-size 3m box sh -c 'df -k /dev/shm | tail -n 1'
	says 3072
	ok podman run --rm --oom-score-adj 123 --umask 0077 box sh -c 'cat /proc/self/oom_score_adj; umask'
	is $'123\n0077'
}

@test "a limit that cannot be set is said with its reason" {
	fails podman run --rm --sysctl kernel.nonsense=1 box true
	says nonsense
	if ! has_capability 24; then
		fails podman run --rm --ulimit nproc=4000 --ulimit nofile=99999999:99999999 box true
		says -i nofile || says NOFILE
	fi
}

@test "--cgroup-parent, --cgroupns" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok podman run -d --name child --cgroup-parent /ours box sleep 1000
	ok cat "/proc/$(podman inspect -f '{{.State.Pid}}' child)/cgroup"
	says memory:/ours/libpod-
	ok podman rm -f -t 0 child
	ok podman run --rm --cgroupns host box grep memory /proc/self/cgroup
	says libpod-
	ok podman run --rm --cgroupns private box grep memory /proc/self/cgroup
	says memory:/
	says_not libpod
	rmdir /sys/fs/cgroup/*/ours/conmon /sys/fs/cgroup/*/ours
}

@test "--cgroups=disabled, --cgroups=no-conmon, --cgroups=split" {
	ok podman run --rm --cgroups=no-conmon box echo one
	is one
	[ "$RUNTIME_NAME" = runc ] || {
		ok podman run --rm --cgroups=disabled box echo two
		is two
	}
}

# ---- security -----------------------------------------------------------------

@test "capabilities: default, --cap-drop, --cap-add, --privileged" {
	ok podman run --rm --cap-drop all box grep CapEff /proc/self/status
	says 0000000000000000
	ok podman run --rm --cap-drop all --cap-add net_admin,sys_time box grep CapEff /proc/self/status
	says 0000000002001000
	ok podman run --rm --privileged box grep CapEff /proc/self/status
	says "$(sed -n 's/^CapBnd:\t//p' /proc/self/status)"
	ok podman run --rm --user app --cap-add net_admin box grep -E 'CapEff|CapAmb|CapPrm' /proc/self/status
	says 0000000000001000
	ok podman run --rm --user app box grep CapEff /proc/self/status
	says 0000000000000000
}

@test "--privileged sees devices and writes to /sys" {
	ok podman run --rm --privileged box sh -c 'test -c /dev/kmsg && mount -t tmpfs none /mnt 2>/dev/null || mkdir /m && mount -t tmpfs none /m && echo mounted'
	is mounted
	ok podman run --rm box sh -c 'mount -t tmpfs none /tmp 2>&1 || echo no'
	says no
}

@test "no-new-privileges" {
	ok podman run --rm --security-opt no-new-privileges box grep NoNewPrivs /proc/self/status
	says 1
	ok podman run --rm box grep NoNewPrivs /proc/self/status
	says 0
}

@test "seccomp: the default, unconfined, a file" {
	ok podman run --rm box grep Seccomp: /proc/self/status
	says 2
	ok podman run --rm --security-opt seccomp=unconfined box grep Seccomp: /proc/self/status
	says 0
	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":95}]}' >"$W/tmp/seccomp.json"
	fails podman run --rm --security-opt seccomp="$W/tmp/seccomp.json" box mkdir /tmp/x
	says "not supported"
	fails podman run --rm box unshare -m true
}

@test "masked and read-only paths, and --security-opt unmask" {
	ok podman run --rm box sh -c 'cat /proc/timer_list /proc/keys | wc -c; echo 1 2>/dev/null >/proc/sys/kernel/domainname || echo read-only; ls /proc/scsi | wc -l'
	says 0 read-only
	ok podman run --rm --security-opt unmask=/proc/keys box sh -c 'wc -c </proc/keys'
	ok podman run --rm --security-opt mask=/data box ls /data
	is ""
}

@test "--read-only, --read-only with --tmpfs" {
	fails podman run --rm --read-only box touch /x
	says "Read-only"
	ok podman run --rm --read-only --tmpfs /scratch:size=1m,mode=1777 box sh -c 'touch /scratch/x /tmp/y; df -k /scratch | tail -n 1'
	says 1024
}

@test "--device, --device-cgroup-rule" {
	local device=/dev/loop0
	[ -b $device ] || device=/dev/fuse
	[ -e $device ] || skip "no device to give"
	ok podman run --rm --device $device:/dev/given:r box sh -c 'ls -l /dev/given'
	fails podman run --rm --device $device:/dev/given:r box sh -c 'echo >/dev/given'
	says "not permitted"
	ok podman run --rm --cap-add mknod --device-cgroup-rule 'c 1:11 rwm' box sh -c 'mknod /dev/k c 1 11 && echo made'
	is made
	fails podman run --rm --cap-add mknod box sh -c 'mknod /k c 1 11 && cat </k'
}

# ---- file systems -------------------------------------------------------------

@test "-v: binds of folders and files, read-only, propagation" {
	mkdir -p "$W/tmp/bind/sub"
	echo data >"$W/tmp/bind/file"
	ok podman run --rm -v "$W/tmp/bind:/b" box sh -c 'cat /b/file; echo back >/b/made'
	is data
	[ "$(<"$W/tmp/bind/made")" = back ]
	fails podman run --rm -v "$W/tmp/bind:/b:ro" box touch /b/x
	says "Read-only"
	ok podman run --rm -v "$W/tmp/bind/file:/etc/plain" box cat /etc/plain
	is data
	ok podman run --rm --privileged -v "$W/tmp/bind:/b:rshared" box sh -c 'mount -t tmpfs none /b/sub && touch /b/sub/seen'
	[ -e "$W/tmp/bind/sub/seen" ]
	umount "$W/tmp/bind/sub"
	ok podman run --rm -v "$W/tmp/bind:/b:noexec,nodev,nosuid" box grep ' /b ' /proc/mounts
	says noexec nodev nosuid
	fails podman run --rm -v "$W/tmp/nowhere:/b" box true
}

@test "named volumes take what the image has there; overlay and tmpfs mounts" {
	ok podman run --rm -v vol:/data box cat /data/file
	is original
	ok podman run --rm -v vol:/data box sh -c 'echo changed >/data/file'
	ok podman run --rm --mount type=volume,source=vol,target=/v box cat /v/file
	is changed
	ok podman volume rm vol
	mkdir -p "$W/tmp/lower"; echo low >"$W/tmp/lower/f"
	ok podman run --rm -v "$W/tmp/lower:/o:O" box sh -c 'echo high >/o/f; cat /o/f'
	is high
	[ "$(<"$W/tmp/lower/f")" = low ]
	ok podman run --rm --mount type=tmpfs,target=/data,tmpfs-size=1m box sh -c 'ls /data; df -k /data | tail -n 1'
	says 1024
	ok podman run --rm --mount type=tmpfs,target=/data,notmpcopyup box ls /data
	is ""
	ok podman run --rm --mount type=tmpfs,target=/data box ls /data
	is file
}

@test "-v with U gives the files to the user, with idmap maps them" {
	mkdir -p "$W/tmp/owned"
	touch "$W/tmp/owned/f"
	ok podman run --rm --user 1234 -v "$W/tmp/owned:/o:U" box stat -c %u /o/f
	is 1234
	chown -R 0:0 "$W/tmp/owned"
	ok podman run --rm --uidmap 0:200000:65536 --mount "type=bind,source=$W/tmp/owned,target=/o,idmap" box stat -c %u /o/f
	is 0
	ok podman run --rm --uidmap 0:200000:65536 -v "$W/tmp/owned:/o" box stat -c %u /o/f
	is 65534
}

@test "--rootfs" {
	ok podman run --rm --rootfs "$IMAGES/rootfs" cat /data/file
	is original
}

# ---- namespaces ---------------------------------------------------------------

@test "--user by name and number, --group-add" {
	ok podman run --rm --user app box id
	says "uid=1234(app)" "2345(team)"
	ok podman run --rm --user 55:66 --group-add team box sh -c 'id -u; id -G'
	is $'55\n66 2345'
	ok podman run --rm --user app box sh -c 'echo $HOME'
	is /home/app
	fails podman run --rm --user nobody-here box true
}

@test "--uidmap, --userns=auto" {
	ok podman run --rm --uidmap 0:200000:1000 --gidmap 0:200000:1000 box sh -c 'cat /proc/self/uid_map; id -u; touch /x; stat -c %u /x'
	says 200000 1000
	ok podman run --rm --userns=auto box cat /proc/self/uid_map
	says_not 4294967295
	ok podman run --rm --userns=auto:size=5000 box cat /proc/self/uid_map
	says 5000
	ok podman run -d --name mapped --uidmap 0:300000:1000 box sleep 1000
	ok podman exec mapped id -u
	is 0
	fails podman exec -u app mapped true
	says 1234
	ok podman run --rm --userns container:mapped box cat /proc/self/uid_map
	says 300000
	ok podman rm -f -t 0 mapped
}

@test "--pid=host, container:" {
	ok podman run --rm --pid host box sh -c 'tr "\0" " " </proc/1/cmdline'
	says world
	ok podman run --rm --pid container:long box ps
	says "sleep 10000"
	ok podman run -d --name helper --pid container:long box sleep 2000
	ok podman exec long ps
	says "sleep 2000"
	ok podman rm -f -t 0 helper
	ok podman inspect -f '{{.State.Running}}' long
	is true
}

@test "--ipc, --uts, --hostname, --network container:" {
	ok podman run -d --name server --ipc shareable --hostname first box sleep 1000
	ok podman exec server sh -c 'hostname; echo shared >/dev/shm/f'
	is first
	ok podman run --rm --ipc container:server box cat /dev/shm/f
	is shared
	ok podman run --rm --uts host box hostname
	is world
	ok podman run --rm --ipc host box true
	ok podman run --rm --network container:server box ls /sys/class/net
	says eth0
	ok podman rm -f -t 0 server
}

@test "--network none, host, bridge; ports and names" {
	ok podman run --rm --network none box sh -c 'ls /sys/class/net'
	is lo
	ok podman run --rm --network host box ls /sys/class/net
	says uplink
	ok podman network create ours
	ok podman run -d --name web --network ours -p 127.0.0.1:8080:80 box sh -c 'mkdir /www; echo page >/www/index.html; httpd -f -h /www -p 80'
	wait_for podman run --rm --network ours box wget -q -O - http://web/
	ok podman run --rm --network ours box wget -q -O - http://web/
	is page
	ok bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; printf "GET / HTTP/1.0\r\n\r\n" >&3; cat <&3'
	says page
	ok podman rm -f -t 0 web
	ok podman network rm ours
}

@test "pods share namespaces" {
	need_pods
	ok podman pod create --name pod --share pid,net,ipc,uts
	ok podman run -d --pod pod --name one box sleep 3000
	ok podman run -d --pod pod --name two box sleep 4000
	ok podman exec one ps
	says "sleep 3000" "sleep 4000"
	ok podman pod pause pod
	ok podman pod unpause pod
	ok podman pod stop -t 0 pod
	ok podman pod start pod
	ok podman pod rm -f -t 0 pod
}
