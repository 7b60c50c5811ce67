load helpers
load docker

# How containers of docker run, end, are looked at and built, and what they do when dockerd is restarted.

docker_says()
{
	docker logs "$1" 2>&1 | grep -q "$2"
}

# ---- run, and how it ends -----------------------------------------------------

@test "dockerd knows the runtime, and uses it" {
	ok docker info -f '{{.DefaultRuntime}} {{.RuncCommit.ID}}'
	says "$RUNTIME_NAME"
	ok field long '{{.HostConfig.Runtime}}'
	is "$RUNTIME_NAME"
	ok docker run --rm --runtime "$RUNTIME_NAME" box echo hi
	is hi
}

@test "run: output, exit status, standard input" {
	gives 7 docker run --rm box sh -c 'exit 7'
	ok bash -c 'echo typed | docker run --rm -i box cat'
	is typed
	ok docker run --rm box sh -c 'echo out; echo err >&2'
	says out err
}

@test "a program that does not exist gives 127, one that may not be run 126" {
	gives 127 docker run --rm box nope
	says "executable file not found"
	gives 127 docker run --rm box /nope
	says "no such file or directory"
	gives 126 docker run --rm box /etc/plain
	says "permission denied"
	gives 126 docker run --rm box /etc
	fails docker run --rm box orphan
	says "no such file or directory"
	fails docker run --rm -w /etc/plain box true
	fails docker run --rm box ""
}

@test "a working directory that is missing is made" {
	ok docker run --rm -w /made/for/it box pwd
	is /made/for/it
}

@test "run -d, ps, wait, logs, rm" {
	ok docker run -d --name job box sh -c 'echo out; echo err >&2; exit 5'
	ok docker wait job
	is 5
	ok docker logs job
	says out err
	ok docker ps -a --filter name=job --format '{{.Status}}'
	says "Exited (5)"
	ok docker rm job
}

@test "logs -f ends with the container" {
	ok docker run -d --name talker box sh -c 'for i in 1 2 3; do echo line $i; sleep 0.2; done'
	ok timeout 60 docker logs -f talker
	says "line 1" "line 3"
	ok docker rm -f talker
}

@test "create, start -a, restart" {
	ok docker create --name again box sh -c 'echo run; exit 3'
	gives 3 docker start -a again
	gives 3 docker start -a again
	ok docker restart again
	ok docker wait again
	ok docker rm again
}

@test "--restart: on-failure, and always until it is stopped" {
	ok docker run -d --name retry --restart on-failure:2 box sh -c 'echo again; exit 1'
	three_times()
	{
		[ "$(docker logs retry | grep -c again)" = 3 ]
	}
	wait_for three_times
	ok docker rm -f retry
	ok docker run -d --name always --restart always box sh -c 'echo again; sleep 0.2'
	twice()
	{
		[ "$(docker logs always | grep -c again)" -ge 2 ]
	}
	wait_for twice
	ok docker stop -t 1 always
	ok field always '{{.State.Status}}'
	is exited
	ok docker rm -f always
}

@test "twenty containers at once" {
	local i pids=()
	for i in $(seq 20); do
		docker run --rm --network none box sh -c "echo number $i" >"$W/tmp/many.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in $(seq 20); do
		ends 0 "${pids[i - 1]}"
		[ "$(<"$W/tmp/many.$i")" = "number $i" ]
	done
}

# ---- signals ------------------------------------------------------------------

@test "stop: TERM first, KILL when the time is over" {
	ok docker run -d --name polite box sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'
	wait_for docker_says polite ready
	ok docker stop -t 30 polite
	ok field polite '{{.State.ExitCode}}'
	is 9
	ok docker rm polite
	ok docker run -d --name deaf box sleep 1000
	ok docker stop -t 1 deaf
	ok field deaf '{{.State.ExitCode}} {{.State.Status}}'
	is "137 exited"
	ok docker rm deaf
}

@test "--stop-signal, kill -s" {
	ok docker run -d --name usr --stop-signal USR1 box sh -c 'trap "exit 11" USR1; trap "echo hup" HUP; echo ready; while :; do sleep 0.1; done'
	wait_for docker_says usr ready
	ok docker kill -s HUP usr
	wait_for docker_says usr hup
	ok docker stop -t 30 usr
	ok field usr '{{.State.ExitCode}}'
	is 11
	fails docker kill usr
	says "is not running"
	ok docker rm usr
	ok docker run -d --name shot box sleep 1000
	ok docker kill shot
	ok docker wait shot
	is 137
	ok docker rm shot
	# One in a pid namespace that is not its own is killed with all it started.
	ok docker run -d --name hosted --pid host box sh -c 'sleep 4321 & sleep 4322'
	ok docker rm -f hosted
	fails pgrep -f 'sleep 432[12]'
}

@test "run forwards signals to the program" {
	docker run --rm --name fore box sh -c 'trap "exit 12" TERM; echo ready; while :; do sleep 0.1; done' >"$W/tmp/fore" 2>&1 3>&- &
	wait_for grep ready "$W/tmp/fore"
	kill -TERM $!
	ends 12 $!
}

