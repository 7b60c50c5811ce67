# A container has its own place in the cgroup tree, in every hierarchy, and leaves none behind.
# as a user too
load helpers
load lib/cgroups

exists()
{
	[ -d "$(cgroup_dirs "${1-$CGROUP}" | head -n 1)" ]
}

@test "the cgroup of cgroupsPath is made and the process is in it, in every hierarchy" {
	local dir
	rt create web
	[ "$(cgroup_dirs | wc -l)" -gt 0 ]
	for dir in $(cgroup_dirs); do
		member_of "$dir" "$(pid_of web)" || { echo "not in $dir"; return 1; }
	done
	rt start web
	for dir in $(cgroup_dirs); do
		same "$(pid_of web)" "$(cat "$dir/cgroup.procs")"
	done
}

same()
{
	[ "$1" = "$2" ] || { printf 'wanted: %s\nfound:  %s\n' "$1" "$2"; return 1; }
}

@test "delete removes it from every hierarchy" {
	local dir
	rt run -d web
	rt delete --force web
	for dir in $(cgroup_dirs); do
		[ ! -e "$dir" ] || { echo "$dir is still there"; return 1; }
	done
}

@test "run in the foreground removes it, whether the program succeeds or not" {
	program true
	rt run web
	run ! exists
	program false
	run -1 rt run web
	run ! exists
}

@test "a create that fails removes it" {
	spec '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]'
	rt_fail create web
	run ! exists
}

@test "missing parents are made, and removed with it once they are empty" {
	spec '.linux.cgroupsPath = $p' --arg p "$CGROUP/a/b/c"
	rt run -d web
	member_of "$(cgroup_dirs "$CGROUP/a/b/c" | head -n 1)" "$(pid_of web)"
	rt delete --force web
	run ! exists
}

@test "parents that were there, or that others use, stay" {
	need_root
	make_cgroup "$CGROUP"
	spec '.linux.cgroupsPath = $p' --arg p "$CGROUP/a/b"
	rt run -d first
	local bundle=$BUNDLE cgroup=$CGROUP
	new_bundle second
	spec '.linux.cgroupsPath = $p' --arg p "$cgroup/a/c"
	rt run -d second
	rt delete --force first
	run ! exists "$cgroup/a/b"
	exists "$cgroup/a/c"
	rt delete --force second
	exists "$cgroup"
	run ! exists "$cgroup/a/c"
	# Made for the first, no longer empty when it was removed: who made it is gone.
	rmdir $(cgroup_dirs "$cgroup/a") 2>/dev/null || true
	remove_cgroup "$cgroup"
}

@test "a cgroup that was there is used, and stays" {
	need_root
	make_cgroup "$CGROUP"
	rt run -d web
	member_of "$(cgroup_dirs | head -n 1)" "$(pid_of web)"
	rt delete --force web
	exists
	remove_cgroup "$CGROUP"
}

@test "a cgroup that has processes is refused, and they live on" {
	make_cgroup "$CGROUP"
	rootfs/bin/sleep 1000 3>&- 4>&- &
	local other=$! dir
	for dir in $(cgroup_dirs); do
		echo "$other" >"$dir/cgroup.procs"
	done
	rt_fail create web
	says "$CGROUP" "not empty"
	[ -d "/proc/$other" ]
	exists
	kill -KILL "$other"
	wait "$other" || true
	wait_for remove_cgroup "$CGROUP"
}

@test "a cgroup below which others live is refused, and they live on" {
	local dir other
	make_cgroup "$CGROUP"
	make_cgroup "$CGROUP/other/deep"
	rootfs/bin/sleep 1000 3>&- 4>&- &
	other=$!
	# In one hierarchy is enough.
	dir=$(cgroup_dir memory)/other/deep
	echo "$other" >"$dir/cgroup.procs"
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	rt_fail run -d web
	says "$CGROUP" "not empty: 1 process"
	[ ! -e "$STATE/web" ]
	rt delete --force web
	grep -qx "$other" "$dir/cgroup.procs"
	kill -KILL "$other"
	wait "$other" || true
	wait_for sh -c "[ -z \"\$(cat $dir/cgroup.procs)\" ]"
	# Folders alone are no reason.  (v1 takes no device rules above a folder, a user has no rights in what root has made.)
	if [ "$VIEW" = v2 ] && [ -z "$AS_USER" ]; then
		rt run -d web
		rt delete --force web
	fi
	for dir in /other/deep /other ""; do
		remove_cgroup "$CGROUP$dir"
	done
}

@test "a cgroup that is frozen is refused" {
	local dir
	make_cgroup "$CGROUP"
	dir=$(cgroup_dir freezer)
	if [ "$VIEW" = v2 ]; then echo 1 >"$dir/cgroup.freeze"; else echo FROZEN >"$dir/freezer.state"; fi
	rt_fail create web
	says frozen
	if [ "$VIEW" = v2 ]; then echo 0 >"$dir/cgroup.freeze"; else echo THAWED >"$dir/freezer.state"; fi
	remove_cgroup "$CGROUP"
}

