# Another container that changes a shared root file system meanwhile gains nothing outside it.  RACES=n: how many containers
# each test makes (100).
load ../bats/helpers
load ../bats/lib/mounts
load ../bats/lib/programs
load hostile

RACES=${RACES:-100}
TEST_TIMEOUT=$((60 + RACES / 2))

# While containers are made, A and B below the rootfs are exchanged without end.  The program may say so: "STOLEN".
race()
{
	local racer i code ran=0 options=()
	cp "$(compiled attack)" "$T/attack"
	[ "$(jq .process.terminal config.json)" = false ] || options=(-d --console-socket "$T/listener")
	snapshot >"$T/before" 2>&1
	"$T/attack" exchange "$1" "$2" 3>&- 4>&- &
	racer=$!
	for ((i = 0; i < RACES; i++)); do
		code=0
		timeout 20 "${RT[@]}" run "${options[@]}" web >"$OUT" 2>"$ERR" 3>&- 4>&- </dev/null || code=$?
		[ "$code" != 124 ] && ! grep -q STOLEN "$OUT" || { echo "status $code: $(cat "$OUT" "$ERR")"; kill $racer; return 1; }
		[ "$code" != 0 ] || ran=$((ran + 1))
		[ ! -e "$STATE/web" ] || rt delete --force web
	done
	kill "$racer"
	wait "$racer" || true
	echo "# tried: $RACES containers, $ran ran: ${BATS_TEST_DESCRIPTION%%:*}" >&3
	untouched race
}

@test "CVE-2021-30465: a mount's target is exchanged with a symlink" {
	ln -s ../../../canary rootfs/data/other
	race rootfs/data/sub rootfs/data/other
}

@test "CVE-2024-45310: a parent of targets is exchanged with a symlink" {
	ln -s ../../canary rootfs/other
	race rootfs/data rootfs/other
}

@test "CVE-2026-41579, CVE-2026-47766: /dev is exchanged with a symlink" {
	no_dev_at_all
	ln -s ../../canary rootfs/other
	race rootfs/dev rootfs/other
}

@test "CVE-2025-31133, CVE-2025-62161: /dev/null of the root is exchanged while it is masked with" {
	no_dev_at_all
	mknod rootfs/dev/null c 1 3
	ln -s ../../../canary/file rootfs/dev/other
	race rootfs/dev/null rootfs/dev/other
}

@test "CVE-2019-19921, CVE-2023-27561: /proc is exchanged with a symlink" {
	ln -s ../../canary rootfs/other
	race rootfs/proc rootfs/other
}

@test "/sys is exchanged with a symlink" {
	ln -s ../../canary rootfs/other
	race rootfs/sys rootfs/other
}

@test "youki#3561, GHSA-3q8j-pf29-vwv8: a masked and a read-only path are exchanged with links between two steps" {
	ln -s ../../../canary/file rootfs/masked/other
	spec '.linux.maskedPaths = ["/masked/file"] | .linux.readonlyPaths = ["/masked", "/masked/file"]'
	race rootfs/masked/file rootfs/masked/other
}

@test "CVE-2025-52565, CVE-2026-88264: the places of the terminal are exchanged with links" {
	local receiver
	"$OUTSIDE" receive "$T/listener" 100000 >"$T/received" 2>&1 3>&- 4>&- &
	receiver=$!
	wait_for test -S "$T/listener"
	no_dev
	mkdir -p rootfs/dev/pts
	: >rootfs/dev/console
	ln -s ../../../canary/file rootfs/dev/other
	spec '.process.terminal = true'
	race rootfs/dev/console rootfs/dev/other
	rm -rf rootfs/dev/other rootfs/dev/console
	ln -s ../../../canary rootfs/dev/other
	race rootfs/dev/pts rootfs/dev/other
	kill "$receiver"
}

@test "CVE-2018-15664, CVE-2022-23648: the folder that a tmpfs begins with is exchanged with a link to the host's" {
	echo SECRET >"$T/canary/sub/deep/secret"
	mkdir -p rootfs/copy/sub/deep
	: >rootfs/copy/sub/deep/secret
	ln -s ../../../canary/sub rootfs/copy/other
	spec '.process.args = ["sh", "-c", "for f in $(cat /copy/*/deep/secret /copy/secret); do echo $f STOLEN; done 2>/dev/null; true"]'
	race rootfs/copy/sub rootfs/copy/other
}

@test "CVE-2024-21626: the working directory is exchanged with a link to one of the runtime's" {
	mkdir -p rootfs/work/deep
	ln -s /proc/1/root rootfs/work/other
	spec '.process.args = ["sh", "-c", "[ ! -e file ] || echo STOLEN"]'
	race rootfs/work/deep rootfs/work/other
	rm -rf rootfs/work
	mkdir -p rootfs/work/deep
	ln -s "../../..$T/canary" rootfs/work/other
	race rootfs/work/deep rootfs/work/other
}

@test "CVE-2024-21626: the working directory of an exec, and the passwd that it reads, are exchanged with links and a FIFO" {
	local i code ran=0 racers=()
	cp "$(compiled attack)" "$T/attack"
	mkdir -p rootfs/work/deep
	ln -s /proc/self/fd/4 rootfs/work/other
	mkfifo rootfs/etc/other
	echo 'root:x:0:0::/home:/bin/sh' >rootfs/etc/passwd
	spec '.process.args = ["sleep", "1000"] | .process.cwd = "/"'
	rt run -d web
	snapshot >"$T/before" 2>&1
	"$T/attack" exchange rootfs/work/deep rootfs/work/other 3>&- 4>&- &
	racers+=($!)
	"$T/attack" exchange rootfs/etc/passwd rootfs/etc/other 3>&- 4>&- &
	racers+=($!)
	for ((i = 0; i < RACES; i++)); do
		code=0
		# The fourth descriptor of the caller is the root of the host.
		timeout 20 "$OUTSIDE" many 4 "${RT[@]}" exec --cwd /work/deep web sh -c '[ ! -e ".$1/canary" ] || echo STOLEN' x "$T" \
			>"$T/said" 2>&1 </dev/null 3>&- 4>&- || code=$?
		case $code in
		0) ran=$((ran + 1)) ;;
		255) ;;
		*) false ;;
		esac || { echo "status $code: $(<"$T/said")"; kill "${racers[@]}"; return 1; }
		! grep -q STOLEN "$T/said" || { cat "$T/said"; kill "${racers[@]}"; return 1; }
	done
	kill "${racers[@]}"
	wait "${racers[@]}" || true
	echo "# tried: $RACES execs, $ran ran" >&3
	[ "$ran" -gt 0 ]
	[ "$ran" -lt "$RACES" ]
	untouched exec
}
