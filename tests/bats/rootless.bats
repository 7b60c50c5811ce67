# An ordinary user runs containers.
load helpers
load lib/mounts
load lib/rootless

@test "spec --rootless gives a config that runs" {
	spec '.process.args = ["sh", "-c", "id -u; id -g; cat /etc/hostname; hostname"]'
	run -0 his run web
	same $'0\n0\nexample\nctr-run' "$output"
}

@test "the container's root is the user, and what it writes is his" {
	spec '.process.args = ["sh", "-c", "echo text >/mine; exec sleep 1000"] | .root.readonly = false'
	his run -d web >"$OUT" 2>&1 </dev/null
	wait_for test -s rootfs/mine
	same 1000:1000 "$(stat -c %u:%g rootfs/mine)"
	same 1000 "$(stat -c %u "/proc/$(his state web | jq .pid)")"
}

@test "a time namespace is his user namespace's, and has its offsets" {
	need_kernel 5.6
	spec '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 1000000}}'
	spec '.process.args = ["cat", "/proc/self/timens_offsets"]'
	run -0 his run web
	says "boottime      1000000"
	spec '.process.args = ["sleep", "1000"]'
	his_detached run -d web
	run -0 his exec web cat /proc/self/timens_offsets
	says "boottime      1000000"
}

@test "its state is below XDG_RUNTIME_DIR" {
	his create web >"$OUT" 2>&1 </dev/null
	[ -d "$T/run-1000/ctr-run/web" ]
	# The sticky bit keeps cleaners of temporary files away.
	same "1700 1000" "$(stat -c '%a %u' "$T/run-1000/ctr-run")"
	same created "$(his state web | jq -r .status)"
	his start web
	same running "$(his state web | jq -r .status)"
	same web "$(his list -q)"
	his kill web KILL
	his delete --force web
	[ -z "$(ls -A "$T/run-1000/ctr-run")" ]
}

@test "root of a user namespace has his state there too, unless USER says root" {
	local user

	# The folder is made whether the config pleases or not.
	for user in "" tester; do
		run as_user 1000 env -u USER ${user:+USER=$user} unshare -r "$RUNTIME" create web
		[ -d "$T/run-1000/ctr-run" ]
		rmdir "$T/run-1000/ctr-run"
	done
	run as_user 1000 env USER=root unshare -r "$RUNTIME" create web
	[ ! -e "$T/run-1000/ctr-run" ]
}

@test "exec enters it" {
	his run -d web >"$OUT" 2>&1 </dev/null
	run his exec web sh -c 'id -u; cat /proc/1/comm'
	same $'0\nsleep' "$output"
	run -7 his exec web sh -c 'exit 7'
	his exec -d --pid-file "$HIS/pid" web sleep 1000 >"$OUT" 2>&1 </dev/null
	same 1000 "$(stat -c %u "/proc/$(cat "$HIS/pid")")"
	for type in user mnt pid ipc uts net; do
		same "$(readlink "/proc/$(his state web | jq .pid)/ns/$type")" "$(readlink "/proc/$(cat "$HIS/pid")/ns/$type")"
	done
}

@test "exec enters it with a network namespace of its own, too" {
	spec '.linux.namespaces += [{type: "network"}]'
	his run -d web >"$OUT" 2>&1 </dev/null
	run -0 his exec web sed 1,2d /proc/net/dev
	same 1 "$(wc -l <<<"$output")"
}

@test "devices are there and work" {
	spec '.process.args = ["sh", "-c", "echo x >/dev/null && head -c 3 /dev/zero | wc -c && ls /dev/pts"]'
	run -0 his run web
	same $'3\nptmx' "$output"
}

@test "masked and read-only paths hold" {
	spec '.process.args = ["sh", "-c", "cat /proc/keys /proc/timer_list; echo x >/proc/sys/kernel/hostname; umount /proc/keys; umount /proc/sys; cat /proc/keys; echo end"]'
	run -0 his run web
	says "hostname: Read-only file system" "unmount /proc/keys: " "unmount /proc/sys: "
	same end "$(grep -v ': ' <<<"$output")"
}

