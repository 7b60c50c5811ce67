# exec: a further process in the container, like its first one or as the options say.
# as a user too
TEST_TIMEOUT=200
load helpers
load lib/mounts
load lib/programs

setup()
{
	fresh
	spec '.process.env = ["PATH=/bin", "OF=container"] | .process.user = {uid: 1000, gid: 1001, additionalGids: [5]} | .process.cwd = "/tmp"'
	mkdir -p -m 1777 rootfs/tmp
	rt run -d web
}

@test "it runs as the container's own process does: user, groups, folder, env, capabilities, limits" {
	run rt exec web sh -c 'id -u; id -g; id -G; pwd; echo $OF; umask; grep -E "^(Cap(Prm|Bnd)|NoNewPrivs)" /proc/self/status'
	grep -E "^(Cap(Prm|Bnd)|NoNewPrivs)" "/proc/$(pid_of web)/status" >"$T/own"
	[ "$output" = $'1000\n1001\n1001 5\n/tmp\ncontainer\n0022\n'"$(cat "$T/own")" ]
	run rt exec web cat /proc/self/limits
	diff <(echo "$output") "/proc/$(pid_of web)/limits"
}

@test "it is in all of the container's namespaces and its cgroup" {
	local ns

	for ns in mnt pid net uts ipc cgroup user; do
		[ "$(rt exec --user 0 web readlink /proc/self/ns/$ns)" = "$(readlink "/proc/$(pid_of web)/ns/$ns")" ]
	done
	rt exec -d --pid-file "$T/pid" web sleep 1001
	diff "/proc/$(cat "$T/pid")/cgroup" "/proc/$(pid_of web)/cgroup"
	[ "$(readlink "/proc/$(cat "$T/pid")/root")" = / ]
}

@test "exit codes: the program's, 128 and the signal, 255 if it did not start" {
	local code

	for code in 0 1 42 255; do
		run rt exec web sh -c "exit $code"
		[ "$status" = $code ]
	done
	run rt exec web sh -c 'kill -KILL $$'
	[ "$status" = 137 ]
	run rt exec web nothing
	[ "$status" = 255 ]
}

@test "a program that cannot be started is told in the words that clients look for" {
	run rt exec web nothing
	[ "$status" = 255 ]
	says 'exec failed' 'exec: "nothing": executable file not found in $PATH'
	run rt exec web /bin/nothing
	says 'exec: "/bin/nothing": ' "no such file or directory"
	run rt exec web /tmp
	says "permission denied"
	run rt exec web
	[ "$status" = 255 ]
	says "process args cannot be empty"
	run rt exec -d web nothing
	[ "$status" = 255 ]
	is web running
}

@test "--cwd, --env, --user, --additional-gids" {
	run rt exec --cwd /bin -e A=1 --env B=2 --env OF=exec web sh -c 'pwd; echo $A $B $OF'
	[ "$output" = $'/bin\n1 2 exec' ]
	run rt exec -u 0 web sh -c 'id -u; id -g'
	[ "$output" = $'0\n1001' ]
	run rt exec -u 7:8 web sh -c 'id -u; id -g'
	[ "$output" = $'7\n8' ]
	run rt exec -g 77 --additional-gids 78 web id -G
	[ "$output" = "1001 5 77 78" ]
	echo '{"args": ["id", "-G"], "cwd": "/", "user": {"uid": 7, "gid": 8, "additionalGids": [9]}}' >process.json
	run rt exec -g 77 --process process.json web
	[ "$output" = "8 9 77" ]
}

@test "--user is numbers, and all of the text (CVE-2026-30892)" {
	local user

	run rt exec -u 1 web sh -c 'id -u; id -g'
	[ "$output" = $'1\n1001' ]
	for user in root 1x 1: :1 1:x 1:1:1 -1 4294967295 4294967296 1:4294967295 18446744073709551617 0x1 " 1" "1 " +1 1.0; do
		run rt exec -u "$user" web id -u
		[ "$status" = 255 ] || { echo "taken: '$user' as $output"; return 1; }
		says "invalid --user"
	done
}

