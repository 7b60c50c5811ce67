# mounts add and remove change the mounts of an existing container.
load helpers
load lib/mounts
load lib/programs
load lib/rootless

setup()
{
	fresh
	spec '.root.readonly = false'
	mkdir "$T/data"
	echo from the host >"$T/data/file"
	echo '[]' >"$T/list.json"
}

# list FILTER [JQ OPTIONS]: what `mounts` is to read
list()
{
	jq -n "$@" --arg data "$T/data" >"$T/list.json"
}

add()
{
	rt mounts add web "$T/list.json"
}

remove()
{
	rt mounts remove web "$T/list.json"
}

# The mounts of the container as they are now, for lib/mounts.bash.
look()
{
	cat "/proc/$(pid_of "${1-web}")/mountinfo" >"$T/mounts"
}

recorded()
{
	jq -c '[.mounts[]? | [.destination, .removed // false]]' "$STATE/web/state.json"
}

refused()
{
	run "$@"
	[ "$status" = 1 ] || { echo "status $status: $output"; return 1; }
}

@test "what is added is there at once, and gone when it is removed" {
	need_kernel 5.12
	rt run -d web
	list '[{destination: "/data", type: "none", source: $data, options: ["bind", "ro"]},
		{destination: "/deep/down/tmp", type: "tmpfs", source: "tmpfs", options: ["size=1m", "nosuid", "mode=750"]},
		{destination: "deep/down/tmp/file", type: "none", source: ($data + "/file"), options: ["bind"]}]'
	add
	run -0 rt exec web sh -c 'cat /data/file /deep/down/tmp/file; touch /data/x; stat -c %a /deep/down/tmp'
	says $'from the host\nfrom the host' "Read-only file system" 750
	look
	has "$(attributes /data)" ro
	has "$(attributes /deep/down/tmp)" nosuid
	has "$(filesystem /deep/down/tmp | cut -d ' ' -f 3)" size=1024k
	same '[["/data",false],["/deep/down/tmp",false],["/deep/down/tmp/file",false]]' "$(recorded)"
	remove
	look
	run ! is_mounted /data
	run ! is_mounted /deep/down/tmp
	run rt exec web cat /data/file
	says_not "from the host"
	same '[]' "$(recorded)"
}

@test "the host sees nothing of it" {
	need_kernel 5.12
	local before=$(</proc/self/mountinfo)
	rt run -d web
	list '[{destination: "/t", type: "tmpfs"}, {destination: "/data", source: $data, options: ["rbind"]}]'
	add
	same "$before" "$(</proc/self/mountinfo)"
	[ -z "$(ls -A rootfs/t)$(ls -A rootfs/data)" ]
}

@test "the list may be an object with mounts, and come from standard input" {
	need_kernel 5.12
	rt run -d web
	list '{"mounts": [{destination: "/data", source: $data, options: ["bind"]}]}'
	rt mounts add web - <"$T/list.json"
	run -0 rt exec web cat /data/file
	rt mounts remove web - <"$T/list.json"
	list '[]'
	add
}

@test "a created container and a paused one can be changed" {
	need_kernel 5.12
	shell 'cat /data/file; exec sleep 1000'
	rt create web
	list '[{destination: "/data", source: $data, options: ["bind"]}]'
	add
	rt start web
	wait_for grep -q "from the host" "$OUT"
	rt pause web
	remove
	list '[{destination: "/other", source: $data, options: ["bind"]}]'
	add
	rt resume web
	run -0 rt exec web sh -c 'cat /other/file; ls /data'
	same "from the host" "$output"
}

@test "either all of them or none" {
	need_kernel 5.12
	rt run -d web
	list '[{destination: "/a", type: "tmpfs"}, {destination: "/b", source: $data, options: ["bind"]},
		{destination: "/etc/hostname", source: ($data + "/file"), options: ["bind"]}, {destination: "/c", type: "nosuchfs"}]'
	refused add
	says "list.json:" "/3: " nosuchfs
	look
	run ! is_mounted /a
	run ! is_mounted /b
	run ! is_mounted /etc/hostname
	same '[]' "$(recorded)"
	list '[{destination: "/a", type: "tmpfs"}, {destination: "/b", source: ($data + "/none"), options: ["bind"]}]'
	refused add
	says "/1: " "$T/data/none" "no such file or directory"
	look
	run ! is_mounted /a
	list '[{destination: "/a", type: "tmpfs"}]'
	add
	list '[{destination: "/a"}, {destination: "/etc"}]'
	refused remove
	says "/1: " "nothing is mounted on /etc"
	look
	is_mounted /a
}

