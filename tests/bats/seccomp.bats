# The seccomp filter of the config is loaded, and decides what its rules say.
load helpers
load lib/mounts
load lib/programs

setup()
{
	fresh
	[ "$(uname -m)" = x86_64 ] || skip "the numbers of system calls below are those of x86_64"
	cp "$(compiled attack)" rootfs/bin/attack
}

profile()
{
	spec '.linux.seccomp = $p' --argjson p "$1"
}

# A filter that allows all but RULE
but()
{
	profile "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [$1]}"
}

# What a call by number answers in the container
answers()
{
	local wanted=$1
	shift
	program attack call "$@"
	run -0 rt run web
	same "$wanted" "$output" "call $*"
}

@test "a filter is loaded, with and without noNewPrivileges" {
	local nnp
	but '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}'
	for nnp in true false; do
		spec '.process.noNewPrivileges = $n' --argjson n "$nnp"
		see 'grep "^Seccomp\|^NoNewPrivs" /proc/self/status'
		says $'Seccomp:\t2' $'Seccomp_filters:\t1'
		[ "$nnp" = true ] && says $'NoNewPrivs:\t1' || says $'NoNewPrivs:\t0'
	done
}

@test "without a profile there is no filter" {
	see 'grep "^Seccomp:" /proc/self/status'
	same $'Seccomp:\t0' "$output"
}

@test "ERRNO answers with EPERM, or with the errno of the rule" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}, {"names": ["rmdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}'
	answers "error 1" 83 0 0
	answers "error 77" 84 0 0
	# EFAULT: it got to the kernel.
	answers "error 14" 82 0 0
}

@test "the default action is for all that no rule names" {
	profile '{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [{"names": ["read", "write", "exit_group", "execve", "brk",
		"arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "readlink", "readlinkat", "getrandom", "mprotect", "newfstatat", "fstat",
		"mmap", "munmap", "ioctl"], "action": "SCMP_ACT_ALLOW"}]}'
	answers "error 38" 83 0 0
}

@test "KILL_PROCESS, KILL and TRAP end it by SIGSYS" {
	local action
	program attack call 83 0 0
	for action in KILL_PROCESS KILL KILL_THREAD TRAP; do
		but "{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_$action\"}"
		run rt run web
		same 159 "$status" "$action"
	done
}

@test "LOG and ALLOW let it through, TRACE without a tracer answers ENOSYS" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_LOG"}, {"names": ["rmdir"], "action": "SCMP_ACT_TRACE"}'
	answers "error 14" 83 0 0
	answers "error 38" 84 0 0
}

@test "each comparison of an argument does what its name says" {
	local op value wanted n
	while read -r op value two wanted; do
		but "{\"names\": [\"alarm\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 77,
			\"args\": [{\"index\": 0, \"value\": $value, \"valueTwo\": $two, \"op\": \"SCMP_CMP_$op\"}]}"
		shell 'for n in 3 4 5 6; do attack call 37 $n; done'
		run -0 rt run web
		same "$wanted" "$(sed 's/error 77/x/' <<<"$output" | tr -d '\n')" "$op"
	done <<-EOF
		EQ 4 0 0x00
		NE 4 0 x0xx
		LT 5 0 xx00
		LE 5 0 xxx0
		GT 4 0 00xx
		GE 4 0 0xxx
		MASKED_EQ 5 4 0x0x
	EOF
}

@test "an argument is compared in all its 64 bits" {
	but '{"names": ["lseek"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77, "args": [{"index": 1, "value": 4294967297, "op": "SCMP_CMP_EQ"}]}'
	answers "error 77" 8 999 4294967297 0
	answers "error 9" 8 999 1 0
	answers "error 9" 8 999 8589934593 0
}

@test "conditions of one rule must all hold; those on the same argument are alternatives, as in runc" {
	but '{"names": ["lseek"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77,
		"args": [{"index": 0, "value": 900, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 5, "op": "SCMP_CMP_EQ"}]}'
	answers "error 77" 8 900 5 0
	answers "error 9" 8 900 6 0
	answers "error 9" 8 901 5 0
	but '{"names": ["lseek"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77,
		"args": [{"index": 1, "value": 5, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 6, "op": "SCMP_CMP_EQ"}]}'
	answers "error 77" 8 900 5 0
	answers "error 77" 8 900 6 0
	answers "error 9" 8 900 7 0
}

