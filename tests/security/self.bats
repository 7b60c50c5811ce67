# A container cannot reach the runtime's own program through the processes that it sees.
load ../bats/helpers
load ../bats/lib/mounts
load ../bats/lib/namespaces
load ../bats/lib/programs

setup()
{
	fresh
	cp "$(compiled attack)" rootfs/bin/attack
	before=$(md5sum <"$RUNTIME"; stat -c '%i %Y %s' "$RUNTIME")
}

unchanged()
{
	same "$before" "$(md5sum <"$RUNTIME"; stat -c '%i %Y %s' "$RUNTIME")"
}

@test "CVE-2019-5736: the program file of a process that joins or is made cannot be opened for writing" {
	local i
	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
	spec '.process.capabilities |= map_values(["CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"])'
	program attack exe
	rt run -d web
	wait_for grep -q ready "$OUT"
	new_bundle second
	namespace pid "/proc/$OTHER/ns/pid"
	program true
	# Nor may the attempts keep anything from starting ("text file busy": the kernel counts a writer before it looks at the mount).
	for i in {1..60}; do
		rt exec web true
		rt run second
	done
	unchanged
	grep -q '^seen' "$OUT" || skip "no process of the runtime was seen: nothing was attacked"
	run ! grep WRITABLE "$OUT"
	grep -q '^refused' "$OUT"
}

@test "CVE-2019-5736: a runtime that is bound over another program is itself, and protected, too" {
	local program=$T/program i

	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
	spec '.process.capabilities |= map_values(["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"])'
	program attack exe
	rt run -d web
	wait_for grep -q ready "$OUT"
	cp /bin/false "$program"
	test_mount --bind "$RUNTIME" "$program"
	for i in {1..40}; do
		"$program" --root "$STATE" --log "$LOG" exec web true 3>&- 4>&-
	done
	unchanged
	run ! grep WRITABLE "$OUT"
}

@test "CVE-2019-5736: without CAP_SYS_PTRACE the container sees no program file of the runtime at all" {
	local i
	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
	spec '.process.user.uid = 1000 | .process.capabilities |= map_values([])'
	program attack exe
	rt run -d web
	wait_for grep -q ready "$OUT"
	for i in {1..40}; do
		rt exec web true
	done
	run ! grep '^seen\|WRITABLE' "$OUT"
	unchanged
}

@test "a copy in memory that cannot be sealed at once is sealed a little later" {
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
	strace -qqq -o "$T/calls" -e trace=fcntl "${RT[@]}" create web >"$OUT" 2>"$ERR" </dev/null 3>&- 4>&-
	local nth=$(grep -n F_ADD_SEALS "$T/calls" | cut -d : -f 1)
	rt delete --force web
	strace -qqq -o "$T/calls" -e trace=fcntl -e inject=fcntl:error=EBUSY:when=$nth..$((nth + 2)) "${RT[@]}" create web >"$OUT" 2>"$ERR" </dev/null 3>&- 4>&-
	same 3 "$(grep -c 'F_ADD_SEALS.*EBUSY' "$T/calls")"
	same 4 "$(grep -c F_ADD_SEALS "$T/calls")"
	is web created
}

@test "CVE-2019-5736: the created container's waiting process is not the runtime's file" {
	rt create web
	local exe=/proc/$(pid_of web)/exe
	[ "$(readlink "$exe")" != "$RUNTIME" ] || { echo "exe is $(readlink "$exe")"; return 1; }
	run ! sh -c ": >>$exe"
	unchanged
	# Its memory and descriptors are not for others.
	same 0 "$(stat -c %u "/proc/$(pid_of web)/fd")"
}

@test "CVE-2019-5736: a runtime on a read-only file system, and one without the right to mount, protect themselves too" {
	mkdir "$T/ro"
	test_mount --bind "$SUITE" "$T/ro"
	mount -o remount,bind,ro "$T/ro"
	"$T/ro/${RUNTIME##*/}" --root "$STATE" --log "$LOG" create web >"$OUT" 2>&1 </dev/null 3>&- 4>&-
	run ! sh -c ": >>/proc/$(pid_of web)/exe"
	unchanged
	rt delete --force web
	# As below an engine's filter that refuses what came after Linux 4.18.
	"$(compiled old-kernel)" 4.18:EPERM "${RT[@]}" create web >"$OUT" 2>&1 </dev/null 3>&- 4>&-
	[[ $(readlink "/proc/$(pid_of web)/exe") == /memfd:* ]]
	run ! sh -c "echo x >/proc/$(pid_of web)/exe"
	unchanged
}

@test "a change of ids does not make a process visible again, whatever fs.suid_dumpable is" {
	need_root
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	spec '.process.user = {uid: 1000, gid: 1000}'
	program sleep 1000
	rt run -d web
	strace -f -qqq -o "$T/calls" -e trace=prctl,setresuid,capset,execve "${RT[@]}" exec web true >"$OUT" 2>"$ERR" </dev/null 3>&- 4>&-
	# From the last call that changes what the process may do to its program.
	awk '/setresuid|capset/ { hidden = 0 } /PR_SET_DUMPABLE, SUID_DUMP_DISABLE/ { hidden = 1 } /execve\("\/.*"true"/ { print hidden }' \
		"$T/calls" >"$T/hidden"
	[ "$(tail -n 1 "$T/hidden")" = 1 ]
}
