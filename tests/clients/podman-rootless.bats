load helpers
load podman

# As the user of the machine who has never been root.
user()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all \
		env -i PODMAN_IGNORE_CGROUPSV1_WARNING=1 PATH="$PATH" HOME=/home/tester USER=tester LANG=C.UTF-8 TERM=xterm XDG_RUNTIME_DIR=/run/user/1000 "$@"
}

p()
{
	user podman "$@"
}

setup_file()
{
	need podman conmon newuidmap setpriv || return 0
	podman_setup || return 0
	cd /
	p load -i "$IMAGES/box.tar"
	p run -d --name long box sleep 10000
}

teardown_file()
{
	began || return 0
	cd /
	p rm --all --force --time 0 || :
	p pod rm --all --force || :
	p rmi --all --force || :
	# The process that holds podman's user namespace, and with it podman's mounts.
	kill "$(cat /run/user/1000/libpod/tmp/pause.pid)" || :
}

@test "podman is rootless, and uses the runtime" {
	ok p info -f '{{.Host.Security.Rootless}} {{.Host.OCIRuntime.Name}}'
	is "true $RUNTIME_NAME"
}

@test "run: output, exit status, root inside" {
	ok p run --rm box sh -c 'echo hi; id -u'
	is $'hi\n0'
	gives 7 p run --rm box sh -c 'exit 7'
	gives 127 p run --rm box nope
	gives 126 p run --rm box /etc/plain
}

@test "the ids inside are the subordinate ones" {
	ok p run --rm box cat /proc/self/uid_map
	says 1000 100000
	mkdir -p "$W/tmp/mine" && chown 1000:1000 "$W/tmp/mine"
	ok p run --rm -v "$W/tmp/mine:/m" box sh -c 'touch /m/a; chown app /m; touch /m/b; chown app /m/b'
	[ "$(stat -c %u "$W/tmp/mine/a")" = 1000 ]
	[ "$(stat -c %u "$W/tmp/mine/b")" = 101233 ]
}

@test "run -d, logs, exec, top, stop, rm" {
	ok p run -d --name job box sh -c 'trap "exit 3" TERM; echo out; while :; do sleep 0.1; done'
	job_says()
	{
		p logs job | grep out
	}
	wait_for job_says
	ok p exec job echo inside
	is inside
	gives 5 p exec job sh -c 'exit 5'
	gives 127 p exec job nope
	ok p top job
	says trap
	ok p stop -t 30 job
	ok p inspect -f '{{.State.ExitCode}}' job
	is 3
	ok p rm job
	ok p run -d --name deaf box sleep 1000
	ok p stop -t 1 deaf
	ok p inspect -f '{{.State.ExitCode}}' deaf
	is 137
	ok p rm deaf
}

@test "a terminal" {
	terminal "setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/tester XDG_RUNTIME_DIR=/run/user/1000 podman run --rm -it box sh -c 'tty; stty size'"
	says /dev/pts/0
	terminal "setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/tester XDG_RUNTIME_DIR=/run/user/1000 podman exec -it long tty"
	says /dev/pts/
}

@test "--userns=keep-id, nomap, host, --uidmap" {
	ok p run --rm --userns=keep-id box sh -c 'id -u; id -g'
	is $'1000\n1000'
	ok p run --rm --userns=keep-id:uid=55,gid=66 box sh -c 'id -u; id -g'
	is $'55\n66'
	ok p run --rm --userns=nomap box sh -c 'cat /proc/self/uid_map'
	says_not " 1000 "
	ok p run --rm --uidmap 0:1:500 --uidmap 500:0:1 box cat /proc/self/uid_map
	says 500
	ok p run --rm --userns=host box id -u
	is 0
	ok p run --rm --userns=auto:size=300 box cat /proc/self/uid_map
	says 300
}

@test "--user, --group-add, keep-groups" {
	ok p run --rm --user app box id
	says "uid=1234(app)" "2345(team)"
	ok p run --rm --user 77:88 box sh -c 'id -u; id -g'
	is $'77\n88'
	ok p run --rm --group-add team box id -G
	says 2345
	# The groups of the caller, which the user namespace does not know.
	ok setpriv --reuid 1000 --regid 1000 --groups 1000,4321 env HOME=/home/tester XDG_RUNTIME_DIR=/run/user/1000 \
		podman run --rm --group-add keep-groups box id -G
	[ "$RUNTIME_NAME" = runc ] || says 65534
}

