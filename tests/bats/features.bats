# features: each word it lists may be used in a config, and a word that it does not list is refused.
load helpers

# words FILTER: a list of the features, one a line
words()
{
	"$RUNTIME" features | jq -r "$1 | .[]"
}

# taken WORD FILTER: the config is one that would be carried out, with $w as the filter has it
taken()
{
	jq "$2" --arg w "$1" <"$T/config" >config.json
	run rt explain
	[ "$status" = 0 ] || { echo "$1 is listed and not taken: $output"; return 1; }
}

not_taken()
{
	jq "$2" --arg w "$1" <"$T/config" >config.json
	run rt explain
	[ "$status" != 0 ] || { echo "$1 is not listed and taken"; return 1; }
}

each()
{
	local word n=0

	cp config.json "$T/config"
	for word in $(words "$1"); do
		taken "$word" "$2"
		n=$((n + 1))
	done
	not_taken NOTHING "$2"
	[ "$n" -gt 0 ]
}

@test "namespaces" {
	each .linux.namespaces '.linux.namespaces = ([{type: "mount"}, {type: "uts"}, {type: "network"}, {type: "ipc"}, {type: $w}] | unique) |
		if $w == "user" then .linux.uidMappings = [{containerID: 0, hostID: 1000, size: 65536}] | .linux.gidMappings = .linux.uidMappings else . end'
}

@test "capabilities" {
	each .linux.capabilities '.process.capabilities.bounding = [$w]'
}

@test "hooks" {
	local name

	cp config.json "$T/config"
	[ "$(words .hooks | sort | tr '\n' ' ')" = "createContainer createRuntime poststart poststop prestart startContainer " ]
	for name in $(words .hooks); do
		taken "$name" '.hooks[$w] = [{path: "/bin/true"}]'
		says /bin/true
	done
}

@test "seccomp: actions, operators, architectures, flags" {
	spec '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/run/x", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]}]}'
	each .linux.seccomp.actions '.linux.seccomp.syscalls[0].action = $w'
	mv "$T/config" config.json
	each .linux.seccomp.operators '.linux.seccomp.syscalls[0].args[0].op = $w'
	mv "$T/config" config.json
	each .linux.seccomp.archs '.linux.seccomp.architectures = [$w]'
	mv "$T/config" config.json
	each .linux.seccomp.knownFlags '.linux.seccomp.flags = [$w] | .linux.seccomp.syscalls[0].action = "SCMP_ACT_NOTIFY"'
}

@test "memory policies" {
	each .linux.memoryPolicy.modes '.linux.memoryPolicy = {mode: $w} + if ($w | test("DEFAULT|LOCAL")) then {} else {nodes: "0"} end'
	mv "$T/config" config.json
	each .linux.memoryPolicy.flags '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: [$w]}'
}

@test "mount options: those that are not listed are the file system's" {
	local word

	cp config.json "$T/config"
	for word in $(words .mountOptions); do
		case $word in
		bind|rbind|remount|idmap|ridmap) continue ;;
		copy-symlink|*-nofollow)
			taken "$word" '.mounts += [{destination: "/x", type: "bind", source: "/", options: ["bind", $w]}]'
			continue ;;
		esac
		taken "$word" '.mounts += [{destination: "/x", type: "tmpfs", source: "tmpfs", options: [$w]}]'
		jq -e --arg w "$word" '[.. | objects | select(.target? == "/x") | .data? // ""] | all(. != $w)' <<<"$("$RUNTIME" explain --format json)"
	done
	taken size=1 '.mounts += [{destination: "/x", type: "tmpfs", source: "tmpfs", options: [$w]}]'
	"$RUNTIME" explain --format json | jq -e '[.. | objects | select(.target? == "/x") | .data? // ""] | any(. == "size=1")'
}

@test "what is said to be enabled is" {
	rt features | jq -e '.linux | .cgroup.v1 and .cgroup.v2 and .seccomp.enabled and .mountExtensions.idmap.enabled and .netDevices.enabled
		and .intelRdt.enabled and .intelRdt.schemata and .intelRdt.monitoring'
	rt features | jq -e '.annotations | all(.[]; test("^[ -~]+$"))'
	# A document of the spec, the same from any place and for anybody.
	[ "$(rt features)" = "$(cd / && env -i "$RUNTIME" features)" ]
}

# What is read of a config but not listed as unsafe makes a container only stricter, or is not for a config.
@test "annotations that change what a container may do are listed" {
	local known="org.opencontainers.runc.checkpoint.enabled run.oci.seccomp_fail_unknown_syscall"

	diff <(grep -rhoE --include='*.c' '"(run\.oci|org\.criu|org\.systemd|org\.opencontainers)\.[^"]*"' "$TOP/src" | tr -d '"' | sort -u) \
		<({ words .potentiallyUnsafeConfigAnnotations; printf '%s\n' $known; } | sort -u)
}
