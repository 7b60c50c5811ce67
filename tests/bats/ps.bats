# ps lists every process of a container, wherever in its cgroup it is, as numbers or as ps(1) shows it.
load helpers
load lib/cgroups
load lib/mounts
load lib/programs

two_sleeps()
{
	shell 'sleep 1001 & exec sleep 1002'
	rt run -d web
	wait_for sh -c "'$RUNTIME' --root '$STATE' ps -f json web | jq -e 'length == 2'"
}

@test "json: an array of the host's pids, sorted, on one line" {
	two_sleeps
	run rt ps --format json web
	same 1 "$(wc -l <<<"$output")"
	jq -e --argjson pid "$(pid_of web)" 'length == 2 and . == sort and (index($pid) != null)' <<<"$output"
	same "$output" "$(rt ps -f=json web)"
	for pid in $(jq '.[]' <<<"$output"); do
		grep -q "sleep" "/proc/$pid/cmdline"
	done
}

@test "table: as ps -ef, the container's lines only" {
	two_sleeps
	run rt ps web
	same 3 "$(wc -l <<<"$output")"
	says UID PID CMD "sleep 1001" "sleep 1002"
	# The fourth column is the share of the processor, which changes.
	steady() { awk '{ $4 = ""; print }'; }
	same "$(steady <<<"$output")" "$(rt ps --format table web | steady)"
}

@test "table: with the arguments that ps(1) takes, as long as they show pids" {
	two_sleeps
	run rt ps web -o pid,comm
	same 3 "$(wc -l <<<"$output")"
	same "PID COMMAND" "$(head -n 1 <<<"$output" | xargs)"
	run rt ps web aux
	same 3 "$(wc -l <<<"$output")"
	says %CPU
	run rt ps web -e -o user,pid,args
	same 3 "$(wc -l <<<"$output")"
	# "--format" belongs to ps(1) there.
	run rt ps web --format pid,comm
	says COMMAND
	rt_fail ps web -o comm
	says PID
	rt_fail ps web --no-such-option
	says "ps: exit status"
}

@test "processes in cgroups below are told too" {
	local dir
	two_sleeps
	for dir in $(cgroup_dirs); do
		mkdir "$dir/below"
		[ "$VIEW" = v2 ] || [ ! -e "$dir/cpuset.cpus" ] || fill_cpuset "$dir/below"
		pid_of web >"$dir/below/cgroup.procs"
	done
	rt ps -f json web | jq -e 'length == 2'
}

@test "exec'd processes, and those without a pid namespace" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	rt run -d web
	rt exec -d web sleep 1003
	rt ps -f json web | jq -e 'length == 2'
	run rt ps web
	says "sleep 1000" "sleep 1003"
}

@test "of a created, a paused and a stopped container" {
	rt create web
	rt ps -f json web | jq -e 'length == 1'
	rt start web
	rt pause web
	rt ps -f json web | jq -e 'length == 1'
	run rt ps web
	says "sleep 1000"
	rt kill web KILL
	wait_status web stopped
	same "[]" "$(rt ps -f json web)"
	run rt ps web
	same 1 "$(wc -l <<<"$output")"
}

@test "without a PATH ps(1) is found all the same" {
	two_sleeps
	run env -u PATH "${RT[@]}" ps web
	says "sleep 1001"
	run env PATH=/nowhere "${RT[@]}" ps web
	says "sleep 1001"
}

@test "without a cgroup the first process is all that is known" {
	rt --cgroup-manager disabled run -d web
	rt ps -f json web | jq -e --argjson pid "$(pid_of web)" '. == [$pid]'
}

@test "what is not there is an error" {
	rt_fail ps web
	says "does not exist"
	rt run -d web
	rt_fail ps -f yaml web
	says yaml
}

@test "kill --all ends processes that fork all the time, without a pid namespace" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	need_controller pids
	spec '.linux.resources.pids = {limit: 40}'
	shell 'f() { while :; do (sleep 0.02 &) 2>/dev/null; done; }; f & f & f'
	rt run -d web
	wait_for sh -c "'$RUNTIME' --root '$STATE' ps -f json web | jq -e 'length > 10'"
	rt kill --all web KILL
	wait_for suite_pids_gone
	rt delete web
}

@test "delete --force ends them too, frozen or not" {
	local how
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'f() { while sleep 0.01; do (sleep 0.05 &); done; }; f & f & f'
	for how in running paused; do
		rt run -d web
		wait_for sh -c "'$RUNTIME' --root '$STATE' ps -f json web | jq -e 'length > 4'"
		[ $how = running ] || rt pause web
		rt delete --force web
		wait_for suite_pids_gone
	done
}
