# Hooks run at their moment, in their namespaces, with their environment and nothing else.
# as a user too
load helpers
load lib/programs

# hook NAME SHELL-TEXT [MORE JQ]: add one that runs on the host
hook()
{
	spec '.hooks[$n] += [{path: "/bin/sh", args: ["sh", "-c", $c]} + ($m | fromjson)]' --arg n "$1" --arg c "$2" --arg m "${3:-{\}}"
}

# The same where the path is the container's.
all_hooks()
{
	local name

	for name in prestart createRuntime createContainer startContainer poststart poststop; do
		hook $name "$1" "$2"
	done
}

@test "all six, in order, at their moment" {
	mkdir "$T/shared"
	touch "$T/shared/log"
	spec '.mounts += [{destination: $d, type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/shared"
	for name in poststop poststart startContainer createContainer createRuntime prestart; do
		hook $name "echo $name 1 >>$T/shared/log"
		hook $name "echo $name 2 >>$T/shared/log"
	done
	shell "echo program >>$T/shared/log; exec sleep 1000"
	rt create web
	echo created >>"$T/shared/log"
	rt start web
	wait_for grep -q program "$T/shared/log"
	echo started >>"$T/shared/log"
	rt delete --force web
	echo deleted >>"$T/shared/log"
	grep -v -e program -e poststart "$T/shared/log" >"$T/order"
	printf '%s\n' 'prestart 1' 'prestart 2' 'createRuntime 1' 'createRuntime 2' 'createContainer 1' 'createContainer 2' created \
		'startContainer 1' 'startContainer 2' started 'poststop 1' 'poststop 2' deleted | diff - "$T/order"
	# The program and poststart run side by side, but both after startContainer and before start returns.
	grep -v program "$T/shared/log" | sed -n '/startContainer 2/,/started/p' | diff <(printf '%s\n' 'startContainer 2' 'poststart 1' \
		'poststart 2' started) -
}

@test "run does all six too" {
	mkdir "$T/shared"
	spec '.mounts += [{destination: $d, type: "bind", source: $d, options: ["rbind"]}] | .process.args = ["true"]' --arg d "$T/shared"
	for name in poststop poststart startContainer createContainer createRuntime prestart; do
		hook $name "echo $name >>$T/shared/log"
	done
	rt run web
	[ "$(tr '\n' ' ' <"$T/shared/log")" = "prestart createRuntime createContainer startContainer poststart poststop " ]
}

@test "prestart, createRuntime, poststart and poststop run in the runtime's namespaces" {
	local name ns

	for name in prestart createRuntime poststart poststop; do
		hook $name "for n in mnt pid net uts ipc cgroup; do readlink /proc/self/ns/\$n; done >$T/$name"
	done
	program true
	rt run web
	for ns in mnt pid net uts ipc cgroup; do
		readlink /proc/self/ns/$ns
	done >"$T/own"
	for name in prestart createRuntime poststart poststop; do
		diff "$T/own" "$T/$name"
	done
}

@test "createContainer runs in the container's namespaces, with the host's files still there, and in the root file system" {
	hook createContainer "for n in mnt pid net uts ipc; do readlink /proc/self/ns/\$n; done >$T/hook; hostname >>$T/hook; ls $T/bundle/rootfs/bin/sh; pwd >>$T/hook"
	rt create web
	for ns in mnt pid net uts ipc; do
		readlink "/proc/$(pid_of web)/ns/$ns" || true
	done >"$T/own"
	jq -r .hostname config.json >>"$T/own"
	echo "$BUNDLE/rootfs" >>"$T/own"
	diff "$T/own" "$T/hook"
}

