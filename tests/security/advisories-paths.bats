# How paths led out of containers in other runtimes: none of it works here.  A test's name begins with its advisories; the
# table in SECURITY.md has them all (tests/security/table.bats compares).
load ../bats/helpers
load ../bats/lib/mounts
load ../bats/lib/namespaces
load ../bats/lib/programs
load hostile

# The container cannot be made, for these reasons, and nothing outside was touched.
refused()
{
	rt_fail run web </dev/null
	says "$@"
	untouched "$BATS_TEST_DESCRIPTION"
}

ran()
{
	run -0 rt run web </dev/null
	untouched "$BATS_TEST_DESCRIPTION"
}

receiver()
{
	"$OUTSIDE" receive "$T/listener" 1000 >"$T/received" 2>&1 3>&- 4>&- &
	receiver=$!
	wait_for test -S "$T/listener"
}

with_terminal()
{
	local code=0
	timeout 20 "${RT[@]}" run -d --console-socket "$T/listener" web >"$T/said" 2>&1 3>&- 4>&- </dev/null || code=$?
	output=$(<"$T/said")
	[ ! -e "$STATE/web" ] || rt delete --force web
	return $code
}

@test "CVE-2014-6407, CVE-2014-9356, CVE-2015-3629: a mount's target behind a symlink of the image is made inside" {
	ln -s / rootfs/up
	ln -s "$T/canary" rootfs/out
	ln -s ../../../../../../../.. rootfs/far
	spec '.mounts += [{destination: ("/up" + $t + "/canary/sub/a"), type: "tmpfs", source: "tmpfs"},
		{destination: "/out/sub/b", type: "bind", source: ($t + "/source/file"), options: ["bind"]},
		{destination: ("/far" + $t + "/canary/c"), type: "bind", source: ($t + "/source/folder"), options: ["bind"]}]' --arg t "$T"
	ran
	[ -d "rootfs$T/canary/sub/a" ] && [ -f "rootfs$T/canary/sub/b" ] && [ -d "rootfs$T/canary/c" ]
}

@test "CVE-2014-9357, CVE-2022-23648, CVE-2018-15664: what a tmpfs begins with (tmpcopyup) is the image's, links as links" {
	mkdir rootfs/copy/sub
	ln -s "$T/canary/file" rootfs/copy/secret
	ln -s ../../canary rootfs/copy/sub/up
	spec '.process.args = ["sh", "-c", "cd /copy; [ -L secret ] && [ -L sub/up ] && ! cat secret sub/up/file"]'
	ran
	# The folder itself is a link.
	rm -r rootfs/copy
	ln -s "../../canary" rootfs/copy
	spec '.process.args = ["sh", "-c", "ls -R /copy/ /canary"]'
	run rt run web </dev/null
	says_not passwd
	untouched "a link in the place of the copied folder"
}

@test "CVE-2015-3627: no descriptor of the runtime is left to the image's program" {
	inside fds
	run -0 rt run web </dev/null
	[ "$(cut -d ' ' -f 1 <<<"$output" | tr '\n' ' ')" = "0 1 2 " ]
}

@test "CVE-2015-3630, CVE-2015-3631, CVE-2019-16884: nothing is mounted over /proc or into it" {
	local target
	for target in /proc/sys /proc/self /proc/self/attr /proc/1/attr/exec /proc/../proc/sys/kernel /work/../proc/self/attr; do
		cp "$T/config" config.json
		add_mount "$target" bind "$T/source/folder" bind
		refused "is inside /proc"
	done
	cp "$T/config" config.json
	add_mount /proc tmpfs tmpfs
	refused "/proc cannot be mounted because it is not of type proc"
	cp "$T/config" config.json
	add_mount /proc bind "$T/source/folder" bind
	refused "/proc cannot be mounted because it is not of type proc"
	# By a link of the image.
	cp "$T/config" config.json
	rm rootfs/etc/hosts
	ln -s /proc/self/attr/exec rootfs/etc/hosts
	run rt run web </dev/null
	[ "$status" != 0 ]
	untouched "a link into /proc"
}

