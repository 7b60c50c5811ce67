# update changes the limits of a running container: all that is asked for, or nothing.
# as a user too
load helpers
load lib/cgroups
load lib/programs
load lib/mounts

# of CONTROLLER FILE
of()
{
	cat "$(cgroup_dir "$1")/$2"
}

# The kernel's words for the same thing: limit CONTROLLER V1-FILE V2-FILE
limit()
{
	if [ "$VIEW" = v2 ]; then of "$1" "$3"; else of "$1" "$2"; fi
}

memory()
{
	limit memory memory.limit_in_bytes memory.max
}

pids()
{
	of pids pids.max
}

# All limits there are, to see that nothing changed.  But huge pages: in hybrid's cgroup2 that controller appears when a test of
# another view switches it on.
snapshot()
{
	local dir

	for dir in $(cgroup_dirs); do
		(cd "$dir" && grep -H . *.max *_in_bytes *_us *.shares *.weight cpuset.cpus cpuset.mems *.idle \
			devices.list memory.swappiness 2>/dev/null | grep -v 'usage_in_bytes\|^hugetlb') || true
	done
	jq -S . "$STATE/web/config.json"
}

unchanged()
{
	snapshot >"$T/after"
	diff "$T/before" "$T/after"
}

@test "what is given changes, the rest stays" {
	need_controller memory pids
	resources '{memory: {limit: 67108864}, pids: {limit: 50}}'
	rt run -d web
	rt update --memory 128m web
	same 134217728 "$(memory)"
	same 50 "$(pids)"
	rt update --pids-limit=20 web
	same 134217728 "$(memory)"
	same 20 "$(pids)"
	rt update web
	same 134217728 "$(memory)"
	same 20 "$(pids)"
}

