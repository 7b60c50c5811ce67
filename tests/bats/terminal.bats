# The container's terminal: sent to a console socket, or kept by a run in the foreground.
# as a user too
load helpers
load lib/programs

setup()
{
	fresh
	spec '.process.terminal = true'
}

# The receiver of a console socket, in the background; what is written to fd 8 is typed.
console()
{
	mkfifo "$T/keys"
	# For reading too: opening it must not wait for somebody at its other end.
	exec 8<>"$T/keys"
	in_background timeout 60 "$OUTSIDE" console "$T/tty.sock" <&8 >"$T/screen" 2>"$T/ready"
	CONSOLE=$!
	wait_for grep -q ready "$T/ready"
}

# on_terminal SIZE COMMAND...: with standard input typed
on_terminal()
{
	timeout 60 "$OUTSIDE" pty "$@" 3>&- 4>&- 8>&-
}

@test "detached with a terminal needs a console socket" {
	rt_fail create web
	says "cannot allocate tty if runc will detach without setting console socket"
	rt_fail run -d web
	says "cannot allocate tty if runc will detach without setting console socket"
	[ ! -e "$STATE/web" ]
}

@test "a console socket without a terminal, or in the foreground, is refused" {
	rt_fail run --console-socket "$T/tty.sock" web
	says "cannot use console socket if runc will not detach or allocate tty"
	spec '.process.terminal = false'
	rt_fail create --console-socket "$T/tty.sock" web
	says "cannot use console socket if runc will not detach or allocate tty"
}

@test "a console socket that is not there fails create, and nothing is left" {
	rt_fail create --console-socket "$T/none" web
	says "$T/none"
	[ -z "$(ls -A "$STATE")" ]
}

@test "the console socket gets the master end and the terminal's name" {
	in_background "$OUTSIDE" receive "$T/tty.sock" 2 >"$T/got" 2>"$T/ready"
	wait_for grep -q ready "$T/ready"
	rt create --console-socket "$T/tty.sock" web
	wait_for grep -q . "$T/got"
	kill $!
	grep -qE '^/dev/pts/0 .*/ptmx$' "$T/got"
	is web created
}

@test "through it the program's input and output go" {
	console
	shell 'read line; echo "got $line"; read line; echo "and $line"'
	rt create --console-socket "$T/tty.sock" web
	rt start web
	echo one >&8
	wait_for grep -q 'got one' "$T/screen"
	echo two >&8
	wait_for grep -q 'and two' "$T/screen"
	wait_status web stopped
	exec 8>&-
	wait $CONSOLE
}

@test "the pid file is written, and the terminal is a terminal in all ways" {
	console
	inside terminal
	spec '.process.consoleSize = {height: 33, width: 99}'
	rt run -d --pid-file "$T/pid" --console-socket "$T/tty.sock" web
	wait_for grep -q leader "$T/screen"
	grep -q 'leader=1 controlling=1 same=1 size=33x99 tty=111 name=/dev/pts/0' "$T/screen"
	exec 8>&-
	wait $CONSOLE
}

@test "it is /dev/console and /dev/tty too" {
	console
	shell 'echo by console >/dev/console; echo by tty >/dev/tty; ls -l /proc/self/fd/0; ls -l /dev/console'
	rt run -d --console-socket "$T/tty.sock" web
	wait_for grep -q 'by console' "$T/screen"
	wait_for grep -q 'by tty' "$T/screen"
	wait_for grep -q '/dev/pts/0' "$T/screen"
	wait_for grep -qE '^c.* /dev/console' "$T/screen"
	exec 8>&-
	wait $CONSOLE
}

@test "the terminal belongs to the process's user" {
	console
	spec '.process.user = {uid: 1234, gid: 1234}'
	shell 'stat -c "%u %a" /dev/pts/0; echo mine >/dev/pts/0; sleep 1000'
	rt run -d --console-socket "$T/tty.sock" web
	wait_for grep -q mine "$T/screen"
	grep -q '^1234 ' "$T/screen"
	rt delete --force web
	exec 8>&-
	wait $CONSOLE
}

@test "a user namespace's terminal works as well" {
	need_root
	console
	user_namespace
	chown -R 100000:100000 rootfs
	chmod 755 "$T" "$SUITE"
	shell 'stat -c "%u" /dev/pts/0; read x; echo "got $x"'
	rt run -d --console-socket "$T/tty.sock" web
	echo hello >&8
	wait_for grep -q 'got hello' "$T/screen"
	exec 8>&-
	wait $CONSOLE
}

@test "control-C reaches the program" {
	console
	shell 'trap "echo interrupted; exit 3" INT; echo ready; while :; do sleep 0.02; done'
	rt run -d --console-socket "$T/tty.sock" web
	wait_for grep -q ready "$T/screen"
	printf '\003\n' >&8
	wait_for grep -q interrupted "$T/screen"
	wait_status web stopped
	exec 8>&-
	wait $CONSOLE
}

