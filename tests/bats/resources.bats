# Every property of linux.resources is in the kernel's file before the program runs, or the error says why it cannot be:
# with every driver.
load helpers
load lib/cgroups
load lib/mounts
load lib/programs
load lib/systemd

# by DRIVER: where the container's cgroup shall be
by()
{
	DRIVER=$1
	if [ "$DRIVER" = systemd ]; then unit; else spec '.linux.cgroupsPath = $p' --arg p "$CGROUP"; fi
}

drivers()
{
	echo cgroupfs
	[ ! -d /run/systemd/system ] || echo systemd
}

make()
{
	rt --cgroup-manager "${DRIVER=cgroupfs}" create web
}

where()
{
	if [ "${DRIVER=cgroupfs}" = systemd ]; then unit_dir "$1"; else cgroup_dir "$1"; fi
}

# of CONTROLLER FILE
of()
{
	cat "$(where "$1")/$2"
}

# becomes JSON CONTROLLER V1-FILE V1-VALUE [V2-FILE V2-VALUE]; "-" for a value: refused there, with the place
becomes()
{
	local json=$1 controller=$2 file=$3 value=$4 driver
	[ "$VIEW" != v2 ] || { file=${5-} value=${6--}; }
	spec '.linux.resources = {}'
	resources "$json"
	for driver in $(drivers); do
		by "$driver"
		if [ "$value" = - ]; then
			rt_fail --cgroup-manager "$driver" create web
			says "/linux/resources/"
		else
			make
			same "$value" "$(of "$controller" "$file" | head -n 1)" || { echo "$driver: $json"; return 1; }
			rt delete --force web
		fi
		[ ! -e "$(where "$controller")" ]
	done
}

# A block device of this machine, MAJOR:MINOR.
disk()
{
	lsblk -dnro MAJ:MIN,TYPE 2>/dev/null | awk '$2 == "disk" || $2 == "loop" { print $1; exit }'
}

@test "memory: limit, reservation, swap, and no limit" {
	need_controller memory
	local none=9223372036854771712
	becomes '{memory: {limit: 67108864}}' memory memory.limit_in_bytes 67108864 memory.max 67108864
	becomes '{memory: {limit: -1}}' memory memory.limit_in_bytes $none memory.max max
	becomes '{memory: {reservation: 33554432}}' memory memory.soft_limit_in_bytes 33554432 memory.low 33554432
	becomes '{memory: {limit: 67108864, reservation: -1}}' memory memory.soft_limit_in_bytes $none memory.low max
	if [ "$VIEW" = v2 ] || [ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]; then
		becomes '{memory: {limit: 67108864, swap: 100663296}}' memory memory.memsw.limit_in_bytes 100663296 memory.swap.max 33554432
		becomes '{memory: {limit: 67108864, swap: 67108864}}' memory memory.memsw.limit_in_bytes 67108864 memory.swap.max 0
		becomes '{memory: {limit: 67108864, swap: -1}}' memory memory.memsw.limit_in_bytes $none memory.swap.max max
		becomes '{memory: {limit: -1, swap: 0}}' memory memory.memsw.limit_in_bytes $none memory.swap.max max
	fi
}

@test "memory: what only v1 has" {
	need_controller memory
	becomes '{memory: {swappiness: 0}}' memory memory.swappiness 0
	becomes '{memory: {swappiness: 100}}' memory memory.swappiness 100
	becomes '{memory: {limit: 67108864, disableOOMKiller: true}}' memory memory.oom_control "oom_kill_disable 1"
	becomes '{memory: {kernelTCP: 16777216}}' memory memory.kmem.tcp.limit_in_bytes 16777216
	[ "$VIEW" != v2 ] || becomes '{memory: {limit: 67108864, kernel: 33554432}}' memory
	[ "$VIEW" = v2 ] || becomes '{memory: {limit: 67108864, useHierarchy: true}}' memory memory.use_hierarchy 1
	# What is false or 0 asks for nothing.
	becomes '{memory: {limit: 67108864, disableOOMKiller: false, useHierarchy: false, kernel: 0, kernelTCP: 0}}' memory \
		memory.limit_in_bytes 67108864 memory.max 67108864
}

