load helpers
load docker

# What holds docker's containers: limits, security, file systems, namespaces.

# ---- limits -------------------------------------------------------------------

@test "limits are in the cgroup" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok docker run --rm --memory 64m --memory-reservation 32m --memory-swappiness 10 --cpus 0.5 --cpu-shares 512 --pids-limit 77 --cpuset-cpus 0 box sh -c '
			cd /sys/fs/cgroup
			cat memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes memory/memory.swappiness cpu/cpu.cfs_quota_us \
				cpu/cpu.cfs_period_us cpu/cpu.shares pids/pids.max cpuset/cpuset.cpus'
	is $'67108864\n33554432\n10\n50000\n100000\n512\n77\n0'
}

@test "limits of devices are in the cgroup" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok docker run -d --name throttled --device-read-bps /dev/loop0:1mb --device-write-iops /dev/loop0:30 box sleep 1000
	capture field throttled '{{json .HostConfig.BlkioDeviceReadBps}}'
	[ "$output" != "[]" ] || { docker rm -f throttled; skip "docker $(version_of docker) drops them"; }
	ok docker exec throttled sh -c '
		cd /sys/fs/cgroup/blkio; cat blkio.throttle.read_bps_device blkio.throttle.write_iops_device'
	is $'7:0 1048576\n7:0 30'
	ok docker rm -f throttled
}

@test "little memory is enough for the runtime itself" {
	need_controller memory
	ok docker run --rm --memory 6m --network none box echo small
	is small
}

@test "update --memory, --cpus, --pids-limit, --cpu-shares" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok docker run -d --name grows --memory 64m box sleep 1000
	ok docker update --memory 128m --memory-swap 256m --cpus 0.25 --pids-limit 55 --cpuset-cpus 0 --cpu-shares 300 grows
	ok docker exec grows sh -c 'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max cpuset/cpuset.cpus cpu/cpu.shares'
	is $'134217728\n25000\n55\n0\n300'
	ok docker update --restart on-failure grows
	# A device is still refused, and another one still there.
	fails docker exec grows sh -c 'mknod /k c 1 11 && cat </k'
	ok docker exec grows sh -c 'head -c 1 /dev/zero | wc -c'
	is 1
	ok docker rm -f grows
}

@test "--ulimit, --sysctl, --shm-size, --oom-score-adj" {
	ok docker run --rm --ulimit nofile=333:444 --ulimit core=0 box sh -c 'ulimit -n; ulimit -Hn; ulimit -c'
	is $'333\n444\n0'
	ok docker run --rm --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=9999 box cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax
	is $'1\n9999'
	ok docker run --rm --shm-size 3m box sh -c 'df -k /dev/shm | tail -n 1'
	says 3072
	ok docker run --rm --oom-score-adj 123 box cat /proc/self/oom_score_adj
	is 123
	fails docker run --rm --sysctl net.nonsense=1 box true
	says nonsense
}

