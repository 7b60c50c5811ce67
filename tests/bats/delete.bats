# delete removes everything that was made for a container, and nothing else.
# as a user too
load helpers
load lib/programs

@test "a running container is not deleted without --force" {
	rt run -d web
	rt_fail delete web
	says "cannot delete container web that is not stopped: running"
	is web running
	rt delete --force web
	rt_fail state web
	wait_for suite_pids_gone
}

@test "a container that was just killed is deleted: delete waits for its end" {
	for i in 1 2 3 4 5 6 7 8; do
		rt run -d web
		rt kill web KILL
		rt delete web
	done
	wait_for suite_pids_gone
}

@test "a created one is" {
	rt create web
	rt delete web
	rt_fail state web
	wait_for suite_pids_gone
}

@test "a paused one is not, by force it is" {
	rt run -d web
	if [ "$VIEW" = v2 ]; then
		echo 1 >"$(cgroup_dir)/cgroup.freeze"
	else
		echo FROZEN >"$(cgroup_dir freezer)/freezer.state"
	fi
	wait_status web paused
	rt_fail delete web
	says "is not stopped: paused"
	rt delete --force web
	wait_for suite_pids_gone
}

@test "--force of what is not there is no error, even twice; without it is one" {
	rt delete --force web
	rt delete -f web
	rt_fail delete web
	says "does not exist"
}

@test "a delete that is held up by another command says so, and not that a create is at work" {
	rt create web
	exec 7<"$STATE/web"
	flock 7
	rt_fail delete web
	says "another command has been at work on this container for 10 s"
	exec 7<&-
	rt delete web
}

@test "--force takes a folder that holds nothing" {
	mkdir -p "$STATE/web"
	rt delete --force web
	[ ! -e "$STATE/web" ]
}

@test "--force clears what a killed create left: a journal" {
	rt create web
	kill -KILL "$(pid_of web)"
	rm "$STATE/web/state.json"
	rt_fail state web
	says "does not exist"
	[ -d "$(cgroup_dir)" ]
	rt delete --force web
	[ ! -e "$(cgroup_dir)" ]
	[ ! -e "$STATE/web" ]
}

@test "processes of a create that was killed are found in the cgroup" {
	rt create web
	rm "$STATE/web/state.json"
	rt delete --force web
	wait_for suite_pids_gone
}

@test "the cgroup goes with all that the container made below it" {
	need_root
	need_view v2
	rt run -d web
	mkdir -p "$(cgroup_dir)/a/b" "$(cgroup_dir)/c"
	rt delete --force web
	[ ! -e "$(cgroup_dir)" ]
}

@test "v1: what the container has frozen in a cgroup of its own holds up neither its end nor delete" {
	local end=(delete\ --force 'kill --all' kill) i
	need_view v1 hybrid
	need_root
	need_controller freezer
	spec '(.mounts[] | select(.type == "cgroup") | .options) -= ["ro"]'
	shell 'cd /sys/fs/cgroup/freezer; mkdir -p a/b; sleep 1000 & echo $! >a/b/tasks; echo FROZEN >a/b/freezer.state
		until grep FROZEN a/b/freezer.state; do :; done; exec sleep 1000'
	for ((i = 0; i < 3; i++)); do
		: >"$OUT"
		rt run -d web
		wait_for grep -q FROZEN "$OUT"
		SECONDS=0
		case ${end[i]} in
		delete*) rt delete --force web ;;
		*)
			rt ${end[i]} web KILL
			wait_status web stopped
			rt delete web ;;
		esac
		[ "$SECONDS" -lt 8 ]
		[ ! -d "$(cgroup_dir freezer)" ]
	done
}

@test "a cgroup that was there before stays" {
	need_root
	local folders

	program true
	if [ "$VIEW" = v2 ]; then
		folders=$(cgroup_dir)
	else
		folders="$(cgroup_dir memory) $(cgroup_dir pids)"
	fi
	mkdir -p $folders
	rt run web
	for folder in $folders; do
		[ -d "$folder" ]
		rmdir "$folder"
	done
	[ -z "$(suite_cgroups "$ID-")" ]
}

