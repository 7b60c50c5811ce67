# Limits that are really hit: no memory, processes or time left; and what is reported about it afterwards.
# as a user too
load helpers
load lib/cgroups
load lib/programs
load lib/mounts

eater()
{
	spec '.linux.resources.memory = {limit: 33554432}'
	inside eat 200
}

@test "a process that takes more than the memory limit is killed, and state tells" {
	need_controller memory
	eater
	rt create web
	rt start web
	wait_status web stopped
	(! grep -q ready "$OUT")
	rt state web | jq -e '.oomKills >= 1 and .exit.oomKilled and (.exit | has("code") | not or .exit.code == 137)' ||
		rt state web | jq -e '.oomKills >= 1 and .exit.oomKilled'
	rt list -f json | jq -e '.[0].exit.oomKilled'
}

@test "run in the foreground: 137, and kept containers keep it" {
	need_controller memory
	eater
	run rt run --keep web
	same 137 "$status"
	rt state web | jq -e '.status == "stopped" and .exit == {code: 137, signal: 9, oomKilled: true} and .oomKills >= 1'
}

@test "a child that is killed does not end the container: oomKills tells of it, exit does not" {
	need_controller memory
	spec '.linux.resources.memory = {limit: 33554432}'
	add_inside
	shell '/bin/inside eat 200; echo "child: $?"; sleep 1000'
	rt run -d web
	wait_for grep -q "child: 137" "$OUT"
	rt state web | jq -e '.status == "running" and .oomKills >= 1 and (has("exit") | not)'
}

@test "a program that ends by itself was not killed, whoever was before" {
	need_controller memory
	spec '.linux.resources.memory = {limit: 33554432}'
	add_inside
	shell '/bin/inside eat 200; exit 3'
	run rt run --keep web
	same 3 "$status"
	rt state web | jq -e '.exit == {code: 3, oomKilled: false} and .oomKills >= 1'
}

@test "without an OOM there is no word of it" {
	program sh -c 'exit 7'
	run rt run --keep web
	same 7 "$status"
	rt state web | jq -e '.exit == {code: 7, oomKilled: false} and (has("oomKills") | not)'
	rt delete web
	rt run -d web
	wait_status web stopped
	rt state web | jq -e 'has("oomKills") | not'
	rt delete web
	rt create web
	rt state web | jq -e '(has("exit") or has("oomKills")) | not'
}

@test "a process killed by a signal says which" {
	shell 'kill -KILL $$'
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	run rt run --keep web
	same 137 "$status"
	rt state web | jq -e '.exit == {code: 137, signal: 9, oomKilled: false}'
}

@test "dead and not yet reaped: the kernel tells how it ended" {
	local run
	spec '.root.readonly = false'
	shell 'read x </go; exit 5'
	mkfifo rootfs/go
	in_background "${RT[@]}" run web
	run=$!
	wait_status web running
	# Our runtime cannot reap it now.
	kill -STOP "$run"
	echo >rootfs/go
	wait_status web stopped
	rt state web | jq -e '.pid == 0 and .exit == {code: 5, oomKilled: false}'
	kill -CONT "$run"
	ends 5 "$run"
}

@test "memory too little for the container to be made is told in runc's words" {
	need_controller memory
	spec '.linux.resources.memory = {limit: 4096}'
	if rt create web 2>"$T/said"; then
		run rt start web
		[ "$status" != 0 ] || skip "4 kB are enough here"
		says "OOM-killed (memory limit too low?)"
	else
		grep -q "/linux/resources/memory/limit: .*OOM-killed (memory limit too low?)\|cannot allocate memory\|out of memory" \
			"$T/said" || { cat "$T/said"; false; }
	fi
}

@test "the pids limit refuses the fork, and no more when there is room" {
	need_controller pids
	spec '.linux.resources.pids = {limit: 3}'
	rt run -d web
	# One that entered it, and one that it makes.
	rt exec web sh -c 'sleep 0 & wait; echo fine'
	run rt exec web sh -c 'sleep 0.5 & sleep 0.5 & wait'
	says "Resource temporarily unavailable"
	rt update --pids-limit 10 web
	rt exec web sh -c 'sleep 0 & sleep 0 & wait'
}

@test "the cpu quota throttles" {
	need_controller cpu
	spec '.linux.resources.cpu = {quota: 2000, period: 20000}'
	shell 'while :; do :; done'
	rt run -d web
	throttled() { [ "$(sed -n 's/^nr_throttled //p' "$(cgroup_dir cpu)/cpu.stat")" -gt 5 ]; }
	wait_for throttled
}
