# CVE-2016-9962: who shares a pid namespace with what enters a container, or is made there, traces it, opens its descriptors, looks
# at its rights, speaks and signals in its place.
load ../bats/helpers
load ../bats/lib/mounts
load ../bats/lib/namespaces
load ../bats/lib/programs

TEST_TIMEOUT=200

setup()
{
	fresh
	cp "$(compiled attack)" rootfs/bin/attack
}

can_hold()
{
	[ -z "${SANITIZED-}" ] && command -v strace >/dev/null
}

need_hold()
{
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
}

# A command that ends by itself.  It says why it failed, and its code is ours.
tried()
{
	local code=0
	timeout $((20 * SLOW)) "$@" </dev/null >"$T/said" 2>&1 3>&- 4>&- || code=$?
	[ $code = 0 ] || cat "$T/said"
	return $code
}

# The same for one of ours, whose heir is born, and can be seen, while the runtime is held up before it looks at it (waitid(2) in
# middle_succeed()).
held()
{
	tried strace -qqq -o "$T/calls" -e trace=waitid -e inject=waitid:delay_enter=30000 "${RT[@]}" "$@"
}

# The container "attacker", in the pid namespace PIDNS, with CAPABILITIES, does `attack WHAT...`; what it says is in $OUT.
attack_from()
{
	local pidns=$1 capabilities=$2
	shift 2
	if [ ! -d "$T/attacker" ]; then
		new_bundle attacker
		cp "$(compiled attack)" rootfs/bin/attack
		namespace pid "$pidns"
		spec '.process.capabilities |= map_values($c | split(" "))' --arg c "$capabilities"
	fi
	(cd "$T/attacker" && program attack "$@")
	: >"$OUT"
	rt run -d --bundle "$T/attacker" attacker
	wait_for grep -q ready "$OUT"
}

TRACER="CAP_SYS_PTRACE CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH"
NEIGHBOUR="CAP_KILL CAP_DAC_OVERRIDE CAP_SETUID"

# What `attack powers` has seen has the capabilities MASK, REST (a pattern), and but one descriptor: the channel on which it waits for
# the runtime's word.
has_only()
{
	same "may $(printf %016x "$1")" "$(grep '^may' "$OUT")"
	run ! grep -vxE "ready ?|seen ?|may .*|$2|a descriptor of socket:" "$OUT"
}

# What `attack reach` has seen gave it nothing.
got_nothing()
{
	grep -q '^seen' "$OUT" || skip "no process of the runtime was seen: nothing was attacked"
	run ! grep GOT "$OUT"
}

# How many, of those that a sanitizer has less time for.
many()
{
	seq $((${SANITIZED:+1} + 0 ? $1 / 10 : $1))
}

@test "CVE-2016-9962: a thousand execs, and processes of the container get hold of none that enters" {
	local i failed=0
	spec '.process.capabilities |= map_values(["CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_SYS_CHROOT", "CAP_SETUID"])'
	program attack reach
	rt run -d web
	wait_for grep -q ready "$OUT"
	for i in $(many 1000); do
		tried "${RT[@]}" exec web true || failed=$((failed + 1))
	done
	same 0 "$failed"
	got_nothing
}

@test "CVE-2016-9962: who may trace what enters gets no more than the container has" {
	need_hold
	local i
	spec '.process.capabilities |= map_values(["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"]) |
		.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 100}] | .process.oomScoreAdj = 500 |
		.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
	program attack powers
	rt run -d web
	wait_for grep -q ready "$OUT"
	for ((i = 0; i < 20; i++)); do
		held exec web true
		rt exec -t web true
		rt mounts add web <(echo '[{"destination": "/tmp", "type": "tmpfs"}]')
		rt mounts remove web <(echo '[{"destination": "/tmp"}]')
		# Before 6.18 such a proc can be made only in the pid namespace.
		kernel_since 6.18 || continue
		rt mounts add web <(echo '[{"destination": "/tmp", "type": "proc"}]')
		rt mounts remove web <(echo '[{"destination": "/tmp"}]')
	done
	has_only $((1 << 19 | 1 << 1 | 1 << 2)) 'filter 2|up to 100 files|score 500'	# the three of the config
	# The same if only an exec has the capability.
	rt delete --force web
	spec '.process.capabilities |= map_values(["CAP_DAC_OVERRIDE"])'
	program sleep 1000
	rt run -d web
	rt exec --cap CAP_SYS_PTRACE --cap CAP_DAC_READ_SEARCH web attack powers >"$T/powers" 3>&- 4>&- &
	wait_for grep -q ready "$T/powers"
	for ((i = 0; i < 20; i++)); do
		held exec web true
	done
	grep -q '^may' "$T/powers"
	run ! grep -vxE "ready ?|seen ?|may $(printf %016x 2)|filter 2|up to 100 files|score 500|a descriptor of socket:" "$T/powers"
}

