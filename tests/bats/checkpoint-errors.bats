# What prevents a checkpoint or a restore is reported, and nothing is left of the attempt.
# runs alone: while CRIU saves or makes cgroups, cgroup2 lacks its options (nsdelegate), which other tests look at.
load helpers
load lib/criu
load lib/programs
TEST_TIMEOUT=120

@test "a hook that fails ends the restore, and nothing is left" {
	need_criu
	start_counting web
	save web
	spec '.hooks.prestart = [{path: "/bin/sh", args: ["sh", "-c", "echo no luck; exit 3"]}]'
	rt_fail restore -d --image-path "$IMAGES" web
	says "prestart" "exit status 3" "no luck"
	[ -z "$(ls -A "$STATE")" ]
	[ ! -d "$(cgroup_dir)" ]
}

@test "a failure of CRIU is told in its own words, and the container runs on" {
	need_criu
	inside lock /lock /count
	rt run -d web
	wait_for reaches 5
	rt_fail checkpoint --image-path "$IMAGES" --work-path "$T/work" web
	says "criu failed: type DUMP errno" "file-locks" "(log file: $T/work/dump.log)"
	[ -s "$T/work/dump.log" ]
	is web running
	never_stopped_counting
	save --file-locks web
	back --file-locks web
	never_stopped_counting
}

@test "a cgroup namespace to be joined is refused, before and after" {
	need_criu
	rt run -d pod
	pod=$(pid_of pod)
	new_bundle second
	spec '.root.readonly = false'
	start_counting web
	save web
	spec '.linux.namespaces |= (map(select(.type != "cgroup")) + [{type: "cgroup", path: "/proc/\($p)/ns/cgroup"}])' --arg p "$pod"
	rt_fail restore -d --image-path "$IMAGES" web
	says "cannot be restored as it is" "CRIU cannot join a cgroup namespace"
	[ ! -e "$STATE/web" ]
	rt run -d web
	rt_fail checkpoint --check web
	says "cannot be saved as it is" "CRIU cannot join a cgroup namespace"
}

@test "a container in our mount namespace is refused" {
	need_criu
	spec '.linux.namespaces |= map(select(.type != "mount"))'
	rt run -d web
	rt_fail checkpoint --check web
	says "cannot be saved as it is" "without a mount namespace"
}

@test "a container whose root is a mount of the config is refused" {
	need_criu
	cp -a rootfs "$T/other"
	spec '.mounts |= [{destination: "/", source: $other, options: ["bind"]}] + .' --arg other "$T/other"
	rt run -d web
	rt_fail checkpoint --check web
	says "cannot be saved as it is" "/mounts/0: CRIU takes the rootfs for the container's root"
	is web running
}

@test "a config without the terminal that was saved is refused" {
	need_criu
	spec '.process.terminal = true'
	in_background timeout 60 "$OUTSIDE" console "$T/tty.sock" </dev/null >"$T/screen" 2>"$T/ready"
	wait_for grep -q ready "$T/ready"
	counting
	rt run -d --console-socket "$T/tty.sock" web
	wait_for reaches 3
	save web
	spec '.process.terminal = false'
	rt_fail restore -d --image-path "$IMAGES" web
	says "/process/terminal" "the saved process has a terminal"
	[ -z "$(ls -A "$STATE")" ]
}

@test "damaged images fail the restore with CRIU's words, and nothing is left" {
	need_criu
	start_counting web
	save web
	for image in core-1.img pstree.img mountpoints-*.img; do
		image=$(basename "$IMAGES/$image" "")
		cp -a "$IMAGES" "$T/broken"
		for f in "$T"/broken/$image; do
			head -c 12 "$f" >"$f.cut"
			mv "$f.cut" "$f"
		done
		rt_fail restore -d --image-path "$T/broken" web
		says "criu failed: type RESTORE" "restore.log"
		[ -z "$(ls -A "$STATE")" ]
		[ ! -d "$(cgroup_dir)" ]
		rm -r "$T/broken"
	done
	back web
	never_stopped_counting
}

@test "a mount source that is gone is found before anything is made" {
	need_criu
	mkdir "$T/data"
	spec '.mounts += [{destination: "/data", type: "bind", source: $d, options: ["bind"]}]' --arg d "$T/data"
	start_counting web
	save web
	rmdir "$T/data"
	rt_fail restore -d --image-path "$IMAGES" web
	says "/mounts/" "$T/data" "no such file or directory"
	[ -z "$(ls -A "$STATE")" ]
}

