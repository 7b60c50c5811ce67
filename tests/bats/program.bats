# The program is found as the container's own shell would find it; if it does not start, the reason is told.
# as a user too
load helpers
load lib/programs

@test "args are looked up in the container's PATH" {
	mkdir -p rootfs/opt/one rootfs/opt/two/tool
	printf '#!/bin/sh\necho one $0\n' >rootfs/opt/one/tool
	chmod 755 rootfs/opt/one/tool
	spec '.process.env = ["PATH=/nowhere:/opt/two:/opt/one:/bin"] | .process.args = ["tool"]'
	run rt run web
	[ "$output" = "one /opt/one/tool" ]
	spec '.process.env = [] | .process.args = ["sh", "-c", "echo default"]'
	run rt run web
	[ "$output" = default ]
	spec '.process.cwd = "/opt" | .process.args = ["one/tool"]'
	run rt run web
	[ "$output" = "one one/tool" ] || [ "$output" = "one /opt/one/tool" ]
}

@test "argv[0] is what the config says" {
	spec '.process.args = ["sh", "-c", "tr \"\\0\" \" \" </proc/self/cmdline"]'
	ln -s busybox rootfs/bin/-sh 2>/dev/null || true
	program -sh -c 'echo $0'
	run rt run web
	[ "$output" = -sh ]
}

@test "a program that is not found fails create, in the words that clients look for" {
	program nothing
	rt_fail create web
	says 'exec: "nothing": executable file not found in $PATH'
	program /bin/nothing
	rt_fail create web
	says 'exec: "/bin/nothing": ' "no such file or directory"
	program ''
	rt_fail create web
	says "executable file not found in"
	[ -z "$(ls -A "$STATE")" ]
}

@test "a program without x bit, or a folder: permission denied" {
	echo >rootfs/bin/text
	mkdir -p rootfs/bin/folder
	program text
	rt_fail create web
	says "permission denied"
	program /bin/text
	rt_fail create web
	says "permission denied"
	program /bin/folder
	rt_fail create web
	says "permission denied"
	program folder
	rt_fail create web
	says "executable file not found in"
}

@test "a denied one gives way to one that can be executed" {
	mkdir -p rootfs/opt
	echo >rootfs/opt/echo
	spec '.process.env = ["PATH=/opt:/bin"] | .process.args = ["echo", "fine"]'
	run rt run web
	[ "$output" = fine ]
}

@test "what the user may not execute is refused although root might" {
	cp rootfs/bin/busybox rootfs/bin/secret
	chmod 700 rootfs/bin/secret
	spec '.process.user = {uid: 1000, gid: 1000} | .process.args = ["/bin/secret", "true"]'
	rt_fail create web
	says "permission denied"
}

# refused WORDS...: the program is refused by run, by create or start, and by exec, and each says the words
refused()
{
	local words=("$@")

	rt_fail run web
	says "${words[@]}"
	rm -f "$T/text"
	{ rt create web && rt start web; } >"$T/text" 2>&1 && return 1
	output=$(<"$T/text")
	says "${words[@]}"
	rt delete --force web
	jq -c '.process | del(.terminal)' config.json >"$T/process.json"
	run rt exec --process "$T/process.json" there
	[ "$status" = 255 ]
	says "${words[@]}"
}

@test "why a script or program does not start is told" {
	printf '#!/bin/nothing\n' >rootfs/bin/script
	printf '#!/bin/sh\r\n' >rootfs/bin/dos
	printf 'echo no first line\n' >rootfs/bin/plain
	: >rootfs/bin/empty
	cp rootfs/bin/busybox rootfs/bin/foreign
	printf '\xb7\0' | dd of=rootfs/bin/foreign bs=1 seek=18 conv=notrunc status=none
	cp "$(command -v jq)" rootfs/bin/dynamic
	chmod 755 rootfs/bin/script rootfs/bin/dos rootfs/bin/plain rootfs/bin/empty
	echo >rootfs/bin/text
	chmod 644 rootfs/bin/text
	mkdir rootfs/bin/folder
	ln -s /opt/nowhere rootfs/bin/astray
	new_bundle there
	rm -r rootfs
	spec '.root.path = $r' --arg r "$T/bundle/rootfs"
	rt run -d there
	cd "$T/bundle"
	program script
	refused "no such file or directory" "its interpreter /bin/nothing is not in the container"
	program dos
	refused "no such file or directory" "carriage return"
	program plain
	refused "exec format error" "neither an ELF program nor a script"
	program empty
	refused "exec format error" "it is empty"
	[ "$(uname -m)" != x86_64 ] || {
		program foreign
		refused "exec format error" "it is built for aarch64, and this machine is x86-64"
	}
	program dynamic
	refused "no such file or directory" "its loader /lib" "is not in the container"
	program /bin/text
	refused 'exec: "/bin/text": permission denied' "it has no x bit: its mode is 0644"
	program text
	refused 'exec: "text": permission denied' "it has no x bit"
	program /bin/folder
	refused "permission denied" "it is a directory"
	program /bin/astray
	refused "no such file or directory" "is a symbolic link to /opt/nowhere"
}

@test "a program on a noexec mount, and one that may not be entered by the user" {
	mkdir -p rootfs/none rootfs/secret
	cp rootfs/bin/busybox rootfs/secret
	chmod 700 rootfs/secret
	spec '.mounts += [{destination: "/none", type: "bind", source: $s, options: ["bind", "noexec"]}] | .process.args = ["/none/busybox"]' --arg s "$BUNDLE/rootfs/bin"
	rt_fail create web
	says "permission denied" "it lies on a file system mounted noexec"
	spec '.process.user = {uid: 1000, gid: 1000} | .process.args = ["/secret/busybox", "true"]'
	rt_fail create web
	says "permission denied" "a folder on the way to /secret/busybox may not be entered by 1000:1000"
}

@test "arguments that are too long say how long they are" {
	spec '.process.rlimits = [{type: "RLIMIT_STACK", soft: 1048576, hard: 1048576}] | .process.args = ["true"] + [range(4) | "x" * 100000]'
	rt_fail run web
	says "argument list too long" "arguments and environment have 40" "the limit is 262144"
}

@test "a seccomp filter that does not let the process find out why still lets it say that" {
	printf '#!/bin/nothing\n' >rootfs/bin/script
	chmod 755 rootfs/bin/script
	program /bin/script
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["stat", "newfstatat", "openat", "readlink", "faccessat"], action: "SCMP_ACT_KILL_PROCESS"}]} |
		.process.noNewPrivileges = true'
	rt_fail run web
	says "exec /bin/script: no such file or directory"
	rt create web
	rt_fail start web
	says "exec /bin/script: no such file or directory"
	rt delete web
	spec '.linux.seccomp.syscalls[0] = {names: ["execve"], action: "SCMP_ACT_ERRNO"}'
	rt_fail run web
	says "exec /bin/script: operation not permitted" "does the seccomp profile allow execve?"
}

@test "args must be there" {
	spec '.process.args = []'
	rt_fail create web
	says "args must not be empty"
	spec 'del(.process.args)'
	rt_fail create web
	says "args must not be empty"
	spec '.process.args = [""]'
	rt_fail create web
}