@test "CVE-2016-9962: who may trace what enters, and speaks in its place, ends that exec, with a word, and nothing else" {
	local i code message
	spec '.process.capabilities |= map_values(["CAP_SYS_PTRACE"])'
	# Every message of src/process/channel.h but LOG, which is passed on: that one without text, and what is no message, too.
	for message in {0..24}; do
		spec '.process.args = ["attack", "speak", $m]' --arg m "$message"
		: >"$OUT"
		rt run -d web
		wait_for grep -q ready "$OUT"
		for i in {1..10}; do
			code=0
			if can_hold; then held exec web true || code=$?; else tried "${RT[@]}" exec web true || code=$?; fi
			case $code in
			0) ;;
			255) [ -s "$T/said" ] ;;
			*) echo "message $message: exec ended with $code: $(<"$T/said")"; return 1 ;;
			esac
		done
		is web running
		same 1 "$(rt ps -f json web | jq length)"
		sed "s/^/$message /" "$OUT" >>"$T/all"
		rt delete --force web
	done
	# Whom it cannot miss it must have spoken for.
	grep -q sent "$T/all" || { ! can_hold && skip "no process of the runtime was seen: nothing was attacked"; }
}

@test "CVE-2016-9962: the same for containers that join the pid namespace of an attacker" {
	local i
	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
	program attack reach
	rt run -d web
	wait_for grep -q ready "$OUT"
	new_bundle second
	namespace pid "/proc/$OTHER/ns/pid"
	program true
	for ((i = 0; i < 100; i++)); do
		rt run second
	done
	got_nothing
}

# The container "victim" in the pid namespace of others.
victim_among_others()
{
	others --pid --fork
	namespace pid "/proc/$OTHER/ns/pid"
	spec '.process.capabilities |= map_values($c | split(" "))' --arg c "$NEIGHBOUR"
	program sleep 1000
	rt run -d victim
}

@test "CVE-2016-9962: an exec gives nothing to a neighbour in a shared pid namespace that may trace" {
	need_hold
	local i
	victim_among_others
	attack_from "/proc/$OTHER/ns/pid" "$TRACER" powers
	for i in {1..20}; do
		held exec victim true
	done
	has_only $((1 << 5 | 1 << 1 | 1 << 7)) 'filter .*|up to .*|score .*'
}

@test "CVE-2016-9962: nor does one whose own pid namespace the neighbour joined later, or was granted the right in" {
	need_root
	need_hold
	local i
	spec '.process.capabilities |= map_values(["CAP_KILL"])'
	program sleep 1000
	rt run -d victim
	rt --debug exec victim true
	run ! grep BORN "$LOG"
	attack_from "/proc/$(pid_of victim)/ns/pid" "$TRACER" powers
	for i in {1..20}; do
		held exec victim true
	done
	has_only $((1 << 5)) 'filter .*|up to .*|score .*'
	# The same if only an exec in the neighbour has the capability.
	rt delete --force attacker
	rm "$STATE/victim/may-trace"
	spec '.process.capabilities |= map_values(["CAP_DAC_OVERRIDE"])'
	program sleep 1000
	rt run -d attacker
	rt --debug --log "$T/log2" exec victim true
	run ! grep BORN "$T/log2"
	rt exec --cap CAP_SYS_PTRACE attacker true
	rt --debug --log "$T/log2" exec victim true
	grep BORN "$T/log2"
}