@test "memory: the kernel limit that Linux no longer has is ignored in v1, and said" {
	need_view v1 hybrid
	need_controller memory
	resources '{memory: {limit: 67108864, kernel: 33554432}}'
	rt create web
	grep -q "linux.resources.memory.kernel is ignored" "$LOG"
}

@test "cpu: shares, quota, period, burst, idle" {
	need_controller cpu
	becomes '{cpu: {shares: 1024}}' cpu cpu.shares 1024 cpu.weight 100
	becomes '{cpu: {shares: 2}}' cpu cpu.shares 2 cpu.weight 1
	becomes '{cpu: {shares: 512}}' cpu cpu.shares 512 cpu.weight 59
	becomes '{cpu: {shares: 262144}}' cpu cpu.shares 262144 cpu.weight 10000
	becomes '{cpu: {quota: 20000}}' cpu cpu.cfs_quota_us 20000 cpu.max "20000 100000"
	becomes '{cpu: {period: 50000}}' cpu cpu.cfs_period_us 50000 cpu.max "max 50000"
	becomes '{cpu: {quota: 20000, period: 50000}}' cpu cpu.cfs_quota_us 20000 cpu.max "20000 50000"
	becomes '{cpu: {quota: -1, period: 50000}}' cpu cpu.cfs_quota_us -1 cpu.max "max 50000"
	need_kernel 5.15
	becomes '{cpu: {quota: 20000, burst: 5000}}' cpu cpu.cfs_burst_us 5000 cpu.max.burst 5000
	becomes '{cpu: {idle: 1, shares: 512}}' cpu cpu.idle 1 cpu.idle 1
	becomes '{cpu: {idle: 0, shares: 512}}' cpu cpu.shares 512 cpu.weight 59
}

@test "cpu: real-time budget, in v1 only, and only as much as the parent has" {
	need_controller cpu
	local json='{cpu: {realtimePeriod: 500000, realtimeRuntime: 1000}}'
	if [ "$VIEW" != v2 ] && [ ! -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ] && ! find /sys/fs/cgroup/cpu -maxdepth 2 -name cpu.rt_runtime_us | grep -q .; then
		resources "$json"
		rt_fail create web
		says "/linux/resources/cpu/realtime" "this kernel schedules no real-time groups"
		return
	fi
	becomes '{cpu: {realtimePeriod: 500000}}' cpu cpu.rt_period_us 500000
	# A parent of no budget cannot give any.
	spec '.linux.resources = {}'
	resources "$json"
	rt_fail create web
	says "/linux/resources/cpu/realtime"
	[ ! -e "$(cgroup_dir cpu)" ]
}

@test "cpu: real-time budget below a parent that has some; a real-time program runs on it" {
	local parent=/ctr-run-test.$RUN.rt-$VIEW dir
	need_view v1 hybrid
	need_controller cpu
	dir=$(cgroup_dirs "$parent" | grep -x '.*/cpu\(,cpuacct\)\?/[^/]*')
	mkdir "$dir"
	if ! { echo 20000 >"$dir/cpu.rt_runtime_us"; } 2>/dev/null; then
		rmdir "$dir"
		skip "this kernel schedules no real-time groups, or has no time left for one more"
	fi
	resources '{cpu: {realtimePeriod: 500000, realtimeRuntime: 5000}}'
	spec '.linux.cgroupsPath = $p | .process.scheduler = {policy: "SCHED_FIFO", priority: 10}' --arg p "$parent/web"
	inside sched
	run -0 rt run web
	says "policy=1" "priority=10"
	program sleep 1000
	rt run -d web
	same 5000 "$(cat "$dir/web/cpu.rt_runtime_us")"
	same 500000 "$(cat "$dir/web/cpu.rt_period_us")"
	rt update --cpu-rt-runtime 2000 web
	same 2000 "$(cat "$dir/web/cpu.rt_runtime_us")"
	rt update --cpu-rt-period 400000 --cpu-rt-runtime 3000 web
	same "400000 3000" "$(cat "$dir/web/cpu.rt_period_us") $(cat "$dir/web/cpu.rt_runtime_us")"
	rt delete --force web
	rmdir "$dir"
}