@test "the bundle stays as it is" {
	program true
	find . -printf '%p %m %s %y\n' | sort >"$T/before"
	rt run web
	rt create web
	rt delete web
	find . -printf '%p %m %s %y\n' | sort | diff "$T/before" -
}

@test "the id is free again at once" {
	local i

	program true
	for i in {1..20}; do
		rt create web
		rt start web
		rt delete --force web
	done
}

@test "many deletes of one container: no error that is not 'does not exist', and one poststop" {
	local i

	spec '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", $c]}]' --arg c "echo stop >>$T/stops"
	rt run -d web
	for i in 1 2 3 4; do
		in_background "${RT[@]}" delete --force web >"$T/out.$i" 2>&1
		pids[i]=$!
	done
	for i in 1 2 3 4; do
		wait "${pids[i]}" || { cat "$T/out.$i"; return 1; }
	done
	[ ! -e "$STATE/web" ]
	[ "$(wc -l <"$T/stops")" = 1 ]
}

@test "--force of a container that is just being created waits for it and then takes it" {
	mkfifo "$T/go"
	spec '.hooks.createRuntime = [{path: "/bin/cat", args: ["cat", $f]}]' --arg f "$T/go"
	in_background "${RT[@]}" --cgroup-manager disabled create web >"$OUT" 2>&1
	wait_status web creating
	in_background "${RT[@]}" delete --force web >"$T/deleted" 2>&1
	sleep 0.05
	echo >"$T/go"
	wait $! || { cat "$T/deleted"; return 1; }
	wait_for suite_pids_gone
	[ ! -e "$STATE/web" ]
}

@test "delete races with the end of a foreground run: both succeed" {
	local i run

	for i in {1..10}; do
		in_background "${RT[@]}" run web
		run=$!
		wait_status web running
		rt kill web KILL
		rt delete --force web
		wait $run || [ $? = 137 ]
	done
}

# Created containers web-1, web-2 and db-1; with ids that are no options.
three()
{
	local id

	for id in web-1 web-2 db-1; do
		new_bundle "$id"
		rt create "$id"
	done
}

@test "--regex deletes every container whose id matches, anywhere in it" {
	three
	rt delete --regex '^we'
	[ "$(rt list -q)" = db-1 ]
	rt delete -r -f 'b-[0-9]'
	[ -z "$(rt list -q)" ]
	wait_for suite_pids_gone
}

@test "--regex is a POSIX extended regular expression" {
	local pattern

	three
	for pattern in '^(web|db)-3$' 'web-1.' '^b' 'web-[^12]' '[[:upper:]]' 'web-{2}' 'WEB' 'w\\.b' '(.)\1-'; do
		rt delete --regex "$pattern"
		[ "$(rt list -q | wc -l)" = 3 ] || { echo "matched: $pattern"; return 1; }
	done
	rt delete --regex '^(web-[[:digit:]]|x)$'
	[ "$(rt list -q)" = db-1 ]
	rt delete --regex '^d?b{1,2}-.+$'
	[ -z "$(rt list -q)" ]
}

@test "--regex: nothing that matches is no error, not even without a state root" {
	rt delete --regex nobody
	rt delete --force --regex .
	[ ! -e "$STATE" ]
}

@test "--regex: a pattern that is none, or empty, deletes nothing" {
	local pattern

	rt create web
	for pattern in '(' 'a{1' '[' '*(' 'w\'; do
		rt_fail delete --force --regex "$pattern"
		says "\"$pattern\" is not a regular expression: "
		[ "${#lines[@]}" = 1 ]
	done
	rt_fail delete --force --regex ""
	says "an empty pattern would match every container"
	is web created
}

@test "--regex: one that cannot be deleted does not save the others, and is an error" {
	three
	rt start web-1
	rt_fail delete --regex web
	says '1 of the 2 containers that match "web": ' "cannot delete container web-1 that is not stopped: running"
	[ "$(rt list -q)" = $'db-1\nweb-1' ]
}
