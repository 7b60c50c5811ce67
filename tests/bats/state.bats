# state and list tell the truth, in the form that clients read.
# as a user too
load helpers
load lib/programs

freeze()
{
	if [ "$VIEW" = v2 ]; then
		echo "$1" >"$(cgroup_dir)/cgroup.freeze"
	elif [ "$1" = 1 ]; then
		echo FROZEN >"$(cgroup_dir freezer)/freezer.state"
	else
		echo THAWED >"$(cgroup_dir freezer)/freezer.state"
	fi
}

@test "state is a JSON object with the fields that clients read" {
	rt run -d web
	rt state web >"$T/state.json"
	jq -e '.ociVersion | test("^1\\.[0-9]+\\.[0-9]+")' "$T/state.json"
	[ "$(jq -r .id "$T/state.json")" = web ]
	[ "$(jq -r .status "$T/state.json")" = running ]
	[ "$(jq -r .bundle "$T/state.json")" = "$BUNDLE" ]
	[ "$(jq -r .rootfs "$T/state.json")" = "$BUNDLE/rootfs" ]
	[ "$(readlink "/proc/$(jq .pid "$T/state.json")/root")" = / ]
	jq -e '.created | test("^20[0-9-]{8}T[0-9:]{8}\\.[0-9]{9}Z$")' "$T/state.json"
	jq -e 'has("annotations") | not' "$T/state.json"
	[ "$(jq -r .owner "$T/state.json")" = "" ]
	[ "$(sed -n 2p "$T/state.json" | cut -c 1-14)" = '  "ociVersion"' ]
}

@test "the bundle is told by its own path, not by a link to it" {
	ln -s bundle "$T/link"
	rt create --bundle "$T/link" web
	[ "$(rt state web | jq -r .bundle)" = "$BUNDLE" ]
	[ "$(rt state web | jq -r .rootfs)" = "$BUNDLE/rootfs" ]
}

@test "created is the time of create" {
	local before=$(date -u +%s) after created

	rt create web
	after=$(date -u +%s)
	created=$(date -u -d "$(state_word web created)" +%s)
	[ "$created" -ge "$before" ] && [ "$created" -le "$after" ]
}

@test "annotations come through as they are" {
	spec '.annotations = {"org.example.key": "a \"quoted\" \\ value", "ü": "\u0001\n\u20ac", "empty": ""}'
	rt create web
	rt state web | jq -S .annotations >"$T/got"
	jq -S .annotations config.json | diff - "$T/got"
}

@test "a stopped container has pid 0" {
	program true
	rt create web
	[ "$(pid_of web)" -gt 1 ]
	rt start web
	wait_status web stopped
	rt state web | jq -e '.pid == 0'
}

@test "start waits for a create at work; if that fails there is no container" {
	local creator starter

	spec '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", $c]}]' \
		--arg c "until [ -e $T/go ]; do sleep 0.02; done; [ ! -e $T/fail ]"
	program sleep 1000
	in_background "${RT[@]}" create web >"$OUT" 2>&1
	creator=$!
	wait_status web creating
	in_background "${RT[@]}" start web >"$T/said" 2>&1
	starter=$!
	touch "$T/go"
	wait $starter
	wait $creator
	is web running
	rt delete --force web

	rm "$T/go"
	in_background "${RT[@]}" create web >"$OUT" 2>&1
	creator=$!
	wait_status web creating
	in_background "${RT[@]}" start web >"$T/said" 2>&1
	starter=$!
	touch "$T/fail" "$T/go"
	if wait $creator; then false; fi
	if wait $starter; then false; fi
	cat "$T/said"
	grep -q "does not exist" "$T/said"
}

@test "it is creating while its hooks run" {
	mkfifo "$T/go"
	spec '.hooks.createRuntime = [{path: "/bin/cat", args: ["cat", $f]}]' --arg f "$T/go"
	in_background "${RT[@]}" create web >"$OUT" 2>&1
	wait_status web creating
	rt_fail kill web KILL
	rt_fail exec web true
	rt_fail delete web
	says "cannot delete container web that is not stopped: creating"
	run rt list
	says creating
	echo >"$T/go"
	wait $!
	is web created
}

@test "a create that finishes while state looks leaves a container, not none" {
	need_command strace
	need_root
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	mkfifo "$T/go"
	spec '.hooks.createRuntime = [{path: "/bin/cat", args: ["cat", $f]}]' --arg f "$T/go"
	in_background "${RT[@]}" create web >"$OUT" 2>&1
	local create=$!
	wait_status web creating
	in_background strace -qqq -o "$T/calls" -e trace=flock -e inject=flock:delay_enter=1000000 "${RT[@]}" state web >"$T/said" 2>&1
	local state=$!
	# It has found no record, and is held up before it asks whether somebody is at work.
	wait_for grep -q flock "$T/calls"
	echo >"$T/go"
	wait "$create"
	wait "$state" || { cat "$T/said"; return 1; }
	jq -e '.status == "created"' "$T/said"
}

