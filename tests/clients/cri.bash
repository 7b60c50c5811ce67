# cri.bash - a kubelet: calls of the Container Runtime Interface to a containerd of our own
#
#	load containerd
#	load cri
#
# A file has one containerd, with a pod named "one"; whose own setup_file() does more begins with cri_start.
#
#	once c1 "FIELDS of its config" sh -c 'echo hello'	# a container of pod one, to its end; $output is its log
#	start one c2 "command: 'sleep' args: '1000'"		# $id is the container's
#	inside 'id -u'						# a shell in container $id; $output is what it wrote
#	finish "$id"
#
# FIELDS are in protobuf's text form; cri.proto has their names.

BOX=localhost/box:latest

setup_file()
{
	cri_start
}

teardown_file()
{
	cri_end
}

cri_start()
{
	# containerd asks for cpu.shares whether its user does or not.
	need_controller cpu || return 0
	need containerd ctr curl protoc || return 0
	[ "$(cni_folder)" ] || lacks "there are no CNI plugins" || return 0
	cat >/etc/cni/net.d/10-pods.conflist <<-EOT
		{ "cniVersion": "0.4.0", "name": "pods", "plugins": [
			{ "type": "bridge", "bridge": "pods0", "isGateway": true,
			  "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.99.0.0/24" }]] } },
			{ "type": "loopback" } ] }
	EOT
	containerd_start
	ctr -n k8s.io image import "$IMAGES/box.tar"
	ctr -n k8s.io image import "$IMAGES/pause.tar"
	wait_for cri Version ''
	pod one
}