@test "--cap gives bounding, effective and permitted, never inheritable" {
	run rt exec -u 0 --cap CAP_SYS_PTRACE --cap CAP_NET_ADMIN web sh -c 'grep Cap /proc/self/status | cut -f 2 | tr "\n" " "'
	local own=$((16#$(awk '/CapBnd/ { print $2 }' "/proc/$(pid_of web)/status")))
	local want=$(printf '%016x' $((own | 1 << 19 | 1 << 12)))
	[ "$(awk '{ print $2, $3, $4 }' <<<"$output")" = "$want $want $want" ]
	[ $((16#${output%% *} & (1 << 19 | 1 << 12))) = 0 ]
	rt_fail exec --cap CAP_NOTHING web true
	says CAP_NOTHING
}

@test "--no-new-privs" {
	run rt exec --no-new-privs web grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t1' ]
	# What the user says goes before the config, either way.
	new_bundle strict
	program sleep 1000
	spec '.process.noNewPrivileges = true'
	rt create strict
	rt start strict
	run rt exec strict grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t1' ]
	run rt exec --no-new-privs=false strict grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t0' ]
}

@test "--process says who, where and with which environment" {
	cat >"$T/process.json" <<-'END'
		{"args": ["sh", "-c", "id -u; id -g; id -G; pwd; echo $OF $WHO"], "cwd": "/bin",
		 "user": {"uid": 5, "gid": 6}, "env": ["PATH=/bin", "WHO=file"]}
	END
	run rt exec --process "$T/process.json" web
	[ "$output" = $'5\n6\n6\n/bin\nfile' ]
}

@test "--process without capabilities, limits or OOM score: they are the container's, as with runc" {
	need_root	# such a score is not everybody's to give
	rt delete --force web
	spec '.process.rlimits = [{type: "RLIMIT_CORE", soft: 0, hard: 0}] | .process.oomScoreAdj = 300'
	rt run -d web
	echo '{"args": ["sh", "-c", "grep -E ^Cap.*d: /proc/self/status; ulimit -Hc; cat /proc/self/oom_score_adj"], "cwd": "/", "env": ["PATH=/bin"]}' \
		>"$T/process.json"
	run rt exec --process "$T/process.json" web
	[ "$output" = "$(grep -E ^Cap.*d: "/proc/$(pid_of web)/status")"$'\n0\n300' ]
	jq '.capabilities = {} | .rlimits = [{type: "RLIMIT_CPU", soft: 9, hard: 9}] | .oomScoreAdj = 400' "$T/process.json" >"$T/all.json"
	run rt exec --process "$T/all.json" web
	says $'CapBnd:\t0000000000000000' $'\n400'
}

@test "--process may be a pipe, as the shell's <(...) gives" {
	run -0 rt exec --process <(sleep 0.2; echo '{"args": ["echo", "piped"], "cwd": "/", "env": ["PATH=/bin"]}') web
	same piped "$output"
}

@test "options beside --process change what it says" {
	echo '{"args": ["sh", "-c", "id -u; id -G; pwd; echo $A $B; grep -c . /proc/self/status >/dev/null; tty"], "cwd": "/bin",
		"user": {"uid": 5, "gid": 6}, "env": ["PATH=/bin", "A=file", "B=file"]}' >"$T/process.json"
	run rt exec --process "$T/process.json" --cwd / -u 7 -g 8 -e B=option web
	[ "$output" = $'7\n6 8\n/\nfile option\nnot a tty' ]
	run rt exec --process "$T/process.json" --tty web
	says /dev/pts/
	run rt exec --process "$T/process.json" web echo ignored
	says "file file"
	says_not ignored$'\n'
}

@test "an empty word is refused: it would be none, or the container's own" {
	local option

	for option in user cwd apparmor process-label; do
		rt_fail exec "--$option" "" web id -u
		says "for flag -$option: it must not be empty"
		rt_fail exec "--$option=" web id -u
		says "for flag -$option: it must not be empty"
	done
}

@test "labels where there is no such security module are refused" {
	[ ! -e /sys/kernel/security/apparmor ] || skip "AppArmor is here"
	run rt exec --apparmor some-profile web true
	[ "$status" = 255 ]
	says "apparmor is disabled or not supported"
	rt exec --apparmor unconfined web true
	[ ! -e /sys/fs/selinux/enforce ] || skip "SELinux is here"
	run rt exec --process-label system_u:system_r:container_t:s0 web true
	[ "$status" = 255 ]
	says "selinux is disabled or not supported"
}

@test "the session keyring is the container's, never the caller's" {
	rt delete --force web
	add_inside
	spec '.process.args = ["sh", "-c", "inside keyring; exec sleep 1000"]'
	rt run -d web
	wait_for grep -q _ses.web "$OUT"
	same "$(cat "$OUT")" "$(rt exec web inside keyring)"
	same "$(cat "$OUT")" "$(rt exec -u 0 web inside keyring)"
}

@test "umask: the container's, or the process file's own" {
	rt delete --force web
	spec '.process.user.umask = 63'
	rt run -d web
	run -0 rt exec web sh -c umask
	same 0077 "$output"
	echo '{"args": ["sh", "-c", "umask"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0, "umask": 23}}' >"$T/process.json"
	run -0 rt exec --process "$T/process.json" web
	same 0027 "$output"
}

@test "execCPUAffinity: the runtime on the first list, the process on the second" {
	local last=$(($(nproc) - 1))

	echo '{"args": ["sh", "-c", "grep Cpus_allowed_list /proc/self/status; read x"], "cwd": "/", "env": ["PATH=/bin"],
		"execCPUAffinity": {"initial": "0", "final": "'$last'"}}' >"$T/process.json"
	mkfifo "$T/fifo"
	in_background "${RT[@]}" exec --process "$T/process.json" web <>"$T/fifo" >"$T/list"
	wait_for grep -q . "$T/list"
	[ "$(cut -f 2 "$T/list")" = $last ]
	[ "$(awk '/Cpus_allowed_list/ { print $2 }' /proc/$!/status)" = 0 ]
	echo >"$T/fifo"
	ends 0 $!
	# The kernel's lists may have gaps.
	echo '{"args": ["true"], "cwd": "/", "execCPUAffinity": {"final": "0,,0,"}}' >"$T/process.json"
	rt exec --process "$T/process.json" web
	spec_file='{"args": ["true"], "cwd": "/", "execCPUAffinity": {"final": "nine"}}'
	echo "$spec_file" >"$T/process.json"
	rt_fail exec --process "$T/process.json" web
	says /execCPUAffinity/final
}

@test "execCPUAffinity: --debug tells which CPUs the kernel has made of the lists" {
	# None of the machines here has as many.
	echo '{"args": ["true"], "cwd": "/", "env": ["PATH=/bin"], "execCPUAffinity": {"initial": "0,8191", "final": "0"}}' >"$T/process.json"
	run -0 rt --debug exec --process "$T/process.json" web
	same 2 "$(grep -c 'level=debug.*affinity: 0x1"' "$LOG")"
}

@test "execCPUAffinity of the container's config is for exec, not for its own process" {
	rt delete --force web
	spec '.process.execCPUAffinity = {initial: "", final: "0"}'
	rt run -d web
	[ "$(awk '/Cpus_allowed_list/ { print $2 }' "/proc/$(pid_of web)/status")" = "$(awk '/Cpus_allowed_list/ { print $2 }' /proc/1/status)" ]
	[ "$(rt exec web awk '/Cpus_allowed_list/ { print $2 }' /proc/self/status)" = 0 ]
}

@test "execCPUAffinity with an initial list only: the process stays on it" {
	[ "$(nproc --all)" -gt 1 ] || skip "there is one processor"
	# Before, a process that came into a cpuset was given all of it.
	need_kernel 6.2
	rt delete --force web
	spec '.process.execCPUAffinity = {initial: "0"}'
	rt run -d web
	[ "$(rt exec web awk '/Cpus_allowed_list/ { print $2 }' /proc/self/status)" = 0 ]
	echo '{"args": ["awk", "/Cpus_allowed_list/ { print $2 }", "/proc/self/status"], "cwd": "/", "env": ["PATH=/bin"],
		"execCPUAffinity": {"initial": "1", "final": ""}}' >"$T/process.json"
	[ "$(rt exec --process "$T/process.json" web)" = 1 ]
}

@test "a caller that is held to one processor does not hold the container" {
	local all=$(awk '/Cpus_allowed_list/ { print $2 }' "/proc/$(pid_of web)/status")

	[ "$(nproc --all)" -gt 1 ] || skip "there is one processor"
	run taskset -c 0 "${RT[@]}" exec web awk '/Cpus_allowed_list/ { print $2 }' /proc/self/status
	same "$all" "$output"
	rt delete --force web
	program awk '/Cpus_allowed_list/ { print $2 }' /proc/self/status
	run taskset -c 0 "${RT[@]}" run web
	same "$all" "$output"
}

@test "the memory policy is the container's" {
	[ -e /proc/self/numa_maps ] || skip "this kernel has no NUMA"
	rt delete --force web
	add_inside
	spec '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
	rt run -d web
	run rt exec web inside mempolicy
	[ "$output" = "mode=2 flags=0 nodes=1" ]
}

@test "a process file that is wrong is told with its place" {
	echo '{"args": ["true"], "cwd": "relative"}' >"$T/process.json"
	run rt exec --process "$T/process.json" web
	[ "$status" = 255 ]
	says "process.json:1:" /cwd "Cwd must be an absolute path"
	echo '{"args": ["true"], ' >"$T/process.json"
	run rt exec --process "$T/process.json" web
	[ "$status" = 255 ]
	run rt exec --process "$T/none.json" web
	[ "$status" = 255 ]
	says "no such file or directory"
}

@test "what is found later is told with its place in the process file, or with the option" {
	touch rootfs/file
	echo '{"args": ["sh"], "cwd": "/file"}' >p.json
	run -255 rt exec -p p.json web
	says "p.json:1:25: /cwd: " "enter the working directory /file: not a directory"
	run -255 rt exec --cwd /file web sh
	says "--cwd: enter the working directory /file: not a directory"
	says_not "config.json"
	run -255 rt exec --env NONSENSE web sh
	says "--env: invalid environment variable"
}

@test "--detach, --pid-file, --pidfd-socket" {
	need_kernel 5.3
	in_background "$OUTSIDE" receive "$T/s" >"$T/got" 2>"$T/ready"
	wait_for grep -q ready "$T/ready"
	rt exec --detach --pid-file "$T/pid" --pidfd-socket "$T/s" web sh -c 'echo begun; exec sleep 1001'
	wait $!
	wait_for grep -qx begun "$OUT"
	[ "$(tr '\0' ' ' <"/proc/$(cat "$T/pid")/cmdline")" = "sleep 1001 " ]
	[ "$(cat "$T/got")" = "setns anon_inode:[pidfd] pid $(cat "$T/pid")" ]
	[ "$(od -An -c "$T/pid" | tr -d ' ')" = "$(cat "$T/pid")" ]
}

@test "what follows the program is the program's" {
	run rt exec web echo --tty -d --help
	[ "$output" = "--tty -d --help" ]
	run rt exec web -- echo x
	[ "$output" = x ]
	run rt exec --tty=false web echo x
	[ "$output" = x ]
}

@test "standard input and output, and a lot of it" {
	run bash -c 'echo typed | "$@"' x "${RT[@]}" exec web cat
	[ "$output" = typed ]
	[ "$("${RT[@]}" exec web dd if=/dev/zero bs=1M count=32 2>/dev/null 3>&- | wc -c)" = $((32 << 20)) ]
}

@test "signals are handed on" {
	in_background "${RT[@]}" exec web sh -c 'trap "echo got USR1" USR1; trap "echo got TERM; exit 5" TERM; echo ready; while :; do sleep 0.02; done' >"$OUT"
	wait_for grep -qx ready "$OUT"
	kill -USR1 $!
	wait_for grep -qx 'got USR1' "$OUT"
	kill -TERM $!
	ends 5 $!
	is web running
}

@test "an exec that cannot stay with its program ends it and says why" {
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	strace -qq -o "$T/trace" -e trace=signalfd4 "${RT[@]}" exec web true 3>&-
	# The last time that it wants to listen to signals the program runs already.
	run -255 strace -qq -o "$T/trace" -e trace=signalfd4 -e inject=signalfd4:error=EMFILE:when="$(grep -c ^signalfd4 "$T/trace")" \
		"${RT[@]}" exec web sleep 1001
	says "listen to signals: too many open files"
	[ "$(suite_pids)" = "$(pid_of web)" ]
}

@test "in a stopped container it is refused" {
	rt kill web KILL
	wait_status web stopped
	rt_fail exec web true
	says "cannot exec in a stopped container"
	[ "$status" = 255 ]
}

@test "in a created container it works" {
	rt delete --force web
	rt create web
	run rt exec web echo here
	[ "$output" = here ]
	is web created
	rt start web
	is web running
}

@test "what the creator's environment holds is not seen in a container, whose first process waits for start" {
	rt delete --force web
	SECRET=of-the-host rt create web
	tr '\0' '\n' <"/proc/$(pid_of web)/environ" | (! grep SECRET)
	rt start web
	is web running
}

# freeze or thaw the container behind the runtime's back
freezer()
{
	case $VIEW-$1 in
	v2-freeze) echo 1 >"$(cgroup_dir)/cgroup.freeze" ;;
	v2-thaw) echo 0 >"$(cgroup_dir)/cgroup.freeze" ;;
	*-freeze) echo FROZEN >"$(cgroup_dir freezer)/freezer.state" ;;
	*-thaw) echo THAWED >"$(cgroup_dir freezer)/freezer.state" ;;
	esac
}

