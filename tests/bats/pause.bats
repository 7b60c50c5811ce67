# pause stops all of a container's processes where they are; resume lets them go on.
# as a user too
load helpers
load lib/cgroups
load lib/programs

# The container counts in a file, in two processes: one alone might be late.
counting()
{
	spec '.root.readonly = false'
	shell 'count() { i=0; while sleep 0.01; do i=$((i + 1)); echo $i >/count.$1; done; }; count a & count b'
	rt run -d web
	moves a
	moves b
}

count()
{
	cat "rootfs/count.$1"
}

# Written by a truncation and a write: an empty file tells nothing.
moved()
{
	local now=$(count "$1")
	[ "$now" ] && [ "$now" != "$before" ]
}

moves()
{
	local before=$(count "$1" 2>/dev/null)
	wait_for moved "$1"
}

stands()
{
	local before=$(count "$1")
	sleep 0.3
	[ "$(count "$1")" = "$before" ]
}

freezer()
{
	if [ "$VIEW" = v2 ]; then
		cat "$(cgroup_dir)/cgroup.freeze"
	else
		cat "$(cgroup_dir freezer)/freezer.state"
	fi
}

@test "pause stops every process, resume lets them go on, as often as one likes" {
	local i
	counting
	for i in 1 2 3; do
		rt pause web
		is web paused
		stands a
		stands b
		rt resume web
		is web running
		moves a
		moves b
	done
}

@test "the kernel says frozen as soon as pause returns" {
	counting
	rt pause web
	if [ "$VIEW" = v2 ]; then
		[ "$(freezer)" = 1 ]
		grep -qx 'frozen 1' "$(cgroup_dir)/cgroup.events"
	else
		[ "$(freezer)" = FROZEN ]
	fi
	rt resume web
	if [ "$VIEW" = v2 ]; then
		[ "$(freezer)" = 0 ]
		grep -qx 'frozen 0' "$(cgroup_dir)/cgroup.events"
	else
		[ "$(freezer)" = THAWED ]
	fi
}

@test "a created container is paused and resumed, and cannot be started meanwhile" {
	rt create web
	rt pause web
	is web paused
	rt_fail start web
	says "cannot start a container in the paused state"
	rt resume web
	is web created
	rt start web
	is web running
}

@test "what is in the wrong state is refused in the words that clients look for" {
	rt_fail pause web
	says "does not exist"
	rt_fail resume web
	says "does not exist"
	rt run -d web
	rt_fail resume web
	says "container not paused"
	rt pause web
	rt_fail pause web
	says "container paused"
	is web paused
	rt kill web KILL
	wait_status web stopped
	rt_fail pause web
	says "container not running"
	rt_fail resume web
	says "container not paused"
}

@test "exec in a paused container is refused; with --ignore-paused it waits" {
	rt run -d web
	rt pause web
	rt_fail exec web true
	says "cannot exec in a paused container (use --ignore-paused to override)"
	in_background "${RT[@]}" exec --ignore-paused web echo thawed >"$T/thawed"
	sleep 0.1
	[ ! -s "$T/thawed" ]
	rt resume web
	ends 0 $!
	[ "$(cat "$T/thawed")" = thawed ]
}

@test "a paused container is killed, and deleted by force only" {
	rt run -d web
	rt pause web
	rt_fail delete web
	says "is not stopped: paused"
	rt kill web KILL
	wait_status web stopped
	rt delete web
	rt run -d web
	rt pause web
	rt kill --all web KILL
	wait_status web stopped
	rt delete web
	rt run -d web
	rt pause web
	rt delete --force web
	wait_for eval '[ -z "$(suite_pids)" ]'
}

@test "other signals reach it when it goes on" {
	shell 'trap "echo got USR1" USR1; echo ready; while :; do sleep 0.05; done'
	rt run -d web
	wait_for grep -q ready "$OUT"
	rt pause web
	rt kill web USR1
	is web paused
	(! grep -q USR1 "$OUT")
	rt resume web
	wait_for grep -q 'got USR1' "$OUT"
}

@test "ps, state and list work on a paused container" {
	rt run -d web
	rt pause web
	rt ps -f json web | jq -e 'length == 1'
	run rt list
	says paused
	rt state web | jq -e '.status == "paused" and .pid > 1'
}

@test "processes in cgroups below the container's own are stopped, too" {
	local dir pid
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	counting
	for dir in $(cgroup_dirs); do
		mkdir "$dir/below"
		[ ! -e "$dir/below/cpuset.cpus" ] || [ "$VIEW" = v2 ] || fill_cpuset "$dir/below"
		# The sleeps come and go; the two shells take theirs along.
		for pid in $(rt ps -f json web | jq '.[]'); do
			echo "$pid" >"$dir/below/cgroup.procs" || true
		done
		grep -qx "$(pid_of web)" "$dir/below/cgroup.procs"
	done 2>/dev/null
	rt pause web
	is web paused
	stands a
	stands b
	rt resume web
	moves a
	moves b
}

@test "processes that fork all the time are stopped" {
	spec '.root.readonly = false'
	shell 'while :; do (true) & (true); i=$((i + 1)); echo $i >/count.a; done'
	rt run -d web
	moves a
	rt pause web
	stands a
	rt resume web
	moves a
}

@test "a process that is stopped by a signal does not hold it up" {
	local pid
	counting
	pid=$(pid_of web)
	kill -STOP "$pid"
	wait_for grep -q 'State:.T' "/proc/$pid/status"
	rt pause web
	is web paused
	stands a
	rt resume web
	kill -CONT "$pid"
	moves b
}

@test "a cgroup above that is frozen: the container is paused, and resume says why it does not go on" {
	need_root
	local above
	counting
	above=$(cgroup_dir freezer)
	above=${above%/*}/$ID-above
	# The container moves below a cgroup of ours, which is frozen.
	rt delete --force web
	spec '.linux.cgroupsPath = $p' --arg p "${CGROUP%/*}/$ID-above/web"
	mkdir -p "$above"
	rt run -d web
	moves a
	if [ "$VIEW" = v2 ]; then echo 1 >"$above/cgroup.freeze"; else echo FROZEN >"$above/freezer.state"; fi
	wait_status web paused
	rt_fail resume web
	says "a cgroup above the container's is frozen"
	if [ "$VIEW" = v2 ]; then echo 0 >"$above/cgroup.freeze"; else echo THAWED >"$above/freezer.state"; fi
	wait_status web running
	moves a
	rt delete --force web
	rmdir "$above"
}

@test "without a cgroup there is nothing to freeze, and it says so" {
	rt --cgroup-manager disabled run -d web
	rt_fail pause web
	says "no freezer"
	is web running
}
