# The process is who the config says, with what the config gives it, and nothing more.
# as a user too
load helpers
load lib/programs

# The five sets, as /proc tells them: CapInh CapPrm CapEff CapBnd CapAmb.
sets()
{
	shell 'grep Cap /proc/self/status | cut -f 2 | tr "\n" " "'
	rt run web
}

@test "uid, gid, groups and umask" {
	need_root
	spec '.process.user = {uid: 1234, gid: 2345, umask: 63, additionalGids: [7, 5, 3000000000]}'
	shell 'grep -E "^(Uid|Gid|Groups)" /proc/self/status | tr "\t" " "; umask'
	run rt run web
	[ "$output" = $'Uid: 1234 1234 1234 1234\nGid: 2345 2345 2345 2345\nGroups: 5 7 3000000000 \n0077' ]
}

@test "without additional groups there are none, whatever the caller's" {
	shell 'grep Groups /proc/self/status; umask'
	run setpriv --groups 4,5,6 "${RT[@]}" run web
	[ "${lines[0]// /}" = $'Groups:\t' ]
	[ "${lines[1]}" = 0022 ]
}

@test "run.oci.keep_original_groups: the caller's groups stay, whatever its value, but for 0" {
	local value

	need_root
	for value in 1 yes "" 0; do
		spec '.process.args = ["id", "-G"] | .annotations = {"run.oci.keep_original_groups": $v}' --arg v "$value"
		run setpriv --groups 4,5,6 "${RT[@]}" run web 3>&- 4>&-
		[ "$output" = "0$([ "$value" = 0 ] || echo " 4 5 6")" ] || { echo "'$value': $output"; return 1; }
	done
}

@test "no user at all is root" {
	spec 'del(.process.user)'
	shell 'id -u; id -g'
	run rt run web
	[ "$output" = $'0\n0' ]
}

@test "the largest ids are 4294967294" {
	need_root
	spec '.process.user = {uid: 4294967294, gid: 4294967294}'
	shell 'id -u; id -g'
	run rt run web
	[ "$output" = $'4294967294\n4294967294' ]
	spec '.process.user.uid = 4294967295'
	rt_fail run web
	says /process/user/uid
}

@test "cwd is made if it is missing, and may be one that only the user or only root can enter" {
	need_root
	spec '.process.cwd = "/a/b/c" | .process.args = ["pwd"]'
	run rt run web
	[ "$output" = /a/b/c ]
	[ "$(stat -c '%a %u' rootfs/a/b/c)" = "755 0" ]
	mkdir -m 700 rootfs/private
	spec '.process.cwd = "/private" | .process.user = {uid: 1000, gid: 1000}'
	run rt run web
	[ "$output" = /private ]
	chown 1000 rootfs/private
	run rt run web
	[ "$output" = /private ]
}

@test "cwd that is a file, or relative, is refused" {
	echo >rootfs/file
	spec '.process.cwd = "/file"'
	rt_fail run web
	says /file "not a directory"
	spec '.process.cwd = "relative"'
	rt_fail run web
	says "Cwd must be an absolute path"
	spec '.process.cwd = ""'
	rt_fail run web
	says "Cwd property must not be empty"
}

@test "cwd through a link stays in the container" {
	ln -s /etc rootfs/link
	ln -s ../../../../../.. rootfs/up
	spec '.process.cwd = "/link" | .process.args = ["sh", "-c", "pwd -P"]'
	run rt run web
	[ "$output" = /etc ]
	spec '.process.cwd = "/up/up/new"'
	run rt run web
	[ "$output" = /new ]
}

@test "env is exactly what the config says; of duplicates the last wins" {
	spec '.process.env = ["PATH=/bin", "A=1", "B=x=y", "A=2", "C=", "A=3"]'
	program env
	SECRET=1 run rt run web
	[ "$(sort <<<"$output" | tr '\n' ' ')" = "A=3 B=x=y C= HOME=/root PATH=/bin " ] || [ "$(sort <<<"$output" | tr '\n' ' ')" = "A=3 B=x=y C= HOME=/ PATH=/bin " ]
}

@test "HOME is the container's passwd's, if it is absent or empty" {
	local uid

	mkdir -p rootfs/etc
	printf 'root:x:0:0:root:/root-home:/bin/sh\nweb:x:1000:1000::/srv/web:\nrelative:x:1001:1001::x:\nshort:x:1002\n' >rootfs/etc/passwd
	shell 'echo $HOME'
	for line in 0:/root-home 1000:/srv/web 1001:/ 1002:/ 77:/; do
		spec '.process.user = {uid: $u, gid: 0}' --argjson u "${line%%:*}"
		run rt run web
		[ "$output" = "${line#*:}" ]
	done
	spec '.process.user.uid = 1000 | .process.env += ["HOME="]'
	run rt run web
	[ "$output" = /srv/web ]
	spec '.process.env += ["HOME=/mine"]'
	run rt run web
	[ "$output" = /mine ]
}