@test "paused is paused, for created and running ones" {
	rt create web
	freeze 1
	wait_status web paused
	freeze 0
	wait_status web created
	rt start web
	freeze 1
	wait_status web paused
	run rt list
	says paused
	freeze 0
	wait_status web running
}

@test "a process that is dead but not yet reaped has stopped" {
	local run pid

	in_background "${RT[@]}" run web
	run=$!
	wait_status web running
	pid=$(pid_of web)
	kill -STOP $run
	kill -KILL "$pid"
	wait_for grep -q 'State:.Z' "/proc/$pid/status"
	is web stopped
	rt_fail kill web KILL
	says "container not running"
	kill -CONT $run
	wait $run || [ $? = 137 ]
	rt_fail state web
}

@test "a process whose first thread has ended is running" {
	inside zombie-leader
	rt run -d web
	wait_for grep -q 'State:.Z' "/proc/$(jq .pid "$STATE/web/state.json")/status"
	is web running
	rt_fail delete web
	says "is not stopped: running"
	rt kill web KILL
	wait_status web stopped
	rt delete web
}

@test "list shows a table, JSON or ids" {
	rt create web
	new_bundle two
	spec '.annotations = {a: "b"}'
	rt run -d db
	run rt list
	[ "$(head -n 1 <<<"$output" | tr -s ' ')" = "ID PID STATUS BUNDLE CREATED OWNER" ]
	grep -qE "^db +$(pid_of db) +running +$T/two +20[^ ]+Z +$(id -un "${AS_USER:-0}") *$" <<<"$output"
	grep -qE "^web +$(pid_of web) +created +$T/bundle +" <<<"$output"
	run rt list -q
	[ "$output" = $'db\nweb' ]
	rt list --format=json >"$T/list"
	[ "$(jq -r 'map(.id + "=" + .status) | join(" ")' "$T/list")" = "db=running web=created" ]
	[ "$(jq -r '.[0].owner, .[0].annotations.a' "$T/list")" = "$(id -un "${AS_USER:-0}")"$'\nb' ]
	jq -S '.[1] | del(.owner)' "$T/list" >"$T/one"
	rt state web | jq -S 'del(.owner)' | diff - "$T/one"
}

@test "list of nothing is an empty list; a root that is named must be there" {
	rt_fail list
	says "$STATE" "no such file or directory"
	mkdir "$STATE"
	[ "$(rt list --format json)" = "[]" ]
	[ -z "$(rt list -q)" ]
	[ "$(rt list | wc -l)" = 1 ]
	rmdir "$STATE"
}

@test "foreign things in the state root are no containers" {
	mkdir "$STATE"
	mkdir "$STATE/empty" "$STATE/bad name"
	echo >"$STATE/file"
	rt run -d web
	[ "$(rt list -f json | jq -r '.[].id')" = web ]
	[ "$(rt list -q)" = web ]
	rt_fail state empty
	says "does not exist"
	rt_fail state file
	says "does not exist"
	rmdir "$STATE/bad name"
	rm "$STATE/file"
	rt delete --force empty
}

@test "ps tells all processes of a container" {
	shell 'sleep 1001 & sleep 1002 & wait'
	rt run -d web
	wait_for sh -c '[ "$(cat /proc/'"$(pid_of web)"'/task/*/children | wc -w)" = 2 ]'
	run rt ps --format json web
	[ "$(jq length <<<"$output")" = 3 ]
	[ "$(jq ".[0] == $(pid_of web)" <<<"$output")" = true ]
	run rt ps web
	says "PID" "sleep 1001" "sleep 1002"
	[ "${#lines[@]}" = 4 ]
	run rt ps web -o pid,comm
	says sleep
}

@test "a state folder that somebody else has made is not believed" {
	local command
	need_root
	spec '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "echo >\($d)/hooked"]}]' --arg d "$T"
	rt run -d web
	cp -a "$STATE/web" "$STATE/evil"
	chown -R 1000:1000 "$STATE/evil"
	for command in 'state evil' 'start evil' 'pause evil' 'ps evil' 'exec evil true' 'kill evil KILL' 'delete --force evil'; do
		rt_fail $command
		says "belongs to uid 1000"
	done
	is web running
	[ ! -e "$T/hooked" ]
	[ "$(rt list 2>/dev/null | awk 'NR > 1 { print $1 }')" = web ]
	rm -r "$STATE/evil"
}