@test "--cgroup-parent, --cgroupns" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok docker run -d --name child --cgroup-parent /ours box sleep 1000
	ok cat "/proc/$(field child '{{.State.Pid}}')/cgroup"
	says memory:/ours/
	ok docker rm -f child
	rmdir /sys/fs/cgroup/*/ours 2>/dev/null || :
	ok docker run --rm --cgroupns host box grep memory /proc/self/cgroup
	says /docker/
	ok docker run --rm --cgroupns private box grep memory /proc/self/cgroup
	says_not /docker/
}

# ---- security -----------------------------------------------------------------

@test "capabilities: default, --cap-drop, --cap-add, --privileged" {
	ok docker run --rm box grep CapEff /proc/self/status
	says 00000000a80425fb
	ok docker run --rm --cap-drop all box grep CapEff /proc/self/status
	says 0000000000000000
	ok docker run --rm --cap-drop all --cap-add net_admin --cap-add sys_time box grep CapEff /proc/self/status
	says 0000000002001000
	ok docker run --rm --user app box grep CapEff /proc/self/status
	says 0000000000000000
	# dockerd 20.10 asks for all that it knows, though not all can be had everywhere.
	ok docker run --rm --privileged box grep CapEff /proc/self/status
	[[ $output =~ ([37]|1f)ff[ef]ffffff$ ]]
}

@test "--privileged may mount, and sees devices" {
	ok docker run --rm --privileged box sh -c 'test -c /dev/kmsg && mkdir /m && mount -t tmpfs none /m && echo mounted'
	is mounted
	fails docker run --rm box mount -t tmpfs none /tmp
	ok docker run --rm --privileged box sh -c 'grep -E "^sysfs|^proc" /proc/mounts'
	says_not "ro,"
}

@test "no-new-privileges, seccomp: default, unconfined, a file" {
	ok docker run --rm --security-opt no-new-privileges box grep NoNewPrivs /proc/self/status
	says 1
	ok docker run --rm box grep -E 'NoNewPrivs|Seccomp:' /proc/self/status
	says $'NoNewPrivs:\t0' $'Seccomp:\t2'
	ok docker run --rm --security-opt seccomp=unconfined box grep Seccomp: /proc/self/status
	says $'\t0'
	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":95}]}' >"$W/tmp/seccomp.json"
	fails docker run --rm --security-opt seccomp="$W/tmp/seccomp.json" box mkdir /tmp/x
	fails docker run --rm box unshare -m true
}

@test "masked and read-only paths, and systempaths=unconfined" {
	ok docker run --rm box sh -c 'cat /proc/timer_list /proc/keys 2>/dev/null | wc -c; echo 1 2>/dev/null >/proc/sys/kernel/domainname || echo read-only; ls /proc/scsi | wc -l'
	says 0 read-only
	ok docker run --rm --security-opt systempaths=unconfined box sh -c 'cat /proc/keys | wc -l'
}

@test "--read-only, --tmpfs" {
	fails docker run --rm --read-only box touch /x
	says "Read-only"
	ok docker run --rm --read-only --tmpfs /scratch:size=1m,mode=1777 box sh -c 'touch /scratch/x; df -k /scratch | tail -n 1'
	says 1024
}

@test "--device, --device-cgroup-rule" {
	[ -b /dev/loop0 ] || skip "there is no /dev/loop0"
	ok docker run --rm --device /dev/loop0:/dev/given:r box ls -l /dev/given
	fails docker run --rm --device /dev/loop0:/dev/given:r box sh -c 'echo >/dev/given'
	says "not permitted"
	ok docker run --rm --device-cgroup-rule 'c 1:11 rwm' box sh -c 'mknod /dev/k c 1 11 && echo made'
	is made
	fails docker run --rm box sh -c 'mknod /k c 1 11 && cat </k'
	fails docker run --rm --device /dev/nothing box true
}

# ---- file systems -------------------------------------------------------------

@test "-v: binds of folders and files, read-only, propagation" {
	mkdir -p "$W/tmp/bind/sub"
	echo data >"$W/tmp/bind/file"
	ok docker run --rm -v "$W/tmp/bind:/b" box sh -c 'cat /b/file; echo back >/b/made'
	is data
	[ "$(<"$W/tmp/bind/made")" = back ]
	fails docker run --rm -v "$W/tmp/bind:/b:ro" box touch /b/x
	says "Read-only"
	ok docker run --rm -v "$W/tmp/bind/file:/etc/plain" box cat /etc/plain
	is data
	ok docker run --rm --privileged -v "$W/tmp/bind:/b:rshared" box sh -c 'mount -t tmpfs none /b/sub && touch /b/sub/seen'
	[ -e "$W/tmp/bind/sub/seen" ]
	umount "$W/tmp/bind/sub"
	ok docker run -d --name slave -v "$W/tmp/bind:/b:rslave" box sleep 1000
	mount -t tmpfs slave "$W/tmp/bind/sub"
	ok docker exec slave grep /b/sub /proc/mounts
	umount "$W/tmp/bind/sub"
	ok docker rm -f slave
	fails docker run --rm --mount "type=bind,source=$W/tmp/nowhere,target=/b" box true
	ok docker run --rm -v "$W/tmp/bind/file:/over" -v "$W/tmp/bind:/deep/in/there" box cat /over /deep/in/there/file
}

@test "volumes, --volumes-from, --mount tmpfs" {
	ok docker run --rm -v vol:/data box cat /data/file
	is original
	ok docker run --name keeper -v vol:/data box sh -c 'echo changed >/data/file'
	ok docker run --rm --volumes-from keeper box cat /data/file
	is changed
	ok docker rm keeper
	ok docker volume rm vol
	ok docker run --rm --mount type=tmpfs,target=/t,tmpfs-size=1048576,tmpfs-mode=700 box sh -c 'df -k /t | tail -n 1; stat -c %a /t'
	says 1024 700
}

# ---- namespaces ---------------------------------------------------------------

@test "--user by name and number, --group-add" {
	ok docker run --rm --user app box id
	says "uid=1234(app)" "2345(team)"
	ok docker run --rm --user 55:66 --group-add team box sh -c 'id -u; id -G'
	is $'55\n66 2345'
	ok docker run --rm --user app box sh -c 'echo $HOME'
	is /home/app
	fails docker run --rm --user nobody-here box true
	says "unable to find user"
}

@test "--pid, --ipc, --uts, --hostname" {
	ok docker run --rm --pid host box sh -c 'tr "\0" " " </proc/1/cmdline'
	says world
	ok docker run --rm --pid container:long box ps
	says "sleep 10000"
	ok docker run -d --name server --ipc shareable --hostname first box sleep 1000
	ok docker exec server sh -c 'hostname; echo shared >/dev/shm/f'
	is first
	ok docker run --rm --ipc container:server box cat /dev/shm/f
	is shared
	ok docker run --rm --ipc host --uts host box hostname
	is world
	ok docker run --rm --network container:server box ls /sys/class/net
	says eth0
	ok docker run --rm --ipc none box sh -c 'test -d /dev/shm || echo none'
	is none
	ok docker rm -f server
	ok docker run --rm --hostname one --domainname two.example box cat /proc/sys/kernel/domainname
}

@test "--network none, host, bridge; ports, names" {
	ok docker run --rm --network none box ls /sys/class/net
	is lo
	ok docker run --rm --network host box ls /sys/class/net
	says uplink
	ok docker network create ours
	ok docker run -d --name web --network ours -p 127.0.0.1:8080:80 box sh -c 'mkdir /www; echo page >/www/index.html; httpd -f -h /www -p 80'
	wait_for docker run --rm --network ours box wget -q -O - http://web/
	ok docker run --rm --network ours box wget -q -O - http://web/
	is page
	ok bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; printf "GET / HTTP/1.0\r\n\r\n" >&3; cat <&3'
	says page
	ok docker network connect bridge web
	ok docker exec web ls /sys/class/net
	says eth1
	ok docker rm -f web
	ok docker network rm ours
}

@test "--init" {
	ok docker run --rm --init box sh -c 'tr "\0" " " </proc/1/cmdline'
	says docker-init
	ok docker run -d --name initialised --init box sleep 1000
	ok docker stop -t 30 initialised
	ok field initialised '{{.State.ExitCode}}'
	is 143
	ok docker rm initialised
}
