# What a container sees at /sys/fs/cgroup.
load helpers
load lib/mounts
load lib/namespaces
load lib/cgroups

cgroup_mount()
{
	spec '(.mounts[] | select(.destination == "/sys/fs/cgroup")).options = $ARGS.positional' --args -- "$@"
}

@test "v1: a folder for every hierarchy, with the container's own cgroup" {
	need_view v1 hybrid
	local dir
	see 'ls /sys/fs/cgroup; cat /sys/fs/cgroup/memory/cgroup.procs'
	for dir in /sys/fs/cgroup/*/; do
		dir=${dir%/}
		[ -L "$dir" ] || [ ! -e "$dir/cgroup.procs" ] || says "${dir##*/}"
	done
	# The pids are those of the container's namespace.
	says $'\n1'
	[[ $(mounted_from /sys/fs/cgroup/memory) == *"$CGROUP" ]]
}

@test "v1: the folder is read-only or writable as the config says" {
	need_view v1 hybrid
	see 'mkdir /sys/fs/cgroup/memory/x; mkdir /sys/fs/cgroup/x; true'
	says "Read-only file system"
	has "$(attributes /sys/fs/cgroup)" ro
	has "$(attributes /sys/fs/cgroup/memory)" ro nosuid nodev noexec
	cgroup_mount rw nosuid nodev noexec
	see 'mkdir /sys/fs/cgroup/memory/inner && ls -d /sys/fs/cgroup/memory/inner && rmdir /sys/fs/cgroup/memory/inner'
	same /sys/fs/cgroup/memory/inner "$output"
}

@test "v1: a later mount in a read-only view gets its folder, and the view stays read-only" {
	need_view v1 hybrid
	add_mount /sys/fs/cgroup/more tmpfs tmpfs
	see 'touch /sys/fs/cgroup/more/x && ls /sys/fs/cgroup/more; mkdir /sys/fs/cgroup/x /sys/fs/cgroup/memory/x; true'
	says $'x\n' "can't create directory '/sys/fs/cgroup/x': Read-only" "can't create directory '/sys/fs/cgroup/memory/x': Read-only"
	has "$(attributes /sys/fs/cgroup)" ro
	has "$(attributes /sys/fs/cgroup/memory)" ro
}

@test "v1: with a cgroup namespace the paths begin at the container's cgroup" {
	need_view v1 hybrid
	namespace cgroup
	see 'cut -d : -f 3 /proc/self/cgroup | sort -u; cat /sys/fs/cgroup/pids/cgroup.procs'
	same / "$(head -n 1 <<<"$output")"
	says $'\n1'
	same / "$(mounted_from /sys/fs/cgroup/memory)"
}

@test "v1: names of controllers mounted together are links" {
	need_view v1 hybrid
	local link found=
	see 'cd /sys/fs/cgroup; for f in *; do [ ! -L $f ] || echo "$f $(readlink $f)"; done'
	for link in /sys/fs/cgroup/*; do
		[ -L "$link" ] || continue
		found=1
		says "${link##*/} $(readlink "$link")"
	done
	[ "$found" ] || [ -z "$output" ]
}

@test "hybrid: the v2 hierarchy is there too" {
	need_view hybrid
	see 'cat /sys/fs/cgroup/unified/cgroup.procs'
	says 1
	same cgroup2 "$(filesystem /sys/fs/cgroup/unified | cut -d ' ' -f 1)"
}

@test "v2: with a cgroup namespace the container's cgroup is the root of the tree" {
	need_view v2
	see 'cat /sys/fs/cgroup/cgroup.procs; cat /proc/self/cgroup; mkdir /sys/fs/cgroup/x 2>&1; true'
	says 1 "0::/" "Read-only file system"
	grep -qx '0::/' <<<"$output"
	same / "$(mounted_from /sys/fs/cgroup)"
	has "$(attributes /sys/fs/cgroup)" ro nosuid nodev noexec
}

@test "v2: writable if the config says so, and the container makes cgroups of its own" {
	need_view v2
	cgroup_mount rw nosuid nodev noexec
	see 'mkdir /sys/fs/cgroup/inner && echo $$ >/sys/fs/cgroup/inner/cgroup.procs && grep ^0: /proc/self/cgroup'
	same 0::/inner "$output"
}

