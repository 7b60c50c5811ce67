# What the config mounts is there, where and in the order it says.
load helpers
load lib/mounts

@test "a folder of the host is bound" {
	mkdir "$T/data"
	echo from the host >"$T/data/file"
	add_mount /data none "$T/data" bind
	see 'cat /data/file; echo from inside >/data/new'
	[ "$output" = "from the host" ]
	[ "$(cat "$T/data/new")" = "from inside" ]
}

@test "a file of the host is bound on a file" {
	echo from the host >"$T/file"
	add_mount /etc/hostname none "$T/file" bind ro
	see 'cat /etc/hostname; echo x >/etc/hostname || cat /etc/hostname'
	says "from the host" "Read-only file system"
	[ "$(cat rootfs/etc/hostname)" = example ]
}

@test "targets that are missing are made: folders with mode 755, an empty file" {
	mkdir -m 700 "$T/data"
	: >"$T/file"
	umask 077
	add_mount /new/deep/folder none "$T/data" bind
	add_mount /new/other/file none "$T/file" bind
	see 'test -d /new/deep/folder && test -f /new/other/file'
	same "755 directory" "$(stat -c '%a %F' rootfs/new/deep)"
	same "755 directory" "$(stat -c '%a %F' rootfs/new/deep/folder)"
	same "regular empty file" "$(stat -c %F rootfs/new/other/file)"
}

@test "targets are made below an earlier mount, not below what it covers" {
	mkdir "$T/data"
	add_mount /mnt tmpfs tmpfs
	add_mount /mnt/a/b none "$T/data" bind
	see
	is_mounted /mnt/a/b
	[ ! -e rootfs/mnt/a ]
}

@test "bind takes one mount, rbind what is mounted below it too" {
	mkdir -p "$T/data/sub"
	test_mount -t tmpfs sub "$T/data/sub"
	: >"$T/data/sub/file"
	add_mount /one none "$T/data" bind
	add_mount /all none "$T/data" rbind
	see 'ls /one/sub; echo --; ls /all/sub'
	same $'--\nfile' "$output"
	is_mounted /all/sub
	run ! is_mounted /one/sub
}

@test "the option makes a bind mount, not the type" {
	local type

	mkdir "$T/data"
	: >"$T/data/file"
	for type in - none bind tmpfs proc made-up; do
		add_mount "/data$type" "$type" "$T/data" bind
	done
	see 'ls -d /data*/file'
	same 6 "$(wc -l <<<"$output")"
}

@test "a relative source is below the bundle" {
	mkdir data ../beside
	: >data/file
	: >../beside/file
	add_mount /a none data bind
	add_mount /b none ./data/../data bind
	add_mount /c none ../beside bind
	cd /
	spec() { (cd "$BUNDLE" && jq "$1" "${@:2}" <config.json >c.new && mv c.new config.json); }
	spec '.process.args = ["ls", "/a", "/b", "/c"]'
	run -0 rt run --bundle "$BUNDLE" web
	same 3 "$(grep -c file <<<"$output")"
}

@test "a relative destination is below the root" {
	mkdir "$T/data"
	: >"$T/data/file"
	add_mount mnt/x none "$T/data" bind
	see 'ls /mnt/x'
	[ "$output" = file ]
}

@test "destinations with .. and double slashes stay in the root" {
	mkdir "$T/data"
	: >"$T/data/file"
	add_mount /../../..//mnt/./y/../x/ none "$T/data" bind
	see 'ls /mnt/x'
	[ "$output" = file ]
}

@test "mounts are made in the order of the config" {
	mkdir "$T/data"
	: >"$T/data/file"
	add_mount /a/b none "$T/data" bind
	add_mount /a tmpfs tmpfs
	add_mount /c tmpfs tmpfs
	add_mount /c/d none "$T/data" bind
	add_mount /e none "$T/data" bind
	add_mount /e tmpfs tmpfs
	see 'ls /a; echo --; ls /c/d; echo --; ls /e'
	same $'--\nfile\n--' "$output"
}