@test "pause, unpause" {
	need_controller freezer
	ok docker run -d --name ice box sleep 1000
	ok docker pause ice
	ok field ice '{{.State.Status}}'
	is paused
	fails docker exec ice true
	says "is paused"
	ok docker unpause ice
	ok docker exec ice echo thawed
	is thawed
	ok docker pause ice
	ok docker rm -f ice
	ok docker run -d --name ice box sleep 1000
	ok docker pause ice
	ok docker stop -t 1 ice
	ok docker rm ice
}

# ---- exec and terminals -------------------------------------------------------

@test "exec: status, environment, user, directory, input, -d" {
	gives 4 docker exec long sh -c 'exit 4'
	ok docker exec -e A=b -w /tmp --user app long sh -c 'echo $A $(pwd) $(id -u) $(id -G)'
	is "b /tmp 1234 1234 2345"
	ok bash -c 'echo typed | docker exec -i long cat'
	is typed
	ok docker exec -u 77:88 long id
	says uid=77 gid=88
	ok docker exec -d long sh -c 'echo detached >/tmp/detached'
	wait_for docker exec long test -s /tmp/detached
}

@test "exec of what does not exist or may not be run" {
	# The docker of 20.10 says 126 here whatever the runtime says.
	fails docker exec long nope
	says "executable file not found"
	fails docker exec long /nope
	says "no such file or directory"
	gives 126 docker exec long /etc/plain
	gives 126 docker exec long /etc
	fails docker exec -w /nowhere/at/all long true
	says "no such file or directory"
}

@test "exec --privileged" {
	ok docker exec --privileged long grep CapEff /proc/self/status
	[[ $output =~ ([37]|1f)ff[ef]ffffff$ ]]
}

@test "thirty execs at once" {
	local i pids=()
	for i in $(seq 30); do
		docker exec long sh -c "exit $i" 3>&- &
		pids+=($!)
	done
	for i in $(seq 30); do
		ends $i "${pids[i - 1]}"
	done
}

@test "exec -t and run -t have a terminal" {
	terminal "docker exec -t long tty"
	says /dev/pts/
	terminal "docker run --rm -t box sh -c 'tty; stty -a | head -n 1; echo \$TERM'"
	says /dev/pts/ speed xterm
	terminal "docker run --rm -t --user app box sh -c 'echo >/dev/stdout; echo mine >/dev/tty'"
	says mine
}

@test "run -it talks with a shell, and the window size is ours" {
	mkfifo "$W/tmp/keys"
	script -qefc 'stty rows 33 cols 77; docker run --rm -it --name typed box sh' "$W/tmp/typescript" <"$W/tmp/keys" >/dev/null 2>&1 3>&- &
	local pid=$!
	exec {keys}>"$W/tmp/keys"
	echo 'echo 4$((1+1))' >&$keys
	wait_for grep -a '^42' "$W/tmp/typescript"
	size_is()
	{
		docker exec typed sh -c 'stty size </dev/console' | grep "$1"
	}
	wait_for size_is "33 77"
	echo 'exit 6' >&$keys
	exec {keys}>&-
	ends 6 $pid
}

@test "attach, and detach with keys" {
	ok docker run -dit --name talk box sh
	mkfifo "$W/tmp/attached"
	script -qefc 'docker attach talk' "$W/tmp/typescript2" <"$W/tmp/attached" >/dev/null 2>&1 3>&- &
	local pid=$!
	exec {keys}>"$W/tmp/attached"
	echo 'echo 4$((2+2))' >&$keys
	wait_for grep -a '^44' "$W/tmp/typescript2"
	printf '\020\021' >&$keys
	wait_for gone $pid
	exec {keys}>&-
	ok field talk '{{.State.Status}}'
	is running
	ok docker rm -f talk
}

# ---- looking at it ------------------------------------------------------------

@test "top, stats, ps, inspect" {
	ok docker top long
	says "sleep 10000"
	ok docker top long -o pid,comm
	says sleep
	ok docker ps --format '{{.Names}} {{.Status}}'
	says "long Up"
	if has_controller memory; then
		ok docker stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' long
		says long B
		says_not "0B /"
	fi
}

@test "events name what happened" {
	ok docker run --rm --name eventful box true
	ok docker events --since 10m --until $(($(date +%s) + 1)) --filter container=eventful --format '{{.Status}}'
	says create start die destroy
}

@test "cp, diff, commit, export" {
	ok docker create --name copied box sleep 1000
	echo new >"$W/tmp/new"
	ok docker cp "$W/tmp/new" copied:/data/new
	ok docker start copied
	ok docker cp copied:/data/new "$W/tmp/back"
	[ "$(<"$W/tmp/back")" = new ]
	ok docker exec copied cat /data/new
	is new
	ok docker diff copied
	says "/data/new"
	ok docker commit copied with-new
	ok docker run --rm with-new cat /data/new
	is new
	ok docker rm -f copied
}

