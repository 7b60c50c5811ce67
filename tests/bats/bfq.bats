# Weights of cgroups where BFQ schedules the disk.
# runs alone: while BFQ is loaded all cgroups of the machine have its files.
load helpers
load lib/cgroups
load lib/programs
load lib/systemd

setup()
{
	fresh
	need_root
	[ "${OWN_MACHINE-}" ] || skip "the disks of this machine are not ours to schedule (make check-vm has one)"
	[ "$VIEW" = v2 ] || skip "v1 has its own weights (resources.bats)"
	need_controller io
	modprobe bfq || skip "this kernel has no BFQ"
	DISK=$(lsblk -dnro NAME,TYPE | awk '$2 == "disk" { print $1; exit }')
	DEVICE=$(lsblk -dnro MAJ:MIN "/dev/$DISK")
	before=$(sed 's/.*\[\(.*\)\].*/\1/' "/sys/block/$DISK/queue/scheduler")
	echo bfq >"/sys/block/$DISK/queue/scheduler"
}

teardown()
{
	sweep
	[ -z "${before-}" ] || echo "$before" >"/sys/block/$DISK/queue/scheduler"
	[ -z "${DISK-}" ] || modprobe -r bfq
}

weights()
{
	grep -qx "default $1" "$2/io.bfq.weight"
	grep -qx "$DEVICE $3" "$2/io.bfq.weight"
}

@test "the weight, and that of one disk, are BFQ's own, and update changes them" {
	local driver dir
	spec '.linux.resources.blockIO = {weight: 321, weightDevice: [{major: $a, minor: $b, weight: 200}]}' \
		--argjson a "${DEVICE%:*}" --argjson b "${DEVICE#*:}"
	for driver in cgroupfs systemd; do
		if [ $driver = systemd ]; then unit; dir=$(unit_dir io); else dir=$(cgroup_dir io); fi
		rt --cgroup-manager $driver create web
		weights 321 "$dir" 200
		rt update --blkio-weight 123 web
		weights 123 "$dir" 200
		echo '{"blockIO": {"weightDevice": [{"major": '"${DEVICE%:*}"', "minor": '"${DEVICE#*:}"', "weight": 77}]}}' >"$T/limits"
		rt update --resources "$T/limits" web
		weights 123 "$dir" 77
		rt delete --force web
	done
}
