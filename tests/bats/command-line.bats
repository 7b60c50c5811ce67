# The command line is what the clients of runc and crun know; help, man pages and the rest come from the same tables.
load helpers

@test "help is on standard output and ends with 0, for every command" {
	run --separate-stderr "$RUNTIME" --help
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	all=$output
	for command in create start run state kill delete pause resume update list ps events mounts checkpoint restore spec \
		features exec explain version help; do
		[[ $all == *"  $command "* ]]
		run --separate-stderr "$RUNTIME" "$command" --help
		[ "$status" = 0 ]
		[ -n "$output" ]
		[ -z "$stderr" ]
		run --separate-stderr "$RUNTIME" help "$command"
		[ "$status" = 0 ]
		[ -n "$output" ]
	done
	run --separate-stderr "$RUNTIME" help
	[ "$status" = 0 ]
}

@test "the version is what dockerd and go-runc read" {
	run "$RUNTIME" --version
	[ "$status" = 0 ]
	[[ ${lines[0]} =~ ^ctr-run\ version\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[[ ${lines[1]} =~ ^commit:\ [^\ ]+$ ]]
	[ "${lines[2]}" = "spec: 1.3.0" ]
	run "$RUNTIME" -v
	[[ ${lines[0]} == "ctr-run version "* ]]
}

@test "long options take one dash or two, a blank or an equals sign" {
	program true
	rt create -bundle "$BUNDLE" --pid-file="$T/pid" -no-pivot=false --no-new-keyring web
	[ -s "$T/pid" ]
	rt delete -force=true web
	rt run -b="$BUNDLE" web
	rt run -b "$BUNDLE" -- web
}

@test "booleans before the command take a value" {
	program true
	rt --systemd-cgroup=false --rootless=auto --criu /x run web
}

@test "an unknown option is refused with the help on standard output" {
	run --separate-stderr "${RT[@]}" create --nonsense web
	[ "$status" = 1 ]
	[[ $output == *"Incorrect Usage"* ]]
	[[ $stderr == *nonsense* ]]
}

@test "an unknown command is refused" {
	rt_fail frobnicate
	says frobnicate
}

@test "the number of words is checked in runc's words" {
	rt_fail create
	says '"create" requires exactly 1 argument(s)'
	rt_fail state a b
	says '"state" requires exactly 1 argument(s)'
	rt_fail exec
	says '"exec" requires a minimum of 1 argument(s)'
	rt_fail kill
	says '"kill" requires a minimum of 1 argument(s)'
	rt_fail kill a TERM c
	says '"kill" requires a maximum of 2 argument(s)'
}

@test "exec leaves the program's own options alone" {
	program sleep 1000
	rt create web
	rt start web
	run rt exec web echo -n --tty -t --env X
	[ "$output" = "--tty -t --env X" ]
}

@test "list prints a table, JSON and bare ids" {
	mkdir "$STATE"
	run rt list
	[[ ${lines[0]} =~ ^ID\ +PID\ +STATUS\ +BUNDLE\ +CREATED\ +OWNER ]]
	[ "$(rt list -f json | jq length)" = 0 ]
	program sleep 1000
	rt create a
	new_bundle second
	program sleep 1000
	rt create b
	rt start b
	[ "$(rt list -q | tr '\n' ' ')" = "a b " ]
	[ "$(rt list --format json | jq -r '.[] | .id + "=" + .status' | tr '\n' ' ')" = "a=created b=running " ]
	run rt list
	[[ ${lines[1]} == a*created*root ]]
	rt_fail list -f yaml
}

@test "a state root that was named must be there to be listed" {
	run "$RUNTIME" --root "$T/nowhere" list -q
	[ "$status" = 1 ]
	says "$T/nowhere" "no such file or directory"
}

@test "the state root may not be /" {
	run "$RUNTIME" --root / list
	[ "$status" = 1 ]
	says "should not be set to /"
}

@test "ps gives all processes, as JSON and through ps" {
	shell 'sleep 1000 & sleep 1000; true'
	rt create web
	rt start web
	wait_for eval '[ "$(rt ps -f json web | jq length)" = 3 ]'
	run rt ps web
	[[ ${lines[0]} == *PID* ]]
	[ "${#lines[@]}" = 4 ]
	run rt ps web -o pid,comm
	[[ ${lines[0]} == *PID*COMMAND* ]]
}

@test "spec writes a config that runs, and not over another" {
	rt_fail spec
	says "File config.json exists. Remove it first"
	mkdir "$T/new"
	rt spec -b "$T/new"
	jq -e '.ociVersion and .process.args == ["sh"] and .root.readonly and (.linux.maskedPaths | length > 5)' "$T/new/config.json"
	cd "$T/new"
	cp -a "$BUNDLE/rootfs" .
	spec '.process.terminal = false | .process.args = ["true"] | .linux.cgroupsPath = $c' --arg c "$CGROUP"
	rt run web
}

@test "spec --rootless has a user namespace with the caller's ids" {
	mkdir "$T/new"
	rt spec --rootless -b "$T/new"
	jq -e '(.linux.namespaces | map(.type) | index("user")) and .linux.uidMappings[0].containerID == 0 and .linux.uidMappings[0].size == 1
		and (.linux.resources == null or .linux.resources == {})' "$T/new/config.json"
}

@test "features is a document of the spec" {
	rt features | jq -e '.ociVersionMin == "1.0.0" and .ociVersionMax == "1.3.0" and (.hooks | length == 6)
		and (.mountOptions | index("rbind")) and (.linux.namespaces | index("time")) and (.linux.capabilities | length == 41)
		and .linux.cgroup.v1 and .linux.cgroup.v2 and (.linux.cgroup | has("systemd")) and .linux.seccomp.enabled
		and (.linux.seccomp.actions | index("SCMP_ACT_NOTIFY")) and (.potentiallyUnsafeConfigAnnotations | length > 0)'
}

@test "explain prints the plan and touches nothing" {
	spec '.mounts += [{"destination": "/data", "source": "/tmp", "options": ["rbind", "ro", "nosuid"]}]'
	run rt explain "$BUNDLE"
	[ "$status" = 0 ]
	says /data /tmp "ro" nosuid "/mounts/" CAP_KILL "new" pid "$CGROUP"
	rt explain -f json "$BUNDLE" | jq -e . || rt explain --json "$BUNDLE" | jq -e .
	[ ! -e "$STATE" ] || [ -z "$(ls -A "$STATE")" ]
}

@test "explain refuses what create would refuse" {
	spec '.process.cwd = "x"'
	rt_fail explain "$BUNDLE"
	says "config.json:" /process/cwd
}

@test "every option of the help is in the man page and in the completions" {
	for command in create run exec delete kill list ps update events; do
		man=$("$RUNTIME" help "$command" --format man | sed 's/\\-/-/g; s/\\f[A-Z]//g')
		for option in $("$RUNTIME" "$command" --help | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p'); do
			[[ $man == *"$option"* ]] || { echo "$command $option"; return 1; }
		done
	done
	"$RUNTIME" help --format bash | grep -q -- --console-socket
}

@test "in the man pages a term has its text below it, and nothing else" {
	"$RUNTIME" help --format man >"$T/parts"
	awk -f "$TOP/man/page.awk" "$T/parts" "$TOP/man/ctr-run.md" >"$T/page"
	grep -A 2 -Fx '.TP' "$T/page" | grep -A 1 -Fx '\fB255\fR' | tail -n 1 | grep -q '^\\fBctr\\-run exec\\fR could not'
	! grep -n '\*' "$T/page"
}

@test "--debug tells the steps of create, start and exec, as text and as JSON, and is silent without" {
	run -0 rt create quiet
	rt delete --force quiet
	says_not level=debug
	[ ! -s "$LOG" ]
	run -0 rt --debug create web
	grep 'level=debug msg="web: a config of [0-9]* bytes' "$LOG"
	grep 'level=debug.*READY' "$LOG"
	run -0 rt --debug start web
	grep 'level=debug.*STARTING' "$LOG"
	run -0 rt --debug --log "$T/json" --log-format json exec web true
	jq -e 'select(.level == "debug") | .msg' "$T/json"
}