@test "CVE-2019-16884: a label that cannot be written is an error, also where the image has a /proc of its own" {
	[ ! -e /sys/kernel/security/apparmor ] || skip "this machine has AppArmor: the test of labels is another one"
	mkdir -p rootfs/proc/self/attr/apparmor
	: >rootfs/proc/self/attr/exec
	: >rootfs/proc/self/attr/apparmor/exec
	spec '.mounts |= map(select(.destination != "/proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = [] |
		.process.apparmorProfile = "docker-default"'
	refused apparmor
	[ ! -s rootfs/proc/self/attr/exec ]
	[ ! -s rootfs/proc/self/attr/apparmor/exec ]
}

@test "CVE-2019-18837, CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867: /proc or /sys is a symlink" {
	local place target
	for place in proc sys; do
		for target in /tmp ../../canary "$T/canary" /dev /proc/self nowhere; do
			rm -rf "rootfs/$place"
			ln -s "$target" "rootfs/$place"
			refused "must be mounted on ordinary directory"
		done
		rm "rootfs/$place"
		mkdir "rootfs/$place"
	done
}

@test "CVE-2024-5154: no file of the image is written, and none beside it through a link" {
	local name
	# What runtimes and engines like to put into a root.
	for name in mtab hostname hosts resolv.conf passwd group localtime; do
		rm -f "rootfs/etc/$name"
		ln -s "../../../canary/$name" "rootfs/etc/$name"
	done
	ln -s ../../canary/containerenv rootfs/run
	spec '.mounts |= map(select(.destination != "/etc/hosts"))'
	ran
	same "../../../canary/mtab" "$(readlink rootfs/etc/mtab)"
}

@test "CVE-2025-24965: each file and folder that is made for a mount is made inside" {
	local place
	for place in /etc/hosts /data/sub /copy /dev/shm /opt/device /opt/fifo /work/deep; do
		rm -rf rootfs
		cp -a "$T/pristine" rootfs
		no_dev
		rm -rf "rootfs$place"
		ln -s "$T/canary/new" "rootfs$place"
		run rt run web </dev/null
		untouched "a dangling link at $place"
		rm "rootfs$place"
		ln -s ../../../canary/new/newer "rootfs$place"
		run rt run web </dev/null
		untouched "a dangling link up at $place"
	done
}

@test "CVE-2025-31133, CVE-2025-62161: a mask is never the image's own /dev/null" {
	local kind
	for kind in /proc/sys/kernel/core_pattern ../../canary/file "$T/canary/file" /proc/sysrq-trigger; do
		no_dev_at_all
		rm -f rootfs/dev/null
		ln -s "$kind" rootfs/dev/null
		spec '.linux.maskedPaths = ["/masked/file", "/proc/kcore"] | .process.args = ["sh", "-c",
			"[ -c /masked/file ] && [ -z \"$(cat /masked/file)\" ] && echo x >/masked/file; ls -l /masked/file; cat /masked/file"]'
		# The root's own null is to be made and is not one: that is refused.
		run rt run web </dev/null
		[ "$status" = 1 ]
		untouched "masks, /dev/null is a link to $kind"
		# There is one, but none for masks.
		add_mount /dev tmpfs tmpfs
		run -0 rt run web </dev/null
		says "1,   3"
		untouched "masks, /dev/null below the mount is a link to $kind"
		cp "$T/config" config.json
	done
	# A file, and another device.
	rm rootfs/dev/null
	echo secret >rootfs/dev/null
	no_dev_at_all
	spec '.linux.maskedPaths = ["/masked/file"] | .process.args = ["sh", "-c", "cat /masked/file; ls -l /masked/file"]'
	run rt run web </dev/null
	says_not secret
	same secret "$(<rootfs/dev/null)"
}

