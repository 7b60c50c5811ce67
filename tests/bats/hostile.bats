# Whatever an image puts where the runtime works, nothing outside of it is made, changed or removed.
load helpers
load lib/mounts
load lib/namespaces
load lib/programs
load lib/hostile

# All places of a rootfs where a runtime looks something up, mounts, makes or reads.
places="/dev /dev/null /dev/ptmx /dev/pts /dev/console /dev/fd /dev/shm /dev/mqueue /proc /sys /sys/fs /sys/fs/cgroup
	/etc /etc/passwd /etc/group /etc/hosts /data /data/sub /copy /masked /masked/file /readonly /work /work/deep /run /run/notify
	/opt /opt/device /bin /tmp"

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
	up=$(dirname "$1" | tr -cd / | sed 's|/|../|g')
	[ "$(dirname "$1")" != / ] || up=
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
	esac
}

# Run with each place made a KIND: it may be refused, but it must not hang, crash or touch anything.
all_places()
{
	local kind place worked=0
	for kind; do
		for place in $places; do
			start_over
			put "$place" "$kind"
			run timeout 20 "${RT[@]}" run web 3>&- 4>&- </dev/null
			[ "$status" != 0 ] || worked=$((worked + 1))
			[ "$status" != 124 ] && ((status < 128)) || { echo "status $status with $kind at $place: $output"; return 1; }
			untouched "$kind at $place" || return 1
			[ -z "$(ls -A "$STATE")" ] || { echo "state left with $kind at $place"; return 1; }
		done
	done
	# Not everything is refused: then nothing was tried.
	echo "$worked containers ran"
	[ "$worked" -ge 5 ]
}

@test "symlinks out of the root, relative and absolute" {
	all_places relative absolute
}

@test "symlinks to files outside, and dangling ones" {
	all_places relative-file absolute-file dangling dangling-up
}

@test "magic links and loops" {
	all_places magic magic-cwd magic-fd loop
}

@test "FIFOs, sockets, devices, files and folders" {
	"$(compiled attack)" listen "$T/socket" >/dev/null 2>&1 3>&- 4>&- &
	wait_for test -S "$T/socket"
	kill $!
	snapshot >"$T/before" 2>&1
	all_places fifo socket device file folder
}

@test "the same without a mount at /dev" {
	no_dev
	all_places relative absolute-file dangling fifo
}

@test "the same with a read-only root and --no-pivot" {
	no_dev
	spec '.root.readonly = true'
	all_places relative
	run_with_no_pivot
}

run_with_no_pivot()
{
	local place
	for place in $places; do
		start_over
		put "$place" dangling
		run timeout 20 "${RT[@]}" run --no-pivot web 3>&- 4>&- </dev/null
		[ "$status" != 124 ]
		untouched "--no-pivot, $place"
	done
}

@test "the same in a user namespace" {
	chown -R 100000:100000 "$T/pristine"
	user_namespace
	# Device nodes would have to be the host's own.
	spec '.linux.devices |= map(select(.type == "p"))'
	all_places relative dangling
	no_dev
	all_places absolute
}

@test "the same with a terminal" {
	local place kind
	spec '.process.terminal = true'
	"$OUTSIDE" receive "$T/listener" 1000 >"$T/received" 2>&1 3>&- 4>&- &
	local listener=$!
	wait_for test -S "$T/listener"
	snapshot >"$T/before" 2>&1
	for kind in relative-file absolute dangling device; do
		for place in /dev /dev/console /dev/pts /dev/ptmx /dev/null; do
			for dev in with without; do
				cp "$T/config" config.json
				spec '.process.terminal = true'
				[ "$dev" = with ] || no_dev
				start_over
				put "$place" "$kind"
				run timeout 20 "${RT[@]}" create --console-socket "$T/listener" web 3>&- 4>&- </dev/null >"$OUT"
				[ "$status" != 124 ]
				rt delete --force web
				untouched "terminal, $kind at $place, $dev /dev"
			done
		done
	done
	kill "$listener"
	wait "$listener" || true
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
	no_dev
	spec '.process.args = ["sh", "-c", "rm -rf /dev /data/x; ln -s ../../canary /dev; exec sleep 1000"]'
	rt run -d web
	rt kill web KILL
	rt delete --force web
	untouched delete
}
