# A container's life: whatever is done in whatever order, it either works or is properly refused.
# as a user too
load helpers
load lib/programs

@test "what does not exist is said so by every command" {
	local command

	for command in start kill state delete ps; do
		rt_fail $command nobody
		says "does not exist"
	done
	rt_fail exec nobody true
	says "does not exist"
	[ "$status" = 255 ]
}

@test "the same when the state root is missing, and it is not made for that" {
	rt_fail state nobody
	says "does not exist"
	rt delete --force nobody
	[ ! -e "$STATE" ]
}

@test "the state root is made by create, for its owner only, with its parents" {
	STATE=$T/a/b/state
	RT=("$RUNTIME" --root "$STATE" --log "$LOG")
	rt create web
	[ "$(stat -c %a "$STATE")" = 700 ]
	[ "$(stat -c %a "$STATE/web")" = 700 ]
}

@test "a state root that is no folder is refused" {
	echo >"$T/file"
	run "$RUNTIME" --root "$T/file" create web
	[ "$status" = 1 ]
	says "not a directory"
}

@test "the state folder's files are for their owner only, whatever the umask" {
	(umask 0; rt create web)
	run find "$STATE" -mindepth 1 -type f -perm /077
	[ -z "$output" ]
}

@test "a container is the same under the strictest umask of the caller" {
	need_root	# nobody else can open his own log then
	program sh -c 'umask; stat -c "%a %n" /new /new/folder /dev/null /dev/pts /run; id -u'
	spec '.process.cwd = "/new/folder" | .process.user.uid = 1000'
	(umask 777; rt run web) >"$T/strict" || { cat "$T/strict"; false; }
	rm -r rootfs/new
	(umask 0; rt run web) >"$T/open"
	diff "$T/strict" "$T/open"
	grep -qx 0022 "$T/open"
	grep -qx '755 /new/folder' "$T/open"
	grep -qx '666 /dev/null' "$T/open"
}

@test "create is quiet" {
	run rt create web
	[ -z "$output" ]
	run rt start web
	[ -z "$output" ]
	run rt kill web KILL
	[ -z "$output" ]
	wait_status web stopped
	run rt delete web
	[ -z "$output" ]
	[ ! -s "$LOG" ]
}

@test "create leaves one process: the container's" {
	rt create web
	[ "$(suite_pids)" = "$(pid_of web)" ]
	rt start web
	[ "$(suite_pids)" = "$(pid_of web)" ]
}

@test "a config without process is created, but cannot be started" {
	spec 'del(.process)'
	rt create web
	is web created
	rt_fail start web
	says "process property must not be empty"
	is web created
	rt delete web
}

@test "a config without process cannot be run, and nothing is left" {
	spec 'del(.process)'
	rt_fail run web
	says "/process: " "process property must not be empty"
	[ -z "$(ls -A "$STATE" 2>/dev/null)" ]
}

@test "a config without the member linux makes a container that shares all namespaces and has no limits" {
	need_root
	need_kernel 5.12
	shell 'readlink /proc/self/ns/pid; exec sleep 1000'
	spec 'del(.linux, .hostname)'
	rt create $ID
	is $ID created
	rt start $ID
	wait_for grep -Fqx "$(readlink /proc/self/ns/pid)" "$OUT"
	rt exec $ID true
	rt update --oom-score-adj 100 $ID
	rt pause $ID
	rt resume $ID
	rt kill $ID KILL
	wait_status $ID stopped
	rt delete $ID
	spec '.linux = null'
	program /nope
	rt_fail run $ID
	says "no such file or directory"
}

@test "a created container survives the death of all that created it" {
	shell 'echo started; exec sleep 1000'
	setsid bash -c '"$@" & wait $!; kill -KILL 0' creator "${RT[@]}" create web >>"$OUT" 2>&1 3>&- 4>&- </dev/null || true
	is web created
	rt start web
	is web running
	wait_for grep -qx started "$OUT"
}

@test "a created container survives a creator that is killed with its parent (PDEATHSIG)" {
	bash -c 'setpriv --pdeathsig KILL "$@"; kill -KILL $$' creator "${RT[@]}" create web >>"$OUT" 2>&1 3>&- 4>&- </dev/null || true
	is web created
	rt start web
	is web running
}

@test "ids of all allowed characters and lengths" {
	local id

	spec 'del(.linux.cgroupsPath) | .process.args = ["true"]'
	for id in a 0 A.b_c+d-1 .hidden ... _ +x "$(printf '%0240d' 0)"; do
		rt --cgroup-manager disabled run "$id" || { echo "refused: $id"; return 1; }
	done
}

