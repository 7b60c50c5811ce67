# hostile.bash - a bundle that uses every place of a rootfs, and a canary beside it; load it after helpers
#
#	untouched ABOUT		nothing outside the rootfs has been made, changed or removed since the test began
#	snapshot		what is compared for that: `snapshot >"$T/before" 2>&1` starts again
#	no_dev			drop the mount at /dev: what is below it is made in the rootfs's own
#	no_dev_at_all		drop those below it too
#
# Everybody may write to the canary, so it is never spared just for lack of rights.

setup()
{
	fresh
	mkdir -p "$T/canary/sub/deep" "$T/source/folder"
	echo canary >"$T/canary/file"
	echo canary >"$T/canary/passwd"
	mknod "$T/canary/null" c 1 5
	ln -s file "$T/canary/link"
	: >"$T/source/file"
	echo inside >"$T/source/folder/inside"
	chmod -R a+rwX "$T/canary" "$T/source"
	mkdir -p rootfs/data/sub rootfs/copy rootfs/masked rootfs/readonly rootfs/work/deep rootfs/opt
	: >rootfs/masked/file
	: >rootfs/etc/hosts
	# A small one: it is made again some hundred times.
	find rootfs/bin -type l ! -name sh ! -name true ! -name sleep ! -name rm ! -name ln ! -name cat ! -name pwd -delete
	cp -a rootfs "$T/pristine"
	spec '.mounts += [
		{destination: "/data/sub", type: "none", source: ($t + "/source/folder"), options: ["rbind", "rw"]},
		{destination: "/etc/hosts", type: "none", source: ($t + "/source/file"), options: ["bind", "ro"]},
		{destination: "/copy", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]}] |
		.linux.maskedPaths += ["/masked", "/masked/file"] | .linux.readonlyPaths += ["/readonly"] |
		.linux.devices = [{path: "/opt/device", type: "c", major: 1, minor: 3}, {path: "/opt/fifo", type: "p"}] |
		.process.cwd = "/work/deep" | .process.args = ["true"] | .root.readonly = false | .process.env = ["PATH=/bin"]' --arg t "$T"
	cp config.json "$T/config"
	snapshot >"$T/before" 2>&1
}

# Everything that a path out of the rootfs could lead to.
snapshot()
{
	find "$T/canary" "$T/source" -printf '%p %i %y %m %U:%G %s %T@ %C@ %n %l\n'
	cat "$T/canary/file" "$T/canary/passwd" "$T/source/file" "$T/source/folder/inside"
	find "$T" "$BUNDLE" -maxdepth 1 ! -name log ! -name out ! -name err ! -name state ! -name before ! -name after ! -name received \
		! -name listener ! -name said ! -name timed-out ! -name 'run-*' -printf '%p\n' | sort
	stat -c '%n %u:%g %a %t:%T %i' /dev/null /dev/ptmx /dev/pts /dev/console || true
	cat /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/kernel/sysrq || true
}

untouched()
{
	snapshot >"$T/after" 2>&1
	cmp -s "$T/before" "$T/after" || { echo "after $*:"; diff "$T/before" "$T/after"; return 1; }
}

no_dev()
{
	spec '.mounts |= map(select(.destination != "/dev"))'
}

no_dev_at_all()
{
	spec '.mounts |= map(select(.destination | startswith("/dev") | not))'
}
