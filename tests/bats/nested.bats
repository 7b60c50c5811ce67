# A container in a container: the inner runtime has only its container's rights, and must say so clearly if they do not suffice.
load helpers
load lib/mounts
load lib/namespaces

setup()
{
	fresh
	need_static
	mkdir -p rootfs/inner/rootfs
	cp -a "$SUITE/rootfs/." rootfs/inner/rootfs/
	cp "$RUNTIME" rootfs/bin/ctr-run
	spec '.root.readonly = false | .process.noNewPrivileges = false | .linux.resources.devices = [{allow: true, access: "rwm"}] |
		.mounts += [{destination: "/run", type: "tmpfs", source: "tmpfs"}] |
		.process.capabilities |= (.bounding = $caps | .effective = $caps | .permitted = $caps)' \
		--argjson caps "$("$RUNTIME" features | jq -c .linux.capabilities)"
}

# Nothing of the outer container is masked or read-only.
open_all()
{
	spec '.linux.maskedPaths = [] | .linux.readonlyPaths = [] | (.mounts[] | select(.options).options) -= ["ro"]'
}

# inner JQ-FILTER: the config that is run inside; its program says what it is told by the next
inner()
{
	(cd rootfs/inner && rm -f config.json && "$RUNTIME" spec && spec ".process.terminal = false | $1" "${@:2}")
}

# outer SHELL-TEXT: run it in the outer container, in the inner's bundle
outer()
{
	shell "cd /inner; $1"
	run rt run outer
}

@test "in a privileged container it runs, is entered, and goes" {
	open_all
	inner '.process.args = ["sleep", "100"]'
	outer 'ctr-run run -d web </dev/null && ctr-run exec web sh -c "cat /proc/1/comm; hostname" && ctr-run list -q && ctr-run delete -f web && ctr-run list -q'
	same 0 "$status"
	same $'sleep\nctr-run\nweb' "$output"
	[ -z "$(find rootfs/run -mindepth 1)" ]
}

@test "in a container of a user namespace it runs" {
	chown -R 100000:100000 rootfs
	user_namespace
	inner '.process.args = ["sh", "-c", "id -u; cat /proc/self/uid_map; echo x >/dev/null; touch /dev/mqueue/x; ls /proc/1/ns | wc -l"]'
	outer 'ctr-run run web'
	same 0 "$status"
	says $'0\n' "100000" 65536
}

@test "a user namespace in a user namespace" {
	chown -R 100000:100000 rootfs
	user_namespace
	open_all
	inner '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings | .process.user.additionalGids = [7] | .root.readonly = false |
		.process.args = ["sh", "-c", "cat /proc/self/setgroups; id -G; stat -c %u /dev/mqueue; echo x >/dev/null; touch /tmp/mine"]'
	chown 101000:101000 rootfs/inner/rootfs/tmp
	outer 'ctr-run run web'
	same 0 "$status"
	same $'allow\n0 7\n0' "$output"
	same 101000 "$(stat -c %u rootfs/inner/rootfs/tmp/mine)"
	# What the outer has not, the inner cannot have.
	(cd rootfs/inner && spec '.linux.uidMappings[0].hostID = 65000')
	outer 'ctr-run run web'
	[ "$status" != 0 ]
	says "/linux/uidMappings" "mapped in the parent namespace"
}

@test "where parts of /proc are masked a new user namespace gets none, and is told what is in the way" {
	inner '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings | del(.linux.resources)'
	outer 'ctr-run run web'
	[ "$status" != 0 ]
	says "/mounts/0" "shows more than what is mounted here already" "over parts of /proc there is something mounted: /proc/" "more"
	[ -z "$(ls -A rootfs/run)" ]
}

@test "where parts of /sys are masked it is the outer one's, read-only" {
	spec '.linux.maskedPaths = ["/sys/firmware"] | .linux.readonlyPaths = []'
	inner '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings | del(.linux.resources) | (.mounts[] | select(.destination == "/sys").options) -= ["ro"] |
		.process.args = ["sh", "-c", "ls /sys/firmware | wc -l; ls -d /sys/kernel; mkdir /sys/fs/cgroup/x; true"]'
	outer 'ctr-run run web'
	same 0 "$status"
	says $'0\n/sys/kernel' "Read-only file system"
}

@test "an ordinary user of the container runs one, too" {
	open_all
	inner 'del(.linux.resources)'
	mkdir rootfs/inner/state
	chown -R 1000:1000 rootfs/inner
	(cd rootfs/inner && rm config.json && as_user 1000 "$RUNTIME" spec --rootless && spec '.process.terminal = false |
		.process.args = ["sh", "-c", "id -u; cat /proc/self/uid_map"]')
	spec '.process.user = {uid: 1000, gid: 1000} | .process.env += ["XDG_RUNTIME_DIR=/inner/state"] | .process.capabilities = {} |
		.process.noNewPrivileges = true'
	outer 'ctr-run run web'
	same 0 "$status"
	says $'0\n' "0       1000          1"
	same "" "$(ls -A rootfs/inner/state/ctr-run)"
}

@test "limits hold inside limits" {
	need_view v2
	need_controller pids
	spec '.linux.namespaces |= map(select(.type != "cgroup")) + [{type: "cgroup"}] | .linux.resources.pids.limit = 100'
	open_all
	inner '.linux.resources.pids.limit = 7 | .process.args = ["cat", "/sys/fs/cgroup/pids.max"]'
	# A cgroup with processes hands no controllers down: whoever nests makes place first.
	outer 'mkdir /sys/fs/cgroup/init && echo $$ >/sys/fs/cgroup/init/cgroup.procs && ctr-run run web; rmdir /sys/fs/cgroup/web'
	says 7
	says "No such file"
}

@test "where the cgroup tree is read-only it can be done without" {
	need_view v2
	spec '.linux.maskedPaths = [] | .linux.readonlyPaths = []'
	inner '.process.args = ["echo", "here"]'
	outer 'ctr-run run web'
	[ "$status" != 0 ]
	says "read-only file system" "--cgroup-manager disabled"
	outer 'ctr-run --cgroup-manager disabled run web'
	same 0 "$status"
	same here "$output"
}
