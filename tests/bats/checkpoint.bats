# checkpoint and restore, with the CRIU of this machine, or $CRIU: what was saved goes on where it was.
# runs alone: while CRIU saves or makes cgroups, cgroup2 lacks its options (nsdelegate), which other tests look at.
load helpers
load lib/criu
load lib/programs
TEST_TIMEOUT=120

@test "a saved container is gone, and goes on where it was" {
	need_criu
	start_counting web
	save web
	[ ! -e "$STATE/web" ]
	[ ! -d "$(cgroup_dir)" ]
	n=$(count)
	sleep 0.3
	[ "$(count)" = "$n" ]
	back web
	is web running
	never_stopped_counting
	rt exec web ps | grep -q sleep
	rt kill web KILL
	wait_status web stopped
	rt delete web
}

@test "more than once" {
	need_criu
	start_counting web
	for i in 1 2 3; do
		IMAGES=$T/images$i
		save web
		back web
		never_stopped_counting
	done
}

@test "mounts come back as they were: masks, read-only paths, devices, shm, cgroup" {
	need_criu
	mkdir "$T/data" "$T/data/below"
	echo one >"$T/data/file"
	echo two >"$T/one"
	spec '.mounts += [
		{destination: "/data", type: "bind", source: $d, options: ["bind", "ro", "nosuid"]},
		{destination: "/data/below", type: "tmpfs", source: "tmpfs"},
		{destination: "/one", type: "bind", source: ($t + "/one"), options: ["bind", "noexec"]},
		{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nodev"]},
		{destination: "/tmp/inner", type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/data" --arg t "$T"
	shell 'echo kept >/tmp/kept; echo shm >/dev/shm/x; echo deep >/data/below/x; while :; do sleep 0.1; done'
	rt run -d web
	wait_for rt exec web test -e /data/below/x
	mounts_of web >"$T/before"
	save web
	back web
	mounts_of web >"$T/after"
	diff "$T/before" "$T/after"
	[ "$(rt exec web cat /tmp/kept /dev/shm/x /data/below/x /data/file /one /tmp/inner/file | tr '\n' ' ')" = "kept shm deep one two one " ]
	run ! rt exec web sh -c 'echo x >/data/file'
	run ! rt exec web sh -c 'echo 1 >/proc/sys/vm/drop_caches'
	[ -z "$(rt exec web cat /proc/keys)" ]
	rt exec web sh -c 'echo x >/dev/null'
}

@test "a read-only root stays so" {
	need_criu
	mkdir "$T/sink"
	spec '.root.readonly = true | .mounts += [{destination: "/out", type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/sink"
	shell 'i=0; while :; do i=$((i+1)); echo $i >/out/n; sleep 0.05; done'
	rt run -d web
	wait_for test -s "$T/sink/n"
	save web
	back web
	n=$(<"$T/sink/n")
	wait_for eval '[ "$(<"$T/sink/n")" != "$n" ]'
	run ! rt exec web touch /x
	[[ $output == *"Read-only"* ]]
}

@test "a bind mount through a symlink of the rootfs, and one that brings mounts with it" {
	need_criu
	mkdir -p "$T/data/sub" "$BUNDLE/rootfs/run/x"
	ln -s /run "$BUNDLE/rootfs/var/run"
	test_mount -t tmpfs tmpfs "$T/data/sub"
	echo inner >"$T/data/sub/file"
	spec '.mounts += [{destination: "/var/run/x", type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/data"
	counting
	rt run -d web
	wait_for reaches 3
	save web
	back web
	[ "$(rt exec web cat /run/x/sub/file)" = inner ]
	never_stopped_counting
}

@test "a fresh rootfs gets its mount points" {
	need_criu
	mkdir "$T/data"
	echo here >"$T/data/x"
	spec '.mounts += [{destination: "/a/b", type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/data"
	staying web
	save web
	rm -rf rootfs
	cp -a "$SUITE/rootfs" rootfs
	rmdir rootfs/proc rootfs/sys rootfs/dev
	back web
	[ "$(rt exec web cat /a/b/x)" = here ]
}

@test "mapped ids of a bind mount come back" {
	need_criu
	need_kernel 5.19
	mkdir "$T/data"
	chown 0:0 "$T/data"
	spec '.mounts += [{destination: "/data", type: "bind", source: $d, options: ["bind"],
		uidMappings: [{containerID: 0, hostID: 1000, size: 10}], gidMappings: [{containerID: 0, hostID: 1000, size: 10}]}]' --arg d "$T/data"
	staying web
	rt exec web stat -c '%u:%g' /data >"$T/before"
	save web
	back web
	rt exec web stat -c '%u:%g' /data | diff "$T/before" -
	[ "$(<"$T/before")" = 1000:1000 ]
}