@test "a source that is missing is an error that names it, and where it stands" {
	add_mount /data none "$T/nothing" bind
	rt_fail create web
	says "config.json:$(grep -n '"destination": "/data"' config.json | cut -d : -f 1 | awk '{ print $1 - 1 }'):" \
		"/mounts/$(mount_index)" "$T/nothing" "no such file or directory"
	[ -z "$(ls -A "$STATE")" ]
}

@test "a bind mount without a source is an error" {
	add_mount /data none "" bind
	rt_fail create web
	says "/mounts/$(mount_index)/source" "a bind mount needs a source"
	spec 'del(.mounts[-1].source)'
	rt_fail create web
	says "a bind mount needs a source"
}

@test "a folder on a file and a file on a folder are errors that say so" {
	mkdir "$T/data"
	: >"$T/file"
	cp config.json before.json
	add_mount /etc/passwd none "$T/data" bind
	rt_fail create web
	says "/mounts/$(mount_index)" /etc/passwd
	cp before.json config.json
	add_mount /etc none "$T/file" bind
	rt_fail create web
	says "/mounts/$(mount_index)" /etc
}

@test "symlinks in a target are followed inside the root only" {
	mkdir -p "$T/data" "$T/outside" rootfs/real
	: >"$T/data/file"
	ln -s /real rootfs/absolute
	ln -s ../../../../real rootfs/up
	ln -s "$T/outside" rootfs/away
	add_mount /absolute/a none "$T/data" bind
	add_mount /up/b none "$T/data" bind
	add_mount /away/c none "$T/data" bind
	see 'ls /real/a /real/b'
	is_mounted /real/a
	is_mounted /real/b
	is_mounted "$T/outside/c"
	[ -z "$(ls "$T/outside")" ]
	[ -d "rootfs$T/outside/c" ]
}

@test "src-nofollow binds the symlink's place itself or refuses; it never follows" {
	mkdir "$T/data"
	: >"$T/data/secret"
	ln -s "$T/data" "$T/link"
	add_mount /mnt none "$T/link" bind
	see 'ls /mnt'
	[ "$output" = secret ]
	spec '.mounts[-1].options += ["src-nofollow"]'
	shell 'ls /mnt/'
	run rt run web
	says_not secret
}

@test "dest-nofollow never mounts where a symlink of the rootfs leads" {
	mkdir -p "$T/data" rootfs/real
	: >"$T/data/secret"
	ln -s /real rootfs/link
	add_mount /link none "$T/data" bind dest-nofollow
	shell 'ls /real'
	run rt run web
	says_not secret
	add_mount /plain none "$T/data" bind dest-nofollow
	spec 'del(.mounts[-2])'
	see 'ls /plain'
	[ "$output" = secret ]
}

@test "copy-symlink makes the same symlink in the container" {
	ln -s some/where "$T/link"
	add_mount /opt/link none "$T/link" bind copy-symlink
	see 'readlink /opt/link'
	[ "$output" = some/where ]
	run ! is_mounted /opt/link
	# Once more on the same rootfs, and over another link.
	see 'readlink /opt/link'
	ln -sfn other rootfs/opt/link
	rt_fail run web
	says "/mounts/$(mount_index)"
	# What is no symlink is bound.
	mkdir "$T/data"
	spec '.mounts[-1] |= (.source = $data | .destination = "/data")' --arg data "$T/data"
	see
	is_mounted /data
}