@test "CVE-2025-52565: the terminal is the one that was opened, whatever the image has at /dev/console and /dev/pts" {
	local place target
	receiver
	snapshot >"$T/before" 2>&1
	spec '.process.terminal = true'
	cp config.json "$T/config"
	for place in console pts pts/0 pts/ptmx; do
		for target in ../../../canary/file /proc/sys/kernel/core_pattern "$T/canary/file" /dev/null; do
			rm -rf rootfs
			cp -a "$T/pristine" rootfs
			cp "$T/config" config.json
			no_dev
			mkdir -p rootfs/dev/pts
			rm -rf "rootfs/dev/$place"
			ln -s "$target" "rootfs/dev/$place"
			with_terminal || true
			untouched "/dev/$place is a link to $target"
		done
	done
	kill "$receiver"
}

@test "CVE-2025-52881, CVE-2025-62596, CVE-2025-65105: sysctls reach the kernel, not what is mounted over /proc" {
	spec '.linux.sysctl = {"kernel.msgmax": "7777"} | .process.args = ["cat", "/proc/sys/kernel/msgmax"]'
	test_mount --bind "$T/canary/file" /proc/sys/kernel/msgmax
	ran
	same 7777 "$output"
	# The one at hand, where a private one is refused.  Newer kernels have a file for each IPC namespace, which is not
	# the one that is covered.
	CTR_RUN_DISABLE=procfs run rt run web </dev/null
	[ "$status" = 1 ] || same 7777 "$output"
	untouched "with the visible /proc only"
	# A folder above it.
	: >"$T/canary/sub/msgmax"
	mkdir "$T/canary/sub/random"
	cat /proc/sys/kernel/random/boot_id >"$T/canary/sub/random/boot_id"
	test_mount --bind "$T/canary/sub" /proc/sys/kernel
	snapshot >"$T/before" 2>&1
	run -0 rt run web </dev/null
	same 7777 "$output"
	CTR_RUN_DISABLE=procfs run rt run web </dev/null
	[ "$status" = 1 ]
	says "/linux/sysctl/kernel.msgmax"
	untouched "with a mount over a folder of /proc"
}

@test "CVE-2025-52881: id maps are the kernel's too" {
	spec '.process.args = ["cat", "/proc/self/uid_map"]'
	chown -R 100000:100000 rootfs
	user_namespace
	spec '.linux.devices = []'
	ran
	same "0 100000 65536" "$(tr -s ' ' <<<"$output" | sed 's/^ //')"
	# A /proc that is not the root of a procfs is not believed.
	CTR_RUN_DISABLE=procfs run unshare -m bash -c 'mount --bind /proc/$$ /proc; exec "$@"' x "${RT[@]}" run web </dev/null 3>&- 4>&-
	same 1 "$status"
	CTR_RUN_DISABLE=procfs run unshare -m bash -c 'mount --bind /proc/sys /proc; exec "$@"' x "${RT[@]}" run web </dev/null 3>&- 4>&-
	same 1 "$status"
	CTR_RUN_DISABLE=procfs run unshare -m bash -c 'mount -t tmpfs none /proc; mkdir /proc/self; exec "$@"' x "${RT[@]}" run web </dev/null 3>&- 4>&-
	same 1 "$status"
}

@test "CVE-2026-41579, CVE-2026-47766: /dev of the image is a symlink: nothing of the host's is removed or made" {
	local target
	mkdir "$T/canary/host"
	mknod "$T/canary/host/ptmx" c 5 2
	mknod "$T/canary/host/null" c 1 3
	: >"$T/canary/host/fd"
	chmod -R a+rwX "$T/canary/host"
	snapshot >"$T/before" 2>&1
	for target in ../../canary/host "$T/canary/host" "/proc/1/root$T/canary/host"; do
		rm -rf rootfs/dev
		ln -s "$target" rootfs/dev
		cp "$T/config" config.json
		run rt run web </dev/null
		untouched "/dev is a link to $target"
		no_dev
		run rt run web </dev/null
		untouched "/dev is a link to $target, no mount there"
		no_dev_at_all
		run rt run web </dev/null
		untouched "/dev is a link to $target, no mount there or below"
	done
	[ -c /dev/ptmx ] && [ -c /dev/null ]
}

