load helpers
load containerd
load cri

# What is mounted into a pod's containers: folders of the node, images, devices.

setup_file()
{
	cri_start
	began || return 0
	pod free "security_context { privileged: true }"
}

# volume PATH FIELDS: the folder $W/tmp/PATH at /PATH
volume()
{
	mkdir -p "$W/tmp/$1"
	echo "mounts { container_path: '/$1' host_path: '$W/tmp/$1' ${2-} }"
}

# ---- folders ------------------------------------------------------------------

# propagates MODE OPTION IN OUT: with the CRI's MODE, below a mount of the node that is OPTION, mounts made later are seen IN
# the container and OUT on the node: 1 or 0.
propagates()
{
	local at=$W/tmp/p$1$2
	mkdir -p "$at/from-node" "$at/from-pod" "$W/tmp/hidden"
	mount --bind "$at" "$at"
	mount "--make-r$2" "$at"
	idle free "p$1" "linux { security_context { privileged: true } } mounts { container_path: '/m' host_path: '$at' propagation: $1 }"
	ok status_of "$id"
	[ "$1" = 0 ] || says "propagation: $1"
	mount -t tmpfs later "$at/from-node"
	touch "$at/from-node/file"
	inside 'ls /m/from-node | wc -l; mount --bind /etc /m/from-pod'
	is "$3"
	[ "$(ls "$at/from-pod" | grep -c passwd)" = "$4" ]
	finish "$id"
	umount "$at/from-node"
	[ "$4" = 0 ] || umount "$at/from-pod"
	umount "$at"
}

@test "mounts that come later: seen by nobody else, by the container, by both" {
	propagates 0 private 0 0
	propagates 0 shared 0 0
	propagates 1 shared 1 0
	propagates 2 shared 1 1
}

@test "a shared volume needs a mount that is shared" {
	mkdir -p "$W/tmp/alone"
	mount --bind "$W/tmp/alone" "$W/tmp/alone"
	mount --make-private "$W/tmp/alone"
	local mode
	for mode in 1 2; do
		refused free "a$mode" "command: 'true' linux { security_context { privileged: true } } $(volume alone "propagation: $mode")"
		says shared
	done
	umount "$W/tmp/alone"
}

@test "what lies at the source: a link, a file, a fifo, a socket, nothing yet" {
	mkdir -p "$W/tmp/real"
	echo content >"$W/tmp/real/file"
	ln -sfn real "$W/tmp/link"
	mkfifo "$W/tmp/fifo"
	once v1 "mounts { container_path: '/linked' host_path: '$W/tmp/link' } mounts { container_path: '/one/file' host_path: '$W/tmp/real/file' }
		mounts { container_path: '/fifo' host_path: '$W/tmp/fifo' }
		mounts { container_path: '/run/engine' host_path: '/run/containerd/containerd.sock' }
		mounts { container_path: '/new' host_path: '$W/tmp/not-yet' }" \
		sh -c 'cat /linked/file /one/file; [ -p /fifo ] && [ -S /run/engine ] && touch /new/x && echo all'
	is $'content\ncontent\nall'
	[ -e "$W/tmp/not-yet/x" ]
}

@test "where it goes: over a file, through a link, below another volume, in a read-only rootfs" {
	mkdir -p "$W/tmp/outer" "$W/tmp/inner"
	echo mine >"$W/tmp/outer/passwd"
	echo deep >"$W/tmp/inner/file"
	# In the image /usr/bin is a link to ../bin; the inner volume comes first, and must not end below the outer.
	once v2 "mounts { container_path: '/etc/passwd' host_path: '$W/tmp/outer/passwd' readonly: true }
		mounts { container_path: '/usr/bin/given' host_path: '$W/tmp/outer/passwd' }
		mounts { container_path: '/outer/in/side' host_path: '$W/tmp/inner' }
		mounts { container_path: '/outer' host_path: '$W/tmp/outer' }
		linux { security_context { readonly_rootfs: true } }" \
		sh -c 'cat /etc/passwd /bin/given /outer/in/side/file; touch /outer/written && echo written; touch /x'
	says $'mine\nmine\ndeep\n' written "/x: Read-only file system"
}

@test "read-only: as deep as asked, and not with what contradicts it" {
	need_version containerd 2
	mkdir -p "$W/tmp/ro/sub"
	mount -t tmpfs sub "$W/tmp/ro/sub"
	mount --make-rshared "$W/tmp/ro/sub"
	once v3 "$(volume ro 'readonly: true')" sh -c 'touch /ro/x; touch /ro/sub/x && echo written'
	says "/ro/x: Read-only" written
	once v4 "$(volume ro 'readonly: true recursive_read_only: true')" sh -c 'touch /ro/x; touch /ro/sub/x'
	says "/ro/x: Read-only" "/ro/sub/x: Read-only"
	refused one v5 "command: 'true' $(volume ro 'recursive_read_only: true')"
	refused one v6 "command: 'true' $(volume ro 'readonly: true recursive_read_only: true propagation: 1')"
	refused one v7 "command: 'true' $(volume ro 'readonly: true recursive_read_only: true propagation: 2')"
	umount "$W/tmp/ro/sub"
}

