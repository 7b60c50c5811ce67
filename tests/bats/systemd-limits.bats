# With --systemd-cgroup limits are in the kernel's files and in the unit, so that they still hold when systemd rewrites its own.
load helpers
load lib/cgroups
load lib/programs
load lib/mounts
load lib/systemd

setup()
{
	fresh
	need_systemd
	unit
}

# ---- limits -----------------------------------------------------------------

@test "limits are in the kernel's files, exactly, and in the unit" {
	resources '{memory: {limit: 67108864, reservation: 33554432, swap: 100663296}, pids: {limit: 77},
		cpu: {shares: 512, quota: 12345, period: 50000, cpus: "0-1", mems: "0"}}'
	sd run -d web
	same 67108864 "$(unit_file memory memory.limit_in_bytes memory.max)"
	same 33554432 "$(unit_file memory memory.soft_limit_in_bytes memory.low)"
	same 77 "$(unit_file pids pids.max pids.max)"
	same 0-1 "$(unit_file cpuset cpuset.cpus cpuset.cpus)"
	same 0 "$(unit_file cpuset cpuset.mems cpuset.mems)"
	same 77 "$(property TasksMax)"
	# Rounded up to a percent for systemd.
	same 250ms "$(property CPUQuotaPerSecUSec)"
	same 50ms "$(property CPUQuotaPeriodUSec)"
	if [ "$VIEW" = v2 ]; then
		same 33554432 "$(unit_file - - memory.swap.max)"
		same "12345 50000" "$(unit_file - - cpu.max)"
		same 59 "$(unit_file - - cpu.weight)"
		same 67108864 "$(property MemoryMax)"
		same 33554432 "$(property MemorySwapMax)"
		same 33554432 "$(property MemoryLow)"
		same 59 "$(property CPUWeight)"
		same 0-1 "$(property AllowedCPUs)"
		same 0 "$(property AllowedMemoryNodes)"
	else
		same 12345 "$(unit_file cpu cpu.cfs_quota_us -)"
		same 50000 "$(unit_file cpu cpu.cfs_period_us -)"
		same 512 "$(unit_file cpu cpu.shares -)"
		same 67108864 "$(property MemoryLimit)"
		same 512 "$(property CPUShares)"
	fi
}

@test "no limit, and what only the files can say" {
	resources '{memory: {limit: -1}, pids: {limit: -1}, cpu: {quota: -1, burst: 0}}'
	sd run -d web
	same infinity "$(property TasksMax)"
	same infinity "$(property CPUQuotaPerSecUSec)"
	same max "$(unit_file pids pids.max pids.max)"
	[ "$VIEW" != v2 ] || same max "$(unit_file - - memory.max)"
	rt delete --force web
	resources '{memory: {limit: 67108864}, cpu: {quota: 20000, period: 100000, burst: 5000}}'
	sd run -d web
	same 5000 "$(unit_file cpu cpu.cfs_burst_us cpu.max.burst)"
}

@test "cpu.idle" {
	need_kernel 5.15
	resources '{cpu: {idle: 1, shares: 900}}'
	sd run -d web
	same 1 "$(unit_file cpu cpu.idle cpu.idle)"
	[ "$VIEW" != v2 ] || same idle "$(property CPUWeight)"
}

@test "unified: files that systemd knows, and those it does not" {
	need_view v2
	resources '{unified: {"memory.high": "50M", "memory.min": "4096", "cpu.max": "30000 60000", "cpu.weight": "33",
		"pids.max": "9", "cpuset.cpus": "1", "memory.oom.group": "1", "cpu.max.burst": "1000", "memory.swap.max": "8192"}}'
	sd run -d web
	same 52428800 "$(unit_file - - memory.high)"
	same 4096 "$(unit_file - - memory.min)"
	same "30000 60000" "$(unit_file - - cpu.max)"
	same 1000 "$(unit_file - - cpu.max.burst)"
	same 33 "$(unit_file - - cpu.weight)"
	same 9 "$(unit_file - - pids.max)"
	same 1 "$(unit_file - - cpuset.cpus)"
	same 1 "$(unit_file - - memory.oom.group)"
	same 8192 "$(unit_file - - memory.swap.max)"
	same 52428800 "$(property MemoryHigh)"
	same 500ms "$(property CPUQuotaPerSecUSec)"
	same 9 "$(property TasksMax)"
	same 1 "$(property AllowedCPUs)"
}

