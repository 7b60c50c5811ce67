# helpers.bash - what every bats file of this suite is built on
#
# A file is one promise, a test name is a sentence:
#
#	load helpers
#
#	@test "start reports that the program does not exist" {
#		program /nope
#		rt create web
#		rt_fail start web
#		says "exec /nope" "no such file or directory"
#	}
#
# Run them with tests/bats/run (never bats alone): tests/bats/run v2 tests/bats/smoke.bats -f 'a regex of names'.
#
# Made anew before each test:
#	$T		the test's own folder, on a tmpfs; readable by every user; short enough for sockets
#	$BUNDLE		$T/bundle, also the current folder: rootfs/ (busybox, the test's own copy) and config.json from
#			`ctr-run spec`, but: no terminal, args ["sleep", "1000"], cgroupsPath $CGROUP
#	$ID		an id that no other test uses, for tests that drop cgroupsPath; otherwise name containers as you like
#	$STATE $LOG	the state root and the log file that `rt` gives to the runtime
#	$OUT $ERR	what detached containers write (create, run -d, exec -d)
#	$RUNTIME	the binary; $VIEW is v1, v2 or hybrid
#
# Changing the config:
#	spec 'JQ FILTER' [JQ OPTIONS]	edit config.json:  spec '.process.cwd = $d' --arg d /tmp
#	program ARGS...			set process.args
#	shell 'SHELL TEXT'		the same, for sh -c TEXT
#	user_namespace			the container gets one: its ids 0 to 65535 are 100000 and up
#	new_bundle NAME			make another bundle (with its own cgroupsPath), and go there; changes $BUNDLE and $CGROUP
#
# Running:
#	rt ARGS...			ctr-run --root $STATE --log $LOG ARGS.  Detached containers write to $OUT and $ERR, so
#					that `run rt create x` never waits for them; the runtime's own messages are shown.
#	rt_fail ARGS...			rt must refuse: status 1 to 98 or 255, no crash.  Sets $output and $status.
#	says TEXT...			$output contains each TEXT;  says_not TEXT...: none of them
#	"${RT[@]}" ARGS...		the plain command, if the test passes descriptors 3 and up
#	as_user UID COMMAND...		as a user without privileges, with XDG_RUNTIME_DIR=$T/run-UID
#	test_mount ARGS... TARGET	mount(8), undone after the test
#
# Asking:
#	status_of ID   pid_of ID	as in `state`
#	is ID STATUS			true if ID has that status
#	wait_for COMMAND...		until it succeeds; 30 s at most
#	wait_status ID STATUS
#	cgroup_dir [CONTROLLER]		where $CGROUP is in this view (v1 and hybrid: in CONTROLLER, default memory)
#
# Skipping, at the beginning of a test:
#	need_root   need_view VIEW...   need_kernel 6.3 (kernel_since 6.3: only asks)   need_controller NAME...   need_command NAME...   need_static
#
# After each test its containers are deleted by force; it fails if a process, a cgroup, a mount or state is left then.
# A failing test shows the log.  A file with its own setup and teardown calls `fresh` first in the one, `sweep` last in the other.
# Files that say "# as a user too" in their first lines are also run by an ordinary user: need_root in tests that he cannot run.
# Files that measure time or fill the machine say "# runs alone" in their first lines.  A test is stopped after 60 seconds;
# a file that needs longer says so: TEST_TIMEOUT=200.  All waits are $SLOW times as long (3 with sanitizers; set it for an emulator).

bats_require_minimum_version 1.5.0
: "${SUITE:?run the tests with tests/bats/run}"

. "$TOP/tests/bats/clean.bash"

setup()
{
	fresh
}

teardown()
{
	sweep
}

fresh()
{
	T=$SUITE/t$BATS_TEST_NUMBER
	ID=$TAG-$BATS_TEST_NUMBER
	STATE=$T/state
	LOG=$T/log
	OUT=$T/out
	ERR=$T/err
	RT=("$RUNTIME" --root "$STATE" --log "$LOG")
	test_mounts=()
	mkdir -m 755 "$T"
	: >"$OUT" >"$ERR"
	# The user may use what a test makes for him.
	[ -z "$AS_USER" ] || { chown "$AS_USER:$AS_USER" "$T" && setfacl -m "d:u:$AS_USER:rwX" "$T"; }
	new_bundle bundle
	mounts_before=$(</proc/self/mountinfo)
	test_pid=$BASHPID
	watch "$test_pid" >/dev/null 2>&1 </dev/null 3>&- 4>&- &
	watcher=$!
}

