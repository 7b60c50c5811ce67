# rootless.bash - an ordinary user's own bundle; load it after helpers
#
#	his ARGS...		ctr-run as user 1000, who has nothing but $XDG_RUNTIME_DIR
#	his_detached ARGS...	the same for create and run -d
#	subids [START [SIZE]]	/etc/passwd lists him as "tester", and /etc/subuid and /etc/subgid give him ids (100000, 65536)
#	mapped			the config maps root to him and 1 to 65535 to his further ids
#	$HIS			the bundle, which is the current folder: rootfs and a config of `spec --rootless`, args ["sleep", "1000"]

setup()
{
	his_bundle
}

his_bundle()
{
	fresh
	as_user 1000 unshare -U true 2>/dev/null || skip "users may not make user namespaces here"
	HIS=$T/his
	mkdir "$HIS"
	cp -a rootfs "$HIS/rootfs"
	chown -R 1000:1000 "$HIS"
	cd "$HIS"
	his spec --rootless
	spec '.process.terminal = false | .process.args = ["sleep", "1000"]'
}

teardown()
{
	his_end
	sweep
}

his_end()
{
	local name
	for name in $(ls "$T/run-1000/ctr-run" 2>/dev/null); do
		his delete --force "$name"
	done
}

his()
{
	as_user 1000 "$RUNTIME" "$@"
}

his_detached()
{
	his "$@" >"$OUT" 2>"$ERR" </dev/null || { cat "$ERR"; return 1; }
}

subids()
{
	need_command newuidmap newgidmap
	printf 'root:x:0:0::/:/bin/sh\ntester:x:1000:1000::/:/bin/sh\n' >"$T/passwd"
	echo "tester:${1-100000}:${2-65536}" >"$T/subids"
	test_mount --bind "$T/passwd" /etc/passwd
	test_mount --bind "$T/subids" /etc/subuid
	test_mount --bind "$T/subids" /etc/subgid
}

mapped()
{
	spec '.linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1}, {containerID: 1, hostID: 100000, size: 65535}] |
		.linux.gidMappings = .linux.uidMappings'
}