@test "CVE-2016-9962: a thousand execs, and a neighbour in a joined pid namespace gets hold of none" {
	local i failed=0
	victim_among_others
	attack_from "/proc/$OTHER/ns/pid" "$NEIGHBOUR" reach
	for i in $(many 1000); do
		tried "${RT[@]}" exec victim true || failed=$((failed + 1))
	done
	same 0 "$failed"
	got_nothing
}

@test "CVE-2016-9962: signals of a neighbour in a joined pid namespace end what enters, with a word, and nothing else" {
	local i code
	victim_among_others
	attack_from "/proc/$OTHER/ns/pid" "$NEIGHBOUR" signal 9
	new_bundle third
	namespace pid "/proc/$OTHER/ns/pid"
	program true
	for i in {1..200}; do
		code=0
		tried "${RT[@]}" exec victim true || code=$?
		case $code in
		0|137) ;;
		255) [ -s "$T/said" ] ;;
		*) echo "exec ended with $code: $(<"$T/said")"; return 1 ;;
		esac
		code=0
		tried "${RT[@]}" run third || code=$?
		case $code in
		0|137) ;;
		1) [ -s "$T/said" ] ;;
		*) echo "run ended with $code: $(<"$T/said")"; return 1 ;;
		esac
		[ ! -e "$STATE/third" ]
	done
	grep -q sent "$OUT" || skip "no process of the runtime was seen: nothing was attacked"
	is victim running
	is attacker running
	same 1 "$(rt ps -f json victim | jq length)"
}

# The bundle of a container for the pid namespace of others, where an attacker is who may trace and does WHAT.
to_be_made_beside()
{
	need_root
	need_hold
	need_kernel 6.18
	others --pid --fork
	attack_from "/proc/$OTHER/ns/pid" "$TRACER" "$@"
	new_bundle made
	namespace pid "/proc/$OTHER/ns/pid"
	program true
}

@test "CVE-2016-9962: nor does a container that is made there" {
	local i
	to_be_made_beside powers
	spec '.process.capabilities |= map_values(["CAP_KILL"]) | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 100}] |
		.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
	for i in {1..20}; do
		held run made
		rt create made
		rt delete --force made
	done
	has_only $((1 << 5)) 'filter 2|up to 100 files|score .*'
}

@test "CVE-2016-9962: who traces one that is made there, and speaks in its place, ends that, with a word, and nothing else" {
	local i code message
	to_be_made_beside speak 0
	for message in {0..24}; do
		rt delete --force attacker
		attack_from "/proc/$OTHER/ns/pid" "$TRACER" speak "$message"
		for i in {1..3}; do
			code=0
			held run made >/dev/null || code=$?
			[ $code = 0 ] || [ -s "$T/said" ]
			[ ! -e "$STATE/made" ]
		done
		is attacker running
		sed "s/^/$message /" "$OUT" >>"$T/all"
	done
	grep -q sent "$T/all"
}

@test "CVE-2016-9962: in a user namespace, with every capability there, the one that enters is out of reach too" {
	local i
	chown -R 100000:100000 rootfs
	user_namespace
	spec '.process.capabilities |= map_values(["CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_KILL"])'
	program attack reach
	rt run -d web
	wait_for grep -q ready "$OUT"
	for ((i = 0; i < 200; i++)); do
		rt exec web true
	done
	got_nothing
}

@test "CVE-2016-9962: signals to the one that enters end that exec, at once and with a word, and nothing else" {
	local i code signal failed
	for signal in 9 15 11; do
		failed=0
		spec '.process.args = ["attack", "signal", $s]' --arg s $signal
		: >"$OUT"
		rt run -d web
		wait_for grep -q ready "$OUT"
		for ((i = 0; i < 100; i++)); do
			code=0
			tried "${RT[@]}" exec web true || code=$?
			case $code in
			0|$((128 + signal))) ;;
			255) failed=$((failed + 1)); [ -s "$T/said" ] ;;
			*) echo "exec ended with $code: $(<"$T/said")"; return 1 ;;
			esac
		done
		is web running
		same 1 "$(rt ps -f json web | jq length)"
		rt delete --force web
		echo "signal $signal: $failed of 100 were ended before they ran"
	done
}