@test "limits are there again" {
	need_criu
	need_controller pids memory
	spec '.linux.resources += {pids: {limit: 77}, memory: {limit: 67108864}}'
	start_counting web
	save web
	back web
	case $VIEW in
	v2) grep -q 77 "$(cgroup_dir)/pids.max"; grep -q 67108864 "$(cgroup_dir)/memory.max" ;;
	*) grep -q 77 "$(cgroup_dir pids)/pids.max"; grep -q 67108864 "$(cgroup_dir)/memory.limit_in_bytes" ;;
	esac
	never_stopped_counting
}

@test "cgroups that the container made itself come back below its own" {
	need_criu
	need_view v2
	shell 'mkdir /sys/fs/cgroup/inner; echo $$ >/sys/fs/cgroup/inner/cgroup.procs; i=0; while :; do i=$((i+1)); echo $i >>/count; sleep 0.05; done'
	spec '(.mounts[] | select(.type == "cgroup")).options = []'
	rt run -d web
	wait_for reaches 5
	grep -q "^0::$CGROUP/inner$" "/proc/$(pid_of web)/cgroup"
	save web
	back web
	grep -q "^0::$CGROUP/inner$" "/proc/$(pid_of web)/cgroup"
	never_stopped_counting
}

@test "cgroups of others, in hierarchies that are not the container's, are not made again" {
	need_criu
	mkdir "$T/hierarchy"
	mount -t cgroup -o none,name=$ID none "$T/hierarchy" 2>"$T/why" || skip "no more cgroup v1 here: $(<"$T/why")"
	test_mounts=("$T/hierarchy")
	mkdir "$T/hierarchy/stranger"
	start_counting web
	save web
	rmdir "$T/hierarchy/stranger"
	back web
	never_stopped_counting
	[ ! -e "$T/hierarchy/stranger" ]
}

@test "left running, it runs on, and can be restored later" {
	need_criu
	start_counting web
	save --leave-running web
	is web running
	never_stopped_counting
	n=$(count)
	rt delete -f web
	back web
	wait_for eval '[ "$(count)" -lt "$n" ] || reaches $((n + 1))'
	is web running
}

@test "a pre-dump leaves it running, and the next needs only what has changed" {
	need_criu
	need_memory_tracking
	counting
	spec '.process.args[2] |= "never_changes=$(head -c 1000000 /dev/zero | tr \"\\0\" x); " + .'
	rt run -d web
	wait_for reaches 5
	rt checkpoint --pre-dump --image-path "$T/images/1" web
	is web running
	rt checkpoint --pre-dump --parent-path ../1 --image-path "$T/images/2" web
	rt checkpoint --parent-path ../2 --image-path "$T/images/3" web
	[ -L "$T/images/3/parent" ]
	# Its first pages are still in the first images: without those it cannot be restored.
	[ "$(cat "$T/images/3"/pages-*.img | wc -c)" -lt "$(cat "$T/images/1"/pages-*.img | wc -c)" ]
	[ ! -e "$STATE/web" ]
	mv "$T/images/1" "$T/images/away"
	rt_fail restore -d --image-path "$T/images/3" web
	mv "$T/images/away" "$T/images/1"
	rt restore -d --image-path "$T/images/3" web
	never_stopped_counting
}

@test "memory goes to a page server" {
	need_criu
	port=$((20000 + RANDOM % 10000))
	start_counting web
	mkdir "$IMAGES"
	in_background "$CRIU" page-server -D "$IMAGES" --address 127.0.0.1 --port $port -o "$T/server.log" </dev/null >/dev/null 2>&1
	server=$!
	wait_for listens $port
	save --page-server 127.0.0.1:$port web
	ends 0 $server
	back web
	never_stopped_counting
}