@test "what cannot be put on record is not done" {
	need_kernel 5.12
	add_mount /conf tmpfs tmpfs
	rt run -d web
	test_mount --bind "$STATE/web/state.json" "$STATE/web/state.json"
	list '[{destination: "/a", type: "tmpfs"}]'
	refused add
	says "note the mounts"
	list '[{destination: "/conf"}]'
	refused remove
	says "note the mounts"
	look
	run ! is_mounted /a
	is_mounted /conf
	umount "$STATE/web/state.json"
	test_mounts=()
	same '[]' "$(recorded)"
	remove
	same '[["/conf",true]]' "$(recorded)"
}

# killed_at CALL N: the runtime, at its Nth such call, by SIGKILL
killed_at()
{
	run -137 strace -qqq -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" "${RT[@]}" mounts add web "$T/list.json"
}

@test "a mount is on record even if the runtime is killed" {
	need_kernel 5.12
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	rt run -d web
	list '[{destination: "/a", type: "tmpfs"}]'
	killed_at renameat 1
	look
	run ! is_mounted /a
	same '[]' "$(recorded)"
	# While it waits for the worker.
	list '[{destination: "/b", type: "tmpfs"}]'
	strace -qqq -o "$T/calls" -e trace=poll "${RT[@]}" mounts add web "$T/list.json"
	remove
	killed_at poll "$(grep -c ^poll "$T/calls")"
	wait_for sh -c 'grep -q " /b " "/proc/$1/mountinfo"' sh "$(pid_of web)"
	same '[["/b",false]]' "$(recorded)"
	remove
	same '[]' "$(recorded)"
}

@test "faults of the list are told with their places, all at once" {
	rt run -d web
	printf '[{"destination": "/a", "options": ["bind", "size=1"]},\n {"destination": 5},\n {"type": "tmpfs"}]' >"$T/list.json"
	refused add
	says "list.json:1:2: /0/source: a bind mount needs a source" "list.json:1:44: /0/options/1: bind mounts cannot" \
		"list.json:2:18: /1/destination: expected a string" "list.json:3:2: /2/destination: is missing"
	printf '{"mounts": [{"destination": "/", "type": "tmpfs"}]}' >"$T/list.json"
	refused add
	says "/mounts/0/destination" "must not be the root"
	refused remove
	says "/mounts/0/destination" "must not be the root"
	printf '[{"destination": "/proc/1/environ", "source": "/etc/hosts", "options": ["bind"]}]' >"$T/list.json"
	refused add
	says "/0/destination" "cannot be mounted because it is inside /proc"
	printf '{}' >"$T/list.json"
	refused add
	says "/mounts: is missing"
	printf '"x"' >"$T/list.json"
	refused add
	refused rt mounts add web "$T/none.json"
	says "none.json" "no such file or directory"
	refused rt mounts change web "$T/list.json"
	says "mounts add" "mounts remove"
}

@test "a container that does not exist, or has stopped, is an error" {
	refused add
	says "does not exist"
	program true
	rt run -d web
	wait_status web stopped
	refused add
	says "container not running"
}

@test "the same target twice, and mounts of the config can be removed" {
	need_kernel 5.12
	add_mount /conf tmpfs tmpfs
	rt run -d web
	list '[{destination: "/d", type: "tmpfs"}, {destination: "/d", source: $data, options: ["bind"]}]'
	add
	run -0 rt exec web cat /d/file
	remove
	list '[{destination: "/conf"}]'
	remove
	look
	run ! is_mounted /d
	run ! is_mounted /conf
	same '[["/conf",true]]' "$(recorded)"
}

@test "a target behind a symlink is found inside the root, and removed there" {
	need_kernel 5.12
	mkdir rootfs/real
	ln -s /real rootfs/link
	ln -s ../real/name rootfs/etc/name
	rt run -d web
	list '[{destination: "/link", type: "tmpfs"}, {destination: "/etc/name", source: ($data + "/file"), options: ["bind"]}]'
	add
	look
	is_mounted /real
	is_mounted /real/name
	remove
	look
	run ! is_mounted /real
	run ! is_mounted /real/name
}

