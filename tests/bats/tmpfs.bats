# A tmpfs has the size, mode, owner and contents that the config asks for.
load helpers
load lib/mounts

@test "size, nr_inodes, mode, uid and gid are the file system's" {
	add_mount /t tmpfs tmpfs size=64k nr_inodes=10 mode=1757 uid=7 gid=8
	see 'stat -c "%a %u:%g" /t; dd if=/dev/zero of=/t/big bs=1k count=100 2>&1 | grep -o "No space.*"'
	same $'1757 7:8\nNo space left on device' "$output"
	has "$(filesystem /t | cut -d ' ' -f 3)" size=64k nr_inodes=10 mode=1757
}

@test "without mode= it has the mode of the folder it covers" {
	mkdir -m 750 rootfs/private
	mkdir -m 1770 rootfs/sticky
	add_mount /private tmpfs tmpfs
	add_mount /sticky tmpfs tmpfs size=64k
	add_mount /private2 tmpfs tmpfs mode=700
	add_mount /tmp tmpfs tmpfs nosuid
	see 'stat -c "%a %n" /private /sticky /private2 /tmp'
	same $'750 /private\n1770 /sticky\n700 /private2\n1777 /tmp' "$output"
}

@test "without mode= and without a folder to cover it has the kernel's 1777" {
	add_mount /fresh tmpfs tmpfs
	see 'stat -c %a /fresh'
	same 1777 "$output"
}

@test "it is empty, whatever it covers" {
	add_mount /etc tmpfs tmpfs
	see 'ls -A /etc'
	[ -z "$output" ]
}

@test "tmpcopyup: it begins as a copy of what it covers" {
	mkdir -p rootfs/data/folder/deep
	echo text >rootfs/data/file
	head -c 300000 /dev/urandom >rootfs/data/folder/deep/big
	: >rootfs/data/folder/.hidden
	mkfifo rootfs/data/fifo
	mknod rootfs/data/zero c 1 5
	add_mount /data tmpfs tmpfs tmpcopyup
	see 'cd /data && find . | sort && cat file && md5sum <folder/deep/big && stat -c %F fifo && stat -c "%F %t:%T" zero'
	says "./folder/.hidden" text "$(md5sum <rootfs/data/folder/deep/big | cut -c -32)" fifo "character special file 1:5"
	same 8 "$(grep -c '^\.' <<<"$output")"
}

@test "tmpcopyup: owners, modes and times are copied, of the folder itself too" {
	mkdir -p rootfs/data/folder
	: >rootfs/data/file
	chown 1:2 rootfs/data
	chown 3:4 rootfs/data/file
	chown 5:6 rootfs/data/folder
	chmod 751 rootfs/data
	chmod 4640 rootfs/data/file
	chmod 2750 rootfs/data/folder
	touch -d '2001-02-03 04:05:06 UTC' rootfs/data/file rootfs/data/folder
	add_mount /data tmpfs tmpfs tmpcopyup
	see 'cd /data && stat -c "%n %a %u:%g" . file folder && stat -c "%Y" file folder'
	same $'. 751 1:2\nfile 4640 3:4\nfolder 2750 5:6\n981173106\n981173106' "$output"
}

@test "tmpcopyup: mode= counts for the folder itself" {
	mkdir -m 700 rootfs/data
	: >rootfs/data/file
	add_mount /data tmpfs tmpfs tmpcopyup mode=1777
	see 'stat -c %a /data; ls /data'
	same $'1777\nfile' "$output"
}

@test "tmpcopyup: extended attributes are copied" {
	need_command setfattr getfattr
	mkdir rootfs/data
	: >rootfs/data/file
	setfattr -n trusted.test -v value rootfs/data/file 2>/dev/null || skip "this file system takes no trusted.* attributes"
	add_mount /data tmpfs tmpfs tmpcopyup
	rt create web
	[ "$(getfattr --only-values -n trusted.test "/proc/$(pid_of web)/root/data/file")" = value ]
}

@test "tmpcopyup: symlinks are copied as they are, and nothing is copied through them" {
	mkdir -p rootfs/data "$T/outside"
	echo secret >"$T/outside/file"
	ln -s "$T/outside" rootfs/data/absolute
	ln -s ../../../../outside/file rootfs/data/up
	ln -s nowhere rootfs/data/dangling
	chown -h 3:4 rootfs/data/dangling
	add_mount /data tmpfs tmpfs tmpcopyup
	see 'cd /data && readlink absolute && readlink up && readlink dangling && stat -c %u:%g dangling; cat absolute/file up; true'
	says "$T/outside" ../../../../outside/file nowhere 3:4
	says_not secret
}

@test "tmpcopyup through a symlink of the rootfs copies what it leads to inside the root" {
	mkdir rootfs/real "$T/real"
	: >rootfs/real/inside
	: >"$T/real/outside"
	ln -s ../../real rootfs/data
	add_mount /data tmpfs tmpfs tmpcopyup
	see 'ls /real'
	same inside "$output"
	is_mounted /real
}

@test "tmpcopyup: changes stay in the container" {
	mkdir rootfs/data
	echo before >rootfs/data/file
	add_mount /data tmpfs tmpfs tmpcopyup
	see 'echo after >/data/file; cat /data/file'
	same after "$output"
	same before "$(cat rootfs/data/file)"
}

@test "tmpcopyup: what does not fit is an error, and nothing stays" {
	mkdir rootfs/data
	head -c 100000 /dev/zero >rootfs/data/big
	add_mount /data tmpfs tmpfs tmpcopyup size=16k
	rt_fail create web
	says "/mounts/$(mount_index)" "no space left"
}

@test "tmpcopyup: folders in folders without end are an error" {
	local path=rootfs/data
	path+=$(printf '/d%.0s' {1..100})
	mkdir -p "$path"
	add_mount /data tmpfs tmpfs tmpcopyup
	rt_fail create web
	says "/mounts/$(mount_index)"
}

@test "ro: it is filled first and read-only then" {
	mkdir rootfs/data "$T/below"
	: >rootfs/data/file
	add_mount /data tmpfs tmpfs tmpcopyup ro
	add_mount /empty tmpfs tmpfs ro
	add_mount /empty/below none "$T/below" bind
	see 'ls /data; touch /data/x; touch /empty/x; touch /empty/below/ok'
	says file "/data/x: Read-only file system" "/empty/x: Read-only file system"
	[ -f "$T/below/ok" ]
	has "$(attributes /data)" ro
}

@test "ro: a read-only /dev holds its devices" {
	spec '(.mounts[] | select(.destination == "/dev")).options += ["ro"]'
	see 'touch /dev/x; echo x >/dev/null && ls -l /dev/null && ls /dev/pts'
	says "/dev/x: Read-only file system" "1,   3" ptmx
	has "$(attributes /dev)" ro
}

@test "tmpcopyup in a user namespace keeps the owners it can" {
	mkdir rootfs/data
	: >rootfs/data/known
	: >rootfs/data/unknown
	chown 100005:100006 rootfs/data/known
	chown 100000:100000 rootfs/data
	add_mount /data tmpfs tmpfs tmpcopyup
	user_namespace
	see 'stat -c %u:%g /data /data/known /data/unknown'
	# What has no id there belongs to nobody, as it is seen there without a copy.
	same $'0:0\n5:6\n65534:65534' "$output"
}
