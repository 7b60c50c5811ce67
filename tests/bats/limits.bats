# What linux.resources asks for is in the cgroup; what this machine cannot do is an error that says where.
# as a user too
load helpers
load lib/mounts
load lib/cgroups

# of CONTROLLER FILE
of()
{
	cat "$(cgroup_dir "$1")/$2"
}

@test "memory limit, reservation and swappiness in v1" {
	need_view v1 hybrid
	need_controller memory
	resources '{memory: {limit: 67108864, reservation: 33554432, swappiness: 10}}'
	rt create web
	same 67108864 "$(of memory memory.limit_in_bytes)"
	same 33554432 "$(of memory memory.soft_limit_in_bytes)"
	same 10 "$(of memory memory.swappiness)"
}

@test "memory limit in v2" {
	need_view v2
	need_controller memory
	resources '{memory: {limit: 67108864, reservation: 33554432, swap: 67108864}}'
	rt create web
	same 67108864 "$(of memory memory.max)"
	same 33554432 "$(of memory memory.low)"
}

@test "pids limit" {
	need_controller pids
	resources '{pids: {limit: 5}}'
	shell 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; true'
	run rt run web
	says "Resource temporarily unavailable"
	rt create web
	same 5 "$(of pids pids.max)"
}

@test "pids limit 0: the program runs, and cannot make another process" {
	need_controller pids
	resources '{pids: {limit: 0}}'
	shell 'echo runs; true & true'
	run rt run web
	says runs "Resource temporarily unavailable"
}

@test "pids limit -1 is none" {
	need_controller pids
	resources '{pids: {limit: -1}}'
	rt create web
	same max "$(of pids pids.max)"
}

@test "any negative cpu quota is no limit, as for the kernel" {
	need_controller cpu
	resources '{cpu: {quota: -5, period: 50000}}'
	rt create web
	if [ "$VIEW" = v2 ]; then
		same "max 50000" "$(of cpu cpu.max)"
	else
		same -1 "$(of cpu cpu.cfs_quota_us)"
		same 50000 "$(of cpu cpu.cfs_period_us)"
	fi
	rt update --cpu-quota 20000 web
	rt update --cpu-quota -20000 web
	if [ "$VIEW" = v2 ]; then
		same "max 50000" "$(of cpu cpu.max)"
	else
		same -1 "$(of cpu cpu.cfs_quota_us)"
	fi
}

@test "a container that asks for nothing has its share of the CPU time, too" {
	need_view v2
	need_controller cpu
	# Below a cgroup in which nobody else has asked for the controller.
	spec 'del(.linux.resources) | .linux.cgroupsPath += "/x"'
	rt create web
	same 100 "$(cat "$(cgroup_dir)/x/cpu.weight")"
	rt update --cpu-idle 1 web
	same 1 "$(cat "$(cgroup_dir)/x/cpu.idle")"
}

@test "cpu shares, quota and period" {
	need_controller cpu
	resources '{cpu: {shares: 512, quota: 20000, period: 50000}}'
	rt create web
	if [ "$VIEW" = v2 ]; then
		same "20000 50000" "$(of cpu cpu.max)"
	else
		same 512 "$(of cpu cpu.shares)"
		same 20000 "$(of cpu cpu.cfs_quota_us)"
		same 50000 "$(of cpu cpu.cfs_period_us)"
	fi
}

@test "cpuset" {
	need_controller cpuset
	resources '{cpu: {cpus: "0", mems: "0"}}'
	rt create web
	same 0 "$(of cpuset cpuset.cpus)"
	same 0 "$(of cpuset cpuset.mems)"
	same 0 "$(grep Cpus_allowed_list "/proc/$(pid_of web)/status" | cut -f 2)"
}

