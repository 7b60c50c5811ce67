# A time namespace with offsets: the container seems to have booted at another time.
load helpers
load lib/namespaces

setup()
{
	fresh
	namespace time
}

@test "boottime is moved by its offset" {
	need_kernel 5.6
	spec '.linux.timeOffsets = {boottime: {secs: 1000000, nanosecs: 0}}'
	shell 'cut -d . -f 1 /proc/uptime'
	run -0 rt run web
	local here=$(cut -d . -f 1 /proc/uptime)
	[ "$output" -ge "$((here + 999990))" ] && [ "$output" -le "$((here + 1000010))" ]
}

@test "the offsets are those of the config, backwards and with nanoseconds too" {
	need_kernel 5.6
	spec '.linux.timeOffsets = {monotonic: {secs: 7777, nanosecs: 123456789}, boottime: {secs: -1, nanosecs: 5}}'
	shell 'cat /proc/self/timens_offsets'
	run -0 rt run web
	[ "$(xargs <<<"$output")" = "monotonic 7777 123456789 boottime -1 5" ]
}

@test "exec sees the same time" {
	need_kernel 5.6
	spec '.linux.timeOffsets = {boottime: {secs: 1000000}}'
	rt run -d web
	run -0 rt exec web cat /proc/self/timens_offsets
	says 1000000
}

@test "without offsets the time is the host's" {
	need_kernel 5.6
	shell 'cat /proc/self/timens_offsets'
	run -0 rt run web
	[ "$(xargs <<<"$output")" = "monotonic 0 0 boottime 0 0" ]
}

@test "offsets together with a user namespace" {
	need_kernel 5.6
	user_namespace
	spec '.linux.timeOffsets = {boottime: {secs: 1000000}}'
	shell 'cat /proc/self/timens_offsets'
	run -0 rt run web
	says 1000000
}

@test "offsets without the namespace, with a joined one, of an unknown clock, or with too many nanoseconds are errors" {
	spec '.linux.timeOffsets = {boottime: {secs: 1}}'
	no_namespace time
	rt_fail create web
	says "/linux/timeOffsets" "time namespace isn't enabled"
	namespace time /proc/self/ns/time
	rt_fail create web
	says "/linux/timeOffsets" joined
	namespace time
	spec '.linux.timeOffsets = {realtime: {secs: 1}, boottime: {secs: 1, nanosecs: 1000000000}}'
	rt_fail create web
	says "/linux/timeOffsets/realtime" "/linux/timeOffsets/boottime/nanosecs"
}

@test "an offset that the kernel refuses is told with its place" {
	need_kernel 5.6
	spec '.linux.timeOffsets = {boottime: {secs: -999999999999}}'
	rt_fail create web
	says "/linux/timeOffsets"
}