@test "pages are served lazily, and status-fd says when" {
	need_criu
	# CRIU wants larger pipes than others may have.
	(($(sed -n 's/^CapEff:[[:space:]]*/0x/p' /proc/self/status) >> 24 & 1)) || skip "CRIU needs CAP_SYS_RESOURCE for this"
	port=$((20000 + RANDOM % 10000))
	start_counting web
	mkfifo "$T/ready"
	exec 7<>"$T/ready"
	"${RT[@]}" checkpoint --image-path "$IMAGES" --lazy-pages --page-server 127.0.0.1:$port --status-fd 7 web 3>&- 4>&- 2>"$T/why" &
	server=$!
	[ "$(timeout 30 head -c 1 <&7 | od -An -tx1)" = " 00" ]
	n=$(count)
	mkdir "$T/work"
	"$CRIU" lazy-pages -D "$IMAGES" -W "$T/work" --page-server --address 127.0.0.1 --port $port -o "$T/lazy.log" </dev/null >/dev/null 2>&1 3>&- 4>&- 7>&- &
	lazy=$!
	wait_for test -S "$T/work/lazy-pages.socket"
	# The first one is still there, and held.
	[ "$(count)" = "$n" ]
	spec '.linux.cgroupsPath += "-again"'
	rt restore -d --lazy-pages --image-path "$IMAGES" --work-path "$T/work" again
	ends 0 $server
	ends 0 $lazy
	[ ! -e "$STATE/web" ]
	never_stopped_counting
	exec 7>&-
}

@test "a --status-fd that nobody reads any more is an error, and the container runs on" {
	need_criu
	(($(sed -n 's/^CapEff:[[:space:]]*/0x/p' /proc/self/status) >> 24 & 1)) || skip "CRIU needs CAP_SYS_RESOURCE for this"
	start_counting web
	mkfifo "$T/ready"
	exec 6<>"$T/ready" 7>"$T/ready" 6>&-
	# Not by rt_fail, which closes descriptor 7.
	run -1 "${RT[@]}" checkpoint --image-path "$IMAGES" --lazy-pages --page-server 127.0.0.1:$((20000 + RANDOM % 10000)) --status-fd 7 web
	says "write to --status-fd 7"
	exec 7>&-
	is web running
	n=$(count)
	wait_for eval '[ "$(count)" -gt "$n" ]'
}

@test "in the foreground restore waits, and ends with the exit code" {
	need_criu
	shell 'while [ ! -e /go ]; do sleep 0.05; done; exit 7'
	rt run -d web
	save web
	in_background "${RT[@]}" restore --image-path "$IMAGES" --pid-file "$T/pid" web </dev/null >>"$OUT" 2>>"$ERR"
	restorer=$!
	wait_for test -s "$T/pid"
	[ "$(<"$T/pid")" = "$(pid_of web)" ]
	touch rootfs/go
	ends 7 $restorer
	[ ! -e "$STATE/web" ]
}

@test "standard output to a pipe goes on to the pipe of the restore" {
	need_criu
	shell 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done'
	"${RT[@]}" run -d web </dev/null 2>&1 3>&- 4>&- | cat >"$T/said" 3>&- 4>&- &
	wait_for grep -qx 5 "$T/said"
	save web
	wait $!
	grep -q '"pipe:\[' "$IMAGES/descriptors.json"
	n=$(tail -n 1 "$T/said")
	"${RT[@]}" restore -d --image-path "$IMAGES" web </dev/null 2>&1 3>&- 4>&- | cat >>"$T/said" 3>&- 4>&- &
	wait_for grep -qx $((n + 5)) "$T/said"
	in_order "$T/said"
	rt delete -f web
}

@test "standard output to a file of the host goes on in the file, or in another that is appended to" {
	need_criu
	shell 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done'
	"${RT[@]}" run -d web </dev/null >>"$T/said" 2>&1 3>&- 4>&-
	wait_for grep -qx 5 "$T/said"
	save web
	"${RT[@]}" restore -d --image-path "$IMAGES" web </dev/null >>"$T/said" 2>&1 3>&- 4>&-
	n=$(tail -n 1 "$T/said")
	wait_for grep -qx $((n + 5)) "$T/said"
	IMAGES=$T/images2
	save web
	n=$(tail -n 1 "$T/said")
	"${RT[@]}" restore -d --image-path "$IMAGES" web </dev/null >>"$T/more" 2>&1 3>&- 4>&-
	wait_for grep -qx $((n + 5)) "$T/more"
	[ "$(tail -n 1 "$T/said")" = "$n" ]
	rt delete -f web
	in_order "$T/said" "$T/more"
}

