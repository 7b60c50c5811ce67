# A bad config is refused before anything is touched, all faults at once, each with its place.
load helpers

# Nothing was made: no state, no cgroup.
untouched()
{
	[ ! -e "$STATE" ] || [ -z "$(ls -A "$STATE")" ]
	[ ! -e "$(cgroup_dir 2>/dev/null)" ]
}

# The config with FILTER applied is refused with POINTER and TEXT..., at the place where jq's own output has it.
refused()
{
	local filter=$1 pointer=$2
	shift 2
	spec "$filter"
	rt_fail create web
	[[ $output =~ config\.json:[0-9]+:[0-9]+:\ $pointer:\  ]] || { echo "no $pointer in: $output"; return 1; }
	says "$@"
	untouched
}

# The raw TEXT in place of config.json is refused with WORDS...
text_refused()
{
	printf "$1" >config.json
	shift
	rt_fail create web
	says "$@"
	untouched
}

@test "a wrong type says what was expected and what was found" {
	refused '.process.terminal = "no"' /process/terminal "expected true or false" "string"
}

@test "a string in place of a list is refused" {
	refused '.process.args = "sh"' /process/args "expected an array"
}

@test "an object in place of a string is refused" {
	refused '.hostname = {}' /hostname "expected a string"
}

@test "an unknown enum value names those that are known" {
	refused '.linux.namespaces[0].type = "bogus"' /linux/namespaces/0/type '"bogus" is not one of' pid network mount
}

@test "a missing required member is named" {
	refused 'del(.process.cwd)' /process/cwd "is missing"
}

@test "a missing ociVersion is refused" {
	refused 'del(.ociVersion)' /ociVersion "is missing"
}

@test "an ociVersion that is none is refused" {
	refused '.ociVersion = "one"' /ociVersion
}

@test "a version 2 of the spec is refused" {
	refused '.ociVersion = "2.0.0"' /ociVersion
}

@test "uid 2^32-1 means 'no change' to the kernel and is refused" {
	refused '.process.user.uid = 4294967295' /process/user/uid
}

@test "uid 2^32 does not wrap to 0" {
	refused '.process.user.uid = 4294967296' /process/user/uid "out of range"
}

@test "a negative uid is refused" {
	refused '.process.user.uid = -1' /process/user/uid "out of range"
}

@test "a gid of 2^32-1 is refused" {
	refused '.process.user.gid = 4294967295' /process/user/gid
}

@test "a fraction is no number of seconds" {
	refused '.hooks = {"prestart": [{"path": "/bin/true", "timeout": 1.5}]}' /hooks/prestart/0/timeout
}

@test "a whole number may be written 1e3 or 10.0" {
	sed -i 's/"uid": 0/"uid": 1.0e3/; s/"gid": 0/"gid": 10.0/' config.json
	program id -u
	sed -i 's/"uid": 1000/"uid": 1.0e3/' config.json
	run rt run web
	[ "$output" = 1000 ]
}

@test "an rlimit may be 2^64-1" {
	spec '.process.rlimits = [{"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]'
	sed -i 's/"soft": 0/"soft": 18446744073709551615/; s/"hard": 0/"hard": 18446744073709551615/' config.json
	shell 'ulimit -c'
	sed -i 's/1844674407370955[0-9]*/18446744073709551615/g' config.json
	run rt run web
	[ "$output" = unlimited ]
}

@test "an rlimit of 2^64 is refused" {
	sed -i 's/"rlimits": \[/"rlimits": [{"type": "RLIMIT_CORE", "soft": 18446744073709551616, "hard": 0},/' config.json
	rt_fail create web
	says /process/rlimits/0/soft "out of range"
	untouched
}

@test "a negative device number is refused" {
	refused '.linux.devices = [{"path": "/dev/x", "type": "c", "major": -2, "minor": 0}]' /linux/devices/0/major
}

@test "a swappiness over 100 is refused" {
	refused '.linux.resources.memory.swappiness = 101' /linux/resources/memory/swappiness
}

@test "NUL in a string is refused" {
	refused '.hostname = "a\u0000b"' /hostname 'u0000'
}

