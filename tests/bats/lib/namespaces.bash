# namespaces.bash - namespaces to join; load it after helpers
#
#	namespace TYPE [PATH]		set or replace that entry of .linux.namespaces
#	no_namespace TYPE...		remove it
#	user_namespace [HOSTID [SIZE]]	a new user namespace in which root is HOSTID (100000)
#	beside_first			the container "first", with one, and then a second bundle that joins it: $FIRST is its pid
#	others NAME UNSHARE-OPTION...	a process with namespaces of its own: $OTHER is its pid; ended after the test
#	ns_of PID TYPE			"net:[4026531840]"

namespace()
{
	spec '.linux.namespaces |= map(select(.type != $t)) + [{type: $t} + if $p == "" then {} else {path: $p} end]' \
		--arg t "$1" --arg p "${2-}"
}

no_namespace()
{
	local type
	for type; do
		spec '.linux.namespaces |= map(select(.type != $t))' --arg t "$type"
	done
}

user_namespace()
{
	namespace user
	spec '.linux.uidMappings = [{containerID: 0, hostID: $h, size: $s}] | .linux.gidMappings = .linux.uidMappings' \
		--argjson h "${1-100000}" --argjson s "${2-65536}"
}

beside_first()
{
	user_namespace
	rt run -d first
	FIRST=$(pid_of first)
	new_bundle second
	user_namespace
	namespace user "/proc/$FIRST/ns/user"
}

other_pids=()
others()
{
	# unshare becomes the sleep, or (--fork) its parent.  The copy is on the suite's tmpfs, where leaks are looked for.
	unshare "$@" "$BUNDLE/rootfs/bin/sleep" 9999 3>&- 4>&- &
	other_pids+=($!)
	OTHER=$!
	case " $* " in
	*" --fork "*)
		wait_for pgrep -P "$OTHER"
		OTHER=$(pgrep -P "$OTHER") ;;
	esac
	wait_for grep -qx sleep "/proc/$OTHER/comm"
}

end_others()
{
	local pid

	for pid in "${other_pids[@]}"; do
		kill -KILL $(pgrep -P "$pid") "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	other_pids=()
}

ns_of()
{
	readlink "/proc/$1/ns/$2"
}

teardown()
{
	end_others
	sweep
}
