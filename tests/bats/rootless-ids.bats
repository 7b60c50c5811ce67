# Which ids an ordinary user's container has, and who may give them to it.
load helpers
load lib/mounts
load lib/rootless

@test "newuidmap and newgidmap give it more than one id" {
	subids
	mapped
	spec '.process.args = ["sh", "-c", "cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups"]'
	run -0 his run web
	same $'0 1000 1\n1 100000 65535\n0 1000 1\n1 100000 65535\nallow' "$(sed 's/^ *//; s/  */ /g' <<<"$output")"
}

@test "its other users own files, and may be entered and killed" {
	subids
	mapped
	spec '.process.args = ["sh", "-c", "echo text >/tmp/mine; exec sleep 1000"] | .process.user = {uid: 5, gid: 6, additionalGids: [7, 8]} |
		.root.readonly = false | .process.capabilities = {}'
	his_detached run -d web
	wait_for test -s rootfs/tmp/mine
	same 100004:100005 "$(stat -c %u:%g rootfs/tmp/mine)"
	local pid=$(his state web | jq .pid)
	same 100004 "$(stat -c %u "/proc/$pid")"
	same "100006 100007" "$(grep Groups "/proc/$pid/status" | cut -f 2 | xargs)"
	run -0 his exec web id
	same "uid=5 gid=6 groups=7,8" "$output"
	run -0 his exec --user 0:0 web cat /proc/self/uid_map
	says "1     100000      65535"
	his kill web KILL
	wait_for test ! -e "/proc/$pid"
	his delete web
}

@test "a terminal's group is one of them" {
	subids
	mapped
	spec '(.mounts[] | select(.destination == "/dev/pts")).options += ["gid=5"] | .process.args = ["stat", "-c", "%g", "/dev/pts/ptmx", "/dev/pts"]'
	run -0 his run web
	says 0
}

@test "ids that are not his are refused in the helper's words" {
	subids 100000 10
	mapped
	run his run web
	[ "$status" != 0 ]
	says "/linux/gidMappings" "/usr/bin/newgidmap refuses the mappings" "not allowed" "/etc/subgid"
	spec '.linux.gidMappings = [{containerID: 0, hostID: 1000, size: 1}]'
	run his run web
	[ "$status" != 0 ]
	says "/linux/uidMappings" "/usr/bin/newuidmap refuses the mappings"
	[ -z "$(ls -A "$T/run-1000/ctr-run")" ]
}

@test "helpers are not looked for in PATH" {
	subids
	mapped
	mkdir "$T/bin"
	printf '#!/bin/sh\ntouch %s/called\nexit 1\n' "$T/his" >"$T/bin/newuidmap"
	cp "$T/bin/newuidmap" "$T/bin/newgidmap"
	chmod 755 "$T/bin" "$T/bin"/*
	spec '.process.args = ["true"]'
	PATH=$T/bin:$PATH his run web
	[ ! -e "$T/his/called" ]
}

@test "with no_new_privs around him the helpers cannot help, and the error says so" {
	subids
	mapped
	run as_user 1000 setpriv --no-new-privs "$RUNTIME" run web
	[ "$status" != 0 ]
	says "/linux/gidMappings" "no_new_privs"
}

@test "without the helpers his own id is all there is, and a warning" {
	subids
	mapped
	touch "$T/none"
	test_mount --bind "$T/none" /usr/bin/newuidmap
	test_mount --bind "$T/none" /usr/bin/newgidmap
	spec '(.mounts[] | select(.destination == "/dev/pts")).options += ["gid=5"] |
		.process.args = ["sh", "-c", "cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id -u; stat -c %g /dev/pts"]'
	run -0 his run web
	says "newuidmap and newgidmap are not installed"
	same $'0 1000 1\n0 1000 1\ndeny\n0\n0' "$(grep -v newuidmap <<<"$output" | sed 's/^ *//; s/  */ /g')"

	spec '.process.args = ["sleep", "1000"]'
	his_detached run -d web
	run -0 his exec web id -u
	same 0 "$output"
	run his exec --user 5 web id -u
	[ "$status" != 0 ]
	says "uid 5 is not mapped"
}

@test "setgroups is denied with one id: nobody leaves a group that keeps him out" {
	spec '.process.args = ["sh", "-c", "cat /proc/self/setgroups; exec sleep 1000"]'
	his_detached run -d web
	wait_for grep -q deny "$OUT"
	# A group of his caller stays, though nobody in the container has a name for it.
	his delete --force web
	spec '.process.user.additionalGids = [0]'
	run his run web
	[ "$status" != 0 ]
	says "/process/user/additionalGids" "setgroups(2) is denied"
}

@test "his groups stay with the container" {
	spec '.process.args = ["grep", "Groups", "/proc/self/status"]'
	echo secret >"$T/secret"
	chmod 604 "$T/secret"
	chown 0:4242 "$T/secret"
	cp "$T/secret" "$HIS/rootfs/secret"
	chown 0:4242 "$HIS/rootfs/secret"
	chmod 604 "$HIS/rootfs/secret"
	run -0 setpriv --reuid 1000 --regid 1000 --groups 4242 --inh-caps=-all env XDG_RUNTIME_DIR="$T/run-1000" "$RUNTIME" run web
	says 65534
	spec '.process.args = ["cat", "/secret"]'
	run setpriv --reuid 1000 --regid 1000 --groups 4242 --inh-caps=-all env XDG_RUNTIME_DIR="$T/run-1000" "$RUNTIME" run web
	[ "$status" != 0 ]
	says "Permission denied"
}

@test "a user namespace of his own is joined, whether or not setgroups is denied in it" {
	as_user 1000 unshare -Ur "$RUNTIME" --version >/dev/null
	as_user 1000 unshare -Ur "$HIS/rootfs/bin/sleep" 1000 >/dev/null 2>&1 &
	local other
	wait_for pgrep -u 1000 -f "$HIS/rootfs/bin/sleep"
	other=$(pgrep -u 1000 -f "$HIS/rootfs/bin/sleep" | tail -n 1)
	spec '(.linux.namespaces[] | select(.type == "user")).path = $p | del(.linux.uidMappings, .linux.gidMappings) |
		.process.args = ["sh", "-c", "readlink /proc/self/ns/user; id -u; cat /proc/self/setgroups"]' --arg p "/proc/$other/ns/user"
	run -0 his run web
	same "$(readlink "/proc/$other/ns/user")"$'\n0\ndeny' "$output"
	kill "$other"
}