@test "a passwd that is a FIFO, a folder, a link out or endless does not matter" {
	mkdir -p rootfs/etc
	shell 'echo $HOME'
	rm -f rootfs/etc/passwd
	mkfifo rootfs/etc/passwd
	run timeout 20 "${RT[@]}" run web
	[ "$output" = / ]
	rm rootfs/etc/passwd
	mkdir rootfs/etc/passwd
	run rt run web
	[ "$output" = / ]
	rmdir rootfs/etc/passwd
	ln -s /dev/zero rootfs/etc/passwd
	run timeout 20 "${RT[@]}" run web
	[ "$output" = / ]
}

@test "rlimits are exactly as said" {
	spec '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}, {type: "RLIMIT_CORE", soft: 0, hard: 0},
		{type: "RLIMIT_STACK", soft: 4194304, hard: 8388608}, {type: "RLIMIT_NPROC", soft: 500, hard: 501}]'
	shell 'grep -E "open files|core file|stack|processes" /proc/self/limits | tr -s " "'
	run rt run web
	says "Max open files 100 200" "Max core file size 0 0" "Max stack size 4194304 8388608" "Max processes 500 501"
}

@test "RLIMIT_NOFILE below the runtime's own descriptors" {
	spec '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 4, hard: 4}]'
	program sed -n 's/  */ /gp' /proc/self/limits
	run rt run web
	says "Max open files 4 4"
	rt run -d web 2>/dev/null && rt delete --force web
}

@test "no rlimits: the caller's" {
	spec 'del(.process.rlimits)'
	shell 'grep "open files" /proc/self/limits | tr -s " "'
	run bash -c 'ulimit -Sn 321; "$@"' x "${RT[@]}" run web
	says "Max open files 321 "
}

@test "a rlimit that is unknown, doubled or upside down is refused" {
	spec '.process.rlimits = [{type: "RLIMIT_NOTHING", soft: 1, hard: 1}]'
	rt_fail create web
	says RLIMIT_NOTHING /process/rlimits/0
	spec '.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 1}, {type: "RLIMIT_CORE", soft: 1, hard: 1}]'
	rt_fail create web
	says /process/rlimits/1
	spec '.process.rlimits = [{type: "RLIMIT_CORE", soft: 2, hard: 1}]'
	rt_fail create web
	says /process/rlimits/0
}

@test "oom_score_adj: set if said, zero too; else the caller's" {
	program cat /proc/self/oom_score_adj
	spec '.process.oomScoreAdj = 321'
	run rt run web
	[ "$output" = 321 ]
	spec 'del(.process.oomScoreAdj)'
	run bash -c 'echo 123 >/proc/self/oom_score_adj; "$@"' x "${RT[@]}" run web
	[ "$output" = 123 ]
	spec '.process.oomScoreAdj = 1001'
	rt_fail run web
	says /process/oomScoreAdj
}

@test "oom_score_adj that may not be lowered is an error" {
	spec '.process.oomScoreAdj = -999'
	run setpriv --bounding-set -sys_resource --inh-caps -sys_resource bash -c 'echo 0 >/proc/self/oom_score_adj; "$@"' x "${RT[@]}" run web
	[ "$status" = 1 ]
	says /process/oomScoreAdj
}

@test "no_new_privs" {
	shell 'grep NoNewPrivs /proc/self/status | cut -f 2'
	spec '.process.noNewPrivileges = true'
	run rt run web
	[ "$output" = 1 ]
	spec '.process.noNewPrivileges = false'
	run rt run web
	[ "$output" = 0 ]
}

@test "the five capability sets are as said" {
	spec '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETUID"], permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
		effective: ["CAP_CHOWN"], inheritable: ["CAP_CHOWN"], ambient: ["CAP_CHOWN"]} | .process.user = {uid: 1000, gid: 1000}'
	run sets
	# After exec as an ordinary user: permitted and effective are what is ambient.
	[ "$output" = "0000000000000001 0000000000000001 0000000000000001 00000000000004a1 0000000000000001 " ]
	spec '.process.user = {uid: 0, gid: 0} | .process.capabilities.inheritable = [] | .process.capabilities.ambient = [] |
		.process.noNewPrivileges = false'
	run sets
	# Root's exec gives it the bounding set.
	[ "$output" = "0000000000000000 00000000000004a1 00000000000004a1 00000000000004a1 0000000000000000 " ]
}

@test "no capabilities object: none at all" {
	spec 'del(.process.capabilities)'
	run sets
	[ "$output" = "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 " ]
}

