# podman.bash - what the podman files share: settings, an image, a container, and the end of all that
#
# A file that wants another set-up or clean-up defines its own setup_file or teardown_file after loading this.

setup_file()
{
	podman_long
}

teardown_file()
{
	began || return 0
	podman_teardown
}

# podman_setup || return 0: contrib/'s settings, and what this kind of machine needs.
podman_setup()
{
	need podman conmon || return
	mkdir -p /etc/containers/containers.conf.d
	{
		echo '[containers]'
		# podman asks for 1048576 open files, which only CAP_SYS_RESOURCE may give.
		has_capability 24 || echo 'default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]'
		echo 'log_driver = "k8s-file"'
		[ "$VIEW" != v2 ] || has_controller pids || echo 'pids_limit = 0'
		echo '[engine]'
		echo 'cgroup_manager = "cgroupfs"'
		echo 'events_logger = "file"'
		[ "$RUNTIME_NAME" = ctr-run ] || printf 'runtime = "%s"\n[engine.runtimes]\n%s = ["%s"]\n' \
			"$RUNTIME_NAME" "$RUNTIME_NAME" "$RUNTIME"
	} >/etc/containers/containers.conf
	[ "$RUNTIME_NAME" != ctr-run ] || cp "$TOP/contrib/podman/ctr-run.conf" /etc/containers/containers.conf.d/
}

# The set-up of a file whose tests take the image box.
podman_box()
{
	podman_setup || return 0
	podman load -i "$IMAGES/box.tar"
}

# The same with a container that runs all the time, long.
podman_long()
{
	podman_box
	! began || podman run -d --name long box sleep 10000
}

# For tests with pods, each of which has a cgroup.
need_pods()
{
	[[ $VIEW != v2 || $(podman --version) != *" 4."* ]] ||
		skip "podman 4 with cgroupfs forbids a pod in v2 all devices"
}

# What podman itself leaves of a machine's worth of containers.
podman_teardown()
{
	local folder

	podman rm --all --force --time 0 || :
	podman pod rm --all --force || :
	podman network prune --force || :
	podman rmi --all --force || :
	# The cgroups of conmon and of pods; in hierarchies that podman does not know those of pods stay for everybody.
	for folder in /sys/fs/cgroup/libpod_parent /sys/fs/cgroup/*/libpod_parent; do
		[ ! -d "$folder" ] || find "$folder" -depth -type d ! -name 'libpod-*' -exec rmdir {} + 2>/dev/null || :
	done
	umount /run/netns 2>/dev/null || :
	rm -rf /run/netns
}
