# Kernel parameters are set in the container's namespaces, and nowhere else.
load helpers
load lib/namespaces

value()
{
	shell "cat /proc/sys/$1"
	run -0 rt run web
}

sysctl()
{
	spec '.linux.sysctl = {($k): $v}' --arg k "$1" --arg v "$2"
}

@test "a parameter of the network, with dots and with slashes" {
	sysctl net.ipv4.ip_forward 1
	value net/ipv4/ip_forward
	[ "$output" = 1 ]
	sysctl net/ipv4/ip_forward 1
	value net/ipv4/ip_forward
	[ "$output" = 1 ]
}

@test "names with dots in them: slashes first, or dots and a slash" {
	[ -e /proc/sys/net/ipv4/conf/lo/forwarding ] || skip "no such parameter here"
	sysctl net/ipv4/conf/lo/forwarding 1
	value net/ipv4/conf/lo/forwarding
	[ "$output" = 1 ]
	sysctl net.ipv4.conf.lo.forwarding 1
	value net/ipv4/conf/lo/forwarding
	[ "$output" = 1 ]
	sysctl net/ipv4/conf/eth0.100/forwarding 1
	rt_fail create web
	says "net/ipv4/conf/eth0.100/forwarding" "no such file or directory"
	sysctl net.ipv4.conf.eth0/100.forwarding 1
	rt_fail create web
	says "net/ipv4/conf/eth0.100/forwarding" "no such file or directory"
}

@test "parameters of ipc, uts and mqueue" {
	spec '.linux.sysctl = {"kernel.msgmax": "65000", "kernel.sem": "250 32000 100 128", "kernel.shm_rmid_forced": "1",
		"kernel.domainname": "example.org"}'
	[ ! -d /proc/sys/fs/mqueue ] || spec '.linux.sysctl["fs.mqueue.msg_max"] = "20"'
	shell 'cd /proc/sys/kernel && cat msgmax sem shm_rmid_forced domainname; cat ../fs/mqueue/msg_max'
	run -0 rt run web
	says 65000 $'250\t32000\t100\t128' example.org
	[ ! -d /proc/sys/fs/mqueue ] || says $'\n20'
	[ "$(cat /proc/sys/kernel/msgmax)" != 65000 ]
}

@test "parameters of a user namespace" {
	[ -e /proc/sys/user/max_net_namespaces ] || skip "no such parameter here"
	user_namespace
	sysctl user.max_net_namespaces 17
	value user/max_net_namespaces
	[ "$output" = 17 ]
	sysctl net.ipv4.ip_forward 1
	value net/ipv4/ip_forward
	[ "$output" = 1 ]
}

@test "what is not a namespace's is refused" {
	local key
	for key in kernel.panic vm.swappiness fs.file-max kernel.core_pattern kernel.msgmaxx kernel/../vm/swappiness netx.a; do
		sysctl "$key" 1
		rt_fail create web
		says "/linux/sysctl/${key//\//\~1}" "$key"
	done
}

@test "what needs a namespace that the container does not have is refused" {
	sysctl net.ipv4.ip_forward 1
	no_namespace network
	rt_fail create web
	says "/linux/sysctl/net.ipv4.ip_forward" '"network"'
	sysctl kernel.msgmax 1
	no_namespace ipc
	rt_fail create web
	says '"ipc"'
	sysctl user.max_net_namespaces 1
	rt_fail create web
	says '"user"'
}

@test "the host's network namespace, joined by any path, is refused" {
	local path

	: >"$T/ns"
	test_mount --bind /proc/self/ns/net "$T/ns"
	sysctl net.ipv4.ip_forward 1
	for path in /proc/self/ns/net "$T/ns"; do
		namespace network "$path"
		rt_fail create web
		says "config.json:" "/linux/sysctl/net.ipv4.ip_forward" "not allowed in host network namespace"
	done
}

@test "so are those of the host's ipc and uts namespaces" {
	namespace ipc /proc/self/ns/ipc
	sysctl kernel.msgmax 65001
	rt_fail create web
	says "/linux/sysctl/kernel.msgmax" "not allowed in host ipc namespace"
	[ "$(cat /proc/sys/kernel/msgmax)" != 65001 ]
	namespace uts /proc/self/ns/uts
	spec '.linux.sysctl = {"kernel.domainname": "evil"} | del(.hostname)'
	rt_fail create web
	says "/linux/sysctl/kernel.domainname" "not allowed in host uts namespace"
}

@test "kernel.hostname conflicts with hostname, and kernel.domainname with another domainname" {
	sysctl kernel.hostname x
	rt_fail create web
	says "/linux/sysctl/kernel.hostname" hostname
	spec '.domainname = "a"'
	shell 'cat /proc/sys/kernel/domainname'
	sysctl kernel.domainname a
	run -0 rt run web
	[ "$output" = a ]
	sysctl kernel.domainname x
	rt_fail create web
	says "/linux/sysctl/kernel.domainname" domainname
}

@test "names that lead elsewhere are refused" {
	local key
	for key in net/../kernel/panic net/ipv4/../../kernel/panic net..ipv4 net. net/ /net/ipv4/ip_forward net/./ipv4/ip_forward "net"; do
		sysctl "$key" 1
		rt_fail create web
		says "/linux/sysctl/"
	done
}

@test "a value is written as it is, in one line" {
	sysctl net.ipv4.ip_local_port_range "30000 40000"
	value net/ipv4/ip_local_port_range
	[ "$output" = $'30000\t40000' ]
	sysctl net.ipv4.ip_forward $'1\nkernel.panic=1'
	rt_fail create web
	says "one line"
	sysctl net.ipv4.ip_forward '1+kernel.panic=1'
	rt_fail create web
	says "/linux/sysctl/net.ipv4.ip_forward" "invalid argument"
}

@test "a parameter or value that the kernel does not take is an error that names it" {
	sysctl net.ipv4.nothing 1
	rt_fail create web
	says "/linux/sysctl/net.ipv4.nothing" "no such file or directory"
	sysctl net.ipv4.ip_forward banana
	rt_fail create web
	says "/linux/sysctl/net.ipv4.ip_forward" "invalid argument"
}
