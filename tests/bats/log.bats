# Where warnings and errors go, and what they look like there.
load helpers
load lib/mounts
load lib/programs

setup()
{
	fresh
	DAEMONS=()
}

teardown()
{
	[ ${#DAEMONS[@]} = 0 ] || kill "${DAEMONS[@]}" || true
	sweep
}

# A log daemon listens to the socket $1 and writes what it hears into $2.
daemon_at()
{
	in_background "$OUTSIDE" listen "$1" >"$2" 2>"$2.ready"
	DAEMONS+=($!)
	wait_for grep -q ready "$2.ready"
}

# ctr-run ARGS... where the folder $1 is /run and /dev/log, /dev/null are all of /dev.
with_run()
{
	unshare -m sh -ec '
		touch "$1/null"
		mount --bind /dev/null "$1/null"
		mount --bind "$1" /run
		mount --bind "$1" /dev
		shift; exec "$@"' - "$1" "$RUNTIME" "${@:2}"
}

@test "an unknown log format is refused" {
	rt_fail --log-format xml list
	says "log-format"
}

@test "--log-level: warnings are silent with error, told with warning in JSON too, which else has them in the error" {
	spec '.process.capabilities |= map_values(. + ["CAP_SYS_RESOURCE"])'
	program true
	warnings()
	{
		: >"$LOG"
		# It is not ours to grant.
		setpriv --bounding-set -sys_resource "${RT[@]}" "$@" run web 3>&- 4>&-
		cat "$LOG"
	}
	run -0 warnings
	says "level=warning" "CAP_SYS_RESOURCE"
	run -0 warnings --log-level error
	same "" "$output"
	run -0 warnings --log-format json
	same "" "$output"
	run -0 warnings --log-format json --log-level warning
	jq -e '.level == "warning" and (.msg | test("CAP_SYS_RESOURCE"))' <<<"$output"
	run -0 warnings --log-level debug
	says "level=debug" "level=warning"
	rt_fail --log-level loud list
	says "log-level" loud
}

@test "the text log has time, level and message" {
	rt_fail start nobody
	says 'container "nobody" does not exist'
	run cat "$LOG"
	[[ ${lines[-1]} =~ ^time=\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.?[0-9]*Z\"\ level=error\ msg=\".*does\ not\ exist ]]
}

@test "without a log an error says that it is one, unless it begins with a place" {
	run --separate-stderr -1 "$RUNTIME" --root "$STATE" state nope
	[ "$stderr" = 'error: state of nope: container "nope" does not exist' ]
	[ -z "$output" ]
	run --separate-stderr -1 "$RUNTIME" --root "$STATE" --log "$LOG" state nope
	[ "$stderr" = 'state of nope: container "nope" does not exist' ]
	spec '.process.cwd = "srv"'
	run --separate-stderr -1 "$RUNTIME" --root "$STATE" create nope
	[[ $stderr == "config.json:"[0-9]*": /process/cwd: "* ]]
}

@test "the JSON log is one object for a failure, even after a warning" {
	spec '.process.capabilities.bounding += ["CAP_SYS_RESOURCE"] | .process.args = ["/nope"]'
	run "${RT[@]}" --log-format json create web
	[ "$status" = 1 ]
	[ "$(jq -s length "$LOG")" = 1 ]
	jq -e '.level == "error" and (.msg | test("no such file or directory")) and .code == "exec" and .errno == 2' "$LOG"
}

# conmon reads its pipe once, and lines of two commands must not mix.
@test "all faults are written at once, to the log and to standard error" {
	local format
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	spec '.process.env = [range(100) | "bad\(.)"] | .process.cwd = "x"'
	for format in text json; do
		: >"$LOG"
		run -1 --separate-stderr strace -qqq -y -s 0 -o "$T/calls" -e trace=write,writev "${RT[@]}" --log-format $format create web </dev/null 3>&- 4>&-
		same 1 "$(grep -c "^write([0-9]*<$LOG>" "$T/calls")"
		same 1 "$(grep -c "^write(2<" "$T/calls")"
		same 2 "$(wc -l <"$T/calls")"
		[ "$(wc -l <<<"$stderr")" -gt 50 ]
		[ "${#stderr}" -lt 8191 ]
	done
	same 1 "$(jq -s length "$LOG")"
}

@test "file names that are no UTF-8 do not break the JSON log" {
	run "${RT[@]}" --log-format json create -b $'/tmp/\xff\xfe"\n' web
	[ "$status" = 1 ]
	jq -e '.level == "error"' "$LOG"
	[ "$(wc -l <"$LOG")" = 1 ]
}

@test "what the image calls its files cannot move the terminal's cursor" {
	ln -s $'/\e]0;title\a\e[2J' rootfs/prog
	program /prog
	run --separate-stderr "${RT[@]}" run web
	[ "$status" = 1 ]
	[[ $stderr == *"/?]0;title??[2J"* ]]
	[[ $stderr != *$'\e'* ]]
}

@test "--debug says more, and a log that cannot be opened is an error" {
	program true
	rt --debug run web
	run "$RUNTIME" --log /no/such/folder/log list
	[ "$status" = 1 ]
	says /no/such/folder/log
}

@test "--log journald: and syslog: tell the daemons" {
	mkdir -p "$T/run/systemd/journal"
	daemon_at "$T/run/systemd/journal/socket" "$T/journal"
	daemon_at "$T/run/log" "$T/syslog"

	run with_run "$T/run" --root "$STATE" --log journald:pod state nobody
	[ "$status" = 1 ]
	says 'container "nobody" does not exist'
	wait_for grep -qx 'SYSLOG_IDENTIFIER=pod' "$T/journal"
	grep -q '^MESSAGE=.*container "nobody" does not exist$' "$T/journal"
	grep -qx 'PRIORITY=3' "$T/journal"

	run with_run "$T/run" --root "$STATE" --log syslog: state nobody
	[ "$status" = 1 ]
	wait_for grep -Eqx '<11>ctr-run\[[0-9]+\]: .*container "nobody" does not exist' "$T/syslog"
}

@test "a log daemon that is not there is an error" {
	mkdir "$T/run"
	for log in journald:x syslog:; do
		run with_run "$T/run" --log $log list
		[ "$status" = 1 ]
		says "open the log $log"
	done
}

@test "the journal has the entry" {
	[ -S /run/systemd/journal/socket ] && command -v journalctl || skip "no systemd-journald here"
	name=ctr-run-test-$RANDOM
	run "$RUNTIME" --root "$STATE" --log journald:$name state nobody
	[ "$status" = 1 ]
	in_journal() { journalctl -q -o cat -p err -t $name | grep 'container "nobody" does not exist'; }
	wait_for in_journal
}