@test "calls newer than the profile answer ENOSYS, so that libraries fall back" {
	profile "$(jq -c . "$TOP/tests/data/seccomp-docker.json")"
	answers "error 38" 999
	# An old one that the profile denies: EPERM.
	answers "error 1" 169 0 0 0 0
}

@test "Docker's profile runs a shell, and denies what it should" {
	profile "$(jq -c . "$TOP/tests/data/seccomp-docker.json")"
	spec '.process.capabilities |= map_values(["CAP_SYS_ADMIN"])'
	see 'ls / | wc -l; echo a | sort; mount -t tmpfs x /tmp; unshare -m true; true'
	says a "Operation not permitted"
}

@test "startContainer hooks are under the filter too: their programs are the container's" {
	local privileges

	for privileges in true false; do
		spec '.process.noNewPrivileges = $n | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]} |
			.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "grep Seccomp: /proc/self/status; mkdir /tmp/x || exit 1"]}]' --argjson n $privileges
		rt_fail run web
		says "startContainer" "Operation not permitted"
		[ "$privileges" = false ] || says $'Seccomp:\t2'
	done
	spec 'del(.hooks) | .hooks.startContainer = [{path: "/bin/true"}]'
	program grep Seccomp: /proc/self/status
	run -0 rt run web
	same $'Seccomp:\t2' "$output"
}

@test "exec'd processes have the same filter, whatever the bundle says by then" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}'
	rt run -d web
	spec 'del(.linux.seccomp)'
	run -0 rt exec web attack call 83 0 0
	same "error 77" "$output"
	run -0 rt exec web grep Seccomp: /proc/self/status
	same $'Seccomp:\t2' "$output"
}

@test "unknown calls are ignored, and rules that say what the default says anyway" {
	but '{"names": ["no_such_call", "mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}, {"names": ["rmdir"], "action": "SCMP_ACT_ALLOW"}'
	answers "error 77" 83 0 0
	answers "error 14" 84 0
}

@test "a thousand rules" {
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [range(1000) | {names: ["lseek"], action: "SCMP_ACT_ERRNO", errnoRet: 77,
		args: [{index: 1, value: (1000 + .), op: "SCMP_CMP_EQ"}]}]}'
	answers "error 77" 8 900 1999 0
	answers "error 9" 8 900 2000 0
}

@test "flags: LOG and SPEC_ALLOW are taken" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}'
	spec '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]'
	answers "error 1" 83 0 0
	spec '.linux.seccomp.flags = []'
	answers "error 1" 83 0 0
}

@test "flags: the kernel gets those that are given; none is not the same as no list" {
	local flags wanted
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	program true
	while read -r flags wanted; do
		but '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}'
		spec 'if $f == null then . else .linux.seccomp.flags = ($f | map("SECCOMP_FILTER_FLAG_" + .)) end' --argjson f "$flags"
		strace -f -qqq -o "$T/calls" -e trace=seccomp -e signal=none "${RT[@]}" run web </dev/null 3>&- 4>&-
		same "$wanted" "$(sed -n 's/.*SECCOMP_SET_MODE_FILTER, \([^,]*\), {.*= 0$/\1/p' "$T/calls")" "$flags"
	done <<-EOF
		null SECCOMP_FILTER_FLAG_SPEC_ALLOW
		[] 0
		["LOG"] SECCOMP_FILTER_FLAG_LOG
		["TSYNC"] 0
		["LOG","SPEC_ALLOW"] SECCOMP_FILTER_FLAG_LOG|SECCOMP_FILTER_FLAG_SPEC_ALLOW
	EOF
	spec '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] | .linux.seccomp.listenerPath = $p |
		.linux.seccomp.syscalls[0].action = "SCMP_ACT_NOTIFY"' --arg p "$T/listener"
	rootfs/bin/attack listen "$T/listener" >"$T/heard" 3>&- 4>&- &
	wait_for test -S "$T/listener"
	strace -f -qqq -o "$T/calls" -e trace=seccomp -e signal=none "${RT[@]}" run web </dev/null 3>&- 4>&-
	# An older strace does not know the name of the second.
	grep -qE 'SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER\|(0x20|SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)[^,]*, \{.*= [0-9]' "$T/calls"
}