@test "in a read-only bind the config's mounts find their place, and nothing else can be made there" {
	local made=$'data\ndata/deep\ndata/deep/er\ndata/file\ndata/folder'
	mkdir "$T/data"
	echo from the host >"$T/text"
	add_mount /data none "$T/data" rbind ro
	add_mount /data/folder tmpfs tmpfs
	add_mount /data/folder/sub tmpfs tmpfs
	add_mount /data/file none "$T/text" bind
	add_mount /data/deep/er none "$T/data" bind
	program true
	cp config.json "$T/config"
	see 'cat /data/file; echo >/data/folder/sub/new; ls /data/deep/er; ! echo >/data/new'
	same $'from the host\ndeep\nfile\nfolder' "${output%%$'\nsh:'*}"
	[[ $(attributes /data) == ro,* ]]
	same "$made" "$(cd "$T" && find data | sort)"
	# An image whose links lead into it, at the place of another mount, as a working directory, as a folder of devices.
	ln -s /data/image rootfs/etc/hosts
	ln -s /data rootfs/app
	cp "$T/config" config.json
	add_mount /etc/hosts none "$T/text" bind
	rt_fail run web
	says "read-only"
	cp "$T/config" config.json
	spec '.process.cwd = "/app/image"'
	rt_fail run web
	cp "$T/config" config.json
	add_mount /app/image tmpfs tmpfs
	rt_fail run web
	cp "$T/config" config.json
	spec '.linux.devices = [{path: "/app/fifo", type: "p"}]'
	rt_fail run web
	same "$made" "$(cd "$T" && find data | sort)"
}

@test "devices and the terminal's file find their place in a read-only bind" {
	need_root
	mkdir "$T/data"
	add_mount /data none "$T/data" bind ro
	spec '.linux.devices = [{path: "/data/null", type: "c", major: 1, minor: 3}, {path: "/data/deep/fifo", type: "p"}]'
	see 'echo >/data/null; ls /data/deep; ! echo >/data/new'
	same fifo "${output%%$'\nsh:'*}"
	[ -p "$T/data/deep/fifo" ]
}

@test "the root itself is a target only before all others" {
	local target
	for target in / . // /..; do
		add_mount "$target" tmpfs tmpfs
		rt_fail create web
		says "/mounts/$(mount_index)/destination" "the root must be the first mount"
		spec 'del(.mounts[-1])'
	done
}

@test "the root itself is no target, neither if a link of the image leads there" {
	local options
	need_root
	test_mount -t tmpfs -o size=64m test "$BUNDLE/rootfs"
	cp -a "$SUITE/rootfs/." rootfs
	ln -s . rootfs/data
	ln -s / rootfs/other
	program true
	cp config.json "$T/config"
	mkdir "$T/volume"
	for options in '"bind"' '"remount", "size=32m"' '"remount", "ro"' '"rslave"'; do
		for target in /data /other; do
			cp "$T/config" config.json
			spec ".mounts += [{destination: \$t, source: \$s, options: [$options]}]" --arg s "$T/volume" --arg t "$target"
			rt_fail run web
			says "/mounts/$(mount_index)" "symlink of the "
		done
	done
	cp "$T/config" config.json
	add_mount /data tmpfs tmpfs
	rt_fail run web
	says "leads to the root itself"
	grep -q " $BUNDLE/rootfs .*size=65536k" /proc/self/mountinfo
}

@test "a remount or a propagation follows links of the image only to what was mounted by that name" {
	local options to
	need_root
	mkdir "$T/volume"
	add_mount /volume none "$T/volume" bind ro
	for options in '"remount", "rw"' '"rshared"'; do
		for to in / /proc /sys /volume; do
			ln -sfnT "$to" rootfs/link
			spec ".mounts += [{destination: \"/link\", options: [$options]}]"
			rt_fail create web
			says "/mounts/$(mount_index)" "a symlink of the container leads from /link to somewhere else"
			spec 'del(.mounts[-1])'
		done
	done
	mkdir rootfs/real
	ln -sfnT /real rootfs/link
	add_mount /link tmpfs tmpfs
	add_mount /link none "" remount ro
	see
	has "$(attributes /real)" ro
}

@test "/proc takes nothing but procfs" {
	mkdir "$T/data"
	add_mount /proc tmpfs tmpfs
	rt_fail create web
	says "/mounts/$(mount_index)/destination" "not of type proc"
	spec 'del(.mounts[-1])'
	add_mount /proc none "$T/data" bind
	rt_fail create web
	says "not of type proc"
}

