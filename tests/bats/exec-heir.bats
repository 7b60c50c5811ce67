# exec in a container that may trace (CAP_SYS_PTRACE, no user namespace): the program runs in an heir of the process that enters.
load helpers
load lib/mounts
load lib/cgroups

setup()
{
	fresh
	spec '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])'
}

@test "the heir is like the container's own process, but for its session" {
	local look='id; pwd; umask; ulimit -a; cat /proc/self/cgroup; for n in /proc/self/ns/*; do readlink $n; done; grep -E "^(Cap|NoNewPrivs|Seccomp|Groups)" /proc/self/status; ls /proc/self/fd | wc -l; echo end'
	program sh -c "$look; sleep 1000"
	rt run -d web
	wait_for grep -qx end "$OUT"
	local own=$(<"$OUT")
	same "$own" "$(rt exec web sh -c "$look")"
	run -0 rt exec web sh -c 'echo $$ $(cut -d " " -f 4-6 /proc/$$/stat)'
	[[ $output =~ ^([0-9]+)\ 0\ ([0-9]+)\ ([0-9]+)$ ]]
	same "${BASH_REMATCH[1]} ${BASH_REMATCH[1]}" "${BASH_REMATCH[2]} ${BASH_REMATCH[3]}"
}

@test "it has the terminal, and keeps it when the process that made it is gone" {
	rt run -d web
	run -0 rt exec -t web sh -c 'sleep 0.1; tty; echo to-the-terminal >/dev/tty; trap "echo hung up" HUP; sleep 0.1'
	says /dev/pts/0 to-the-terminal
	[[ $output != *"hung up"* ]]
}

@test "the pid file, ps and the exit code are the heir's; LISTEN_PID too" {
	rt run -d web
	rt exec --detach --pid-file "$T/pid" web sleep 1001
	same "sleep 1001" "$(tr '\0' ' ' <"/proc/$(<"$T/pid")/cmdline" | sed 's/ $//')"
	run -0 rt ps -f json web
	says "$(<"$T/pid")"
	same 2 "$(jq length <<<"$output")"
	run -7 rt exec web sh -c 'exit 7'
	run -137 rt exec web sh -c 'kill -9 $$'
	run -0 bash -c "LISTEN_FDS=1 LISTEN_PID=\$BASHPID exec $(printf '%q ' "${RT[@]}") exec web sh -c 'echo \$LISTEN_FDS \$((LISTEN_PID - \$\$)); readlink /proc/self/fd/3'" 3</etc/passwd
	says "1 0" /etc/passwd
}

@test "a scheduling policy that a child does not inherit, and one that it may not be made with" {
	need_root
	rt run -d web
	echo '{"cwd": "/", "args": ["sleep", "1001"], "scheduler": {"policy": "SCHED_BATCH", "nice": 7, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}}' >"$T/batch"
	echo '{"cwd": "/", "args": ["sleep", "1001"], "scheduler": {"policy": "SCHED_DEADLINE", "runtime": 1000000, "deadline": 9000000, "period": 9000000}}' >"$T/deadline"
	rt exec --detach --process "$T/batch" --pid-file "$T/pid" web
	run -0 chrt -p "$(<"$T/pid")"
	says 'SCHED_BATCH|SCHED_RESET_ON_FORK'
	rt exec --detach --process "$T/deadline" --pid-file "$T/pid" web
	run -0 chrt -p "$(<"$T/pid")"
	says SCHED_DEADLINE
}

@test "it says so if there is room for the new process only" {
	need_root
	need_controller pids
	spec '.linux.resources.pids = {limit: 2}'
	rt run -d web
	run -255 rt exec web true
	says "runs in a child" pids.max
	rt update --pids-limit 3 web
	rt exec web true
}

@test "a filter without clone: no hindrance, or what it hinders is said" {
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["clone", "clone3", "fork", "vfork"], action: "SCMP_ACT_ERRNO", errnoRet: 1}]}'
	program sleep 1000
	rt run -d web
	rt exec web true
	rt delete --force web
	# Without CAP_SYS_ADMIN it must be loaded before the capabilities are given up.
	spec '.process.noNewPrivileges = false'
	rt run -d web
	run -255 rt exec web true
	says "runs in a child"
}

@test "what a restored container had been granted before the checkpoint is not known: it may trace" {
	need_root
	spec '.process.capabilities |= map_values(. - ["CAP_SYS_PTRACE"])'
	rt run -d web
	rt --debug exec web true
	run ! grep BORN "$LOG"
	# As restore notes it.
	jq -c '.restored = true' "$STATE/web/state.json" >"$T/state.json"
	cat "$T/state.json" >"$STATE/web/state.json"
	rt --debug exec web true
	grep BORN "$LOG"
}
