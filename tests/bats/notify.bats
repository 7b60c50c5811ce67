# A container tells systemd that it is ready (sd_notify), through the runtime.
# as a user too
load helpers
load lib/programs

setup()
{
	fresh
	in_background "$OUTSIDE" listen "$T/notify.sock" >"$T/heard" 2>"$T/ready"
	LISTENER=$!
	wait_for grep -q ready "$T/ready"
}

teardown()
{
	kill $LISTENER 2>/dev/null || true
	sweep
}

@test "the container has a socket of its own, and READY=1 comes with the pid that the host sees" {
	inside notify STATUS=starting READY=1
	NOTIFY_SOCKET=$T/notify.sock in_background "${RT[@]}" run web >"$OUT" 2>&1
	RUN_PID=$!
	wait_for grep -qx READY=1 "$T/heard"
	grep -qx "told /run/notify/notify.sock" "$OUT"
	grep -qx "MAINPID=$(pid_of web)" "$T/heard"
	rt kill web KILL
	ends 137 $RUN_PID
}

@test "start waits until it is ready" {
	inside notify READY=1
	NOTIFY_SOCKET=$T/notify.sock rt create web
	NOTIFY_SOCKET=$T/notify.sock rt start web
	wait_for grep -qx READY=1 "$T/heard"
	is web running
}

# Without pidfds the process is held by its folder in /proc, for which poll(2) is always ready.
@test "start waits until it is ready on a kernel without pidfds" {
	add_inside
	shell 'sleep 0.2; exec inside notify READY=1'
	export CTR_RUN_DISABLE=pidfd
	NOTIFY_SOCKET=$T/notify.sock rt create web
	NOTIFY_SOCKET=$T/notify.sock rt start web
	wait_for grep -qx READY=1 "$T/heard"
}

@test "a second start while the first one's hook runs is refused, and leaves the first its socket" {
	inside notify READY=1
	spec '.root.readonly = false | .hooks.startContainer = [{path: "/bin/sh",
		args: ["sh", "-c", "touch /hooked; until [ -e /go ]; do sleep 0.02; done"]}]'
	NOTIFY_SOCKET=$T/notify.sock rt create web
	NOTIFY_SOCKET=$T/notify.sock in_background "${RT[@]}" start web >>"$OUT" 2>&1 </dev/null
	local first=$!
	wait_for test -e rootfs/hooked
	NOTIFY_SOCKET=$T/notify.sock rt_fail start web
	says "cannot start an already running container"
	touch rootfs/go
	ends 0 "$first"
	wait_for grep -qx READY=1 "$T/heard"
}

@test "a start that was killed does not stand in the way of the next one" {
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	inside notify READY=1
	NOTIFY_SOCKET=$T/notify.sock rt create web
	NOTIFY_SOCKET=$T/notify.sock run strace -qqq -o /dev/null -e trace=bind -e inject=bind:signal=KILL "${RT[@]}" start web
	[ "$status" = 137 ]
	NOTIFY_SOCKET=$T/notify.sock rt start web
	wait_for grep -qx READY=1 "$T/heard"
}

@test "run --detach waits until it is ready" {
	inside notify READY=1
	NOTIFY_SOCKET=$T/notify.sock rt run -d web
	wait_for grep -qx READY=1 "$T/heard"
	is web running
}

@test "a user without rights in the container can tell too" {
	inside notify READY=1
	spec '.process.user = {uid: 1000, gid: 1000}'
	NOTIFY_SOCKET=$T/notify.sock rt run -d web
	wait_for grep -qx READY=1 "$T/heard"
}

@test "a container that ends without being ready does not hold start" {
	shell 'exit 0'
	NOTIFY_SOCKET=$T/notify.sock rt create web
	NOTIFY_SOCKET=$T/notify.sock run timeout 20 "${RT[@]}" start web
	[ "$status" != 124 ]
	wait_status web stopped
}

@test "other words of the container are not handed on" {
	inside notify 'MAINPID=1' 'FDSTORE=1' 'READY=1'
	NOTIFY_SOCKET=$T/notify.sock rt run -d web
	wait_for grep -qx READY=1 "$T/heard"
	run ! grep -qx MAINPID=1 "$T/heard"
	run ! grep -q FDSTORE "$T/heard"
}

@test "without NOTIFY_SOCKET there is none in the container" {
	shell 'echo "[$NOTIFY_SOCKET]"; ls /run/notify'
	run rt run web
	says "[]" "No such file"
}

@test "the socket's folder goes with the container" {
	program true
	NOTIFY_SOCKET=$T/notify.sock rt run web
	[ -z "$(ls -A "$STATE")" ]
}

@test "a container that may make its folder writable leads no mode of the socket elsewhere" {
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	spec '.process.capabilities[] |= ((. // []) + ["CAP_SYS_ADMIN"] | unique)'
	program true
	echo canary >"$T/canary"
	chmod 600 "$T/canary"
	[ -z "$AS_USER" ] || chown "$AS_USER" "$T/canary"
	NOTIFY_SOCKET=$T/notify.sock rt create web
	rt exec -d web sh -c 'mount -o remount,bind,rw /run/notify
		until [ -S /run/notify/notify.sock ]; do :; done; ln -sf "$1" /run/notify/notify.sock; echo done >/run/notify/linked' sh "$T/canary"
	NOTIFY_SOCKET=$T/notify.sock in_background strace -qqq -o /dev/null -e trace=bind -e inject=bind:delay_exit=2000000 \
		"${RT[@]}" start web >>"$OUT" 2>&1 </dev/null
	local start=$!
	wait_for test -s "$STATE/web/notify/linked"
	ends 1 "$start"
	[ "$(stat -c %a "$T/canary")" = 600 ]
}

@test "delete removes whatever the container has put in that folder" {
	spec '.process.capabilities[] |= ((. // []) + ["CAP_SYS_ADMIN"] | unique)'
	shell 'mount -o remount,bind,rw /run/notify && mkdir -p /run/notify/a/b/c /run/notify/moved.1/x && echo >/run/notify/a/file &&
		ln -s /etc /run/notify/a/b/c/link && cd /run/notify && for i in $(seq 2000); do mkdir d && cd d || exit; done; sleep 1000'
	NOTIFY_SOCKET=$T/notify.sock rt create web
	NOTIFY_SOCKET=$T/notify.sock in_background "${RT[@]}" start web >>"$OUT" 2>&1 </dev/null
	wait_for test -d "$STATE/web/notify/d/d/d"
	sleep 0.5
	mkdir -p "$STATE/web/moved.1/of-a-killed-delete/x"
	rt delete --force web
	[ -z "$(ls -A "$STATE")" ]
}