# A shell does that for the time of each redirection, and just then we may look.
@test "standard output to a file of the host, which the process has put under another number" {
	need_criu
	shell 'exec 5>&1 >>/moved; i=0; while :; do i=$((i+1)); echo $i >>/count; echo $i >&5; sleep 0.05; done'
	rt run -d web
	wait_for reaches 5
	save web
	back web
	never_stopped_counting
	in_order "$OUT"
}

@test "standard output to a socket of the host's network" {
	need_criu
	spec '.linux.namespaces |= map(select(.type != "network"))'
	shell 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done'
	outside on-socket "${RT[@]}" run -d web </dev/null >"$T/said" &
	wait_for grep -qx 5 "$T/said"
	save web
	n=$(tail -n 1 "$T/said")
	outside on-socket "${RT[@]}" restore -d --image-path "$IMAGES" web </dev/null >>"$T/said" &
	wait_for grep -qx $((n + 5)) "$T/said"
	in_order "$T/said"
	rt delete -f web
}

# It counts the lines that are typed: the first before it was saved, by descriptor 8; what is to be typed later comes by 9.
saved_with_a_terminal()
{
	spec '.process.terminal = true'
	shell 'i=0; while read line; do i=$((i+1)); echo "$line is $i"; done'
	mkfifo "$T/keys" "$T/keys2"
	exec 8<>"$T/keys" 9<>"$T/keys2"
	in_background timeout 60 "$OUTSIDE" console "$T/tty.sock" <&8 >"$T/screen" 2>"$T/ready"
	wait_for grep -q ready "$T/ready"
	rt run -d --console-socket "$T/tty.sock" web
	echo one >&8
	wait_for grep -q 'one is 1' "$T/screen"
	save web
}

@test "its terminal goes to the console socket of the restore" {
	need_criu
	saved_with_a_terminal
	in_background timeout 60 "$OUTSIDE" console "$T/tty2.sock" <&9 >"$T/screen2" 2>"$T/ready2"
	wait_for grep -q ready "$T/ready2"
	rt_fail restore -d --image-path "$IMAGES" web
	says "cannot allocate tty if runc will detach without setting console socket"
	back --console-socket "$T/tty2.sock" web
	echo two >&9
	wait_for grep -q 'two is 2' "$T/screen2"
	exec 8>&- 9>&-
}

@test "its terminal is ours in a restore in the foreground" {
	need_criu
	saved_with_a_terminal
	in_background timeout 60 "$OUTSIDE" pty 24x80 "${RT[@]}" restore --image-path "$IMAGES" web <&9 >"$T/screen2" 2>&1
	wait_status web running
	echo two >&9
	wait_for grep -q 'two is 2' "$T/screen2"
	rt kill web KILL
	exec 8>&- 9>&-
}

@test "a paused container can be saved" {
	need_criu
	start_counting web
	rt pause web
	save web
	[ ! -e "$STATE/web" ]
	back web
	never_stopped_counting
}

@test "lo is up again, and a connection over it goes on if it is allowed" {
	need_criu
	need_command iptables
	connected
	rt run -d web
	wait_for reaches 5 got
	rt_fail checkpoint --image-path "$IMAGES" web
	says "TCP connections" "--tcp-established"
	is web running
	run save --tcp-established web
	# SO_PASSCRED of a TCP socket, which CRIU 4.1 asks for, is no more since Linux 6.16.
	[[ $output != *"opt: Operation not supported"* ]] || skip "this CRIU does not know the sockets of Linux $(uname -r)"
	[ "$status" = 0 ]
	back --tcp-established web
	n=$(count got)
	wait_for reaches $((n + 5)) got
	in_order rootfs/got
}

@test "a user namespace of its own" {
	need_criu
	user_namespace
	chown -R 100000:100000 rootfs
	counting
	# A file of root's could not be opened again by root of the namespace.
	"${RT[@]}" run -d web </dev/null >/dev/null 2>&1 3>&- 4>&-
	wait_for reaches 5
	mounts_of web >"$T/before"
	save web
	"${RT[@]}" restore -d --image-path "$IMAGES" web </dev/null >/dev/null 2>"$T/why" 3>&- 4>&- || { cat "$T/why"; false; }
	never_stopped_counting
	mounts_of web | diff "$T/before" -
	[ "$(awk '{ print $2 }' "/proc/$(pid_of web)/uid_map")" = 100000 ]
	[ "$(rt exec web id -u)" = 0 ]
}

