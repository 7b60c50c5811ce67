load helpers

setup_file()
{
	need buildah || return 0
	mkdir -p /etc/containers/containers.conf.d
	has_capability 24 || printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n' >/etc/containers/containers.conf
	buildah pull "docker-archive:$IMAGES/box.tar"
	buildah from --name work localhost/box
}

teardown_file()
{
	began || return 0
	buildah rm --all || :
	buildah rmi --all --force || :
	umount /run/netns 2>/dev/null || :
	rm -rf /run/netns
}

# Old ones give a program ambient capabilities that are not inheritable; the runtime warns of that unless it is root's.
b()
{
	buildah run --isolation oci --runtime "$RUNTIME" "$@"
}

@test "run: output, exit status, user, directory, environment" {
	ok b work echo hi
	says hi
	gives 7 b work sh -c 'exit 7'
	ok b --user app --workingdir /tmp --env A=b work sh -c 'id -u; pwd; echo $A'
	is $'1234\n/tmp\nb'
	fails b work nope
	says "executable file not found"
}

@test "run -t, volumes, capabilities, read-only binds" {
	terminal "buildah run --isolation oci --runtime $RUNTIME -t work tty"
	says /dev/pts/
	mkdir -p "$W/tmp/v"; echo data >"$W/tmp/v/f"
	ok b -v "$W/tmp/v:/v:ro" work sh -c 'cat /v/f; touch /v/g || echo ro'
	says data ro
	# Old ones leave these words for the engine among the options of the mount.
	ok b -v "$W/tmp/v:/v:z,U" --user app work sh -c 'echo mine >/v/mine && stat -c %u /v/mine'
	is 1234
	ok b --cap-add CAP_NET_ADMIN work grep CapEff /proc/self/status
	[[ $output =~ [13579bdf]...$ ]]
}

@test "what is run is kept, and committed" {
	ok b work sh -c 'echo kept >/kept'
	ok b work cat /kept
	says kept
	ok buildah commit -q work kept
	ok buildah from --name again localhost/kept
	ok b again cat /kept
	says kept
	ok buildah rm again
}

@test "bud with RUN and its mounts" {
	mkdir -p "$W/tmp/build"
	cat >"$W/tmp/build/Containerfile" <<-'EOT'
		FROM localhost/box
		RUN echo one >/one
		USER app
		RUN --mount=type=tmpfs,target=/t --mount=type=bind,target=/context id -u >/tmp/uid && cat /context/Containerfile >/dev/null
		RUN --mount=type=cache,target=/cache,uid=1234,z touch /cache/file
		RUN --mount=type=secret,id=s,uid=1234 cat /run/secrets/s >/tmp/secret
	EOT
	echo hidden >"$W/tmp/secret"
	ok buildah bud --isolation oci --runtime "$RUNTIME" --secret "id=s,src=$W/tmp/secret" -t made "$W/tmp/build"
	ok buildah from --name made localhost/made
	ok b made cat /one /tmp/uid /tmp/secret
	is $'one\n1234\nhidden'
	ok buildah rm made
	printf 'FROM localhost/box\nRUN exit 9\n' >"$W/tmp/build/Containerfile"
	fails buildah bud --isolation oci --runtime "$RUNTIME" "$W/tmp/build"
	says "exit status 9"
}

@test "nothing stays in the runtime" {
	[ "$RUNTIME_NAME" = ctr-run ] || skip "asks ctr-run"
	ok ctr-run list -q
	is ""
}
