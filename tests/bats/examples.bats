# The ready-made configs of rootfs-examples run as they are, and so do the commands that README and man pages show.
load helpers

# A copy of the example NAME beside a root file system; cgroupsPath is the test's own.
example()
{
	cp -a "$BUNDLE/rootfs" "$T/rootfs"
	mkdir "$T/$1"
	cd "$T/$1"
	sed "s/\"hostID\": 1000/\"hostID\": ${UID_OUTSIDE:-1000}/" "$TOP/rootfs-examples/$1/config.json" >config.json
	[ "$1" = rootless ] || spec '.linux.cgroupsPath = $p' --arg p "$CGROUP"
}

@test "hello says hello" {
	example hello
	run -0 rt run "$ID"
	says "Hello from a container." "process 1 of my own world, as root on hello" "1 root     sh"
}

@test "network-none has only lo" {
	example network-none
	run -0 rt run "$ID"
	says "LOOPBACK,UP" "no"
	[ "$(grep -c '^[0-9]*: ' <<<"$output")" = 1 ]
}

@test "limits shows its limits" {
	need_controller memory cpu pids
	example limits
	run -0 rt run "$ID"
	says "open files: 128" "67108864" "pids.max: 32"
}

@test "shell runs a shell on a terminal" {
	need_command script
	example shell
	run -0 on_terminal "$(printf '%q ' "${RT[@]}" run "$ID")" <<<"echo \$((40 + 2)) > /tmp/x; cat /tmp/x; tty; exit"
	says 42 /dev/pts/0
}

@test "rootless runs as user 1000" {
	chmod 777 "$T"
	example rootless
	run -0 as_user 1000 "${RT[@]}" run "$ID"
	says "I am root here; outside I am user 1000."
}

# Programs by the names that the documents use.  What `spec` writes gets a cgroup of the test's own.
documented()
{
	mkdir "$T/bin"
	printf '#!/bin/sh\nexec "$@"\n' >"$T/bin/sudo"
	cat >"$T/bin/ctr-run" <<-END
		#!/bin/bash
		$(printf '%q ' "${RT[@]}") "\$@" || exit
		[ "\$1" != spec ] || sed -i 's|"linux": {|&"cgroupsPath": "$CGROUP",|' config.json
	END
	chmod 755 "$T/bin/sudo" "$T/bin/ctr-run"
	PATH=$T/bin:$PATH
}

# The commands below EXAMPLES in the man page NAME, for a bundle and files of the test's own.
examples_of()
{
	awk '/^## / { on = /EXAMPLES/ } on && /^    / { print substr($0, 5) }' "$TOP/man/$1.md" |
		sed "s|/srv/[a-z]*|$BUNDLE|; s|/run/web.pid|$T/web.pid|"
}

try_examples_of()
{
	local lines=$(examples_of "$1")

	[ "$lines" ]
	told "$lines"
}

# The LINES in a shell on a terminal, from a file: script gives its argument to whatever $SHELL is.
on_terminal()
{
	echo "$1" >"$T/lines"
	script -qec "bash -e '$T/lines'" /dev/null
}

# Run LINES with `output` from a file: what outlives them would hold a pipe.
told()
{
	status=0
	bash -ec "$1" </dev/null >"$T/told" 2>&1 3>&- 4>&- || status=$?
	output=$(<"$T/told")
	[ "$status" = 0 ] || { printf '%s\nstatus %s: %s\n' "$1" "$status" "$output"; return 1; }
}

@test "the first container of the README, by hand" {
	local lines

	need_command script
	documented
	lines=$(awk '/^## A first/ { on = 1 } /^```$/ { if (on) exit } on && code { print } /^```sh/ { code = 1 }' "$TOP/README.md")
	[[ $lines == *"ctr-run run web"* ]]
	cd "$T"
	run -0 on_terminal "$lines" <<<"ls /bin; exit"
	says busybox
	cd "$T/web"
	jq -e '.linux.cgroupsPath == $p' --arg p "$CGROUP" config.json
	spec '.process.terminal = false | .process.args = ["sleep", "1000"]'
	lines=$(awk '/^## A first/ { on = 1 } /^## Below/ { on = 0 } /^```/ { code = /sh/; n += code } on && code && n > 1 && !/^```/' "$TOP/README.md")
	[[ $lines == *"ctr-run delete web"* ]]
	told "${lines//kill web KILL/kill web KILL; sleep 1}"
	says '"status": "created"' "hello from inside" "sleep 1000"
	[ -z "$(rt list -q)" ]
}

@test "the examples of the man pages" {
	local page

	need_command script
	documented
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["personality"], action: "SCMP_ACT_ERRNO"}]}'
	try_examples_of create
	[ "$(<"$T/web.pid")" = "$(pid_of web)" ]
	is web running
	echo '{"args": ["sleep", "1000"], "cwd": "/", "env": ["PATH=/bin"]}' >probe.json
	[[ $(examples_of exec) == *" --tty "* ]]
	run -0 on_terminal "$(examples_of exec)" <<<"echo \$TERM; exit"
	says xterm
	[ -s probe.pid ]
	for page in ps explain help; do
		try_examples_of "$page"
	done
	rt kill web KILL
	wait_status web stopped
	try_examples_of list
	[ -z "$(rt list -q)" ]
	cp config.json plain.json
	spec '.process.args = ["true"]'
	told "$(examples_of run | grep ' job$')"
	mv plain.json config.json
	told "$(examples_of run | grep ' web ')"
	is web running
	rt delete --force web
	[ "$(examples_of run | wc -l)" = 2 ]
	cd "$T"
	run -0 on_terminal "$(examples_of ctr-run)" <<<"exit"
	says "Namespaces"
}