@test "joined network, ipc and uts namespaces are joined again" {
	need_criu
	rt run -d pod
	pod=$(pid_of pod)
	new_bundle second
	spec '.root.readonly = false | (.linux.namespaces[] | select(.type == "network")).path = "/proc/\($p)/ns/net"
		| (.linux.namespaces[] | select(.type == "ipc")).path = "/proc/\($p)/ns/ipc"
		| (.linux.namespaces[] | select(.type == "uts")).path = "/proc/\($p)/ns/uts" | del(.hostname)' --arg p "$pod"
	start_counting web
	save web
	back web
	for ns in net ipc uts; do
		[ "$(readlink "/proc/$(pid_of web)/ns/$ns")" = "$(readlink "/proc/$pod/ns/$ns")" ]
	done
	never_stopped_counting
}

@test "a joined pid namespace is joined again" {
	need_criu
	# A first process that reaps what is left to it, or the pids would stay taken.
	shell 'sleep 100000 & wait'
	rt run -d pod
	pod=$(pid_of pod)
	new_bundle second
	spec '.root.readonly = false | (.linux.namespaces[] | select(.type == "pid")).path = "/proc/\($p)/ns/pid"' --arg p "$pod"
	start_counting web
	init=$(pid_of web)
	save web
	# Its pid is free when somebody has reaped it.
	wait_for eval '[ ! -e "/proc/$init" ]'
	back web
	[ "$(readlink "/proc/$(pid_of web)/ns/pid")" = "$(readlink "/proc/$pod/ns/pid")" ]
	never_stopped_counting
	rt delete -f web
}

@test "the namespaces of the host" {
	need_criu
	spec '.linux.namespaces |= map(select(.type != "network" and .type != "ipc" and .type != "uts")) | del(.hostname)'
	start_counting web
	save web
	back web
	never_stopped_counting
	[ "$(readlink "/proc/$(pid_of web)/ns/net")" = "$(readlink /proc/self/ns/net)" ]
}

@test "prestart and createRuntime hooks run again, before the processes do; poststop at the end" {
	need_criu
	for name in prestart createRuntime createContainer startContainer poststart poststop; do
		spec '.hooks[$n] = [{path: "/bin/sh", args: ["sh", "-c", $c]}]' --arg n $name \
			--arg c "cat >$T/state-$name; echo $name >>$T/order"
	done
	# Those that run in the container have no such files.
	spec 'del(.hooks.createContainer, .hooks.startContainer)'
	start_counting web
	save web
	: >"$T/order"
	back web
	[ "$(tr '\n' ' ' <"$T/order")" = "prestart createRuntime " ]
	[ "$(jq .pid "$T/state-prestart")" = "$(pid_of web)" ]
	[ "$(jq -r .status "$T/state-prestart")" = creating ]
	rt delete -f web
	[ "$(tr '\n' ' ' <"$T/order")" = "prestart createRuntime poststop " ]
}

@test "an open file that has lost its name, but not all of them, needs --link-remap" {
	need_criu
	shell 'exec 3>/first; ln /first /second; rm /first; i=0; while :; do i=$((i+1)); echo $i >>/count; echo $i >&3; sleep 0.05; done'
	rt run -d web
	wait_for reaches 5
	rt_fail checkpoint --image-path "$IMAGES" web
	says "link-remap"
	is web running
	save --link-remap web
	back --link-remap web
	never_stopped_counting
	in_order rootfs/second
}

@test "a shell that redirects its output all the time has it again" {
	need_criu
	shell 'while :; do n=$((n + 1)); echo $n >/count; done'
	spec '.root.readonly = false'
	rt run -d web
	for i in 1 2 3 4; do
		IMAGES=$T/images$i
		save web
		back web
		wait_for test -s rootfs/count
	done
	wait_for eval 'ls -l "/proc/$(pid_of web)/fd" 2>&1 | grep -F -- "-> $OUT" >"$T/has"'
}

@test "the annotation org.criu.config names a file whose options count" {
	need_criu
	echo file-locks >"$T/criu.conf"
	spec '.annotations["org.criu.config"] = $f' --arg f "$T/criu.conf"
	inside lock /lock /count
	rt run -d web
	wait_for reaches 5
	save web
	back web
	never_stopped_counting
}
