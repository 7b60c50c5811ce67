load helpers
load docker
load podman

# Engines in containers: the runtime runs one whose engine runs another one with it.
# The inner engine is the machine's own program, so what it needs of the machine is given to its container.

setup_file()
{
	podman_setup || return 0
	# For podman 4, which takes its locks of networks there: what is given is read-only.
	mkdir -p /etc/containers/networks
	podman load -i "$IMAGES/box.tar"
}

teardown_file()
{
	began || return 0
	podman_teardown
	[ ! -e "$W/dockerd.pid" ] || docker_end
}

# inner OPTIONS SHELL-TEXT: on an overlay of the machine's root
inner()
{
	podman run --rm --network host $1 -v "$IMAGES:/images:ro" -v /usr/local:/usr/local:ro \
		-v /etc/containers:/etc/containers:ro -v /etc/subuid:/etc/subuid:ro -v /etc/subgid:/etc/subgid:ro \
		-v /etc/passwd:/etc/passwd:ro -v /etc/group:/etc/group:ro \
		--tmpfs /etc/containers/networks --tmpfs /var/lib/containers --tmpfs /home/tester:mode=0777 --rootfs /:O sh -c "$2"
}

@test "the runtime by itself in a privileged container" {
	ok podman run --rm --privileged --network none -v "$(readlink -f "$RUNTIME"):/runtime:ro" \
		-v "$IMAGES/rootfs:/rootfs:ro" box sh -c '
			mkdir /bundle && cd /bundle && mount -t tmpfs none /run && cp -a /rootfs rootfs &&
			/runtime spec &&
			sed -i "s/\"terminal\": true/\"terminal\": false/; s/\"sh\"/\"echo\", \"nested\"/" config.json &&
			/runtime run inner'
	says nested
}

@test "podman in a privileged container" {
	ok inner --privileged 'podman load -qi /images/box.tar &&
		podman run --rm --network none box echo nested &&
		podman run -d --network none --name inner box sleep 1000 && podman exec inner echo inside &&
		podman rm -f -t 0 inner'
	says nested inside
}

@test "podman with limits, in a privileged container" {
	need_controller memory
	ok inner --privileged 'podman load -qi /images/box.tar &&
		podman run --rm --network none --memory 64m box echo limited'
	says limited
}

@test "podman with users of its own, in a privileged container in the cgroup namespace of the machine" {
	ok inner "--privileged --cgroupns host" 'podman load -qi /images/box.tar &&
		podman run --rm --network none --userns=auto:size=1000 box cat /proc/self/uid_map'
	says 1000
}

@test "a user's podman in a privileged container" {
	ok inner --privileged '
		mkdir -p /run/user/1000 && chown 1000:1000 /run/user/1000 /home/tester && cd /home/tester &&
		setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/tester XDG_RUNTIME_DIR=/run/user/1000 \
			sh -c "podman load -qi /images/box.tar && podman run --rm --network none box echo nested"'
	says nested
}

@test "podman in a container that is not privileged, but may mount" {
	[ -c /dev/fuse ] || skip "there is no /dev/fuse"
	ok inner "--cap-add sys_admin,net_admin,mknod --device /dev/fuse \
			--security-opt seccomp=unconfined --security-opt unmask=ALL" \
		'podman load -qi /images/box.tar && podman run --rm --network none --cgroups=disabled box echo nested'
	says nested
}

@test "docker in a privileged container of docker" {
	need dockerd docker containerd
	docker_start
	docker load -qi "$IMAGES/box.tar"
	ok docker run --rm --privileged -v /usr:/usr:ro -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro \
		-v /usr/local:/usr/local:ro -v "$IMAGES:/images:ro" \
		-v /etc/docker:/etc/docker:ro -v /etc/alternatives:/etc/alternatives:ro \
		--tmpfs /var/lib/docker --tmpfs /run --tmpfs /var/run -e PATH=/usr/local/bin:/usr/sbin:/usr/bin:/bin \
		localhost/box /usr/bin/bash -c '
			dockerd --log-level warn -H unix:///run/inner.sock >/tmp/log 2>&1 &
			export DOCKER_HOST=unix:///run/inner.sock
			for i in $(seq 200); do docker version >/dev/null 2>&1 && break; sleep 0.1; done
			docker load -qi /images/box.tar && docker run --rm localhost/box echo nested &&
			docker run -d --name inner localhost/box sleep 1000 && docker exec inner echo inside &&
			docker rm -f inner || { cat /tmp/log; exit 1; }'
	says nested inside
}