@test "ids that are not are refused before anything is touched" {
	local id

	for id in . .. a/b ../x 'a b' $'a\nb' ä 'a*' 'a%' 'a:b' "$(printf '%0256d' 0)"; do
		rt_fail create "$id"
		says "invalid container ID format"
		rt_fail state "$id"
	done
	rt_fail create ""
	says "container id cannot be empty"
	[ ! -e "$STATE" ]
}

@test "a second create of an id is refused and harms nobody" {
	local pid

	rt run -d web
	pid=$(pid_of web)
	rt_fail create web
	says "container with given ID already exists"
	rt_fail run web
	says "container with given ID already exists"
	is web running
	[ "$(pid_of web)" = "$pid" ]
	[ -d "$(cgroup_dir)" ]
}

@test "of many creates of one id exactly one wins" {
	local round i won

	for round in 1 2 3 4 5 6; do
		for i in 1 2 3 4; do
			in_background "${RT[@]}" create web >"$T/out.$i" 2>&1 </dev/null
			pids[i]=$!
		done
		won=0
		for i in 1 2 3 4; do
			if wait "${pids[i]}"; then
				won=$((won + 1))
			else
				grep -q "already exists" "$T/out.$i" || { cat "$T/out.$i"; return 1; }
			fi
		done
		[ "$won" = 1 ]
		is web created
		rt delete web
		[ -z "$(ls -A "$STATE")" ]
	done
}

@test "two ids cannot share a cgroup that is in use" {
	rt run -d one
	rt_fail run -d two
	says cgroup
	is one running
	[ -d "$(cgroup_dir)" ]
	[ "$(ls "$STATE")" = one ]
}

@test "later edits of config.json do not matter" {
	shell 'echo first; exec sleep 1000'
	spec '.process.env = ["WHICH=first"]'
	rt create web
	shell 'echo second'
	spec '.process.env = ["WHICH=second"] | .process.cwd = "/second"'
	rt start web
	wait_for grep -qx first "$OUT"
	run rt exec web sh -c 'echo $WHICH'
	[ "$output" = first ]
	rm config.json
	run rt exec web sh -c 'echo $WHICH'
	[ "$output" = first ]
	is web running
}

@test "the bundle may be given relative, with links and with slashes; state tells it absolute" {
	program true
	ln -s bundle "$T/link"
	cd "$T"
	rt run --keep --bundle ./bundle/ one
	[ "$(state_word one bundle)" = "$BUNDLE" ]
	rt run --keep -b link two
	[ "$(state_word two bundle)" = "$BUNDLE" ]
	rt delete one
	rt delete two
}

@test "a bundle or config that is not there" {
	rt_fail create --bundle /nowhere web
	says "/nowhere" "no such file or directory"
	rm config.json
	rt_fail create web
	says "JSON specification file config.json not found"
	[ ! -e "$STATE/web" ]
}

@test "--config takes another file of the bundle" {
	jq '.process.args = ["echo", "other"]' config.json >other.json
	run rt run --config other.json web
	[ "$output" = other ]
}

@test "--config is seen from the current directory, then from the bundle; config.json is the bundle's" {
	mkdir here
	jq '.process.args = ["echo", "here"]' config.json >here/other.json
	jq '.process.args = ["echo", "not this one"]' config.json >here/config.json
	jq '.process.args = ["echo", "bundle"]' config.json >other.json
	program echo config
	cd here
	[ "$(rt run --bundle .. --config other.json web </dev/null)" = here ]
	[ "$(rt run --bundle .. -f ../other.json web </dev/null)" = bundle ]
	[ "$(rt run --bundle .. --config config.json web </dev/null)" = config ]
	rt explain --config other.json .. | grep -qw here
	rm other.json
	[ "$(rt run --bundle .. --config other.json web </dev/null)" = bundle ]
	rt_fail run --bundle .. --config nowhere.json web
	says "nowhere.json not found"
}

@test "start twice: the second is refused" {
	rt create web
	rt start web
	rt_fail start web
	says "cannot start an already running container"
	is web running
}

@test "start after the end is refused" {
	program true
	rt create web
	rt start web
	wait_status web stopped
	rt_fail start web
	says "cannot start a container that has stopped"
	is web stopped
}

@test "start of a created container that was killed is refused" {
	rt create web
	rt kill web KILL
	wait_status web stopped
	rt_fail start web
	says "cannot start a container that has stopped"
}

