# run stays with its container: its exit code, its signals, its input and output.
# as a user too
load helpers
load lib/programs

# Run in the background, to be signalled: $! is the runtime.
background_run()
{
	in_background "${RT[@]}" run "$@" >"$OUT" 2>"$ERR"
	RUN_PID=$!
	wait_status "${!#}" running
}

@test "the exit code is the program's" {
	local code

	for code in 0 1 2 42 126 127 128 255; do
		shell "exit $code"
		run rt run web
		[ "$status" = $code ]
	done
}

@test "killed by a signal it is 128 and the signal" {
	local sig

	shell 'kill -$S $$'
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	for sig in 1 2 9 15 34; do
		spec '.process.env += ["S=" + $s]' --arg s $sig
		run rt run web
		[ "$status" = $((128 + sig)) ]
	done
}

@test "nothing is left of it, not even after the death of a signal" {
	shell 'sleep 1000 & kill -KILL $$; exec sleep 1000'
	background_run web
	rt kill web KILL
	ends 137 $RUN_PID
	[ -z "$(ls -A "$STATE")" ]
	[ ! -e "$(cgroup_dir)" ]
}

@test "what the program leaves running ends with it" {
	shell 'sleep 1000 & sleep 1001 & exit 3'
	run -3 rt run web
	wait_for suite_pids_gone
}

@test "without a pid namespace too" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'sleep 1000 & sleep 1001 & exit 3'
	run -3 rt run web
	wait_for suite_pids_gone
}

@test "--detach leaves the container, --pid-file tells its process" {
	rt run --detach --pid-file "$T/pid" web
	is web running
	[ "$(cat "$T/pid")" = "$(pid_of web)" ]
	[ "$(suite_pids)" = "$(pid_of web)" ]
}

@test "--keep keeps a container that has ended" {
	shell 'exit 5'
	run -5 rt run --keep web
	is web stopped
	rt_fail start web
	says "cannot start a container that has stopped"
	rt delete web
	rt run -d --keep web
	wait_status web stopped
	rt delete web
}

@test "a container that is deleted meanwhile by another is no error of run" {
	background_run web
	rt delete --force web
	ends 137 $RUN_PID
	[ ! -s "$ERR" ]
}

@test "the id is somebody else's by the end of run: that one is left alone" {
	local first

	background_run web
	kill -STOP $RUN_PID
	rt kill web KILL
	rt delete --force web
	rt create web
	kill -CONT $RUN_PID
	ends 137 $RUN_PID
	is web created
	[ -d "$(cgroup_dir)" ]
	rt start web
}

@test "signals are handed on" {
	local sig

	shell 'for s in HUP INT QUIT TERM USR1 USR2 ALRM CONT TSTP; do trap "echo got $s" $s; done; echo ready; while :; do sleep 1000 & wait $!; done'
	background_run web
	wait_for grep -qx ready "$OUT"
	for sig in HUP INT QUIT TERM USR1 USR2 ALRM CONT TSTP; do
		kill -$sig $RUN_PID
		wait_for grep -qx "got $sig" "$OUT"
	done
	rt kill web KILL
	ends 137 $RUN_PID
}

# The hook whose child has written its pid to $T/child hangs: a signal ends run, and nothing stays.
gives_up_at()
{
	rm -f "$T/child"
	# A shell has its background jobs ignore INT and QUIT.
	in_background env --default-signal=INT,QUIT "${RT[@]}" run web >"$OUT" 2>&1
	wait_for test -s "$T/child"
	kill -$1 $!
	ends $((128 + $(kill -l $1))) $!
	grep -q "interrupted by SIG$1" "$OUT"
	wait_for suite_pids_gone
	[ -z "$(ls -A "$STATE")" ]
	[ ! -e "$(cgroup_dir)" ]
}

@test "signals that end a program end run before it runs: hooks are killed, nothing stays, poststop runs" {
	local hook sig

	spec '.mounts += [{destination: "/there", type: "bind", source: $t, options: ["bind"]}]' --arg t "$T"
	for hook in prestart createRuntime poststart; do
		spec '.hooks = {($h): [{path: "/bin/sh", args: ["sh", "-c", "sleep 1234 & echo $! >\($t)/child; exec sleep 1235"]}],
			poststop: [{path: "/bin/sh", args: ["sh", "-c", "kill -TERM $PPID; sleep 0.1; echo \($h) >>\($t)/poststop"]}]}' --arg h $hook --arg t "$T"
		for sig in HUP INT QUIT TERM; do
			gives_up_at $sig
		done
	done
	[ "$(uniq -c "$T/poststop" | tr -s ' \n' ' ')" = " 4 prestart 4 createRuntime 4 poststart " ]
	# These run in the container.
	for hook in createContainer startContainer; do
		spec '.hooks = {($h): [{path: "/bin/sh", args: ["sh", "-c", $s]}]}' --arg h $hook \
			--arg s "for d in $T /there; do echo here >\$d/child; done 2>/dev/null; exec sleep 1235"
		gives_up_at TERM
	done
}