@test "cpuset: processors and memory nodes" {
	need_controller cpuset
	becomes '{cpu: {cpus: "0", mems: "0"}}' cpuset cpuset.cpus 0 cpuset.cpus 0
	becomes '{cpu: {mems: "0"}}' cpuset cpuset.mems 0 cpuset.mems 0
	becomes '{cpu: {cpus: "", mems: ""}}' cpuset cpuset.cpus "$(cat /sys/fs/cgroup/cpuset/cpuset.cpus 2>/dev/null)" cgroup.type domain
}

@test "pids: a limit, 0, and none" {
	need_controller pids
	becomes '{pids: {limit: 17}}' pids pids.max 17 pids.max 17
	becomes '{pids: {limit: 0}}' pids pids.max 1 pids.max 1
	becomes '{pids: {limit: -1}}' pids pids.max max pids.max max
	# systemd has a default of its own.
	drivers() { echo cgroupfs; }
	becomes '{pids: {}}' pids pids.max max pids.max max
}

@test "blockIO: weight" {
	local device
	if [ "$VIEW" = v2 ]; then need_controller io; else need_controller blkio; fi
	rt create web
	device=$(ls "$(cgroup_dir blkio)")
	rt delete web
	case " "$(xargs <<<"$device")" " in
	*" blkio.bfq.weight "*) becomes '{blockIO: {weight: 321}}' blkio blkio.bfq.weight 321 ;;
	*" io.bfq.weight "*) becomes '{blockIO: {weight: 321}}' io x x io.bfq.weight "default 321" ;;
	*" io.weight "*) becomes '{blockIO: {weight: 1000}}' io x x io.weight "default 10000" ;;
	*)
		resources '{blockIO: {weight: 321}}'
		rt_fail create web
		says "/linux/resources/blockIO/weight" "cannot weigh" ;;
	esac
	spec '.linux.resources = {}'
	resources '{blockIO: {leafWeight: 100}}'
	rt_fail create web
	says "/linux/resources/blockIO/leafWeight"
}

@test "blockIO: weight of one device" {
	local device=$(disk) file driver
	[ "$device" ] || skip "there is no block device here"
	if [ "$VIEW" = v2 ]; then need_controller io; else need_controller blkio; fi
	spec '.linux.resources.blockIO.weightDevice = [{major: $a, minor: $b, weight: 200}]' --argjson a "${device%:*}" --argjson b "${device#*:}"
	for driver in $(drivers); do
		by "$driver"
		if make 2>"$T/said"; then
			file=$(cd "$(where blkio)" && ls | grep -x 'blkio.bfq.weight_device\|io.bfq.weight\|io.weight' | head -n 1)
			grep -qx "$device \(200\|1920\)" "$(where blkio)/$file"
			rt delete --force web
		else
			# BFQ takes one only for a disk that it schedules.
			grep -q "/linux/resources/blockIO/weightDevice/0/weight" "$T/said"
		fi
	done
}

