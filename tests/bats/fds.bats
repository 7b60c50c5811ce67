# Only the descriptors that are meant for it reach a container.
load helpers
load lib/programs

# What `inside fds` shows with nothing handed on: three lines.
stdio_only()
{
	[ "$(cut -d ' ' -f 1 | tr '\n' ' ')" = "0 1 2 " ]
}

many()
{
	"$OUTSIDE" many "$@" 3>&- 4>&-
}

@test "run: a hundred of the caller's descriptors, none arrives" {
	inside fds
	many 100 "${RT[@]}" run web >"$T/fds" </dev/null
	stdio_only <"$T/fds"
}

@test "create and start: none of either's arrives, none stays open in the created container" {
	inside fds
	many 100 "${RT[@]}" create web >"$OUT" 2>&1 </dev/null
	run readlink /proc/"$(pid_of web)"/fd/*
	says_not /etc/hostname
	many 100 "${RT[@]}" start web
	wait_status web stopped
	stdio_only <"$OUT"
}

@test "exec: none arrives, nor one of the container's own process" {
	add_inside
	many 100 "${RT[@]}" run -d web >"$OUT" 2>&1 </dev/null
	many 100 "${RT[@]}" exec web inside fds >"$T/fds" </dev/null
	stdio_only <"$T/fds"
	many 100 "${RT[@]}" exec -d web inside fds >"$T/fds" </dev/null
	wait_for grep -q '^2' "$T/fds"
	stdio_only <"$T/fds"
}

@test "startContainer hooks see none either" {
	inside fds
	spec '.hooks.startContainer = [{path: "/bin/inside", args: ["inside", "fds"]}, {path: "/bin/sh", args: ["sh", "-c", "exit 1"]}]'
	spec '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "/bin/inside fds; exit 1"]}]'
	run many 100 "${RT[@]}" run web
	says "0 " "1 " "2 "
	says_not " 3 /" hostname
}

@test "--preserve-fds hands on as many, from 3 on" {
	inside fds
	many 10 "${RT[@]}" run --preserve-fds 3 web >"$T/fds" </dev/null
	[ "$(cut -d ' ' -f 1 "$T/fds" | tr '\n' ' ')" = "0 1 2 3 4 5 " ]
	grep -q '^3 /etc/hostname' "$T/fds" || grep -q '^3 .*hostname' "$T/fds"
}

@test "the same through create and start, and by exec" {
	inside fds
	many 10 "${RT[@]}" create --preserve-fds 2 web >"$OUT" 2>&1 </dev/null
	rt start web
	wait_status web stopped
	[ "$(cut -d ' ' -f 1 "$OUT" | tr '\n' ' ')" = "0 1 2 3 4 " ]
	rt delete web
	program sleep 1000
	rt run -d web
	many 10 "${RT[@]}" exec --preserve-fds 2 web inside fds >"$T/fds" </dev/null
	[ "$(cut -d ' ' -f 1 "$T/fds" | tr '\n' ' ')" = "0 1 2 3 4 " ]
}

@test "a gap among those to preserve stays a gap, also where one of ours fills it: podman names single ones" {
	inside fds
	"$OUTSIDE" at-fd 7 "$T" "${RT[@]}" --debug run --preserve-fds 5 web >"$T/fds" </dev/null 3>&- 4>&-
	[ "$(cut -d ' ' -f 1 "$T/fds" | tr '\n' ' ')" = "0 1 2 7 " ]
	"$OUTSIDE" at-fd 7 "$T" "${RT[@]}" --debug create --preserve-fds 5 web >"$OUT" 2>&1 </dev/null 3>&- 4>&-
	# The gate alone is open besides.
	[ "$(readlink "/proc/$(pid_of web)"/fd/* | grep -v socket: | sort -u)" = "$(printf '%s\n' /dev/null "$T" "$OUT" | sort)" ]
	rt start web
	wait_status web stopped
	[ "$(cut -d ' ' -f 1 "$OUT" | tr '\n' ' ')" = "0 1 2 7 " ]
	rt delete web
	program sleep 1000
	rt run -d web
	"$OUTSIDE" at-fd 7 "$T" "${RT[@]}" exec --preserve-fds 5 web inside fds >"$T/fds" </dev/null 3>&- 4>&-
	[ "$(cut -d ' ' -f 1 "$T/fds" | tr '\n' ' ')" = "0 1 2 7 " ]
}

@test "a descriptor to preserve that is not open is an error" {
	rt_fail create --preserve-fds 1 web
	says "unable to stat preserved-fd"
	rt_fail run --preserve-fds 20 web
	says "unable to stat preserved-fd"
	rt_fail run --preserve-fds 2147483647 web
	says "unable to stat preserved-fd"
	rt run -d web
	rt_fail exec --preserve-fds 1 web true
	says "unable to stat preserved-fd"
	rt delete --force web
	[ -z "$(ls -A "$STATE")" ]
}

# activated N COMMAND...: as systemd starts a service with N sockets, among ten descriptors
activated()
{
	LISTEN_FDS=$1 many 10 bash -c 'export LISTEN_PID=$$; exec "$@"' x "${@:2}"
}

@test "LISTEN_FDS come first, with LISTEN_PID as the program sees itself" {
	inside fds
	activated 2 "${RT[@]}" run --preserve-fds 1 web >"$T/fds" </dev/null
	[ "$(cut -d ' ' -f 1 "$T/fds" | tr '\n' ' ')" = "0 1 2 3 4 5 " ]
	shell 'echo $LISTEN_FDS $LISTEN_PID $$'
	run activated 2 "${RT[@]}" run web
	[ "$output" = "2 1 1" ]
	program sleep 1000
	rt run -d web
	activated 2 "${RT[@]}" exec web sh -c '[ $LISTEN_FDS $LISTEN_PID = 2 $$ ] 2>/dev/null; echo $LISTEN_FDS $LISTEN_PID $$' >"$T/env"
	read -r fds pid self <"$T/env"
	[ "$fds" = 2 ]
	[ "$pid" = "$self" ]
}

@test "LISTEN_FDS for another process, or for none that is named, are not ours" {
	inside fds
	LISTEN_FDS=2 LISTEN_PID=1 many 10 "${RT[@]}" run web >"$T/fds" </dev/null
	stdio_only <"$T/fds"
	LISTEN_FDS=2 many 10 "${RT[@]}" run web >"$T/fds" </dev/null
	stdio_only <"$T/fds"
	LISTEN_FDS=2 LISTEN_PID= many 10 "${RT[@]}" run web >"$T/fds" </dev/null
	stdio_only <"$T/fds"
	shell 'echo "[$LISTEN_FDS]"'
	LISTEN_FDS=2 LISTEN_PID=1 run many 10 "${RT[@]}" run web
	[ "$output" = "[]" ]
	LISTEN_FDS=2 run many 10 "${RT[@]}" run web
	[ "$output" = "[]" ]
}

@test "LISTEN_FDS that are not open never become descriptors of ours" {
	inside fds
	LISTEN_FDS=12 run bash -c 'export LISTEN_PID=$$; exec "$@"' x "${RT[@]}" run web </dev/null 3>&- 4>&-
	says_not state anon_inode socket cgroup rootfs "/log"
	[ "$status" = 1 ] || [ "$(grep -c . <<<"$output")" = 3 ]
}

@test "closed stdio is /dev/null in the container, and nobody else's file" {
	local closed

	inside fds
	for closed in 0 2 02; do
		"$OUTSIDE" without $closed "${RT[@]}" run web >"$T/fds" 3>&- 4>&-
		[ "$(cut -d ' ' -f 1 "$T/fds" | tr '\n' ' ')" = "0 1 2 " ]
		[ "$(grep -c null "$T/fds")" -ge ${#closed} ]
	done
	shell 'inside fds >/result'
	spec '.root.readonly = false'
	"$OUTSIDE" without 012 "${RT[@]}" run web 3>&- 4>&-
	[ "$(cut -d ' ' -f 1 rootfs/result | tr '\n' ' ')" = "0 1 2 " ]
}

@test "closed stdio: the runtime's messages do not end in its files" {
	program /nope
	run "$OUTSIDE" without 012 "${RT[@]}" run web 3>&- 4>&-
	[ "$status" = 1 ]
	[ -z "$(ls -A "$STATE")" ]
	grep -q /nope "$LOG"
}

@test "a working directory by descriptor does not lead out of the container" {
	local n

	for n in 3 4 5 6 7 8 9 10 11 12; do
		spec '.process.cwd = $d | .process.args = ["pwd"]' --arg d "/proc/self/fd/$n"
		rt_fail run web
		[ ! -d "$STATE/web" ]
	done
	spec '.process.cwd = "/" | .process.args = ["sleep", "1000"]'
	rt run -d web
	for n in 3 4 5 6 7 8 9 10 11 12; do
		rt_fail exec --cwd /proc/self/fd/$n web pwd
	done
}

@test "with the caller's folder as a preserved descriptor the working directory is still refused" {
	spec '.process.cwd = "/proc/self/fd/7" | .process.args = ["sh", "-c", "pwd; ls /proc/self/cwd/"]'
	run "$OUTSIDE" at-fd 7 / "${RT[@]}" run web 3>&- 4>&-
	[ "$status" = 1 ]
	says_not passwd
	run "$OUTSIDE" many 5 "$OUTSIDE" at-fd 7 / "${RT[@]}" run --preserve-fds 5 web 3>&- 4>&-
	[ "$status" = 1 ]
	says "outside the container"
}

@test "no descriptor of the host by a program that is a link to one" {
	local n

	for n in 3 4 5 6 7 8; do
		program "/proc/self/fd/$n/bin/sh" -c 'echo out'
		rt_fail run web
		says_not $'\nout'
	done
}

@test "the runtime's own descriptors are closed in the container although it has many" {
	inside fds
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"} | .hooks = {createRuntime: [{path: "/bin/true"}]}'
	spec '.mounts += [{destination: "/a", type: "bind", source: "/etc", options: ["bind"]}, {destination: "/b", type: "tmpfs", source: "b"}]'
	many 30 "${RT[@]}" run web >"$T/fds" </dev/null
	stdio_only <"$T/fds"
}

@test "/dev/null as standard input and output is the container's own" {
	"${RT[@]}" run -d web </dev/null >/dev/null 2>"$ERR" 3>&- 4>&-
	local pid=$(pid_of web) fd mine

	mine=$(rt exec web stat -c %d /dev/null)
	for fd in 0 1; do
		[ "$mine" = "$(stat -L -c %d "/proc/$pid/fd/$fd")" ]
	done
	rt delete --force web
	# There may be none.
	spec '.mounts |= map(select(.destination | startswith("/dev") | not)) | del(.linux.resources)'
	mkdir -p rootfs/dev
	"${RT[@]}" run -d web </dev/null >/dev/null 2>"$ERR" 3>&- 4>&-
	is web running
}