# ---- images -------------------------------------------------------------------

image="mounts { container_path: '/image' readonly: true image { image: '$BOX' }"	# not closed: more fields may follow

@test "an image as a volume: there, read-only, to be executed" {
	need_version containerd 2.1
	idle one v10 "$image }"
	inside 'cat /image/data/file; touch /image/x; /image/bin/busybox echo runs'
	is $'original\ntouch: /image/x: Read-only file system\nruns'
	local first=$id
	# Two containers, one image.
	idle one v11 "$image }"
	inside 'cat /image/data/file'
	is original
	finish "$id"
	id=$first
	inside 'cat /image/data/file'
	is original
	finish "$id"
	refused one v12 "command: 'true' mounts { container_path: '/image' readonly: true
		image { image: 'localhost/no-such-image:latest' } }"
}

@test "an image as a volume of a pod with a user namespace" {
	need_version containerd 2.1
	local map="{ host_id: 400000 container_id: 0 length: 65536 }"
	local security="security_context { namespace_options { userns_options { mode: 0 uids $map gids $map } } }"
	pod mapped "$security"
	idle mapped v16 "linux { $security } $image uidMappings $map gidMappings $map }"
	inside 'cat /image/data/file; stat -c %u:%g /image/home/app; touch /image/x'
	is $'original\n1234:1234\ntouch: /image/x: Read-only file system'
	finish "$id"
	end_pod mapped
}

# ---- devices ------------------------------------------------------------------

@test "a device of the node, with what may be done to it" {
	once v20 "devices { container_path: '/dev/sink' host_path: '/dev/null' permissions: 'rw' }
		devices { container_path: '/opt/zero' host_path: '/dev/zero' permissions: 'r' }" \
		sh -c 'echo x >/dev/sink && head -c 3 /opt/zero | wc -c; stat -c %t,%T /dev/sink /opt/zero'
	is $'3\n1,3\n1,5'
	refused one v21 "command: 'true' devices { container_path: '/dev/x' host_path: '/dev/no-such-device' permissions: 'rwm' }"
	says no-such-device
	# A folder of devices gives all that are in it.
	mkdir -p "$W/tmp/devices"
	mknod "$W/tmp/devices/one" c 1 7
	once v22 "devices { container_path: '/dev/many' host_path: '$W/tmp/devices' permissions: 'rwm' }" sh -c 'echo x >/dev/many/one'
	says "No space left"
	once v23 "devices { container_path: '/dev/full7' host_path: '/dev/full' permissions: 'r' }" sh -c 'head -c 1 /dev/full7 | wc -c; echo x >/dev/full7'
	says 1
}

@test "devices by name (CDI): environment, node, mount, hook" {
	need_version containerd 2
	mkdir -p /etc/cdi
	echo data >"$W/tmp/driver"
	cat >/etc/cdi/vendor.json <<-EOT
		{ "cdiVersion": "0.7.0", "kind": "example.com/thing",
		  "containerEdits": { "env": ["THING=yes"] },
		  "devices": [{ "name": "first", "containerEdits": {
			"deviceNodes": [{ "path": "/dev/thing", "hostPath": "/dev/zero", "permissions": "rw", "uid": 1234, "gid": 2345 }],
			"mounts": [{ "hostPath": "$W/tmp/driver", "containerPath": "/lib/driver", "options": ["ro", "nosuid", "nodev", "rbind"] }],
			"additionalGids": [77],
			"hooks": [{ "hookName": "createContainer", "path": "/bin/sh", "args": ["sh", "-c", "cat >$W/tmp/hook.create"] },
			          { "hookName": "createRuntime", "path": "/bin/sh", "args": ["sh", "-c", "cat >$W/tmp/hook.runtime"] },
			          { "hookName": "poststop", "path": "/bin/sh", "args": ["sh", "-c", "cat >$W/tmp/hook.stop"], "timeout": 5 }] } }] }
	EOT
	idle one v24 "CDI_devices { name: 'example.com/thing=first' } linux { security_context { run_as_user { value: 1234 } } }"
	inside 'echo $THING; head -c 2 /dev/thing | wc -c; stat -c %t,%T,%u,%g /dev/thing; cat /lib/driver; id -G'
	says $'yes\n2\n1,5,1234,2345\ndata\n' 77
	ok jq -r '.id + " " + .status' "$W/tmp/hook.create"
	is "$id creating"
	ok jq -r '.id + " " + .status' "$W/tmp/hook.runtime"
	is "$id creating"
	[ ! -e "$W/tmp/hook.stop" ]
	finish "$id"
	ok jq -r '.id + " " + .status' "$W/tmp/hook.stop"
	is "$id stopped"
	refused one v25 "command: 'true' CDI_devices { name: 'example.com/thing=second' }"
	says example.com/thing=second
	rm -r /etc/cdi
}