@test "an ordinary user has none without ambient ones" {
	spec '.process.user = {uid: 1000, gid: 1000}'
	run sets
	[ "$(cut -d ' ' -f 2,3 <<<"$output")" = "0000000000000000 0000000000000000" ]
}

@test "all capabilities that there are" {
	need_root
	local all=$(awk '/CapBnd/ { print $2 }' /proc/self/status)

	spec '.process.capabilities[] = $c' --argjson c "$("$RUNTIME" features | jq -c .linux.capabilities)"
	run sets
	[ "$(awk '{ print $4 }' <<<"${lines[-1]}")" = "$all" ]
	[ "$(awk '{ print $3 }' <<<"${lines[-1]}")" = "$all" ]
}

@test "a capability that cannot be granted is left out with a warning" {
	need_root
	spec '.process.capabilities[] = ["CAP_KILL", "CAP_SYS_RESOURCE"]'
	shell 'grep CapBnd /proc/self/status'
	run setpriv --bounding-set -sys_resource "${RT[@]}" run web
	[ "$status" = 0 ]
	says 0000000000000020
	grep level=warning "$LOG" | grep -q CAP_SYS_RESOURCE
}

@test "an unknown capability is an error" {
	spec '.process.capabilities.bounding += ["CAP_NOTHING"]'
	rt_fail create web
	says CAP_NOTHING /process/capabilities/bounding
	spec '.process.capabilities.bounding = ["kill"]'
	rt_fail create web
	[ ! -e "$STATE/web" ]
}

@test "an ambient capability that is not inheritable is left out and named" {
	shell 'grep CapAmb /proc/self/status'
	spec '.process.capabilities.inheritable = ["CAP_KILL"] | .process.capabilities.ambient = ["CAP_KILL", "CAP_AUDIT_WRITE"]'
	run "${RT[@]}" run web
	says 0000000000000020
	grep -q "can't raise ambient capability CAP_AUDIT_WRITE: " "$LOG"
}

@test "an ambient capability that root has in any case is left out without a warning" {
	shell 'grep CapAmb /proc/self/status; grep CapEff /proc/self/status'
	spec '.process.capabilities |= ((.bounding, .permitted, .effective, .ambient) = ["CAP_KILL", "CAP_AUDIT_WRITE"] |
		.inheritable = [])'
	run "${RT[@]}" run web
	says $'CapAmb:\t0000000000000000' $'CapEff:\t0000000020000020'
	run ! grep ambient "$LOG"
	spec '.process.user = {uid: 1, gid: 1}'
	run "${RT[@]}" run web
	says $'CapEff:\t0000000000000000'
	grep -q "can't raise ambient capability CAP_KILL, CAP_AUDIT_WRITE: " "$LOG"
	spec '.process.user = {uid: 0, gid: 0} | .process.capabilities.bounding = ["CAP_KILL"]'
	: >"$LOG"
	run "${RT[@]}" run web
	grep -q "can't raise ambient capability CAP_KILL, CAP_AUDIT_WRITE: " "$LOG"
}

@test "the scheduler" {
	need_root
	inside sched
	spec '.process.scheduler = {policy: "SCHED_BATCH", nice: 7}'
	run rt run web
	says "policy=3 nice=7"
	spec '.process.scheduler = {policy: "SCHED_IDLE"}'
	run rt run web
	says "policy=5"
	spec '.process.scheduler = {policy: "SCHED_FIFO", priority: 10, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	run rt run web
	if [ "$VIEW" = v2 ]; then
		says "policy=1 nice=0 priority=10 flags=1"
	else
		# v1's cpu controller may have no real-time budget for a new cgroup.
		[ "$status" = 0 ] || says /process/scheduler
	fi
	spec '.process.scheduler = {policy: "SCHED_NOTHING"}'
	rt_fail run web
	says /process/scheduler/policy
}

@test "deadline scheduling with its three times" {
	inside sched
	spec '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 1000000, deadline: 5000000, period: 10000000, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	run rt run web
	if [ "$status" = 0 ]; then
		says "policy=6 nice=0 priority=0 flags=1 runtime=1000000 deadline=5000000 period=10000000"
	else
		# Its bandwidth may be taken, and a cpuset that is not exclusive forbids it.
		says /process/scheduler "set the scheduling policy SCHED_DEADLINE" "free deadline bandwidth"
	fi
	spec '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 6000000, deadline: 5000000}'
	rt_fail run web
	says /process/scheduler "runtime <= deadline <= period"
	spec '.process.scheduler = {policy: "SCHED_OTHER", runtime: 6000000}'
	rt_fail run web
	says "SCHED_OTHER takes no runtime"
	spec '.process.scheduler = {policy: "SCHED_OTHER", priority: 3}'
	rt_fail run web
	says "SCHED_OTHER takes no priority"
	spec '.process.scheduler = {policy: "SCHED_OTHER", nice: 20}'
	rt_fail run web
	says /process/scheduler/nice
	spec '.process.scheduler = {policy: "SCHED_OTHER", flags: ["SCHED_FLAG_UTIL_CLAMP_MIN"]}'
	rt_fail run web
	says /process/scheduler "the spec has no values for"
}

