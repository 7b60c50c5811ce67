# The ready-made configs of rootfs-examples run as they are.
load helpers

# A copy of the example NAME beside a root file system; cgroupsPath is the test's own.
example()
{
	cp -a "$BUNDLE/rootfs" "$T/rootfs"
	mkdir "$T/$1"
	cd "$T/$1"
	sed "s/\"hostID\": 1000/\"hostID\": ${UID_OUTSIDE:-1000}/" "$TOP/rootfs-examples/$1/config.json" >config.json
	[ "$1" = rootless ] || spec '.linux.cgroupsPath = $p' --arg p "$CGROUP"
}

@test "hello says hello" {
	example hello
	run -0 rt run "$ID"
	says "Hello from a container." "process 1 of my own world, as root on hello" "1 root     sh"
}

@test "network-none has only lo" {
	example network-none
	run -0 rt run "$ID"
	says "LOOPBACK,UP" "no"
	[ "$(grep -c '^[0-9]*: ' <<<"$output")" = 1 ]
}

@test "limits shows its limits" {
	need_controller memory cpu pids
	example limits
	run -0 rt run "$ID"
	says "open files: 128" "67108864" "pids.max: 32"
}

@test "shell runs a shell on a terminal" {
	need_command script
	example shell
	run -0 script -qec "$(printf '%q ' "${RT[@]}" run "$ID")" /dev/null <<<"echo \$((40 + 2)) > /tmp/x; cat /tmp/x; tty; exit"
	says 42 /dev/pts/0
}

@test "rootless runs as user 1000" {
	chmod 777 "$T"
	example rootless
	run -0 as_user 1000 "${RT[@]}" run "$ID"
	says "I am root here; outside I am user 1000."
}
