# Whenever a command is killed, or one of its system calls fails, it says so in a line, and leaves nothing that delete --force does
# not remove; the next container with the same id works.  A failure that the command can do without changes nothing for the container.
#
# A point is one system call of one process that the command makes (0 the runtime, 1 init or the exec'd one, or the one between, ...)
# and what happens to it there: SIGKILL, or one of the errors that this call can give (lib/fault.c).  One point in FAULTS (12, with
# sanitizers 24) is tried, different ones in each cgroup view; FAULTS=1 FILE_TIMEOUT=7200 tries them all, KEEP_GOING=1 goes on after
# a failure.
load ../bats/helpers
load ../bats/lib/namespaces
load ../bats/lib/programs

FAULTS=${FAULTS:-${SANITIZED:+24}}
FAULTS=${FAULTS:-12}
TEST_TIMEOUT=$((FAULTS > 4 ? 200 : 3600))
MOST=3000	# calls of one process; a sanitized start has more than 500

setup()
{
	fresh
	[ "$(uname -m)" = x86_64 ] || skip "the tool that injects faults knows x86_64 only"
	FAULT=$(compiled fault)
}

# A container with a bit of everything, some of it made outside.
rich()
{
	mkdir "$T/source"
	spec '.mounts += [{destination: "/data", type: "bind", source: $s, options: ["rbind", "ro"]}] | .hooks = {createRuntime: [{path: "/bin/true"}]} |
		.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["ptrace"], action: "SCMP_ACT_ERRNO"}]} |
		.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 77, hard: 88}] | .linux.sysctl = {"kernel.msgmax": "9999"}' --arg s "$T/source"
	[ "$VIEW" = v2 ] || spec '.linux.resources = {pids: {limit: 50}}'
}

# What a container sees of itself, but for what is new each time, and HOME, which comes from a file of the image.  An older kernel's
# way to mount something, which a failure leads to, is another order, and does not hear of what the host mounts there later.
LOOK='exec 2>&1; id; hostname; umask; ulimit -n; pwd; ls -l /dev | cut -c 1-37,58-; ls /proc/self/fd | wc -l; cat /proc/sys/kernel/msgmax
	grep -E "^(Groups|Cap|NoNewPrivs|Seccomp|Sig[BIC])" /proc/self/status; sed "s/^\([0-9]* \)\{2\}[^ ]* //; s/ master:[0-9]*//" /proc/self/mountinfo | sort; env | grep -v ^HOME='

# With KEEP_GOING=1 all are told before the test fails.
complain()
{
	echo "$*, at $(<"$T/report") (process $process, call $call, $what): $(<"$T/said")"
	cat "$LOG"
	complaints=$((complaints + 1))
	[ "${KEEP_GOING-}" ]
}

cgroups_are_there()
{
	[ -e "/sys/fs/cgroup$CGROUP" ] || compgen -G "/sys/fs/cgroup/*$CGROUP" >/dev/null
}

# What must be true after each point.
is_clean()
{
	[ ! -e "$STATE/web" ] || rt delete --force web >>"$T/said" 2>&1 || complain "delete --force fails" || return 1
	[ ! -e "$STATE/web" ] || complain "state is left" || return 1
	! grep -q " $BUNDLE/" /proc/self/mountinfo || complain "mounts are left: $(grep " $BUNDLE/" /proc/self/mountinfo)" || return 1
	! cgroups_are_there || complain "cgroups are left: $(suite_cgroups "$ID-")" || return 1
}

# What is said of an error is one line, and the exit code that of an error of the runtime.
check_word()
{
	case $(<"$T/report") in
	*kill) ;;
	# It is the word itself that cannot be written.
	*" write "*) [[ "0 $refusal" == *"$code "* ]] || complain "status $code" ;;
	*) [ $code = 0 ] || { [[ $refusal == *"$code "* ]] && [ "$(wc -l <"$T/said")" = 1 ]; } || complain "status $code, and not one line" ;;
	esac
}