@test "exec has the scheduler and the I/O priority of the container's process, or its own" {
	add_inside
	spec '.process.scheduler = {policy: "SCHED_BATCH", nice: 4} | .process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 5}'
	program sleep 1000
	rt run -d web
	run -0 rt exec web inside sched
	says "policy=3 nice=4" "ioprio=$(((2 << 13) + 5))"
	echo '{"args": ["inside", "sched"], "cwd": "/", "env": ["PATH=/bin"], "scheduler": {"policy": "SCHED_IDLE"}}' >"$T/process.json"
	run -0 rt exec --process "$T/process.json" web
	says "policy=5"
}

@test "the memory policy: modes, nodes and flags" {
	[ -e /proc/self/numa_maps ] || skip "this kernel has no NUMA"
	inside mempolicy
	spec '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}'
	run -0 rt run web
	[ "$output" = "mode=2 flags=128 nodes=1" ]
	spec '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0"}'
	run -0 rt run web
	[ "$output" = "mode=3 flags=0 nodes=1" ]
	spec '.linux.memoryPolicy = {mode: "MPOL_PREFERRED", nodes: ""}'
	run -0 rt run web
	# The kernel calls a preference without a node local allocation.
	says "nodes=0"
	spec '.linux.memoryPolicy = {mode: "MPOL_LOCAL"}'
	run -0 rt run web
	[ "$output" = "mode=4 flags=0 nodes=0" ]
	spec '.linux.memoryPolicy = {mode: "MPOL_DEFAULT"}'
	run -0 rt run web
	[ "$output" = "mode=0 flags=0 nodes=0" ]
	# An inherited one is replaced, and stays where none is asked for.
	spec 'del(.linux.memoryPolicy)'
	run -0 rt run web
	[ "$output" = "mode=0 flags=0 nodes=0" ]
}

@test "a memory policy that is none is refused" {
	local policy

	for policy in '{mode: "MPOL_BIND"}' '{mode: "MPOL_BIND", nodes: "x"}' '{mode: "MPOL_DEFAULT", nodes: "0"}' '{mode: "MPOL_LOCAL", nodes: "0"}' \
		'{mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]}' '{mode: "MPOL_BIND", nodes: "0", flags: ["x"]}' \
		'{mode: "MPOL_BIND", nodes: "0-2000"}' '{mode: "MPOL_BIND", nodes: "1023"}' '{mode: "MPOL_NOTHING"}' '{nodes: "0"}'; do
		spec ".linux.memoryPolicy = $policy"
		rt_fail create web
		says /linux/memoryPolicy
	done
	[ -z "$(ls -A "$STATE")" ]
}

@test "I/O priority" {
	inside sched
	spec '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
	run rt run web
	says "ioprio=$(((2 << 13) + 6))"
	spec '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
	run rt run web
	says "ioprio=$((3 << 13))"
	if [ -z "$AS_USER" ]; then
		spec '.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 2}'
		run rt run web
		says "ioprio=$(((1 << 13) + 2))"
	fi
	spec '.process.ioPriority.priority = 8'
	rt_fail run web
	says /process/ioPriority
}

@test "personality" {
	inside personality
	spec '.linux.personality = {domain: "LINUX32"}'
	run rt run web
	[ "$output" = 8 ]
	spec '.linux.personality = {domain: "LINUX"}'
	run rt run web
	[ "$output" = 0 ]
}

@test "a session keyring of its own, unless --no-new-keyring" {
	inside keyring
	run rt run web
	says "_ses.web"
	run rt run --no-new-keyring web
	says_not "_ses.web"
}

@test "the process leads a session of its own, has no terminal and is no child of ours" {
	shell 'cut -d " " -f 4-8 /proc/$$/stat'
	run rt run web
	[ "$output" = "0 1 1 0 -1" ]
}

@test "nothing of the runtime shows in the process" {
	shell 'cat /proc/self/comm; cat /proc/1/comm; ls /proc | grep -c "^[0-9]"; cat /proc/self/attr/current 2>/dev/null; grep -E "^(SigBlk|SigIgn|Seccomp|TracerPid)" /proc/self/status | tr "\t" " "'
	run rt run web
	says "SigBlk: 0000000000000000" "SigIgn: 0000000000000000" "Seccomp: 0" "TracerPid: 0"
	says_not ctr-run
}
