load helpers
load containerd

BOX=localhost/box:latest

setup_file()
{
	# containerd asks for cpu.shares whether its user does or not.
	need_controller cpu || return 0
	need containerd ctr || return 0
	containerd_start
	ctr image import "$IMAGES/box.tar"
	c run -d $BOX long sleep 10000
}

teardown_file()
{
	began || return 0
	local name

	for name in $(ctr task ls -q); do
		ctr task kill -s KILL "$name"
		ctr task rm -f "$name" || :
	done
	for name in $(ctr container ls -q); do
		ctr container rm "$name"
	done
	end containerd
	for name in /sys/fs/cgroup/default /sys/fs/cgroup/*/default; do
		[ ! -d "$name" ] || rmdir "$name" 2>/dev/null || :
	done
}

# ctr with our runtime: c run ... puts --runc-binary behind the word run.
c()
{
	local verb=$1
	shift
	ctr "$verb" --runtime io.containerd.runc.v2 --runc-binary "$RUNTIME" "$@"
}

status_is()
{
	ctr task ls | grep -q "^$1 .*$2"
}

drop()
{
	local name
	for name; do
		ctr task rm -f "$name" 2>/dev/null || :
		ctr container rm "$name"
	done
}

@test "run: output, exit status, environment, directory" {
	ok c run --rm $BOX x1 echo hi
	is hi
	gives 7 c run --rm $BOX x2 sh -c 'exit 7'
	ok c run --rm --env A=b --cwd /tmp $BOX x3 sh -c 'echo $A; pwd'
	is $'b\n/tmp'
}

@test "what cannot be run is refused, and nothing stays" {
	fails c run --rm $BOX x4 nope
	says "executable file not found"
	fails c run --rm $BOX x5 /etc/plain
	says "permission denied"
	fails c run --rm --cwd /etc/plain/x $BOX x6 true
	ok ctr task ls -q
	is long
}

@test "run -d, task ls, ps, metrics" {
	status_is long RUNNING
	ok ctr task ps long
	says "$(ctr task ls | awk '/^long /{ print $2 }')"
	if has_controller memory; then
		ok ctr task metrics long
		says memory
	fi
	ok bash -c 'ctr container info long | jq -r .Runtime.Options.value | base64 -d'
	says "$RUNTIME"
}

@test "exec: output, status, user, directory, terminal, detached" {
	ok ctr task exec --exec-id e1 long echo in
	is in
	gives 5 ctr task exec --exec-id e2 long sh -c 'exit 5'
	ok ctr task exec --exec-id e3 --user 1234:2345 --cwd /tmp long sh -c 'id -u; id -g; pwd'
	is $'1234\n2345\n/tmp'
	terminal "ctr task exec -t --exec-id e4 long tty"
	says /dev/pts/
	fails ctr task exec --exec-id e5 long nope
	says "executable file not found"
	ok ctr task exec -d --exec-id e6 long sh -c 'echo made >/tmp/made'
	wait_for ctr task exec --exec-id e7 long test -s /tmp/made
}

@test "run -t has a terminal" {
	terminal "ctr run --runtime io.containerd.runc.v2 --runc-binary $RUNTIME --rm -t $BOX x7 sh -c 'tty; stty size'"
	says /dev/pts/
}

@test "kill, exit status, delete" {
	ok c run -d $BOX polite sh -c 'trap "exit 9" TERM; touch /tmp/ready; while :; do sleep 0.1; done'
	wait_for ctr task exec --exec-id r polite test -e /tmp/ready
	ok ctr task kill polite
	wait_for status_is polite STOPPED
	ok ctr task rm polite
	says "exit code 9"
	ok ctr container rm polite
	ok c run -d $BOX deaf sleep 1000
	fails ctr task rm deaf
	ok ctr task kill -s KILL deaf
	wait_for status_is deaf STOPPED
	ok ctr task rm deaf
	says "exit code 137"
	ok ctr container rm deaf
	fails ctr task kill deaf
}

@test "kill --all reaches every process" {
	ok c run -d $BOX many sh -c 'sleep 5001 & sleep 5002 & trap "" TERM; while :; do sleep 0.1; done'
	ok ctr task exec --exec-id m many true
	ok ctr task kill --all -s KILL many
	wait_for status_is many STOPPED
	drop many
	fails pgrep -f 'sleep 500[12]'
}

@test "pause, resume" {
	need_controller freezer
	ok c run -d $BOX ice sleep 1000
	ok ctr task pause ice
	status_is ice PAUSED
	fails ctr task exec --exec-id i ice true
	ok ctr task resume ice
	status_is ice RUNNING
	ok ctr task exec --exec-id j ice echo thawed
	is thawed
	ok ctr task kill -s KILL ice
	wait_for status_is ice STOPPED
	drop ice
}

@test "--memory-limit, --cpus, --cgroup" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok c run -d --memory-limit 67108864 --cpus 0.5 --cgroup /ours/box $BOX limited sleep 1000
	[ "$(</sys/fs/cgroup/memory/ours/box/memory.limit_in_bytes)" = 67108864 ]
	[ "$(</sys/fs/cgroup/cpu/ours/box/cpu.cfs_quota_us)" = 50000 ]
	ok ctr task kill -s KILL limited
	wait_for status_is limited STOPPED
	drop limited
	rmdir /sys/fs/cgroup/*/ours 2>/dev/null || :
}