# points VERB BEFORE AFTER ARGS...: `ctr-run ARGS` at each point, with BEFORE called before it and AFTER after it; $code is its
# exit status.
points()
{
	local verb=$1 before=$2 after=$3 refusal="1 " process call code what tried=0 complaints=0 n hit whats=(kill 0% 1% kill 2%)
	shift 3

	# Before the command line is read it is 1, too.
	[ "$1" != exec ] || refusal="1 255 "
	n=$(cksum <<<"$VIEW $verb" | cut -d ' ' -f 1)
	for ((process = 0; process < 8; process++)); do
		for ((call = 1 + n % FAULTS; ; call += FAULTS)); do
			for what in $([ "$FAULTS" = 1 ] && echo kill 0 1 2 3 || echo ${whats[call / FAULTS % 5]}); do
				$before
				: >"$T/said" >"$LOG"
				code=0
				timeout $((20 * SLOW)) "$FAULT" "$T/report" $process $call $what "${RT[@]}" "$@" >"$T/printed" 2>"$T/said" </dev/null 3>&- 4>&- || code=$?
				hit=$(<"$T/report")
				if [ $code = 124 ]; then
					kill -KILL $(suite_pids) 2>/dev/null || true
					complain "it hangs" || return 1
				fi
				check_word && $after || return 1
				[[ $hit != hit* ]] || tried=$((tried + 1))
				[ "$hit" != beyond ] || break 2
			done
			((call < MOST)) || { echo "process $process makes more than $MOST calls: are all points reached?"; return 1; }
		done
		# The last one has no calls at all: there is no such process.
		((call > FAULTS)) || break
	done
	wait_for suite_pids_gone_but_web
	echo "# tried: $tried points of $verb" >&3
	[ "$tried" -ge $((20 / FAULTS + 1)) ] && [ "$complaints" = 0 ]
}

suite_pids_gone_but_web()
{
	local pid=$(pid_of web 2>/dev/null)
	[ "$(suite_pids)" = "${pid/#0/}" ]
}

nothing()
{
	:
}

# Init may be killed when all was said, or be unable to wait for start.
ended_later()
{
	[ $what = kill ] || [[ $hit == *" accept4 "* ]] || return 1
	is web stopped
}

@test "run: what goes on without a word is the same container" {
	after_run()
	{
		[ $code != 0 ] || diff "$T/good" "$T/printed" || complain "it is not the same container" || return 1
		is_clean
	}
	rich
	shell "$LOOK"
	"${RT[@]}" run web >"$T/good" </dev/null 3>&- 4>&-
	grep -q 'Seccomp:.2' "$T/good"
	points run nothing after_run run web
}

@test "create: then it is created, or there is nothing" {
	after_create()
	{
		[ $code != 0 ] || is web created || ended_later || complain "it is not created" || return 1
		is_clean
	}
	rich
	points create nothing after_create create web
}

@test "create in a user namespace, with a terminal" {
	after_create()
	{
		[ $code != 0 ] || is web created || ended_later || complain "it is not created" || return 1
		is_clean
	}
	chown -R 100000:100000 rootfs
	user_namespace
	# With the capability its mounts are locked, by two processes more.
	mkdir "$T/source"
	spec '.process.terminal = true | .process.capabilities.bounding += ["CAP_SYS_ADMIN"] |
		.mounts += [{destination: "/data", type: "bind", source: $s, options: ["rbind", "ro"]}]' --arg s "$T/source"
	"$OUTSIDE" receive "$T/listener" 100000 >"$T/received" 2>&1 3>&- 4>&- &
	receiver=$!
	wait_for test -S "$T/listener"
	suite_pids_gone_but_web() { [ "$(suite_pids)" = $receiver ]; }
	points "create with a user namespace and a terminal" nothing after_create create --console-socket "$T/listener" web
	kill $receiver
	wait $receiver || true
}

# The sources are then opened by a process of their own, the second, for init to wait for.
@test "create in a user namespace, as below an older kernel: nobody waits for a process that was killed" {
	chown -R 100000:100000 rootfs
	user_namespace
	mkdir "$T/source"
	spec '.mounts += [{destination: "/data", type: "bind", source: $s, options: ["rbind", "ro"]}]' --arg s "$T/source"
	export CTR_RUN_DISABLE=mount
	for process in 1 2; do
		code=0
		timeout $((20 * SLOW)) "$FAULT" "$T/report" $process 1 kill "${RT[@]}" create web >"$T/said" 2>&1 </dev/null 3>&- 4>&- || code=$?
		[[ $(<"$T/report") == hit* ]]
		[ $code = 1 ]
		grep -q killed "$T/said"
		is_clean
	done
}