@test "two containers cannot share a cgroup" {
	rt run -d first
	local cgroup=$CGROUP
	new_bundle second
	spec '.linux.cgroupsPath = $p' --arg p "$cgroup"
	rt_fail create second
	says "not empty"
	is first running
}

@test "without cgroupsPath the cgroup has the container's id" {
	spec 'del(.linux.cgroupsPath)'
	rt create "$ID"
	grep -q "/$ID\$" "/proc/$(pid_of "$ID")/cgroup"
	rt delete --force "$ID"
	[ -z "$(find /sys/fs/cgroup -type d -name "$ID" 2>/dev/null)" ]
}

@test "a relative path is always at the same place" {
	spec '.linux.cgroupsPath = $p' --arg p "$ID/below"
	rt create web
	local first=$(grep -o "[^:]*/$ID/below" "/proc/$(pid_of web)/cgroup" | sort -u)
	[ "$first" ]
	rt delete --force web
	rt create web
	same "$first" "$(grep -o "[^:]*/$ID/below" "/proc/$(pid_of web)/cgroup" | sort -u)"
}

@test "a path cannot lead out of the tree" {
	spec '.linux.cgroupsPath = ("/../../.." + $p + "/x/../y")' --arg p "$CGROUP"
	rt create web
	member_of "$(cgroup_dirs "$CGROUP/y" | head -n 1)" "$(pid_of web)"
}

@test "all processes of the container are in it, those of exec too" {
	local dir
	shell 'sleep 1000 & sleep 1000 & wait'
	rt run -d web
	rt exec -d web sleep 1000
	for dir in $(cgroup_dirs); do
		wait_for sh -c "[ \$(wc -l <$dir/cgroup.procs) = 4 ]"
	done
}

@test "delete ends and removes what the container made below its cgroup" {
	need_root
	local dir
	rt run -d web
	for dir in $(cgroup_dirs); do
		mkdir -p "$dir/inner/deep"
		[ ! -e "$dir/inner/cpuset.cpus" ] || [ "$VIEW" = v2 ] || fill_cpuset "$dir/inner/deep"
	done
	dir=$(cgroup_dir memory)
	rt exec -d web sleep 1000
	wait_for sh -c "[ \$(wc -l <$dir/cgroup.procs) = 2 ]"
	tail -n 1 "$dir/cgroup.procs" >"$dir/inner/deep/cgroup.procs"
	rt delete --force web
	run ! exists
}

@test "run.oci.delegate-cgroup: the container begins below its cgroup, which has no process and is the root of its view" {
	need_view v2
	need_root
	spec '.annotations = {"run.oci.delegate-cgroup": "/init"}'
	spec '(.mounts[] | select(.destination == "/sys/fs/cgroup")).options = ["rw"]'
	user_namespace
	rt create web
	[ "$(cat "$(cgroup_dir)/init/cgroup.procs")" = "$(pid_of web)" ]
	[ -z "$(cat "$(cgroup_dir)/cgroup.procs")" ]
	[ "$(stat -c '%u %a' "$(cgroup_dir)/init" "$(cgroup_dir)/init/cgroup.procs" | tr '\n' ' ')" = "100000 755 100000 644 " ]
	rt start web
	rt exec web true
	rt pause web
	is web paused
	rt resume web
	[ "$(rt ps --format json web)" = "[$(pid_of web)]" ]
	rt delete --force web
	[ ! -e "$(cgroup_dir)" ]
	# As deep as it likes, and never above.
	spec '.annotations["run.oci.delegate-cgroup"] = "../../a//b/."'
	shell 'grep 0:: /proc/self/cgroup; mkdir /sys/fs/cgroup/beside && echo 0 >/sys/fs/cgroup/beside/cgroup.procs && grep 0:: /proc/self/cgroup'
	run -0 rt run web
	[ "$output" = $'0::/a/b\n0::/beside' ] || { echo "$output"; return 1; }
	[ ! -e "$(cgroup_dir)" ]
	run rt explain
	says "begins in" "/a/b"
	make_cgroup "$CGROUP"
	rt_fail run web
	says "/annotations/run.oci.delegate-cgroup" "not the container's own"
	remove_cgroup "$CGROUP"
	spec '.annotations["run.oci.delegate-cgroup"] = "/.."'
	rt_fail run web
	says "/annotations/run.oci.delegate-cgroup" "below the container's own"
}

@test "run.oci.delegate-cgroup: what the container is limited by, it can hand down itself; exec goes to where it is" {
	need_view v2
	need_root
	need_controller hugetlb
	spec '.annotations = {"run.oci.delegate-cgroup": "init"} | .linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 2097152}]'
	rt run -d web
	[ "$(cat "$(cgroup_dir)/hugetlb.2MB.max")" = 2097152 ]
	grep -qw hugetlb "$(cgroup_dir)/init/cgroup.controllers"
	run rt exec web grep 0:: /proc/self/cgroup
	[ "$output" = 0::/init ]
}

