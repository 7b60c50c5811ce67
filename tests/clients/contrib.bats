load helpers

# What contrib/README.md and the README say, done as they say it; the settings themselves are used by the other files here.

setup_file()
{
	[ "$RUNTIME_NAME" = ctr-run ] || lacks "is about ctr-run" || return 0
}

# Lines of contrib/README.md that begin with $1, without the name of an image that would have to be fetched
line()
{
	sed -n "s/^    \($1 .*\)/\1/p" "$TOP/contrib/README.md" | head -n 1 |
		sed 's|docker.io/library/busybox:latest|localhost/box:latest|; s| busybox | localhost/box |'
}

@test "make install, and the program is in PATH with its pages and completions" {
	need make
	[ "${BINARY#"$TOP"/}" != "$BINARY" ] || skip "not a binary of this tree"
	ok make -s -C "$TOP" install DESTDIR="$W/tmp/installed" B="$(dirname "$(readlink -f "$BINARY")")"
	ok "$W/tmp/installed/usr/local/bin/ctr-run" --version
	says "ctr-run version"
	[ -s "$W/tmp/installed/usr/local/share/man/man1/ctr-run-create.1" ]
	[ -s "$W/tmp/installed/usr/local/share/bash-completion/completions/ctr-run" ]
}

@test "ctr: the line in contrib/README.md" {
	need containerd ctr
	need_controller cpu
	daemon containerd containerd --log-level warn
	wait_for ctr version
	ctr image import "$IMAGES/box.tar"
	ok eval "$(line 'ctr run')"
	is hello
	end containerd
	rmdir /sys/fs/cgroup/default /sys/fs/cgroup/*/default 2>/dev/null || :
}

@test "podman, buildah: the lines in contrib/README.md" {
	need podman buildah
	has_capability 24 || printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n' >/etc/containers/containers.conf
	[ "$VIEW" != v2 ] || has_controller pids || printf '[containers]\npids_limit = 0\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n' >/etc/containers/containers.conf
	podman load -qi "$IMAGES/box.tar"
	ok eval "$(line 'podman --runtime' | sed 's|podman|& --cgroup-manager cgroupfs|')"
	is hello
	buildah from --name CONTAINER localhost/box
	ok eval "$(line 'buildah run')"
	says hello
	# With the settings nobody has to name it.
	mkdir -p /etc/containers/containers.conf.d
	cp "$TOP/contrib/podman/ctr-run.conf" /etc/containers/containers.conf.d/
	fails buildah run --isolation oci CONTAINER nope
	says "ctr-run"
	buildah rm --all
	podman rmi --all --force
	for folder in /sys/fs/cgroup/libpod_parent /sys/fs/cgroup/*/libpod_parent; do
		[ ! -d "$folder" ] || rmdir "$folder/conmon" "$folder" 2>/dev/null || :
	done
	umount /run/netns 2>/dev/null || :
	rm -rf /run/netns
}

@test "the settings are well-formed" {
	need python3
	python3 -c 'import tomllib' || skip "this python knows no TOML"
	ok python3 - "$TOP"/contrib/*/*.conf "$TOP"/contrib/*/*.toml <<-'EOT'
		import sys, tomllib
		for name in sys.argv[1:]:
		    tomllib.load(open(name, "rb"))
	EOT
	ok jq -e '.runtimes["ctr-run"].path' "$TOP/contrib/docker/daemon.json"
	for path in $(grep -rho '/usr/local/bin/[a-z-]*' "$TOP/contrib" "$TOP/README.md" | sort -u); do
		[ -x "$path" ]
	done
}

@test "the completions say what contrib/README.md promises" {
	ok bash -c 'source <(ctr-run help --format bash) && complete -p ctr-run'
	ok ctr-run help --format zsh
	says "#compdef"
	ok ctr-run help --format fish
	says "complete"
}
