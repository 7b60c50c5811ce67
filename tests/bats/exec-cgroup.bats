# exec goes into cgroups that the container has made below its own, and nowhere else.
load helpers
load lib/cgroups
load lib/mounts

# make_below PATH [HIERARCHY-DIR...]: by hand, in all hierarchies or in those
make_below()
{
	local path=$1 dir
	shift
	[ $# -gt 0 ] || set -- $(cgroup_dirs)
	for dir; do
		mkdir -p "$dir/$path"
		[ "$VIEW" = v2 ] || [ ! -e "$dir/cpuset.cpus" ] || fill_cpuset "$dir/$path"
	done
}

# where CONTROLLER: the cgroup of an exec'd process, seen by the host
where()
{
	local pid=$(<"$T/pid")
	case $VIEW in
	v2) sed -n 's/^0:://p' "/proc/$pid/cgroup" ;;
	*) sed -n "s/^[0-9]*:\\([^:]*,\\)*$1\\(,[^:]*\\)*://p" "/proc/$pid/cgroup" ;;
	esac
}

enter()
{
	rt exec -d --pid-file "$T/pid" "$@" web sleep 1001
}

setup()
{
	fresh
	rt run -d web
}

@test "--cgroup PATH: in every hierarchy" {
	make_below a/b
	enter --cgroup a/b
	same "$CGROUP/a/b" "$(where memory)"
	[ "$VIEW" = v2 ] || same "$CGROUP/a/b" "$(where freezer)"
	enter --cgroup /a
	same "$CGROUP/a" "$(where memory)"
	enter --cgroup //a/./b/
	same "$CGROUP/a/b" "$(where memory)"
	enter --cgroup /
	same "$CGROUP" "$(where memory)"
	enter
	same "$CGROUP" "$(where memory)"
	rt delete --force web
}

@test "--cgroup CONTROLLER:PATH: there, and the others stay" {
	need_view v1 hybrid
	make_below a "$(cgroup_dir memory)" "$(cgroup_dir pids)" "$(cgroup_dir freezer)"
	enter --cgroup memory:/a
	same "$CGROUP/a" "$(where memory)"
	same "$CGROUP" "$(where pids)"
	enter --cgroup memory,pids:a --cgroup freezer:/
	same "$CGROUP/a" "$(where memory)"
	same "$CGROUP/a" "$(where pids)"
	same "$CGROUP" "$(where freezer)"
	same "$CGROUP" "$(where devices)"
}

@test "a limit of the lower cgroup holds" {
	need_controller pids
	if [ "$VIEW" = v2 ]; then
		make_below leaf
		make_below init
		for pid in $(rt ps -f json web | jq '.[]'); do echo "$pid" >"$(cgroup_dir)/init/cgroup.procs"; done
		echo +pids >"$(cgroup_dir)/cgroup.subtree_control"
	else
		make_below leaf "$(cgroup_dir pids)"
	fi
	echo 2 >"$(cgroup_dir pids)/leaf/pids.max"
	run rt exec --cgroup "$([ "$VIEW" = v2 ] || echo pids:)leaf" web sh -c 'sleep 0.2 & sleep 0.2 & wait'
	says "Resource temporarily unavailable"
}

@test "nothing leads out: not .., not a name that only begins alike, not a link" {
	local path
	make_cgroup "$CGROUP-other"
	for path in .. ../ /.. a/../.. ../bundle-other "../${CGROUP##*/}-other" a/.. ./.. ..//..; do
		rt_fail exec --cgroup "$path" web true
		says "bad sub cgroup path: $path"
	done
	if [ "$VIEW" != v2 ]; then
		rt_fail exec --cgroup "memory:../${CGROUP##*/}-other" web true
		says "bad sub cgroup path"
	fi
	remove_cgroup "$CGROUP-other"
	rt_fail exec --cgroup "$(printf 'a%.0s' {1..300})" web true
	says "bad sub cgroup path"
}

