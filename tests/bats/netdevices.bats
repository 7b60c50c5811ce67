# linux.netDevices: network devices move into the container with their addresses; after a failure they are as they were.
load helpers
load lib/mounts
load lib/namespaces
load lib/programs

TEST_TIMEOUT=150

# The runtime's network namespace is one of the test's: nothing of the machine's is touched.
setup()
{
	fresh
	others --net
	HOST=$OTHER
	RT=(nsenter "--net=/proc/$HOST/ns/net" "${RT[@]}")
	host ip link set lo up
	host ip link add wire type veth peer name far
	host ip link set wire mtu 1400 address 02:00:00:00:00:01
	host ip link set wire up
	host ip link set far up
}

teardown()
{
	# The namespace goes before the sweep looks for what is left.
	RT=("$RUNTIME" --root "$STATE" --log "$LOG")
	end_others
	sweep
}

host()
{
	nsenter "--net=/proc/$HOST/ns/net" "$@" 3>&- 4>&-
}

# in_container COMMAND...: in the network namespace of the container web, with the tools of the host
in_container()
{
	nsenter "--net=/proc/$(pid_of web)/ns/net" "$@" 3>&- 4>&-
}

# devices COMMAND...: the names of the devices there
devices()
{
	"$@" ip -json link | jq -r '.[].ifname' | sort | tr '\n' ' '
}

# addresses DEVICE COMMAND...: local/prefix, peer, broadcast, of each that is global
addresses()
{
	"${@:2}" ip -json address show dev "$1" scope global |
		jq -r '.[].addr_info[] | select(.local) | "\(.local)/\(.prefixlen) \(.address // "-") \(.broadcast // "-") \(.noprefixroute // false) \(.metric // 0)"' | sort
}

give_addresses()
{
	host ip address add 192.0.2.5/24 broadcast 192.0.2.255 dev wire
	host ip address add 198.51.100.1 peer 198.51.100.2/32 dev wire
	host ip address add 192.0.2.77/24 dev wire metric 50 noprefixroute
	host ip address add 2001:db8::5/64 dev wire nodad
	host ip address add 203.0.113.9/24 dev wire scope link
	host ip address add 2001:db8::dead/64 dev wire nodad valid_lft 1000 preferred_lft 1000
}

@test "a device moves, under its own name, and is up" {
	spec '.linux.netDevices = {wire: {}}'
	rt run -d web
	[ "$(devices in_container)" = "lo wire " ]
	[ "$(devices host)" = "far lo " ]
	in_container ip -json link show wire | jq -e '.[0] | .flags | index("UP")'
	same "1400 02:00:00:00:00:01" "$(in_container ip -json link show wire | jq -r '.[0] | "\(.mtu) \(.address)"')"
}

@test "under another name" {
	spec '.linux.netDevices = {wire: {name: "eth0"}}'
	rt create web
	[ "$(devices in_container)" = "eth0 lo " ]
	rt start web
	in_container ip -json link show eth0 | jq -e '.[0] | .flags | index("UP")'
}

@test "under a name that the kernel completes" {
	host ip link add second type veth peer name far2
	spec '.linux.netDevices = {wire: {name: "eth%d"}, second: {name: "eth%d"}}'
	rt run -d web
	[ "$(devices in_container)" = "eth0 eth1 lo " ]
}

@test "two devices exchange their names" {
	host ip link add second type veth peer name far2
	host ip link set second address 02:00:00:00:00:02
	spec '.linux.netDevices = {wire: {name: "second"}, second: {name: "wire"}}'
	rt run -d web
	same 02:00:00:00:00:01 "$(in_container ip -json link show second | jq -r '.[0].address')"
	same 02:00:00:00:00:02 "$(in_container ip -json link show wire | jq -r '.[0].address')"
}

@test "permanent addresses of global scope go with it, others do not" {
	give_addresses
	local before=$(addresses wire host | grep -v dead)
	spec '.linux.netDevices = {wire: {name: "eth0"}}'
	rt run -d web
	same "$before" "$(addresses eth0 in_container)"
	[ -z "$(in_container ip -4 -json address show dev eth0 scope link | jq -r '.[].addr_info[]?.local')" ]
	# It works: the far end answers.
	host ip address add 192.0.2.6/24 dev far
	in_container busybox ping -c 1 -W 5 192.0.2.6
}

