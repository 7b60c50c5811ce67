# traces.bash - all that an engine may leave behind in a world, one line per thing; compared before and after

traces()
{
	local pid pids path

	# Taken before anything is forked here: none of them is ours, but for pid 1.
	pids=(/proc/[0-9]*)
	for pid in "${pids[@]#/proc/}"; do
		[ "$pid" = $$ ] || printf 'process %s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -c 1-150)"
	done 2>/dev/null
	awk '{ print "mount " $5 }' /proc/self/mountinfo | sort
	find /sys/fs/cgroup -mindepth 2 -type d -printf 'cgroup %p\n' 2>/dev/null | sort || :
	for path in /sys/class/net/*; do
		echo "link ${path##*/}"
	done
	for path in /run/netns/* /run/ctr-run/* /run/user/*/ctr-run/*; do
		[ ! -e "$path" ] || echo "file $path"
	done
	find /run -name state.json -printf 'state %p\n' | sort
}