@test "--cap-add, --cap-drop, --privileged, --allow-new-privs, --seccomp" {
	ok c run --rm --cap-drop CAP_CHOWN --cap-add CAP_SYS_TIME $BOX x8 grep CapEff /proc/self/status
	says aa0425fa
	ok c run --rm --privileged $BOX x9 sh -c 'mkdir /m && mount -t tmpfs none /m && echo mounted'
	is mounted
	ok c run --rm $BOX x10 grep NoNewPrivs /proc/self/status
	says 1
	ok c run --rm --allow-new-privs $BOX x11 grep NoNewPrivs /proc/self/status
	says 0
	ok c run --rm --seccomp $BOX x12 grep Seccomp: /proc/self/status
	says 2
}

@test "--read-only, --mount, --rootfs, --net-host, --with-ns, --device" {
	fails c run --rm --read-only $BOX x13 touch /x
	says Read-only
	mkdir -p "$W/tmp/m"; echo data >"$W/tmp/m/f"
	ok c run --rm --mount "type=bind,src=$W/tmp/m,dst=/m,options=rbind:ro" $BOX x14 cat /m/f
	is data
	ok c run --rm --rootfs "$IMAGES/rootfs" x15 cat /data/file
	is original
	ok c run --rm --net-host $BOX x16 ls /sys/class/net
	says uplink
	ok c run --rm --with-ns "pid:/proc/$(ctr task ls | awk '/^long /{ print $2 }')/ns/pid" $BOX x17 ps
	says "sleep 10000"
	[ ! -e /dev/loop0 ] || {
		ok c run --rm --device /dev/loop0 $BOX x18 ls /dev/loop0
	}
}

@test "--uidmap, --gidmap" {
	ok c run --rm --remap-labels --uidmap 0:200000:65536 --gidmap 0:200000:65536 $BOX x19 cat /proc/self/uid_map ||
		ok c run --rm --uidmap 0:200000:65536 --gidmap 0:200000:65536 $BOX x20 cat /proc/self/uid_map
	says 200000
}

@test "--log-uri, --pid-file" {
	ok c run -d --log-uri "file://$W/tmp/log" --pid-file "$W/tmp/pid" $BOX x21 sh -c 'echo logged; sleep 1000'
	wait_for grep logged "$W/tmp/log"
	[ "$(<"$W/tmp/pid")" = "$(ctr task ls | awk '/^x21 /{ print $2 }')" ]
	ok ctr task kill -s KILL x21
	wait_for status_is x21 STOPPED
	drop x21
}

@test "an OOM kill is an event" {
	need_controller memory
	ctr events >"$W/tmp/events" 2>&1 3>&- &
	local pid=$!
	fails c run --rm --memory-limit 8388608 $BOX oom sh -c 'tail /dev/zero'
	wait_for grep /tasks/oom "$W/tmp/events"
	kill $pid
}

@test "checkpoint and restore: it goes on counting" {
	need_criu
	local file=$W/tmp/count n
	: >"$file"
	ok c run -d --mount "type=bind,src=$file,dst=/count,options=rbind:rw" $BOX counter \
		sh -c 'i=0; while :; do i=$((i+1)); echo $i >>/count; sleep 0.1; done'
	wait_for grep -qx 5 "$file"
	ok ctr container checkpoint --rw --task counter localhost/ck:1
	ok ctr task kill -s KILL counter
	wait_for status_is counter STOPPED
	drop counter
	: >"$file"
	ok ctr container restore --rw --live counter localhost/ck:1
	wait_for test -s "$file"
	n=$(head -n 1 "$file")
	[ "$n" -gt 5 ]
	wait_for grep -qx $((n + 5)) "$file"
	ok ctr task kill -s KILL counter
	wait_for status_is counter STOPPED
	drop counter
	ctr image rm localhost/ck:1
}

