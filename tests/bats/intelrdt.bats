# linux.intelRdt: without resctrl it is refused, and nothing is left; what the config says about it is always checked.
load helpers

resctrl()
{
	awk '$3 == "resctrl" { print $2; exit }' /proc/mounts
}

@test "without a mounted resctrl it is an error that says so" {
	[ -z "$(resctrl)" ] || skip "there is a resctrl here"
	local config

	for config in '{}' '{closID: "gold"}' '{closID: "/"}' '{l3CacheSchema: "L3:0=f"}' '{enableMonitoring: true}' '{closID: "x", schemata: ["MB:0=20"]}'; do
		spec ".linux.intelRdt = $config"
		rt_fail create web
		says /linux/intelRdt "no resctrl file system is mounted"
		[ -z "$(ls -A "$STATE")" ]
	done
	[ ! -e "$(cgroup_dir)" ]
}

@test "something else that is called resctrl is none" {
	[ -z "$(resctrl)" ] || skip "there is a resctrl here"
	mkdir "$T/fs"
	test_mount -t tmpfs resctrl "$T/fs"
	spec '.linux.intelRdt = {}'
	rt_fail create web
	says "no resctrl file system is mounted"
	[ -z "$(ls -A "$T/fs")" ]
}

@test "names and lines are checked before anything else" {
	local name

	for name in a/b .. . $'a\nb'; do
		spec '.linux.intelRdt = {closID: $n}' --arg n "$name"
		rt_fail create web
		says /linux/intelRdt/closID
	done
	spec '.linux.intelRdt = {memBwSchema: "L3:0=f"}'
	rt_fail create web
	says /linux/intelRdt/memBwSchema
	spec '.linux.intelRdt = {schemata: ["L3:0=f", "MB:0=20\nMB:1=20"]}'
	rt_fail create web
	says /linux/intelRdt/schemata/1
}

@test "explain and features tell of it" {
	spec '.linux.intelRdt = {l3CacheSchema: "L3:0=f\nL3:1=f", memBwSchema: "MB:0=20", schemata: ["L2:0=1"], enableMonitoring: true}'
	run -0 rt explain
	says resctrl L3:0=f L3:1=f MB:0=20 L2:0=1 monitored
	[ "$(rt explain --format json | jq -c '.resctrl.schemata')" = '["L3:0=f","L3:1=f","MB:0=20","L2:0=1"]' ]
	spec '.linux.intelRdt.l3CacheSchema = "MB:0=70;1=70\nL3:0=f"'
	[ "$(rt explain --format json | jq -c '.resctrl.schemata')" = '["L3:0=f","MB:0=20","L2:0=1"]' ]
	spec 'del(.linux.intelRdt.memBwSchema)'
	[ "$(rt explain --format json | jq -c '.resctrl.schemata')" = '["MB:0=70;1=70","L3:0=f","L2:0=1"]' ]
	[ "$(rt features | jq -c .linux.intelRdt)" = '{"enabled":true,"schemata":true,"monitoring":true}' ]
}

# The real thing, where the processor and the kernel have it.
@test "a group of its own, with a schema, exec and monitoring; it goes with the container" {
	local fs=$(resctrl)
	[ "$fs" ] || skip "no resctrl is mounted: that takes a processor with RDT and CONFIG_X86_CPU_RESCTRL"
	local line=$(grep -m 1 -o 'L3:.*' "$fs/schemata")
	[ "$line" ] || skip "this resctrl divides no L3 cache"

	spec '.linux.intelRdt = {l3CacheSchema: $l, enableMonitoring: true}' --arg l "$line"
	rt run -d "$ID"
	grep -qx "$(pid_of "$ID")" "$fs/$ID/tasks"
	grep -qx "$(pid_of "$ID")" "$fs/$ID/mon_groups/$ID/tasks"
	rt exec -d --pid-file "$T/pid" "$ID" sleep 1000
	grep -qx "$(cat "$T/pid")" "$fs/$ID/tasks"
	rt delete --force "$ID"
	[ ! -e "$fs/$ID" ]
}

@test "a group that the config names stays, and must fit the next time" {
	local fs=$(resctrl)
	[ "$fs" ] || skip "no resctrl is mounted: that takes a processor with RDT and CONFIG_X86_CPU_RESCTRL"
	local line=$(grep -m 1 -o 'MB:.*\|L3:.*' "$fs/schemata")

	spec '.linux.intelRdt = {closID: $c} | .process.args = ["true"]' --arg c "$ID"
	rt_fail run web
	says "there is no group"
	spec '.linux.intelRdt.schemata = [$l]' --arg l "$line"
	rt run web
	[ -d "$fs/$ID" ]
	rt run web
	spec '.linux.intelRdt.schemata = ["L3:0=1"]'
	rt_fail run web
	says "other schemata"
	rmdir "$fs/$ID"
}
