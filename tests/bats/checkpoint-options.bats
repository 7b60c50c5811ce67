# Options of checkpoint and restore that need something around the container: the caller's terminal, connections, systemd.
# runs alone: while CRIU saves or makes cgroups, cgroup2 lacks its options (nsdelegate), which other tests look at.
load helpers
load lib/criu
load lib/cgroups
load lib/programs
load lib/mounts
load lib/systemd
TEST_TIMEOUT=120

# Two processes with a connection between them, over which one counts into the file /got of the other.
connected()
{
	shell '(sleep 1000 | nc -l -p 80 >>/got) &
		until netstat -ltn | grep -q :80; do sleep 0.05; done
		(i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done) | nc 127.0.0.1 80; sleep 1000'
}

saves_connections()
{
	run save "$@" web
	# SO_PASSCRED of a TCP socket, which CRIU 4.1 asks for, is no more since Linux 6.16.
	[[ $output != *"opt: Operation not supported"* ]] || skip "this CRIU does not know the sockets of Linux $(uname -r)"
	echo "$output"
	[ "$status" = 0 ]
}

# The container runs in the foreground, at a terminal that is not its own; $1: options of both.
at_a_terminal()
{
	shell 'i=0; while read line; do i=$((i+1)); echo "$line is $i"; done'
	mkfifo "$T/keys" "$T/keys2"
	exec 8<>"$T/keys" 9<>"$T/keys2"
	in_background timeout 100 "$OUTSIDE" pty 24x80 "${RT[@]}" run web <&8 >"$T/screen" 2>&1
	first=$!
	wait_status web running
	echo one >&8
	wait_for grep -q 'one is 1' "$T/screen"
	save $1 web
	wait_for gone "$first"
	in_background timeout 100 "$OUTSIDE" pty 24x80 "${RT[@]}" restore $1 --image-path "$IMAGES" web <&9 >"$T/screen2" 2>&1
	wait_status web running || { cat "$T/screen2"; false; }
	echo two >&9
	wait_for grep -q 'two is 2' "$T/screen2"
	rt kill web KILL
	exec 8>&- 9>&-
}

@test "a terminal of the caller's, and another one's after" {
	need_criu
	at_a_terminal ""
}

@test "the same with --shell-job, which leaves it to CRIU" {
	need_criu
	at_a_terminal --shell-job
}

@test "--tcp-close: the connections that were saved are closed" {
	need_criu
	need_command iptables
	connected
	rt run -d web
	wait_for reaches 5 got
	saves_connections --tcp-established
	# The one end reads the end of the file, the other is told that nobody listens.
	back --tcp-close web
	is web running
	[ -z "$(rt exec web netstat -tn | grep ESTABLISHED)" ]
}

@test "--network-lock: how CRIU holds the connections still is ours to say" {
	need_criu
	need_command iptables
	connected
	rt run -d web
	wait_for reaches 5 got
	rt_fail checkpoint --image-path "$IMAGES" --network-lock chewing-gum web
	says "network-lock" "chewing-gum"
	saves_connections --tcp-established --network-lock skip
	# Two ends that are restored while nobody holds their packets back may well reset each other.
	back --tcp-close --network-lock skip web
	is web running
}

@test "--auto-dedup: what a later dump has anew the earlier ones no longer hold" {
	need_criu
	need_memory_tracking
	start_counting web
	rt checkpoint --pre-dump --image-path "$T/images/1" web
	before=$(du -sk "$T/images/1" | cut -f1)
	rt checkpoint --parent-path ../1 --auto-dedup --image-path "$T/images/2" web
	[ "$(du -sk "$T/images/1" | cut -f1)" -lt "$before" ]
	rt restore -d --image-path "$T/images/2" web
	never_stopped_counting
}

@test "--ext-unix-sk: a socket of the host's to which the process is connected" {
	local listener
	need_criu
	mkdir "$T/host"
	in_background "$OUTSIDE" listen "$T/host/socket" >"$T/heard" 2>"$T/ready"
	listener=$!
	wait_for grep -q ready "$T/ready"
	# CRIU knows only sockets of the container's network namespace, and finds them again by their first name.
	spec '.linux.namespaces |= map(select(.type != "network"))'
	add_mount "$T/host" none "$T/host" bind
	inside talk "$T/host/socket" /count
	rt run -d web
	wait_for reaches 5
	rt_fail checkpoint --image-path "$IMAGES" web
	says "ext-unix-sk"
	is web running
	save --ext-unix-sk web
	back --ext-unix-sk web
	never_stopped_counting
	wait_for grep -qx "$(count)" "$T/heard"
	in_order "$T/heard"
	kill "$listener"
}

@test "--tcp-skip-in-flight: connections that nobody has accepted are left out" {
	need_criu
	need_command iptables
	inside queue /count
	rt run -d web
	wait_for reaches 5
	rt_fail checkpoint --image-path "$IMAGES" web
	says "n-flight"
	is web running
	saves_connections --tcp-skip-in-flight
	back web
	never_stopped_counting
	rt exec web netstat -ltn | grep ":80 "
}

@test "--manage-cgroups-mode: whatever CRIU does with cgroups, the container is in its own, with its limits" {
	local mode
	need_criu
	need_controller pids
	spec '.linux.resources += {pids: {limit: 77}}'
	start_counting web
	for mode in soft full ignore; do
		IMAGES=$T/images-$mode
		save --manage-cgroups-mode "$mode" web
		back --manage-cgroups-mode "$mode" web
		never_stopped_counting
		member_of "$(cgroup_dir pids)" "$(pid_of web)"
		same 77 "$(cat "$(cgroup_dir pids)/pids.max")"
	done
}

# As with runc, CRIU starts in the container's cgroup.
@test "--manage-cgroups-mode strict saves; restore refuses a cgroup that is there, and the images serve another mode" {
	need_criu
	need_controller pids
	spec '.linux.resources += {pids: {limit: 77}}'
	start_counting web
	save --manage-cgroups-mode strict web
	rt_fail restore -d --image-path "$IMAGES" --manage-cgroups-mode strict web
	says "existing cgroups"
	[ ! -e "$STATE/web" ]
	[ ! -d "$(cgroup_dir)" ]
	back web
	never_stopped_counting
	member_of "$(cgroup_dir pids)" "$(pid_of web)"
	same 77 "$(cat "$(cgroup_dir pids)/pids.max")"
}

@test "the rest of what clients of runc say to checkpoint and restore" {
	need_criu
	start_counting web
	save --empty-ns network --work-path "$T/work" web
	[ -s "$T/work/dump.log" ]
	rt restore -d --image-path "$IMAGES" --work-path "$T/work" --empty-ns network --no-pivot --no-new-keyring -no-subreaper \
		--pid-file "$T/pid" --bundle "$BUNDLE" web
	same "$(pid_of web)" "$(cat "$T/pid")"
	[ -s "$T/work/restore.log" ]
	never_stopped_counting
}

@test "with systemd the restored container is in its scope again, with its limits" {
	need_criu
	need_systemd
	unit
	spec '.linux.resources += {pids: {limit: 77}}'
	counting
	sd run -d web
	wait_for reaches 5
	sd checkpoint --image-path "$IMAGES" web
	no_unit
	sd restore -d --image-path "$IMAGES" web
	never_stopped_counting
	member_of "$(unit_dir systemd)" "$(pid_of web)"
	same active "$(property ActiveState)"
	same 77 "$(property TasksMax)"
	rt delete --force web
	no_unit
}
