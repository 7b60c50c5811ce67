# With --systemd-cgroup the container's cgroup is a systemd unit: systemd makes, limits and removes it, and never another's.
load helpers
load lib/cgroups
load lib/programs
load lib/mounts
load lib/namespaces
load lib/systemd

setup()
{
	fresh
	need_systemd
	unit
}

# ---- where ------------------------------------------------------------------

@test "cgroupsPath is slice:prefix:name, and the container lives in prefix-name.scope" {
	sd run -d web
	member_of "$(unit_dir systemd)" "$(pid_of web)"
	same active "$(property ActiveState)"
	same system.slice "$(property Slice)"
	same yes "$(property Delegate)"
	[[ $(property Description) == "ctr-run container web ("*")" ]]
	rt delete --force web
	no_unit
}

@test "--cgroup-manager systemd is the same, and outweighs nothing else" {
	rt --cgroup-manager systemd run -d web
	member_of "$(unit_dir systemd)" "$(pid_of web)"
	rt delete --force web
	spec '.linux.cgroupsPath = $p' --arg p "$CGROUP"
	rt --systemd-cgroup --cgroup-manager cgroupfs run -d web
	member_of "$(cgroup_dir)" "$(pid_of web)"
}

@test "without cgroupsPath it is ctr-run-ID.scope in system.slice" {
	spec 'del(.linux.cgroupsPath)'
	UNIT=ctr-run-$ID-x.scope
	sd run -d "$ID-x"
	member_of "$(unit_dir systemd)" "$(pid_of "$ID-x")"
	rt delete --force "$ID-x"
	no_unit
}

@test "an id with a plus sign gives a name that systemd takes" {
	spec 'del(.linux.cgroupsPath)'
	UNIT="ctr-run-$ID-x\\x2by.scope"
	sd run -d "$ID-x+y"
	same active "$(property ActiveState)"
	rt delete --force "$ID-x+y"
	no_unit
}

@test "a slice with dashes lies in those before the dashes" {
	SLICE=ctrrun-test-a.slice unit
	SLICE=ctrrun-test-a.slice
	sd run -d web
	[[ $(unit_dir systemd) == */ctrrun.slice/ctrrun-test.slice/ctrrun-test-a.slice/"$UNIT" ]]
	member_of "$(unit_dir systemd)" "$(pid_of web)"
	rt delete --force web
	no_unit
	systemctl stop ctrrun.slice
}

@test "- is the root slice" {
	spec '.linux.cgroupsPath = $p' --arg p "-:ctr-run-test:$ID-a"
	SLICE=-.slice
	sd run -d web
	member_of "$(unit_dir systemd)" "$(pid_of web)"
}

@test "a name that ends in .slice is a slice, which is the container's cgroup itself" {
	UNIT=ctrrun-$(echo "$ID" | tr -d -c '[:alnum:]').slice
	spec '.linux.cgroupsPath = $p' --arg p "::$UNIT"
	SLICE=ctrrun.slice
	sd run -d web
	member_of "$(unit_dir systemd)" "$(pid_of web)"
	rt delete --force web
	# systemd knows every slice.
	same inactive "$(property ActiveState)"
	[ ! -e "$(unit_dir systemd)" ]
	systemctl stop ctrrun.slice
}

@test "many containers at once" {
	local i pids=()

	for i in 1 2 3 4 5 6; do
		new_bundle "b$i"
		spec '.linux.cgroupsPath = $p' --arg p "system.slice:ctr-run-test:$ID-$i"
		sd run -d "c$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	pids=()
	for i in 1 2 3 4 5 6; do
		UNIT=ctr-run-test-$ID-$i.scope
		member_of "$(unit_dir systemd)" "$(pid_of "c$i")"
		rt delete --force "c$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
}

# ---- what is in it ----------------------------------------------------------

@test "a created container has its first process in the unit and nothing else" {
	sd create web
	same "$(pid_of web)" "$(cat "$(unit_dir systemd)/cgroup.procs")"
	(! pgrep -f 'ctr-run:\[hold\]')
	rt start web
	same "$(pid_of web)" "$(cat "$(unit_dir systemd)/cgroup.procs")"
}