@test "of many starts exactly one wins, and the program is started once" {
	local i won=0

	shell 'echo started; exec sleep 1000'
	rt create web
	for i in 1 2 3 4 5; do
		in_background "${RT[@]}" start web >"$T/out.$i" 2>&1
		pids[i]=$!
	done
	for i in 1 2 3 4 5; do
		if wait "${pids[i]}"; then
			won=$((won + 1))
		else
			grep -q "cannot start an already running container" "$T/out.$i"
		fi
	done
	[ "$won" = 1 ]
	wait_for grep -q started "$OUT"
	[ "$(grep -c started "$OUT")" = 1 ]
}

@test "a start that comes to the gate after another one says that the container runs" {
	need_command strace
	need_root
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	rt create web
	in_background strace -f -qqq -o "$T/calls" -e trace=connect -e inject=connect:delay_enter=1000000 "${RT[@]}" start web >"$T/late" 2>&1
	local late=$!
	# It has read the status, and is held up at the gate.
	wait_for grep -q connect "$T/calls"
	rt start web
	ends 1 "$late"
	grep -q "cannot start an already running container" "$T/late"
}

@test "a start that is killed while a startContainer hook runs had begun: the program runs" {
	mkfifo -m 666 rootfs/begun rootfs/go
	spec '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo >/begun; read x </go"]}]'
	rt create web
	in_background "${RT[@]}" start web >"$OUT" 2>&1
	local start=$!
	read -r -t 20 <>rootfs/begun
	kill -KILL "$start"
	ends 137 "$start"
	timeout 20 sh -c "echo >rootfs/go"
	wait_for grep -qz sleep "/proc/$(pid_of web)/cmdline"
	is web running
}

@test "a create whose new folder is being looked at waits a moment" {
	need_command strace
	need_root
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	mkdir -p "$STATE"
	in_background strace -qqq -o "$T/calls" -e trace=mkdirat -e inject=mkdirat:delay_exit=1000000:when=1 "${RT[@]}" create web >"$OUT" 2>&1 </dev/null
	local create=$!
	wait_for test -d "$STATE/web"
	in_background flock "$STATE/web" sleep 1.5
	wait "$create"
	is web created
}

@test "start returns when the program runs, not before" {
	local i

	for i in 1 2 3 4 5 6 7 8 9 10; do
		rt create web
		rt start web
		[ "$(tr '\0' ' ' <"/proc/$(pid_of web)/cmdline")" = "sleep 1000 " ]
		rt delete --force web
	done
}

@test "a container that is killed on its way from start to its program has not been started" {
	local code=0

	mkfifo "$T/fifo"
	spec '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo here >/fifo; sleep 1000"]}] |
		.hooks.poststart = [{path: "/bin/sh", args: ["sh", "-c", $c]}] |
		.mounts += [{destination: "/fifo", source: ($t + "/fifo"), options: ["bind"]}]' --arg t "$T" --arg c "echo poststart >$T/poststart"
	: >rootfs/fifo
	rt create web
	in_background "${RT[@]}" start web >"$T/started" 2>&1
	read -r <"$T/fifo"
	rt kill web KILL
	wait $! || code=$?
	cat "$T/started"
	[ "$code" = 1 ]
	grep "ended before its program ran" "$T/started"
	[ ! -e "$T/poststart" ]
	wait_status web stopped
}

@test "a kill at the very exec of the program is no start" {
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	# Once it has been reaped nobody knows any more whether its program ran: as of one that ended at once, start says yes.
	in_background "$OUTSIDE" adopt "${RT[@]}" create web 2>"$T/adopter"
	local adopter=$!
	wait_for grep -q ready "$T/adopter"
	in_background strace -o "$T/trace" -e trace=execve -e inject=execve:signal=KILL -p "$(pid_of web)" 2>"$T/strace"
	# With a tracer, but not yet told to stop, it could still pass.
	wait_for grep -q 'attached' "$T/strace"
	rt_fail start web
	says "ended before its program ran" "(was it killed?)"
	wait_status web stopped
	kill "$adopter"
}

@test "the same of run and exec" {
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	[ -z "$AS_USER" ] || skip "the tests become this user by execs of their own, which would be the killed ones"
	# Our own exec of ourselves is the first of the traced process; the second is the program's, in the child.
	run -1 strace -qq -f -o "$T/trace" -e trace=execve -e inject=execve:signal=KILL:when=1 "${RT[@]}" run web
	says "was killed by SIGKILL before its program ran"
	rt run -d web
	run strace -qq -f -o "$T/trace" -e trace=execve -e inject=execve:signal=KILL:when=1 "${RT[@]}" exec web true
	says "was killed by SIGKILL before its program ran"
	is web running
}

