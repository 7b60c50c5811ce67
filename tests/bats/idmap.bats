# Mounts whose files belong to different ids inside the container than outside.
load helpers
load lib/mounts

setup()
{
	fresh
	need_kernel 6.3	# idmapped tmpfs
	mkdir "$T/data"
	: >"$T/data/root"
	: >"$T/data/user"
	chown 1000:1001 "$T/data/user"
}

mapped()
{
	add_mount "$1" none "$T/data" "${@:4}"
	spec '.mounts[-1].uidMappings = [{containerID: 0, hostID: $u, size: 65536}] |
		.mounts[-1].gidMappings = [{containerID: 0, hostID: $g, size: 65536}]' --argjson u "$2" --argjson g "$3"
}

@test "a bind mount with mappings shows the files of mapped ids" {
	mapped /data 100000 200000 bind
	see 'stat -c "%u:%g" /data/root /data/user'
	same $'100000:200000\n101000:201001' "$output"
	has "$(attributes /data)" idmapped
	same 1000:1001 "$(stat -c %u:%g "$T/data/user")"
}

@test "what is made on such a mount belongs to the mapped id outside, and what has none is refused" {
	chown 1000:1001 "$T/data"
	add_mount /data none "$T/data" bind
	spec '.mounts[-1].uidMappings = [{containerID: 1000, hostID: 0, size: 1}] |
		.mounts[-1].gidMappings = [{containerID: 1001, hostID: 0, size: 1}]'
	see 'stat -c "%u:%g" /data/root /data/user; touch /data/new'
	same $'65534:65534\n0:0' "$output"
	same 1000:1001 "$(stat -c %u:%g "$T/data/new")"
	program chown 5:5 /data/new
	run ! rt run web
	same 1000:1001 "$(stat -c %u:%g "$T/data/new")"
}

@test "idmap maps one mount, ridmap all below" {
	mkdir "$T/data/sub"
	test_mount -t tmpfs sub "$T/data/sub"
	mapped /one 100000 100000 rbind idmap
	mapped /all 100000 100000 rbind ridmap
	see 'stat -c %u /one /one/sub /all /all/sub'
	same $'100000\n0\n100000\n100000' "$output"
}

@test "idmap without mappings takes those of the container's user namespace" {
	mkdir rootfs/data rootfs/plain
	user_namespace
	add_mount /data none "$T/data" bind idmap
	add_mount /plain none "$T/data" bind
	see 'stat -c %u:%g /data/root /data/user /plain/root; touch /data/new && stat -c %u /data/new'
	same $'0:0\n1000:1001\n65534:65534\n0' "$output"
	same 0 "$(stat -c %u "$T/data/new")"
}

@test "idmap without any mappings, or with half of them, is an error" {
	add_mount /data none "$T/data" bind idmap
	rt_fail create web
	says "/mounts/$(mount_index)/options/1" uidMappings
	spec '.mounts[-1].uidMappings = [{containerID: 0, hostID: 1, size: 1}]'
	rt_fail create web
	says "/mounts/$(mount_index)" gidMappings
}

userns()
{
	spec '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000},
		{containerID: 1000, hostID: 300000, size: 64536}] | .linux.gidMappings = .linux.uidMappings'
}

@test "crun's idmap=uids=...;gids=... says the same as mappings" {
	add_mount /data none "$T/data" bind 'idmap=uids=0-100000-1000#1000-5000-1;gids=0-200000-1001#1001-6000-1'
	see 'stat -c "%u:%g" /data/root /data/user'
	same $'100000:200000\n5000:6000' "$output"
	has "$(attributes /data)" idmapped
}

@test "ridmap=... maps all that is mounted below, too" {
	mkdir "$T/data/sub"
	test_mount -t tmpfs sub "$T/data/sub"
	add_mount /one none "$T/data" rbind 'idmap=uids=0-7-100;gids=0-7-100'
	add_mount /all none "$T/data" rbind 'ridmap=uids=0-7-100;gids=0-7-100'
	see 'stat -c %u /one /one/sub /all /all/sub'
	same $'7\n0\n7\n7' "$output"
}

@test "after @ the ids are the container's, through all ranges of its user namespace" {
	userns
	mkdir rootfs/data rootfs/part
	add_mount /data none "$T/data" bind 'idmap=uids=@0-0-2000;gids=@0-0-2000'
	add_mount /part none "$T/data" bind 'idmap=uids=@1000-5-1;gids=@1001-1500-1'
	see 'stat -c %u:%g /data/root /data/user /part/root /part/user; touch /data/new; stat -c %u:%g /data/new'
	same $'0:0\n1000:1001\n65534:65534\n5:1500\n0:0' "$output"
	same 0:0 "$(stat -c %u:%g "$T/data/new")"
}