@test "memory and swap, up and down, in any order the kernel wants" {
	need_controller memory
	local file=memory.memsw.limit_in_bytes pair swap
	resources '{memory: {limit: 67108864, swap: 67108864}}'
	[ "$VIEW" != v2 ] || file=memory.swap.max
	rt run -d web
	[ -e "$(cgroup_dir memory)/$file" ] || skip "this kernel does not account swap"
	for pair in 128/256 32/32 512/1024 33/64; do
		rt update --memory "${pair%/*}M" --memory-swap "${pair#*/}M" web
		same "$((${pair%/*} << 20))" "$(memory)"
		swap=$((${pair#*/} << 20))
		[ "$VIEW" != v2 ] || swap=$((swap - (${pair%/*} << 20)))
		same "$swap" "$(of memory "$file")"
	done
	# The sum alone: v2 counts from the memory limit that holds.
	rt update --memory-swap 65M web
	swap=$((65 << 20))
	[ "$VIEW" != v2 ] || swap=$((swap - (33 << 20)))
	same "$swap" "$(of memory "$file")"
	# No memory limit is no swap limit.
	rt update --memory -1 web
	if [ "$VIEW" = v2 ]; then
		same max "$(memory)"
		same max "$(of memory "$file")"
	else
		[ "$(memory)" -gt 1000000000000 ]
		[ "$(of memory "$file")" -gt 1000000000000 ]
	fi
}

@test "memory alone above memory and swap together" {
	need_controller memory
	resources '{memory: {limit: 67108864, swap: 134217728}}'
	rt run -d web
	if [ "$VIEW" = v2 ]; then
		# Swap has a limit of its own there, which stays.
		rt update --memory 256M web
		same 268435456 "$(memory)"
		same 67108864 "$(of memory memory.swap.max)"
	else
		rt_fail update --memory 256M web
		says "memory+swap limit should be >= memory limit"
		same 67108864 "$(memory)"
	fi
}

@test "memory reservation" {
	need_controller memory
	rt run -d web
	rt update --memory-reservation 16m web
	same 16777216 "$(limit memory memory.soft_limit_in_bytes memory.low)"
}

@test "a memory limit below what is in use is refused in v1, and in v2 if the config wants it checked" {
	need_controller memory
	resources '{memory: {limit: 67108864, checkBeforeUpdate: true}}'
	inside eat 8
	rt run -d web
	wait_for grep -q ready "$OUT"
	rt_fail update --memory 4k web
	says "--memory" 4096
	same 67108864 "$(memory)"
	is web running
}

@test "what the kernel no longer limits, or only in v1" {
	need_controller memory
	resources '{memory: {limit: 67108864}}'
	rt run -d web
	if [ "$VIEW" = v2 ]; then
		rt_fail update --kernel-memory 16m web
		says "--kernel-memory" "only v1 has"
		rt_fail update --kernel-memory-tcp 16m web
		says "--kernel-memory-tcp" "only v1 has"
	else
		rt update --kernel-memory 16m web
		grep -q "memory.kernel is ignored" "$LOG"
		rt update --kernel-memory-tcp 16m web
		same 16777216 "$(of memory memory.kmem.tcp.limit_in_bytes)"
	fi
	same 67108864 "$(memory)"
}

@test "cpu quota, period and shares, each by itself" {
	need_controller cpu
	rt run -d web
	rt update --cpu-quota 20000 web
	same "$(if [ "$VIEW" = v2 ]; then echo 20000 100000; else echo 20000; fi)" "$(limit cpu cpu.cfs_quota_us cpu.max)"
	rt update --cpu-period 50000 web
	if [ "$VIEW" = v2 ]; then
		same "20000 50000" "$(of cpu cpu.max)"
	else
		same 20000 "$(of cpu cpu.cfs_quota_us)"
		same 50000 "$(of cpu cpu.cfs_period_us)"
	fi
	rt update --cpu-share 2048 web
	same "$(if [ "$VIEW" = v2 ]; then echo 174; else echo 2048; fi)" "$(limit cpu cpu.shares cpu.weight)"
	rt update --cpu-quota -1 web
	same "$(if [ "$VIEW" = v2 ]; then echo max 50000; else echo -1; fi)" "$(limit cpu cpu.cfs_quota_us cpu.max)"
}

@test "cpu burst and idle" {
	need_controller cpu
	rt run -d web
	[ -e "$(cgroup_dir cpu)/cpu.idle" ] || skip "this kernel has no cpu.idle"
	rt update --cpu-quota 50000 --cpu-burst 10000 web
	same 10000 "$(limit cpu cpu.cfs_burst_us cpu.max.burst)"
	# Above the quota it is refused, and the quota below it.
	rt_fail update --cpu-burst 60000 web
	says "above the quota"
	rt_fail update --cpu-quota 5000 web
	says burst
	rt update --cpu-burst 0 web
	same 0 "$(limit cpu cpu.cfs_burst_us cpu.max.burst)"
	rt update --cpu-share 2048 web
	rt update --cpu-idle 1 web
	same 1 "$(of cpu cpu.idle)"
	# Shares wait until that is over, then they are as they were.
	rt update --cpu-share 512 web
	same 1 "$(of cpu cpu.idle)"
	rt update --cpu-idle 0 web
	same 0 "$(of cpu cpu.idle)"
	same "$(if [ "$VIEW" = v2 ]; then echo 59; else echo 512; fi)" "$(limit cpu cpu.shares cpu.weight)"
}

@test "processors and memory nodes" {
	need_controller cpuset
	[ "$(nproc)" -gt 1 ] || skip "there is only one processor"
	rt run -d web
	rt update --cpuset-cpus 1 --cpuset-mems 0 web
	same 1 "$(of cpuset cpuset.cpus)"
	same 0 "$(of cpuset cpuset.mems)"
	same 1 "$(grep Cpus_allowed_list "/proc/$(pid_of web)/status" | cut -f 2)"
	rt update --cpuset-cpus 0-1 web
	same 0-1 "$(of cpuset cpuset.cpus)"
}

@test "pids: 0 is a limit, -1 is none" {
	need_controller pids
	rt run -d web
	rt update --pids-limit 10 web
	same 10 "$(pids)"
	rt update --pids-limit 0 web
	same 1 "$(pids)"
	run rt exec web sh -c 'sleep 0 & wait'
	says "Resource temporarily unavailable"
	rt update --pids-limit -1 web
	same max "$(pids)"
	rt exec web true
}

@test "block devices: weight and rates" {
	local dir device
	if [ "$VIEW" = v2 ]; then need_controller io; else need_controller blkio; fi
	device=$(lsblk -dnro MAJ:MIN,TYPE 2>/dev/null | awk '$2 == "disk" || $2 == "loop" { print $1; exit }')
	[ "$device" ] || skip "there is no block device here"
	rt run -d web
	dir=$(cgroup_dir blkio)
	if [ "$VIEW" = v2 ]; then
		printf '{"blockIO": {"throttleReadBpsDevice": [{"major": %d, "minor": %d, "rate": 1048576}]}}' ${device/:/ } |
			rt update -r - web
		grep -qx "$device rbps=1048576 wbps=max riops=max wiops=max" "$dir/io.max"
		printf '{"blockIO": {"throttleReadBpsDevice": [{"major": %d, "minor": %d, "rate": 0}],
			"throttleWriteIOPSDevice": [{"major": %d, "minor": %d, "rate": 7}]}}' ${device/:/ } ${device/:/ } |
			rt update -r - web
		grep -qx "$device rbps=max wbps=max riops=max wiops=7" "$dir/io.max"
	else
		printf '{"blockIO": {"throttleReadBpsDevice": [{"major": %d, "minor": %d, "rate": 1048576}]}}' ${device/:/ } |
			rt update -r - web
		grep -qx "$device 1048576" "$dir/blkio.throttle.read_bps_device"
		printf '{"blockIO": {"throttleReadBpsDevice": [{"major": %d, "minor": %d, "rate": 0}]}}' ${device/:/ } |
			rt update -r - web
		(! grep -q "$device" "$dir/blkio.throttle.read_bps_device")
	fi
	if [ -e "$dir/blkio.bfq.weight" ]; then
		rt update --blkio-weight 321 web
		same 321 "$(cat "$dir/blkio.bfq.weight")"
	elif [ -e "$dir/io.bfq.weight" ]; then
		rt update --blkio-weight 321 web
		same "default 321" "$(head -n 1 "$dir/io.bfq.weight")"
	elif [ -e "$dir/io.weight" ]; then
		rt update --blkio-weight 1000 web
		same "default 10000" "$(head -n 1 "$dir/io.weight")"
	else
		rt_fail update --blkio-weight 321 web
		says "--blkio-weight" "cannot weigh"
	fi
}

@test "huge pages" {
	local dir=$(cgroup_dir hugetlb) file
	case $VIEW in
	hybrid) grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers || skip "no hugetlb"; dir=/sys/fs/cgroup/unified$CGROUP ;;
	*) need_controller hugetlb ;;
	esac
	[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no pages of 2 MB"
	# The controller is switched on only now.
	rt run -d web
	echo '{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]}' | rt update -r - web
	file=$dir/hugetlb.2MB.max
	[ -e "$file" ] || file=$dir/hugetlb.2MB.limit_in_bytes
	same 4194304 "$(cat "$file")"
	echo '{"hugepageLimits": [{"pageSize": "2MB", "limit": 2097152}]}' | rt update -r - web
	same 2097152 "$(cat "$file")"
}

@test "unified: any file of v2, and back if another is refused" {
	need_view v2
	rt run -d web
	echo '{"unified": {"cgroup.max.depth": "3", "cgroup.max.descendants": "9"}}' | rt update -r - web
	same 3 "$(of x cgroup.max.depth)"
	same 9 "$(of x cgroup.max.descendants)"
	snapshot >"$T/before"
	run rt update -r - web <<<'{"unified": {"cgroup.max.depth": "5", "cgroup.max.descendants": "banana"}}'
	[ "$status" = 1 ]
	says "/unified/cgroup.max.descendants" banana
	same 3 "$(of x cgroup.max.depth)"
	same 9 "$(of x cgroup.max.descendants)"
	unchanged
}

@test "limits from a file, from standard input, from a pipe" {
	need_controller pids
	rt run -d web
	echo '{"pids": {"limit": 11}}' >"$T/limits.json"
	rt update --resources "$T/limits.json" web
	same 11 "$(pids)"
	echo '{"pids": {"limit": 12}}' | rt update -r - web
	same 12 "$(pids)"
	rt update --resources=<(echo '{"pids": {"limit": 13}}') web
	same 13 "$(pids)"
	# What stands beside it is ignored, as runc does, but not silently.
	run rt update --resources "$T/limits.json" --pids-limit 99 web
	[ "$status" = 0 ]
	same 11 "$(pids)"
	grep -q ignored "$LOG"
}

@test "what containerd and docker send: everything, with zeros and nulls" {
	need_controller pids
	rt run -d web
	rt update --resources - web <<-END
		{"devices": [{"allow": false, "access": "rwm"}], "memory": {"limit": 0, "swap": 0, "reservation": 0, "kernel": 0},
		 "cpu": {"shares": 0, "quota": 0, "period": 0, "cpus": "", "mems": "", "realtimePeriod": 0, "realtimeRuntime": 0},
		 "pids": {"limit": 17}, "blockIO": {"weight": 0, "weightDevice": null, "throttleReadBpsDevice": null}, "network": null}
	END
	same 17 "$(pids)"
	rt exec web true
}

@test "all or nothing: what was written before a refusal goes back" {
	case $VIEW in
	v2) need_controller memory cpu cpuset pids ;;
	esac
	resources '{memory: {limit: 67108864, swap: 134217728}, pids: {limit: 50}, cpu: {shares: 512, quota: 20000, period: 50000}}'
	rt run -d web
	snapshot >"$T/before"
	# No machine has this processor; it is the last to be written that can be refused.
	rt_fail update --memory 32m --memory-swap 32m --cpu-share 100 --cpu-quota 10000 --cpu-period 20000 --pids-limit 7 \
		--oom-score-adj 700 --cpuset-cpus 5000 web
	says "--cpuset-cpus" 5000
	unchanged
	same 0 "$(cat "/proc/$(pid_of web)/oom_score_adj")"
	# The other way round, with larger values.
	rt_fail update --memory 512m --memory-swap 1g --cpu-quota 100000 --cpu-period 100000 --pids-limit 700 --cpuset-cpus 5000 web
	unchanged
}

@test "what this machine cannot do is found before anything is written" {
	rt run -d web
	snapshot >"$T/before"
	run rt update -r - web <<<'{"pids": {"limit": 3}, "rdma": {"nope": {"hcaHandles": 1}}, "unified": {"nosuch.max": "1"}}'
	[ "$status" = 1 ]
	unchanged
}

@test "bad values: one clear error, and nothing is changed" {
	local bad
	rt run -d web
	snapshot >"$T/before"
	for bad in "--memory banana" "--memory 12q" "--memory -2" "--memory-swap 1.x" "--cpu-quota 5" "--cpu-quota 1e3" \
		"--cpu-period 5" "--cpu-period -1" "--cpu-share -1" "--cpu-idle 2" "--cpuset-cpus x" "--cpuset-cpus 0-" \
		"--pids-limit -7" "--pids-limit x" "--blkio-weight 5" "--blkio-weight 70000" "--cpu-burst -1" \
		"--oom-score-adj 1001" "--oom-score-adj x" "--ulimit nofile" "--ulimit nope=1" "--ulimit nofile=2:1" \
		"--ulimit nofile=x" "--memory 9999999999999999999999"; do
		rt_fail update $bad web
		same 1 "$(grep -c . <<<"$output")"
		says "update web: " "$(sed 's/^--//; s/ .*//' <<<"$bad")"
	done
	unchanged
}

@test "a file that is wrong is told with the place of every fault" {
	rt run -d web
	snapshot >"$T/before"
	cat >"$T/limits.json" <<-END
		{
		  "pids": {"limit": -7},
		  "memory": {"limit": "64m"}
		}
	END
	rt_fail update -r "$T/limits.json" web
	says "limits.json:2:21: /pids/limit" "limits.json:3:23: /memory/limit"
	echo '{"pids": ' >"$T/limits.json"
	rt_fail update -r "$T/limits.json" web
	says "limits.json:"
	echo '[]' | { rt_fail update -r - web; says "standard input"; }
	rt_fail update -r "$T/nope.json" web
	says "nope.json" "no such file or directory"
	rt_fail update -r "$T" web
	says directory
	# What only the kernel knows points into the file, too.
	case $VIEW in
	v2) echo '{"unified": {"cgroup.max.depth": "banana"}}' >"$T/limits.json" ;;
	*) echo '{"cpu": {"cpus": "5000"}}' >"$T/limits.json" ;;
	esac
	rt_fail update -r "$T/limits.json" web
	says "limits.json:1:"
	unchanged
}

@test "a container that does not exist or has stopped has no limits to change" {
	rt_fail update --pids-limit 5 web
	says "does not exist"
	rt run -d web
	rt kill web KILL
	wait_status web stopped
	rt_fail update --pids-limit 5 web
	says "container not running"
}

@test "created and paused ones have" {
	need_controller pids
	rt create web
	rt update --pids-limit 5 web
	same 5 "$(pids)"
	is web created
	rt start web
	rt pause web
	rt update --pids-limit 6 web
	same 6 "$(pids)"
	is web paused
}

@test "the kept config is changed, the bundle is not" {
	need_controller pids
	cp config.json "$T/bundle.json"
	rt run -d web
	rt update --pids-limit 5 --ulimit core=0 --oom-score-adj 300 web
	cmp config.json "$T/bundle.json"
	jq -e '.linux.resources.pids.limit == 5 and .process.oomScoreAdj == 300' "$STATE/web/config.json"
	jq -e '[.process.rlimits[] | select(.type == "RLIMIT_CORE")] == [{type: "RLIMIT_CORE", soft: 0, hard: 0}]' "$STATE/web/config.json"
	jq -e '.process.args == ["sleep", "1000"] and .linux.cgroupsPath == $p' --arg p "$CGROUP" "$STATE/web/config.json"
	rt exec web true
}

@test "resource limits and the OOM score of the processes that there are, and of those to come" {
	local pid
	shell 'sleep 1001 & exec sleep 1002'
	rt run -d web
	wait_for sh -c "'$RUNTIME' --root '$STATE' ps -f json web | jq -e 'length == 2'"
	rt update --ulimit nofile=100:200 --ulimit RLIMIT_CORE=0 --oom-score-adj 321 web
	for pid in $(rt ps -f json web | jq '.[]'); do
		same "100 200" "$(awk '/^Max open files/ { print $4, $5 }' "/proc/$pid/limits")"
		same "0 0" "$(awk '/^Max core file/ { print $5, $6 }' "/proc/$pid/limits")"
		same 321 "$(cat "/proc/$pid/oom_score_adj")"
	done
	run rt exec web sh -c 'ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj'
	same $'100\n200\n321' "$output"
	# One that is out of reach changes no other.
	if ! capsh --has-p=cap_sys_resource 2>/dev/null; then
		rt_fail update --ulimit nofile=100:300 --oom-score-adj 400 web
		says RLIMIT_NOFILE "CAP_SYS_RESOURCE"
		same 321 "$(cat "/proc/$(pid_of web)/oom_score_adj")"
	fi
}

@test "every process gets them, however few descriptors there are" {
	local pid
	shell 'i=0; while [ $i -lt 90 ]; do sleep 1000 & i=$((i + 1)); done; echo ready; wait'
	rt run -d web
	wait_for grep -q ready "$OUT"
	(ulimit -n 50 && "${RT[@]}" update --ulimit core=0 --oom-score-adj 300 web)
	for pid in $(rt ps -f json web | jq '.[]'); do
		same 300 "$(cat "/proc/$pid/oom_score_adj")"
	done
}

limits_of()
{
	awk '/^Max open files/ { print $4, $5 } /^Max core file/ { print $5, $6 }' "/proc/$1/limits" | xargs
	cat "/proc/$1/oom_score_adj"
}

@test "what cannot be noted goes back: of the cgroup, and of each process" {
	local pid before hard
	shell 'sleep 1001 & exec sleep 1002'
	rt run -d web
	wait_for sh -c "'$RUNTIME' --root '$STATE' ps -f json web | jq -e 'length == 2'"
	pid=$(pid_of web)
	before=$(limits_of "$pid")
	hard=$(head -n 1 <<<"$before" | cut -d " " -f 4)
	case $VIEW in
	v2) echo '{"unified": {"cgroup.max.depth": "3"}}' ;;
	*) echo '{"pids": {"limit": 55}, "devices": [{"allow": true, "type": "c", "major": 300, "minor": 6, "access": "rw"}]}' ;;
	esac >"$T/limits.json"
	snapshot >"$T/before"
	test_mount --bind "$STATE/web/config.json" "$STATE/web/config.json"
	rt_fail update -r "$T/limits.json" --oom-score-adj 400 --ulimit "nofile=33:$hard" web
	says "note the limits"
	unchanged
	for pid in $(rt ps -f json web | jq '.[]'); do
		same "$before" "$(limits_of "$pid")"
	done
	umount "$STATE/web/config.json"
	test_mounts=()
	rt update -r "$T/limits.json" --oom-score-adj 400 --ulimit "nofile=33:$hard" web
	[[ $(limits_of "$pid") == *" 33 $hard"*400 ]]
}

@test "of several ulimits for one resource the last counts" {
	rt run -d web
	rt update --ulimit core=0:0 --ulimit nofile=40:50 --ulimit core=0:10 web
	same "0 10 40 50" "$(limits_of "$(pid_of web)" | head -n 1)"
	jq -e '[.process.rlimits[] | select(.type == "RLIMIT_CORE")] == [{type: "RLIMIT_CORE", soft: 0, hard: 10}]' "$STATE/web/config.json"
	snapshot >"$T/before"
	rt_fail update --oom-score-adj 500 --ulimit "nofile=1:$(($(cat /proc/sys/fs/nr_open) + 1))" web
	says RLIMIT_NOFILE "nr_open allows no more"
	unchanged
}

@test "processes that come and go all the time do not keep it" {
	local pid
	shell 'for i in $(seq 6); do while :; do (:); done & done; wait'
	rt run -d web
	sleep 0.5
	run timeout "$((20 * SLOW))" "${RT[@]}" update --ulimit core=0:7 --oom-score-adj 700 web
	[ "$status" = 0 ] || { echo "$status: $output"; return 1; }
	for pid in $(pid_of web) $(cat "/proc/$(pid_of web)/task"/*/children); do
		same "0 7" "$(limits_of "$pid" | head -n 1 | cut -d " " -f 1,2)"
		same 700 "$(cat "/proc/$pid/oom_score_adj")"
	done
}

@test "device rules change while the container runs" {
	need_root
	spec '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
	spec '.linux.devices = [{path: "/dev/x", type: "c", major: 300, minor: 5}, {path: "/dev/y", type: "c", major: 300, minor: 6}]'
	resources '{devices: [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 300, minor: 5, access: "r"}]}'
	rt run -d web
	opens()
	{
		run rt exec web sh -c 'for d in x y; do for m in "<" ">"; do
			sh -c ": $m/dev/$d" 2>&1 | grep -q "not permitted" || echo "$d$m"; done; done; echo x >/dev/null && echo null'
		output=$(xargs <<<"$output")
	}
	opens
	same "x< null" "$output"
	rt update -r - web <<<'{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 300, "minor": 6, "access": "rw"},
		{"allow": true, "type": "c", "major": 300, "minor": 5, "access": "w"}]}'
	opens
	same "x> y< y> null" "$output"
	rt update -r - web <<<'{"devices": [{"allow": true, "access": "rwm"}, {"allow": false, "type": "c", "major": 300, "minor": 6, "access": "w"}]}'
	opens
	same "x< x> y< null" "$output"
	rt update -r - web <<<'{"devices": [{"allow": false, "access": "rwm"}]}'
	opens
	same null "$output"
	# A wrong rule leaves it at that.
	rt_fail update -r <(echo '{"devices": [{"allow": true, "type": "x", "access": "rwm"}]}') web
	says "/devices/0/type"
	opens
	same null "$output"
}

@test "the usual devices can be opened at every moment of a change" {
	need_root
	resources '{devices: [{allow: false, access: "rwm"}]}'
	shell 'while :; do : </dev/null || { echo denied; exit 1; }; done'
	rt run -d web
	for minor in 5 6 7 8 9 10 11 12; do
		rt update -r <(echo '{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 300, "minor": '$minor', "access": "rw"}]}') web
	done
	is web running
	! grep denied "$OUT"
}

@test "updates at the same time: each is done, none is lost" {
	need_controller pids
	local i pids=()
	rt run -d web
	for i in 1 2 3 4 5 6; do
		in_background "${RT[@]}" update --ulimit core=0 --pids-limit $((100 + i)) web
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		ends 0 "$i"
	done
	same "$(pids)" "$(jq .linux.resources.pids.limit "$STATE/web/config.json")"
}

@test "a hook may update the container" {
	need_controller pids
	printf '#!/bin/sh\nexec %s --root %s update --pids-limit 44 web 3>&- 4>&-\n' "$RUNTIME" "$STATE" >"$T/hook"
	chmod +x "$T/hook"
	spec '.hooks.poststart = [{path: $h}]' --arg h "$T/hook"
	rt run -d web
	same 44 "$(pids)"
}

@test "without a cgroup there is nothing to limit, but the processes" {
	rt --cgroup-manager disabled run -d web
	rt_fail update --pids-limit 5 web
	says "--pids-limit" "no cgroup"
	rt update --oom-score-adj 200 web
	same 200 "$(cat "/proc/$(pid_of web)/oom_score_adj")"
}

@test "Intel RDT, where there is none" {
	[ ! -e /sys/fs/resctrl/schemata ] || skip "this machine has resctrl"
	rt run -d web
	rt_fail update --l3-cache-schema "L3:0=f" web
	says "Intel RDT/CAT: l3 cache schema is not enabled"
	rt_fail update --mem-bw-schema "MB:0=50" web
	says "Intel RDT/MBA: memory bandwidth schema is not enabled"
}
