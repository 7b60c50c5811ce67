# A profile in the form that Docker and podman write (caps, arches, archMap) as linux.seccomp of a config.
# --argjson caps '["CAP_CHOWN"]'  --arg arch amd64  --arg native SCMP_ARCH_X86_64
def applies: . as $rule
	| (($rule.includes.caps // []) | length == 0 or any(. as $c | $caps | index($c)))
	  and (($rule.includes.arches // []) | length == 0 or any(. == $arch))
	  and (($rule.excludes.caps // []) | all(. as $c | $caps | index($c) | not))
	  and (($rule.excludes.arches // []) | all(. != $arch))
	  and (($rule.includes.minKernel // "0") | true);
{
	defaultAction, defaultErrnoRet,
	architectures: [ .archMap[] | select(.architecture == $native) | .architecture, .subArchitectures[] ],
	syscalls: [ .syscalls[] | select(applies) | {
		names: (.names // [.name]), action,
		errnoRet: .errnoRet,
		args: [ .args // [] | .[] | { index, value, valueTwo, op } ]
	} | if .errnoRet == null then del(.errnoRet) else . end | if .args == [] then del(.args) else . end ]
} | if .defaultErrnoRet == null then del(.defaultErrnoRet) else . end
