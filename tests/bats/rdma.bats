# linux.resources.rdma: handles and objects of RDMA devices, which are made of software here.
load helpers
load lib/cgroups
load lib/mounts
load lib/programs
load lib/systemd

setup()
{
	fresh
	need_root
	[ "${OWN_MACHINE-}" ] || skip "RDMA devices would be for the whole machine, which is not ours (make check-vm has one)"
	need_controller rdma
	modprobe -q rdma_rxe || skip "this kernel has no RDMA devices of software (KERNEL=trixie-amd64 has)"
	need_command rdma
	make_device one
	make_device two
}

# make_device NAME.  They stay: Linux (6.1 to 6.12) keeps the limits of a removed cgroup in a list in freed memory, and trips
# over it when the device goes.
make_device()
{
	[ ! -e "/sys/class/infiniband/$1" ] || return 0
	ip link add "rdma-$1" type dummy
	ip link set "rdma-$1" up
	rdma link add "$1" type rxe netdev "rdma-$1"
}

# by DRIVER: where the container's cgroup shall be
by()
{
	DRIVER=$1
	if [ "$DRIVER" = systemd ]; then unit; FOLDER=$(unit_dir rdma); else FOLDER=$(cgroup_dir rdma); fi
}

ours()
{
	rt --cgroup-manager "$DRIVER" "$@"
}

# limits LINE...: one for each device
limits()
{
	same "$(printf '%s\n' "$@" | sort)" "$(sed 's/ *$//' "$FOLDER/rdma.max" | sort)"
}

# update_with JSON [OPTION...]
update_with()
{
	echo "$1" >"$T/limits"
	shift
	ours update --resources "$T/limits" "$@" web
}

@test "handles and objects, one of the two, or none" {
	for driver in cgroupfs systemd; do
		spec '.linux.resources = {}'
		by $driver
		resources '{rdma: {one: {hcaHandles: 3, hcaObjects: 10000}}}'
		ours create web
		limits "one hca_handle=3 hca_object=10000" "two hca_handle=max hca_object=max"
		ours delete web
		resources '{rdma: {one: {hcaHandles: 0}, two: {hcaObjects: 7}}}'
		ours create web
		limits "one hca_handle=0 hca_object=max" "two hca_handle=max hca_object=7"
		ours delete web
		[ ! -e "$FOLDER" ]
	done
}

@test "more than the kernel can count is no limit" {
	for driver in cgroupfs systemd; do
		by $driver
		resources '{rdma: {one: {hcaHandles: 4294967295, hcaObjects: 2147483648}, two: {hcaHandles: 2147483647, hcaObjects: 2147483646}}}'
		ours create web
		limits "one hca_handle=max hca_object=max" "two hca_handle=max hca_object=2147483646"
		update_with '{"rdma": {"one": {"hcaHandles": 1}}}'
		limits "one hca_handle=1 hca_object=max" "two hca_handle=max hca_object=2147483646"
		update_with '{"rdma": {"one": {"hcaHandles": 4294967295}}}'
		limits "one hca_handle=max hca_object=max" "two hca_handle=max hca_object=2147483646"
		ours delete web
	done
}

@test "a device that is not there: one line, with the place, and nothing is left behind" {
	for driver in cgroupfs systemd; do
		by $driver
		resources '{rdma: {one: {hcaHandles: 3}, mlx5_77: {hcaHandles: 3}}}'
		rt_fail --cgroup-manager $driver create web
		same 1 "$(grep -c . <<<"$output")"
		says "config.json:" "/linux/resources/rdma/mlx5_77" "no such device"
		[ ! -e "$STATE/web" ]
		wait_for [ ! -e "$FOLDER" ]
	done
}

@test "update changes what it gives, and the container's config says all that holds" {
	for driver in cgroupfs systemd; do
		by $driver
		resources '{rdma: {one: {hcaHandles: 3, hcaObjects: 10000}}}'
		ours create web
		update_with '{"rdma": {"one": {"hcaHandles": 5}}}'
		limits "one hca_handle=5 hca_object=10000" "two hca_handle=max hca_object=max"
		update_with '{"rdma": {"two": {"hcaObjects": 6}}}' --pids-limit 30
		limits "one hca_handle=5 hca_object=10000" "two hca_handle=max hca_object=6"
		update_with '{"pids": {"limit": 20}}'
		limits "one hca_handle=5 hca_object=10000" "two hca_handle=max hca_object=6"
		same '{"one":{"hcaHandles":5,"hcaObjects":10000},"two":{"hcaObjects":6}}' "$(jq -cS .linux.resources.rdma "$STATE/web/config.json")"
		ours delete web
	done
}

