load helpers
load podman

# Checkpoints that podman can make and start from.

setup_file()
{
	need_criu || return 0
	podman_box
}

count='i=0; while :; do i=$((i+1)); echo $i >>/count; sleep 0.1; done'

@test "checkpoint and restore: it goes on counting, here and from an archive" {
	ok podman run -d --name counter box sh -c "$count"
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

@test "an archive with a volume, a tmpfs and statistics, under another name" {
	ok podman run -d --name c1 -v volume:/v --tmpfs /t --hostname kept box \
		sh -c "echo t >/t/f; cd /v; ${count//\/count/count}"
	wait_for podman exec c1 grep -qx 5 /v/count
	ok podman container checkpoint --print-stats --keep --export "$W/tmp/c.tar.zst" --compress zstd c1
	says runtime_checkpoint_duration
	ok podman rm c1
	ok podman volume rm volume
	ok podman container restore --import "$W/tmp/c.tar.zst" --name c2 --print-stats
	ok podman exec c2 sh -c 'cat /t/f; hostname; sed -n 5p /v/count'
	is $'t\nkept\n5'
	ok podman rm -f -t 0 c2
	ok podman volume rm volume
}

@test "limits are there again" {
	[ "$VIEW" != v2 ] || skip "reads the files of v1"
	ok podman run -d --name limited --memory 64m --pids-limit 44 box sh -c "$count"
	ok podman container checkpoint limited
	ok podman container restore limited
	ok podman exec limited cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max
	is $'67108864\n44'
	ok podman rm -f -t 0 limited
}

@test "an image made of it" {
	ok podman run -d --name c3 box sh -c "$count"
	wait_for podman exec c3 grep -qx 5 /count
	ok podman container checkpoint --create-image counted c3
	ok podman rm c3
	ok podman container restore --name c4 counted
	wait_for podman exec c4 grep -qx 20 /count
	ok podman exec c4 sh -c 'sort -n /count | uniq -d'
	is ""
	ok podman rm -f -t 0 c4
	ok podman rmi counted
}

@test "a container with a terminal" {
	ok podman run -dit --name typed box sh
	ok podman container checkpoint typed
	ok podman container restore typed
	ok podman exec typed echo alive
	is alive
	ok podman rm -f -t 0 typed
}

@test "locks of files" {
	ok podman run -d --name locker -v /lib:/lib:ro -v /lib64:/lib64:ro -v "$(command -v flock)":/flock:ro box \
		/flock /tmp/lock sh -c "$count"
	wait_for podman exec locker grep -qx 5 /count
	ok podman container checkpoint --file-locks locker
	ok podman container restore --file-locks locker
	fails podman exec locker /flock -n /tmp/lock true
	ok podman rm -f -t 0 locker
}

# Linux 6.16 no longer tells some options of such a socket, which older CRIUs insist on.
@test "an established connection, which must be asked for" {
	need_version criu 4.2
	ok podman run -d --name server --network podman box nc -ll -p 9000 -e cat
	local line address=$(podman inspect -f '{{.NetworkSettings.Networks.podman.IPAddress}}' server)
	listens()
	{
		podman exec server grep -i :2328 /proc/net/tcp /proc/net/tcp6
	}
	wait_for listens
	exec 8<>"/dev/tcp/$address/9000"
	echo one >&8
	read -r -t $((10 * SLOW)) line <&8
	[ "$line" = one ]
	fails podman container checkpoint server
	ok podman inspect -f '{{.State.Running}}' server
	is true
	ok podman container checkpoint --tcp-established server
	ok podman container restore --tcp-established server
	echo two >&8
	read -r -t $((10 * SLOW)) line <&8
	[ "$line" = two ]
	exec 8>&-
	ok podman rm -f -t 0 server
}

@test "into another pod" {
	need_pods
	ok podman pod create --name from --share ipc,net,uts
	ok podman pod create --name into --share ipc,net,uts
	ok podman run -d --pod from --name inside box sh -c "$count"
	wait_for podman exec inside grep -qx 5 /count
	ok podman container checkpoint --export "$W/tmp/pod.tar" inside
	ok podman container restore --import "$W/tmp/pod.tar" --pod into --name moved
	wait_for podman exec moved grep -qx 20 /count
	ok podman pod rm -f -t 0 from
	ok podman pod rm -f -t 0 into
}