@test "start of a paused container is refused" {
	need_view v2 v1 hybrid
	rt create web
	if [ "$VIEW" = v2 ]; then
		echo 1 >"$(cgroup_dir)/cgroup.freeze"
	else
		echo FROZEN >"$(cgroup_dir freezer)/freezer.state"
	fi
	wait_status web paused
	run timeout 20 "${RT[@]}" start web
	[ "$status" = 1 ]
	says "cannot start a container in the paused state"
	rt delete --force web
}

@test "a program that cannot be executed fails start, and its text says why" {
	rt create web
	rm rootfs/bin/sleep
	rt_fail start web
	says "no such file or directory"
	is web stopped
}

@test "the program's own exec of another does not change the status" {
	shell 'exec sleep 1000'
	rt run -d web
	is web running
	wait_for grep -qx sleep "/proc/$(pid_of web)/comm"
	is web running
}

@test "a program that is called like the runtime's init is running all the same" {
	rt create web
	is web created
	cp rootfs/bin/busybox 'rootfs/bin/ctr-run:[init]'
	rt delete web
	shell 'echo "ctr-run:[init]" >/proc/self/comm; while :; do sleep 1; done'
	rt run -d web
	wait_for grep -qF 'ctr-run:[init]' "/proc/$(pid_of web)/comm"
	is web running
}

@test "a pid that another process has by now is never touched" {
	local stranger folder=$STATE/web

	rt create web
	rt delete --force web
	rt create web
	rt kill web KILL
	wait_status web stopped
	sleep 1000 3>&- 4>&- &
	stranger=$!
	jq -c --argjson pid $stranger '.pid = $pid' "$folder/state.json" >"$folder/new"
	mv "$folder/new" "$folder/state.json"
	is web stopped
	[ "$(pid_of web)" = 0 ]
	rt_fail kill web KILL
	says "container not running"
	rt kill --all web KILL	# what is left in its cgroup: nobody
	kill -0 $stranger
	rt_fail start web
	says "cannot start a container that has stopped"
	rt_fail exec web true
	says "cannot exec in a stopped container"
	rt delete --force web
	kill -0 $stranger
	kill $stranger
}

@test "after a reboot a container has stopped, even if pid and start time agree" {
	local folder=$STATE/web pid

	rt run -d web
	pid=$(pid_of web)
	cp "$folder/state.json" "$T/saved"
	jq -c '.bootId = "00000000-0000-0000-0000-000000000000"' "$T/saved" >"$folder/new"
	mv "$folder/new" "$folder/state.json"
	is web stopped
	rt_fail kill web KILL
	says "container not running"
	kill -0 "$pid"
	cp "$T/saved" "$folder/state.json"
	is web running
}

@test "a damaged record is told, does not hide others, and delete --force clears it away" {
	new_bundle other
	rt run -d other
	cd "$T/bundle"
	CGROUP=/ctr-run-test.$RUN/$ID-bundle
	rt run -d web
	echo '{"version": 1, ' >"$STATE/web/state.json"
	rt_fail state web
	says damaged
	rt_fail delete web
	run rt list -q
	[ "$output" = $'other\nweb' ]
	run rt list
	says other running
	rt delete --force web
	[ ! -e "$STATE/web" ]
	[ ! -e "$(cgroup_dir)" ]
}

@test "a container whose cgroup somebody removed can be deleted" {
	need_view v1 v2 hybrid
	program true
	rt create web
	rt start web
	wait_status web stopped
	suite_cgroups "$ID-" | xargs rmdir
	rt delete web
}

@test "without any cgroup a container lives and dies all the same" {
	rt --cgroup-manager disabled create web
	rt start web
	is web running
	[ -z "$(suite_cgroups "$ID-")" ]
	rt kill web KILL
	wait_status web stopped
	rt delete web
	rt --cgroup-manager disabled run -d web
	rt delete --force web
	[ -z "$(suite_pids)" ]
}

@test "where no file can be written create fails, says so, and leaves nothing" {
	local limit

	if [ -z "$AS_USER" ]; then
		mkdir "$T/small"
		test_mount -t tmpfs -o size=8k tmpfs "$T/small"
		rt_fail --root "$T/small/state" create web
		says "no space left on device"
		[ "$(find "$T/small/state" -mindepth 1)" = "" ]
	fi
	# Smaller than the config, than the journal.
	for limit in 1000 10; do
		run -1 prlimit --fsize=$limit "$RUNTIME" --root "$STATE" create web
		says "file too large"
		rt_fail state web
		says "does not exist"
		[ "$(find "$STATE" -mindepth 1)" = "" ]
	done
	shell 'sh -c "kill -XFSZ \$\$"; echo $?'
	run -0 rt run web
	says 153
}