# The state may be longer than a packet, and is written where the filter is in force already.
# Somebody waits for the listener of a program that calls mkdir(2), which he answers.
listen_for_mkdir()
{
	rootfs/bin/attack listen "$T/listener" >"$T/heard" 3>&- 4>&- &
	wait_for test -S "$T/listener"
	program attack call 83 0 0
}

@test "NOTIFY: for write(2) too, and with a long state" {
	local words
	words=$(printf 'word%.0s ' {1..20000})
	but '{"names": ["mkdir", "write", "writev"], "action": "SCMP_ACT_NOTIFY"}'
	spec '.linux.seccomp.listenerPath = $p | .annotations.long = $w' --arg p "$T/listener" --arg w "$words"
	listen_for_mkdir
	run -0 rt run web
	same "error 77" "$output"
	wait $!
	same "$words" "$(head -n 1 "$T/heard" | jq -r .state.annotations.long)"
	same "closed 1" "$(sed -n 2p "$T/heard")"
}

@test "NOTIFY: the listener gets the container's state and answers the calls" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	spec '.linux.seccomp.listenerPath = $p | .linux.seccomp.listenerMetadata = "some words"' --arg p "$T/listener"
	listen_for_mkdir
	run -0 rt run web
	same "error 77" "$output"
	wait $!
	same "seccompFd some words web creating" "$(head -n 1 "$T/heard" | jq -r '"\(.fds[0]) \(.metadata) \(.state.id) \(.state.status)"')"
	same "closed 1" "$(sed -n 2p "$T/heard")"
	[ "$(head -n 1 "$T/heard" | jq '.pid')" -gt 0 ]
}

@test "NOTIFY, after a create with --debug: what init says then is heard by start, not by the container" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	spec '.linux.seccomp.listenerPath = $p' --arg p "$T/listener"
	listen_for_mkdir
	"$RUNTIME" --root "$STATE" --debug create web >"$OUT" 2>&1 </dev/null
	: >"$OUT"
	"$RUNTIME" --root "$STATE" --debug --log "$LOG" start web
	wait $!
	wait_for grep -q "error 77" "$OUT"
	(! grep -q level= "$OUT")
	grep -q 'start: SECCOMP_DONE' "$LOG"
}

@test "an empty listenerPath or listenerMetadata counts as not given" {
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "", flags: []}'
	program true
	rt run web
	spec '.linux.seccomp.listenerPath = ""'
	rt run web
	# A program that asks its listener about everything.
	spec '.annotations["run.oci.seccomp_bpf_data"] = "BgAAAAAAwH8="'
	rt_fail create web
	says "/annotations/run.oci.seccomp_bpf_data" "listenerPath names none"
}

@test "NOTIFY: run.oci.seccomp.receiver names the listener if listenerPath does not, for exec too" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	spec '.annotations = {"run.oci.seccomp.receiver": $p} | .linux.seccomp.listenerMetadata = "some words"' --arg p "$T/listener"
	rootfs/bin/attack listen "$T/listener" >"$T/heard" 3>&- 4>&- &
	wait_for test -S "$T/listener"
	shell 'attack call 83 0 0; sleep 1000'
	rt create web
	rt start web
	wait_for grep -q "error 77" "$OUT"
	same "some words web" "$(head -n 1 "$T/heard" | jq -r '"\(.metadata) \(.state.id)"')"
	rm -f "$T/listener"
	rootfs/bin/attack listen "$T/listener" >"$T/heard" 3>&- 4>&- &
	wait_for test -S "$T/listener"
	run -0 rt exec web attack call 83 0 0
	same "error 77" "$output"
	rt delete --force web
	# The spec's own word wins.
	spec '.linux.seccomp.listenerPath = $p' --arg p "$T/nobody"
	rt_fail run web
	says "$T/nobody"
	spec 'del(.linux.seccomp.listenerPath) | .annotations["run.oci.seccomp.receiver"] = "relative"'
	rt_fail run web
	says "must be an absolute path" '"relative"'
}