@test "health checks" {
	ok docker run -d --name healthy --health-cmd 'test -e /tmp/well' --health-interval 1s --health-retries 1 box sleep 1000
	health_is()
	{
		[ "$(field healthy '{{.State.Health.Status}}')" = "$1" ]
	}
	wait_for health_is unhealthy
	ok docker exec healthy touch /tmp/well
	wait_for health_is healthy
	ok docker rm -f healthy
}

@test "an OOM kill is seen" {
	need_controller memory
	fails docker run --name hungry --memory 16m --memory-swap 16m box sh -c 'tail /dev/zero'
	[ "$status" = 137 ]
	oom_is_known()
	{
		[ "$(field hungry '{{.State.OOMKilled}}')" = true ]
	}
	wait_for oom_is_known
	ok docker rm hungry
}

# ---- build --------------------------------------------------------------------

@test "build with RUN, USER, WORKDIR, ENTRYPOINT, HEALTHCHECK" {
	dockerfile <<-EOT
		FROM localhost/box
		RUN echo built >/built && mkdir -p /work && chown app /work
		USER app
		WORKDIR /work
		RUN id -u >uid
		ENTRYPOINT ["sh", "-c"]
		CMD ["cat /built uid; pwd"]
	EOT
	ok env DOCKER_BUILDKIT=0 docker build -q -t made "$W/tmp/build"
	ok docker run --rm made
	is $'built\n1234\n/work'
	printf 'FROM localhost/box\nRUN exit 9\n' | dockerfile
	fails env DOCKER_BUILDKIT=0 docker build -q "$W/tmp/build"
	says "non-zero code: 9"
	printf 'FROM localhost/box\nRUN ["nope"]\n' | dockerfile
	fails env DOCKER_BUILDKIT=0 docker build -q "$W/tmp/build"
	says nope
}

@test "build with BuildKit: RUN, mounts, secrets" {
	dockerfile <<-'EOT'
		FROM localhost/box AS first
		RUN echo built >/built
		USER app
		RUN --mount=type=cache,target=/cache,uid=1234 --mount=type=tmpfs,target=/t --mount=type=bind,target=/context \
			touch /cache/x /context/Dockerfile 2>/dev/null; ls /cache; id -u >/tmp/uid
		RUN --mount=type=secret,id=s,uid=1234 cat /run/secrets/s >/tmp/secret
		FROM localhost/box
		COPY --from=first /built /tmp/uid /tmp/secret /
	EOT
	echo hidden >"$W/tmp/secret"
	ok env DOCKER_BUILDKIT=1 docker build --secret "id=s,src=$W/tmp/secret" --progress plain -t kit "$W/tmp/build"
	ok docker run --rm kit cat /built /uid /secret
	is $'built\n1234\nhidden'
	printf 'FROM localhost/box\nRUN exit 9\n' | dockerfile
	fails env DOCKER_BUILDKIT=1 docker build --progress plain "$W/tmp/build"
	says "exit code: 9"
	printf 'FROM localhost/box\nRUN ["nope"]\n' | dockerfile
	fails env DOCKER_BUILDKIT=1 docker build --progress plain "$W/tmp/build"
	says nope
}

# ---- the daemon ---------------------------------------------------------------

@test "what docker removed is gone from the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok ctr-run --root /run/docker/runtime-runc/moby list -q
	is "$(docker ps -aq --no-trunc --filter status=running)"
}

@test "containers that stay while dockerd is restarted are its own again" {
	ok docker run -d --name stays box sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done'
	ok docker rm -f long
	docker_restart --live-restore
	ok docker exec stays echo back
	is back
	ok docker stop -t 30 stays
	ok field stays '{{.State.ExitCode}}'
	is 3
	ok docker rm stays
}

# A dockerd with --live-restore leaves its containers; so does one that is killed.
docker_restart()
{
	kill -KILL "$(<"$W/dockerd.pid")"
	wait_for gone "$(<"$W/dockerd.pid")"
	rm -f /run/docker.pid
	docker_start "$@"
}

@test "userns-remap" {
	docker_end
	chmod 711 /var/lib/docker
	echo dockremap:400000:65536 >>/etc/subuid
	echo dockremap:400000:65536 >>/etc/subgid
	docker_start --userns-remap=default --data-root /var/lib/docker/remapped
	ok docker load -qi "$IMAGES/box.tar"
	ok docker tag localhost/box box
	ok docker run --rm box sh -c 'cat /proc/self/uid_map; id -u; touch /x; stat -c %u /x'
	says 400000
	ok docker run -d --name long box sleep 1000
	ok docker exec long id -u
	is 0
	terminal "docker exec -it long tty"
	says /dev/pts/
	ok docker run --rm -it --user app box id -u || ok docker run --rm --user app box id -u
	ok docker run --rm --read-only --tmpfs /t --init box touch /t/x
	ok docker run --rm --pid container:long box ps
	says "sleep 1000"
	ok docker run --rm --network host box true || says "cannot share the host's network"
	ok docker run --rm --userns host --privileged box grep ' 0 ' /proc/self/uid_map
	ok docker rm -f long
}