@test "run.oci.delegate-cgroup is refused where cgroups cannot be given away" {
	spec '.annotations = {"run.oci.delegate-cgroup": "init"}'
	rt_fail --cgroup-manager disabled run web
	says "/annotations/run.oci.delegate-cgroup" "cgroup v2"
	case $VIEW in v1|hybrid)
		rt_fail run web
		says "/annotations/run.oci.delegate-cgroup" "cgroup v2" ;;
	esac
	spec '.annotations["run.oci.delegate-cgroup"] = "" | .process.args = ["true"]'
	rt run web
}

@test "kill --all reaches what lies below, without a pid namespace" {
	local dir
	spec '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'sleep 1000 & exec sleep 1000'
	rt run -d web
	dir=$(cgroup_dir memory)
	wait_for sh -c "[ \$(wc -l <$dir/cgroup.procs) = 2 ]"
	mkdir "$dir/inner"
	grep -vx "$(pid_of web)" "$dir/cgroup.procs" >"$dir/inner/cgroup.procs"
	rt kill --all web KILL
	wait_for sh -c "[ -z \"\$(cat $dir/cgroup.procs $dir/inner/cgroup.procs)\" ]"
	rt delete web
	run ! exists
}

@test "a frozen container is deleted by force" {
	local dir
	rt run -d web
	dir=$(cgroup_dir freezer)
	if [ "$VIEW" = v2 ]; then echo 1 >"$dir/cgroup.freeze"; else echo FROZEN >"$dir/freezer.state"; fi
	rt delete --force web
	run ! exists
}

@test "a cgroup removed by somebody else is no error for delete" {
	local dir
	program true
	rt run --keep web
	for dir in $(cgroup_dirs); do
		rmdir "$dir" || true
	done
	rt delete web
}

@test "neither is one that is gone where cgroups are mounted read-only" {
	local dir
	need_root
	program true
	rt run --keep web
	for dir in $(cgroup_dirs); do
		rmdir "$dir"
	done
	run -0 unshare -m --propagation private sh -c 'for m in $(awk "\$5 ~ /^.sys.fs.cgroup/ { print \$5 }" /proc/self/mountinfo); do
			mount -o remount,bind,ro "$m" || exit 9; done
		exec "$@"' sh "$RUNTIME" --root "$STATE" delete web
	[ ! -e "$STATE/web" ]
}

@test "delete where the hierarchies are not mounted says what stays" {
	need_root
	local folder left

	rt create web
	left=($(find /sys/fs/cgroup -depth -type d -path "*$CGROUP"))
	run unshare -m --propagation private sh -c 'umount -R /sys/fs/cgroup; exec "$@"' sh "$RUNTIME" --root "$STATE" delete --force web
	[ "$status" = 0 ]
	says "the cgroup $CGROUP of the container stays" "/sys/fs/cgroup"
	for folder in "${left[@]}"; do
		wait_for rmdir "$folder"
	done
	[ ! -e "$STATE/web" ]
}

@test "--cgroup-manager disabled: no cgroup at all" {
	program sh -c 'cat /proc/self/cgroup'
	run -0 rt --cgroup-manager disabled run web
	says_not "$CGROUP"
	run ! exists
}

@test "a cgroupsPath with a NUL, or too long a name, is an error" {
	spec '.linux.cgroupsPath = "/a\u0000b"'
	rt_fail create web
	says "/linux/cgroupsPath"
	spec '.linux.cgroupsPath = ("/" + "x" * 300)'
	rt_fail create web
	says "/linux/cgroupsPath"
}

@test "explain tells each value, its file and what asks for it, and create writes just that" {
	local file value pointer n=0
	case $VIEW in
	v2) need_controller hugetlb
		spec '.linux.resources = {hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}' ;;
	*) spec '.linux.resources.pids = {limit: 77} | .linux.resources.memory = {limit: 104857600} | .linux.resources.cpu = {shares: 512}' ;;
	esac
	rt explain --json | jq -r '.cgroup.writes[] | select(.pointer | startswith("/linux/resources/devices") | not) | "\(.file) \(.value) \(.pointer)"' >"$T/writes"
	run -0 rt explain
	says "Values of the control group" "/linux/resources/"
	# Nothing was made for that.
	[ ! -e "$(cgroup_dir pids)" ]
	rt create web
	while read -r file value pointer; do
		same "$value" "$(cat "$file")" "$file"
		jq -e --arg p "$pointer" 'getpath($p | split("/")[1:] | map(if test("^[0-9]+$") then tonumber else . end)) != null' config.json
		n=$((n + 1))
	done <"$T/writes"
	[ "$n" -ge 1 ]
}

@test "explain changes nothing, not even which controllers an existing cgroup hands down" {
	need_view v2
	need_controller hugetlb
	need_root
	spec '.linux.resources = {hugepageLimits: [{pageSize: "2MB", limit: 4194304}]} | .linux.cgroupsPath += "/x"'
	mkdir -p "$(cgroup_dir)/x"
	run -0 rt explain
	says "hugetlb.2MB.max"
	same "" "$(cat "$(cgroup_dir)/cgroup.subtree_control")" cgroup.subtree_control
	rt create web
	same 4194304 "$(cat "$(cgroup_dir)/x/hugetlb.2MB.max")" hugetlb.2MB.max
	rt delete --force web
	rmdir "$(cgroup_dir)/x" "$(cgroup_dir)"
}
