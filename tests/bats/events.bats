# events prints what a container uses, as runc does, and reports when it runs out of memory.
# as a user too
load helpers
load lib/cgroups
load lib/programs
load lib/mounts

stats()
{
	rt events --stats web
}

@test "--stats prints one line and ends" {
	rt run -d web
	run stats
	same 0 "$status"
	same 1 "$(wc -l <<<"$output")"
	jq -e '.type == "stats" and .id == "web" and (.data | type == "object")' <<<"$output"
}

# True if the container's cgroup counts RDMA devices, and there are any.
has_rdma()
{
	grep -qs . "$(cgroup_dir rdma)/rdma.max"
}

@test "the members are runc's, in runc's order" {
	rt run -d web
	run stats
	same '["type","id","data"]' "$(jq -c keys_unsorted <<<"$output")"
	same "[\"cpu\",\"cpuset\",\"memory\",\"pids\",\"blkio\",\"hugetlb\",\"intel_rdt\",\"network_interfaces\"$(has_rdma && echo ',"rdma"')]" \
		"$(jq -c '.data | keys_unsorted' <<<"$output")"
	jq -e '.data | (.intel_rdt == {}) and (.network_interfaces == null) and (.hugetlb | type == "object") and
		(.cpu | has("usage") and has("throttling")) and (.cpu.usage | has("kernel") and has("user")) and
		(.memory | has("usage") and has("swap") and has("kernel") and has("kernelTCP")) and
		([.memory.usage, .memory.swap, .memory.kernel, .memory.kernelTCP | has("limit") and has("failcnt")] | all) and
		(.cpuset | has("cpu_exclusive") and has("sched_relax_domain_level"))' <<<"$output"
	# Go prints maps sorted.
	jq -e '.data.memory.raw // {} | keys_unsorted == keys' <<<"$output"
}

