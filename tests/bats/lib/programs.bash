# programs.bash - the suite's own small programs; load it after helpers
#
#	inside ARGS...		the container runs /bin/inside ARGS (inside.c): sets process.args
#	add_inside		only put it there, for exec and for scripts
#	outside ARGS...		run outside.c's program;  "$OUTSIDE" is its path
#	in_background COMMAND...	$! is its pid; it does not hold bats' descriptors
#	ends CODE PID		wait for our process PID, whose exit code must be CODE
#	gone PID		true if it has ended, whether somebody has reaped it or not
#
# Each is compiled once per run of the suite.  Both are copied to the suite's tmpfs, where leaks are looked for.

# compiled NAME: its path
compiled()
{
	local program=$SUITE/$1

	if [ ! -x "$program" ]; then
		(
			flock 9
			[ -x "$WORK/$1" ] || gcc -O1 -static -pthread -o "$WORK/$1" "$TOP/tests/bats/lib/$1.c" -lutil
		) 9>"$WORK/$1.lock"
		cp "$WORK/$1" "$program"
	fi
	echo "$program"
}

OUTSIDE=$(compiled outside)

add_inside()
{
	cp "$(compiled inside)" rootfs/bin/inside
}

inside()
{
	add_inside
	program inside "$@"
}

outside()
{
	"$OUTSIDE" "$@" 3>&- 4>&-
}

in_background()
{
	# Without "<&0" bash would give it /dev/null for standard input.
	"$@" <&0 3>&- 4>&- 8>&- &
}

ends()
{
	local code=0

	wait "$2" || code=$?
	[ "$code" = "$1" ] || { echo "process $2 ended with $code, not $1"; return 1; }
}

gone()
{
	! grep -qs 'State:.[^ZX]' "/proc/$1/status"
}
