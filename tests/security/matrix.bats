# Whatever an image puts where the runtime works, nothing outside it is made, changed or removed.
#
# 30 places x 15 kinds of things x 32 variants of the config (a mount at /dev or not, a terminal, a read-only root, a user
# namespace, --no-pivot).  Of these 14,400 cells one in 16 is tried, different ones in each cgroup view; MATRIX=1 tries all
# (with FILE_TIMEOUT=7200), MATRIX=n one in n.
load ../bats/helpers
load ../bats/lib/mounts
load ../bats/lib/namespaces
load ../bats/lib/programs
load hostile

TEST_TIMEOUT=$((${MATRIX:-16} >= 16 ? 120 : 1500))
STEP=${MATRIX:-16}

# All places of a rootfs where a runtime looks something up, mounts, makes or reads.
places="/dev /dev/null /dev/ptmx /dev/pts /dev/console /dev/fd /dev/shm /dev/mqueue /proc /sys /sys/fs /sys/fs/cgroup
	/etc /etc/passwd /etc/group /etc/hosts /data /data/sub /copy /masked /masked/file /readonly /work /work/deep /run /run/notify
	/opt /opt/device /bin /tmp"
kinds="relative relative-file absolute absolute-file dangling dangling-up magic magic-cwd magic-fd loop fifo socket device file folder"

start_over()
{
	# What was made there may be a mount point of nobody: no mount is left.
	rm -rf rootfs
	cp -al "$T/pristine" rootfs
}

# Put a KIND of thing at PLACE
put()
{
	local place=rootfs$1 up

	rm -rf "$place"
	mkdir -p "${place%/*}"
	up=${1//[!\/]/}
	up=${up#/}
	up=${up//\//../}
	case $2 in
	relative) ln -s "../${up}../canary" "$place" ;;
	relative-file) ln -s "../${up}../canary/file" "$place" ;;
	absolute) ln -s "$T/canary" "$place" ;;
	absolute-file) ln -s "$T/canary/file" "$place" ;;
	dangling) ln -s "$T/canary/new" "$place" ;;
	dangling-up) ln -s "../${up}../canary/new/newer" "$place" ;;
	magic) ln -s "/proc/1/root$T/canary" "$place" ;;
	magic-cwd) ln -s /proc/self/cwd "$place" ;;
	magic-fd) ln -s /proc/self/fd/3 "$place" ;;
	loop) ln -s "${place##*/}" "$place" ;;
	fifo) mkfifo "$place" ;;
	socket) ln "$T/socket" "$place" ;;
	file) echo text >"$place" ;;
	device) mknod "$place" c 1 5 ;;
	folder) mkdir "$place" ;;
	*) return 1 ;;
	esac
}

# One cell: it may be refused, but it must not hang, crash or touch anything.
cell()
{
	local how=$1 kind=$2 place=$3 code=0

	start_over
	put "$place" "$kind"
	if [ "$terminal" ]; then
		timeout 20 "${RT[@]}" run -d --console-socket "$T/listener" $pivot web >"$T/said" 2>&1 3>&- 4>&- </dev/null || code=$?
		[ ! -e "$STATE/web" ] || rt delete --force web
	else
		timeout 20 "${RT[@]}" run $pivot web >"$T/said" 2>&1 3>&- 4>&- </dev/null || code=$?
	fi
	[ "$code" != 0 ] || worked=$((worked + 1))
	[ "$code" != 124 ] && ((code < 128 || code == 255)) || { echo "status $code with $kind at $place, $how:"; cat "$T/said"; return 1; }
	untouched "$kind at $place, $how" || return 1
	[ -z "$(ls -A "$STATE")" ] || { echo "state is left with $kind at $place, $how"; return 1; }
}

# The cells of the variants with these WORDS (dev terminal user), each with and without a read-only root and --no-pivot.
variants()
{
	local root place kind words=" $* " n=0 tried=0 worked=0 i terminal= pivot listener=

	[[ $words = *" dev "* ]] || no_dev
	if [[ $words = *" user "* ]]; then
		chown -R 100000:100000 "$T/pristine"
		user_namespace
		# Device nodes would have to be the host's own.
		spec '.linux.devices |= map(select(.type == "p"))'
	fi
	"$OUTSIDE" socket "$T/socket" 3>&- 4>&-
	if [[ $words = *" terminal "* ]]; then
		terminal=yes
		spec '.process.terminal = true'
		"$OUTSIDE" receive "$T/listener" 100000 >"$T/received" 2>&1 3>&- 4>&- &
		listener=$!
		wait_for test -S "$T/listener"
	fi
	: >"$T/said"
	cp config.json "$T/config"
	snapshot >"$T/before" 2>&1
	# Other cells in other views, and in each of these tests.
	i=$(cksum <<<"$VIEW $words" | cut -d ' ' -f 1)
	for root in false true; do
		for pivot in "" --no-pivot; do
			cp "$T/config" config.json
			[ $root = false ] || spec '.root.readonly = true'
			for kind in $kinds; do
				for place in $places; do
					(((i++) % STEP == 0)) || continue
					tried=$((tried + 1))
					cell "$* read-only=$root $pivot" "$kind" "$place" || return 1
				done
			done
		done
	done
	[ -z "$listener" ] || { kill "$listener"; wait "$listener" || true; }
	echo "# tried: $tried cells, $worked containers ran: $BATS_TEST_DESCRIPTION" >&3
	# Not everything is refused: then nothing would be tried.
	((worked * 4 >= tried)) || { echo "only $worked of $tried containers ran"; return 1; }
}