@test "huge pages" {
	local dir=/sys/fs/cgroup$CGROUP size
	case $VIEW in
	hybrid) grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers || skip "no hugetlb"; dir=/sys/fs/cgroup/unified$CGROUP ;;
	*) need_controller hugetlb ;;
	esac
	[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no pages of 2 MB"
	resources '{hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}'
	rt create web
	[ "$VIEW" = v1 ] && dir=$(cgroup_dir hugetlb)
	same 4194304 "$(cat "$dir/hugetlb.2MB.max" 2>/dev/null || cat "$dir/hugetlb.2MB.limit_in_bytes")"
	rt delete --force web
	resources '{hugepageLimits: [{pageSize: "3MB", limit: 1}]}'
	rt_fail create web
	says "/linux/resources/hugepageLimits/0/pageSize" "3MB"
}

@test "unified writes cgroup v2 files as they are" {
	need_view v2
	need_controller hugetlb
	[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no pages of 2 MB"
	resources '{unified: {"hugetlb.2MB.max": "2097152", "cgroup.max.depth": "3"}}'
	rt create web
	same 2097152 "$(of hugetlb hugetlb.2MB.max)"
	same 3 "$(of x cgroup.max.depth)"
}

@test "unified: what is not there, or leads elsewhere, is an error" {
	resources '{unified: {"nosuch.max": "1"}}'
	rt_fail create web
	says "/linux/resources/unified/nosuch.max"
	spec '.linux.resources.unified = {"../x": "1"}'
	rt_fail create web
	says "/linux/resources/unified/..~1x"
}

@test "unified: no file by which a stranger is fetched, or all processes stopped, killed or barred" {
	local file
	sleep 1000 3>&- 4>&- &
	STRANGER=$!
	cp "/proc/$STRANGER/cgroup" "$T/before"
	rt run -d other
	spec '.linux.cgroupsPath += "-two"'
	for file in cgroup.procs cgroup.threads cgroup.freeze cgroup.kill cgroup.type cgroup.subtree_control; do
		resources "{unified: {\"$file\": \"$STRANGER\"}}"
		rt_fail create web
		says "/linux/resources/unified/$file" "is not a resource of a container"
		rt_fail update -r - other <<<"{\"unified\": {\"$file\": \"1\"}}"
		says "/unified/$file" "is not a resource of a container"
	done
	cmp "$T/before" "/proc/$STRANGER/cgroup"
	kill $STRANGER
}

@test "v1 has no unified resources" {
	need_view v1
	resources '{unified: {"memory.max": "1000000"}}'
	rt_fail create web
	says "/linux/resources/unified/memory.max" "cgroup v1 has no unified resources"
}

@test "a limit whose controller this machine does not have is an error that names it" {
	local controller member
	for controller in memory pids cpu; do
		case $VIEW in
		v2) grep -qw "$controller" /sys/fs/cgroup/cgroup.controllers && continue ;;
		*) [ -d "/sys/fs/cgroup/$controller" ] && continue ;;
		esac
		case $controller in
		memory) member='{memory: {limit: 67108864}}' ;;
		pids) member='{pids: {limit: 5}}' ;;
		cpu) member='{cpu: {quota: 20000}}' ;;
		esac
		spec ".linux.resources = $member"
		rt_fail create web
		says "config.json:" "/linux/resources/$controller" "controller"
	done
}

@test "a value that the kernel refuses is an error that names file and value" {
	case $VIEW in
	v2)
		need_controller hugetlb
		resources '{unified: {"cgroup.max.depth": "banana"}}'
		rt_fail create web
		says "cgroup.max.depth" banana "invalid argument" ;;
	*)
		resources '{cpu: {cpus: "5000"}}'
		rt_fail create web
		says "/linux/resources/cpu/cpus" cpuset.cpus 5000 ;;
	esac
}

@test "contradictions are found before anything is made" {
	resources '{memory: {limit: 1000000, swap: 500000}}'
	rt_fail create web
	says "/linux/resources/memory/swap"
	spec '.linux.resources.memory = {swap: 500000}'
	rt_fail create web
	says "/linux/resources/memory/swap"
	[ ! -e "$(cgroup_dir)" ]
}
