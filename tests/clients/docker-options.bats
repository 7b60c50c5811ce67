load helpers
load docker

# What docker run and its daemon can do besides: options that came with newer versions, or that few use.

setup_file()
{
	docker_box --experimental
}

# ---- mounts -------------------------------------------------------------------

@test "read-only binds are recursive, or not when asked" {
	need_version docker 25
	mkdir -p "$W/tmp/r/sub"
	mount -t tmpfs sub "$W/tmp/r/sub"
	ok docker run --rm --mount "type=bind,source=$W/tmp/r,target=/m,readonly" box sh -c 'touch /m/sub/x || echo ro'
	says ro
	ok docker run --rm --mount "type=bind,source=$W/tmp/r,target=/m,readonly,bind-recursive=writable" box \
		sh -c 'touch /m/sub/x && echo rw; touch /m/x || echo ro'
	says rw ro
	ok docker run --rm --mount "type=bind,source=$W/tmp/r,target=/m,bind-recursive=disabled" box \
		grep -c ' /m' /proc/mounts
	is 1
	ok docker run --rm \
		--mount "type=bind,source=$W/tmp/r,target=/m,readonly,bind-propagation=rprivate,bind-recursive=readonly" box \
		sh -c 'touch /m/sub/x || echo ro'
	says ro
	umount "$W/tmp/r/sub"
}

@test "a folder of a volume, an image as a volume" {
	need_version docker 28
	ok docker volume create volume
	ok docker run --rm -v volume:/v box sh -c 'mkdir /v/in; echo deep >/v/in/f'
	ok docker run --rm --mount type=volume,source=volume,target=/v,volume-subpath=in box cat /v/f
	is deep
	ok docker volume rm volume
	ok docker run --rm --mount type=image,source=box,target=/image box cat /image/data/file
	says original
}

@test "tmpfs: mode, user, size, exec" {
	ok docker run --rm --mount type=tmpfs,target=/t,tmpfs-mode=1777 --tmpfs /u:exec,uid=1234,size=2m box \
		sh -c 'stat -c %a /t; stat -c %u /u; df -k /u | tail -n 1; cp /bin/busybox /u/echo && /u/echo executed'
	says $'1777\n1234' 2048 executed
}

@test "devices by their CDI names" {
	need_version docker 28.2
	[ -c /dev/fuse ] || skip "no device to give"
	mkdir -p /etc/cdi
	cat >/etc/cdi/tests.json <<-'EOT'
		{ "cdiVersion": "0.5.0", "kind": "example.com/dev", "devices": [{ "name": "d", "containerEdits": {
			"env": ["CDI=yes"],
			"deviceNodes": [{ "path": "/dev/given", "hostPath": "/dev/fuse", "permissions": "rw" }],
			"hooks": [{ "hookName": "createContainer", "path": "/bin/true" }] } }] }
	EOT
	# dockerd sees by itself that it is there.
	wait_for docker run --rm --device example.com/dev=d box true
	ok docker run --rm --device example.com/dev=d box sh -c 'echo $CDI; ls /dev/given'
	is $'yes\n/dev/given'
}

# ---- networks, cgroups --------------------------------------------------------

@test "a sysctl of one network interface, an annotation" {
	need_version docker 28
	ok docker network create ours
	local sysctl=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1
	ok docker run --rm --annotation a=b --network name=ours,driver-opt=$sysctl box \
		cat /proc/sys/net/ipv4/conf/eth0/log_martians
	is 1
	ok docker network rm ours
}

@test "memory and swap, no OOM kill, periods of CPU time" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok docker run --rm --oom-kill-disable --memory 32m --memory-swap 64m box sh -c '
		cd /sys/fs/cgroup/memory; cat memory.memsw.limit_in_bytes; grep oom_kill_disable memory.oom_control'
	is $'67108864\noom_kill_disable 1'
	ok docker run --rm --memory 32m --memory-swap -1 box cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes
	[ "$output" -gt 67108864 ]
	ok docker run --rm --cpuset-cpus 0 --cpuset-mems 0 --cpu-period 20000 --cpu-quota 10000 box \
		sh -c 'cd /sys/fs/cgroup; cat cpu/cpu.cfs_period_us cpu/cpu.cfs_quota_us cpuset/cpuset.mems'
	is $'20000\n10000\n0'
}

@test "writable cgroups" {
	need_version docker 28.5
	local folder=/sys/fs/cgroup
	[ "$VIEW" = v2 ] || folder=/sys/fs/cgroup/pids
	fails docker run --rm box mkdir $folder/x
	says "Read-only"
	ok docker run --rm --security-opt writable-cgroups=true box \
		sh -c "mkdir $folder/x && ls -d $folder/x && rmdir $folder/x"
	is $folder/x
}

# ---- the daemon ---------------------------------------------------------------

# dockerd does not find its own checkpoints with every containerd; so that it can start from one is not asked here.
@test "checkpoint create: it goes on, or ends" {
	need_criu
	ok docker run -d --name counter --network none box \
		sh -c 'i=0; while :; do i=$((i+1)); echo $i >>/count; sleep 0.1; done'
	wait_for docker exec counter grep -qx 5 /count
	ok docker checkpoint create --leave-running counter one
	ok docker exec counter echo alive
	is alive
	ok docker checkpoint ls counter
	says one
	ok docker checkpoint rm counter one
	ok docker rm -f counter
	ok docker run -d --name ends --network none box sh -c 'while :; do sleep 0.1; done'
	ok docker checkpoint create ends two
	ok field ends '{{.State.Status}}'
	is exited
	ok docker rm -f ends
}

@test "the image store of containerd" {
	need_version docker 28
	docker_end
	docker_start --feature containerd-snapshotter=true --data-root /var/lib/docker/store
	ok docker info -f '{{.DriverStatus}}'
	says io.containerd.snapshotter
	ok docker load -qi "$IMAGES/box.tar"
	ok docker tag localhost/box box
	ok docker run --rm box cat /data/file
	is original
	gives 127 docker run --rm box nope
	gives 126 docker run --rm box /etc/plain
	ok docker run -d --name stored box sleep 1000
	terminal "docker exec -it stored tty"
	says /dev/pts
	ok docker rm -f stored
}
