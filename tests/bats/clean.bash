# clean.bash - find what is left of a run, and remove it; for helpers.bash and tests/bats/one

# Processes whose program or root lies on this suite's own tmpfs: nobody else's can.
suite_pids()
{
	stat -L -c '%d %n' /proc/[0-9]*/exe /proc/[0-9]*/root 2>/dev/null |
		sed -n "s|^$SUITE_DEVICE /proc/\\([0-9]*\\)/.*|\\1|p" | sort -nu
}

suite_pids_gone()
{
	[ -z "$(suite_pids)" ]
}

# Kill what is left and remove its cgroups.  Thawed first: nothing dies while it is frozen (v1).  By cgroup too: a process
# whose first thread has ended shows neither program nor root.
suite_kill()
{
	local cgroups cgroup pids i

	cgroups=$(suite_cgroups "$1")
	for cgroup in $cgroups; do
		[ ! -e "$cgroup/freezer.state" ] || echo THAWED >"$cgroup/freezer.state"
		[ ! -e "$cgroup/cgroup.freeze" ] || echo 0 >"$cgroup/cgroup.freeze"
	done 2>/dev/null
	for ((i = 0; i < 100; i++)); do
		pids=$(suite_pids; for cgroup in $cgroups; do cat "$cgroup/cgroup.procs"; done 2>/dev/null) || true
		[ "$pids" ] || break
		kill -KILL $pids 2>/dev/null || true
		sleep 0.02
	done
	[ -z "$cgroups" ] || rmdir $cgroups 2>/dev/null || true
}

# Those of other files come and go meanwhile, which find takes for a failure.
suite_cgroups()
{
	find /sys/fs/cgroup -depth -type d -name "*$1*" 2>/dev/null || true
}