@test "create without a mount namespace of its own" {
	after_create()
	{
		[ $code != 0 ] || is web created || ended_later || complain "it is not created" || return 1
		is_clean
	}
	rich
	spec '.linux.namespaces |= map(select(.type != "mount"))'
	points "create without a mount namespace" nothing after_create create web
}

@test "run in another's user namespace, which takes a process between" {
	after_run()
	{
		[ $code != 0 ] || diff "$T/good" "$T/printed" || complain "it is not the same container" || return 1
		is_clean
	}
	suite_pids_gone_but_web() { [ "$(suite_pids)" = "$OTHER" ]; }
	chown -R 100000:100000 rootfs
	others --user
	echo '0 100000 65536' >"/proc/$OTHER/uid_map"
	echo '0 100000 65536' >"/proc/$OTHER/gid_map"
	namespace user "/proc/$OTHER/ns/user"
	# Where a new sysfs is refused the host's is bound, with all below it.
	shell "${LOOK/mountinfo/mountinfo | grep -v ' /sys'}"
	"${RT[@]}" run web >"$T/good" </dev/null 3>&- 4>&-
	points "run with a process between" nothing after_run run web
	end_others
}

@test "run with an heir, in a pid namespace where it may be traced" {
	need_kernel 6.18
	after_run()
	{
		[ $code != 0 ] || diff "$T/good" "$T/printed" || complain "it is not the same container" || return 1
		is_clean
	}
	local theirs
	others --pid --fork
	theirs=$(suite_pids)
	suite_pids_gone_but_web() { [ "$(suite_pids)" = "$theirs" ]; }
	rich
	namespace pid "/proc/$OTHER/ns/pid"
	shell "$LOOK"
	"${RT[@]}" run web >"$T/good" </dev/null 3>&- 4>&-
	points "run with an heir" nothing after_run run web
	end_others
}

@test "start: the container is one thing or the other" {
	before_start() { rt create web; }
	after_start()
	{
		case $(status_of web) in
		# Not heard, or the killed start was heard and the program is about to run.
		created)
			[ $code != 0 ] || complain "it says it started" || return 1
			[ "$what" = kill ] || rt start web || complain "it cannot be started any more" || return 1 ;;
		running) ;;
		# Started by a start that did not live to see it; the program may not have been exec'd.
		stopped) [ $code != 0 ] || complain "it says it started" || return 1 ;;
		*) complain "it is $(status_of web)" || return 1 ;;
		esac
		is_clean
	}
	points start before_start after_start start web
}

@test "delete: a second one ends it" {
	before_delete() { rt run -d web; }
	after_delete()
	{
		[ $code != 0 ] || { [ ! -e "$STATE/web" ] && suite_pids_gone; } || complain "it says it is deleted" || return 1
		is_clean
	}
	points delete before_delete after_delete delete --force web
}

@test "kill: harms nobody" {
	after_kill() { is web running || complain "it is $(status_of web)"; }
	rt run -d web
	points kill nothing after_kill kill web 0
}

exec_points()
{
	after_exec()
	{
		is web running || complain "the container is $(status_of web)" || return 1
		[ $code != 0 ] || diff "$T/good" "$T/printed" || complain "it is not the same process" || return 1
	}
	rt run -d web
	"${RT[@]}" exec web sh -c "$LOOK" >"$T/good" </dev/null 3>&- 4>&-
	points exec nothing after_exec exec web sh -c "$LOOK"
	wait_for sh -c "[ \"\$('$RUNTIME' --root '$STATE' ps -f json web)\" = '[$(pid_of web)]' ]"
}

@test "exec: the container lives on, and without that process" {
	rich
	exec_points
}

@test "exec with an heir, as the container may trace: the same" {
	rich
	spec '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])'
	exec_points
}

@test "state and list fail with a word" {
	rt run -d web
	points state nothing nothing state web
	points list nothing nothing list
}
