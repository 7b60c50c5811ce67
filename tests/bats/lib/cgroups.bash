# cgroups.bash - where things are in the cgroup tree; load it after helpers
#
#	cgroup_dirs [PATH]		PATH (default $CGROUP) in each hierarchy of this view
#	own_cgroup [CONTROLLER]		the cgroup of the tests themselves, as a path below the hierarchy's mount
#	make_cgroup PATH		in every hierarchy, by hand; v1 cpusets are filled
#	remove_cgroup PATH
#	member_of DIR PID
#	give_cgroup DIR UID		v2: a delegated cgroup, with all controllers
#	resources JSON			give linux.resources of the container's config these members, each replacing what was there

cgroup_dirs()
{
	local path=${1-$CGROUP} hierarchy

	case $VIEW in
	v2) echo "/sys/fs/cgroup$path" ;;
	*)
		for hierarchy in /sys/fs/cgroup/*/; do
			[ ! -L "${hierarchy%/}" ] && [ -e "$hierarchy/cgroup.procs" ] || continue
			echo "${hierarchy%/}$path"
		done ;;
	esac
}

own_cgroup()
{
	case $VIEW in
	v2) sed -n 's/^0:://p' /proc/self/cgroup ;;
	*) sed -n "s/^[0-9]*:\\([^:]*,\\)*${1-pids}\\(,[^:]*\\)*://p" /proc/self/cgroup ;;
	esac
}

make_cgroup()
{
	local dir

	for dir in $(cgroup_dirs "$1"); do
		mkdir -p "$dir"
		[ ! -e "$dir/cpuset.cpus" ] || [ "$VIEW" = v2 ] || fill_cpuset "$dir"
	done
}

fill_cpuset()
{
	[ -z "$(cat "$1/cpuset.cpus")" ] || return 0
	fill_cpuset "${1%/*}"
	cat "${1%/*}/cpuset.cpus" >"$1/cpuset.cpus"
	cat "${1%/*}/cpuset.mems" >"$1/cpuset.mems"
}

remove_cgroup()
{
	local dir

	for dir in $(cgroup_dirs "$1"); do
		rmdir "$dir" || return 1
	done
}

member_of()
{
	grep -qx "$2" "$1/cgroup.procs"
}

# v2: enable all available controllers in DIR's parents, and give DIR to user UID
give_cgroup()
{
	local file

	mkdir -p "$1"
	all_controllers "${1%/*}"
	for file in "$1" "$1"/cgroup.{procs,subtree_control,threads}; do
		chown "$2:$2" "$file"
	done
}

all_controllers()
{
	local name

	[ "$1" = /sys/fs/cgroup ] || all_controllers "${1%/*}"
	for name in $(cat "$1/cgroup.controllers"); do
		{ echo "+$name" >"$1/cgroup.subtree_control"; } 2>/dev/null || true
	done
}

resources()
{
	spec ".linux.resources += $1"
}
