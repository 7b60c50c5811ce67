# criu.bash - for the tests of checkpoint and restore: with the CRIU of this machine, or $CRIU

setup()
{
	fresh
	CRIU=${CRIU-$(command -v criu || PATH=$PATH:/usr/sbin:/sbin command -v criu || true)}
	[ -z "$CRIU" ] || RT+=(--criu "$CRIU")
	IMAGES=$T/images
	spec '.root.readonly = false'
}

teardown()
{
	local name

	for name in "$T"/profile-*; do
		[ ! -e "$name" ] || apparmor_parser -R "$name" || true
	done
	sweep
}

# To be called first in every test that saves something.
need_criu()
{
	local why

	[ "$CRIU" ] || skip "there is no criu here"
	[ "$(id -u)" = 0 ] || skip "CRIU needs root"
	[ -e "$SUITE/criu" ] || try_criu >"$SUITE/criu" 2>&1 || true
	why=$(<"$SUITE/criu")
	[ -z "$why" ] || skip "${why:0:300}"
}

# Prints why it does not work, or nothing.
try_criu()
{
	rt run -d probe || true
	"${RT[@]}" checkpoint --check probe 2>&1 || true
	rt delete -f probe
}

need_memory_tracking()
{
	rt run -d tracked
	run rt checkpoint --pre-dump --image-path "$T/tracked" tracked
	rt delete -f tracked
	[[ $output != *MemTrack* ]] || skip "this kernel cannot track memory changes (CONFIG_MEM_SOFT_DIRTY)"
	[ "$status" = 0 ]
}

# Count into the file /count.
counting()
{
	shell 'i=0; while :; do i=$((i+1)); echo $i >>/count; sleep 0.05; done'
}

count()
{
	tail -n 1 "$BUNDLE/rootfs/${1:-count}" 2>/dev/null || echo 0
}

reaches()
{
	[ "$(count "${2-}")" -ge "$1" ]
}

# Nothing was counted twice or left out, so memory was restored and the program did not start again.
never_stopped_counting()
{
	local n=$(count)
	wait_for reaches $((n + 5))
	in_order "$BUNDLE/rootfs/count"
}

# The numbers in FILES, one per line, are 1, 2, 3 ...; the last may still be being written.
in_order()
{
	cat "$@" | sed '$d' >"$T/numbers"
	diff <(seq "$(wc -l <"$T/numbers")") "$T/numbers"
}

# A sleep that was saved ends early: the kernel does not resume what CRIU has interrupted.  What is to stay sleeps in a loop.
staying()
{
	shell 'while :; do sleep 1; done'
	rt run -d "$@"
}

# Two processes with a connection between them, over which one counts into the file /got of the other.
connected()
{
	shell '((while :; do sleep 1; done) | nc -l -p 80 >>/got) &
		until netstat -ltn | grep -q :80; do sleep 0.05; done
		(i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done) | nc 127.0.0.1 80'
}

listens()
{
	grep -qi ":$(printf %04x "$1") 00000000:0000 0A" /proc/net/tcp
}

save()
{
	rt checkpoint --image-path "$IMAGES" "$@"
}

back()
{
	rt restore -d --image-path "$IMAGES" "$@"
}

start_counting()
{
	counting
	rt run -d "$@"
	wait_for reaches 5
}

# The container's mounts: place, flags, kind.
mounts_of()
{
	sed 's/ - / /; s/ \(shared\|master\|propagate_from\):[0-9]*//g' "/proc/$(pid_of "$1")/mountinfo" | awk '{ print $5, $6, $7 }' | sort
}