@test "sysctls of the device are set in the container" {
	spec '.linux.netDevices = {wire: {name: "eth0"}} | .linux.sysctl = {"net/ipv4/conf/eth0/accept_local": "1"} | .process.args = ["cat", "/proc/sys/net/ipv4/conf/eth0/accept_local"]'
	run -0 rt run web
	[ "$output" = 1 ]
}

@test "a joined network namespace, in which its index is taken" {
	others --net
	local i

	for i in 1 2 3 4; do
		nsenter "--net=/proc/$OTHER/ns/net" ip link add "x$i" type veth peer name "y$i"
	done
	give_addresses
	local before=$(addresses wire host | grep -v dead)
	namespace network "/proc/$OTHER/ns/net"
	spec '.linux.netDevices = {wire: {name: "eth0"}}'
	rt run -d web
	same "$before" "$(addresses eth0 in_container)"
	rt delete --force web
	# config-linux.md: it must not be moved out.
	nsenter "--net=/proc/$OTHER/ns/net" ip link show eth0
	[ "$(devices host)" = "far lo " ]
}

@test "a container with a user namespace" {
	chown -R 100000:100000 rootfs
	chmod 755 "$T" "$SUITE"
	give_addresses
	user_namespace
	spec '.linux.netDevices = {wire: {}} | .process.args = ["ip", "link", "show", "wire"]'
	run -0 rt run web
	says "UP" 02:00:00:00:00:01
}

@test "the end of the container is the end of a virtual device, as the kernel has it" {
	spec '.linux.netDevices = {wire: {}}'
	rt run -d web
	rt delete --force web
	wait_for sh -c "! nsenter --net=/proc/$HOST/ns/net ip link show far"
	[ "$(devices host)" = "lo " ]
}

give_routes()
{
	host ip route add 198.18.0.0/24 dev wire metric 7
	host ip route add 198.18.1.0/24 via 192.0.2.9 dev wire src 192.0.2.5 mtu 1300
	host ip route add default via 192.0.2.1 dev wire table 77
	host ip route add 198.18.2.0/24 via 203.0.114.1 dev wire onlink
	host ip route add 198.18.3.0/24 via inet6 2001:db8::9 dev wire
	host ip -6 route add 2001:db8:1::/64 via 2001:db8::1 dev wire metric 33
	host ip -6 route add default dev wire
}

routes()
{
	{ host ip route show table all dev wire; host ip -6 route show table all dev wire; } | sed 's/ linkdown//; s/ *$//' | grep -v '^\(local\|anycast\|multicast\|broadcast\) ' | sort
}

# What is known of the test's device here.
look_of()
{
	addresses wire host
	routes
	host ip -json link show wire | jq -c '.[0] | [.mtu, .address, (.flags | index("UP") != null)]'
	devices host
}

@test "a create that fails later brings everything back, with its routes" {
	give_addresses
	give_routes
	host ip address del 2001:db8::dead/64 dev wire
	host ip address del 203.0.113.9/24 dev wire
	host ip link add second type veth peer name far2
	local before=$(look_of)
	spec '.linux.netDevices = {wire: {name: "eth0"}, second: {name: "eth%d"}} | .hooks = {createRuntime: [{path: "/bin/false"}]}'
	rt_fail create web
	says createRuntime
	same "$before" "$(look_of)"
	# Down it is down again.
	host ip -json link show second | jq -e '.[0] | .flags | index("UP") == null'
	spec 'del(.hooks) | .process.args = ["/nope"]'
	rt_fail run web
	same "$before" "$(look_of)"
	spec '.process.args = ["true"] | .hooks = {startContainer: [{path: "/bin/false"}]}'
	rt_fail run web
	same "$before" "$(look_of)"
}