@test "a mount at /dev" {
	variants dev
}

@test "no mount at /dev" {
	variants
}

@test "a mount at /dev, a terminal" {
	variants dev terminal
}

@test "no mount at /dev, a terminal" {
	variants terminal
}

@test "a mount at /dev, a user namespace" {
	variants dev user
}

@test "no mount at /dev, a user namespace" {
	variants user
}

@test "a mount at /dev, a terminal, a user namespace" {
	variants dev terminal user
}

@test "no mount at /dev, a terminal, a user namespace" {
	variants terminal user
}

@test "nothing mounted at or below /dev, and each kind of thing there" {
	local place kind terminal= pivot= worked=0

	no_dev_at_all
	"$OUTSIDE" socket "$T/socket" 3>&- 4>&-
	: >"$T/said"
	snapshot >"$T/before" 2>&1
	for kind in $kinds; do
		for place in /dev /dev/null /dev/ptmx /dev/fd; do
			cell "nothing at /dev" "$kind" "$place"
		done
	done
	[ "$worked" -ge 5 ]
}

@test "the place of the notify socket, and each kind of thing there" {
	local place kind terminal= pivot= worked=0 listener

	"$OUTSIDE" socket "$T/socket" 3>&- 4>&-
	"$OUTSIDE" listen "$T/listener" >"$T/received" 2>&1 3>&- 4>&- &
	listener=$!
	wait_for test -S "$T/listener"
	: >"$T/said"
	snapshot >"$T/before" 2>&1
	export NOTIFY_SOCKET=$T/listener
	for kind in $kinds; do
		for place in /run /run/notify /run/notify/notify.sock; do
			cell "with a notify socket" "$kind" "$place"
		done
	done
	kill "$listener"
	[ "$worked" -ge 10 ]
}

@test "the root itself is each kind of thing" {
	local kind place=rootfs code

	"$OUTSIDE" socket "$T/socket" 3>&- 4>&-
	snapshot >"$T/before" 2>&1
	for kind in $kinds; do
		rm -rf rootfs
		case $kind in
		# The config's own word, not the image's: what it leads to is the root.
		relative|absolute|magic|magic-cwd) continue ;;
		socket) ln "$T/socket" rootfs ;;
		relative-file|absolute-file) ln -s "$T/canary/file" rootfs ;;
		dangling*) ln -s "$T/canary/new" rootfs ;;
		magic-fd) ln -s /proc/self/fd/3 rootfs ;;
		loop) ln -s rootfs rootfs ;;
		fifo) mkfifo rootfs ;;
		device) mknod rootfs c 1 5 ;;
		file) echo text >rootfs ;;
		folder) mkdir rootfs ;;
		esac
		code=0
		timeout 20 "${RT[@]}" run web >"$T/said" 2>&1 3>&- 4>&- </dev/null || code=$?
		[ "$code" = 1 ] || { echo "status $code with $kind"; return 1; }
		untouched "the root is $kind"
		[ -z "$(ls -A "$STATE")" ]
	done
}

@test "exec into a root whose program changes its places" {
	spec '.process.args = ["sleep", "1000"]'
	rt run -d web
	rt exec web sh -c 'rm -rf /etc/passwd; ln -s ../../canary/passwd /etc/passwd; rm -rf /work/deep; ln -s /proc/1/root /work/deep' || true
	run rt exec web sh -c 'pwd; cat /etc/passwd'
	says_not canary
	untouched exec
	run rt exec --cwd /proc/self/fd/3 web pwd
	untouched exec
}

@test "delete and kill follow nothing that the container put there" {
	no_dev_at_all
	spec '.process.args = ["sh", "-c", "rm -rf /dev /data/x; ln -s ../../canary /dev; exec sleep 1000"]'
	rt run -d web
	rt kill web KILL
	rt delete --force web
	untouched delete
}
