# A bundle becomes a container, and the container goes through its life.
# as a user too
load helpers

@test "run prints what the program prints and returns its status" {
	shell 'echo hello from $0; exit 7'
	run -7 rt run web
	[ "$output" = "hello from sh" ]
}

@test "a container is created, started, killed and deleted" {
	rt create web
	is web created
	rt start web
	is web running
	[ "$(cat /proc/"$(pid_of web)"/comm)" = sleep ]
	rt kill web KILL
	wait_status web stopped
	rt delete web
	rt_fail state web
	says "does not exist"
}

@test "run --detach leaves a running container" {
	shell 'echo begun; exec sleep 1000'
	rt run --detach web
	is web running
	wait_for grep -qx begun "$OUT"
	rt delete --force web
	rt_fail state web
}

@test "exec runs a program in a running container" {
	rt run --detach web
	run -0 rt exec web sh -c 'echo $$; cat /proc/1/comm'
	says sleep
	run -3 rt exec web sh -c 'exit 3'
}

@test "an error leaves nothing" {
	program /nope
	rt_fail run web
	[ -z "$(ls -A "$STATE")" ]
}