@test "capabilities, no-new-privileges, seccomp" {
	ok p run --rm --cap-drop all box grep CapEff /proc/self/status
	says 0000000000000000
	ok p run --rm --cap-add net_admin --cap-drop all box grep CapEff /proc/self/status
	says 0000000000001000
	ok p run --rm --privileged box sh -c 'mkdir /m && mount -t tmpfs none /m && echo mounted'
	is mounted
	ok p run --rm --security-opt no-new-privileges box grep -E 'NoNewPrivs|Seccomp:' /proc/self/status
	says $'NoNewPrivs:\t1' $'Seccomp:\t2'
	ok p run --rm --security-opt seccomp=unconfined box grep Seccomp: /proc/self/status
	says $'\t0'
}

@test "--read-only, --tmpfs, -v, volumes, overlay volumes" {
	fails p run --rm --read-only box touch /x
	ok p run --rm --read-only --tmpfs /scratch box touch /scratch/x /tmp/y
	mkdir -p "$W/tmp/bind" && echo data >"$W/tmp/bind/f" && chown -R 1000:1000 "$W/tmp/bind"
	ok p run --rm -v "$W/tmp/bind:/b" box sh -c 'cat /b/f; echo new >/b/g'
	is data
	fails p run --rm -v "$W/tmp/bind:/b:ro" box touch /b/x
	ok p run --rm -v vol:/data box cat /data/file
	is original
	ok p volume rm vol
	ok p run --rm -v "$W/tmp/bind:/b:O" box sh -c 'echo over >/b/f'
	[ "$(<"$W/tmp/bind/f")" = data ]
}

@test "a bind of what has locked flags keeps them" {
	mkdir -p "$W/tmp/locked"
	mount -t tmpfs -o nosuid,nodev,noexec,ro locked "$W/tmp/locked"
	ok p run --rm -v "$W/tmp/locked:/l" box grep ' /l ' /proc/mounts
	says nosuid nodev noexec ro
	umount "$W/tmp/locked"
}

@test "networks: none, host, the user's own" {
	ok p run --rm --network none box ls /sys/class/net
	is lo
	ok p run --rm --network host box ls /sys/class/net
	says uplink
	if command -v slirp4netns >/dev/null; then
		ok p run --rm --network slirp4netns box ls /sys/class/net
		says tap0
	fi
}

@test "--pid host, container:, --ipc, --uts, --hostname" {
	ok p run --rm --pid host box true
	ok p run --rm --pid container:long box ps
	says "sleep 10000"
	ok p run --rm --uts host box hostname
	is world
	# podman binds it.
	[ ! -d /dev/mqueue ] || ok p run --rm --ipc host box true
	ok p run --rm --hostname mine box hostname
	is mine
	ok p run --rm --sysctl net.ipv4.ping_group_range="0 0" --shm-size 3m box sh -c 'df -k /dev/shm | tail -n 1'
	says 3072
}

@test "pods" {
	ok p pod create --name pod --share pid,ipc,uts --network none
	ok p run -d --pod pod --name one box sleep 3000
	ok p run -d --pod pod --name two box sleep 4000
	ok p exec one ps
	says "sleep 3000" "sleep 4000"
	ok p pod rm -f -t 0 pod
}

@test "--init, cp, commit, build" {
	ok p run --rm --init box echo initialised
	is initialised
	ok p create --name copied box true
	echo new >"$W/tmp/new"
	ok p cp "$W/tmp/new" copied:/data/new
	ok p commit -q copied with-new
	ok p rm copied
	ok p run --rm with-new cat /data/new
	is new
	install -d -o 1000 -g 1000 "$W/tmp/build"
	printf 'FROM localhost/box\nRUN echo built >/built\nUSER app\nRUN id -u >/tmp/uid\n' >"$W/tmp/build/Containerfile"
	ok p build -q -t made "$W/tmp/build"
	ok p run --rm made cat /built /tmp/uid
	is $'built\n1234'
	ok p rmi with-new made
}

@test "binds of a folder that only the user may enter, in user namespaces of all kinds" {
	local userns private=/home/tester/private
	install -d -m 700 -o 1000 -g 1000 $private
	install -m 600 -o 1000 -g 1000 /dev/stdin $private/f <<<secret
	ok p run --rm -v $private:/p box cat /p/f
	is secret
	ok p run --rm --userns=keep-id -v $private:/p box cat /p/f
	is secret
	ok p run --rm --userns=keep-id -v $private/f:/f --user 1000 box cat /f
	is secret
	for userns in --userns=auto --userns=nomap "--uidmap 0:100:100 --gidmap 0:100:100"; do
		ok p run --rm $userns -v $private:/p:ro box stat -c %a /p
		is 700
	done
}