@test "in a paused container it is refused, unless --ignore-paused" {
	freezer freeze
	wait_status web paused
	rt_fail exec web true
	says "cannot exec in a paused container (use --ignore-paused to override)"
	in_background "${RT[@]}" exec --ignore-paused web echo thawed >"$T/thawed"
	sleep 0.1
	[ ! -s "$T/thawed" ]
	freezer thaw
	wait $!
	[ "$(cat "$T/thawed")" = thawed ]
}

@test "signals that end a program end an exec that waits in a paused container" {
	local sig there=1

	freezer freeze
	wait_status web paused
	for sig in HUP INT QUIT TERM; do
		in_background env --default-signal=INT,QUIT "${RT[@]}" exec --ignore-paused web sleep 1001 >"$T/thawed" 2>&1
		# It is born, and waits.
		wait_for sh -c "[ \"\$(cat '$(cgroup_dir freezer)/cgroup.procs' | wc -l)\" -gt $there ]"
		kill -$sig $!
		ends $((128 + $(kill -l $sig))) $!
		grep -q "interrupted by SIG$sig" "$T/thawed"
		# In v1 nobody dies before he is thawed.
		if [ "$VIEW" = v2 ]; then
			wait_for only_init
		else
			there=$((there + 1))
		fi
	done
	freezer thaw
	wait_for only_init
}

