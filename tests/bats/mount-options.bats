# Each mount option of the runtime-spec does what it says, as the container itself sees it.
load helpers
load lib/mounts

# Mount a tmpfs with each set of options; the lines are "OPTIONS = ATTRIBUTES".  "-": none.
tmpfs_table()
{
	local i=0 options wanted rows=()

	while read -r options _ wanted; do
		add_mount "/m$((i++))" tmpfs tmpfs $(tr ',' ' ' <<<"${options#-}")
		rows+=("$options = $wanted")
	done
	see
	for ((i = 0; i < ${#rows[@]}; i++)); do
		same "${rows[i]##* }" "$(attributes "/m$i")" "${rows[i]%% *}"
	done
}

# The same for bind mounts of $1.
bind_table()
{
	local source=$1 i=0 options wanted rows=()

	while read -r options _ wanted; do
		add_mount "/m$((i++))" none "$source" $(tr ',' ' ' <<<"$options")
		rows+=("$options = $wanted")
	done
	see
	for ((i = 0; i < ${#rows[@]}; i++)); do
		same "${rows[i]##* }" "$(attributes "/m$i")" "${rows[i]%% *}"
	done
}

# A mount at $T/closed that has every attribute there is, and one at $T/open that has none; with one more below each.
sources()
{
	local name

	for name in closed open; do
		mkdir "$T/$name"
		test_mount -t tmpfs "$name" "$T/$name"
		mkdir "$T/$name/sub"
		test_mount -t tmpfs sub "$T/$name/sub"
	done
	for name in closed/sub closed; do
		mount -o remount,bind,ro,nosuid,nodev,noexec,nosymfollow,noatime,nodiratime "$T/$name"
	done
}

@test "each attribute is set on a new file system" {
	tmpfs_table <<-EOF
		- = rw,relatime
		defaults = rw,relatime
		rw = rw,relatime
		ro = ro,relatime
		nosuid = rw,nosuid,relatime
		nodev = rw,nodev,relatime
		noexec = rw,noexec,relatime
		nosymfollow = rw,relatime,nosymfollow
		nodiratime = rw,nodiratime,relatime
		noatime = rw,noatime
		relatime = rw,relatime
		strictatime = rw
		ro,nosuid,nodev,noexec,nosymfollow,noatime,nodiratime = ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow
	EOF
}

@test "the words for what is so anyway change nothing" {
	tmpfs_table <<-EOF
		suid,dev,exec,symfollow,diratime,atime,async,loud,nomand,noiversion,nolazytime = rw,relatime
		norelatime = rw,relatime
		nostrictatime = rw,relatime
		silent,iversion = rw,relatime
	EOF
}

@test "the last of contrary options counts" {
	tmpfs_table <<-EOF
		ro,rw = rw,relatime
		rw,ro = ro,relatime
		defaults,ro = ro,relatime
		ro,defaults = ro,relatime
		nosuid,suid = rw,relatime
		suid,nosuid = rw,nosuid,relatime
		noexec,exec,noexec = rw,noexec,relatime
		nodev,dev = rw,relatime
		nosymfollow,symfollow = rw,relatime
		noatime,strictatime = rw
		strictatime,noatime = rw,noatime
		noatime,relatime = rw,relatime
		noatime,atime = rw,relatime
		strictatime,nostrictatime = rw,relatime
		nodiratime,diratime = rw,relatime
	EOF
}

@test "a bind mount has the attributes of its source" {
	sources
	bind_table "$T/closed" <<-EOF
		bind = ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow
		rbind = ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow
	EOF
	same ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow "$(attributes /m1/sub)"
}

@test "each attribute is set on a bind mount" {
	sources
	bind_table "$T/open" <<-EOF
		bind = rw,relatime
		bind,ro = ro,relatime
		bind,nosuid = rw,nosuid,relatime
		bind,nodev = rw,nodev,relatime
		bind,noexec = rw,noexec,relatime
		bind,nosymfollow = rw,relatime,nosymfollow
		bind,noatime = rw,noatime
		bind,strictatime = rw
		bind,nodiratime = rw,nodiratime,relatime
		rbind,ro,nosuid = ro,nosuid,relatime
		bind,ro,nosuid,nodev,noexec,noatime = ro,nosuid,nodev,noexec,noatime
	EOF
	same rw,relatime "$(attributes /m9/sub)"
}

@test "who names an attribute of a bind mount names them all, as with mount(2)" {
	sources
	bind_table "$T/closed" <<-EOF
		bind,rw = rw,noatime,nodiratime
		bind,suid = rw,noatime,nodiratime
		bind,ro = ro,noatime,nodiratime
		bind,nosuid,nodev = rw,nosuid,nodev,noatime,nodiratime
		bind,diratime = rw,noatime
		bind,atime = rw,relatime
		bind,relatime = rw,relatime
		bind,strictatime = rw
		bind,nodiratime = rw,nodiratime,relatime
		bind,rw,suid,dev,exec,symfollow,diratime,relatime = rw,relatime
		rbind,ro,private = ro,noatime,nodiratime
		bind,private = ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow
	EOF
	same ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow "$(attributes /m10/sub)" "below rbind"
}

@test "in a user namespace what is locked on a source stays, unless it is named" {
	need_root
	need_kernel 5.12	# else init mounts it, with the container's rights
	sources
	user_namespace
	mkdir rootfs/m{0..3}
	bind_table "$T/closed" <<-EOF
		bind = ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow
		bind,nosuid = ro,nosuid,nodev,noexec,noatime,nodiratime
		bind,rw = rw,nosuid,nodev,noexec,noatime,nodiratime
		bind,exec,relatime = ro,nosuid,nodev,nodiratime,relatime
	EOF
}

@test "the r* options set attributes on all that is mounted below, too" {
	local i word row wanted=(
		"rro ro,relatime" "rnosuid rw,nosuid,relatime" "rnodev rw,nodev,relatime" "rnoexec rw,noexec,relatime"
		"rnosymfollow rw,relatime,nosymfollow" "rnoatime rw,noatime" "rstrictatime rw" "rnodiratime rw,nodiratime,relatime"
		"rrelatime rw,relatime")

	sources
	for ((i = 0; i < ${#wanted[@]}; i++)); do
		add_mount "/m$i" none "$T/open" rbind "${wanted[i]% *}"
	done
	see
	for ((i = 0; i < ${#wanted[@]}; i++)); do
		read -r word row <<<"${wanted[i]}"
		same "$row" "$(attributes "/m$i")" "$word"
		same "$row" "$(attributes "/m$i/sub")" "$word, below"
	done
}

@test "the r* options clear attributes on all that is mounted below, too" {
	local i word row wanted=(
		"rrw rw,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow"
		"rsuid ro,nodev,noexec,noatime,nodiratime,nosymfollow"
		"rdev ro,nosuid,noexec,noatime,nodiratime,nosymfollow"
		"rexec ro,nosuid,nodev,noatime,nodiratime,nosymfollow"
		"rsymfollow ro,nosuid,nodev,noexec,noatime,nodiratime"
		"rdiratime ro,nosuid,nodev,noexec,noatime,nosymfollow"
		"ratime ro,nosuid,nodev,noexec,nodiratime,relatime,nosymfollow"
		"rrelatime ro,nosuid,nodev,noexec,nodiratime,relatime,nosymfollow"
		"rstrictatime ro,nosuid,nodev,noexec,nodiratime,nosymfollow")

	sources
	for ((i = 0; i < ${#wanted[@]}; i++)); do
		add_mount "/m$i" none "$T/closed" rbind "${wanted[i]% *}"
	done
	see
	for ((i = 0; i < ${#wanted[@]}; i++)); do
		read -r word row <<<"${wanted[i]}"
		same "$row" "$(attributes "/m$i")" "$word"
		same "$row" "$(attributes "/m$i/sub")" "$word, below"
	done
}

@test "a plain option says otherwise for the mount itself than an r* option for all" {
	sources
	add_mount /a none "$T/open" rbind rro rw
	add_mount /b none "$T/closed" rbind rrw ro
	see
	has "$(attributes /a)" rw
	has "$(attributes /a/sub)" ro
	has "$(attributes /b)" ro
	has "$(attributes /b/sub)" rw
}

@test "an r* option on a mount with nothing below it is the plain one" {
	sources
	bind_table "$T/open" <<-EOF
		bind,rro,rnosuid = ro,nosuid,relatime
	EOF
	add_mount /t tmpfs tmpfs rro rnoexec
	see
	same ro,noexec,relatime "$(attributes /t)"
}

@test "sync, dirsync and lazytime are options of the file system" {
	add_mount /a tmpfs tmpfs sync
	add_mount /b tmpfs tmpfs dirsync
	add_mount /c tmpfs tmpfs lazytime
	add_mount /d tmpfs tmpfs sync async
	see
	has "$(filesystem /a | cut -d ' ' -f 3)" sync
	has "$(filesystem /b | cut -d ' ' -f 3)" dirsync
	has "$(filesystem /c | cut -d ' ' -f 3)" lazytime
	has_not "$(filesystem /d | cut -d ' ' -f 3)" sync
}

@test "ro is really read-only, noexec and nosuid and nodev and nosymfollow are really so" {
	mkdir "$T/data"
	cp rootfs/bin/busybox "$T/data/echo"
	ln -s echo "$T/data/link"
	mknod -m 666 "$T/data/zero" c 1 5
	add_mount /ro none "$T/data" bind ro
	add_mount /noexec none "$T/data" bind noexec
	add_mount /nodev none "$T/data" bind nodev
	add_mount /nosymfollow none "$T/data" bind nosymfollow
	see 'touch /ro/x; /noexec/echo executed; head -c 1 /nodev/zero; cat /nosymfollow/link; true'
	says "/ro/x: Read-only file system" "/noexec/echo: Permission denied" "/nodev/zero: Permission denied" \
		"/nosymfollow/link': Too many levels of symbolic links"
	says_not executed
}

@test "private, slave, shared and unbindable: what the mount does with others, from the last one named" {
	local word
	for word in private rprivate slave rslave shared rshared unbindable runbindable; do
		add_mount "/$word" tmpfs tmpfs "$word"
	done
	add_mount /both tmpfs tmpfs shared slave
	add_mount /again tmpfs tmpfs shared private shared
	see
	same "" "$(propagation /private)"
	same "" "$(propagation /rprivate)"
	same "" "$(propagation /slave)"
	same shared "$(propagation /shared)"
	same shared "$(propagation /rshared)"
	same unbindable "$(propagation /unbindable)"
	same unbindable "$(propagation /runbindable)"
	same shared "$(propagation /again)"
}

@test "an entry of a propagation alone changes what is there" {
	mkdir -p "$T/data/sub"
	test_mount -t tmpfs sub "$T/data/sub"
	add_mount /data none "$T/data" rbind rprivate
	add_mount /data none "" rshared
	see
	same shared "$(propagation /data)"
	same shared "$(propagation /data/sub)"
}

@test "the options of a bind mount do not touch the file system or the host's mount" {
	sources
	add_mount /a none "$T/open" rbind rro rnosuid rprivate sync
	see
	same rw,relatime "$(awk -v t="$T/open" '$5 == t { print $6 }' /proc/self/mountinfo)"
	same rw,relatime "$(awk -v t="$T/open/sub" '$5 == t { print $6 }' /proc/self/mountinfo)"
	has_not "$(filesystem /a | cut -d ' ' -f 3)" sync ro
}

@test "in a user namespace the attributes of the host's mount are kept, and cannot be cleared" {
	sources
	mkdir rootfs/data
	user_namespace
	add_mount /data none "$T/closed" rbind nodev
	see 'mount -o remount,bind,rw /data; true'
	has "$(attributes /data)" ro nosuid nodev noexec
	has "$(attributes /data/sub)" ro nosuid nodev noexec
	says "ermission denied"
}

@test "the options that features lists are all taken" {
	local word kind

	mkdir "$T/data"
	for word in $(rt features | jq -r '.mountOptions[]'); do
		case $word in
		bind|rbind|remount|idmap|ridmap|tmpcopyup) continue ;;
		mand) continue ;;	# the kernel no longer has it
		esac
		add_mount "/bind-$word" none "$T/data" rbind "$word"
		case $word in
		copy-symlink|src-nofollow|dest-nofollow) ;;	# for binds only
		*) add_mount "/new-$word" tmpfs tmpfs "$word" ;;
		esac
	done
	see
	same "$(jq '[.mounts[] | select(.destination | test("^/(bind|new)-"))] | length' config.json)" \
		"$(grep -c ' /\(bind\|new\)-' "$T/mounts")"
}
