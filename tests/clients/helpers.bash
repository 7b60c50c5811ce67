# helpers.bash - what the files in tests/clients are built on
#
# A file drives one engine through what its users do; a test name is a sentence.  Run them with tests/clients/run only.
#
#	load helpers
#
#	setup_file() { need podman; ...start the daemon... }
#
#	@test "run gives the exit status of the program" {
#		gives 7 podman run --rm box sh -c 'exit 7'
#	}
#
# There are:
#	$RUNTIME $RUNTIME_NAME	the runtime under test
#	$W			the tmpfs of this world; $W/tmp is TMPDIR
#	$IMAGES/box.tar		localhost/box: busybox (tests/clients/image tells what else is in it)
#	$VIEW			v1, v2, hybrid
#
#	ok COMMAND...		must succeed; $output is what it printed (both streams)
#	gives STATUS COMMAND...	must end with STATUS
#	fails COMMAND...	must end with a status other than 0
#	says TEXT...		$output contains each TEXT;  says_not TEXT...
#	is TEXT			$output is TEXT
#	wait_for COMMAND...	until it is true; 20 s at most
#	terminal SHELL-TEXT	run the text on a terminal of its own; $output is what it showed (without CR)
#	ends STATUS PID		wait for a background process of the test
#	need COMMAND...		skip unless they are installed; in setup_file (need X || return 0) the whole file
#	need_version COMMAND N	skip unless it is version N or newer

bats_require_minimum_version 1.5.0
: "${W:?run the tests with tests/clients/run}"

# Something is missing: skip the test, or (in setup_file: need X || return 0) all tests of the file.
lacks()
{
	[ -z "${BATS_TEST_NUMBER-}" ] || skip "$1"
	echo "$1" >"$W/skip"
	return 1
}

need()
{
	local name
	for name; do
		command -v "$name" >/dev/null || lacks "$name is not installed" || return
	done
}

# The first thing in what `COMMAND --version` says that looks like a version
version_of()
{
	"$1" --version | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1
}

has_version()
{
	printf '%s\n%s\n' "$2" "$(version_of "$1")" | sort -CV
}

need_version()
{
	has_version "$1" "$2" || lacks "needs $1 $2, this is $(version_of "$1")"
}

# A CRIU that works with this kernel: of the machine, or $CRIU.
need_criu()
{
	[ -z "${CRIU-}" ] || { mkdir -p /usr/local/sbin /usr/local/bin; ln -sf "$CRIU" /usr/local/sbin/criu; ln -sf "$CRIU" /usr/local/bin/criu; }
	need criu || return
	criu check >"$W/criu.log" 2>&1 || lacks "CRIU does not work here: $(tr "\n" " " <"$W/criu.log")"
}

need_controller()
{
	local name
	for name; do
		has_controller "$name" || lacks "this view has no $name controller" || return
	done
}

# In teardown_file: was there anything to do?
began()
{
	[ ! -e "$W/skip" ]
}

setup()
{
	[ ! -e "$W/skip" ] || skip "$(<"$W/skip")"
	cd "$W/tmp"
}

report()
{
	printf 'command: %s\nstatus: %s\noutput: %s\n' "$*" "$status" "${output:0:3000}"
}

# Like bats' own `run`, which has its views about status 127.
capture()
{
	status=0
	output=$("$@" 2>&1 3>&- 4>&-) || status=$?
}

ok()
{
	capture "$@"
	[ "$status" = 0 ] || { report "$@"; return 1; }
}

gives()
{
	local want=$1
	shift
	capture "$@"
	[ "$status" = "$want" ] || { echo "wanted status $want"; report "$@"; return 1; }
}

fails()
{
	capture "$@"
	[ "$status" != 0 ] || { echo "wanted a failure"; report "$@"; return 1; }
}

says()
{
	local text
	for text; do
		[[ $output == *"$text"* ]] || { printf 'wanted: %s\noutput: %s\n' "$text" "${output:0:3000}"; return 1; }
	done
}

says_not()
{
	local text
	for text; do
		[[ $output != *"$text"* ]] || { printf 'not wanted: %s\noutput: %s\n' "$text" "${output:0:3000}"; return 1; }
	done
}

is()
{
	[ "$output" = "$1" ] || { printf 'wanted: %s\noutput: %s\n' "$1" "${output:0:3000}"; return 1; }
}

wait_for()
{
	local i
	for ((i = 0; i < 200 * SLOW; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	echo "still not so after $((20 * SLOW)) seconds: $*"
	return 1
}

terminal()
{
	ok script -qefc "$1" /dev/null
	output=${output//$'\r'/}
}

# daemon NAME COMMAND... - start it, with its log in $W/NAME.log and its pid in $W/NAME.pid
daemon()
{
	local name=$1
	shift
	"$@" >"$W/$name.log" 2>&1 </dev/null 3>&- 4>&- &
	echo $! >"$W/$name.pid"
}

# A child that nobody has waited for yet is gone, too.
gone()
{
	! [ -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

# ends STATUS PID: wait for a child of ours, which must end with STATUS
ends()
{
	status=0
	wait "$2" || status=$?
	[ "$status" = "$1" ] || { echo "it ended with status $status, not $1"; return 1; }
}

# end NAME - stop the daemon and wait until it is gone
end()
{
	local pid
	[ -e "$W/$1.pid" ] || return 0
	pid=$(<"$W/$1.pid")
	kill "$pid" 2>/dev/null || :
	wait_for gone "$pid"
}


# has_capability NUMBER: we may have it
has_capability()
{
	(((0x$(sed -n 's/^CapBnd:\t//p' /proc/self/status) >> $1) & 1))
}

# has_controller NAME: cgroups of this view can limit it
has_controller()
{
	case $VIEW in
	v2) grep -qw "$1" /sys/fs/cgroup/cgroup.controllers ;;
	*) [ -d "/sys/fs/cgroup/$1" ] ;;
	esac
}