@test "task checkpoint into a folder: it goes on, or ends with --exit" {
	need_criu
	ok c run -d $BOX kept sh -c 'while :; do sleep 0.1; done'
	ok ctr task checkpoint --image-path "$W/tmp/kept.image" --work-path "$W/tmp/kept.work" kept
	[ -e "$W/tmp/kept.image/inventory.img" ]
	wait_for status_is kept RUNNING
	ok ctr task exec --exec-id k kept echo alive
	is alive
	ok ctr task checkpoint --exit --image-path "$W/tmp/ended.image" --work-path "$W/tmp/ended.work" kept
	[ -e "$W/tmp/ended.image/inventory.img" ]
	wait_for status_is kept STOPPED
	drop kept
}

@test "ten at a time: run, exec, kill, rm" {
	local i pids=()
	whole_life()
	{
		gives 0 c run -d $BOX "life$1" sleep 1000 &&
			gives "$1" ctr task exec --exec-id "exec$1" "life$1" sh -c "exit $1" &&
			gives 0 ctr task kill -s KILL "life$1" &&
			wait_for status_is "life$1" STOPPED &&
			drop "life$1"
	}
	for i in $(seq 10); do
		whole_life "$i" >"$W/tmp/life.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in $(seq 10); do
		ends 0 "${pids[i - 1]}" || { cat "$W/tmp/life.$i"; return 1; }
	done
}

@test "--null-io, --no-pivot, --snapshotter native, --runc-root" {
	ok c run --rm --null-io $BOX x22 echo unheard
	is ""
	ok c run --rm --no-pivot $BOX x23 echo moved
	is moved
	ok c run --rm --snapshotter native $BOX x25 cat /data/file
	is original
	ok c run -d --runc-root "$W/tmp/elsewhere" $BOX x26 sleep 1000
	[ -d "$W/tmp/elsewhere/default/x26" ]
	ok ctr task exec --exec-id x x26 echo in
	is in
	ok ctr task kill -s KILL x26
	wait_for status_is x26 STOPPED
	drop x26
}

@test "--user, --hostname, --annotation, --env-file, --rootfs-propagation, --cpuset-cpus, no cgroup" {
	need_version containerd 2
	echo E=f >"$W/tmp/env"
	ok c run --rm --env-file "$W/tmp/env" --hostname named --annotation a=b $BOX x27 sh -c 'echo $E; hostname'
	is $'f\nnamed'
	ok c run --rm --user 1234:55 $BOX x24 id
	says uid=1234 gid=55
	ok c run --rm --rootfs-propagation rshared $BOX x28 echo propagates
	is propagates
	ok c run --rm --cgroup "" $BOX x29 echo free
	is free
	if has_controller cpuset; then
		ok c run --rm --cpuset-cpus 0 --cpuset-mems 0 --cpu-shares 99 $BOX x30 \
			grep Cpus_allowed_list /proc/self/status
		is $'Cpus_allowed_list:\t0'
	fi
}

# ctr gives it the cgroup /default, which is that of the others; so it names its own.
@test "a config of one's own" {
	ok ctr oci spec
	jq --arg rootfs "$IMAGES/rootfs" '.process.args = ["echo", "own"] | .process.terminal = false |
		.root.path = $rootfs | .linux.cgroupsPath = "/default/own"' <<<"$output" >"$W/tmp/config.json"
	ok c run --rm --config "$W/tmp/config.json" x31
	is own
}

@test "twenty at once" {
	local i pids=()
	for i in $(seq 20); do
		c run --rm $BOX "many$i" echo "number $i" >"$W/tmp/many.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in $(seq 20); do
		ends 0 "${pids[i - 1]}"
		[ "$(<"$W/tmp/many.$i")" = "number $i" ]
	done
}

@test "containers outlive containerd" {
	local pid=$(ctr task ls | awk '/^long /{ print $2 }')
	kill -KILL "$(<"$W/containerd.pid")"
	wait_for gone "$(<"$W/containerd.pid")"
	containerd_start
	status_is long RUNNING
	ok ctr task exec --exec-id back long echo back
	is back
	[ "$pid" = "$(ctr task ls | awk '/^long /{ print $2 }')" ]
}

@test "what containerd removed is gone from the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok ctr-run --root /run/containerd/runc/default list -q
	is long
}
