load helpers
load podman

# How containers of podman run, end, and are looked at.

# ---- run, and how it ends -----------------------------------------------------

@test "podman knows the runtime by its name and version" {
	ok podman info -f '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}'
	says "$RUNTIME_NAME" version
	ok podman inspect -f '{{.OCIRuntime}}' long
	is "$RUNTIME_NAME"
}

@test "run: output, exit status, standard input" {
	ok podman run --rm box echo hi
	is hi
	gives 7 podman run --rm box sh -c 'exit 7'
	ok bash -c 'echo typed | podman run --rm -i box cat'
	is typed
}

@test "a program that does not exist gives 127" {
	gives 127 podman run --rm box nope
	says "executable file not found"
	gives 127 podman run --rm box /nope
	says "no such file or directory"
	fails podman run --rm box orphan
	says "no such file or directory"
}

@test "a program that may not be run gives 126" {
	gives 126 podman run --rm box /etc/plain
	says "permission denied"
	gives 126 podman run --rm box /etc
}

@test "a working directory that is none is refused" {
	fails podman run --rm -w /etc/plain box pwd
}

@test "an empty or odd program is refused, and nothing stays" {
	fails podman run --rm --name odd box ""
	ok podman ps -a --filter name=odd -q
	is ""
}

@test "run -d, ps, wait, logs, rm" {
	ok podman run -d --name job box sh -c 'echo out; echo err >&2; exit 5'
	ok podman wait job
	is 5
	ok podman logs job
	says out err
	ok podman ps -a --filter name=job --format '{{.Status}}'
	says "Exited (5)"
	ok podman rm job
}

@test "logs -f ends with the container" {
	ok podman run -d --name talker box sh -c 'for i in 1 2 3; do echo line $i; sleep 0.2; done'
	ok timeout 60 podman logs -f talker
	says "line 1" "line 3"
	ok podman rm -f talker
}

@test "start -a, restart, start of a stopped container" {
	ok podman create --name again box sh -c 'echo run; exit 3'
	gives 3 podman start -a again
	gives 3 podman start -a again
	says run
	ok podman restart again
	ok podman wait again
	ok podman rm again
}

@test "--restart=on-failure runs it again" {
	ok podman run -d --name retry --restart=on-failure:2 box sh -c 'echo again; exit 1'
	three_times()
	{
		[ "$(podman logs retry | grep -c again)" = 3 ]
	}
	wait_for three_times
	ok podman rm -f retry
}

@test "twenty containers at once" {
	local i pids=()
	for i in $(seq 20); do
		podman run --rm --network none box sh -c "echo number $i" >"$W/tmp/many.$i" 2>&1 &
		pids+=($!)
	done
	for i in $(seq 20); do
		wait "${pids[i - 1]}"
		[ "$(<"$W/tmp/many.$i")" = "number $i" ]
	done
	rm "$W"/tmp/many.*
}

# ---- signals ------------------------------------------------------------------

@test "stop: TERM first" {
	ok podman run -d --name polite box sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'
	wait_for podman_says polite ready
	ok podman stop -t 30 polite
	ok podman inspect -f '{{.State.ExitCode}}' polite
	is 9
	ok podman rm polite
}

@test "stop: KILL when the time is over" {
	ok podman run -d --name deaf box sleep 1000
	ok podman stop -t 1 deaf
	ok podman inspect -f '{{.State.ExitCode}} {{.State.Status}}' deaf
	is "137 exited"
	ok podman rm deaf
}

@test "--stop-signal and kill -s" {
	ok podman run -d --name usr --stop-signal USR1 box sh -c 'trap "exit 11" USR1; trap "echo hup" HUP; echo ready; while :; do sleep 0.1; done'
	wait_for podman_says usr ready
	ok podman kill -s HUP usr
	wait_for podman_says usr hup
	ok podman stop -t 30 usr
	ok podman inspect -f '{{.State.ExitCode}}' usr
	is 11
	fails podman kill usr
	ok podman rm usr
	ok podman run -d --name shot box sleep 1000
	ok podman kill shot
	ok podman wait shot
	is 137
	ok podman rm shot
}

podman_says()
{
	podman logs "$1" 2>&1 | grep -q "$2"
}

@test "rm -f of a running container" {
	ok podman run -d --name victim box sleep 1000
	local pid=$(podman inspect -f '{{.State.Pid}}' victim)
	ok podman rm -f -t 0 victim
	wait_for gone "$pid"
}

@test "run forwards signals to the program" {
	podman run --rm --name fore box sh -c 'trap "exit 12" TERM; echo ready; while :; do sleep 0.1; done' >"$W/tmp/fore" 2>&1 3>&- &
	wait_for grep ready "$W/tmp/fore"
	kill -TERM $!
	ends 12 $!
}

@test "pause, unpause" {
	need_controller freezer
	ok podman run -d --name ice box sh -c 'while :; do echo tick; sleep 0.1; done'
	ok podman pause ice
	ok podman inspect -f '{{.State.Status}}' ice
	is paused
	fails podman exec ice true
	ok podman unpause ice
	ok podman exec ice echo thawed
	is thawed
	ok podman pause ice
	ok podman rm -f -t 0 ice
}