@test "an update with a device that is not there changes nothing" {
	for driver in cgroupfs systemd; do
		by $driver
		resources '{pids: {limit: 20}, rdma: {one: {hcaHandles: 3}}}'
		ours create web
		cp "$STATE/web/config.json" "$T/before"
		run update_with '{"pids": {"limit": 30}, "rdma": {"one": {"hcaHandles": 5, "hcaObjects": 6}, "two": {"hcaObjects": 6}, "mlx5_77": {"hcaHandles": 1}}}'
		[ "$status" != 0 ]
		same 1 "$(grep -c . <<<"$output")"
		says "/rdma/mlx5_77" "no such device"
		limits "one hca_handle=3 hca_object=max" "two hca_handle=max hca_object=max"
		same 20 "$(cat "${FOLDER/#\/sys\/fs\/cgroup\/rdma//sys/fs/cgroup/pids}/pids.max")"
		diff "$T/before" "$STATE/web/config.json"
		ours delete web
	done
}

@test "a device that is gone is no reason to refuse other limits" {
	for driver in cgroupfs systemd; do
		make_device three
		by $driver
		resources '{pids: {limit: 20}, rdma: {one: {hcaHandles: 3}, three: {hcaHandles: 4}}}'
		ours create web
		rdma link delete three
		update_with '{"pids": {"limit": 30}, "rdma": {"one": {"hcaObjects": 6}}}'
		limits "one hca_handle=3 hca_object=6" "two hca_handle=max hca_object=max"
		ours delete web
		ip link delete rdma-three
	done
}

@test "systemd leaves them alone" {
	need_systemd
	by systemd
	resources '{rdma: {one: {hcaHandles: 3, hcaObjects: 10000}}}'
	ours create web
	systemctl daemon-reload
	systemctl set-property --runtime "$UNIT" TasksMax=50
	limits "one hca_handle=3 hca_object=10000" "two hca_handle=max hca_object=max"
	systemd-run -q --wait --slice="$SLICE" -p MemoryMax=64M true
	limits "one hca_handle=3 hca_object=10000" "two hca_handle=max hca_object=max"
}

@test "unified: rdma.max, which has the last word" {
	need_view v2
	for driver in cgroupfs systemd; do
		by $driver
		resources '{rdma: {one: {hcaHandles: 3}}, unified: {"rdma.max": "one hca_handle=2\ntwo hca_object=9"}}'
		ours create web
		limits "one hca_handle=2 hca_object=max" "two hca_handle=max hca_object=9"
		update_with '{"unified": {"rdma.max": "one hca_handle=4 hca_object=8"}}'
		limits "one hca_handle=4 hca_object=8" "two hca_handle=max hca_object=9"
		ours delete web
	done
}

@test "they are in force, and events tells limits and use" {
	local device

	device=$(readlink /dev/infiniband/by-ibdev/uverbs-one)
	device=/dev/infiniband/${device##*/}
	spec '.linux.devices = [{type: "c", path: "/dev/rdma", major: $a, minor: $b, fileMode: 438}]
		| .linux.resources.devices = [{allow: false}, {allow: true, type: "c", major: $a, minor: $b}]' \
		--argjson a "$(stat -c %Hr "$device")" --argjson b "$(stat -c %Lr "$device")"
	inside rdma /dev/rdma 5 5
	for driver in cgroupfs systemd; do
		by $driver
		: >"$OUT"
		resources '{rdma: {one: {hcaHandles: 3, hcaObjects: 2}}}'
		ours run -d web
		wait_for grep . "$OUT"
		same "3 handles, 2 objects: Resource temporarily unavailable" "$(<"$OUT")"
		run -0 rt events --stats web
		same '[{"device":"one","hca_handles":3,"hca_objects":2}]' "$(jq -c '.data.rdma.current | map(select(.device == "one"))' <<<"$output")"
		same '{"device":"one","hca_handles":3,"hca_objects":2}' "$(jq -c '.data.rdma.limit[] | select(.device == "one")' <<<"$output")"
		same '{"device":"two","hca_handles":4294967295,"hca_objects":4294967295}' \
			"$(jq -c '.data.rdma.limit[] | select(.device == "two")' <<<"$output")"
		ours delete --force web
	done
}
