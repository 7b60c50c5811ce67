# Another container that changes a shared root file system meanwhile gains nothing outside of it.
load helpers
load lib/mounts
load lib/programs
load lib/hostile

# While containers are made, A and B below the rootfs are exchanged without end.
race()
{
	local racer i refused=0
	cp "$(compiled attack)" "$T/attack"
	snapshot >"$T/before" 2>&1
	"$T/attack" exchange "$1" "$2" 3>&- 4>&- &
	racer=$!
	for i in {1..100}; do
		timeout 20 "${RT[@]}" run web >"$OUT" 2>"$ERR" 3>&- 4>&- </dev/null || { (($? != 124)); refused=$((refused + 1)); }
	done
	kill "$racer"
	wait "$racer" || true
	echo "$refused of 100 were refused"
	untouched race
}

@test "a mount's target is exchanged with a symlink while a hundred containers are made" {
	ln -s ../../../canary rootfs/data/other
	race rootfs/data/sub rootfs/data/other
}

@test "a parent of targets is exchanged with a symlink while a hundred containers are made" {
	ln -s ../../canary rootfs/other
	race rootfs/data rootfs/other
}

@test "/dev is exchanged with a symlink while a hundred containers are made" {
	no_dev
	ln -s ../../canary rootfs/other
	race rootfs/dev rootfs/other
}

@test "/dev/null of the root is exchanged while a hundred containers mask with it" {
	no_dev
	mknod rootfs/dev/null c 1 3
	ln -s ../../../canary/file rootfs/dev/other
	race rootfs/dev/null rootfs/dev/other
}

@test "/proc is exchanged with a symlink while a hundred containers are made" {
	ln -s ../../canary rootfs/other
	race rootfs/proc rootfs/other
}

@test "a masked file is exchanged while a hundred containers are made: it is masked or refused" {
	ln -s ../../canary/file rootfs/masked/other
	spec '.linux.maskedPaths = ["/masked/file"]'
	race rootfs/masked/file rootfs/masked/other
}
