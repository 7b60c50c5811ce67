# The device rules of the cgroup hold, with v1's list and with v2's program.
load helpers
load lib/mounts

# No driver has these numbers: what is denied says "not permitted", what is allowed "No such device".
setup()
{
	fresh
	spec '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
	add_mount /tmp tmpfs tmpfs
	spec '.linux.devices = [{path: "/dev/x", type: "c", major: 300, minor: 5}, {path: "/dev/y", type: "c", major: 300, minor: 6},
		{path: "/dev/b", type: "b", major: 300, minor: 5}]'
}

rules()
{
	spec ".linux.resources.devices = $1"
}

# What can be opened, for reading and writing: "xr yr bw"
opened()
{
	see 'for d in x y b; do
		(: </dev/$d) 2>&1 | grep -q "not permitted" || echo ${d}r
		(: >/dev/$d) 2>&1 | grep -q "not permitted" || echo ${d}w
	done; echo'
	output=$(xargs <<<"$output")
}

@test "deny all: the default devices can be used and nothing else opened" {
	rules '[{allow: false, access: "rwm"}]'
	see 'echo x >/dev/null && head -c 1 /dev/zero | wc -c && head -c 1 /dev/urandom | wc -c && : >/dev/ptmx'
	same $'1\n1' "$output"
	opened
	same "" "$output"
}

@test "the letter a in an access is let pass and means nothing, as with runc" {
	rules '[{allow: false, access: "rwm"}, {allow: true, type: "c", major: 300, minor: 5, access: "ra"}]'
	opened
	same xr "$output"
}

@test "without rules the default devices can be used and nothing else opened, as with runc" {
	rules '[]'
	opened
	same "" "$output"
	spec 'del(.linux.resources)'
	opened
	same "" "$output"
	see 'echo x >/dev/null && head -c 1 /dev/zero | wc -c'
	same 1 "$output"
}

@test "an update opens what no rule had named" {
	need_root
	spec 'del(.linux.resources) | .process.args = ["sh", "-c", "mknod /tmp/x c 300 5; sleep 1000"]'
	rt run -d web
	wait_for rt exec web ls /tmp/x
	run rt exec web sh -c ': </tmp/x'
	says "Operation not permitted"
	echo '{"devices": [{"allow": true, "type": "c", "major": 300, "access": "r"}]}' | rt update -r - web
	run rt exec web sh -c ': </tmp/x'
	says "No such device or address"
}

@test "the last rule that covers a device decides" {
	rules '[{allow: false, access: "rwm"}, {allow: true, type: "c", major: 300, minor: 5, access: "r"}]'
	opened
	same "xr" "$output"
	rules '[{allow: false, access: "rwm"}, {allow: true, type: "c", major: 300, minor: 5, access: "rw"}, {allow: false, type: "c", major: 300, minor: 5, access: "w"}]'
	opened
	same "xr" "$output"
	rules '[{allow: true, access: "rwm"}, {allow: false, type: "c", major: 300, minor: 5, access: "rwm"}]'
	opened
	same "yr yw br bw" "$output"
	rules '[{allow: false, type: "c", major: 300, minor: 5, access: "rwm"}, {allow: true, access: "rwm"}]'
	opened
	same "xr xw yr yw br bw" "$output"
}

@test "a rule without minor, or of type a, covers them all" {
	rules '[{allow: false, access: "rwm"}, {allow: true, type: "c", major: 300, access: "rw"}]'
	opened
	same "xr xw yr yw" "$output"
	rules '[{allow: false, access: "rwm"}, {allow: true, type: "b", access: "w"}]'
	opened
	same "bw" "$output"
}

@test "nodes can always be made, as runc allows it: opening them is what the rules decide" {
	rules '[{allow: false, access: "rwm"}]'
	see 'mknod /tmp/a c 300 7 && mknod /tmp/b b 300 8 && ls /tmp; (: </tmp/a); true'
	says $'a\nb' "/tmp/a: Operation not permitted"
}

@test "exec'd processes are under the same rules" {
	rules '[{allow: false, access: "rwm"}, {allow: true, type: "c", major: 300, minor: 6, access: "r"}]'
	rt run -d web
	run rt exec web sh -c '(: </dev/x); (: </dev/y)'
	says "/dev/x: Operation not permitted" "/dev/y: No such device"
}

@test "a bad rule is an error" {
	rules '[{allow: true, type: "x", access: "rwm"}, {allow: true, access: "rwx"}, {allow: true, type: "c", major: -5, access: "r"}]'
	rt_fail create web
	says "/linux/resources/devices/0/type" "/linux/resources/devices/1/access" "/linux/resources/devices/2/major"
}

@test "two thousand rules" {
	spec '.linux.resources.devices = [{allow: false, access: "rwm"}] +
		[range(2000) | {allow: true, type: "c", major: 400, minor: ., access: "rwm"}] + [{allow: true, type: "c", major: 300, minor: 6, access: "r"}]'
	opened
	same yr "$output"
}