@test "huge pages, of which systemd knows nothing" {
	need_controller hugetlb
	[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no huge pages of 2 MB here"
	resources '{hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}'
	sd run -d web
	same 4194304 "$(unit_file hugetlb hugetlb.2MB.limit_in_bytes hugetlb.2MB.max)"
}

@test "one process is enough for a container: the place was kept by none of its own" {
	resources '{pids: {limit: 1}}'
	sd run -d web
	same 1 "$(unit_file pids pids.max pids.max)"
	is web running
	rt delete --force web
	# init, and a hook that it runs
	resources '{pids: {limit: 2}}'
	spec '.hooks.createContainer = [{path: "/bin/true"}]'
	sd run -d web
	is web running
}

@test "also if the process that kept the place goes late" {
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	resources '{pids: {limit: 2}}'
	spec '.hooks.createContainer = [{path: "/bin/true"}]'
	in_background strace -f -qqq -o "$T/calls" -e trace=kill -e inject=kill:delay_enter=500000 \
		"${RT[@]}" --systemd-cgroup run -d web >"$OUT" 2>&1 </dev/null
	wait_for is web running
}

@test "no process at all is a limit, too" {
	resources '{pids: {limit: 0}}'
	sd run -d web
	same 1 "$(unit_file pids pids.max pids.max)"
	same 1 "$(property TasksMax)"
}

@test "limits outlive a reload of systemd" {
	resources '{memory: {limit: 67108864}, pids: {limit: 77}, cpu: {shares: 512, quota: 12345, period: 50000}}'
	sd run -d web
	systemctl daemon-reload
	same 67108864 "$(unit_file memory memory.limit_in_bytes memory.max)"
	same 77 "$(unit_file pids pids.max pids.max)"
	if [ "$VIEW" = v2 ]; then same 59 "$(unit_file - - cpu.weight)"; else same 512 "$(unit_file cpu cpu.shares -)"; fi
	is web running
}

# Memory ends in a detached container "web", and systemd has removed what counted that.
memory_ended()
{
	sd create web
	rt start web
	wait_status web stopped
	wait_for unit_ended
}

@test "when memory ends the unit is gone, and with it what counted that: the kernel's log tells" {
	resources '{memory: {limit: 33554432}}'
	inside eat 200
	memory_ended
	rt state web | jq -e '.exit == {code: 137, signal: 9, oomKilled: true} and .oomKills == 1'
	rt list -f json | jq -e '.[0].exit.oomKilled'
	# Who may not read it does not know; systemd's own Result tells nothing where it delegates.
	if [ "$(</proc/sys/kernel/dmesg_restrict)" = 1 ]; then
		run setpriv --bounding-set -syslog --inh-caps -syslog "${RT[@]}" state web
		jq -e '.status == "stopped" and (has("oomKills") or has("exit") | not)' <<<"$output"
	fi
	rt delete web
	no_unit
	# The next one of that name is another one.
	program sh -c 'exit 3'
	memory_ended
	rt state web | jq -e '.status == "stopped" and (has("oomKills") or has("exit") | not)'
}

@test "a child that was killed, by a unit that is gone, is not the container's end" {
	need_view v2
	resources '{memory: {limit: 33554432}}'
	add_inside
	shell '/bin/inside eat 200; exit 3'
	memory_ended
	rt state web | jq -e '.status == "stopped" and (has("exit") | not)'
}

@test "who runs it in the foreground learns of memory that ended, however quick systemd is" {
	need_view v2
	resources '{memory: {limit: 33554432}}'
	inside eat 200
	run sd run --keep web
	same 137 "$status"
	wait_for no_unit
	rt state web | jq -e '.exit == {code: 137, signal: 9, oomKilled: true} and .oomKills >= 1'
	rt delete web
	# A child's death is not the container's.
	add_inside
	shell '/bin/inside eat 200; sleep 0.1; exit 3'
	run sd run --keep web
	same 3 "$status"
	rt state web | jq -e '.exit == {code: 3, oomKilled: false} and .oomKills >= 1'
}

# No driver has these numbers: what is denied says "not permitted", what is allowed "No such device".
devices()
{
	spec '.linux.devices = [{path: "/dev/x", type: "c", major: 300, minor: 5}, {path: "/dev/y", type: "c", major: 300, minor: 6}]'
	resources '{devices: [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 300, minor: 5, access: "r"}]}'
}

opened()
{
	run rt exec web sh -c 'for d in x y; do
		(: </dev/$d) 2>&1 | grep -q "not permitted" || echo ${d}r
		(: >/dev/$d) 2>&1 | grep -q "not permitted" || echo ${d}w
	done; : </dev/null && echo null'
	[ "$status" = 0 ]
	same "$1" "$(xargs <<<"$output")"
}

@test "devices are denied and allowed, also after a reload of systemd" {
	devices
	sd run -d web
	opened "xr null"
	systemctl daemon-reload
	opened "xr null"
}

@test "a limit that the kernel refuses: the config is blamed, and there is no unit" {
	resources '{cpu: {cpus: "4000"}}'
	rt_fail --systemd-cgroup run -d web
	says "/linux/resources"
	no_unit
	[ ! -e "$STATE/web" ]
}

# ---- update -----------------------------------------------------------------

@test "update tells systemd, and the files are exact" {
	resources '{memory: {limit: 67108864}, pids: {limit: 77}, cpu: {shares: 512, quota: 12345, period: 50000}}'
	sd run -d web
	rt update --memory 128m --pids-limit 20 web
	same 134217728 "$(unit_file memory memory.limit_in_bytes memory.max)"
	same 20 "$(unit_file pids pids.max pids.max)"
	same 20 "$(property TasksMax)"
	# Of the processor nothing has changed.
	same 250ms "$(property CPUQuotaPerSecUSec)"
	if [ "$VIEW" = v2 ]; then
		same "12345 50000" "$(unit_file - - cpu.max)"
		same 134217728 "$(property MemoryMax)"
	else
		same 12345 "$(unit_file cpu cpu.cfs_quota_us -)"
		same 134217728 "$(property MemoryLimit)"
	fi
	rt update --cpu-share 1024 --cpu-quota 23456 web
	if [ "$VIEW" = v2 ]; then
		same "23456 50000" "$(unit_file - - cpu.max)"
		same 100 "$(unit_file - - cpu.weight)"
		same 100 "$(property CPUWeight)"
	else
		same 23456 "$(unit_file cpu cpu.cfs_quota_us -)"
		same 1024 "$(property CPUShares)"
	fi
	same 470ms "$(property CPUQuotaPerSecUSec)"
	systemctl daemon-reload
	same 134217728 "$(unit_file memory memory.limit_in_bytes memory.max)"
	same 20 "$(unit_file pids pids.max pids.max)"
}

@test "an update that fails changes neither the files nor the unit" {
	resources '{memory: {limit: 67108864}, pids: {limit: 77}}'
	sd run -d web
	rt_fail update --pids-limit 20 --cpuset-cpus 4000 web
	same 77 "$(unit_file pids pids.max pids.max)"
	same 77 "$(property TasksMax)"
}

@test "update: a disk that is gone is no reason to refuse other limits" {
	local disk
	[ "${OWN_MACHINE-}" ] || skip "the disks of this machine are not ours to remove (make check-vm has one)"
	need_controller $([ "$VIEW" = v2 ] && echo io || echo blkio)
	modprobe -q null_blk nr_devices=1 || skip "this kernel has no disks that are none"
	disk=$(lsblk -dnro MAJ:MIN /dev/nullb0)
	resources "{pids: {limit: 77}, blockIO: {throttleReadBpsDevice: [{major: ${disk%:*}, minor: ${disk#*:}, rate: 1000000}]}}"
	sd run -d web
	unit_file blkio blkio.throttle.read_bps_device io.max | grep "^$disk .*1000000"
	modprobe -r null_blk
	rt update --pids-limit 20 web
	same 20 "$(unit_file pids pids.max pids.max)"
	same 20 "$(property TasksMax)"
	echo "{\"blockIO\": {\"throttleReadBpsDevice\": [{\"major\": ${disk%:*}, \"minor\": ${disk#*:}, \"rate\": 2000000}]}}" >"$T/limits"
	rt_fail update --resources "$T/limits" web
	says /blockIO/throttleReadBpsDevice/0 "no such device"
}

@test "update of devices holds after a reload of systemd" {
	devices
	sd run -d web
	echo '{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 300, "minor": 6, "access": "rw"}]}' |
		rt update -r - web
	opened "yr yw null"
	systemctl daemon-reload
	opened "yr yw null"
}