@test "startContainer runs in the container: its files, its namespaces" {
	shell 'cat /hook; exec sleep 1000'
	spec '.root.readonly = false'
	hook startContainer 'readlink /proc/self/ns/mnt >/hook; [ -x /bin/busybox ] && [ ! -e /work ] && hostname >>/hook'
	spec '.hooks.startContainer[0].path = "/bin/busybox"'
	rt create web
	[ ! -e rootfs/hook ]
	rt start web
	wait_for grep -q . rootfs/hook
	[ "$(cat rootfs/hook)" = "$(readlink "/proc/$(pid_of web)/ns/mnt")"$'\n'"$(jq -r .hostname config.json)" ]
}

@test "startContainer has the process's environment if it says none of its own" {
	shell 'cat /hook; exec sleep 1000'
	spec '.root.readonly = false | .process.env = ["ONE=two", "PATH=/bin"]'
	hook startContainer 'echo "$ONE, home $HOME" >/hook'
	spec '.hooks.startContainer[0].path = "/bin/busybox" | del(.hooks.startContainer[0].env)'
	run -0 rt run -d web
	wait_for grep -q . rootfs/hook
	[ "$(cat rootfs/hook)" = "two, home /root" ]
	run -0 rt delete -f web
	spec '.hooks.startContainer[0].env = ["TWO=three"]'
	rt run -d web
	[ "$(cat rootfs/hook)" = ", home " ]
}

@test "hooks of the host have not the process's environment" {
	spec '.process.env = ["ONE=two", "PATH=/bin"]'
	for name in createRuntime createContainer; do
		hook $name "env >$T/$name"
		spec "del(.hooks.$name[0].env)"
	done
	rt create web
	run ! grep ONE "$T/createRuntime" "$T/createContainer"
}

@test "the state is on standard input: status, pid, bundle, annotations, in one line" {
	local name

	mkdir "$T/shared"
	spec '.mounts += [{destination: $d, type: "bind", source: $d, options: ["rbind"]}] | .annotations = {"a/b": "c\"d"}' --arg d "$T/shared"
	for name in prestart createRuntime createContainer startContainer poststart poststop; do
		hook $name "cat >$T/shared/$name"
	done
	rt create web
	pid=$(pid_of web)
	rt start web
	rt delete --force web
	cd "$T/shared"
	for name in *; do
		[ "$(wc -l <$name)" -le 1 ]
		[ "$(jq -r '.id, .bundle, .annotations["a/b"]' $name)" = "web"$'\n'"$BUNDLE"$'\n''c"d' ]
		jq -e '.ociVersion | startswith("1.")' $name
		(! grep -q '\\/' $name)
	done
	[ "$(jq -r .status prestart createRuntime createContainer startContainer poststart poststop | tr '\n' ' ')" = \
		"creating creating creating created running stopped " ]
	[ "$(jq .pid prestart createRuntime poststart | tr '\n' ' ')" = "$pid $pid $pid " ]
	[ "$(jq .pid createContainer startContainer | tr '\n' ' ')" = "1 1 " ]
	[ "$(jq '.pid // 0' poststop)" = 0 ]
}

@test "the runtime's namespaces can be reached by the pid in createRuntime" {
	need_root
	hook createRuntime "pid=\$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); nsenter -t \$pid -n ip link set lo down && nsenter -t \$pid -m cat /proc/self/mountinfo | grep -q $T/bundle/rootfs/proc"
	shell 'ip link show lo'
	run rt run web
	says lo
	says_not "LOOPBACK,UP"
}

@test "a hook reads no state and that is no error; a hook reads it to the end" {
	hook prestart 'exec <&-'
	hook createRuntime 'cat >/dev/null; cat'
	program true
	rt run web
}

@test "env is exactly the hook's own: not the runtime's, not the container's" {
	local name

	mkdir "$T/shared"
	spec '.mounts += [{destination: $d, type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/shared"
	spec '.process.env += ["LD_PRELOAD=/evil.so", "CONTAINER=1"] | .process.args = ["true"]'
	all_hooks "exec env >>$T/shared/env" '{"env": ["OWN=1", "PATH=/usr/bin:/bin"]}'
	RUNTIME_VARIABLE=1 LD_PRELOAD= rt run web
	run grep -vE '^(OWN=1|PATH=/usr/bin:/bin|PWD=|SHLVL=|_=|OLDPWD=)' "$T/shared/env"
	[ -z "$output" ]
	[ "$(grep -c OWN=1 "$T/shared/env")" = 6 ]
}

