# What containers in other runtimes gained from the process that entered them (descriptors, rights, ids, its memory).
# A test's name begins with its advisories; the table in SECURITY.md has them all.
load ../bats/helpers
load ../bats/lib/mounts
load ../bats/lib/namespaces
load ../bats/lib/programs

TEST_TIMEOUT=200

setup()
{
	fresh
	cp "$(compiled attack)" rootfs/bin/attack
	before=$(md5sum <"$RUNTIME"; stat -c '%i %Y %s' "$RUNTIME")
}

unchanged()
{
	same "$before" "$(md5sum <"$RUNTIME"; stat -c '%i %Y %s' "$RUNTIME")"
}

# The five sets of a process as numbers: inheritable permitted effective bounding ambient
capabilities='grep ^Cap /proc/self/status | cut -f 2 | tr "\n" " "'

traced()
{
	need_command strace
	[ -z "${SANITIZED-}" ] || skip "strace and a sanitizer do not go together"
	strace -qq -f -o "$T/trace" "$@" >"$T/said" 2>&1 </dev/null 3>&- 4>&-
}

@test "CVE-2014-8989: who may not change his groups keeps those by which he is denied" {
	local his=$T/his
	as_user 1000 unshare -U true 2>/dev/null || skip "users may not make user namespaces here"
	mkdir "$his"
	cp -a rootfs "$his/rootfs"
	echo secret >"$his/rootfs/denied"
	chown -R 1000:1000 "$his"
	chown 1000:2000 "$his/rootfs/denied"
	chown 0:2000 "$his/rootfs/denied"
	chmod 0604 "$his/rootfs/denied"
	cd "$his"
	as_user 1000 "$RUNTIME" spec --rootless
	spec '.process.terminal = false | .process.args = ["sh", "-c", "cat /denied; cat /proc/self/setgroups"]'
	run setpriv --reuid 1000 --regid 1000 --groups 2000 --inh-caps=-all env HOME=/ XDG_RUNTIME_DIR="$T/run-1000" "$RUNTIME" run web 3>&- 4>&-
	says_not secret
	says "ermission denied" deny
}

@test "CVE-2016-3697: a user of digits in the image's passwd is no other user" {
	printf '1000:x:0:0:evil:/evil:/bin/sh\nroot:x:0:0::/root:/bin/sh\n' >rootfs/etc/passwd
	printf '1000:x:0:\n' >rootfs/etc/group
	spec '.process.user = {uid: 1000, gid: 1000} | .process.env = ["PATH=/bin"] | .process.args = ["sh", "-c", "id -u; id -g; echo $HOME"]'
	run -0 rt run web
	same $'1000\n1000\n/' "$output"
	spec '.process.args = ["sleep", "1000"] | .process.user = {uid: 0, gid: 0}'
	rt run -d web
	run -0 rt exec --user 1000:1000 web sh -c 'id -u; id -g'
	same $'1000\n1000' "$output"
}

@test "CVE-2016-8867: an ordinary user has no capability that he was not given as ambient" {
	spec '.process.user = {uid: 1000, gid: 1000} | .process.capabilities |= (del(.ambient, .inheritable)) | .process.args = ["sh", "-c", $c]' \
		--arg c "$capabilities"
	run -0 rt run web
	same "0000000000000000 0000000000000000 0000000000000000" "$(cut -d ' ' -f 1-3 <<<"$output")"
	same 0000000000000000 "$(cut -d ' ' -f 5 <<<"$output")"
}

@test "CVE-2017-16539, CVE-2018-10892: the template masks what tells or changes the host" {
	rt spec --bundle "$T" 2>/dev/null || { mkdir "$T/fresh"; rt spec --bundle "$T/fresh"; mv "$T/fresh/config.json" "$T/config.json"; }
	run -0 jq -r '.linux.maskedPaths[]' "$T/config.json"
	says /proc/acpi /proc/asound /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats /proc/sched_debug \
		/proc/scsi /sys/firmware /sys/devices/virtual/powercap
	run -0 jq -r '.linux.readonlyPaths[]' "$T/config.json"
	says /proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger
}

