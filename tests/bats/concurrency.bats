# Many containers at once, and commands that run into each other.
# runs alone
load helpers
load lib/programs

TEST_TIMEOUT=200

@test "two hundred containers made at once, then deleted at once" {
	local i

	spec 'del(.linux.cgroupsPath)'
	for ((i = 0; i < 200; i++)); do
		jq -c --arg p "$CGROUP-$i" '.linux.cgroupsPath = $p' config.json >"config-$i.json"
		in_background "${RT[@]}" run -d --config "config-$i.json" "web-$i" >>"$OUT" 2>>"$ERR" </dev/null
		pids[i]=$!
	done
	for ((i = 0; i < 200; i++)); do
		ends 0 "${pids[i]}" || { cat "$ERR"; return 1; }
	done
	[ "$(rt list -f json | jq 'map(select(.status == "running")) | length')" = 200 ]
	[ "$(suite_pids | wc -l)" = 200 ]
	for ((i = 0; i < 200; i++)); do
		in_background "${RT[@]}" delete --force "web-$i" 2>>"$ERR"
		pids[i]=$!
	done
	for ((i = 0; i < 200; i++)); do
		ends 0 "${pids[i]}" || { cat "$ERR"; return 1; }
	done
	[ -z "$(rt list -q)" ]
	wait_for suite_pids_gone
}

@test "list while others create and delete is never wrong and never fails" {
	local i

	(
		for ((i = 0; i < 40; i++)); do
			"${RT[@]}" create web >>"$OUT" 2>&1 </dev/null && "${RT[@]}" delete --force web || exit 1
		done
	) 3>&- 4>&- &
	while kill -0 $! 2>/dev/null; do
		[ -d "$STATE" ] || continue
		rt list -f json >"$T/list" 2>"$T/error" || { cat "$T/error"; return 1; }
		[ ! -s "$T/error" ] || { cat "$T/error"; return 1; }
		jq -e 'all(.id == "web" and (.status | IN("creating", "created", "stopped")))' "$T/list" >"$T/jq" || { cat "$T/list"; return 1; }
	done
	wait $!
}

@test "state, kill, exec, start and delete meet in any order" {
	local round i command

	for round in 1 2 3 4 5 6; do
		rt create web
		i=0
		for command in "start web" "exec web true" "state web" "kill web KILL" "ps web" "delete --force web" "start web" "delete web"; do
			in_background "${RT[@]}" $command >"$T/out.$i" 2>&1 </dev/null
			pids[i++]=$!
		done
		for ((i = 0; i < 8; i++)); do
			wait "${pids[i]}" || [[ $? =~ ^(1|137|255)$ ]] || { cat "$T/out.$i"; return 1; }
			if grep -iE 'sanitizer|assert|out of turn|sent what' "$T/out.$i"; then
				return 1
			fi
		done
		rt delete --force web
		[ ! -e "$STATE/web" ]
		[ ! -e "$(cgroup_dir)" ]
		wait_for suite_pids_gone
	done
}

@test "create and delete of one id meet: each has its way, nothing is left" {
	local round

	for round in {1..15}; do
		in_background "${RT[@]}" create web >"$T/create" 2>&1 </dev/null
		create=$!
		in_background "${RT[@]}" delete --force web >"$T/delete" 2>&1
		wait $! || { cat "$T/delete"; return 1; }
		wait $create || true
		rt delete --force web
		[ ! -e "$STATE/web" ]
		[ ! -e "$(cgroup_dir)" ]
	done
	wait_for suite_pids_gone
}