@test "NOTIFY without anybody listening is an error" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	rt_fail create web
	says "/linux/seccomp/listenerPath"
	spec '.linux.seccomp.listenerPath = $p' --arg p "$T/nobody"
	rt_fail run web
	says "failed to connect with seccomp agent" "$T/nobody"
}

@test "a bad profile is refused, with all its faults" {
	profile '{"defaultAction": "SCMP_ACT_NOTIFY", "architectures": ["SCMP_ARCH_PDP11"], "flags": ["SECCOMP_FILTER_FLAG_X"], "listenerMetadata": "x",
		"syscalls": [{"names": [], "action": "SCMP_ACT_ALLOW"}, {"names": ["read"], "action": "SCMP_ACT_MAYBE"},
			{"names": ["read"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}]},
			{"names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1},
			{"names": ["read"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_LIKE"}]}]}'
	rt_fail create web
	says "/linux/seccomp/defaultAction" "/linux/seccomp/architectures/0" "/linux/seccomp/flags/0" "/linux/seccomp/listenerMetadata" \
		"/linux/seccomp/syscalls/0/names" "/linux/seccomp/syscalls/1/action" "/linux/seccomp/syscalls/2/args/0/index" \
		"/linux/seccomp/syscalls/3/errnoRet" "/linux/seccomp/syscalls/4/args/0/op"
	spec '.linux.seccomp = {}'
	rt_fail create web
	says "/linux/seccomp" defaultAction
}

@test "a profile that decides nothing loads nothing" {
	profile '{"defaultAction": "SCMP_ACT_ALLOW"}'
	see 'grep Seccomp: /proc/self/status'
	same $'Seccomp:\t0' "$output"
}

@test "explain tells how long the filter is" {
	profile "$(jq -c . "$TOP/tests/data/seccomp-docker.json")"
	run -0 rt explain
	[[ $output =~ "filter of "[0-9]+" instructions" ]]
	[ "$(rt explain --json | jq '[.. | .instructions?] | add')" -gt 10 ]
}

@test "Docker's, podman's and containerd's profiles, with noNewPrivileges and without, for root and for a user" {
	local name nnp uid
	for name in docker podman containerd; do
		profile "$(jq -c . "$TOP/tests/data/seccomp-$name.json")"
		for nnp in true false; do
			for uid in 0 1000; do
				spec '.process.noNewPrivileges = $n | .process.user.uid = $u | .process.capabilities |= map_values([])' \
					--argjson n $nnp --argjson u $uid
				see 'echo a | sort; grep "^Seccomp:" /proc/self/status'
				same $'a\nSeccomp:\t2' "$output" "$name, $nnp, $uid"
			done
		done
		spec '.process.args = ["sleep", "1000"]'
		rt run -d web
		run -0 rt exec web sh -c 'echo a | sort'
		rt delete --force web
	done
}

@test "a filter that forbids what starting takes: the message says so" {
	local nnp
	spec '.process.capabilities |= map_values([])'
	for nnp in true false; do
		spec '.process.noNewPrivileges = $n' --argjson n $nnp
		but '{"names": ["execve"], "action": "SCMP_ACT_KILL_PROCESS"}'
		rt_fail run web
		says "killed by SIGSYS" "seccomp filter forbids"
	done
	but '{"names": ["setresuid", "capset"], "action": "SCMP_ACT_ERRNO"}'
	rt_fail run web
	says "with the seccomp filter in force, as noNewPrivileges is off" "operation not permitted"
	but '{"names": ["setresuid", "capset"], "action": "SCMP_ACT_KILL_PROCESS"}'
	rt_fail run web
	says "killed by SIGSYS" "before it was ready"
	# Loaded last, it does not matter.
	spec '.process.noNewPrivileges = true | .process.args = ["true"]'
	rt run web
}

@test "a filter may forbid chdir and getcwd: the working directory was entered, and looked at, before" {
	local nnp
	spec '.process.cwd = "/tmp" | .process.capabilities |= map_values([])'
	but '{"names": ["chdir", "fchdir", "getcwd"], "action": "SCMP_ACT_ERRNO"}'
	for nnp in true false; do
		spec '.process.noNewPrivileges = $n | .process.args = ["readlink", "/proc/self/cwd"]' --argjson n $nnp
		run -0 rt run web
		same /tmp "$output"
		spec '.process.args = ["sleep", "1000"]'
		rt run -d web
		run -0 rt exec --cwd /etc web readlink /proc/self/cwd
		same /etc "$output"
		rt delete --force web
	done
}

# With noNewPrivileges off it is in force before the process gives up what it has.
@test "a filter that says ids, groups or capabilities were changed, and were not: it is noticed" {
	local call text
	spec '.process.noNewPrivileges = false | .process.user = {uid: 1000, gid: 1000, additionalGids: [7]} |
		.process.capabilities |= map_values(["CAP_KILL"])'
	while read -r call text; do
		but "{\"names\": [\"$call\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 0}"
		rt_fail run web
		says "$text"
		[ ! -e "$STATE/web" ]
	done <<-EOF
		setresuid the ids are 0:1000 although 1000:1000 were set
		setresgid the ids are 1000:0 although 1000:1000 were set
		setgroups the additional groups are not what was set
		capset capabilities are
	EOF
	# Of an exec'd process, too.
	spec '.process.user = {uid: 0, gid: 0} | .process.args = ["sleep", "1000"]'
	but '{"names": ["setresuid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 0}'
	rt run -d web
	rt_fail exec --user 1000 web id
	says "the ids are 0:0 although 1000:0 were set"
	says_not uid=
}

@test "run.oci.seccomp_fail_unknown_syscall: a misspelt name is an error" {
	but '{"names": ["mkdir", "mkdri"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}'
	spec '.annotations = {"run.oci.seccomp_fail_unknown_syscall": "1"}'
	rt_fail create web
	says "/linux/seccomp/syscalls/0/names/1" mkdri
	spec '.annotations = {"run.oci.seccomp_fail_unknown_syscall": "0"}'
	answers "error 77" 83 0 0
	but '{"names": ["mkdir", "s390_runtime_instr"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}'
	spec '.annotations = {"run.oci.seccomp_fail_unknown_syscall": "1"}'
	answers "error 77" 83 0 0
}

# sock_filter CODE JT JF K... as base64
raw()
{
	while [ $# -gt 0 ]; do
		printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8)))\\x$(printf %02x "$2")\\x$(printf %02x "$3")"
		printf "\\x$(printf %02x $(($4 & 255)))\\x$(printf %02x $(($4 >> 8 & 255)))\\x$(printf %02x $(($4 >> 16 & 255)))\\x$(printf %02x $(($4 >> 24 & 255)))"
		shift 4
	done | base64 -w 0
}

@test "run.oci.seccomp_bpf_data: a program is loaded as it is, for exec too" {
	# load nr; mkdir: error 77; all else is allowed
	local program=$(raw 0x20 0 0 0 0x15 0 1 83 0x06 0 0 0x5004d 0x06 0 0 0x7fff0000)
	spec '.annotations = {"run.oci.seccomp_bpf_data": $p}' --arg p "$program"
	answers "error 77" 83 0 0
	# It stands in the place of a profile.
	but '{"names": ["rmdir"], "action": "SCMP_ACT_ERRNO"}'
	spec '.annotations = {"run.oci.seccomp_bpf_data": $p}' --arg p "$program"
	answers "error 77" 83 0 0
	answers "error 14" 84 0
	run -0 rt explain
	says "filter of 4 instructions" "given as it is"
	spec '.process.args = ["sleep", "1000"] | del(.linux.seccomp)'
	rt run -d web
	run -0 rt exec web attack call 83 0 0
	same "error 77" "$output"
	rt features | jq -e '.potentiallyUnsafeConfigAnnotations | index("run.oci.seccomp_bpf_data")'
}

@test "run.oci.seccomp_bpf_data that is no program is refused" {
	local bad
	for bad in "not base64" "AAAA" "Zg==" "$(head -c 40000 /dev/zero | base64 -w 0)"; do
		spec '.annotations = {"run.oci.seccomp_bpf_data": $p}' --arg p "$bad"
		rt_fail create web
		says "/annotations/run.oci.seccomp_bpf_data"
	done
	# The kernel has the last word: this one ends without a return.
	spec '.annotations = {"run.oci.seccomp_bpf_data": $p}' --arg p "$(raw 0x20 0 0 0)"
	rt_fail run web
	says "load the seccomp filter"
	# One that asks a listener needs one.
	spec '.annotations = {"run.oci.seccomp_bpf_data": $p}' --arg p "$(raw 0x06 0 0 0x7fc00000)"
	rt_fail create web
	says listenerPath
}

@test "NOTIFY: by create and start, and for an exec'd process, each with its own state" {
	but '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	spec '.linux.seccomp.listenerPath = $p | .linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]' --arg p "$T/listener"
	listener()
	{
		rm -f "$T/listener"
		rootfs/bin/attack listen "$T/listener" >"$T/heard" 3>&- 4>&- &
		wait_for test -S "$T/listener"
	}
	listener
	shell 'attack call 83 0 0; sleep 1000'
	rt create web
	rt start web
	wait_for grep -q "error 77" "$OUT"
	same "created $(pid_of web) null" "$(head -n 1 "$T/heard" | jq -r '"\(.state.status) \(.pid) \(.metadata)"')"
	listener
	run -0 rt exec web attack call 83 0 0
	same "error 77" "$output"
	same running "$(head -n 1 "$T/heard" | jq -r .state.status)"
	[ "$(head -n 1 "$T/heard" | jq .pid)" != "$(pid_of web)" ]
	rt delete --force web
}