@test "CVE-2019-14271: nothing of the container is loaded into a process of the runtime" {
	local what
	mkdir -p rootfs/lib rootfs/usr/lib rootfs/etc rootfs/usr/lib/locale
	printf 'passwd: evil\ngroup: evil\nhosts: evil\n' >rootfs/etc/nsswitch.conf
	spec '.process.env += ["LANG=de_DE.UTF-8", "LC_ALL=de_DE.UTF-8", "LD_PRELOAD=/lib/evil.so", "GCONV_PATH=/evil", "LOCPATH=/evil"]'
	program true
	LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 LOCPATH=/evil GCONV_PATH=/evil NLSPATH=/evil TZ=:/evil traced "${RT[@]}" run web
	program sleep 1000
	rt run -d web
	mv "$T/trace" "$T/trace-run"
	LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 TZ=:/evil traced "${RT[@]}" exec --user 7 web true
	# All that is opened by name below /etc, /lib or /usr: passwd, for HOME, as a file of text.
	run grep -hE 'open(at2?)?\(.*"/?(etc|lib|lib64|usr)/|\.so|nsswitch|locale|gconv|evil' "$T/trace-run" "$T/trace"
	for what in "${lines[@]}"; do
		[[ $what == *'"/etc/passwd", O_RDONLY'* || $what == *execve* ]] || { echo "$what"; return 1; }
	done
	grep -q setns "$T/trace"
}

@test "CVE-2019-5736: an image whose program is #!/proc/self/exe gets nothing to write" {
	printf '#!/proc/self/exe\n' >rootfs/bin/evil
	chmod 755 rootfs/bin/evil
	spec '.process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"]) | .process.noNewPrivileges = false'
	program /bin/evil
	run rt run web
	unchanged
	rt run -d web 2>/dev/null || true
	run rt exec web /proc/self/exe --version
	unchanged
	program /proc/self/exe --version
	run rt run web
	unchanged
	program sleep 1000
	rt delete --force web 2>/dev/null || true
	rt run -d web
	rt exec web sh -c 'printf "#!/proc/self/exe\n" >/bin/sh2; chmod 755 /bin/sh2' || true
	run rt exec web /bin/sh2
	unchanged
}

@test "CVE-2020-15257: there is no abstract socket, which a network namespace would share" {
	local tracer
	spec '.linux.namespaces |= map(select(.type != "network")) | .process.args = ["true"]'
	traced true
	strace -qq -f -o "$T/trace-create" "${RT[@]}" create web >"$OUT" 2>&1 </dev/null 3>&- 4>&- &
	tracer=$!
	wait_status web created
	traced "${RT[@]}" start web
	wait $tracer
	run ! grep 'sun_path=@' "$T/trace-create" "$T/trace"
	# There is a socket at all.
	grep -q 'AF_UNIX' "$T/trace"
}

@test "CVE-2022-0492: cgroups of v1 are read-only, and no release_agent can be set" {
	need_view v1 hybrid
	spec '.process.capabilities |= map_values(["CAP_DAC_OVERRIDE"])'
	see 'for f in /sys/fs/cgroup/*/release_agent /sys/fs/cgroup/*/notify_on_release; do echo x >$f; done; mkdir /sys/fs/cgroup/memory/x; true'
	says "Read-only"
	says_not "x: File exists"
	# Not by a user namespace of its own, either.
	see 'unshare -Ur sh -c "mkdir -p /tmp/m; mount -t cgroup -o rdma,memory none /tmp/m && echo MOUNTED && echo x >/tmp/m/release_agent && echo SET"; true'
	says_not SET
	chown -R 100000:100000 rootfs
	user_namespace
	spec '.mounts |= map(if .destination == "/sys/fs/cgroup" then .options -= ["ro"] else . end) | .process.capabilities |= map_values(["CAP_SYS_ADMIN"])'
	see 'find /sys/fs/cgroup -name release_agent | while read -r f; do echo x >$f && echo SET; done; true'
	says_not SET
}

