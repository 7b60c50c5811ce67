# What got past a runtime inside a text: a name, a number, a value.  A test's name begins with its advisories; the table in
# SECURITY.md has them all.
load ../bats/helpers
load ../bats/lib/mounts
load ../bats/lib/namespaces

@test "CVE-2021-43784: what is too long is an error, and never the beginning of something else" {
	local long
	long=$(head -c 71680 /dev/zero | tr '\0' a)
	cp config.json "$T/config"
	namespace network "/$long"
	rt_fail create web
	says /linux/namespaces
	cp "$T/config" config.json
	# 65536 + 16 bytes of id maps, were they sent in messages of 16 bits.
	spec '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [range(3000) | {containerID: ., hostID: (100000 + .), size: 1}] |
		.linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
	rt_fail create web
	says "3000"
	cp "$T/config" config.json
	for field in .hostname .process.cwd .linux.rootfsPropagation .process.user.username; do
		cp "$T/config" config.json
		printf '%s' "$long" >"$T/long"
		spec "$field = \$l[0:71680]" --rawfile l "$T/long"
		run rt create web </dev/null
		[ "$status" -lt 99 ]
		[ "$status" = 0 ] || [ -z "$(ls -A "$STATE")" ]
		[ ! -d "$STATE/web" ] || rt delete --force web
	done
	spec '.process.args = ["true"]'
}

@test "CVE-2022-0811: a sysctl's value is one value of one sysctl" {
	local value core
	core=$(</proc/sys/kernel/core_pattern)
	cp config.json "$T/config"
	for value in $'0\nkernel.core_pattern=|/evil' '0+kernel.core_pattern=|/evil' $'0\n1' '0 kernel.core_pattern=x' $'0\tx'; do
		spec '.linux.sysctl = {"net.ipv4.ip_forward": $v} | .process.args = ["cat", "/proc/sys/net/ipv4/ip_forward"]' --arg v "$value"
		rt_fail run web
		says /linux/sysctl
		same "$core" "$(</proc/sys/kernel/core_pattern)"
	done
	for name in kernel.core_pattern net/../kernel/core_pattern net/ipv4/../../kernel/core_pattern kernel.msgmax/../core_pattern \
		net.ipv4.ip_forward=1 "net.ipv4.ip_forward+kernel.core_pattern" kernel.shm_rmid_forced/../core_pattern; do
		spec '.linux.sysctl = {($n): "|/evil"}' --arg n "$name"
		rt_fail run web
		same "$core" "$(</proc/sys/kernel/core_pattern)"
	done
	# A NUL would end it early.
	jq '.linux.sysctl = {"net.ipv4.ip_forward": "1@"}' "$T/config" | sed 's/1@/1\\u0000x/' >config.json
	rt_fail run web
	says /linux/sysctl
}

@test "CVE-2024-3154: no property of a unit that runs something comes from an annotation" {
	local name
	run rt --systemd-cgroup explain
	[[ $output != *"not supported by this version"* ]] || skip "this build cannot ask systemd for cgroups"
	spec '.linux.cgroupsPath = "system.slice:test:web"'
	cp config.json "$T/config"
	for name in ExecStopPost ExecStart ExecStartPre RootDirectory User Environment LoadCredential SetCredential DelegateControllers.; do
		cp "$T/config" config.json
		spec '.annotations = {("org.systemd.property." + $n): "[[\"/bin/sh\"]]"}' --arg n "$name"
		rt_fail --systemd-cgroup create web
		says "org.systemd.property.$name"
	done
}
