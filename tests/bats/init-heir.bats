# A container in the pid namespace of others, who may trace: its program runs in an heir of the process that sets it up.
load helpers
load lib/cgroups
load lib/mounts
load lib/namespaces
load lib/programs

setup()
{
	need_root
	need_kernel 6.18
	fresh
	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
}

hook()
{
	spec '.hooks[$n] += [{path: "/bin/sh", args: ["sh", "-c", $c]}]' --arg n "$1" --arg c "$2"
}

# True if the last command, with --debug, had the program run in an heir.
had_heir()
{
	grep -q "container's process: BORN" "$LOG"
}

@test "the program is like any other's, and in that pid namespace" {
	local look='id; pwd; umask; ulimit -a; cat /proc/self/cgroup; for n in /proc/self/ns/*; do readlink $n; done; grep -E "^(Cap|NoNewPrivs|Seccomp|Groups)" /proc/self/status; ls /proc/self/fd | wc -l; cut -d " " -f 3,5- /proc/self/mountinfo | grep -v /proc; echo $(($$ - $(cut -d " " -f 6 /proc/$$/stat)))'
	shell "$look"
	run -0 rt --debug run web
	had_heir
	says "$(ns_of "$OTHER" pid)"
	mine=$output
	: >"$LOG"
	CTR_RUN_DISABLE=pidns run -0 rt --debug run web
	run ! had_heir
	CTR_RUN_DISABLE=pidns run -0 rt run web
	diff <(sed 's/[a-z]*:\[[0-9]*\]//; s/^[0-9:]* //' <<<"$mine") <(sed 's/[a-z]*:\[[0-9]*\]//; s/^[0-9:]* //' <<<"$output")
}

@test "its /proc is that of the pid namespace, with its options" {
	spec '(.mounts[] | select(.type == "proc")).options += ["subset=pid"]'
	shell 'cat /proc/1/comm; ls /proc; grep " /proc " /proc/self/mountinfo'
	run -0 rt --debug run web
	had_heir
	says sleep subset=pid
	[[ $output != *meminfo* ]]
	# What the kernel refuses is told as always.
	spec '(.mounts[] | select(.type == "proc")).options += ["nonsense=1"]'
	run -1 rt run web
	says config.json: nonsense=1
}

@test "state, the pid file, ps and the exit code are the heir's; LISTEN_PID too" {
	program sleep 1001
	rt create --pid-file "$T/pid" web
	same "$(<"$T/pid")" "$(pid_of web)"
	same "$(ns_of "$OTHER" pid)" "$(ns_of "$(pid_of web)" pid)"
	rt start web
	wait_for eval '[ "$(tr "\0" " " <"/proc/$(<"$T/pid")/cmdline")" = "sleep 1001 " ]'
	run -0 rt ps -f json web
	same "[$(<"$T/pid")]" "$(jq -c . <<<"$output")"
	rt exec web true
	rt kill web KILL
	wait_status web stopped
	rt delete web
	# The other one is not touched.
	kill -0 "$OTHER"
	shell 'exit 7'
	run -7 rt run web
	program sh -c 'echo $LISTEN_FDS $((LISTEN_PID - $$)); readlink /proc/self/fd/3'
	run -0 bash -c "LISTEN_FDS=1 LISTEN_PID=\$BASHPID exec $(printf '%q ' "${RT[@]}") run web" 3</etc/passwd
	says "1 0" /etc/passwd
}

@test "it has the terminal, and keeps it when the process that made it is gone" {
	spec '.process.terminal = true'
	shell 'sleep 0.1; tty; echo to-the-terminal >/dev/tty; trap "echo hung up" HUP; sleep 0.1; stty size'
	run -0 rt run web
	says /dev/pts/0 to-the-terminal
	[[ $output != *"hung up"* ]]
}

@test "hooks before its birth see a process in its namespaces, those after it the heir" {
	local name

	mkdir "$T/seen"
	spec '.mounts += [{destination: $d, type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/seen"
	for name in prestart createRuntime; do
		hook $name "p=\$(jq .pid); readlink /proc/\$p/ns/net /proc/\$p/ns/mnt /proc/\$p/ns/uts >$T/seen/$name"
	done
	hook createContainer "jq .pid >$T/seen/createContainer; hostname >>$T/seen/createContainer"
	hook startContainer "cat >$T/seen/startContainer; echo >>$T/seen/startContainer; readlink /proc/self/ns/pid >>$T/seen/startContainer"
	hook poststart "jq .pid >$T/seen/poststart"
	spec '.hostname = "inside"'
	program sleep 1000
	rt --debug run -d web
	had_heir
	local pid=$(pid_of web)
	for name in prestart createRuntime; do
		same "$(readlink "/proc/$pid/ns/net" "/proc/$pid/ns/mnt" "/proc/$pid/ns/uts")" "$(<"$T/seen/$name")"
	done
	same inside "$(tail -n 1 "$T/seen/createContainer")"
	same "$(ns_of "$OTHER" pid)" "$(tail -n 1 "$T/seen/startContainer")"
	# As it is numbered in there.
	same "$(awk '/^NSpid/ { print $NF }' "/proc/$pid/status")" "$(head -n 1 "$T/seen/startContainer" | jq .pid)"
	same "$pid" "$(<"$T/seen/poststart")"
}

@test "scheduler, OOM score and I/O priority are the program's" {
	spec '.process.oomScoreAdj = 321 | .process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0} |
		.process.scheduler = {policy: "SCHED_BATCH", nice: 7, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	program sleep 1000
	rt --debug run -d web
	had_heir
	run -0 chrt -p "$(pid_of web)"
	says 'SCHED_BATCH|SCHED_RESET_ON_FORK'
	same 321 "$(<"/proc/$(pid_of web)/oom_score_adj")"
	same idle "$(ionice -p "$(pid_of web)")"
}

@test "the seccomp listener gets the pid of the program" {
	need_command jq
	cp "$(compiled attack)" rootfs/bin/attack
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $p, syscalls: [{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}]}' \
		--arg p "$T/listener"
	rootfs/bin/attack listen "$T/listener" >"$T/heard" 3>&- 4>&- &
	wait_for test -S "$T/listener"
	program attack call 83 0 0
	run -0 rt --debug run --pid-file "$T/pid" web
	had_heir
	says "error 77"
	wait $!
	same "$(<"$T/pid")" "$(head -n 1 "$T/heard" | jq .pid)"
}

@test "it says so if there is room for one process only" {
	need_controller pids
	spec '.linux.resources.pids = {limit: 1}'
	program true
	run -1 rt run web
	says "runs in a child" pids.max
	spec '.linux.resources.pids = {limit: 2}'
	rt run web
}

@test "a filter without clone: no hindrance" {
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["clone", "clone3", "fork", "vfork"], action: "SCMP_ACT_ERRNO", errnoRet: 1}]}'
	program true
	rt --debug run web
	had_heir
}

@test "not in the machine's own pid namespace, nor with a user namespace of its own" {
	program true
	namespace pid /proc/self/ns/pid
	rt --debug run web
	run ! had_heir
	namespace pid "/proc/$OTHER/ns/pid"
	chown -R 100000:100000 rootfs
	user_namespace
	run rt --debug run web
	run ! had_heir
}