only_init()
{
	[ "$(suite_pids)" = "$(pid_of web)" ]
}

@test "the container ends while an exec is there: it ends with it" {
	in_background "${RT[@]}" exec web sleep 1001
	# Until its program runs the words are the runtime's own.
	wait_for sh -c "'$RUNTIME' --root '$STATE' ps web -eo pid,args | grep -Eq '^ *[0-9]+ sleep 1001'"
	rt kill web KILL
	ends 137 $!
	wait_status web stopped
}

@test "a container with a user namespace" {
	need_root
	rt delete --force web
	chown -R 100000:100000 rootfs
	chmod 755 "$T" "$SUITE"
	user_namespace
	rt run -d web
	run rt exec -u 3:4 web sh -c 'id -u; id -g; cat /proc/self/uid_map | tr -s " "'
	[ "$output" = $'3\n4\n 0 100000 65536' ]
	rt exec -d -u 3 --pid-file "$T/pid" web sleep 1001
	[ "$(stat -c %u "/proc/$(cat "$T/pid")")" = 100003 ]
}

@test "a container without any namespace of its own" {
	need_root
	rt delete --force web
	spec '.linux.namespaces |= map(select(.type == "mount")) | del(.hostname) | .mounts |= map(select(.type != "sysfs" and .type != "cgroup" and .type != "mqueue"))'
	rt run -d web
	run rt exec web sh -c 'echo $PPID; pwd'
	says /tmp
	[ "$(rt exec -u 0 web readlink /proc/self/ns/mnt)" = "$(readlink "/proc/$(pid_of web)/ns/mnt")" ]
}

