# docker.bash - what the docker files share: a dockerd of our own, an image, a container, and the end of all that
#
# A file that wants another set-up defines its own setup_file (docker_box with other options, say) after loading this.

setup_file()
{
	docker_long
}

teardown_file()
{
	began || return 0
	docker_end
}

# docker_start [OPTIONS...]: with contrib/'s settings
docker_start()
{
	local options=()

	if [ "$RUNTIME_NAME" = ctr-run ]; then
		cp "$TOP/contrib/docker/daemon.json" /etc/docker/daemon.json
	elif [ "$RUNTIME_NAME" != runc ]; then
		options=(--add-runtime "$RUNTIME_NAME=$RUNTIME" --default-runtime "$RUNTIME_NAME")
	fi
	# BuildKit in dockerd takes the runtime that is called runc in PATH.
	mkdir -p "$W/path"
	ln -sf "$RUNTIME" "$W/path/runc"
	PATH=$W/path:$PATH daemon dockerd dockerd --log-level warn --debug=false "${options[@]}" "$@"
	wait_for docker version || { cat "$W/dockerd.log"; return 1; }
}

# docker_box [OPTIONS...]: the set-up of a file whose tests take the image box; the options are dockerd's.
docker_box()
{
	need dockerd docker containerd || return 0
	docker_start "$@"
	docker load -qi "$IMAGES/box.tar"
	docker tag localhost/box box
}

# The same with a container that runs all the time, long.
docker_long()
{
	docker_box
	! began || docker run -d --name long box sleep 10000
}

# The clean-up of a dockerd: containers, images, networks, and what it leaves when it ends.
docker_end()
{
	local containers folder

	containers=$(docker ps -aq)
	[ -z "$containers" ] || docker rm -f $containers >/dev/null
	docker network prune -f >/dev/null
	end dockerd
	ip link del docker0 2>/dev/null || :
	for folder in /sys/fs/cgroup/docker /sys/fs/cgroup/*/docker; do
		[ ! -d "$folder" ] || rmdir "$folder" 2>/dev/null || :
	done
	umount /run/docker/netns/default 2>/dev/null || :
}

# field NAME GO-TEMPLATE: of docker inspect
field()
{
	docker inspect -f "$2" "$1"
}

# What comes in is the Dockerfile of $W/tmp/build.
dockerfile()
{
	mkdir -p "$W/tmp/build"
	cat >"$W/tmp/build/Dockerfile"
}