@test "explain --syscall tells which rule decides, with its place" {
	profile "$(jq -c . "$TOP/tests/data/seccomp-docker.json")"
	run -0 rt explain --syscall mkdir
	says "SCMP_ARCH_X86_64" 83 allowed /linux/seccomp/syscalls/0 config.json:
	run -0 rt explain --syscall personality
	says "if argument 0 = 8:" "else:" "error 1, operation not permitted" /linux/seccomp/defaultAction
	run -0 rt explain --syscall personality,0=0x8
	says_not "if argument"
	run -0 rt explain --syscall clone,arg0=2113929216 --json
	jq -e '.answers[0] | .number == 56 and .cases[0].pointer == "/linux/seccomp/defaultAction"' <<<"$output"
	run -0 rt explain --syscall 999
	says "error 38" "newer than the profile"
	run -0 rt explain --syscall 1073741907
	says SCMP_ARCH_X32 allowed /linux/seccomp/syscalls/0
	spec '.linux.seccomp.architectures = ["SCMP_ARCH_X86_64"]'
	run -0 rt explain --syscall 1073741907
	says SCMP_ARCH_X32 "the end of the thread" "not among the profile's architectures"
	run -0 rt explain --syscall 1073741907 --json
	jq -e '.answers[0].cases[0] | .excluded and .pointer == "/linux/seccomp/architectures"' <<<"$output"
	rt_fail explain --syscall mkdri
	says mkdri
	for bad in mkdir,6=1 mkdir,x mkdir,0=-1 mkdir,0=0x mkdir,0=18446744073709551616 mkdir,=1 mkdir,; do
		rt_fail explain --syscall "$bad"
		says "invalid --syscall argument"
	done
	spec 'del(.linux.seccomp)'
	rt_fail explain --syscall mkdir
	says "no seccomp profile"
}

@test "explain sums the profile up" {
	profile "$(jq -c . "$TOP/tests/data/seccomp-docker.json")"
	run -0 rt explain
	says "for x86_64 x86 x32" "calls (7 on conditions): allowed" "all others: error 1" "newer than these: error 38"
	rt explain --json | jq -e '.seccomp | .architectures == "x86_64 x86 x32" and (.actions[0].calls > 300) and (.newer | startswith("error 38"))'
}

@test "without SCMP_ACT_NOTIFY listenerPath is ignored, whatever it says" {
	shell 'mkdir /x'
	spec '.root.readonly = false | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "not/absolute",
		syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 5}]}'
	run rt run web
	[ "$status" = 1 ]
	says "Input/output error"
	spec '.linux.seccomp.syscalls[0] |= {names, action: "SCMP_ACT_NOTIFY"}'
	rt_fail run web
	says /linux/seccomp/listenerPath "must be an absolute path"
}