@test "blockIO: the four throttles of a device" {
	local device=$(disk) dir driver
	[ "$device" ] || skip "there is no block device here"
	if [ "$VIEW" = v2 ]; then need_controller io; else need_controller blkio; fi
	spec '(.linux.resources.blockIO = {}) | .linux.resources.blockIO |= (
		.throttleReadBpsDevice = [{major: $a, minor: $b, rate: 1048576}] | .throttleWriteBpsDevice = [{major: $a, minor: $b, rate: 2097152}] |
		.throttleReadIOPSDevice = [{major: $a, minor: $b, rate: 300}] | .throttleWriteIOPSDevice = [{major: $a, minor: $b, rate: 400}])' \
		--argjson a "${device%:*}" --argjson b "${device#*:}"
	for driver in $(drivers); do
		by "$driver"
		make
		dir=$(where blkio)
		if [ "$VIEW" = v2 ]; then
			same "$device rbps=1048576 wbps=2097152 riops=300 wiops=400" "$(cat "$dir/io.max")"
		else
			same "$device 1048576" "$(cat "$dir/blkio.throttle.read_bps_device")"
			same "$device 2097152" "$(cat "$dir/blkio.throttle.write_bps_device")"
			same "$device 300" "$(cat "$dir/blkio.throttle.read_iops_device")"
			same "$device 400" "$(cat "$dir/blkio.throttle.write_iops_device")"
		fi
		rt delete --force web
	done
}

@test "blockIO: a device that is not there is an error with its place" {
	if [ "$VIEW" = v2 ]; then need_controller io; else need_controller blkio; fi
	resources '{blockIO: {throttleReadBpsDevice: [{major: 4000, minor: 1, rate: 5}]}}'
	rt_fail create web
	says "/linux/resources/blockIO/throttleReadBpsDevice/0" "4000:1"
	[ ! -e "$(cgroup_dir blkio)" ]
}

@test "huge pages: limit and reservation" {
	local dir=$(cgroup_dir hugetlb) file
	case $VIEW in
	hybrid) grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers || skip "no hugetlb"; dir=/sys/fs/cgroup/unified$CGROUP ;;
	*) need_controller hugetlb ;;
	esac
	[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no pages of 2 MB"
	resources '{hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}'
	rt create web
	for file in "$dir"/hugetlb.2MB{,.rsvd}.max "$dir"/hugetlb.2MB{,.rsvd}.limit_in_bytes; do
		[ ! -e "$file" ] || same 4194304 "$(cat "$file")"
	done
	ls "$dir" | grep -q 'hugetlb.2MB.max\|hugetlb.2MB.limit_in_bytes'
}

@test "network: class and priorities, where there are such controllers; v2 has none" {
	if [ "$VIEW" != v2 ] && [ -d /sys/fs/cgroup/net_cls ]; then
		becomes '{network: {classID: 1048577}}' net_cls net_cls.classid 1048577
	else
		resources '{network: {classID: 1048577}}'
		rt_fail create web
		says "/linux/resources/network/classID" net_cls
	fi
	spec '.linux.resources = {}'
	if [ "$VIEW" != v2 ] && [ -d /sys/fs/cgroup/net_prio ]; then
		resources '{network: {priorities: [{name: "lo", priority: 7}]}}'
		by cgroupfs
		rt create web
		grep -qx "lo 7" "$(cgroup_dir net_prio)/net_prio.ifpriomap"
	else
		resources '{network: {priorities: [{name: "lo", priority: 7}]}}'
		rt_fail create web
		says "/linux/resources/network/priorities/0" net_prio
	fi
}

@test "rdma: a device that is not there, or no controller at all" {
	resources '{rdma: {mlx5_77: {hcaHandles: 3, hcaObjects: 10000}}}'
	rt_fail create web
	says "/linux/resources/rdma/mlx5_77"
	[ ! -e "$(cgroup_dir)" ]
}

@test "unified: any file, line by line, after the others" {
	need_view v2
	resources '{unified: {"cgroup.max.depth": "3", "cgroup.max.descendants": "7\n"}}'
	rt create web
	same 3 "$(of x cgroup.max.depth)"
	same 7 "$(of x cgroup.max.descendants)"
	rt delete web
	need_controller memory pids cpu
	becomes '{memory: {limit: 67108864}, unified: {"memory.max": "33554432", "memory.high": "1048576"}}' memory x x memory.max 33554432
	becomes '{unified: {"cpu.weight": "77"}}' cpu x x cpu.weight 77
	becomes '{unified: {"pids.max": "11"}}' pids x x pids.max 11
}