@test "NUL in an unknown key is refused" {
	text_refused '{"a\\u0000b": 1, "ociVersion": "1.0.0"}' 'u0000'
}

@test "a doubled key is refused" {
	text_refused '{\n "ociVersion": "1.0.0",\n "ociVersion": "1.0.1"\n}' "config.json:3:" /ociVersion twice
}

@test "a doubled key below an unknown one is refused" {
	text_refused '{"ociVersion": "1.0.0", "x": {"y": 1, "y": 2}}' twice
}

@test "a thousand open brackets are refused" {
	text_refused "{\"ociVersion\": \"1.0.0\", \"x\": $(printf '[%.0s' {1..1000})" "deeper than"
}

@test "a hundred thousand nested objects are refused" {
	{ printf '{"ociVersion": "1.0.0", "x": '; yes '{"a":' | head -n 100000 | tr -d '\n'; } >config.json
	rt_fail create web
	says "deeper than"
	untouched
}

@test "a config of more than 16 MiB is refused" {
	{ printf '{"ociVersion": "1.0.0", "x": "'; head -c 17000000 /dev/zero | tr '\0' a; printf '"}'; } >config.json
	rt_fail create web
	says config.json
	untouched
}

@test "a truncated file is refused at its end" {
	head -c 300 config.json >short
	mv short config.json
	rt_fail create web
	says "config.json:$(wc -l <config.json | awk '{ print $1 + 1 }'):" "the text ends too early"
	untouched
}

@test "an empty file is refused" {
	text_refused '' config.json
}

@test "text after the object is refused" {
	echo '}' >>config.json
	rt_fail create web
	says "config.json:"
	untouched
}

@test "a byte order mark is named" {
	text_refused '\xef\xbb\xbf{"ociVersion": "1.0.0"}' "config.json:1:1:" "byte order mark"
}

@test "bytes that are not UTF-8 are refused" {
	text_refused '{"ociVersion": "1.0.0", "hostname": "a\xff\xfeb"}' config.json:1: UTF-8
}

@test "an overlong form is not UTF-8" {
	text_refused '{"ociVersion": "1.0.0", "hostname": "\xc0\x80"}' UTF-8
}

@test "a list is no config" {
	text_refused '[]' "config.json:1:1:" "expected an object"
}

@test "a missing config.json says so in the words that clients know" {
	rm config.json
	rt_fail create web
	says "in the bundle $BUNDLE: JSON specification file config.json not found" "no such file or directory"
	untouched
}

@test "a folder in place of config.json is refused" {
	rm config.json
	mkdir config.json
	rt_fail create web
	says config.json directory
	untouched
}

@test "a FIFO in place of config.json does not hang" {
	rm config.json
	mkfifo config.json
	run timeout 5 "${RT[@]}" create web
	[ "$status" = 1 ]
	says config.json FIFO
	untouched
}

@test "a device in place of config.json is refused" {
	rm config.json
	ln -s /dev/zero config.json
	rt_fail create web
	says config.json device
	untouched
}

@test "a loop of links in place of config.json is refused" {
	rm config.json
	ln -s config.json config.json
	rt_fail create web
	says config.json "symbolic links"
	untouched
}

@test "all faults are told at once, in the order of the file" {
	text_refused '{\n  "ociVersion": "1.0.0",\n  "hostname": 3,\n  "root": {"path": true},\n  "process": {"cwd": "x", "args": []},\n  "linux": {"namespaces": [{"type": "mount"}]}\n}' \
		"config.json:3:15: /hostname: " "config.json:4:20: /root/path: " "config.json:5:22: /process/cwd: " \
		"config.json:5:35: /process/args: "
	says_not "config.json:1:" "config.json:6:"
	[ "$(sed -n 's/^config.json:\([0-9]*\):.*/\1/p' <<<"$output" | tr '\n' ' ')" = "3 4 5 5 " ]
}

@test "an unknown property is ignored, as the spec says" {
	spec '.nonsense = {"a": [1, 2, {"b": null}]} | .process.alsoUnknown = true | .linux.whatever = "x"'
	program true
	rt run web
}