@test "a bad idmap=... is an error that says what is wrong, with its place" {
	local value wanted index
	userns
	add_mount /data none "$T/data" bind x
	index=$(mount_index)
	while IFS='|' read -r value wanted; do
		spec '.mounts[-1].options[1] = $v' --arg v "$value"
		rt_fail create web
		says "/mounts/$index/options/1" "$wanted"
	done <<-'EOF'
		idmap=|idmap has no uids
		idmap=uids=0-1-1|idmap has no gids
		idmap=gids=0-1-1|idmap has no uids
		idmap=uids=0-1-1;gids=|expected FILES-HOST-SIZE
		idmap=uids=0-1;gids=0-1-1|uids of idmap has "0-1"
		idmap=uids=0-1-1;gids=0-1-1-1|gids of idmap has "0-1-1-1"
		idmap=uids=0-1-0;gids=0-1-1|uids of idmap has "0-1-0"
		idmap=uids= 0-1-1;gids=0-1-1|expected FILES-HOST-SIZE
		idmap=uids=0-1-x;gids=0-1-1|expected FILES-HOST-SIZE
		idmap=uids=0-1-1#;gids=0-1-1|expected FILES-HOST-SIZE
		idmap=uids=0-4294967295-1;gids=0-1-1|beyond id 4294967294
		idmap=uids=0-1-5#3-100-5;gids=0-1-1|overlap
		idmap=uids=0-1-1;gids=0-1-1;uids=5-5-1|uids twice
		idmap=groups=0-1-1|expected uids=... and gids=...
		ridmap=uids=@0-65000-1000;gids=0-1-1|not all of these ids
	EOF
	spec '.mounts[-1].options[1] = "idmap=uids=0-1-1;gids=0-1-1" | .mounts[-1].uidMappings = [{containerID: 0, hostID: 1, size: 1}] |
		.mounts[-1].gidMappings = .mounts[-1].uidMappings'
	rt_fail create web
	says "/mounts/$index/options/1" "stand in uidMappings already"
}

@test "a relative mapping without a user namespace is an error" {
	add_mount /data none "$T/data" bind 'idmap=uids=@0-0-1;gids=@0-0-1'
	rt_fail create web
	says "/mounts/$(mount_index)/options/1" "the container has no uidMappings"
}

@test "a new file system may have mapped ids where the kernel can do it" {
	mkdir -m 711 rootfs/t
	add_mount /t tmpfs tmpfs size=1m 'idmap=uids=0-5000-10;gids=0-6000-10'
	see 'stat -c %u:%g:%a /t; touch /t/x; true'
	says 5000:6000:711 "touch: /t/x: "
	has "$(attributes /t)" idmapped
}

@test "in a user namespace a new file system has the container's ids" {
	userns
	mkdir -m 751 rootfs/t rootfs/u rootfs/c
	echo x >rootfs/c/file
	chown -R 100000:100000 rootfs/c rootfs/t
	add_mount /t tmpfs tmpfs idmap
	add_mount /u tmpfs tmpfs 'idmap=uids=@0-1000-1;gids=@0-5-1'
	add_mount /c tmpfs tmpfs idmap tmpcopyup ro
	see 'stat -c %u:%g:%a /t /u; touch /t/x && stat -c %u:%g /t/x; stat -c %u:%g /c/file; cat /c/file; touch /c/y; true'
	says $'0:0:751\n1000:5:751\n0:0\n0:0\nx' "Read-only file system"
}

@test "what cannot have mapped ids says so" {
	add_mount /m proc proc 'idmap=uids=0-5000-10;gids=0-6000-10'
	rt_fail create web
	says "/mounts/$(mount_index)" "map the ids of a mount" "does not support that on this kernel"
	spec '.mounts[-1] |= (.type = "cgroup" | .source = "cgroup")'
	rt_fail create web
	says "/mounts/$(mount_index)/options/0" "bind mounts and new file systems only"
	spec '.mounts[-1] |= (.options += ["remount"])'
	rt_fail create web
	says "/mounts/$(mount_index)/options/0" "bind mounts and new file systems only"
}

@test "the source may lie on another mount of the container, also in a user namespace" {
	mkdir "$T/data/sub"
	chown 5:6 "$T/data/sub"
	add_mount /data none "$T/data" bind
	add_mount /again none "$BUNDLE/rootfs/data/sub" bind
	spec '.mounts[-1] += {uidMappings: [{containerID: 5, hostID: 107, size: 1}], gidMappings: [{containerID: 6, hostID: 108, size: 1}]}'
	see 'stat -c "%u:%g" /data/sub /again'
	same $'5:6\n107:108' "$output"
	has "$(attributes /again)" idmapped
	# What is mapped there are ids of the machine; those outside of the container's own show as 65534.
	user_namespace
	spec '.mounts[-1] += {uidMappings: [{containerID: 5, hostID: 100000, size: 1}], gidMappings: [{containerID: 6, hostID: 100000, size: 1}]}'
	see 'stat -c "%u:%g" /data/sub /again; touch /again/new && stat -c "%u:%g" /again/new'
	same $'65534:65534\n0:0\n0:0' "$output"
	same 5:6 "$(stat -c %u:%g "$T/data/sub/new")"
}

@test "what is mapped already cannot be mapped once more, and is named" {
	mapped /data 100000 200000 bind
	add_mount /again none "$BUNDLE/rootfs/data" bind
	spec '.mounts[-1] += {uidMappings: [{containerID: 0, hostID: 1, size: 1}], gidMappings: [{containerID: 0, hostID: 1, size: 1}]}'
	rt_fail create web
	says "/mounts/$(mount_index)"
}
