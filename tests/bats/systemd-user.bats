# An ordinary user's containers live in scopes of his own systemd, with the limits that were delegated to it.
load helpers
load lib/cgroups
load lib/programs
load lib/mounts
load lib/systemd
load lib/rootless

RUNTIME_DIR=/run/user/1000

eval "rootless_$(declare -f setup)"
setup()
{
	rootless_setup
	need_systemd
	need_view v2
	[ -S $RUNTIME_DIR/bus ] || skip "user 1000 has no systemd of his own here"
	HIS_STATE=$T/run-1000/ctr-run
	UNIT=ctr-run-test-$ID-a.scope
	spec '.linux.cgroupsPath = $p' --arg p "user.slice:ctr-run-test:$ID-a"
	DIR=$(his_systemctl show --value -p ControlGroup)/user.slice/$UNIT
	DIR=/sys/fs/cgroup$DIR
}

his_systemctl()
{
	as_user 1000 env XDG_RUNTIME_DIR=$RUNTIME_DIR SYSTEMCTL_FORCE_BUS=1 systemctl --user "$@"
}

his_property()
{
	his_systemctl show --value -p "$1" "$UNIT"
}

# sd ARGS: ctr-run as the user; further words of the environment in $WITH
his_sd()
{
	as_user 1000 env XDG_RUNTIME_DIR=$RUNTIME_DIR ${WITH-} "$RUNTIME" --root "$HIS_STATE" --systemd-cgroup "$@" \
		>"$OUT" 2>"$ERR" </dev/null || { cat "$ERR"; return 1; }
}

his_pid()
{
	his state web | sed -n 's/^ *"pid": \([0-9]*\).*/\1/p'
}

gone_unit()
{
	[ "$(his_property LoadState)" = not-found ] && [ ! -e "$DIR" ]
}

@test "a user's container is in a scope of his systemd, limited" {
	grep -qw cpuset "${DIR%/user.slice/*}/cgroup.controllers" || skip "cpuset is not delegated to users here"
	spec '.linux.resources = {memory: {limit: 67108864}, pids: {limit: 77}, cpu: {shares: 512, quota: 12345, period: 50000, cpus: "0"}}'
	his_sd run -d web
	member_of "$DIR" "$(his_pid)"
	same 67108864 "$(cat "$DIR/memory.max")"
	same 77 "$(cat "$DIR/pids.max")"
	same "12345 50000" "$(cat "$DIR/cpu.max")"
	same 59 "$(cat "$DIR/cpu.weight")"
	same 0 "$(cat "$DIR/cpuset.cpus")"
	same 67108864 "$(his_property MemoryMax)"
	same active "$(his_property ActiveState)"
	his_sd delete --force web
	gone_unit
}

@test "exec and its processes are in the scope" {
	his_sd run -d web
	his_sd exec -d --pid-file "$T/run-1000/pid" web sleep 900
	member_of "$DIR" "$(cat "$T/run-1000/pid")"
	same 2 "$(wc -l <"$DIR/cgroup.procs")"
	# Into a cgroup below, too.
	as_user 1000 mkdir "$DIR/below"
	his_sd exec -d --cgroup below --pid-file "$T/run-1000/pid" web sleep 901
	member_of "$DIR/below" "$(cat "$T/run-1000/pid")"
	his_sd update --pids-limit 20 web
	same 20 "$(cat "$DIR/pids.max")"
	same 20 "$(his_property TasksMax)"
	his_sd delete --force web
	gone_unit
}

@test "one process is enough here, too" {
	spec '.linux.resources = {pids: {limit: 1}}'
	his_sd run -d web
	same 1 "$(cat "$DIR/pids.max")"
	his_sd delete --force web
}

@test "the default is ctr-run-ID.scope in user.slice" {
	spec 'del(.linux.cgroupsPath)'
	UNIT=ctr-run-$ID-x.scope
	DIR=${DIR%/*}/$UNIT
	his_sd run -d "$ID-x"
	same active "$(his_property ActiveState)"
	his_sd delete --force "$ID-x"
	gone_unit
}

@test "root of a user namespace is told from the machine's root" {
	spec '.linux.namespaces -= [{type: "user"}] | del(.linux.uidMappings, .linux.gidMappings) |
		.linux.resources = {pids: {limit: 77}}'
	as_user 1000 env XDG_RUNTIME_DIR=$RUNTIME_DIR unshare -rm "$RUNTIME" --root "$HIS_STATE" --systemd-cgroup run -d web \
		>"$OUT" 2>"$ERR" </dev/null || { cat "$ERR"; false; }
	same 77 "$(cat "$DIR/pids.max")"
	same active "$(his_property ActiveState)"
	as_user 1000 env XDG_RUNTIME_DIR=$RUNTIME_DIR unshare -rm "$RUNTIME" --root "$HIS_STATE" delete --force web
	gone_unit
}

@test "by the user's bus, where his systemd's own socket is not to be had" {
	test_mount --bind /dev/null $RUNTIME_DIR/systemd/private
	his_sd run -d web
	same active "$(his_property ActiveState)"
	his_sd delete --force web
	gone_unit
	WITH="DBUS_SESSION_BUS_ADDRESS=unix:path=$RUNTIME_DIR/bus" his_sd run -d web
	same active "$(his_property ActiveState)"
	his_sd delete --force web
	gone_unit
}

@test "no way to the user's systemd: it is said, and nothing is left" {
	WITH="XDG_RUNTIME_DIR=$T/run-1000 DBUS_SESSION_BUS_ADDRESS=autolaunch:" run his_sd run -d web
	[ "$status" != 0 ]
	says "reach the systemd of this user" "$T/run-1000/systemd/private" "no address of a unix socket"
	[ ! -e "$HIS_STATE/web" ]
	gone_unit
}

@test "a user may not have the machine's systemd make his cgroup" {
	WITH="XDG_RUNTIME_DIR=$T/run-1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket" run his_sd run -d web
	[ "$status" != 0 ]
	[ ! -e "$HIS_STATE/web" ]
	gone_unit
}