@test "a symlink that the container puts in the way uncovers nothing" {
	need_kernel 5.12
	rt run -d web
	list '[{destination: "/deep/down/tmp", type: "tmpfs"}]'
	add
	rt exec web sh -c 'mv /deep /gone; mkdir -p /deep/down; mkdir /etc/conf'
	list '[{destination: "/etc/conf", type: "tmpfs"}]'
	add
	list '[{destination: "/deep/down/tmp"}]'
	look
	before=$(cat "$T/mounts")
	for to in / /proc /proc/sys /proc/keys /sys/firmware; do
		rt exec web ln -sfnT "$to" /deep/down/tmp
		refused remove
		says "/deep/down/tmp leads to $to by a symlink of the container"
		look
		same "$before" "$(cat "$T/mounts")"
	done
	rt exec web sh -c '! touch /proc/sys/kernel/domainname'
	# Elsewhere a link is fine.
	rt exec web ln -sfnT /etc/conf /deep/down/tmp
	remove
}

@test "a symlink that the container puts in the way makes nothing writable" {
	need_kernel 5.12
	add_mount /volume none "$T/data" bind ro
	rt run -d web
	list '[{destination: "/x", options: ["remount", "rw"]}]'
	for to in /proc/sys /proc/keys /sys /volume; do
		rt exec web ln -sfnT "$to" /x
		refused add
		says "a symlink of the container leads from /x to somewhere else"
		look
		has "$(attributes "$to")" ro
	done
	list '[{destination: "/volume", options: ["remount", "rw"]}]'
	add
	rt exec web touch /volume/new
}

@test "in a user namespace: sources that only root reaches, and file systems of the container's own" {
	need_kernel 5.12
	mkdir -m 700 "$T/private"
	mv "$T/data" "$T/private/data"
	mkdir rootfs/data rootfs/t rootfs/q
	user_namespace
	rt run -d web
	list '[{destination: "/data", source: "\($data[:-4])private/data", options: ["bind", "idmap"]},
		{destination: "/t", type: "tmpfs"}, {destination: "/q", type: "mqueue"}]'
	add
	run -0 rt exec web sh -c 'cat /data/file; stat -c %u /data/file /t; touch /t/x /q/y && echo made'
	same $'from the host\n0\n0\nmade' "$output"
	remove
	look
	run ! is_mounted /data
	run ! is_mounted /q
}

@test "an ordinary user does it in his own container" {
	need_kernel 5.12
	as_user 1000 unshare -U true 2>/dev/null || skip "users may not make user namespaces here"
	mkdir "$T/his"
	cp -a rootfs "$T/his/rootfs"
	mkdir "$T/his/rootfs/data"
	chown -R 1000:1000 "$T/his" "$T/data"
	cd "$T/his"
	his spec --rootless
	spec '.process.terminal = false | .process.args = ["sleep", "1000"] | .root.readonly = false'
	his_detached run -d mine
	list '[{destination: "/data", source: $data, options: ["rbind"]}, {destination: "/t", type: "tmpfs"}]'
	his mounts add mine "$T/list.json"
	run -0 his exec mine sh -c 'cat /data/file; echo his >/data/new; touch /t/x'
	same 1000 "$(stat -c %u "$T/data/new")"
	his mounts remove mine "$T/list.json"
	run his exec mine cat /data/file
	says_not "from the host"
	chmod 700 "$T/data"
	chown 0:0 "$T/data"
	list '[{destination: "/data", source: ($data + "/file"), options: ["bind"]}]'
	refused his mounts add mine "$T/list.json"
	says "ermission denied"
	his delete --force mine
}

@test "mapped ids" {
	need_kernel 6.3
	rt run -d web
	list '[{destination: "/data", source: $data, options: ["bind", "idmap=uids=0-7-10;gids=0-8-10"]}]'
	add
	run -0 rt exec web stat -c %u:%g /data/file
	same 7:8 "$output"
}

@test "a view of the cgroups" {
	need_kernel 5.12
	rt run -d web
	list '[{destination: "/cg", type: "cgroup", options: ["ro"]}]'
	add
	run -0 rt exec web sh -c 'grep -c " /cg" /proc/self/mountinfo'
	[ "$output" -gt 0 ]
}