@test "the host's cgroups cannot be written" {
	spec '.process.args = ["sh", "-c", "find /sys/fs/cgroup -maxdepth 2 -type d | while read d; do mkdir $d/x 2>/dev/null && echo $d; done; true"]'
	run -0 his run web
	same "" "$output"
}

@test "limits that cannot be had are an error in runc's words" {
	spec '.linux.resources = {pids: {limit: 10}}'
	run his run web
	[ "$status" != 0 ]
	says "rootless needs no limits + no cgrouppath when no permission is granted for cgroups"
}

@test "without cgroup and pid namespace there is a warning: nothing would find what is left behind" {
	spec '.process.args = ["true"] | .linux.namespaces |= map(select(.type != "pid")) |
		.mounts |= map(if .destination == "/proc" then {destination: "/proc", type: "none", source: "/proc", options: ["rbind"]} else . end)'
	run -0 his run web
	says "Such configuration is strongly discouraged"
	spec '.linux.namespaces += [{type: "pid"}]'
	run -0 his run web
	same "" "$output"
}

@test "what he can change of a running container is changed, and the rest says why not" {
	spec '.process.oomScoreAdj = 200'
	his run -d web >"$OUT" 2>&1 </dev/null
	run his exec web cat /proc/self/oom_score_adj
	same 200 "$output"
	his update --oom-score-adj 300 --ulimit nofile=50 web
	same 300 "$(cat "/proc/$(his state web | jq .pid)/oom_score_adj")"
	run his exec web sh -c 'cat /proc/self/oom_score_adj; ulimit -n'
	same $'300\n50' "$output"
	run his update --pids-limit 5 web
	[ "$status" = 0 ] || says "--pids-limit"
	run his pause web
	[ "$status" = 0 ] || says "freezer"
}

@test "without a user namespace he is told what is missing" {
	spec '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'
	run his run web
	[ "$status" != 0 ]
	says "/linux/namespaces" "user"
}

@test "ids that are not his are refused" {
	spec '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}]'
	run his run web
	[ "$status" != 0 ]
	says "/linux/uidMappings"
	spec '.linux.uidMappings = [{containerID: 0, hostID: 1000, size: 65536}]'
	run his run web
	[ "$status" != 0 ]
	[ -z "$(ls -A "$T/run-1000/ctr-run" 2>/dev/null)" ]
}

@test "an error leaves nothing" {
	spec '.process.args = ["/nope"]'
	run his run web
	[ "$status" != 0 ]
	says "no such file or directory"
	[ -z "$(ls -A "$T/run-1000/ctr-run" 2>/dev/null)" ]
}

@test "he cannot touch another user's containers" {
	(cd "$BUNDLE" && rt run -d roots)
	run his --root "$STATE" state roots
	[ "$status" != 0 ]
	run his --root "$STATE" kill roots KILL
	[ "$status" != 0 ]
	is roots running
}

@test "bind mounts of his own files work, others' he can only see" {
	mkdir "$HIS/data"
	chown 1000:1000 "$HIS/data"
	add_mount /data none "$HIS/data" rbind
	add_mount /opt/host none /etc rbind ro
	chown -R 1000:1000 "$HIS"
	spec '.process.args = ["sh", "-c", "touch /data/new && touch /opt/host/x; true"]'
	run -0 his run web
	says "/opt/host/x: Read-only file system"
	same 1000 "$(stat -c %u "$HIS/data/new")"
}

@test "the message queues are his" {
	spec '.process.args = ["sh", "-c", "stat -c %u:%g /dev/mqueue && touch /dev/mqueue/mine && ls /dev/mqueue"]'
	run -0 his run web
	same $'0:0\nmine' "$output"
}

@test "exec enters a container that was created only" {
	his create web >"$OUT" 2>&1 </dev/null
	run -0 his exec web cat /proc/1/comm
	same "ctr-run:[init]" "$output"
	# It is closed to all again once it goes on.
	his start web
	run -0 his exec web id -u
	same 0 "$output"
	his delete --force web
	his create web >"$OUT" 2>&1 </dev/null
	his delete --force web
}
