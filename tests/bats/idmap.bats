# Mounts whose files belong to other ids in the container than outside.
load helpers
load lib/mounts

setup()
{
	need_kernel 6.3	# idmapped tmpfs
	fresh
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
	spec '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings'
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