@test "below /proc only what lxcfs and CRIU need may be covered" {
	local file
	echo covered >"$T/file"
	for file in cpuinfo meminfo uptime stat loadavg swaps diskstats; do
		add_mount "/proc/$file" none "$T/file" bind
	done
	see 'cat /proc/cpuinfo /proc/uptime'
	same $'covered\ncovered' "$output"
	for file in self/attr/current sys/kernel/hostname sysrq-trigger 1/environ cpuinfo/../version; do
		add_mount "/proc/$file" none "$T/file" bind
		rt_fail create web
		says "/mounts/$(mount_index)/destination" "cannot be mounted because it is inside /proc"
		spec 'del(.mounts[-1])'
	done
}

@test "remount changes a mount that is there, and keeps what it does not name" {
	mkdir "$T/data"
	add_mount /data none "$T/data" bind nosuid nodev
	add_mount /data none "" remount bind ro
	add_mount /tmp tmpfs tmpfs size=1m
	add_mount /tmp - "" remount size=2m noexec
	see
	same ro,nosuid,nodev,relatime "$(attributes /data)"
	has "$(filesystem /tmp | cut -d ' ' -f 3)" size=2048k
	has "$(attributes /tmp)" noexec rw
}

@test "an option that the file system does not know is an error with the kernel's words" {
	add_mount /mnt tmpfs tmpfs nosuid bogus=1
	rt_fail create web
	says "/mounts/$(mount_index)" bogus "$(! kernel_since 5.12 || echo "Unknown parameter")"
	spec '.mounts[-1].options = ["mode=banana"]'
	rt_fail create web
	says "/mounts/$(mount_index)" mode
}

@test "a file system that the kernel does not know is an error" {
	add_mount /mnt nosuchfs x
	rt_fail create web
	says "/mounts/$(mount_index)" nosuchfs
}

@test "an entry without type or bind is an error, and type bind needs the option" {
	add_mount /mnt - /etc
	rt_fail create web
	says "/mounts/$(mount_index)"
	spec '.mounts[-1] |= (.type = "bind" | .options = ["ro"])'
	rt_fail create web
	says "/mounts/$(mount_index)/options" '"bind" or "rbind"'
}

@test "a bind mount takes no option of a file system" {
	mkdir "$T/data"
	add_mount /mnt none "$T/data" bind ro mode=755
	rt_fail create web
	says "/mounts/$(mount_index)/options/2" "bind mounts cannot have any filesystem-specific options applied" mode=755
}

@test "a bind mount may have podman's notes on how its volume was made" {
	mkdir "$T/data"
	touch "$T/data/file"
	add_mount /mnt bind "$T/data" volume-opt=type=tmpfs volume-opt=device=tmpfs volume-opt=o=nodev,size=1m rbind ro
	see 'ls /mnt; grep " /mnt " /proc/mounts'
	says file ro,
	says_not volume-opt
	spec '.mounts[-1].options |= . - ["volume-opt=device=tmpfs"] + ["volume-opts"]'
	rt_fail create other
	says "filesystem-specific options" '"volume-opts"'
	spec '.mounts[-1] |= (.type = "tmpfs" | .options = ["volume-opt=type=tmpfs"])'
	rt_fail create other
	says "/mounts/$(mount_index)" volume-opt
}

@test "a bind mount may have buildah's words for labelling and owning its source" {
	mkdir "$T/data"
	touch "$T/data/file"
	add_mount /mnt bind "$T/data" z U Z rbind ro
	see 'ls /mnt; grep " /mnt " /proc/mounts'
	says file ro,
	[ "$(stat -c %u "$T/data/file")" = 0 ]
	spec '.mounts[-1].options |= . - ["U"] + ["u"]'
	rt_fail create other
	says "filesystem-specific options" '"u"'
	spec '.mounts[-1].options |= . - ["u"] + ["zZ"]'
	rt_fail create other
	says "filesystem-specific options" '"zZ"'
	spec '.mounts[-1] |= (.type = "tmpfs" | .options = ["z"])'
	rt_fail create other
	says "/mounts/$(mount_index)"
}

