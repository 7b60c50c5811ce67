# How a caller learns of the container's process: by a file with its pid, by a pidfd on a socket.
# as a user too
load helpers
load lib/programs

@test "the pid file holds the pid and nothing else, and is whole as soon as it is there" {
	rt create --pid-file "$T/pid" web
	[ "$(od -An -c "$T/pid" | tr -d ' ')" = "$(pid_of web)" ]
	[ "$(find "$T" -maxdepth 1 -name '*pid*')" = "$T/pid" ]
}

@test "a pid file is nobody else's, whatever somebody has put in its place" {
	local kind folder=$T/everybodys
	need_root
	mkdir -m 1777 "$folder"
	echo canary >"$T/canary"
	for kind in file link; do
		case $kind in
		file) as_user 1001 touch "$folder/pid" ;;
		link) as_user 1001 ln -s "$T/canary" "$folder/pid" ;;
		esac
		rt create --pid-file "$folder/pid" web
		[ "$(stat -c %u:%a:%F "$folder/pid")" = "0:644:regular file" ]
		[ "$(cat "$folder/pid")" = "$(pid_of web)" ]
		[ "$(ls -A "$folder")" = pid ]
		rt delete --force web
		rm "$folder/pid"
	done
	# Nor where what is no file would be written to.
	mknod -m 666 "$T/full" c 1 7
	for kind in link fifo; do
		case $kind in
		link) as_user 1001 ln -s "$T/full" "$folder/$kind" ;;
		fifo) as_user 1001 mkfifo "$folder/$kind" ;;
		esac
		timeout 20 "${RT[@]}" create --pid-file "$folder/$kind" web </dev/null >>"$OUT" 2>&1 3>&- 4>&-
		[ "$(cat "$folder/$kind")" = "$(pid_of web)" ]
		rt delete --force web
	done
	[ "$(cat "$T/canary")" = canary ]
}

@test "a pid file that exists is replaced, a link is not followed, a relative path is the caller's" {
	mkdir "$T/caller"
	cd "$T/caller"
	echo 123456789012 >pid
	ln -s "$T/elsewhere" link
	rt create --bundle "$BUNDLE" --pid-file pid web
	[ "$(cat pid)" = "$(pid_of web)" ]
	rt delete web
	rt create --bundle "$BUNDLE" --pid-file link web
	[ "$(cat link)" = "$(pid_of web)" ]
	[ ! -e "$T/elsewhere" ]
	[ "$(ls -A "$BUNDLE")" = "$(printf 'config.json\nrootfs')" ]
}

@test "a pid file that is a device, a FIFO or a link to one is written to, not replaced" {
	need_root
	mkfifo "$T/fifo"
	ln -s fifo "$T/link"
	exec 8<>"$T/fifo"
	for name in fifo link; do
		rt create --pid-file "$T/$name" web
		read -r -u 8 -n "$(pid_of web | tr -d '\n' | wc -c)" -t 10 pid
		[ "$pid" = "$(pid_of web)" ]
		rt delete web
	done
	exec 8>&-
	[ -p "$T/fifo" ]
	[ -L "$T/link" ]
	mknod "$T/null" c 1 3
	rt create --pid-file "$T/null" web
	[ -c "$T/null" ]
}

@test "a pid file that is a descriptor of the caller is written to, also where that has a regular file open" {
	local name

	ln -s /proc/self/fd/1 "$T/stdout"
	ln -s /proc/self/fd "$T/fd"
	for name in "$T/stdout" "$T/fd/1" /proc/self/fd/1; do
		echo -n "pid " >"$T/file"
		"${RT[@]}" create --pid-file "$name" web </dev/null >>"$T/file" 2>>"$ERR" 3>&- 4>&-
		[ "$(cat "$T/file")" = "pid $(pid_of web)" ]
		rt delete web
	done
	[ -L "$T/stdout" ]
}

@test "a pid file with a long path" {
	local folder=$T/$(printf 'a%.0s' {1..200})/$(printf 'b%.0s' {1..200})

	mkdir -p "$folder"
	rt create --pid-file "$folder/pid" web
	[ "$(cat "$folder/pid")" = "$(pid_of web)" ]
}

@test "a pid file that cannot be written fails create, and nothing is left" {
	rt_fail create --pid-file /nowhere/pid web
	says "pid file" "no such file or directory"
	[ -z "$(ls -A "$STATE")" ]
	rt_fail run -d --pid-file /nowhere/pid web
	[ -z "$(ls -A "$STATE")" ]
	[ -z "$(suite_pids)" ]
	# Nor where it is a pipe that nobody reads any more.
	{ sleep 0.3; "${RT[@]}" create --pid-file /dev/stdout web </dev/null 2>"$T/said" 3>&- 4>&- || true; } | true
	grep "pid file /dev/stdout" "$T/said" | grep -q "broken pipe"
	[ -z "$(ls -A "$STATE")" ]
}

@test "--pidfd-socket gets a pidfd of the container's process" {
	need_kernel 5.3
	in_background "$OUTSIDE" receive "$T/s" >"$T/got" 2>"$T/ready"
	wait_for grep -q ready "$T/ready"
	rt create --pidfd-socket "$T/s" web
	wait $!
	[ "$(cat "$T/got")" = "standard anon_inode:[pidfd] pid $(pid_of web)" ]
}

@test "run.oci.pidfd_receiver is another socket for it, seen from the bundle" {
	need_kernel 5.3
	spec '.annotations = {"run.oci.pidfd_receiver": "socket"}'
	in_background "$OUTSIDE" receive "$T/s" >"$T/got" 2>"$T/ready"
	in_background "$OUTSIDE" receive "$BUNDLE/socket" >"$T/got-too" 2>"$T/ready-too"
	wait_for grep -q ready "$T/ready"
	wait_for grep -q ready "$T/ready-too"
	cd /
	rt create --bundle "$BUNDLE" --pidfd-socket "$T/s" web
	wait_for test -s "$T/got"
	wait_for test -s "$T/got-too"
	[ "$(cat "$T/got")" = "standard anon_inode:[pidfd] pid $(pid_of web)" ]
	[ "$(cat "$T/got-too")" = "$(cat "$T/got")" ]
}

@test "a pidfd socket that nobody listens to fails create, and nothing is left" {
	need_kernel 5.3
	rt_fail create --pidfd-socket "$T/none" web
	says "$T/none"
	[ -z "$(ls -A "$STATE")" ]
	spec '.annotations = {"run.oci.pidfd_receiver": $s}' --arg s "$T/none"
	rt_fail create web
	says "/annotations/run.oci.pidfd_receiver" "$T/none"
	[ -z "$(ls -A "$STATE")" ]
}