@test "whatever lies over the container's /proc is not asked" {
	need_kernel 5.12
	mkdir -p rootfs/false/self/fd
	spec '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	shell 'mount -t tmpfs none /proc; mkdir -p /proc/self/fd; for i in $(seq 0 40); do ln -s /keep /proc/self/fd/$i; done
		echo ready; exec sleep 1000'
	add_mount /keep tmpfs tmpfs
	rt run -d web
	wait_for grep -q ready "$OUT"
	list '[{destination: "/a", type: "tmpfs"}, {destination: "/f", source: ($data + "/file"), options: ["bind"]}]'
	add
	look
	is_mounted /a
	is_mounted /f
	remove
	look
	run ! is_mounted /a
	run ! is_mounted /f
	is_mounted /keep
}

@test "two at a time are both done and both on record" {
	need_kernel 5.12
	local pids=() i
	rt run -d web
	for i in 1 2 3 4 5 6; do
		jq -n '[{destination: "/m\($i)", type: "tmpfs"}]' --arg i $i >"$T/list.$i"
		in_background "${RT[@]}" mounts add web "$T/list.$i"
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		ends 0 "$i"
	done
	look
	for i in 1 2 3 4 5 6; do
		is_mounted "/m$i"
	done
	same 6 "$(jq '.mounts | length' "$STATE/web/state.json")"
}

@test "on a kernel that cannot hold mounts by descriptors they can only be removed" {
	add_mount /conf tmpfs tmpfs
	rt run -d web
	export CTR_RUN_DISABLE=mount
	list '[{destination: "/a", type: "tmpfs"}]'
	refused add
	says "need open_tree(2), move_mount(2) and mount_setattr(2) (Linux 5.12)"
	look
	run ! is_mounted /a
	list '[{destination: "/conf"}]'
	remove
	look
	run ! is_mounted /conf
	same '[["/conf",true]]' "$(recorded)"
}

@test "a target that the container exchanges with a symlink never leads outside" {
	need_kernel 5.12
	local i
	mkdir -p "$T/canary" rootfs/target
	: >"$T/canary/file"
	cp "$(compiled attack)" rootfs/bin/attack
	ln -s ../../../canary rootfs/other
	program attack exchange /target /other
	rt run -d web
	list '[{destination: "/target/sub", type: "tmpfs"}, {destination: "/target/file", source: ($data + "/file"), options: ["bind"]}]'
	for i in {1..60}; do
		rt mounts add web "$T/list.json" >"$OUT" 2>&1 || true
		rt mounts remove web "$T/list.json" >"$OUT" 2>&1 || true
	done
	same file "$(ls "$T/canary")"
	same 0 "$(stat -c %s "$T/canary/file")"
}

@test "no link leads a removal to a mask that lies behind a link of the image, or in a folder that was renamed" {
	need_kernel 5.12
	mkdir -p rootfs/real rootfs/a/b
	echo secret | tee rootfs/real/first rootfs/a/b/second >/dev/null
	ln -s real rootfs/link
	spec '.root.readonly = false | .linux.maskedPaths += ["/link/first", "/a/b/second"]'
	rt run -d web
	rt mounts add web <(echo '[{"destination": "/x/one", "type": "tmpfs"}, {"destination": "/x/two", "type": "tmpfs"}]')
	rt exec web sh -c 'mv /x /y; mkdir /x; mv /a/b /a/c; ln -s /real/first /x/one; ln -s /a/c/second /x/two'
	for name in one two; do
		rt_fail mounts remove web <(echo '[{"destination": "/x/'$name'"}]')
		says "by a symlink of the container"
	done
	same "" "$(rt exec web cat /real/first /a/c/second)"
}

@test "a new proc is the container's, whether the runtime can make it outside or not" {
	program sleep 1000
	spec '.root.readonly = false'
	rt run -d web
	for disable in "" pidns; do
		CTR_RUN_DISABLE=$disable rt mounts add web <(echo '[{"destination": "/mnt", "type": "proc", "source": "proc", "options": ["subset=pid"]}]')
		run -0 rt exec web cat /mnt/1/comm
		same sleep "$output"
		run ! rt exec web ls /mnt/meminfo
		rt mounts remove web <(echo '[{"destination": "/mnt"}]')
	done
}