@test "tmpcopyup is for tmpfs, src-nofollow for bind mounts" {
	mkdir "$T/data"
	add_mount /mnt none "$T/data" bind tmpcopyup
	rt_fail create web
	says "/mounts/$(mount_index)/options/1" tmpcopyup
	spec '.mounts[-1] |= (.type = "tmpfs" | .options = ["src-nofollow"])'
	rt_fail create web
	says "/mounts/$(mount_index)/options/0" "for bind mounts only"
}

@test "many mounts, and one target a hundred times" {
	mkdir "$T/data"
	spec '.mounts += [range(100) | {destination: "/many/\(.)", type: "none", source: $data, options: ["rbind", "ro"]}]' --arg data "$T/data"
	spec '.mounts += [range(100) | {destination: "/same", type: "none", source: $data, options: ["bind"]}]' --arg data "$T/data"
	see
	same 200 "$(awk '$5 ~ "^/(many/[0-9]*|same)$"' "$T/mounts" | wc -l)"
}

@test "a source that only root can reach is bound into a user namespace" {
	mkdir -m 700 "$T/private"
	mkdir "$T/private/data" rootfs/data
	: >"$T/private/data/file"
	add_mount /data none "$T/private/data" bind
	user_namespace
	see 'ls /data'
	[ "$output" = file ]
}

# "FILE in FOLDER" as a container sees it whose /a has been mounted before.
bound_from_a()
{
	mkdir -p "$T/data/sub" rootfs/a/sub rootfs/b
	echo host >rootfs/a/sub/file
	echo mounted >"$T/data/sub/file"
	add_mount /a none "$T/data" bind
	add_mount /b none "$1" bind
	see 'cat /b/file'
}

@test "a source in the rootfs is what an earlier entry has mounted there" {
	bound_from_a rootfs/a/sub
	[ "$output" = mounted ]
}

@test "a source in the rootfs on which nothing is mounted is the host's" {
	mkdir -p rootfs/a/sub rootfs/b
	echo host >rootfs/a/sub/file
	add_mount /b none rootfs/a/sub bind
	see 'cat /b/file'
	[ "$output" = host ]
}

@test "a source on an earlier mount is looked up inside the root: a link of it leads nowhere else" {
	mkdir "$T/secret" rootfs/secret
	echo secret >"$T/secret/file"
	mkdir "$T/data"
	ln -s "$T/secret" "$T/data/way"
	add_mount /a none "$T/data" bind
	add_mount /b none rootfs/a/way bind
	mkdir rootfs/b
	rt_fail create web
	says "/mounts/" "no such file or directory"
}

@test "a source on an earlier mount, in a user namespace" {
	user_namespace
	bound_from_a "$BUNDLE/rootfs/a/sub"
	[ "$output" = mounted ]
}

# A bind of it would be without what makes the container's /proc/sys read-only.
@test "a source on an earlier mount that is a link into /proc or /sys is refused" {
	mkdir "$T/data"
	ln -s /proc/sys "$T/data/sysctls"
	ln -s /sys/kernel "$T/data/kernel"
	add_mount /data none "$T/data" bind
	cp config.json "$T/config"
	add_mount /open none "$BUNDLE/rootfs/data/sysctls" bind
	rt_fail run web
	says "leads into /proc by a symlink" "/mounts/$(mount_index)"
	cp "$T/config" config.json
	add_mount /open none "$BUNDLE/rootfs/data/kernel" rbind
	rt_fail run web
	says "leads into /sys by a symlink"
	# Where the config itself says so there is no deceit.
	cp "$T/config" config.json
	add_mount /open none "$BUNDLE/rootfs/proc/sys/kernel" bind ro
	see 'cat /open/ostype'
	same Linux "$output"
}

@test "a destination that is written as the host sees it, below the rootfs, is meant in the container" {
	mkdir "$T/data"
	: >"$T/data/here"
	add_mount "$BUNDLE/rootfs/data" none "$T/data" bind
	see 'ls /data'
	[ "$output" = here ]
}
