load helpers
load podman

setup_file()
{
	podman_setup || return 0
	podman load -i "$IMAGES/box.tar"
	podman run -d --name long box sleep 10000
}

teardown_file()
{
	began || return 0
	podman_teardown
}

# ---- run, and how it ends -----------------------------------------------------

@test "podman knows the runtime by its name and version" {
	ok podman info -f '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}'
	says "$RUNTIME_NAME" version
	ok podman inspect -f '{{.OCIRuntime}}' long
	is "$RUNTIME_NAME"
}

@test "run: output, exit status, standard input" {
	ok podman run --rm box echo hi
	is hi
	gives 7 podman run --rm box sh -c 'exit 7'
	ok bash -c 'echo typed | podman run --rm -i box cat'
	is typed
}

@test "a program that does not exist gives 127" {
	gives 127 podman run --rm box nope
	says "executable file not found"
	gives 127 podman run --rm box /nope
	says "no such file or directory"
	fails podman run --rm box orphan
	says "no such file or directory"
}

@test "a program that may not be run gives 126" {
	gives 126 podman run --rm box /etc/plain
	says "permission denied"
	gives 126 podman run --rm box /etc
}

@test "a working directory that is none is refused" {
	fails podman run --rm -w /etc/plain box pwd
}

@test "an empty or odd program is refused, and nothing stays" {
	fails podman run --rm --name odd box ""
	ok podman ps -a --filter name=odd -q
	is ""
}

@test "run -d, ps, wait, logs, rm" {
	ok podman run -d --name job box sh -c 'echo out; echo err >&2; exit 5'
	ok podman wait job
	is 5
	ok podman logs job
	says out err
	ok podman ps -a --filter name=job --format '{{.Status}}'
	says "Exited (5)"
	ok podman rm job
}

@test "logs -f ends with the container" {
	ok podman run -d --name talker box sh -c 'for i in 1 2 3; do echo line $i; sleep 0.2; done'
	ok timeout 60 podman logs -f talker
	says "line 1" "line 3"
	ok podman rm -f talker
}

@test "start -a, restart, start of a stopped container" {
	ok podman create --name again box sh -c 'echo run; exit 3'
	gives 3 podman start -a again
	gives 3 podman start -a again
	says run
	ok podman restart again
	ok podman wait again
	ok podman rm again
}

@test "--restart=on-failure runs it again" {
	ok podman run -d --name retry --restart=on-failure:2 box sh -c 'echo again; exit 1'
	three_times()
	{
		[ "$(podman logs retry | grep -c again)" = 3 ]
	}
	wait_for three_times
	ok podman rm -f retry
}

@test "twenty containers at once" {
	local i pids=()
	for i in $(seq 20); do
		podman run --rm --network none box sh -c "echo number $i" >"$W/tmp/many.$i" 2>&1 &
		pids+=($!)
	done
	for i in $(seq 20); do
		wait "${pids[i - 1]}"
		[ "$(<"$W/tmp/many.$i")" = "number $i" ]
	done
	rm "$W"/tmp/many.*
}

# ---- signals ------------------------------------------------------------------

@test "stop: TERM first" {
	ok podman run -d --name polite box sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'
	wait_for podman_says polite ready
	ok podman stop -t 30 polite
	ok podman inspect -f '{{.State.ExitCode}}' polite
	is 9
	ok podman rm polite
}

@test "stop: KILL when the time is over" {
	ok podman run -d --name deaf box sleep 1000
	ok podman stop -t 1 deaf
	ok podman inspect -f '{{.State.ExitCode}} {{.State.Status}}' deaf
	is "137 exited"
	ok podman rm deaf
}