@test "what is not there, or not meant, is an error" {
	rt_fail exec --cgroup nope web true
	says "/nope" "no such file or directory"
	rt_fail exec --cgroup a --cgroup b web true
	says "invalid --cgroup argument: a (missing <controller>: prefix)"
	rt_fail exec --cgroup a:b:c web true
	says "invalid --cgroup argument: a:b:c"
	rt_fail exec --cgroup :a web true
	says "invalid --cgroup argument: :a"
	rt_fail exec --cgroup nope:a web true
	says "unknown controller nope"
	if [ "$VIEW" = v2 ]; then
		rt_fail exec --cgroup memory:a web true
		says "invalid --cgroup argument: memory:a"
	else
		make_below a "$(cgroup_dir memory)"
		rt_fail exec --cgroup memory:a --cgroup memory:a web true
		says "given twice"
		rt_fail exec --cgroup memory,:a web true
		says "empty <controller> prefix"
	fi
}

@test "a container that hands controllers down takes no process itself: exec goes to where its first process is" {
	local name controller
	need_view v2
	make_below services/main
	for controller in pids memory hugetlb; do
		grep -qw "$controller" "$(cgroup_dir)/cgroup.controllers" && break
	done
	grep -qw "$controller" "$(cgroup_dir)/cgroup.controllers" || {
		# Switched on for it.
		rt delete --force web
		spec '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 2097152}]'
		rt run -d web
		controller=hugetlb
		make_below services/main
	}
	echo "$(pid_of web)" >"$(cgroup_dir)/services/main/cgroup.procs"
	echo "+$controller" >"$(cgroup_dir)/cgroup.subtree_control"
	enter
	same "$CGROUP/services/main" "$(where x)"
	# Where it is not born there (before Linux 5.7), the same.
	CTR_RUN_DISABLE=clone3 enter
	same "$CGROUP/services/main" "$(where x)"
	# Who names a place gets that or an error.
	rt_fail exec --cgroup / web true
	says "device or resource busy"
}

@test "its cgroup was removed: exec goes to where its first process is, not to where the caller is" {
	local dir
	make_cgroup "$CGROUP-other"
	for dir in $(cgroup_dirs); do
		echo "$(pid_of web)" >"$dir-other/cgroup.procs"
		rmdir "$dir"
	done
	enter
	same "$CGROUP-other" "$(where memory)"
	[ "$VIEW" = v2 ] || same "$CGROUP-other" "$(where freezer)"
	CTR_RUN_DISABLE=clone3 enter
	same "$CGROUP-other" "$(where memory)"
	# Who names a place below it gets that or an error.
	rt_fail exec --cgroup / web true
	says "the container's cgroup" "no such file or directory"
	for pid in $(cat $(cgroup_dirs "$CGROUP-other" | sed 's,$,/cgroup.procs,')); do
		kill -9 "$pid" 2>/dev/null || true
	done
	rt delete --force web
	wait_for remove_cgroup "$CGROUP-other"
}

# Whoever writes to cgroup.procs waits until every processor has seen it: some 10 ms on a machine that rests.
@test "run and exec put their processes into the cgroup without that wait" {
	local call
	need_command strace
	need_kernel 5.7
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	rt delete --force web
	program true
	strace -f -qqq -o "$T/run" -e trace=openat,openat2,clone3 "${RT[@]}" run web </dev/null 3>&- 4>&-
	program sleep 1000
	rt run -d web
	strace -f -qqq -o "$T/exec" -e trace=openat,openat2,clone3 "${RT[@]}" exec web true 3>&- 4>&-
	for call in run exec; do
		if [ "$VIEW" = v2 ]; then
			grep -q 'clone3(.*CLONE_INTO_CGROUP' "$T/$call"
		else
			grep -q '"tasks", .*O_\(WRONLY\|RDWR\)' "$T/$call"
		fi
		(! grep '"cgroup.procs", .*O_\(WRONLY\|RDWR\)' "$T/$call")
	done
}

@test "without a cgroup there is none below" {
	rt delete --force web
	rt --cgroup-manager disabled run -d web
	rt_fail exec --cgroup a web true
	says "no cgroup"
	rt exec web true
}
