# kill sends the right signal to the right processes, and to nobody else.
# as a user too
load helpers
load lib/programs

# A container that prints the name of each signal it gets.
waiting()
{
	shell 'for s in HUP INT USR1 USR2 TERM WINCH ALRM 34 37 64; do trap "echo got $s" $s; done; echo ready; while :; do sleep 1000 & wait $!; done'
	rt run -d web
	wait_for grep -qx ready "$OUT"
}

@test "TERM is sent if nothing is said" {
	waiting
	rt kill web
	wait_for grep -qx 'got TERM' "$OUT"
}

@test "signals are numbers or names in any spelling" {
	local word

	waiting
	for word in 10 USR1 SIGUSR1 usr1 sigusr1 SigUsr1; do
		: >"$OUT"
		rt kill web $word
		wait_for grep -qx 'got USR1' "$OUT"
	done
	rt kill web RTMIN
	wait_for grep -qx 'got 34' "$OUT"
	rt kill web SIGRTMIN+3
	wait_for grep -qx 'got 37' "$OUT"
	rt kill web rtmax
	wait_for grep -qx 'got 64' "$OUT"
	rt kill web RTMAX-27
	is web running
}

@test "what is no signal is refused" {
	local word

	waiting
	for word in NONE SIG 65 -1 4294967305 9x RTMIN+31 RTMAX-31 RTMIN-1 " 9"; do
		rt_fail kill -- web "$word"
		says "unknown signal \"$word\""
	done
	is web running
}

@test "an empty word is as none: TERM, as with runc and crun" {
	waiting
	rt kill web ""
	wait_for grep -qx 'got TERM' "$OUT"
}

@test "signal 0 only asks" {
	waiting
	rt kill web 0
	is web running
}

@test "a created container can be killed" {
	rt create web
	rt kill web KILL
	wait_status web stopped
}

@test "the signals that end a program end a created container, others do not" {
	local signal

	for signal in TERM INT HUP QUIT ABRT; do
		rt create web
		rt kill web "$signal"
		wait_status web stopped
		rt_fail start web
		says "cannot start a container that has stopped"
		rt delete web
	done
	rt create web
	for signal in USR1 USR2 ALRM PIPE WINCH RTMIN+3; do
		rt kill web "$signal"
	done
	is web created
	rt start web
	is web running
}

@test "the same without a pid namespace, and for a creator that ignores or blocks them" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	rt create web
	rt kill web TERM
	wait_status web stopped
	rt delete web
	env --ignore-signal=TERM,HUP --block-signal=INT "${RT[@]}" create web >"$OUT" 2>&1 </dev/null 3>&- 4>&-
	rt kill web INT
	wait_status web stopped
}

@test "a stopped container cannot: container not running" {
	program true
	rt create web
	rt start web
	wait_status web stopped
	rt_fail kill web
	says "container not running"
	rt_fail kill web KILL
	says "container not running"
	# Of all there are none left, which is what engines want by then.
	rt kill --all web KILL
}

@test "--all reaches every process, in cgroups that the container made itself too" {
	shell 'for i in 1 2 3; do sh -c "trap \"echo got $i; exit\" USR1; echo ready; while :; do sleep 0.02; done" & done; trap : USR1; while :; do wait; done'
	rt run -d web
	wait_for sh -c '[ "$(grep -c ready "$0")" = 3 ]' "$OUT"
	rt kill --all web USR1
	wait_for sh -c '[ "$(grep -c got "$0")" = 3 ]' "$OUT"
	is web running
	rt kill -a web KILL
	wait_status web stopped
	wait_for suite_pids_gone
}

@test "--all reaches every process, however few descriptors there are" {
	shell 'i=0; while [ $i -lt 90 ]; do sleep 1000 & i=$((i + 1)); done; trap : USR1; echo ready; while :; do wait; done'
	rt run -d web
	wait_for grep -q ready "$OUT"
	(ulimit -n 50 && "${RT[@]}" kill --all web USR1)
	wait_for sh -c '[ "$("$@" | grep -cw sleep)" = 0 ]' - "${RT[@]}" ps web -eo pid,comm
	is web running
	rt kill --all web KILL
	wait_status web stopped
}