# What 1,032 execs could leave: processes, descriptors of the container's process, files, cgroups, mounts.
census()
{
	suite_pids
	ls "/proc/$(pid_of web)/fd" "$STATE/web"
	suite_cgroups "$ID-"
	wc -l <"/proc/$(pid_of web)/mountinfo"
	cat "/proc/$(pid_of web)/cgroup"
}

@test "very many one after the other and thirty-two at once leave nothing" {
	local i before=$(census) times=$((1000 / SLOW))

	[ -z "$AS_USER" ] || times=$((times / 5))	# to become the user takes longer than the exec
	for ((i = 0; i < times; i++)); do
		"${RT[@]}" exec web true 3>&- 4>&- </dev/null || { echo "number $i"; return 1; }
	done
	for ((i = 0; i < 32; i++)); do
		in_background "${RT[@]}" exec web sh -c "exit $i"
		pids[i]=$!
	done
	for ((i = 0; i < 32; i++)); do
		ends $i "${pids[i]}"
	done
	[ "$(rt ps -f json web)" = "[$(pid_of web)]" ]
	diff <(echo "$before") <(census)
}

@test "orphans of an exec are the container's" {
	rt exec web sh -c 'sleep 1001 & exit 0'
	[ "$(rt ps -f json web | jq length)" = 2 ]
	rt delete --force web
	wait_for suite_pids_gone
}

@test "ptrace and /proc of the container do not reach into the one that enters" {
	run rt exec -u 0 web sh -c 'ls /proc | grep -c "^[0-9]"'
	[ "$output" -le 5 ]
}