@test "the program inherits no ignored signal from the library" {
	shell 'grep ^SigIgn: /proc/self/status'
	run sd run web
	[ "$status" = 0 ]
	# That of SIGPIPE.
	[ $((0x${output##*[[:space:]]} & 0x1000)) = 0 ]
}

@test "exec is in the unit, in every hierarchy" {
	local dir

	sd run -d web
	rt exec -d --pid-file "$T/pid" web sleep 900
	for dir in $(unit_dir systemd) $(unit_dir memory) $(unit_dir pids); do
		member_of "$dir" "$(cat "$T/pid")"
	done
}

@test "exec --cgroup is in a cgroup below the unit's" {
	local name dir

	sd run -d web
	for dir in /sys/fs/cgroup{,/*}"$(slice_path "$SLICE")/$UNIT"; do
		[ -d "$dir" ] || continue
		mkdir -p "$dir/below"
		[ "$VIEW" = v2 ] || [ ! -e "$dir/cpuset.cpus" ] || fill_cpuset "$dir/below"
	done
	rt exec -d --cgroup below --pid-file "$T/pid" web sleep 900
	for name in memory pids; do
		member_of "$(unit_dir $name)/below" "$(cat "$T/pid")"
	done
	rt_fail exec --cgroup below/../.. web true
	rt_fail exec --cgroup none web true
	rt delete --force web
	no_unit
}

@test "ps, pause, resume and kill --all know the unit's cgroup" {
	# The shell stays: newer ones become their last command.
	shell 'sleep 900 & sleep 901; exit'
	sd run -d web
	wait_for eval '[ "$(rt ps -f json web | jq length)" = 3 ]'
	rt pause web
	is web paused
	rt resume web
	rt kill --all web KILL
	wait_status web stopped
	wait_for unit_ended
}

@test "the cgroup belongs to the container's user where that is safe" {
	need_view v2
	spec '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings |
		.mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", "nodev", "rw"]}]'
	shell 'mkdir /sys/fs/cgroup/mine && echo 1 >/sys/fs/cgroup/mine/cgroup.procs && echo made; exec sleep 1000'
	chmod 755 "$T" "$BUNDLE" "$BUNDLE/rootfs"
	sd run -d web
	wait_for grep -q made "$OUT"
	same 100000 "$(stat -c %u "$(unit_dir)")"
	same 0 "$(stat -c %u "$(unit_dir)/memory.max")"
	rt delete --force web
	no_unit
}

# ---- annotations ------------------------------------------------------------

annotate()
{
	spec '.annotations["org.systemd.property." + $n] = $v' --arg n "$1" --arg v "$2"
}

@test "annotations set properties of the unit" {
	annotate TimeoutStopUSec "uint64 12000000"
	annotate After "['ctr-run-nothing.service']"
	annotate RuntimeMaxSec 900.5
	annotate SendSIGHUP true
	sd run -d web
	same 12s "$(property TimeoutStopUSec)"
	same "15min 500ms" "$(property RuntimeMaxUSec)"
	same yes "$(property SendSIGHUP)"
	[[ " $(property After) " == *" ctr-run-nothing.service "* ]]
}

@test "CVE-2024-3154: an annotation cannot have programs run or services stopped" {
	local name

	for name in ExecStopPost Conflicts FailureAction PIDs MemoryMax; do
		annotate "$name" "'x'"
		rt_fail --systemd-cgroup run -d web
		says "/annotations/org.systemd.property.$name" "may not be set by a container"
		spec 'del(.annotations)'
	done
	no_unit
	[ ! -e "$STATE/web" ]
}

@test "a value that systemd refuses is told, and nothing is left" {
	annotate CollectMode "'never'"
	rt_fail --systemd-cgroup run -d web
	says "CollectMode" "start the unit"
	no_unit
	[ ! -e "$STATE/web" ]
}

# ---- the end ----------------------------------------------------------------

@test "a container that ends by itself takes its unit with it" {
	program true
	sd run -d web
	wait_status web stopped
	wait_for unit_ended
	rt delete web
	no_unit
}

@test "run in the foreground leaves no unit" {
	program true
	sd run web
	no_unit
}

@test "a failed create leaves no unit" {
	program /nope
	rt_fail --systemd-cgroup create web
	no_unit
	spec '.process.args = ["true"] | .hooks.createRuntime = [{path: "/bin/false"}]'
	rt_fail --systemd-cgroup create web
	no_unit
	[ ! -e "$STATE/web" ]
}

@test "processes that outlive the first one end with the container" {
	spec '.linux.namespaces -= [{type: "pid"}]'
	shell 'setsid sleep 1000 & echo started'
	sd run -d web
	wait_for grep -q started "$OUT"
	wait_status web stopped
	grep -q . "$(unit_dir systemd)/cgroup.procs"
	rt delete web
	no_unit
}

@test "create is killed: delete --force stops the unit" {
	# By a hook: init is there, the record is not.
	printf '#!/bin/sh\nkill -9 $PPID\n' >"$T/hook"
	chmod 755 "$T/hook"
	spec '.hooks.createRuntime = [{path: $h}]' --arg h "$T/hook"
	run sd create web
	[ "$status" = 137 ]
	[ -e "$STATE/web/journal" ]
	rt delete --force web
	no_unit
	[ ! -e "$STATE/web" ]
}

@test "create is killed at one system call after the other: nothing is left but what delete --force clears" {
	local n code first=$((3 + RANDOM % 29))

	# Others in each run: all of them take minutes in an emulator.
	for ((n = first; n < 2000; n += 29)); do
		code=0
		"$OUTSIDE" killed-at "$n" "${RT[@]}" --systemd-cgroup create web >>"$OUT" 2>>"$ERR" </dev/null 3>&- 4>&- || code=$?
		[ "$code" != 0 ] || break
		[ "$code" = 137 ]
		rt delete --force web
		# One that was asked for by a runtime that died has no process, and systemd drops it.
		wait_for no_unit || { echo "after a kill at call $n"; return 1; }
		[ ! -e "$STATE/web" ]
	done
	echo "# tried: $(((n - first) / 29)) points from the call $first on" >&3
	[ "$n" -gt 60 ] && [ "$n" -lt 2000 ]
}

# ---- whose it is ------------------------------------------------------------

@test "a unit of that name that runs is left alone, and create says so" {
	stranger
	rt_fail --systemd-cgroup create web
	says "$UNIT exists already"
	[ ! -e "$STATE/web" ]
	kill -0 "$STRANGER"
	same active "$(property ActiveState)"
	end_stranger
}

@test "a unit of that name that has failed is forgotten" {
	systemd-run -q --scope --unit="$UNIT" -p RuntimeMaxSec=1 sleep 1000 </dev/null >/dev/null 2>&1 3>&- 4>&- || true
	wait_for eval '[ "$(property ActiveState)" = failed ]'
	sd run -d web
	same active "$(property ActiveState)"
	[[ $(property Description) == "ctr-run container web "* ]]
}

@test "delete does not stop a unit that took the name when ours had ended" {
	sd run -d web
	rt kill web KILL
	wait_status web stopped
	wait_for unit_ended
	stranger
	rt delete web
	kill -0 "$STRANGER"
	same active "$(property ActiveState)"
	# Folders in v1 that systemd does not know may be the other's by now, and stay.
	[ "$VIEW" = v2 ] || rmdir $(ls -d /sys/fs/cgroup/{freezer,cpuset,hugetlb,perf_event,net_cls,misc,rdma}"$(slice_path "$SLICE")/$UNIT" 2>/dev/null)
	end_stranger
}

@test "the same name again at once" {
	local i

	for i in 1 2 3 4 5; do
		sd run -d web
		rt delete --force web
	done
}

# ---- ways to systemd --------------------------------------------------------

hide_private()
{
	test_mount --bind /dev/null /run/systemd/private
}

hide_bus()
{
	test_mount --bind /dev/null /run/dbus/system_bus_socket
}

@test "by the bus, where systemd's own socket is not to be had" {
	hide_private
	resources '{pids: {limit: 77}}'
	sd run -d web
	same 77 "$(unit_file pids pids.max pids.max)"
	rt update --pids-limit 20 web
	same 20 "$(property TasksMax)"
	rt delete --force web
	no_unit
}

@test "no way to systemd: create says which were tried, and leaves nothing" {
	hide_private
	hide_bus
	rt_fail --systemd-cgroup create web
	says "reach systemd" "/run/systemd/private" "/run/dbus/system_bus_socket"
	[ ! -e "$STATE/web" ]
}

@test "a container can be deleted without systemd" {
	sd run -d web
	hide_private
	hide_bus
	rt delete --force web
	[ ! -e "$STATE/web" ]
	[ ! -e "$(unit_dir)" ]
}

# While its own socket refuses we ask by the bus, which it may leave before it has answered.
@test "systemd is executed anew while containers are made" {
	local i again

	(for i in 1 2 3; do systemctl daemon-reexec; done) 3>&- 4>&- &
	again=$!
	for i in 1 2 3 4 5 6; do
		sd run -d web
		# It hangs up on who asks it in that moment.
		wait_for eval '[ "$(property ActiveState)" = active ]'
		rt delete --force web
	done
	wait "$again"
	wait_for no_unit
}

@test "--cgroup-manager disabled: no unit" {
	rt --cgroup-manager disabled run -d web
	no_unit
}

@test "an heir, in the pid namespace of others, is in the scope from its birth" {
	need_kernel 6.18
	spec '.linux.resources.pids = {limit: 50}'
	program sleep 1000
	sd run -d neighbour
	namespace pid "/proc/$(pid_of neighbour)/ns/pid"
	unit b
	sd --debug run -d web
	grep -q "container's process: BORN" "$LOG"
	same "$(ns_of "$(pid_of neighbour)" pid)" "$(ns_of "$(pid_of web)" pid)"
	member_of "$(unit_dir systemd)" "$(pid_of web)"
	same "$(pid_of web)" "$(cat "$(unit_dir systemd)/cgroup.procs")"
	same 50 "$(property TasksMax)"
	rt exec web true
	rt delete --force web
	no_unit
	is neighbour running
}