@test "--userns=auto with all that a container can have" {
	ok p run --rm --userns=auto --network host box ls /sys/class/net
	says uplink
	ok p run --rm --userns=auto --network none --read-only --tmpfs /x --shm-size 1m box touch /x/y
	ok p run --rm --userns=auto --init --hostname named box hostname
	is named
	[ ! -c /dev/fuse ] || ok p run --rm --userns=auto --device /dev/fuse box ls /dev/fuse
	terminal "setpriv --reuid 1000 --regid 1000 --clear-groups \
		env HOME=/home/tester XDG_RUNTIME_DIR=/run/user/1000 podman run --rm --userns=auto -it box tty"
	says /dev/pts/0
	ok p run -d --name auto --userns=auto:size=3000 box sleep 1000
	ok p exec auto id -u
	is 0
	ok p exec --user app auto id -u
	is 1234
	ok p top auto
	says sleep
	ok p rm -f -t 0 auto
}

@test "--userns=keep-id with a size" {
	need_version podman 5
	ok p run --rm --userns=keep-id:size=2000 box id -u
	is 1000
}

@test "pasta, an own network with names and ports" {
	need_version podman 5
	need pasta
	ok p run --rm --network pasta box ls /sys/class/net
	says lo
	ok p network create mine
	ok p run -d --name web --network mine -p 127.0.0.1:8081:80 box \
		sh -c 'mkdir /www; echo page >/www/index.html; httpd -f -h /www -p 80'
	wait_for p run --rm --network mine box wget -q -O - http://web/
	ok p rm -f -t 0 web
	ok p network rm mine
}

@test "an image as a volume, U, secrets, --systemd=always, options of proc" {
	ok p run --rm --mount type=image,source=localhost/box,destination=/image box cat /image/data/file
	is original
	install -d -o 1000 -g 1000 "$W/tmp/given"
	install -o 1000 -g 1000 /dev/null "$W/tmp/given/f"
	ok p run --rm -v "$W/tmp/given:/m:U" --user 5 box stat -c %u /m/f
	is 5
	ok p secret create s - <<<hidden
	ok p run --rm --secret s,mode=0400,uid=1234 --user app box cat /run/secrets/s
	is hidden
	ok p secret rm s
	ok p run --rm --systemd=always box grep ' /run ' /proc/mounts
	says tmpfs
	ok p run --rm --security-opt unmask=ALL --security-opt proc-opts=hidepid=2 box grep ' /proc proc' /proc/mounts
	says hidepid
}

@test "a pod whose user namespace keeps the user's id" {
	ok p pod create --name kept --userns=keep-id --network none
	ok p run -d --pod kept --name inside box sleep 1000
	ok p exec inside id -u
	is 1000
	ok p pod rm -f -t 0 kept
}

@test "build with mounts, without a network, in each isolation" {
	need_version podman 5
	local isolation
	install -d -o 1000 -g 1000 "$W/tmp/isolated"
	cat >"$W/tmp/isolated/Containerfile" <<-'EOT'
		FROM localhost/box
		RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t touch /c/x /t/y; echo built >/built
		RUN --network=none ls /sys/class/net >/net
		USER app
		RUN id -u >/tmp/uid
	EOT
	for isolation in oci rootless; do
		ok p build --isolation $isolation --no-cache -q -t isolated "$W/tmp/isolated"
		ok p run --rm isolated cat /built /net /tmp/uid
		is $'built\nlo\n1234'
	done
	ok p rmi isolated
}

@test "ten containers at once" {
	local i pids=()
	for i in $(seq 10); do
		p run --rm --network none box echo "number $i" >"$W/tmp/many.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in $(seq 10); do
		ends 0 "${pids[i - 1]}"
		[ "$(<"$W/tmp/many.$i")" = "number $i" ]
	done
}

@test "limits, where the user has cgroups of its own" {
	[ "$VIEW" = v2 ] || skip "an unprivileged user has no cgroups in v1"
	need_controller memory pids
	ok p run --rm --memory 64m --pids-limit 50 box cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max
	is $'67108864\n50'
}

@test "what podman removed is gone from the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok user podman unshare ctr-run list -q
	is "$(p inspect -f '{{.Id}}' long)"
}