@test "a signal that the caller ignores does not end it" {
	spec '.hooks.prestart = [{path: "/bin/sh", args: ["sh", "-c", "kill -HUP $PPID; sleep 0.2"]}]'
	program true
	run -0 bash -c 'trap "" HUP; exec "$@"' x "${RT[@]}" run web
	run -129 "${RT[@]}" run web
	says "interrupted by SIGHUP"
}

@test "a signal that comes before the program runs is not lost" {
	mkfifo "$T/go"
	spec '.hooks.createRuntime = [{path: "/bin/cat", args: ["cat", $f]}] | .linux.namespaces |= map(select(.type != "pid"))' --arg f "$T/go"
	in_background "${RT[@]}" run web >"$OUT" 2>&1
	wait_status web creating
	kill -USR1 $!
	echo >"$T/go"
	ends 138 $!
}

@test "the program's signals are as new: none blocked, none ignored" {
	inside signals
	run bash -c 'trap "" HUP TERM PIPE USR1; exec "$@"' x "${RT[@]}" run web
	[ "$output" = end ]
}

@test "standard input comes through a pipe, and its end too" {
	program cat
	run bash -c 'printf "one\ntwo" | "$@"' x "${RT[@]}" run web
	[ "$output" = $'one\ntwo' ]
	run bash -c '"$@" </dev/null' x "${RT[@]}" run web
	[ -z "$output" ]
}

@test "standard output and error stay apart" {
	shell 'echo out; echo err >&2'
	"${RT[@]}" run web >"$OUT" 2>"$ERR" 3>&-
	[ "$(cat "$OUT")" = out ]
	[ "$(cat "$ERR")" = err ]
}

@test "a lot of output comes whole" {
	shell 'dd if=/dev/zero bs=1M count=64 2>/dev/null'
	[ "$("${RT[@]}" run web 3>&- | wc -c)" = $((64 << 20)) ]
}

@test "a reader that goes away ends the program, not the runtime" {
	program yes
	# As the first process of its namespace it gets EPIPE in place of SIGPIPE, and may say so before head has written.
	run bash -c '"$@" 2>/dev/null | head -n 1; echo ${PIPESTATUS[0]}' x "${RT[@]}" run web
	[ "${lines[0]}" = y ]
	[ -z "$(ls -A "$STATE")" ]
}

@test "run adopts what the container leaves behind, unless told not to" {
	local option parent

	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell '(sleep 1001 & echo $!); sleep 1000'
	for option in --no-subreaper=false --no-subreaper; do
		in_background "${RT[@]}" run $option web >"$OUT" 2>"$ERR"
		RUN_PID=$!
		wait_for grep -q '[0-9]' "$OUT"
		parent=$(cut -d ' ' -f 4 "/proc/$(cat "$OUT")/stat")
		if [ $option = --no-subreaper ]; then
			[ "$parent" != $RUN_PID ]
		else
			[ "$parent" = $RUN_PID ]
		fi
		rt kill web KILL
		ends 137 $RUN_PID
	done
}

@test "orphans are reaped at once" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'for i in 1 2 3; do (sleep 0 & ); done; echo ready; exec sleep 1000'
	background_run web
	wait_for grep -q ready "$OUT"
	wait_for sh -c "[ \"\$(cat /proc/$RUN_PID/task/$RUN_PID/children | wc -w)\" = 1 ]"
	rt kill web KILL
	ends 137 $RUN_PID
}

@test "a run that cannot stay with its container ends it and says why" {
	local options

	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	program true
	strace -qq -o "$T/trace" -e trace=signalfd4 "${RT[@]}" run web 3>&-
	program sleep 1000
	for options in "" --cgroup-manager=disabled; do
		# The last time that it wants to listen to signals the program runs already.
		run -1 strace -qq -o "$T/trace" -e trace=signalfd4 -e inject=signalfd4:error=EMFILE:when="$(grep -c ^signalfd4 "$T/trace")" \
			"${RT[@]}" $options run web
		says "listen to signals: too many open files"
		wait_for suite_pids_gone
		[ -z "$(ls -A "$STATE")" ]
	done
}

@test "the runtime's death does not end the container" {
	background_run web
	kill -KILL $RUN_PID
	ends 137 $RUN_PID
	is web running
	rt delete --force web
}

@test "two hundred runs, one after the other" {
	local i

	program true
	for ((i = 0; i < 200; i++)); do
		"${RT[@]}" run web 3>&- || { echo "run $i: $?"; return 1; }
	done
	[ -z "$(ls -A "$STATE")" ]
}

@test "the options end at the id" {
	run rt run web --detach
	[ "$status" = 1 ]
}

@test "a caller that ignores the end of its children" {
	program sh -c 'exit 7'
	spec '.hooks = {createRuntime: [{path: "/bin/true"}]}'
	# What is ignored stays so through exec.
	bash -c 'trap "" CHLD; exec grep -q "^SigIgn:.*[1-9a-f]....$" /proc/self/status'
	run -7 timeout --foreground 20 bash -c 'trap "" CHLD; exec "$@"' x "${RT[@]}" run web 3>&- 4>&-
	program grep SigIgn /proc/self/status
	run -0 bash -c 'trap "" CHLD; exec "$@"' x "${RT[@]}" run web 3>&- 4>&-
	[[ $output == *0000000000000000 ]]
}