@test "a hook whose env is empty has an empty one" {
	local name

	mkdir "$T/shared"
	spec '.mounts += [{destination: $d, type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/shared"
	spec '.process.env += ["INSIDE=1"] | .process.args = ["true"]'
	all_hooks "exec env >>$T/shared/env" '{"env": []}'
	RUNTIME_VARIABLE=1 rt run web
	run grep -vE '^(PATH=|PWD=|SHLVL=|_=|OLDPWD=)' "$T/shared/env"
	[ -z "$output" ]
	[ "$(grep -c ^PWD= "$T/shared/env")" = 6 ]
}

@test "a hook without env has the runtime's, and startContainer the container's" {
	local name

	mkdir "$T/shared"
	spec '.mounts += [{destination: $d, type: "bind", source: $d, options: ["rbind"]}]' --arg d "$T/shared"
	spec '.process.env += ["LD_PRELOAD=/evil.so", "INSIDE=1"] | .process.args = ["true"]'
	for name in prestart createRuntime createContainer startContainer poststart poststop; do
		spec '.hooks[$n] = [{path: "/bin/sh", args: ["sh", "-c", "exec env >\($d)/\($n)"]}]' \
			--arg n "$name" --arg d "$T/shared"
	done
	CALLER=1 rt run web
	for name in prestart createRuntime createContainer poststart poststop; do
		grep -qx CALLER=1 "$T/shared/$name"
		[ "$(grep -cE "INSIDE|evil" "$T/shared/$name")" = 0 ]
	done
	grep -qx INSIDE=1 "$T/shared/startContainer"
	[ "$(grep -c CALLER "$T/shared/startContainer")" = 0 ]
}

@test "args[0] is the path if there are no args, and what args say if there are" {
	cat >"$T/hook" <<-'END'
		#!/bin/bash
		tr '\0' ' ' </proc/$$/cmdline; exit 1
	END
	chmod 755 "$T/hook"
	spec '.hooks.prestart = [{path: $p}]' --arg p "$T/hook"
	rt_fail run web
	says "/bin/bash $T/hook"
	cp "$("$BASH" -c 'command -v busybox')" "$T/busybox"
	spec '.hooks.prestart = [{path: $p, args: ["echo", "called", "by", "name"]}, {path: $p, args: ["false"]}]' --arg p "$T/busybox"
	rt_fail run web
	says "prestart" "exit status 1"
}

@test "hooks of the runtime start in the bundle, with no descriptor but stdio, in a process group of their own" {
	hook createRuntime 'pwd; ls -l /proc/self/fd | grep -v /proc/; [ $(cut -d " " -f 5 /proc/$$/stat) = $$ ] && echo leader; exit 1'
	run "$OUTSIDE" many 50 "${RT[@]}" create --preserve-fds 2 web
	[ "$status" = 1 ]
	says "$BUNDLE" leader
	says_not /etc/hostname
}

@test "a hook that fails, by status, by signal or by not being there, fails create; nothing is left; poststop runs" {
	local name

	for name in prestart createRuntime createContainer; do
		for what in 'exit 3' 'kill -TERM $$' missing; do
			jq 'del(.hooks)' config.json >new && mv new config.json
			hook poststop "echo stop >>$T/stops"
			hook $name "$what"
			[ "$what" != missing ] || spec '.hooks[$n][0].path = "/nowhere/hook"' --arg n $name
			: >"$T/stops"
			rt_fail create web
			says $name
			[ -z "$(ls -A "$STATE")" ]
			[ "$(cat "$T/stops")" = stop ]
			wait_for suite_pids_gone
		done
	done
}

