load helpers

# A dockerd of an ordinary user, as RootlessKit starts it.

as=(setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all
	env -i PATH="$W/path:$PATH" HOME=/home/tester USER=tester LANG=C.UTF-8 TERM=xterm XDG_RUNTIME_DIR=/run/user/1000
	DOCKER_HOST=unix:///run/user/1000/docker.sock DOCKERD_ROOTLESS_ROOTLESSKIT_NET=slirp4netns)

d()
{
	"${as[@]}" docker "$@"
}

setup_file()
{
	local starter=/usr/share/docker.io/contrib/dockerd-rootless.sh options=()

	need dockerd docker rootlesskit slirp4netns setpriv || return 0
	[ -x $starter ] || lacks "there is no $starter" || return 0
	# BuildKit in dockerd takes the runtime that is called runc in PATH.
	mkdir -p "$W/path"
	ln -sf "$RUNTIME" "$W/path/runc"
	[ "$RUNTIME_NAME" = runc ] || options=(--add-runtime "$RUNTIME_NAME=$RUNTIME" --default-runtime "$RUNTIME_NAME")
	cd /home/tester
	daemon dockerd "${as[@]}" $starter --log-level warn "${options[@]}"
	wait_for d version || { cat "$W/dockerd.log"; return 1; }
	d load -qi "$IMAGES/box.tar"
	d tag localhost/box box
	d run -d --name long box sleep 10000
}

teardown_file()
{
	began || return 0
	d rm -f $(d ps -aq) || :
	end dockerd
}

@test "dockerd is rootless, and uses the runtime" {
	ok d info -f '{{.DefaultRuntime}} {{.SecurityOptions}}'
	says "$RUNTIME_NAME" rootless
}

@test "run: output, exit status, ids" {
	ok d run --rm box sh -c 'id -u; cat /proc/self/uid_map'
	says 1000 100000
	gives 7 d run --rm box sh -c 'exit 7'
	gives 127 d run --rm box nope
	gives 126 d run --rm box /etc/plain
}

@test "exec: user, input; terminals" {
	ok d exec --user app long id -u
	is 1234
	ok d exec -i long cat <<<typed
	is typed
	terminal "${as[*]} docker run --rm -it box tty"
	says /dev/pts/0
	terminal "${as[*]} docker exec -it long tty"
	says /dev/pts/
}

@test "stop, restart, kill, logs" {
	ok d run -d --name polite box sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'
	ready()
	{
		[ "$(d logs polite | grep -c ready)" = "$1" ]
	}
	wait_for ready 1
	ok d stop -t 30 polite
	ok d inspect -f '{{.State.ExitCode}}' polite
	is 9
	ok d restart polite
	wait_for ready 2
	ok d kill polite
	ok d inspect -f '{{.State.ExitCode}}' polite
	is 137
	ok d rm polite
}

@test "networks: none, host, one's own with names and ports" {
	ok d run --rm --network none box ls /sys/class/net
	is lo
	ok d run --rm --network host box ls /sys/class/net
	says tap0
	ok d network create ours
	ok d run -d --name web --network ours -p 127.0.0.1:8080:80 box \
		sh -c 'mkdir /www; echo page >/www/index.html; httpd -f -h /www -p 80'
	wait_for d run --rm --network ours box wget -q -O - http://web/
	ok d rm -f web
	ok d network rm ours
}

@test "privileges, capabilities, devices, limits of processes" {
	ok d run --rm --privileged box sh -c 'mkdir /m && mount -t tmpfs none /m && echo mounted'
	is mounted
	ok d run --rm --cap-drop all --cap-add net_admin box grep CapEff /proc/self/status
	says 0000000000001000
	ok d run --rm --security-opt no-new-privileges box grep NoNewPrivs /proc/self/status
	says 1
	[ ! -c /dev/fuse ] || ok d run --rm --device /dev/fuse box ls /dev/fuse
	ok d run --rm --ulimit nofile=100:200 box sh -c 'ulimit -n'
	is 100
	ok d run --rm --sysctl net.ipv4.ip_forward=1 box cat /proc/sys/net/ipv4/ip_forward
	is 1
}

@test "mounts: read-only, tmpfs, shm, volumes, binds" {
	fails d run --rm --read-only box touch /x
	ok d run --rm --read-only --tmpfs /t --shm-size 3m box sh -c 'touch /t/x; df -k /dev/shm | tail -n 1'
	says 3072
	ok d run --rm -v volume:/data box cat /data/file
	is original
	install -d -o 1000 -g 1000 "$W/tmp/mine"
	ok d run --rm -v "$W/tmp/mine:/m" box touch /m/x
	[ "$(stat -c %u "$W/tmp/mine/x")" = 1000 ]
}

@test "namespaces of the host and of another container" {
	ok d run --rm --pid host box true
	ok d run --rm --uts host box true
	ok d run --rm --pid container:long box ps
	says "sleep 10000"
	ok d run --rm --ipc container:long --network container:long box true || says "non-shareable"
}

@test "build, with BuildKit and without" {
	local kit
	install -d -o 1000 -g 1000 "$W/tmp/build"
	printf 'FROM box\nRUN echo built >/built; id -u >>/built\nUSER app\nRUN id -u >/tmp/uid\n' \
		>"$W/tmp/build/Dockerfile"
	for kit in 0 1; do
		ok "${as[@]}" DOCKER_BUILDKIT=$kit docker build --no-cache -q -t made$kit "$W/tmp/build"
		ok d run --rm made$kit cat /built /tmp/uid
		is $'built\n0\n1234'
	done
}

@test "ten at once" {
	local i pids=()
	for i in $(seq 10); do
		d run --rm --network none box echo "number $i" >"$W/tmp/many.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in $(seq 10); do
		ends 0 "${pids[i - 1]}"
		[ "$(<"$W/tmp/many.$i")" = "number $i" ]
	done
}