@test "CVE-2022-0847: for an ordinary user the runtime's program in a container is a sealed copy, not the file" {
	as_user 1000 unshare -U true 2>/dev/null || skip "users may not make user namespaces here"
	mkdir "$T/his"
	cp -a rootfs "$T/his/rootfs"
	chown -R 1000:1000 "$T/his"
	cd "$T/his"
	as_user 1000 "$RUNTIME" spec --rootless
	spec '.process.terminal = false'
	as_user 1000 "$RUNTIME" create web >"$OUT" 2>&1 </dev/null
	local pid=$(as_user 1000 "$RUNTIME" state web | jq .pid)
	run readlink "/proc/$pid/exe"
	says "/memfd:"
	run ! sh -c ": >>/proc/$pid/exe"
	as_user 1000 "$RUNTIME" delete --force web
}

@test "CVE-2022-24769, CVE-2022-27649, CVE-2022-27650, CVE-2022-29162, CVE-2025-27612: no capability is inheritable that was not asked for" {
	spec '.process.capabilities |= del(.inheritable, .ambient) | .process.args = ["sh", "-c", $c]' --arg c "$capabilities"
	run -0 rt run web
	same 0000000000000000 "${output%% *}"
	program sleep 1000
	rt run -d web
	run -0 rt exec web sh -c "$capabilities"
	same 0000000000000000 "${output%% *}"
	run -0 rt exec --cap CAP_NET_ADMIN --cap CAP_SYS_ADMIN web sh -c "$capabilities"
	same 0000000000000000 "${output%% *}"
	run -0 rt exec --user 1000 --cap CAP_NET_ADMIN web sh -c "$capabilities"
	same "0000000000000000 0000000000000000 0000000000000000" "$(cut -d ' ' -f 1-3 <<<"$output")"
	jq '.process | .terminal = false | .args = ["sh", "-c", $c]' --arg c "$capabilities" config.json >"$T/process"
	run -0 rt exec --process "$T/process" web
	same 0000000000000000 "${output%% *}"
	# The caller's own are not handed on.
	run -0 setpriv --inh-caps +net_admin --ambient-caps +net_admin "${RT[@]}" exec web sh -c "$capabilities" 3>&- 4>&-
	same 0000000000000000 "${output%% *}"
	same 0000000000000000 "$(cut -d ' ' -f 5 <<<"$output")"
}

@test "CVE-2023-25809: a user's container without a cgroup namespace writes no cgroup of the host" {
	as_user 1000 unshare -U true 2>/dev/null || skip "users may not make user namespaces here"
	mkdir "$T/his"
	cp -a rootfs "$T/his/rootfs"
	chown -R 1000:1000 "$T/his"
	cd "$T/his"
	as_user 1000 "$RUNTIME" spec --rootless
	spec '.process.terminal = false | .linux.namespaces |= map(select(.type != "cgroup")) | .process.args = ["sh", "-c",
		"find /sys/fs/cgroup -type d | while read -r d; do mkdir $d/x 2>/dev/null && echo MADE $d; done; for f in $(find /sys/fs/cgroup -name cgroup.procs); do echo $$ >$f && echo WROTE $f; done 2>/dev/null; true"]'
	run -0 as_user 1000 "$RUNTIME" run web
	same "" "$output"
	spec '.mounts |= map(if .destination == "/sys/fs/cgroup" then .options -= ["ro"] else . end)'
	run as_user 1000 "$RUNTIME" run web
	says_not MADE WROTE
}