@test "--stop-signal and kill -s" {
	ok podman run -d --name usr --stop-signal USR1 box sh -c 'trap "exit 11" USR1; trap "echo hup" HUP; echo ready; while :; do sleep 0.1; done'
	wait_for podman_says usr ready
	ok podman kill -s HUP usr
	wait_for podman_says usr hup
	ok podman stop -t 30 usr
	ok podman inspect -f '{{.State.ExitCode}}' usr
	is 11
	fails podman kill usr
	ok podman rm usr
	ok podman run -d --name shot box sleep 1000
	ok podman kill shot
	ok podman wait shot
	is 137
	ok podman rm shot
}

podman_says()
{
	podman logs "$1" 2>&1 | grep -q "$2"
}

@test "rm -f of a running container" {
	ok podman run -d --name victim box sleep 1000
	local pid=$(podman inspect -f '{{.State.Pid}}' victim)
	ok podman rm -f -t 0 victim
	wait_for gone "$pid"
}

@test "run forwards signals to the program" {
	podman run --rm --name fore box sh -c 'trap "exit 12" TERM; echo ready; while :; do sleep 0.1; done' >"$W/tmp/fore" 2>&1 3>&- &
	wait_for grep ready "$W/tmp/fore"
	kill -TERM $!
	ends 12 $!
}

@test "pause, unpause" {
	need_controller freezer
	ok podman run -d --name ice box sh -c 'while :; do echo tick; sleep 0.1; done'
	ok podman pause ice
	ok podman inspect -f '{{.State.Status}}' ice
	is paused
	fails podman exec ice true
	ok podman unpause ice
	ok podman exec ice echo thawed
	is thawed
	ok podman pause ice
	ok podman rm -f -t 0 ice
}

# ---- exec and terminals -------------------------------------------------------

@test "exec: status, environment, user, directory, input" {
	gives 4 podman exec long sh -c 'exit 4'
	ok podman exec -e A=b -w /tmp --user app long sh -c 'echo $A $(pwd) $(id -u) $(id -G)'
	is "b /tmp 1234 1234 2345"
	ok bash -c 'echo typed | podman exec -i long cat'
	is typed
	ok podman exec -u 77:88 long id
	says uid=77 gid=88
}

@test "exec -d" {
	ok podman exec -d long sh -c 'echo detached >/tmp/detached'
	wait_for podman exec long test -s /tmp/detached
}

@test "exec of what does not exist or may not be run" {
	gives 127 podman exec long nope
	says "executable file not found"
	gives 127 podman exec long /nope
	gives 126 podman exec long /etc/plain
	gives 126 podman exec long /etc
	fails podman exec -w /nowhere/at/all long true
}

@test "exec in a stopped container is refused" {
	ok podman create --name still box true
	fails podman exec still true
	says "state"
	ok podman rm still
}

@test "exec --privileged has all capabilities" {
	ok podman exec --privileged long grep CapEff /proc/self/status
	local all=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
	says "$all"
}

@test "exec -t and run -t have a terminal" {
	terminal "podman exec -t long tty"
	says /dev/pts/
	terminal "podman run --rm -t box sh -c 'tty; stty -a | head -n 1; echo \$TERM'"
	says /dev/pts/ speed xterm
	ok podman exec -t long sh -c 'test -t 1 && echo yes'
	says yes
}

@test "run -it talks with a shell, and the window size is ours" {
	mkfifo "$W/tmp/keys"
	script -qefc 'stty rows 33 cols 77; podman run --rm -it box sh' "$W/tmp/typescript" <"$W/tmp/keys" >/dev/null 2>&1 3>&- &
	local pid=$!
	exec {keys}>"$W/tmp/keys"
	echo 'echo 4$((1+1)); stty size' >&$keys
	wait_for grep -a '^42' "$W/tmp/typescript"
	wait_for grep -a '^33 77' "$W/tmp/typescript"
	echo 'exit 6' >&$keys
	exec {keys}>&-
	ends 6 $pid
}

# podman knows the keys only if each comes alone.
detached()
{
	printf '\020' >&$keys
	sleep 0.3
	printf '\021' >&$keys
	sleep 0.5
	gone $pid
}

