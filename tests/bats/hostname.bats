# The container's host name and domain name.
load helpers
load lib/namespaces

@test "hostname and domainname are set" {
	spec '.hostname = "box" | .domainname = "example.org"'
	shell 'hostname; cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname'
	run -0 rt run web
	[ "$output" = $'box\nbox\nexample.org' ]
	[ "$(uname -n)" != box ]
}

@test "without them the names are the host's" {
	spec 'del(.hostname, .domainname)'
	shell 'hostname; cat /proc/sys/kernel/domainname'
	run -0 rt run web
	[ "${lines[0]}" = "$(uname -n)" ]
}

@test "64 bytes fit, 65 do not" {
	spec '.hostname = ("x" * 64)'
	shell hostname
	run -0 rt run web
	[ "${#output}" = 64 ]
	spec '.hostname = ("x" * 65) | .domainname = ("y" * 65)'
	rt_fail create web
	says "/hostname: has 65 bytes" "/domainname: has 65 bytes"
}

@test "without a UTS namespace they are refused" {
	no_namespace uts
	rt_fail create web
	says "/hostname" "without a private UTS namespace"
	spec 'del(.hostname) | .domainname = "x"'
	rt_fail create web
	says "/domainname" "without a private UTS namespace"
}

@test "in a user namespace" {
	user_namespace
	spec '.hostname = "box"'
	shell hostname
	run -0 rt run web
	[ "$output" = box ]
}

@test "in a joined UTS namespace the name is set there" {
	others --uts
	namespace uts "/proc/$OTHER/ns/uts"
	spec '.hostname = "joined"'
	rt create web
	[ "$(nsenter -t "$OTHER" -u uname -n)" = joined ]
}