@test "without devpts there is a clear error" {
	spec '.mounts |= map(select(.destination != "/dev/pts"))'
	console
	rt_fail create --console-socket "$T/tty.sock" web
	says "/dev/pts" "/process/terminal"
	kill $CONSOLE
	exec 8>&-
	spec '.process.terminal = false'
	rt run -d web
	run -255 rt exec --tty web true
	says "--tty: open a terminal in the container's /dev/pts"
}

@test "in the foreground: output, exit code, cooked again at the end" {
	shell 'echo hello; exit 7'
	run on_terminal 24x80 "${RT[@]}" run web </dev/null
	[ "$status" = 7 ]
	[ "$output" = $'hello\r' ]
}

@test "in the foreground: what is typed is read, and echoed once" {
	shell 'echo ready; read line; echo "got $line"'
	run on_terminal 24x80 "${RT[@]}" run web <<-'END'
		@wait ready
		hello
		@wait got
	END
	[ "$status" = 0 ]
	[ "${lines[1]}" = $'hello\r' ]
	[ "${lines[2]}" = $'got hello\r' ]
	[ ${#lines[@]} = 3 ]
}

@test "the terminal of the caller is raw meanwhile and as before afterwards" {
	cat >"$T/script" <<-END
		stty -a >$T/before
		"\$@"
		stty -a >$T/after
		echo finished
		read x
	END
	shell 'echo ready; read x; echo done'
	run on_terminal 24x80 bash "$T/script" "${RT[@]}" run web <<-'END'
		@wait ready
		@mode
		x
		@wait finished
		@mode
		x
	END
	[ "$(grep -o 'mode [a-z]*' <<<"$output" | tr '\n' ' ')" = "mode raw mode cooked " ]
	diff "$T/before" "$T/after"
}

@test "in the background the terminal is the shell's: modes and keys; with fg they are the container's" {
	local before_fg

	shell 'echo ready; read x; echo "container got $x"'
	for before_fg in true 'kill -STOP %1; until grep -q "State:.T" /proc/$!/status; do sleep 0.02; done'; do
		cat >"$T/script" <<-END
			set -m
			stty -a >$T/before
			"\$@" &
			read x
			echo "shell got \$x"
			$before_fg
			fg
			stty -a >$T/after
			echo finished
			read x
		END
		run on_terminal 24x80 bash "$T/script" "${RT[@]}" run web <<-'END'
			@wait ready
			@mode
			one
			@wait shell got one
			two
			@wait finished
			x
		END
		says "mode cooked" "shell got one" "container got two" finished
		diff "$T/before" "$T/after"
	done
}

@test "stopped and sent to the background it leaves the terminal to the shell" {
	mkfifo "$T/keys"
	exec 8<>"$T/keys"
	cat >"$T/script" <<-END
		set -m
		"\$@"
		bg
		echo "in the background"
		# What is typed lies there for a moment.
		sleep 0.5
		read x
		echo "shell got \$x"
		fg
		echo finished
		read x
	END
	shell 'echo ready; read x; echo "container got $x"; sleep 1000'
	in_background on_terminal 24x80 bash "$T/script" "${RT[@]}" run web <"$T/keys" >"$T/screen"
	wait_for grep -q ready "$T/screen"
	kill -STOP "$(ps -o ppid= "$(pid_of web)")"
	wait_for grep -q 'in the background' "$T/screen"
	echo one >&8
	wait_for grep -q 'shell got one' "$T/screen"
	echo two >&8
	wait_for grep -q 'container got two' "$T/screen"
	echo @mode >&8
	wait_for grep -q 'mode raw' "$T/screen"
	rt kill web KILL
	wait_for grep -q finished "$T/screen"
	echo x >&8
	wait $!
	exec 8>&-
}

@test "the size is the caller's, unless consoleSize says one, and follows it" {
	inside terminal
	run on_terminal 31x91 "${RT[@]}" run web </dev/null
	says 'size=31x91'
	spec '.process.consoleSize = {height: 12, width: 34}'
	run on_terminal 31x91 "${RT[@]}" run web </dev/null
	says 'size=12x34'
	spec 'del(.process.consoleSize)'
	shell 'trap "stty size; exit 0" WINCH; echo ready; while :; do sleep 0.02; done'
	run on_terminal 31x91 "${RT[@]}" run web <<-'END'
		@wait ready
		@size 40x100
	END
	says "40 100"
	[ "$status" = 0 ]
}

@test "keys and signals: control-C by the terminal, TERM by the runtime" {
	shell 'trap "echo int" INT; trap "echo term; exit 9" TERM; echo ready; while :; do sleep 0.02; done'
	run on_terminal 24x80 "${RT[@]}" run web < <(printf '@wait ready\n\003\n@wait int\n@kill 15\n')
	says int term
	[ "$status" = 9 ]
}

@test "a lot of output through the terminal comes whole" {
	shell 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i + 1)); done'
	run on_terminal 24x80 "${RT[@]}" run web </dev/null
	[ "${#lines[@]}" = 20000 ]
	[ "${lines[19999]}" = $'line 19999\r' ]
}

