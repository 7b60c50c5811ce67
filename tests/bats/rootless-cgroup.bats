# An ordinary user and the cgroups that were delegated to him.
load helpers
load lib/mounts
load lib/rootless
load lib/cgroups

# What is above a cgroup of his is root's: the suite's own may be a user's (the view "user").
setup()
{
	his_bundle
	ABOVE=$CGROUP
	[ "$VIEW" != v2 ] || CGROUP+=/his
}

teardown()
{
	his_end
	[ ! -d "/sys/fs/cgroup$ABOVE" ] || rmdir "/sys/fs/cgroup$ABOVE"
	sweep
}

# in_cgroup DIR COMMAND...: from there
in_cgroup()
{
	(echo "$BASHPID" >"$1/cgroup.procs" && shift && "$@")
}

cgroup2_of_web()
{
	sed -n 's/^0:://p' "/proc/$(his state web | jq .pid)/cgroup"
}

@test "beside his own cgroup, if what it lies in is his" {
	need_view v2
	local place=/sys/fs/cgroup$CGROUP
	give_cgroup "$place" 1000
	as_user 1000 mkdir "$place/shell"
	in_cgroup "$place/shell" his_detached run -d web
	same "$CGROUP/web" "$(cgroup2_of_web)"
	same 1000 "$(stat -c %u "$place/web")"
	# exec from elsewhere goes there as well, if it may; and what is made is removed.
	in_cgroup "$place/shell" his exec web true
	his delete --force web
	[ ! -e "$place/web" ]
	rmdir "$place/shell" "$place"
}

@test "below his own cgroup, if no more than that is his" {
	need_view v2
	local place=/sys/fs/cgroup$CGROUP
	give_cgroup "$place" 1000
	in_cgroup "$place" his_detached run -d web
	same "$CGROUP/web" "$(cgroup2_of_web)"
	his delete --force web
	[ ! -e "$place/web" ]
	rmdir "$place"
}

@test "device rules, which are not his to give, do not stop an update" {
	need_view v2
	local place=/sys/fs/cgroup$CGROUP
	give_cgroup "$place" 1000
	in_cgroup "$place" his_detached run -d web
	his update --resources - web <<<'{"devices": [{"allow": false, "access": "rwm"}], "unified": {"cgroup.max.depth": "3"}}'
	same 3 "$(cat "$place/web/cgroup.max.depth")"
	his delete --force web
	rmdir "$place"
}

@test "limits beside his own cgroup" {
	need_view v2
	need_controller pids memory cpu
	local place=/sys/fs/cgroup$CGROUP
	give_cgroup "$place" 1000
	as_user 1000 mkdir "$place/shell"
	spec '.linux.resources = {pids: {limit: 17}, memory: {limit: 33554432}, cpu: {quota: 20000, period: 100000}}'
	in_cgroup "$place/shell" his_detached run -d web
	same 17 "$(cat "$place/web/pids.max")"
	same 33554432 "$(cat "$place/web/memory.max")"
	same "20000 100000" "$(cat "$place/web/cpu.max")"
	in_cgroup "$place/shell" his update --pids-limit 18 web
	same 18 "$(cat "$place/web/pids.max")"
	his pause web
	same paused "$(his state web | jq -r .status)"
	his resume web
	his delete --force web
	rmdir "$place/shell" "$place"
}

@test "limits below a cgroup that has processes cannot be had, and the error says how" {
	need_view v2
	need_controller pids
	local place=/sys/fs/cgroup$CGROUP
	give_cgroup "$place" 1000
	spec '.linux.resources = {pids: {limit: 17}}'
	run in_cgroup "$place" his run web
	[ "$status" != 0 ]
	says "/linux/resources" "pids" "has processes of its own"
	[ ! -e "$place/web" ]
	rmdir "$place"
}

