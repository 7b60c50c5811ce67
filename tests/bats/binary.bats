# One static file that needs nothing of the machine and is hardened like what it guards.
load helpers

need_tools()
{
	need_command readelf strip
}

@test "the binary is a static position-independent executable" {
	need_static
	need_tools
	run -0 readelf -hlW "$RUNTIME"
	says "DYN (" "Entry point"
	says_not INTERP
}

@test "the binary needs no shared library" {
	need_static
	need_tools
	run -0 readelf -dW "$RUNTIME"
	says_not NEEDED RPATH RUNPATH
}

@test "the binary's relocations are read-only once it runs, and its stack is not executable" {
	need_static
	need_tools
	run -0 readelf -lW "$RUNTIME"
	says GNU_RELRO
	[ "$(readelf -lW "$RUNTIME" | awk '$1 == "GNU_STACK" { print $7 }')" = RW ]
	# No segment is writable and executable.
	[ -z "$(readelf -lW "$RUNTIME" | awk '$1 == "LOAD" && /RWE/')" ]
	run -0 readelf -dW "$RUNTIME"
	says BIND_NOW
}

# libdbus and what it takes of libc are a quarter of it.
@test "the binary is less than 2 MB" {
	need_static
	need_tools
	strip -o "$T/stripped" "$RUNTIME"
	size=$(stat -c %s "$T/stripped")
	echo "stripped: $size bytes"
	((size < 2 * 1024 * 1024))
}

@test "the binary runs in an empty chroot" {
	need_static
	mkdir "$T/empty"
	cp "$RUNTIME" "$T/empty/ctr-run"
	run -0 chroot "$T/empty" ./ctr-run --version
	says "ctr-run version"
}

@test "the binary runs with closed descriptors and an empty environment" {
	run -0 env -i "$RUNTIME" --version
	says "ctr-run version"
	"$RUNTIME" --version <&- >&- 2>&- || [ $? = 1 ]
}