@test "what a terminal prints into a pipe has no carriage returns" {
	shell 'echo hello; tty'
	run bash -c '"$@" </dev/null | cat' x "${RT[@]}" run web
	[ "$output" = $'hello\n/dev/pts/0' ]
	spec '.process.args = ["sleep", "1000"] | .process.terminal = false'
	rt run -d web
	run bash -c '"$@" </dev/null | cat' x "${RT[@]}" exec -t web sh -c 'echo hello; tty'
	[ "$output" = $'hello\n/dev/pts/0' ]
}

@test "a terminal while our own stdio is none" {
	shell 'tty; echo out; read x; echo "read $x"; [ -t 0 ] && echo terminal'
	run bash -c 'echo typed | "$@"' x "${RT[@]}" run web
	[ "$status" = 0 ]
	says "/dev/pts/0" out "read typed" terminal
	run bash -c '"$@" </dev/null' x "${RT[@]}" run web
	says "/dev/pts/0" terminal
}

@test "the end of what is typed is seen behind an unfinished line, and once only" {
	local typed

	# The second one would see an end too many, and not have to be killed.
	shell 'cat >/dev/null; timeout 1 cat; echo "second $?"'
	for typed in '' 'foo' 'foo\n' 'one\nfoo'; do
		run -0 bash -c 'printf "$0" | timeout -s KILL 40 "$@"' "$typed" "${RT[@]}" run web
		says "second 143"
	done
	program cat
	run -0 bash -c 'printf foo | timeout -s KILL 40 "$@"' x "${RT[@]}" run web
	[ "$output" = foofoo ]
}

@test "a reader of the output that goes away holds neither the program nor us" {
	shell 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i + 1)); done; exit 5'
	run bash -c 'timeout -s KILL 40 "$@" </dev/null | head -n 1; echo ${PIPESTATUS[0]}' x "${RT[@]}" run web
	[ "$output" = $'line 0\n5' ]
	[ -z "$(ls -A "$STATE")" ]
	run bash -c 'timeout -s KILL 40 "$@" </dev/null >/dev/full; echo $?' x "${RT[@]}" run web
	[ "$output" = 5 ]
}

signalled()
{
	kill -TERM "$1" 2>/dev/null
	gone "$1"
}

@test "whoever does not read the last output does not hold us: a signal ends the wait" {
	mkfifo "$T/full"
	exec 8<>"$T/full"
	# However much it holds: a user with many pipes gets small ones.
	dd if=/dev/zero of="$T/full" oflag=nonblock bs=4096 2>/dev/null || true
	shell 'echo last; exit 6'
	in_background "${RT[@]}" run web </dev/null >"$T/full"
	wait_status web stopped
	# One that comes before run knows is the program's.
	wait_for signalled $!
	ends 6 $!
	exec 8>&-
	[ -z "$(ls -A "$STATE")" ]
}

@test "the container's end is the end, though a background process holds the terminal" {
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'setsid sleep 1000 & echo end; exit 4'
	run -4 on_terminal 24x80 "${RT[@]}" run web </dev/null
	says end
	wait_for suite_pids_gone
}

@test "exec gives a terminal too: in the foreground and to a console socket" {
	spec '.process.terminal = false'
	add_inside
	rt run -d web
	run on_terminal 21x61 "${RT[@]}" exec --tty web inside terminal </dev/null
	[ "$status" = 0 ]
	says "leader=1 controlling=1 same=1 size=21x61 tty=111 name=/dev/pts/0"
	console
	rt exec -d -t --console-socket "$T/tty.sock" --pid-file "$T/pid" web sh -c 'read x; echo "got $x"'
	echo hello >&8
	wait_for grep -q 'got hello' "$T/screen"
	exec 8>&-
	wait $CONSOLE
	rt_fail exec -d -t web true
	says "cannot allocate tty if runc will detach without setting console socket"
	rt_fail exec --console-socket "$T/tty.sock" web true
	says "cannot use console socket if runc will not detach or allocate tty"
}

@test "exec without --tty has no terminal, though the container's own process has one" {
	console
	rt run -d --console-socket "$T/tty.sock" web
	run -0 rt exec web sh -c 'tty; readlink /proc/1/fd/0'
	[ "$output" = $'not a tty\n/dev/pts/0' ]
	exec 8>&-
	rt kill web KILL
	wait $CONSOLE
}