# End a test that hangs, by killing its containers and children, so that the others in its file run.
watch()
{
	local pid=$1 me=$BASHPID children

	read -r -t "$((${TEST_TIMEOUT:-60} * SLOW))" <>"$SUITE/never" && return
	: >"$T/timed-out"
	for children in 1 2 3; do
		children=$(ps -eo pid=,ppid= | awk -v top="$pid" -v me="$me" '
			{ parent[$1] = $2 }
			END {
				for (p in parent) {
					for (q = p; q > 1 && q != top && q != me; q = parent[q]);
					if (q == top && p != top) print p
				}
			}')
		kill -KILL $children $(suite_pids)
		sleep 0.5
	done
}

new_bundle()
{
	local config=$(<"$SUITE/config.json")

	BUNDLE=$T/$1
	CGROUP=/ctr-run-test.$RUN/$ID-$1
	mkdir -m 755 "$BUNDLE"
	cp -a "$SUITE/rootfs" "$BUNDLE/rootfs"
	printf '%s\n' "${config//@CGROUP@/$CGROUP}" >"$BUNDLE/config.json"
	cd "$BUNDLE"
	[ -z "$AS_USER" ] || chown "$AS_USER:$AS_USER" "$BUNDLE" config.json
}

spec()
{
	local filter=$1
	shift
	jq "$filter" "$@" <config.json >config.json.new
	mv config.json.new config.json
}

program()
{
	spec '.process.args = $ARGS.positional' --args -- "$@"
}

shell()
{
	program sh -c "$1"
}

user_namespace()
{
	spec '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings'
}

# Descriptors of bats must not be inherited by what outlives the test, or bats waits for it.
rt()
{
	local arg out err status=0

	for arg; do
		case $arg in
		create|restore|-d|--detach|--detach=true)
			out=$(stat -c %s "$OUT")
			err=$(stat -c %s "$ERR")
			"${RT[@]}" "$@" </dev/null >>"$OUT" 2>>"$ERR" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || status=$?
			tail -c "+$((out + 1))" "$OUT"
			tail -c "+$((err + 1))" "$ERR" >&2
			return "$status" ;;
		esac
	done
	"${RT[@]}" "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

rt_fail()
{
	run rt "$@"
	if ((status == 0 || (status >= 99 && status < 255))); then
		printf 'status %s where a refusal was expected: %s\n%s\n' "$status" "$*" "${output:0:4000}"
		return 1
	fi
}

says()
{
	local text

	for text; do
		[[ $output == *"$text"* ]] && continue
		printf 'status %s\nwanted: %s\noutput: %s\n' "${status-}" "$text" "${output:0:4000}"
		return 1
	done
}

says_not()
{
	local text

	for text; do
		[[ $output != *"$text"* ]] && continue
		printf 'status %s\nnot wanted: %s\noutput: %s\n' "${status-}" "$text" "${output:0:4000}"
		return 1
	done
}

as_user()
{
	local uid=$1
	shift
	[ -d "$T/run-$uid" ] || install -d -m 700 -o "$uid" -g "$uid" "$T/run-$uid"
	setpriv --reuid "$uid" --regid "$uid" --clear-groups --inh-caps=-all \
		env HOME=/ XDG_RUNTIME_DIR="$T/run-$uid" "$@" 3>&- 4>&-
}

test_mount()
{
	mount "$@"
	test_mounts=("${!#}" "${test_mounts[@]}")
}

state_word()
{
	rt state "$1" | sed -n "s/^ *\"$2\": *\"\\{0,1\\}\\([^\",]*\\).*/\\1/p"
}

status_of()
{
	state_word "$1" status
}

pid_of()
{
	state_word "$1" pid
}

is()
{
	local status=$(status_of "$1" 2>/dev/null)
	[ "$status" = "$2" ]
}

wait_for()
{
	local end=$((SECONDS + 30 * SLOW))

	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then
			echo "still not so after $((30 * SLOW)) seconds: $*"
			return 1
		fi
		sleep 0.02
	done
}

wait_status()
{
	wait_for is "$1" "$2" || { echo "it is: $(status_of "$1" 2>&1)"; return 1; }
}

cgroup_dir()
{
	case $VIEW in
	v2) echo "/sys/fs/cgroup$CGROUP" ;;
	*) echo "/sys/fs/cgroup/${1:-memory}$CGROUP" ;;
	esac
}

need_view()
{
	local view
	for view; do
		[ "$view" = "$VIEW" ] && return 0
	done
	skip "only for cgroup $*"
}

# True if the machine's kernel, or the simulated one, is that version or newer.
kernel_since()
{
	[ "$(printf '%s\n%s\n%s\n' "$1" "$(uname -r)" "${OLD_KERNEL-$1}" | sed 's/:.*//' | sort -V | head -n 1)" = "$1" ]
}

need_kernel()
{
	kernel_since "$1" || skip "only for Linux $1 and newer"
}