@test "null means not given" {
	spec '.hostname = null | .hooks = null | .linux.resources = null'
	program true
	rt run web
}

@test "cwd must be absolute" {
	refused '.process.cwd = "tmp"' /process/cwd "absolute"
}

@test "args must not be empty" {
	refused '.process.args = []' /process/args "args must not be empty"
}

@test "an env entry needs a name and a =" {
	refused '.process.env = ["A=1", "nothing"]' /process/env/1
	refused '.process.env = ["=x"]' /process/env/0
}

@test "an unknown capability is an error" {
	refused '.process.capabilities.bounding = ["CAP_KILL", "CAP_NONSENSE"]' /process/capabilities/bounding/1 CAP_NONSENSE
}

@test "an unknown or doubled rlimit is an error" {
	refused '.process.rlimits = [{"type": "RLIMIT_BOGUS", "soft": 1, "hard": 1}]' /process/rlimits/0/type RLIMIT_BOGUS
	refused '.process.rlimits = [{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}, {"type": "RLIMIT_CORE", "soft": 1, "hard": 1}]' \
		/process/rlimits/1/type
}

@test "a doubled namespace is an error" {
	refused '.linux.namespaces += [{"type": "pid"}]' '/linux/namespaces/[0-9]+(/type)?'
}

@test "id mappings need a user namespace" {
	refused '.linux.uidMappings = [{"containerID": 0, "hostID": 1000, "size": 1}]' '/linux/(uidMappings|namespaces)'
}

@test "a hook's path is absolute and its timeout above zero" {
	refused '.hooks = {"poststop": [{"path": "bin/true"}]}' /hooks/poststop/0/path absolute
	refused '.hooks = {"poststop": [{"path": "/bin/true", "timeout": 0}]}' /hooks/poststop/0/timeout
}

@test "bind mounts take no options of a file system" {
	refused '.mounts += [{"destination": "/x", "source": "/tmp", "options": ["bind", "size=1m"]}]' '/mounts/[0-9]+/options/1'
}

@test "a mount needs a destination" {
	refused '.mounts += [{"source": "/tmp", "options": ["bind"]}]' '/mounts/[0-9]+/destination' "is missing"
}

@test "a host name needs a UTS namespace" {
	refused '.linux.namespaces |= map(select(.type != "uts"))' /hostname
}

@test "a seccomp rule with an errno for an action that has none is an error" {
	refused '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["chmod"], "action": "SCMP_ACT_KILL", "errnoRet": 3}]}' \
		/linux/seccomp/syscalls/0/errnoRet
}

@test "a source that is not there is told with its mount" {
	refused '.mounts += [{"destination": "/x", "source": "/no/such/source", "options": ["bind"]}]' '/mounts/[0-9]+' \
		/no/such/source "no such file or directory"
}

@test "a root that is not there is told with its place" {
	refused '.root.path = "nowhere"' '/root/path' nowhere
}

@test "a namespace path of the wrong kind is refused" {
	refused '.linux.namespaces |= map(if .type == "ipc" then .path = "/proc/self/ns/uts" else . end)' '/linux/namespaces/[0-9]+'
}

@test "the JSON log of a fault is one object with its place" {
	spec '.process.cwd = 3 | .hostname = true'
	run "${RT[@]}" --log-format json create web
	[ "$status" = 1 ]
	[ "$(jq -s length "$LOG")" = 1 ]
	jq -e '.level == "error" and .code == "config" and .line > 1 and .column > 1 and (.pointer | startswith("/")) and (.msg | length > 0)
		and (.more | length == 1) and (.time | fromdateiso8601? // (sub("\\.[0-9]+"; "") | fromdateiso8601) > 0)' "$LOG"
	untouched
}

@test "a process file is checked in the same way" {
	rt create web
	rt start web
	echo '{"cwd": "/", "args": ["true"], "user": {"uid": "root"}}' >process.json
	rt_fail exec --process process.json web
	says "process.json:1:" /user/uid "expected a number"
}