@test "bad values: one line each, with the place, and nothing is left behind" {
	local json place
	while IFS='|' read -r json place; do
		spec '.linux.resources = {}'
		resources "$json"
		rt_fail create web
		same 1 "$(grep -c . <<<"$output")"
		says "config.json:" "/linux/resources/$place"
		[ ! -e "$STATE/web" ]
		[ ! -e "$(cgroup_dir)" ]
	done <<-END
		{memory: {limit: -2}}|memory/limit
		{memory: {limit: "64m"}}|memory/limit
		{memory: {limit: 1e30}}|memory/limit
		{memory: {swap: 1000000}}|memory/swap
		{memory: {limit: 1000000, swap: 999999}}|memory/swap
		{memory: {swappiness: 101}}|memory/swappiness
		{memory: {reservation: -5}}|memory/reservation
		{cpu: {quota: 5}}|cpu/quota
		{cpu: {quota: 999}}|cpu/quota
		{cpu: {period: 5}}|cpu/period
		{cpu: {period: 2000000}}|cpu/period
		{cpu: {quota: 20000, burst: 30000}}|cpu/burst
		{cpu: {idle: 2}}|cpu/idle
		{cpu: {idle: -1}}|cpu/idle
		{cpu: {cpus: "0-"}}|cpu/cpus
		{cpu: {cpus: "a"}}|cpu/cpus
		{cpu: {mems: "0,,1"}}|cpu/mems
		{cpu: {shares: -1}}|cpu/shares
		{cpu: {realtimeRuntime: 2000, realtimePeriod: 1000}}|cpu/realtimeRuntime
		{pids: {limit: -2}}|pids/limit
		{pids: {limit: "x"}}|pids/limit
		{blockIO: {weight: 9}}|blockIO/weight
		{blockIO: {weight: 1001}}|blockIO/weight
		{blockIO: {weightDevice: [{major: 8, minor: 0}]}}|blockIO/weightDevice/0
		{blockIO: {throttleReadBpsDevice: [{major: -8, minor: 0, rate: 1}]}}|blockIO/throttleReadBpsDevice/0/major
		{blockIO: {throttleReadBpsDevice: [{major: 8, minor: 0, rate: -1}]}}|blockIO/throttleReadBpsDevice/0/rate
		{hugepageLimits: [{pageSize: "2M", limit: 1}]}|hugepageLimits/0/pageSize
		{hugepageLimits: [{pageSize: "2MB", limit: -1}]}|hugepageLimits/0/limit
		{network: {classID: 4294967296}}|network/classID
		{network: {priorities: [{name: "a/b", priority: 1}]}}|network/priorities/0/name
		{rdma: {mlx: {}}}|rdma/mlx
		{unified: {"a/b": "1"}}|unified/a~1b
		{unified: {"memory": "1"}}|unified/memory
		{unified: {"memory.high": 5}}|unified/memory.high
		{devices: [{allow: true, type: "z"}]}|devices/0/type
		{devices: [{type: "c"}]}|devices/0
	END
}

@test "limits are in force before the program runs" {
	need_controller pids
	resources '{pids: {limit: 33}}'
	# The container sees its own cgroup in its cgroup namespace.
	spec '.mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro"]}]'
	program cat "/sys/fs/cgroup$([ "$VIEW" = v2 ] || echo /pids)/pids.max"
	run rt run web
	same 33 "$output"
}

@test "hybrid: each controller where it lives" {
	need_view hybrid
	grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers || skip "cgroup2 has no controller here"
	[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no pages of 2 MB"
	resources '{memory: {limit: 67108864}, pids: {limit: 9}, hugepageLimits: [{pageSize: "2MB", limit: 2097152}],
		unified: {"cgroup.max.depth": "4"}}'
	rt create web
	same 67108864 "$(of memory memory.limit_in_bytes)"
	same 9 "$(of pids pids.max)"
	same 2097152 "$(cat "/sys/fs/cgroup/unified$CGROUP/hugetlb.2MB.max")"
	same 4 "$(cat "/sys/fs/cgroup/unified$CGROUP/cgroup.max.depth")"
}