@test "v2 without cgroup.kill (before Linux 5.14): every process is reached all the same, those that fork all the time too" {
	local before
	need_view v2
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'f() { while :; do (:) & (:); done; }; f & f & f & sleep 1000 & wait'
	export CTR_RUN_DISABLE=cgroup.kill
	for before in "true" "rt pause web"; do
		rt run -d web
		$before
		rt kill --all web KILL
		# What was frozen for it is thawed.
		[ ! -e "$(cgroup_dir)" ] || grep -qx 0 "$(cgroup_dir)/cgroup.freeze"
		wait_for suite_pids_gone
		rt delete web
		rt run -d web
		$before
		rt delete --force web
		[ -z "$(suite_pids)" ]
	done
}

@test "--regex reaches every container whose id matches" {
	local id

	for id in web-1 web-2 db; do
		new_bundle "$id"
		rt run -d "$id"
	done
	rt kill --regex '^web-[0-9]+$' KILL
	wait_status web-1 stopped
	wait_status web-2 stopped
	is db running
	rt_fail kill -r '^nobody'
	says 'no container matches "^nobody"'
	rt_fail kill -r '(' KILL
	says '"(" is not a regular expression'
	is db running
	# A container that is not running is an error, as it is alone; the others get their signal.
	rt_fail kill --regex . KILL
	says '2 of the 3 containers that match ".": kill web-1: container not running'
	grep -q 'level=warning msg="kill web-2: container not running"' "$LOG"
	wait_status db stopped
	rt kill --all --regex . KILL
}

@test "without a cgroup --all reaches at least the first process" {
	shell 'trap "echo got" USR1; echo ready; while :; do sleep 0.02; done'
	rt --cgroup-manager disabled run -d web
	wait_for grep -q ready "$OUT"
	rt kill --all web USR1
	wait_for grep -q got "$OUT"
	rt kill --all web KILL
	wait_status web stopped
	rt kill --all web KILL
}

@test "without --all only the first process gets it" {
	shell 'sh -c "trap \"echo child\" USR1; echo ready; while :; do sleep 0.02; done" & trap "echo first" USR1; while :; do wait; done'
	rt run -d web
	wait_for grep -q ready "$OUT"
	rt kill web USR1
	wait_for grep -qx first "$OUT"
	run ! grep -qx child "$OUT"
}

@test "the end of the first process is the end of all, without a pid namespace too" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'sleep 1001 & sleep 1002 & echo ready; wait'
	rt run -d web
	wait_for grep -q ready "$OUT"
	rt kill web KILL
	wait_status web stopped
	wait_for suite_pids_gone
}

@test "without a pid namespace KILL and --all reach those that outlive the first process" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'sleep 1001 & exit 0'
	rt run -d web
	wait_status web stopped
	[ -n "$(suite_pids)" ]
	rt_fail kill web TERM
	says "container not running"
	rt kill web KILL
	wait_for suite_pids_gone
	rt_fail kill web KILL
	says "container not running"
	rt delete web
	rt run -d web
	wait_status web stopped
	[ -n "$(suite_pids)" ]
	rt kill --all web KILL
	wait_for suite_pids_gone
}

@test "a paused container can be killed" {
	rt run -d web
	if [ "$VIEW" = v2 ]; then
		echo 1 >"$(cgroup_dir)/cgroup.freeze"
	else
		echo FROZEN >"$(cgroup_dir freezer)/freezer.state"
	fi
	wait_status web paused
	rt kill web KILL
	wait_status web stopped
	rt delete web
}

@test "other signals wait until a paused container goes on" {
	waiting
	if [ "$VIEW" = v2 ]; then
		echo 1 >"$(cgroup_dir)/cgroup.freeze"
	else
		echo FROZEN >"$(cgroup_dir freezer)/freezer.state"
	fi
	wait_status web paused
	rt kill web USR1
	is web paused
	if [ "$VIEW" = v2 ]; then
		echo 0 >"$(cgroup_dir)/cgroup.freeze"
	else
		echo THAWED >"$(cgroup_dir freezer)/freezer.state"
	fi
	wait_for grep -qx 'got USR1' "$OUT"
}

@test "STOP and CONT work" {
	rt run -d web
	rt kill web STOP
	wait_for grep -q 'State:.T' "/proc/$(pid_of web)/status"
	is web running
	rt kill web CONT
	wait_for grep -q 'State:.S' "/proc/$(pid_of web)/status"
}