@test "v2: without a cgroup namespace the host's tree is seen" {
	need_view v2
	no_namespace cgroup
	see 'cat /proc/self/cgroup; ls /sys/fs/cgroup; cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/cgroup.procs"'
	says "0::$CGROUP" $'\n1'
}

@test "v2: in a user namespace the cgroup belongs to the container's root where it is its own" {
	need_view v2
	cgroup_mount rw nosuid nodev noexec
	user_namespace
	see 'stat -c "%u %n" /sys/fs/cgroup /sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/inner && ls -d /sys/fs/cgroup/inner'
	same $'0 /sys/fs/cgroup\n0 /sys/fs/cgroup/cgroup.procs\n/sys/fs/cgroup/inner' "$output"
	# The same where no process is born in its cgroup (before Linux 5.7, below the filter of an older engine).
	export CTR_RUN_DISABLE=clone3
	see 'stat -c "%u %n" /sys/fs/cgroup /sys/fs/cgroup/cgroup.procs; cat /proc/self/cgroup'
	says $'0 /sys/fs/cgroup\n0 /sys/fs/cgroup/cgroup.procs\n' $'\n0::/'
}

@test "v2: the same cgroup is not given away when it is mounted read-only" {
	need_view v2
	user_namespace
	see 'stat -c %u /sys/fs/cgroup; mkdir /sys/fs/cgroup/inner; true'
	says 65534 "Read-only file system"
}

@test "v2: what the kernel says may be given away is the process's user's, and nothing else; without a cgroup namespace nothing is" {
	need_view v2
	local file owned
	cgroup_mount rw nosuid nodev noexec
	user_namespace
	spec '.process.user = {uid: 1000, gid: 1000}'
	rt create web
	same 101000 "$(stat -c %u "$(cgroup_dir)")"
	for file in "$(cgroup_dir)"/*; do
		owned=0
		! grep -qx "${file##*/}" /sys/kernel/cgroup/delegate || owned=101000
		same "$owned" "$(stat -c %u "$file")" "$file"
	done
	rt delete --force web
	no_namespace cgroup
	rt create web
	same 0 "$(stat -c %u "$(cgroup_dir)" "$(cgroup_dir)"/* | sort -u)"
}

@test "v2: with a joined user namespace the cgroup belongs to the process's user, if the config tells its ids" {
	need_view v2
	beside_first
	cgroup_mount rw nosuid nodev noexec
	shell 'mkdir /sys/fs/cgroup/inner; stat -c %u /sys/fs/cgroup /sys/fs/cgroup/inner'
	run -0 rt run second
	[ "$output" = $'0\n0' ]
	rt create second
	same 100000 "$(stat -c %u "$(cgroup_dir)")"
	grep -qx "$(pid_of second)" "$(cgroup_dir)/cgroup.procs"
	run -0 rt exec second sh -c 'grep ^0:: /proc/self/cgroup; stat -c %u /sys/fs/cgroup/cgroup.procs'
	[ "$output" = $'0::/\n0' ]
	rt delete --force second
	spec 'del(.linux.uidMappings, .linux.gidMappings)'
	rt create second
	same 0 "$(stat -c %u "$(cgroup_dir)")"
}

@test "in a user namespace v1 cgroups cannot be written" {
	need_view v1 hybrid
	user_namespace
	cgroup_mount rw nosuid nodev noexec
	see 'mkdir /sys/fs/cgroup/memory/x; echo x >/sys/fs/cgroup/memory/release_agent; true'
	says "/sys/fs/cgroup/memory/x'"
	says_not "release_agent: No"
	[ "$(find "$(cgroup_dir)" -name x 2>/dev/null)" = "" ]
}

@test "type cgroup2 on a machine of cgroup v2 is the same" {
	need_view v2
	spec '(.mounts[] | select(.destination == "/sys/fs/cgroup")).type = "cgroup2"'
	see 'cat /sys/fs/cgroup/cgroup.procs'
	says 1
}

@test "without a cgroup of its own the container sees none" {
	spec '.process.args = ["sh", "-c", "find /sys/fs/cgroup -type f | head -n 3"]'
	run -0 rt --cgroup-manager disabled run web
	[ "$VIEW" = v2 ] || [ -z "$output" ]
}

@test "a cgroup tree may be mounted anywhere, and twice" {
	add_mount /opt/cgroup cgroup cgroup ro
	see 'ls /opt/cgroup | head -n 1'
	[ "$output" ]
	is_mounted /opt/cgroup
	is_mounted /sys/fs/cgroup
}
