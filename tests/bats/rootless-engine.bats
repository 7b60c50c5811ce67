# An ordinary user's engine is root of a user namespace, as podman is; its containers are in the same one, and may share
# other namespaces with the machine, over which that root has no rights.
load helpers
load lib/mounts
load lib/namespaces
load lib/rootless

setup()
{
	need_command nsenter
	fresh
	as_user 1000 unshare -U true 2>/dev/null || skip "users may not make user namespaces here"
	make_engine
	HIS=$T/his
	mkdir "$HIS"
	cp -a rootfs "$HIS/rootfs"
	chown -R 1000:1000 "$HIS"
	cd "$HIS"
	his spec --rootless
	spec '.process.terminal = false | .process.args = ["sleep", "1000"] | del(.linux.uidMappings, .linux.gidMappings)'
	no_namespace user
}

teardown()
{
	local name
	for name in $(ls "$T/run-1000/ctr-run" 2>/dev/null); do
		engine delete --force "$name"
	done
	end_others
	sweep
}

# A process that holds the engine's user and mount namespaces.
make_engine()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups unshare -U -m "$SUITE/rootfs/bin/sleep" 1000 3>&- 4>&- &
	ENGINE=$!
	other_pids=($ENGINE)
	wait_for grep -qx sleep "/proc/$ENGINE/comm"
	# In one write, which bash's own printf does not do.
	cat <<<$'0 1000 1\n1 100000 65535' >"/proc/$ENGINE/gid_map"
	cat <<<$'0 1000 1\n1 100000 65535' >"/proc/$ENGINE/uid_map"
}

engine()
{
	nsenter -t "$ENGINE" -U -m -S 0 -G 0 env -u USER HOME=/ XDG_RUNTIME_DIR="$T/run-1000" \
		sh -c 'cd "$0" && exec "$@"' "$HIS" "$RUNTIME" "$@" 3>&- 4>&-
}

detached()
{
	engine "$@" >"$OUT" 2>"$ERR" </dev/null || { cat "$ERR"; return 1; }
}

@test "run, exec, kill, delete" {
	spec '.process.args = ["sh", "-c", "id -u; cat /proc/self/uid_map"]'
	run -0 engine run web
	says $'0\n' 100000
	spec '.process.args = ["sleep", "1000"]'
	detached run -d web
	run -0 engine exec --user 7:8 web id
	says uid=7 gid=8
	engine kill web KILL
	wait_for test ! -e "/proc/$(engine state web | jq .pid)/exe"
	engine delete --force web
}

@test "exec enters a container that shares namespaces with the machine" {
	no_namespace cgroup network ipc uts
	spec 'del(.hostname) | .mounts |= map(select(.type != "mqueue" and .type != "sysfs"))'
	detached run -d web
	run -0 engine exec web hostname
	same "$(hostname)" "$output"
	engine delete --force web
	# The proc of the machine's pid namespace cannot be mounted: bind it.
	no_namespace pid
	spec '(.mounts[] | select(.destination == "/proc")) = {destination: "/proc", type: "none", source: "/proc", options: ["rbind"]} |
		.linux.maskedPaths = [] | .linux.readonlyPaths = []'
	detached run -d web
	run -0 engine exec web readlink /proc/self/ns/pid
	same "$(readlink /proc/self/ns/pid)" "$output"
}

@test "a container joins the pid namespace of another, and hooks still run outside it" {
	detached run -d one
	namespace pid "/proc/$(engine state one | jq .pid)/ns/pid"
	spec '.process.args = ["sh", "-c", "ps; readlink /proc/self/ns/pid"] |
		.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "readlink /proc/self/ns/pid >hooked"]}]}'
	run -0 engine run two
	says "sleep 1000" "$(readlink "/proc/$(engine state one | jq .pid)/ns/pid")"
	same "$(readlink /proc/self/ns/pid)" "$(<hooked)"
	spec 'del(.hooks) | .process.args = ["sleep", "2000"]'
	detached run -d two
	run -0 engine exec two ps
	says "sleep 1000" "sleep 2000"
}

@test "to join a namespace that it is in already is no error" {
	namespace uts /proc/self/ns/uts
	namespace network /proc/self/ns/net
	spec 'del(.hostname) | .process.args = ["hostname"]'
	run -0 engine run web
	same "$(hostname)" "$output"
}

@test "a source that the engine's root alone may reach is bound for a container with other ids" {
	mkdir -m 700 "$HIS/private"
	mkdir "$HIS/private/data"
	echo here >"$HIS/private/data/file"
	chown -R 1000:1000 "$HIS/private"
	spec '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 1, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings | .process.args = ["cat", "/data/file"] |
		.mounts += [{destination: "/data", source: $s, options: ["rbind"]}]' --arg s "$HIS/private/data"
	mkdir rootfs/data
	run -0 engine run web
	same here "$output"
}

@test "what is locked on a bind's source stays, though the config says rw, suid, exec" {
	mkdir "$T/locked"
	# Mounted before the engine's namespaces were made, or it would not be locked there.
	test_mount -t tmpfs -o nosuid,noexec,ro locked "$T/locked"
	end_others
	make_engine
	spec '.mounts += [{destination: "/locked", source: $s, options: ["rbind", "rw", "suid", "exec", "nodev"]}] |
		.process.args = ["grep", " /locked ", "/proc/self/mountinfo"]' --arg s "$T/locked"
	run -0 engine run web
	says " ro,nosuid,nodev,noexec"
}
