# Whenever a command is killed, or a system call of it is refused, nothing is left that delete --force does not clear away.
load helpers
load lib/programs

# A sanitizer starts with three hundred calls of its own.
MORE=${SANITIZED:+5}

# The exit code of the runtime when it is killed as it enters its Nth system call; its output goes to $OUT.
killed_at()
{
	local code=0

	"$OUTSIDE" killed-at "$1" "${RT[@]}" "${@:2}" >>"$OUT" 2>>"$ERR" </dev/null 3>&- 4>&- || code=$?
	echo $code
}

# clean NUMBER WHAT: the container web can be deleted, and that is the end of all it made.
clean()
{
	local again=

	rt delete --force web || { echo "delete --force after $2 $1"; return 1; }
	# Init may be on its way to find that its runtime is dead.
	[ $(($1 % 8)) != 0 ] || wait_for suite_pids_gone || { echo "processes after $2 $1"; return 1; }
	[ ! -e "$STATE/web" ] && [ ! -e "$(cgroup_dir)" ] && [ ! -e "$(cgroup_dir freezer)" ] ||
		{ echo "left after $2 $1: $(ls "$STATE") $(suite_cgroups "$ID-")"; return 1; }
}

# A container with a bit of everything that is made outside.
rich()
{
	mkdir "$T/source"
	spec '.mounts += [{destination: "/data", type: "bind", source: $s, options: ["rbind"]}] | .hooks = {createRuntime: [{path: "/bin/true"}]} | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["ptrace"], action: "SCMP_ACT_ERRNO"}]}' --arg s "$T/source"
	[ "$VIEW" = v2 ] || spec '.linux.resources = {pids: {limit: 50}}'
}

@test "create is killed at every system call" {
	local n code

	rich
	for ((n = 1; n < 2000; n += ${MORE:-1})); do
		code=$(killed_at $n create web)
		[ "$code" != 0 ] || break
		[ "$code" = 137 ]
		clean $n "create killed at call"
	done
	echo "# tried: $((n / ${MORE:-1})) points of create" >&3
	[ "$n" -gt 60 ] && [ "$n" -lt 2000 ]
	is web created
	rt start web
	is web running
}

@test "run --detach is killed at every third system call" {
	local n code

	rich
	for ((n = 2; n < 2000; n += 3 + ${MORE:-0})); do
		code=$(killed_at $n run -d web)
		[ "$code" != 0 ] || break
		[ "$code" = 137 ]
		clean $n "run killed at call"
	done
	echo "# tried: $((n / (3 + ${MORE:-0}))) points of run" >&3
	is web running
}

@test "start is killed at every system call: then the container is one thing or the other" {
	local n code

	for ((n = 1; n < 2000; n += ${MORE:-1})); do
		rt create web
		code=$(killed_at $n start web)
		[ "$code" != 0 ] || break
		case $(status_of web) in
		# The killed start may have been heard, and the program be about to run.
		created) rt start web 2>/dev/null || true; wait_for is web running ;;
		running) rt_fail start web; says "cannot start an already running container" ;;
		# Started by a start that did not live to see it; the program may not have been exec'd.
		stopped) rt_fail start web; says "cannot start a container that has stopped" ;;
		*) false ;;
		esac
		clean $n "start killed at call"
	done
	echo "# tried: $((n / ${MORE:-1})) points of start" >&3
	is web running
}

@test "delete is killed at every system call: a second one ends it" {
	local n code

	for ((n = 1; n < 2000; n += ${MORE:-1})); do
		rt run -d web
		code=$(killed_at $n delete --force web)
		[ "$code" != 0 ] || break
		clean $n "delete killed at call"
	done
	echo "# tried: $((n / ${MORE:-1})) points of delete" >&3
	[ "$n" -lt 2000 ] && [ ! -e "$STATE/web" ]
}

@test "kill is killed at every system call, and harms nobody" {
	local n code

	rt run -d web
	for ((n = 1; n < 2000; n += ${MORE:-1})); do
		code=$(killed_at $n kill web 0)
		[ "$code" != 0 ] || break
		is web running
	done
	echo "# tried: $((n / ${MORE:-1})) points of kill" >&3
}

@test "exec is killed at every third system call: the container lives on, and without that process" {
	local n code

	rt run -d web
	for ((n = 1; n < 2000; n += 3 + ${MORE:-0})); do
		code=$(killed_at $n exec web true)
		[ "$code" != 0 ] || break
		is web running
	done
	echo "# tried: $((n / (3 + ${MORE:-0}))) points of exec" >&3
	wait_for sh -c "[ \"\$('$RUNTIME' --root '$STATE' ps -f json web)\" = '[$(pid_of web)]' ]"
}

@test "create in a user namespace is killed at every seventh system call" {
	local n code

	chown -R 100000:100000 rootfs
	spec '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	for ((n = 3; n < 2000; n += 7 + ${MORE:-0})); do
		code=$(killed_at $n create web)
		[ "$code" != 0 ] || break
		clean $n "create killed at call"
	done
	echo "# tried: $((n / (7 + ${MORE:-0}))) points of create with a user namespace" >&3
	is web created
}

# Refuse CALL for the Nth time in each process of a run: it fails and leaves nothing, or does without.
refused_at()
{
	local call=$1 n=$2 error=$3 code=0

	: >"$ERR"
	timeout -s KILL 20 strace -qq -f -o "$T/trace" -e trace=none -e "inject=$call:error=$error:when=$n" "${RT[@]}" run web \
		>"$OUT" 2>"$ERR" </dev/null 3>&- 4>&- || code=$?
	if [ $code != 0 ]; then
		[ $code != 137 ] || { echo "it hangs"; kill -KILL $(suite_pids); return 1; }
		[ $code = 1 ] && [ -s "$ERR" ] || { echo "status $code, without a word"; cat "$ERR"; return 1; }
		[ ! -e "$STATE/web" ] || { echo "state is left"; cat "$ERR"; ls "$STATE/web"; return 1; }
	fi
	[ ! -e "$(cgroup_dir)" ] && [ ! -e "$(cgroup_dir freezer)" ] || { echo "cgroups are left: $(suite_cgroups "$ID-")"; cat "$ERR"; return 1; }
}

@test "a system call of run is refused: it fails and leaves nothing, or does without" {
	local call n count points=0

	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	rich
	program true
	strace -qq -f -o "$T/calls" "${RT[@]}" run web >"$OUT" 2>"$ERR" </dev/null 3>&- 4>&- || skip "strace cannot trace here"
	for call in openat openat2 mkdirat mount move_mount open_tree fsopen fsconfig fsmount mount_setattr symlinkat mknodat fchmodat \
		fchown write clone3 pivot_root umount2 setsid capset setgroups setresgid setresuid prctl seccomp sethostname unshare sendmsg recvmsg \
		socket bind listen flock fchdir chdir statx newfstatat read; do
		# In one process at most so many of them:
		count=$(awk -v c=" $call(" 'index($0, c) { n[$1]++ } END { for (p in n) if (n[p] > m) m = n[p]; print m + 0 }' "$T/calls")
		for ((n = 1; n <= count && n <= 60; n += 1 + n / 8)); do
			refused_at $call $n EIO || { echo "$call number $n is refused"; return 1; }
			points=$((points + 1))
		done
	done
	wait_for suite_pids_gone
	echo "# tried: $points system calls of run refused" >&3
	[ "$points" -gt 60 ]
}