@test "a restore that is killed leaves what delete --force clears away" {
	need_criu
	local n code killed=0

	start_counting web
	save web
	for n in 100 165 180 190 200 210 220 230; do
		"$OUTSIDE" killed-at $n "${RT[@]}" restore -d --image-path "$IMAGES" web </dev/null >>"$OUT" 2>>"$ERR" 3>&- 4>&- && code=0 || code=$?
		[ $code != 137 ] || killed=$((killed + 1))
		rt delete -f web
		[ -z "$(ls -A "$STATE")" ]
		wait_for eval '[ ! -d "$(cgroup_dir)" ]'
	done
	[ $killed -ge 6 ]
	wait_for suite_pids_gone
	# CRIU has taken options of the machine's cgroup2 away; what was to put them back was killed.
	wait_for eval '[ "$(grep " - cgroup2 " /proc/self/mountinfo)" = "$(grep " - cgroup2 " <<<"$mounts_before")" ]'
	back web
	is web running
}

@test "what keeps it from being saved is said before anything is frozen, all at once" {
	need_criu
	connected
	rt run -d web
	wait_for reaches 3 got
	rt exec -d web sleep 1000
	rt_fail checkpoint --check web
	says "TCP connections" "(sleep)" "exec"
	[ ! -e checkpoint ]
	is web running
}

@test "--check says nothing where all is well, and changes nothing" {
	need_criu
	start_counting web
	run rt checkpoint --check web
	[ "$status" = 0 ]
	[ -z "$output" ]
	is web running
	[ ! -e checkpoint ]
}

@test "only what runs can be saved" {
	[ "$(id -u)" = 0 ] || skip "CRIU needs root"
	rt_fail checkpoint nobody
	says 'container "nobody" does not exist'
	rt create web
	rt_fail checkpoint web
	says "Container cannot be checkpointed in created state"
	new_bundle second
	program true
	rt run -d done
	wait_status done stopped
	rt_fail checkpoint done
	says "Container cannot be checkpointed in stopped state"
}

@test "what ends while CRIU is asked for its features is said to be stopped" {
	need_criu
	start_counting web
	cat >"$T/criu" <<-END
		#!/bin/sh
		kill -9 $(pid_of web)
		while kill -0 $(pid_of web); do sleep 0.05; done
		exec $CRIU "\$@"
	END
	chmod +x "$T/criu"
	RT=("$RUNTIME" --root "$STATE" --log "$LOG" --criu "$T/criu")
	rt_fail checkpoint web
	says "Container cannot be checkpointed in stopped state"
	is web stopped
	[ ! -e checkpoint ] || [ -z "$(ls checkpoint)" ]
}

@test "without CRIU, or with a wrong path to it, it says so" {
	rt run -d web
	RT=("$RUNTIME" --root "$STATE" --log "$LOG" --criu "$T/nothing")
	rt_fail checkpoint web
	says "criu is given as $T/nothing" "no such file or directory"
	is web running
	if [ -z "$CRIU" ]; then
		RT=("$RUNTIME" --root "$STATE" --log "$LOG")
		rt_fail checkpoint web
		says 'exec: "criu": executable file not found in $PATH'
	fi
}

@test "wrong options are refused" {
	rt run -d web
	rt_fail checkpoint --parent-path /x --image-path "$IMAGES" web
	says "--parent-path must be relative"
	rt_fail checkpoint --parent-path ../x --image-path "$IMAGES" web
	says "invalid --parent-path"
	rt_fail checkpoint --page-server 1.2.3.4 --image-path "$IMAGES" web
	says "Use --page-server ADDRESS:PORT"
	rt_fail checkpoint --page-server 1.2.3.4:x --image-path "$IMAGES" web
	says "Invalid port number"
	rt_fail checkpoint --manage-cgroups-mode hard --image-path "$IMAGES" web
	says "manage-cgroups-mode"
	rt_fail checkpoint --empty-ns mount --image-path "$IMAGES" web
	says '"mount" is not supported'
	rt_fail checkpoint --status-fd x --image-path "$IMAGES" web
	says "invalid --status-fd"
	rt_fail checkpoint --status-fd 77 --image-path "$IMAGES" web
	says "invalid --status-fd"
	rt_fail restore --image-path "$T/none" other
	says "$T/none" "no such file or directory"
	mkdir "$T/none"
	rt_fail restore --image-path "$T/none" other
	says "there is no checkpoint"
	touch "$T/none/inventory.img"
	echo '{"version":1,"criu":1,"kernel":"x","machine":"pdp11","created":"x"}' >"$T/none/ctr-run.json"
	rt_fail restore --image-path "$T/none" other
	says "pdp11"
	echo '{"version":"x"}' >"$T/none/ctr-run.json"
	rt_fail restore --image-path "$T/none" other
	says "ctr-run.json of the checkpoint is damaged"
	rm "$T/none/ctr-run.json"
	echo '["a"' >"$T/none/descriptors.json"
	rt_fail restore --image-path "$T/none" other
	says "descriptors.json of the checkpoint is damaged"
	[ "$(ls "$STATE")" = web ]
}

@test "an id that is taken is not restored over" {
	need_criu
	start_counting web
	save --leave-running web
	rt_fail restore -d --image-path "$IMAGES" web
	says "already exists"
	never_stopped_counting
}