@test "a name that is taken in the container is an error, and nothing has moved" {
	others --net
	nsenter "--net=/proc/$OTHER/ns/net" ip link add eth0 type veth peer name eth1
	namespace network "/proc/$OTHER/ns/net"
	give_addresses
	host ip link add second type veth peer name far2
	local before=$(look_of)
	spec '.linux.netDevices = {second: {}, wire: {name: "eth0"}}'
	rt_fail create web
	says /linux/netDevices/wire "has a device called eth0" "file exists"
	same "$before" "$(look_of)"
	# A namesake of its old name is no obstacle.
	spec '.linux.netDevices = {wire: {name: "eth7"}}'
	nsenter "--net=/proc/$OTHER/ns/net" ip link add wire type veth peer name other
	rt run -d web
	nsenter "--net=/proc/$OTHER/ns/net" ip link show eth7
}

@test "a device that is not there, or cannot move, is told with its place" {
	spec '.linux.netDevices = {nothing: {}}'
	rt_fail create web
	says /linux/netDevices/nothing "network device nothing: no such device"
	spec '.linux.netDevices = {lo: {}}'
	rt_fail create web
	says /linux/netDevices/lo loopback
	host ip link add bridge type bridge
	spec '.linux.netDevices = {wire: {}, bridge: {}}'
	give_addresses
	host ip address del 2001:db8::dead/64 dev wire
	host ip address del 203.0.113.9/24 dev wire
	local before=$(look_of)
	rt_fail create web
	says /linux/netDevices/bridge "move the network device bridge into the container"
	same "$before" "$(look_of)"
}

@test "names are checked" {
	local name

	for name in a/b a:b 'a b' . .. 0123456789abcdef 'a%s' 'a%d%d' $'a\tb' 'a%'; do
		spec '.linux.netDevices = {wire: {name: $n}}' --arg n "$name"
		rt_fail create web
		says /linux/netDevices/wire/name "invalid network device name"
	done
	spec '.linux.netDevices = {"0123456789abcdef": {}}'
	rt_fail create web
	says "invalid network device name"
	spec '.linux.netDevices = {wire: {name: "far"}, far: {}}'
	rt_fail create web
	says "another device's name in the container too"
	no_namespace network
	spec '.linux.netDevices = {wire: {}}'
	rt_fail create web
	says "unable to move network devices without a NET namespace"
	namespace network "/proc/$HOST/ns/net"
	rt_fail create web
	says "the container's network namespace is the runtime's own"
	[ "$(devices host)" = "far lo wire " ]
}

@test "without privilege it is refused" {
	chmod 755 "$T" "$SUITE"
	user_namespace 1000 1
	spec '.mounts |= map(select(.destination != "/dev/pts"))'
	spec '.linux.netDevices = {wire: {}}'
	run as_user 1000 "$RUNTIME" --root "$T/run-1000/state" create web </dev/null
	[ "$status" = 1 ]
	says /linux/netDevices CAP_NET_ADMIN
}

@test "a create that is killed: delete brings the device back from a namespace that outlives it" {
	local n before code away=0

	[ -z "${SANITIZED-}" ] || skip "a sanitizer starts with three hundred calls of its own"
	others --net
	namespace network "/proc/$OTHER/ns/net"
	host ip address add 192.0.2.5/24 dev wire
	host ip route add 198.18.1.0/24 via 192.0.2.9 dev wire
	before=$(look_of)
	spec '.linux.netDevices = {wire: {name: "eth%d"}}'
	for ((n = 100; n < 600; n += 5)); do
		code=0
		host "$OUTSIDE" killed-at "$n" "$RUNTIME" --root "$STATE" --log "$LOG" create web >"$OUT" 2>&1 </dev/null || code=$?
		# Once it is on record it is a container, and its devices are its own.
		[ "$code" != 0 ] && [ ! -e "$STATE/web/state.json" ] || break
		[ "$(devices host)" = "far lo wire " ] || away=$((away + 1))
		rt delete --force web
		same "$before" "$(look_of)" "killed at call $n"
		[ "$(devices nsenter "--net=/proc/$OTHER/ns/net")" = "lo " ]
	done
	[ "$n" -gt 130 ]
	[ "$n" -lt 600 ]
	# It was away in some of them.
	[ "$away" -gt 3 ]
}

@test "explain and features tell of it" {
	spec '.linux.netDevices = {wire: {name: "eth0"}}'
	run -0 rt explain
	says "Network devices" wire eth0
	[ "$(rt features | jq .linux.netDevices.enabled)" = true ]
}