need_root()
{
	[ -z "$AS_USER" ] || skip "only root can"
}

need_controller()
{
	local name
	for name; do
		case $VIEW in
		v2) grep -qw "$name" /sys/fs/cgroup/cgroup.controllers || skip "this view has no $name controller" ;;
		*) [ -d "/sys/fs/cgroup/$name" ] || skip "this view has no $name controller" ;;
		esac
	done
}

need_command()
{
	local name
	for name; do
		type -P "$name" >/dev/null || skip "there is no $name here"
	done
}

need_static()
{
	[ -z "${SANITIZED-}" ] || skip "a sanitizer cannot be linked statically"
	! grep -qs '^LDMODE *= *-pie' "$TOP/config.mk" || skip "configured with --disable-static"
}

sweep()
{
	local target name left=0 report

	[ "${T-}" ] || return 0	# skipped before it began
	kill "$watcher" 2>/dev/null || true
	[ "${BATS_TEST_COMPLETED-}" ] || show_logs
	if [ -e "$T/timed-out" ]; then
		left=1
		echo "stopped after $((${TEST_TIMEOUT:-60} * SLOW)) s"
	fi
	cd /
	for target in "${test_mounts[@]}"; do
		umount -l "$target" || left=1
	done
	for name in "$STATE"/*; do
		[ -e "$name" ] || continue
		rt delete --force "${name##*/}" || { echo "delete --force ${name##*/} failed"; left=1; }
	done
	left_behind || left=1
	if [ "${BATS_TEST_COMPLETED-}" ] && [ "$left" = 0 ]; then
		rm -rf --one-file-system "$T"
	fi
	return "$left"
}

# mountinfo without the options of cgroup2's file system.
without_cgroup2()
{
	sed 's/ - cgroup2 .*//'
}

# Lines of mountinfo whose mount point exists: when the machine removes a folder, the mounts on it go too, in every mount
# namespace.
mounts_with_folder()
{
	local line fields

	while read -r line; do
		read -r -a fields <<<"$line"
		if [ -e "$(printf %b "${fields[4]}")" ]; then
			echo "$line"
		fi
	done
}

# Nothing may outlive a test's containers.  What does is shown, and removed for the next test.
left_behind()
{
	local report left=0 mounts_now name i

	for ((i = 0; i < 100; i++)); do
		report=$(suite_pids)
		[ "$report" ] || break
		sleep 0.02
	done
	if [ "$report" ]; then
		left=1
		echo "processes left behind:"
		for i in $report; do
			echo "  $i $(tr '\0' ' ' <"/proc/$i/cmdline") ($(readlink "/proc/$i/exe"))"
		done 2>/dev/null
	fi
	report=$(suite_cgroups "$ID-")
	if [ "$report" ]; then
		left=1
		echo "cgroups left behind:" $report
	fi
	[ "$left" = 0 ] || suite_kill "$ID-"
	mounts_now=$(</proc/self/mountinfo)
	# While it works, another test's CRIU changes the machine's cgroup2 options.
	for ((i = 0; i < 500 * SLOW; i++)); do
		[ "$mounts_now" != "$mounts_before" ] && [ "$(without_cgroup2 <<<"$mounts_now")" = "$(without_cgroup2 <<<"$mounts_before")" ] || break
		sleep 0.02
		mounts_now=$(</proc/self/mountinfo)
	done
	[ "$mounts_now" = "$mounts_before" ] || mounts_before=$(mounts_with_folder <<<"$mounts_before")
	if [ "$mounts_now" != "$mounts_before" ]; then
		left=1
		echo "mounts changed:"
		diff <(echo "$mounts_before") <(echo "$mounts_now") | sed 's/^/  /' || true
		umount -R -l "$T" 2>/dev/null || true
		for name in $(awk -v t="$T/" 'index($5, t) == 1 { print $5 }' /proc/self/mountinfo | tac); do
			umount -l "$name" || true
		done
	fi
	report=$(ls -A "$STATE" 2>/dev/null) || true
	if [ "$report" ]; then
		left=1
		echo "state left behind:" $report
	fi
	# What sanitizers reported where no test looked: in the container's first process.
	if [ "${SANITIZED-}" ] && grep -q 'AddressSanitizer\|runtime error:' "$OUT" "$ERR"; then
		left=1
		tail -n 60 "$OUT" "$ERR"
	fi
	return "$left"
}

show_logs()
{
	local file

	for file in "$LOG" "$OUT" "$ERR" "$STATE"/*/journal; do
		[ -s "$file" ] || continue
		echo "--- ${file#"$T"/}"
		tail -n 40 "$file"
	done
	ls "$STATE" 2>/dev/null | sed 's/^/--- in the state root: /'
}