# ---- exec and terminals -------------------------------------------------------

@test "exec: status, environment, user, directory, input" {
	gives 4 podman exec long sh -c 'exit 4'
	ok podman exec -e A=b -w /tmp --user app long sh -c 'echo $A $(pwd) $(id -u) $(id -G)'
	is "b /tmp 1234 1234 2345"
	ok bash -c 'echo typed | podman exec -i long cat'
	is typed
	ok podman exec -u 77:88 long id
	says uid=77 gid=88
}

@test "exec -d" {
	ok podman exec -d long sh -c 'echo detached >/tmp/detached'
	wait_for podman exec long test -s /tmp/detached
}

@test "exec of what does not exist or may not be run" {
	gives 127 podman exec long nope
	says "executable file not found"
	gives 127 podman exec long /nope
	gives 126 podman exec long /etc/plain
	gives 126 podman exec long /etc
	fails podman exec -w /nowhere/at/all long true
}

@test "exec in a stopped container is refused" {
	ok podman create --name still box true
	fails podman exec still true
	says "state"
	ok podman rm still
}

@test "exec --privileged has all capabilities" {
	ok podman exec --privileged long grep CapEff /proc/self/status
	local all=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
	says "$all"
}

@test "exec -t and run -t have a terminal" {
	terminal "podman exec -t long tty"
	says /dev/pts/
	terminal "podman run --rm -t box sh -c 'tty; stty -a | head -n 1; echo \$TERM'"
	says /dev/pts/ speed xterm
	ok podman exec -t long sh -c 'test -t 1 && echo yes'
	says yes
}

@test "run -it talks with a shell, and the window size is ours" {
	mkfifo "$W/tmp/keys"
	script -qefc 'stty rows 33 cols 77; podman run --rm -it box sh' "$W/tmp/typescript" <"$W/tmp/keys" >/dev/null 2>&1 3>&- &
	local pid=$!
	exec {keys}>"$W/tmp/keys"
	echo 'echo 4$((1+1)); stty size' >&$keys
	wait_for grep -a '^42' "$W/tmp/typescript"
	wait_for grep -a '^33 77' "$W/tmp/typescript"
	echo 'exit 6' >&$keys
	exec {keys}>&-
	ends 6 $pid
}

# podman knows the keys only if each comes alone.
detached()
{
	printf '\020' >&$keys
	sleep 0.3
	printf '\021' >&$keys
	sleep 0.5
	gone $pid
}

@test "attach, and detach with keys" {
	ok podman run -dit --name talk box sh
	mkfifo "$W/tmp/attached"
	script -qefc 'podman attach talk' "$W/tmp/typescript2" <"$W/tmp/attached" >/dev/null 2>&1 3>&- &
	pid=$!
	exec {keys}>"$W/tmp/attached"
	echo 'echo 4$((2+2))' >&$keys
	wait_for grep -a '^44' "$W/tmp/typescript2"
	trap '' PIPE
	wait_for detached
	exec {keys}>&-
	ok podman inspect -f '{{.State.Status}}' talk
	is running
	ok podman rm -f -t 0 talk
}

# ---- looking at it ------------------------------------------------------------

@test "top, stats, ps, inspect" {
	ok podman top long
	says "sleep 10000"
	ok podman top long pid user args
	says "sleep 10000" root
	ok podman ps --format '{{.Names}} {{.Status}}'
	says "long Up"
	ok podman inspect -f '{{.State.Running}} {{.State.Pid}}' long
	says true
	if has_controller memory; then
		ok podman stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' long
		says long B
	fi
}

@test "events name what happened" {
	ok podman run --rm --name eventful box true
	ok podman events --stream=false --since 10m --filter container=eventful --format '{{.Status}}'
	says create start died remove
}

@test "cp, diff, commit, export" {
	ok podman create --name copied box sleep 1000
	echo new >"$W/tmp/new"
	ok podman cp "$W/tmp/new" copied:/data/new
	ok podman start copied
	ok podman cp copied:/data/new "$W/tmp/back"
	[ "$(<"$W/tmp/back")" = new ]
	ok podman exec copied cat /data/new
	is new
	ok podman diff copied
	says "/data/new"
	ok podman commit -q copied with-new
	ok podman run --rm with-new cat /data/new
	is new
	ok podman rm -f -t 0 copied
	ok podman rmi with-new
}

@test "healthcheck run" {
	ok podman run -d --name healthy --health-cmd 'test -e /tmp/well' --health-interval disable box sleep 1000
	gives 1 podman healthcheck run healthy
	ok podman exec healthy touch /tmp/well
	ok podman healthcheck run healthy
	ok podman rm -f -t 0 healthy
}

@test "an OOM kill is seen" {
	need_controller memory
	ok podman run -d --name hungry --memory 16m --memory-swap 16m box sh -c 'tail /dev/zero'
	ok podman wait hungry
	is 137
	# bookworm's conmon does not tell it in v1.
	if [ "$VIEW" = v2 ]; then
		ok podman inspect -f '{{.State.OOMKilled}}' hungry
		is true
	fi
	ok podman rm hungry
}

@test "what podman removed is gone from the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok ctr-run list -q
	is "$(podman inspect -f '{{.Id}}' long)"
}