@test "the error tells hook, status and what it printed" {
	hook createRuntime 'echo first line; echo "cannot do it" >&2; exit 42'
	rt_fail create web
	says "/hooks/createRuntime/0" "/bin/sh" "exit status 42" "first line cannot do it"
	[ "$(grep -c . <<<"$output")" = 1 ]
}

@test "a flood of output neither blocks the hook nor fills the message" {
	hook createRuntime 'head -c 3000000 /dev/zero | tr "\0" x; echo THE END; exit 1'
	rt_fail create web
	says "THE END"
	[ ${#output} -lt 1500 ]
}

@test "run.oci.hooks.stdout, run.oci.hooks.stderr: what hooks print goes to the ends of files" {
	local name names=(prestart createRuntime createContainer startContainer poststart poststop)

	echo before >hooks.out
	for name in "${names[@]}"; do
		hook $name "echo $name; echo $name >&2"
	done
	spec '.annotations = {"run.oci.hooks.stdout": "hooks.out", "run.oci.hooks.stderr": $e} | .process.args = ["sh", "-c", "ls /proc/self/fd | wc -l"]' \
		--arg e "$T/hooks.err"
	rt create web
	(cd / && rt start web)
	wait_status web stopped
	(cd / && rt delete web)
	printf '%s\n' before "${names[@]}" | diff - hooks.out
	printf '%s\n' "${names[@]}" | diff - "$T/hooks.err"
	[ "$(cat "$OUT")" = 4 ]
	rm hooks.out "$T/hooks.err"
	[ "$(rt run web </dev/null)" = 4 ]
	printf '%s\n' "${names[@]}" | tee >(diff - hooks.out >&2) | diff - "$T/hooks.err"
	[ "$(stat -c %a hooks.out)" = 600 ]
}

@test "run.oci.hooks.stdout alone: the error still has what the hook said of it; a file that cannot be opened is one" {
	spec '.annotations = {"run.oci.hooks.stdout": $o}' --arg o "$T/hooks.out"
	hook prestart "echo seen; echo told >&2; exit 3"
	rt_fail create web
	says "/hooks/prestart/0" "exit status 3: told"
	[ "$(cat "$T/hooks.out")" = seen ]
	spec '.annotations["run.oci.hooks.stderr"] = "nowhere/file"'
	rt_fail create web
	says "/annotations/run.oci.hooks.stderr" "$BUNDLE/nowhere/file" "no such file or directory"
	rt features | jq -e '.potentiallyUnsafeConfigAnnotations | index("run.oci.hooks.stdout") and index("run.oci.hooks.stderr")'
}

@test "the first hook that fails ends the list" {
	hook prestart "echo one >>$T/order"
	hook prestart "echo two >>$T/order; exit 1"
	hook prestart "echo three >>$T/order"
	hook createRuntime "echo four >>$T/order"
	rt_fail create web
	says "/hooks/prestart/1"
	[ "$(tr '\n' ' ' <"$T/order")" = "one two " ]
}

@test "startContainer fails: start fails, the program does not run, the container has stopped" {
	shell 'echo the program runs'
	spec '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo no; exit 1"]}]'
	rt create web
	rt_fail start web
	says startContainer "exit status 1" no
	wait_status web stopped
	run ! grep -q "program runs" "$OUT"
	rt delete web
	rt_fail run web
	says startContainer
	[ -z "$(ls -A "$STATE")" ]
}

@test "poststart fails: start fails and the container is stopped and gone" {
	hook poststart 'echo bad luck; exit 1'
	hook poststop "echo stop >>$T/stops"
	rt create web
	rt_fail start web
	says poststart "bad luck"
	run ! is web running
	wait_for suite_pids_gone
	rt delete --force web
	[ "$(cat "$T/stops")" = stop ]
}

@test "poststart fails in run: the same" {
	hook poststart 'exit 1'
	hook poststop "echo stop >>$T/stops"
	rt_fail run web
	says poststart
	[ "$(cat "$T/stops")" = stop ]
	[ -z "$(ls -A "$STATE")" ]
	rt_fail run -d web
	[ -z "$(ls -A "$STATE")" ]
}

@test "poststop fails: a warning, the others run, delete succeeds" {
	hook poststop "echo one >>$T/order; exit 1"
	hook poststop "echo two >>$T/order; kill -KILL \$\$"
	hook poststop "echo three >>$T/order"
	rt create web
	rt delete web
	[ "$(tr '\n' ' ' <"$T/order")" = "one two three " ]
	[ ! -e "$STATE/web" ]
	grep 'level=warning' "$LOG" | grep -q poststop
}

@test "poststop comes when everything else is gone" {
	hook poststop "[ -e $(cgroup_dir) ] && echo cgroup >>$T/order; grep -qs 'State:.[^ZX]' /proc/\$(cat $T/pid)/status && echo process >>$T/order; echo done >>$T/order"
	rt run -d --pid-file "$T/pid" web
	rt delete --force web
	[ "$(cat "$T/order")" = done ]
}

@test "poststart comes when the program runs" {
	hook poststart "tr '\\0' ' ' </proc/\$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/')/cmdline >$T/seen"
	for i in 1 2 3 4 5; do
		rt create web
		rt start web
		[ "$(cat "$T/seen")" = "sleep 1000 " ]
		rt delete --force web
		rt run -d web
		[ "$(cat "$T/seen")" = "sleep 1000 " ]
		rt delete --force web
	done
}

@test "a hook that a signal ends: the error says which, in words too" {
	hook createRuntime true
	hook createRuntime 'kill -SYS $$'
	rt_fail create web
	says "error running createRuntime hook #1: /bin/sh was killed by SIGSYS (bad system call)"
}

@test "a timeout kills the hook with its children, and the error names it" {
	hook createRuntime "sleep 1234 & echo \$! >$T/child; exec sleep 1235" '{"timeout": 1}'
	rt_fail create web
	says "error running createRuntime hook #0" "did not end within 1 s"
	wait_for gone "$(cat "$T/child")"
	[ -z "$(ls -A "$STATE")" ]
}

@test "a hook that fails takes along what it has started" {
	hook createRuntime "sleep 1077 & echo \$! >$T/child; exit 3"
	rt_fail create web
	says "exit status 3"
	wait_for gone "$(cat "$T/child")"
}

@test "without pidfds, too, the end of hooks in the container's pid namespace is seen, and their timeout" {
	export CTR_RUN_DISABLE=pidfd
	hook createContainer "echo one >>$T/log"
	hook createContainer "echo two >>$T/log"
	spec '.process.args = ["true"]'
	timeout 20 "${RT[@]}" run web </dev/null 3>&- 4>&-
	[ "$(cat "$T/log")" = $'one\ntwo' ]
	hook createContainer "exec sleep 1001" '{"timeout": 1}'
	run timeout 20 "${RT[@]}" run web </dev/null 3>&- 4>&-
	[ "$status" = 1 ]
	says "/hooks/createContainer/2" "did not end within 1 s"
}

@test "a timeout that is not reached does nothing; a child left behind does not hold us" {
	hook createRuntime "sleep 1234 & echo \$! >$T/child" '{"timeout": 100}'
	program true
	rt run web
	kill "$(cat "$T/child")"
}

@test "hooks in the state folder's copy count, not later edits" {
	hook poststop "echo first >>$T/order"
	rt create web
	spec '.hooks.poststop[0].args[2] = $c' --arg c "echo second >>$T/order"
	rt delete web
	[ "$(cat "$T/order")" = first ]
}

@test "a hook may ask for the state of its container" {
	hook createRuntime "$RUNTIME --root $STATE state web >$T/one"
	hook poststart "$RUNTIME --root $STATE state web >$T/two"
	rt run -d web
	[ "$(jq -r .status "$T/one")" = creating ]
	[ "$(jq -r .status "$T/two")" = running ]
}