@test "CVE-2024-21626: no working directory leads out by a descriptor, of the runtime or of its caller" {
	local n
	ln -s /proc/self/fd/7 rootfs/work
	ln -s /proc/self/fd rootfs/fds
	for n in {3..64}; do
		spec '.process.cwd = $d | .process.args = ["sh", "-c", "pwd; ls ../../.."]' --arg d "/proc/self/fd/$n"
		run "$OUTSIDE" many 100 "${RT[@]}" run web 3>&- 4>&-
		[ "$status" = 1 ] || { echo "descriptor $n: $output"; return 1; }
		spec '.process.cwd = $d' --arg d "/fds/$n"
		run "$OUTSIDE" many 100 "${RT[@]}" run web 3>&- 4>&-
		[ "$status" = 1 ] || { echo "descriptor $n by a link: $output"; return 1; }
	done
	spec '.process.cwd = "/work"'
	run "$OUTSIDE" many 100 "${RT[@]}" run web 3>&- 4>&-
	[ "$status" = 1 ]
	spec '.process.cwd = "/" | .process.args = ["sleep", "1000"]'
	"$OUTSIDE" many 100 "${RT[@]}" run -d web >"$OUT" 2>&1 </dev/null 3>&- 4>&-
	for n in {3..64}; do
		run "$OUTSIDE" many 100 "${RT[@]}" exec --cwd "/proc/self/fd/$n" web pwd 3>&- 4>&-
		[ "$status" = 255 ] || { echo "exec, descriptor $n: $output"; return 1; }
		run "$OUTSIDE" many 100 "${RT[@]}" exec --cwd "/fds/$n/../../.." web pwd 3>&- 4>&-
		[ "$status" = 255 ] || { echo "exec, descriptor $n and up: $output"; return 1; }
		run "$OUTSIDE" many 100 "${RT[@]}" exec web "/proc/self/fd/$n/bin/sh" -c 'echo out' 3>&- 4>&-
		[ "$status" = 255 ] || { echo "exec of a program by descriptor $n: $output"; return 1; }
	done
	run "$OUTSIDE" many 100 "${RT[@]}" exec --cwd /work web pwd 3>&- 4>&-
	[ "$status" = 255 ]
}

@test "CVE-2024-40635, CVE-2026-46680: an id beyond all ids is refused, not cut to 32 bits" {
	local id
	for id in 4294967295 4294967296 4294967297 -1 18446744073709551616 1e10; do
		for where in uid gid; do
			spec ".process.user = {uid: 1, gid: 1} | .process.user.$where = 99999"
			sed -i "s/99999/$id/" config.json
			rt_fail create web
			says "/process/user/$where"
		done
		spec '.process.user = {uid: 1, gid: 1, additionalGids: [5, 99999]}'
		sed -i "s/99999/$id/" config.json
		rt_fail create web
		says "/process/user/additionalGids/1"
	done
}

@test "CVE-2025-23266: a hook of the host has its own environment or the runtime's, never the image's" {
	local hook
	spec '.process.env += ["LD_PRELOAD=/proc/self/cwd/evil.so", "LD_LIBRARY_PATH=/evil"] | .process.args = ["true"]'
	: >rootfs/evil.so
	for hook in prestart createRuntime createContainer; do
		# What it prints is shown if it fails.
		spec '.hooks = {($h): [{path: "/bin/bash", args: ["bash", "-c",
			"env | grep -E \"^(CALLER|OWN|LD_)|evil\"; grep -o evil.so /proc/self/maps; echo \"here: $PWD \"; exit 1"]}]}' --arg h $hook
		LD_LIBRARY_PATH=/caller CALLER=known run rt run web
		says CALLER=known "here: $BUNDLE"
		says_not LD_ evil
		spec '.hooks[$h][0].env = ["OWN=one"]' --arg h $hook
		CALLER=known run rt run web
		says OWN=one
		says_not CALLER LD_ evil
	done
}

@test "CVE-2026-30892: exec --user takes all of the text, and a number is a user" {
	local user
	rt run -d web
	run -0 rt exec --user 1 web sh -c 'id -u; id -g'
	same $'1\n0' "$output"
	run -0 rt exec --user 1:2 web sh -c 'id -u; id -g'
	same $'1\n2' "$output"
	for user in 1: :1 1:2x 1x:2 x1 root 1:root 1.0 0x1 1:2:3 ' 1' '1 ' -1 4294967295 4294967296 1:4294967296; do
		rt_fail exec --user "$user" web id
		says_not uid=0
	done
}

@test "crun#1567: the host's mounts, however many, are not looked at one by one" {
	local few many i
	program true
	traced "${RT[@]}" run web
	few=$(wc -l <"$T/trace")
	mkdir "$T/many"
	test_mount -t tmpfs none "$T/many"
	for i in {1..300}; do
		mkdir "$T/many/$i"
		mount --bind "$T/many/$i" "$T/many/$i"
	done
	traced "${RT[@]}" run web
	many=$(wc -l <"$T/trace")
	umount -R -l "$T/many"/*
	echo "$few and $many system calls"
	((many < few + 50))
}