@test "attach, and detach with keys" {
	ok podman run -dit --name talk box sh
	mkfifo "$W/tmp/attached"
	script -qefc 'podman attach talk' "$W/tmp/typescript2" <"$W/tmp/attached" >/dev/null 2>&1 3>&- &
	pid=$!
	exec {keys}>"$W/tmp/attached"
	echo 'echo 4$((2+2))' >&$keys
	wait_for grep -a '^44' "$W/tmp/typescript2"
	trap '' PIPE
	wait_for detached
	exec {keys}>&-
	ok podman inspect -f '{{.State.Status}}' talk
	is running
	ok podman rm -f -t 0 talk
}

# ---- looking at it ------------------------------------------------------------

@test "top, stats, ps, inspect" {
	ok podman top long
	says "sleep 10000"
	ok podman top long pid user args
	says "sleep 10000" root
	ok podman ps --format '{{.Names}} {{.Status}}'
	says "long Up"
	ok podman inspect -f '{{.State.Running}} {{.State.Pid}}' long
	says true
	if has_controller memory; then
		ok podman stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' long
		says long B
	fi
}

@test "events name what happened" {
	ok podman run --rm --name eventful box true
	ok podman events --stream=false --since 10m --filter container=eventful --format '{{.Status}}'
	says create start died remove
}

@test "cp, diff, commit, export" {
	ok podman create --name copied box sleep 1000
	echo new >"$W/tmp/new"
	ok podman cp "$W/tmp/new" copied:/data/new
	ok podman start copied
	ok podman cp copied:/data/new "$W/tmp/back"
	[ "$(<"$W/tmp/back")" = new ]
	ok podman exec copied cat /data/new
	is new
	ok podman diff copied
	says "/data/new"
	ok podman commit -q copied with-new
	ok podman run --rm with-new cat /data/new
	is new
	ok podman rm -f -t 0 copied
	ok podman rmi with-new
}

@test "healthcheck run" {
	ok podman run -d --name healthy --health-cmd 'test -e /tmp/well' --health-interval disable box sleep 1000
	gives 1 podman healthcheck run healthy
	ok podman exec healthy touch /tmp/well
	ok podman healthcheck run healthy
	ok podman rm -f -t 0 healthy
}

@test "an OOM kill is seen" {
	need_controller memory
	ok podman run -d --name hungry --memory 16m --memory-swap 16m box sh -c 'tail /dev/zero'
	ok podman wait hungry
	is 137
	# bookworm's conmon does not tell it in v1.
	if [ "$VIEW" = v2 ]; then
		ok podman inspect -f '{{.State.OOMKilled}}' hungry
		is true
	fi
	ok podman rm hungry
}

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

@test "checkpoint and restore: it goes on counting, here and from an archive" {
	need_criu
	ok podman run -d --name counter box sh -c 'i=0; while :; do i=$((i+1)); echo $i >>/count; sleep 0.1; done'
	wait_for podman exec counter grep -qx 5 /count
	ok podman container checkpoint counter
	ok podman inspect -f '{{.State.Checkpointed}} {{.State.Running}}' counter
	is 'true false'
	ok podman container restore counter
	wait_for podman exec counter grep -qx 20 /count
	ok podman container checkpoint --export "$W/tmp/counter.tar.gz" counter
	ok podman rm counter
	ok podman container restore --import "$W/tmp/counter.tar.gz"
	wait_for podman exec counter grep -qx 40 /count
	ok podman exec counter sh -c 'sort -n /count | uniq -d; wc -l </count; tail -n 1 /count'
	[ "$(sed -n 1p <<<"$output")" = "$(sed -n 2p <<<"$output")" ]
	ok podman container checkpoint --leave-running counter
	ok podman inspect -f '{{.State.Running}}' counter
	is true
	ok podman rm -f -t 0 counter
}

@test "what podman removed is gone from the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok ctr-run list -q
	is "$(podman inspect -f '{{.Id}}' long)"
}