@test "CVE-2026-88264: /dev/console of the image is a symlink: no file is made where it points" {
	local target readonly
	receiver
	snapshot >"$T/before" 2>&1
	spec '.process.terminal = true'
	no_dev
	mkdir -p rootfs/dev/pts
	for readonly in false true; do
		spec '.root.readonly = $r' --argjson r $readonly
		for target in ../../../canary/console "$T/canary/console" "../../../canary/file"; do
			rm -f rootfs/dev/console
			ln -s "$target" rootfs/dev/console
			if with_terminal; then
				echo "it was followed or ignored: $target"
				return 1
			fi
			untouched "/dev/console is a link to $target, read-only: $readonly"
		done
	done
	kill "$receiver"
}

@test "CVE-2026-88265: the image's /dev/null is neither stdio nor given to the user of the process" {
	no_dev_at_all
	spec '.process.user.uid = 1000 | .process.args = ["sh", "-c", "readlink /proc/self/fd/0; readlink /proc/self/fd/1"]'
	rm -f rootfs/dev/null
	ln -s ../../../canary/file rootfs/dev/null
	"$OUTSIDE" without 012 "${RT[@]}" run web 3>&- 4>&- || true
	untouched "closed stdio, /dev/null is a link"
	rm rootfs/dev/null
	cp rootfs/bin/busybox rootfs/dev/null
	same 0 "$(stat -c %t%T rootfs/dev/null | sed 's/^00$/0/')"
	"$OUTSIDE" without 012 "${RT[@]}" run web 3>&- 4>&- || true
	same 0 "$(stat -c %u rootfs/dev/null)"
	"${RT[@]}" run web </dev/null >/dev/null 2>&1 3>&- 4>&- || true
	same "0 0" "$(stat -c '%u %g' /dev/null)"
	same 0 "$(stat -c %u rootfs/dev/null)"
	untouched "closed stdio, /dev/null is a file"
	# One that runs, with a null device of the caller's for stdio.
	rm rootfs/dev/null
	mknod "$T/canary/stdio" c 1 3
	chmod 666 "$T/canary/stdio"
	snapshot >"$T/before" 2>&1
	mkdir "$T/out.d"
	chmod 777 "$T/out.d"
	add_mount /tmp none "$T/out.d" bind
	program sh -c 'id -u >/tmp/uid'
	"${RT[@]}" run web <"$T/canary/stdio" >"$T/canary/stdio" 2>&1 3>&- 4>&-
	same 1000 "$(<"$T/out.d/uid")"
	rm -r "$T/out.d"
	same "0 0" "$(stat -c '%u %g' "$T/canary/stdio")"
	untouched "a null device for stdio"
}

@test "runc#5351: exec joins no cgroup outside of the container's" {
	local path
	spec '.process.args = ["sleep", "1000"]'
	rt run -d web
	! rt exec --cgroup no-such-cgroup web true || skip "exec --cgroup does nothing in this build"
	mkdir "$(cgroup_dir)-2"
	for path in "../${CGROUP##*/}-2" "/../${CGROUP##*/}-2" "x/../../${CGROUP##*/}-2" .. ../..; do
		rt_fail exec --cgroup "$path" web true
		[ "$VIEW" = v2 ] || rt_fail exec --cgroup "memory:$path" web true
	done
	[ -z "$(cat "$(cgroup_dir)-2/cgroup.procs")" ]
	rmdir "$(cgroup_dir)-2"
}