@test "a path of his own choice" {
	need_view v2
	local place=/sys/fs/cgroup$CGROUP
	give_cgroup "$place" 1000
	as_user 1000 mkdir "$place/shell"
	spec '.linux.cgroupsPath = $p' --arg p "$CGROUP/a/b"
	in_cgroup "$place/shell" his_detached run -d web
	same "$CGROUP/a/b" "$(cgroup2_of_web)"
	his delete --force web
	[ ! -e "$place/a" ]
	# From where he may not leave there is no way.
	mkdir "$place.other"
	run in_cgroup "$place.other" his run web
	[ "$status" != 0 ]
	says "permission denied" "cgroup.procs"
	[ ! -e "$place/a" ]
	rmdir "$place/shell" "$place" "$place.other"
}

@test "v1: a folder of each hierarchy that is his" {
	need_view v1 hybrid
	local dir
	for dir in /sys/fs/cgroup/{memory,pids,freezer}; do
		[ -e "$dir/tasks" ] || skip "no v1 hierarchy $dir"
	done
	for dir in /sys/fs/cgroup/{memory,pids,freezer}; do
		mkdir -p "$dir$CGROUP"
		chown 1000:1000 "$dir$CGROUP"
	done
	# Where he may not, the container does without, as he asks for nothing.
	(
		for dir in /sys/fs/cgroup/{memory,pids,freezer}; do
			echo "$BASHPID" >"$dir$CGROUP/tasks"
		done
		his_detached run -d web
	)
	for dir in memory pids freezer; do
		grep -q ":$dir:$CGROUP/web$" "/proc/$(his state web | jq .pid)/cgroup"
	done
	(! grep -q ":cpuset:.*web" "/proc/$(his state web | jq .pid)/cgroup")
	his pause web
	same paused "$(his state web | jq -r .status)"
	his delete --force web
	for dir in /sys/fs/cgroup/{memory,pids,freezer}; do
		rmdir "$dir$CGROUP"
	done
}

# in_session COMMAND...: as a user whose own systemd is up, below a scope that this delegates to him: what lies beside a
# scope is systemd's, which takes controllers away from there as it likes
in_session()
{
	as_user 1000 env XDG_RUNTIME_DIR=/run/user/1000 systemd-run --user --scope --quiet -p Delegate=yes -- sh -c '
		scope=/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)
		mkdir "$scope/shell" && echo $$ >"$scope/shell/cgroup.procs" && exec "$@"' sh "$@"
}

need_session()
{
	need_view v2
	need_command systemd-run
	[ -S /run/user/1000/bus ] || skip "no user with a systemd of his own is here"
}

@test "in a session of systemd: spec --rootless with limits" {
	need_session
	spec '.linux.resources = {pids: {limit: 17}, memory: {limit: 33554432}, cpu: {quota: 20000, period: 100000}}'
	in_session "$RUNTIME" --root "$T/run-1000/ctr-run" run -d web >"$OUT" 2>"$ERR" </dev/null || { cat "$ERR"; return 1; }
	local place=/sys/fs/cgroup$(cgroup2_of_web)
	[[ $place == /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/*/web ]]
	same 17 "$(cat "$place/pids.max")"
	same 33554432 "$(cat "$place/memory.max")"
	same "20000 100000" "$(cat "$place/cpu.max")"
	in_session "$RUNTIME" --root "$T/run-1000/ctr-run" exec web true
	his delete --force web
	[ ! -e "$place" ]
}

@test "in a session of systemd: the limits hold" {
	need_session
	spec '.linux.resources = {pids: {limit: 5}} | .process.args = ["sh", "-c", "for i in 1 2 3 4 5 6; do sleep 100 & done; wait"]'
	run in_session "$RUNTIME" --root "$T/run-1000/ctr-run" run web
	[ "$status" != 0 ]
	says "can't fork"
}

@test "out of a session, where nothing is his, limits are refused and the rest goes without" {
	need_session
	his_detached run -d web
	his delete --force web
	spec '.linux.resources = {pids: {limit: 5}}'
	run his run web
	[ "$status" != 0 ]
	says "rootless needs no limits + no cgrouppath when no permission is granted for cgroups"
}