# What runc itself says of the same container, but for what it leaves out on older versions and what changes all the time.
@test "beside the runc of this machine" {
	need_command runc
	# We switch hugetlb on where a limit asks for it; on v2 runc takes all controllers that there are.
	# The disks of blkio on v2 are those that were used so far.
	local shape='[.data | del(.blkio, .hugetlb, (.. | .psi?, .cache?, .usage?, .max?)) | paths(scalars) | map(select(type == "string")) | join(".")] | unique'
	rt run -d web
	run stats
	echo "$output" >"$T/ours"
	! has_rdma || shape=${shape/del(/del(.rdma, }	# as of hugetlb above
	rt delete --force web
	spec '.ociVersion = "1.0.2"'
	runc --root "$T/runc" run -d "$ID-runc" </dev/null >/dev/null 2>&1 3>&- 4>&-
	runc --root "$T/runc" events --stats "$ID-runc" >"$T/theirs"
	runc --root "$T/runc" delete --force "$ID-runc"
	jq -c "$shape" "$T/ours" >"$T/a"
	jq -c "$shape" "$T/theirs" >"$T/b"
	diff "$T/a" "$T/b"
	# The same order, member by member.
	diff <(jq -c '.data.cpuset | keys_unsorted' "$T/ours") <(jq -c '.data.cpuset | keys_unsorted' "$T/theirs")
	diff <(jq -c '.data.memory.raw // {} | keys_unsorted' "$T/ours") <(jq -c '.data.memory.raw // {} | keys_unsorted' "$T/theirs")
	diff <(jq -c '.data.cpu.usage | keys_unsorted' "$T/ours") <(jq -c '.data.cpu.usage | keys_unsorted' "$T/theirs")
	# Older versions do not know the peak of v2.
	diff <(jq -c '.data.memory | del(.psi, .cache, .raw) | map_values(keys_unsorted - ["max"])' "$T/ours") \
		<(jq -c '.data.memory | del(.psi, .cache, .raw) | map_values(keys_unsorted - ["max"])' "$T/theirs")
	diff <(jq -c '.data.memory | del(.psi, .cache) | map_values(.limit? // null)' "$T/ours") \
		<(jq -c '.data.memory | del(.psi, .cache) | map_values(.limit? // null)' "$T/theirs")
}

@test "processor time, in nanoseconds" {
	shell 'while :; do :; done'
	rt run -d web
	wait_for sh -c "'$RUNTIME' --root '$STATE' events --stats web | jq -e '.data.cpu.usage.total > 100000000'"
	run stats
	jq -e '.data.cpu.usage | .total >= 100000000 and .total < 100000000000 and (.user > 0 or .kernel > 0)' <<<"$output"
	if [ "$VIEW" != v2 ]; then
		jq -e --argjson n "$(nproc)" '.data.cpu.usage | (.percpu | length) >= $n and (.percpu_user | length) == (.percpu_kernel | length)' <<<"$output"
		same "$(cat "$(cgroup_dir cpuset)/cpuset.cpus")" "$(jq -r '.data.cpuset.cpus | if length == 1 then "\(.[0])" else "\(first)-\(last)" end' <<<"$output")"
	fi
}

@test "throttling" {
	need_controller cpu
	spec '.linux.resources.cpu = {quota: 2000, period: 10000}'
	shell 'while :; do :; done'
	rt run -d web
	wait_for sh -c "'$RUNTIME' --root '$STATE' events --stats web |
		jq -e '.data.cpu.throttling | .throttledPeriods > 0 and .periods >= .throttledPeriods and .throttledTime > 1000000'"
}

@test "memory: usage, limit, peak; no limit is a very large number" {
	need_controller memory
	spec '.linux.resources.memory = {limit: 67108864}'
	inside eat 8
	rt run -d web
	wait_for grep -q ready "$OUT"
	run stats
	jq -e '.data.memory | .usage.limit == 67108864 and .usage.usage > 8388608 and .usage.usage < 67108864 and
		(.usage.max == null or .usage.max >= .usage.usage) and .swap.usage >= .usage.usage and
		(.raw.rss // .raw.anon) > 8388608' <<<"$output"
	rt update --memory -1 web
	run stats
	jq -e '.data.memory.usage.limit > 9000000000000000000' <<<"$output"
}

@test "processes: how many, and how many there may be, which is nothing without a limit" {
	shell 'sleep 1001 & sleep 1002 & wait'
	rt run -d web
	wait_for sh -c "'$RUNTIME' --root '$STATE' events --stats web | jq -e '.data.pids == {current: 3}'"
	need_controller pids
	rt update --pids-limit 20 web
	run stats
	jq -e '.data.pids == {current: 3, limit: 20}' <<<"$output"
}

# v1 counts where a limit is: one that nobody reaches.
@test "block devices: what was read" {
	local file=$(readlink -f /bin/bash) device
	if [ "$VIEW" = v2 ]; then need_controller io; else need_controller blkio; fi
	read -r device < <(findmnt -no MAJ:MIN -T "$file")
	lsblk -dnro MAJ:MIN,TYPE | grep -qx "$device disk" &&
		dd if="$file" of=/dev/null iflag=direct bs=4k count=1 2>/dev/null || skip "$file is on no disk that can be read directly"
	spec '.linux.resources.blockIO.throttleReadBpsDevice = [{major: $a, minor: $b, rate: 10000000000}]' \
		--argjson a "${device%:*}" --argjson b "${device#*:}"
	spec '.mounts += [{destination: "/etc/file", type: "none", source: $f, options: ["bind", "ro"]}]' --arg f "$file"
	rt run -d web
	rt exec web dd if=/etc/file of=/dev/null iflag=direct bs=64k count=8
	run stats
	jq -e --argjson a "${device%:*}" '.data.blkio.ioServiceBytesRecursive |
		map(select(.op == "Read" and .major == $a) | .value) | add >= 524288' <<<"$output"
	jq -e '.data.blkio.ioServicedRecursive | map(select(.op == "Read") | .value) | add >= 8' <<<"$output"
}

@test "huge pages" {
	case $VIEW in
	hybrid) grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers || skip "no hugetlb" ;;
	*) need_controller hugetlb ;;
	esac
	[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no pages of 2 MB"
	spec '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 2097152}]'
	rt run -d web
	run stats
	jq -e '.data.hugetlb["2MB"].failcnt == 0' <<<"$output"
}

@test "pressure in v2" {
	need_view v2
	rt run -d web
	[ -e "$(cgroup_dir)/cpu.pressure" ] || skip "this kernel has no pressure information"
	run stats
	jq -e '.data.cpu.psi | (.some | keys_unsorted == ["avg10", "avg60", "avg300", "total"]) and has("full")' <<<"$output"
}

@test "network interfaces of a namespace of its own, but the loopback" {
	need_root
	need_command ip
	local name=ct$RANDOM
	rt run -d web
	ip link add "$name" type veth peer name eth7 netns "$(pid_of web)" || skip "no veth here"
	nsenter -t "$(pid_of web)" -n sh -c 'ip link set eth7 up'
	ip link set "$name" up
	wait_for sh -c "'$RUNTIME' --root '$STATE' events --stats web |
		jq -e '.data.network_interfaces | length == 1 and .[0].Name == \"eth7\" and (.[0] | keys_unsorted) ==
		[\"Name\", \"RxBytes\", \"RxPackets\", \"RxErrors\", \"RxDropped\", \"TxBytes\", \"TxPackets\", \"TxErrors\", \"TxDropped\"]'"
	wait_for sh -c "'$RUNTIME' --root '$STATE' events --stats web | jq -e '.data.network_interfaces[0].RxPackets > 0'"
	ip link del "$name"
}

@test "interfaces that are the host's are none of the container's" {
	spec '.linux.namespaces |= map(select(.type != "network"))'
	rt run -d web
	run stats
	jq -e '.data.network_interfaces == null' <<<"$output"
}

@test "lines come each interval, until the container stops" {
	rt run -d web
	in_background "${RT[@]}" events --interval 20ms web >"$T/lines"
	wait_for sh -c "[ \$(wc -l <'$T/lines') -ge 4 ]"
	rt kill web KILL
	ends 0 $!
	jq -e -s 'all(.type == "stats" and .id == "web")' "$T/lines"
}

@test "events end when the container is deleted, paused or not" {
	rt run -d web
	in_background "${RT[@]}" events web >"$T/lines"
	rt pause web
	sleep 0.1
	kill -0 $!
	rt delete --force web
	ends 0 $!
}

@test "memory that ends is told" {
	need_controller memory
	spec '.linux.resources.memory = {limit: 33554432}'
	add_inside
	shell 'read x </go; /bin/inside eat 100; read x </go'
	spec '.root.readonly = false'
	mkfifo rootfs/go
	rt run -d web
	in_background "${RT[@]}" events --interval 1h web >"$T/lines"
	# The watch must be there before memory runs out.
	wait_for sh -c "ls -l /proc/$!/fd | grep -q 'eventfd\|memory.events'"
	echo >rootfs/go
	wait_for grep -qx '{"type":"oom","id":"web"}' "$T/lines"
	is web running
	rt kill web KILL
	ends 0 $!
}

@test "memory that ends with the first process is told before the end" {
	need_controller memory
	spec '.linux.resources.memory = {limit: 33554432} | .root.readonly = false'
	add_inside
	shell 'read x </go; exec /bin/inside eat 100'
	mkfifo rootfs/go
	rt run -d web
	in_background "${RT[@]}" events --interval 1h web >"$T/lines"
	wait_for sh -c "ls -l /proc/$!/fd | grep -q 'eventfd\|memory.events'"
	echo >rootfs/go
	ends 0 $!
	grep -qx '{"type":"oom","id":"web"}' "$T/lines"
}

@test "what cannot be is refused in runc's words" {
	rt_fail events web
	says "does not exist"
	rt run -d web
	rt_fail events --interval 0s web
	says "duration interval must be greater than 0"
	rt_fail events --interval=-5s web
	says "duration interval must be greater than 0"
	rt_fail events --interval soon web
	says "soon"
	rt kill web KILL
	wait_status web stopped
	rt_fail events --stats web
	says "container with id web is not running"
}

@test "a created and a paused container have statistics" {
	rt create web
	run stats
	jq -e '.data.pids.current == 1' <<<"$output"
	rt start web
	rt pause web
	run stats
	jq -e '.data.pids.current == 1' <<<"$output"
}

@test "without a cgroup there are none, and it says so" {
	rt --cgroup-manager disabled run -d web
	rt_fail events --stats web
	says "the container has no cgroup"
}

@test "a reader that goes away ends it" {
	rt run -d web
	in_background "${RT[@]}" events --interval 10ms web > >(head -n 1 >"$T/one")
	wait_for gone $!
	[ -s "$T/one" ]
}