cri_end()
{
	began || return 0
	local id

	for id in $(ctr -n k8s.io container ls -q labels.\"io.cri-containerd.kind\"==sandbox); do
		cri StopPodSandbox "pod_sandbox_id: '$id'" || :
		cri RemovePodSandbox "pod_sandbox_id: '$id'" || :
	done
	end registry
	end containerd
	ip link del pods0 2>/dev/null || :
	for id in /sys/fs/cgroup/{k8s.io,pods} /sys/fs/cgroup/*/{k8s.io,pods}; do
		[ ! -d "$id" ] || rmdir "$id" 2>/dev/null || :
	done
	rm -rf /run/netns/cni-* 2>/dev/null || :
	umount /run/netns 2>/dev/null || :
}

# cri METHOD TEXT: a call as the kubelet makes it.  gRPC is a POST of HTTP/2 whose body is one byte "not compressed", four of
# length, and the message; the status comes behind the answer.
cri()
{
	local method=$1 call=$W/tmp/call.$BASHPID status n
	printf '%s' "$2" | protoc --proto_path="$TOP/tests/clients" --encode="runtime.v1.${method}Request" cri.proto >"$call.message"
	n=$(stat -c %s "$call.message")
	{
		printf "\\x00\\x$(printf %02x $((n >> 24 & 255)))\\x$(printf %02x $((n >> 16 & 255)))\\x$(printf %02x $((n >> 8 & 255)))\\x$(printf %02x $((n & 255)))"
		cat "$call.message"
	} >"$call.request"
	curl --silent --show-error --http2-prior-knowledge --unix-socket /run/containerd/containerd.sock --max-time 120 \
		-H 'content-type: application/grpc' -H 'te: trailers' -H 'user-agent: grpc-test' --data-binary "@$call.request" \
		--dump-header "$call.head" --output "$call.answer" "http://localhost/runtime.v1.RuntimeService/$method" || return 1
	status=$(sed -n 's/^grpc-status: *\([0-9]*\).*/\1/p' "$call.head" | tail -n 1)
	if [ "$status" != 0 ]; then
		sed -n 's/^grpc-message: *//p' "$call.head"
		rm -f "$call".*
		return 1
	fi
	tail -c +6 "$call.answer" | protoc --proto_path="$TOP/tests/clients" --decode="runtime.v1.${method}Response" cri.proto
	rm -f "$call".*
}

sandbox_config()
{
	# The kubelet gives no hostname to pods in the network of the node.
	local hostname=$1
	[ "$1" != node ] || hostname=
	echo "metadata { name: '$1' uid: '$1' namespace: 'tests' } hostname: '$hostname' log_directory: '$W/tmp/logs'
		linux { cgroup_parent: '/pods/$1' $(<"$W/tmp/linux.$1") } $(<"$W/tmp/fields.$1")"
}

# pod NAME [LINUX-FIELDS] [HANDLER] [FIELDS]: its id goes to $W/tmp/pod.NAME
pod()
{
	mkdir -p "$W/tmp/logs"
	echo "${2-}" >"$W/tmp/linux.$1"
	echo "${4-}" >"$W/tmp/fields.$1"
	cri RunPodSandbox "config { $(sandbox_config "$1") } runtime_handler: '${3-$RUNTIME_NAME}'" >"$W/tmp/answer.$1" || {
		cat "$W/tmp/answer.$1"
		return 1
	}
	sed -n 's/^pod_sandbox_id: "\(.*\)"/\1/p' "$W/tmp/answer.$1" >"$W/tmp/pod.$1"
}

end_pod()
{
	local id=$(<"$W/tmp/pod.$1")
	ok cri StopPodSandbox "pod_sandbox_id: '$id'"
	ok cri RemovePodSandbox "pod_sandbox_id: '$id'"
}

# request_of POD NAME FIELDS: the request for a container of box, unless the fields begin with another image
request_of()
{
	local image="image { image: '$BOX' }"
	[[ $3 != image\ * ]] || image=
	echo "pod_sandbox_id: '$(<"$W/tmp/pod.$1")' sandbox_config { $(sandbox_config "$1") }
		config { metadata { name: '$2' } $image log_path: '$2.log' $3 }"
}

# create POD NAME FIELDS: $id is the container's
create()
{
	ok cri CreateContainer "$(request_of "$@")"
	id=$(sed -n 's/^container_id: "\(.*\)"/\1/p' <<<"$output")
}

start()
{
	create "$@"
	ok cri StartContainer "container_id: '$id'"
}

# refused POD NAME FIELDS: it cannot be created, or not be started; $output says why
refused()
{
	capture cri CreateContainer "$(request_of "$@")"
	[ "$status" = 0 ] || return 0
	id=$(sed -n 's/^container_id: "\(.*\)"/\1/p' <<<"$output")
	fails cri StartContainer "container_id: '$id'"
	cri RemoveContainer "container_id: '$id'" >/dev/null
}

# idle POD NAME FIELDS: a container that only waits, for `inside`
idle()
{
	start "$1" "$2" "command: 'sleep' args: '1000' ${3-}"
}

quoted()
{
	local text=${1//\\/\\\\}
	text=${text//\'/\\\'}
	echo "'${text//$'\n'/\\n}'"
}

# inside TEXT: a shell in container $id; $status is its own, $output what it wrote
inside()
{
	ok cri ExecSync "container_id: '$id' cmd: 'sh' cmd: '-c' cmd: $(quoted "exec 2>&1; $1")"
	status=$(sed -n 's/^exit_code: //p' <<<"$output")
	status=${status:-0}
	output=$(printf %b "$(sed -n "s/\\\\'/'/g"'; s/^stdout: "\(.*\)"$/\1/p' <<<"$output")")
}

status_of()
{
	cri ContainerStatus "container_id: '$1'"
}

exited()
{
	status_of "$1" | grep -q '^  state: 2'
}

# The log of container NAME, without its times, when it has stopped growing: containerd says that a container has ended before
# the last of its log is written.
log_of()
{
	local i size=0 before

	for i in {1..20}; do
		before=$size
		size=$(stat -c %s "$W/tmp/logs/$1.log")
		[ "$size" = 0 ] || [ "$size" != "$before" ] || break
		sleep "$SLOW"e-1
	done
	cut -d ' ' -f 4- "$W/tmp/logs/$1.log"
}

finish()
{
	ok cri StopContainer "container_id: '$1' timeout: ${2-0}"
	ok cri RemoveContainer "container_id: '$1'"
}

# once NAME PROGRAM-WORDS... : run a container of pod one to its end; $output is its log
once()
{
	local name=$1 fields=$2 words=
	shift 2
	for word; do
		words+=" command: '$word'"
	done
	start one "$name" "$words $fields"
	wait_for exited "$id"
	output=$(log_of "$name")
	cri RemoveContainer "container_id: '$id'" >/dev/null
}
